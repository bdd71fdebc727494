"""The same way on Telegram, through a local Bot API: buttons, a photo, the officer's answer from the desk."""

from __future__ import annotations

import re

import httpx

from tests.circle.conftest import password_of, photo
from tests.fakes.telegram import FakeTelegram
from tests.faults.process import Served

CITIZEN, OFFICER = 7001, 7002
WORDS = "Rác đổ đống ven đường đã ba ngày, mùi rất hôi"
ANSWER = "Tổ thu gom đã dọn sạch sáng nay."


class Chatter:
    """Somebody on Telegram: says or taps, then waits until the bot has said the words expected."""

    def __init__(self, fake: FakeTelegram, user: int) -> None:
        self.fake = fake
        self.user = user
        self.heard = 0

    async def says(self, text: str, then: str) -> str:
        self.fake.say(self.user, text)
        return await self.hears(then)

    async def taps(self, label: str, then: str) -> str:
        self.fake.tap(self.user, label)
        return await self.hears(then)

    async def hears(self, words: str) -> str:
        """The text of the first message not heard yet that holds `words`."""
        for _ in range(20):
            messages = await self.fake.wait(self.user, self.heard + 1, seconds=20)
            fresh, self.heard = messages[self.heard :], len(messages)
            for message in fresh:
                if words in message.text:
                    return message.text
        raise AssertionError(f"never heard {words!r}")


async def test_from_question_to_answer(program: Served, fake_telegram: FakeTelegram) -> None:
    citizen = Chatter(fake_telegram, CITIZEN)
    await citizen.says("/start", "trả lời tự động")
    await citizen.says("lam giay khai sinh cho con", "Ông/bà muốn xem phần nào")
    await citizen.taps("Nộp trực tuyến", "Các bước (0/8 đã xong)")
    await citizen.taps("Xong bước 1", "Các bước (1/8 đã xong)")
    await citizen.says("/phananh", "muốn gửi điều gì")
    await citizen.taps("Sự việc tại nơi ở (rác, đường, điện…)", "thuộc loại nào")
    await citizen.taps("Môi trường, rác thải", "Sự việc ở đâu")
    await citizen.says("Đầu thôn Nam Tiến", "kể ngắn gọn")
    await citizen.says(WORDS, "có ảnh thì gửi")
    fake_telegram.photo(CITIZEN, photo())
    await citizen.hears("Đã nhận 1 ảnh")
    await citizen.taps("Đủ rồi", "để lại tên")
    await citizen.taps("Không nêu tên", "xem lại trước khi gửi")
    receipt = await citizen.taps("Gửi", "Mã theo dõi")
    code = re.search(r"\d{4}-\d{4}-\d", receipt)
    assert code

    async with httpx.AsyncClient(base_url=program.url, follow_redirects=True) as desk:
        await _signs_in(desk, "kinh-te", password_of(program, "kinh-te"))
        await _links_own_chat(desk, fake_telegram)
        page = (await desk.get(f"/desk/cases/{code[0]}")).text
        assert WORDS in page
        picture = re.search(r'src="(/desk/files/[^"]+)"', page)
        assert picture
        assert b"hidden description" not in (await desk.get(picture[1])).content
        await _posts(desk, f"/desk/cases/{code[0]}", f"/desk/cases/{code[0]}/take")
        await _posts(desk, f"/desk/cases/{code[0]}", f"/desk/cases/{code[0]}/answer", words=ANSWER)

    assert "Cán bộ trả lời" in await citizen.hears(ANSWER)
    await citizen.taps("Đánh giá", "hài lòng")
    await citizen.taps("Hài lòng", "Đánh giá đã được ghi nhận")
    assert program.complaints() == []


async def _links_own_chat(desk: httpx.AsyncClient, fake: FakeTelegram) -> None:
    """The officer joins a chat of their own, where new cases are then told."""
    page = await _posts(desk, "/desk/link", "/desk/link")
    code = re.search(r"\b(\d{8})\b", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]))
    assert code
    officer = Chatter(fake, OFFICER)
    await officer.says(f"liên kết {code[1]}", "Đã liên kết với tài khoản cán bộ")
    neighbour = Chatter(fake, CITIZEN + 10)
    await neighbour.says("tui chưa biết hỏi ai, xin cán bộ kinh tế giúp", "cán bộ")
    await officer.says("cán bộ", "việc đang chờ")


async def _signs_in(desk: httpx.AsyncClient, login: str, password: str) -> None:
    page = (await desk.get("/desk/sign-in")).text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = await desk.post("/desk/sign-in", data=fields | {"login": login, "password": password})
    assert answer.status_code == 200
    assert "sign-out" in answer.text


async def _posts(desk: httpx.AsyncClient, page: str, to: str, **fields: str) -> str:
    """Fill in the form of a page, with the hidden fields it carries."""
    form = (await desk.get(page)).text.split(f'action="{to}"', 1)[1]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.split("</form>")[0]))
    answer = await desk.post(to, data=hidden | fields)
    assert answer.status_code == 200, answer.text
    return answer.text
