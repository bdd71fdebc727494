"""The main job in a real browser, on the real program: ask, be guided, report with a photo, be answered."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, expect

from bot.app import App, build, open_house
from bot.config import Settings
from bot.officers import ensure_demo
from bot.store.records import Officer
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import served

WORDS = "Bãi rác cạnh chợ bốc mùi từ tuần trước, chưa ai dọn."
ANSWER = "Xã đã cho dọn bãi rác sáng nay và sẽ thu gom hằng ngày."


class Town:
    """The program running, with what the operator was told at its first start."""

    def __init__(self, app: App, url: str, passwords: dict[str, str]) -> None:
        self.app = app
        self.url = url
        self.passwords = passwords

    async def officer_of(self, office: str) -> Officer:
        async with self.app.house.store.read() as work:
            officers = [one for one in await work.officers.all() if office in one.offices]
        return officers[0]

    async def office_of(self, code: str) -> str:
        async with self.app.house.store.read() as work:
            case = await work.cases.find(code)
        assert case is not None
        return case.office


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=sqlite_url,
        files_dir=tmp_path / "files",
        demo=True,
        telegram_token=None,
    )
    async with open_house(settings) as house:
        passwords = {login: password for login, _, password in await ensure_demo(house)}
        app = build(house)
        loops = [asyncio.create_task(one.run()) for one in (app.turns, app.sender, app.attachments, app.clock)]
        async with served(app.asgi) as url:
            yield Town(app, url, passwords)
        for loop in loops:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop
        for channel in app.channels:
            await channel.close()


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.timeout(180)
async def test_from_the_question_to_the_officers_answer(
    town: Town, phone: BrowserContext, chromium: Browser
) -> None:
    chat = ChatPage(await phone.new_page(), town.url)
    await chat.open()

    await chat.says("lam giay khai sinh cho con")
    await chat.hears("Thủ tục đăng ký khai sinh")
    await chat.taps("Nộp trực tuyến")
    await chat.hears("Các bước (0/8 đã xong)")
    await chat.taps("Xong bước 1")
    await chat.hears("Các bước (1/8 đã xong)")
    await chat.page.reload()
    await chat.taps("Xong bước 2")
    await chat.hears("Các bước (2/8 đã xong)")

    code = await report_rubbish(chat)

    desk = await chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    await answer_at_the_desk(town, desk, code)
    await desk.close()

    await chat.hears(ANSWER, within=30)
    answer = chat.log.locator(".human", has_text=ANSWER)
    await expect(answer).to_contain_text("Cán bộ trả lời")
    await chat.page.reload()
    await expect(answer).to_have_count(1)


async def report_rubbish(chat: ChatPage) -> str:
    """Report it with a photo and without a name; the code of the case."""
    await chat.says("menu")
    await chat.taps("Gửi phản ánh, kiến nghị")
    await chat.taps("Sự việc tại nơi ở (rác, đường, điện…)")
    await chat.hears("Sự việc thuộc loại nào?")
    await chat.log.get_by_role("button", name="rác").last.click()
    await chat.hears("Sự việc ở đâu?")
    await chat.says("Cạnh chợ Cổ Lễ")
    await chat.hears("Ông/bà kể ngắn gọn")
    await chat.says(WORDS)
    await chat.hears("Ông/bà có ảnh thì gửi vào đây")
    await chat.sends_file("rác.jpg", photo())
    await chat.hears("Đã nhận 1 ảnh")
    await chat.taps("Đủ rồi")
    await chat.taps("Không nêu tên")
    await chat.hears("Ông/bà xem lại trước khi gửi")
    await chat.taps("Gửi")
    await chat.hears("Đã gửi.")
    receipt = chat.log.locator(".office", has_text="Mã theo dõi:").last
    return await receipt.locator("strong").nth(1).inner_text()


async def answer_at_the_desk(town: Town, desk: BrowserContext, code: str) -> None:
    officer = await town.officer_of(await town.office_of(code))
    page = await desk.new_page()
    await page.goto(f"{town.url}/desk")
    await page.locator("#login").fill(officer.login)
    await page.locator("#password").fill(town.passwords[officer.login])
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.get_by_role("link", name=code).click()
    await expect(page.locator("blockquote")).to_have_text(WORDS)
    image = page.get_by_role("img", name="Ảnh 1")
    await image.scroll_into_view_if_needed()
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => image.naturalWidth") > 0
    await page.get_by_role("button", name="Nhận giải quyết").click()
    await page.get_by_label("Câu trả lời").fill(ANSWER)
    await page.get_by_role("button", name="Gửi câu trả lời").click()
    await expect(page.get_by_role("status").first).to_be_visible()
