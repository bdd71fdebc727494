"""The officer desk as its users and its enemies meet it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot import officers
from bot.services import code_hash
from bot.store.records import OutboxClass, Outgoing
from bot.store.work import Store
from bot.web.desk import queue
from bot.web.desk.door import safe_return
from handlers.cases.model import Action, CaseKind, Status
from handlers.talk import Address, Part, Span
from handlers.words import Words
from tests.bot.desk_office import CENTRE, CHAIR, ECONOMY, HERE, PASSWORD, Browser, DeskOffice, text_of
from tests.conftest import Clock

LITTER = "Rác đổ đầy đường thôn Nam, ba ngày chưa có ai dọn."


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashes and no pause; `test_officers.py` has the real ones."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(officers, "_hasher", lambda: cheap)
    monkeypatch.setattr(officers, "REFUSAL_TAKES", 0.0)


@pytest.fixture
async def office(sqlite_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[DeskOffice]:
    made = DeskOffice(sqlite_store, clock, tmp_path / "files")
    await made.usual_officers()
    yield made
    await made.close()


@pytest.fixture
async def economy(office: DeskOffice) -> Browser:
    return await office.signed_in("kinh-te")


def stored(url: str) -> str:
    """Every byte of the database, its log included."""
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return "".join(one.read_bytes().decode("latin-1") for one in file.parent.glob(f"{file.name}*"))


# Signing in


async def test_every_page_asks_to_sign_in_first_and_leads_back(office: DeskOffice) -> None:
    case = await office.file(LITTER)
    browser = office.browser()
    for path in ("/desk", f"/desk/cases/{case.code}", "/desk/delivery", "/desk/link", "/desk/files/x"):
        answer = await browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/sign-in?next=")
        assert "Phiên làm việc đã hết" not in text_of(await browser.get(answer.headers["location"]))
    page = f"/desk/sign-in?next=/desk/cases/{case.code}"
    assert (await browser.sign_in("kinh-te", path=page)).headers["location"] == f"/desk/cases/{case.code}"
    assert (await browser.get(f"/desk/cases/{case.code}")).status_code == 200


async def test_the_cookie_is_closed_to_scripts_and_its_token_is_not_stored(
    office: DeskOffice, economy: Browser, sqlite_url: str
) -> None:
    answer = await office.browser().sign_in("kinh-te")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("motcua_desk="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    token = cookie.split(";")[0].partition("=")[2]
    assert token
    assert token not in stored(sqlite_url)


async def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(
    sqlite_store: Store, clock: Clock, tmp_path: Path
) -> None:
    office = DeskOffice(sqlite_store, clock, tmp_path, public_url=HERE.replace("http:", "https:"))
    await office.usual_officers()
    browser = office.browser(HERE.replace("http:", "https:"))
    answer = await browser.sign_in("kinh-te")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "motcua_desk=" in one)
    assert cookie.startswith("__Host-motcua_desk=")
    assert "Secure" in cookie
    assert (await browser.get("/desk")).status_code == 200
    await office.close()


async def test_wrong_passwords_are_told_alike_and_then_lock(office: DeskOffice) -> None:
    for login in ("kinh-te", "khong-co-ai"):
        browser = office.browser()
        for _ in range(officers.TRIES - 1):
            answer = await browser.sign_in(login, "sai-mat-khau")
            assert answer.status_code == 401
            assert "không đúng" in text_of(answer)
        answer = await browser.sign_in(login, "sai-mat-khau")
        assert answer.status_code == 429
        assert "tạm khóa đến 08:45 thứ Hai 23/11/2026" in text_of(answer)
    assert (await office.browser().sign_in("kinh-te")).status_code == 429
    office.clock.forward(minutes=16)
    assert (await office.browser().sign_in("kinh-te")).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "/desk/../../evil",
        "/desk//evil.test",
        "/deskevil",
        "/desk\nX: y",
        "/desk/sign-out",
        "javascript:alert(1)",
        "",
    ],
)
async def test_signing_in_never_leads_away_from_the_desk(office: DeskOffice, path: str) -> None:
    assert safe_return(path) == "/desk"
    browser = office.browser()
    page = await browser.get("/desk/sign-in")
    answer = await browser.send(page, "/desk/sign-in", login="kinh-te", password="mat-khau-dung", next=path)
    assert answer.headers["location"] == "/desk"


async def test_a_session_ends_twelve_hours_after_the_last_page(office: DeskOffice, economy: Browser) -> None:
    office.clock.forward(hours=11)
    assert (await economy.get("/desk")).status_code == 200
    office.clock.forward(hours=11)
    assert (await economy.get("/desk")).status_code == 200
    office.clock.forward(hours=12, seconds=1)
    answer = await economy.get("/desk")
    assert answer.status_code == 303
    assert "Phiên làm việc đã hết" in text_of(await economy.get(answer.headers["location"]))


async def test_the_queue_refreshing_itself_does_not_keep_a_session_open(
    office: DeskOffice, economy: Browser
) -> None:
    for _ in range(12):
        assert (await economy.get("/desk", **{"hx-request": "true"})).status_code == 200
        office.clock.forward(hours=1)
    answer = await economy.get("/desk", **{"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/desk/sign-in?next=%2Fdesk"


async def test_signing_out_closes_the_session_itself(office: DeskOffice, economy: Browser) -> None:
    cookies = dict(economy.client.cookies)
    answer = await economy.send(await economy.get("/desk"), "/desk/sign-out")
    assert answer.headers["location"] == "/desk/sign-in?out"
    thief = office.browser()
    thief.client.cookies.update(cookies)
    assert (await thief.get("/desk")).status_code == 303


async def test_a_deactivated_officer_is_out_at_once(office: DeskOffice, economy: Browser) -> None:
    async with office.house.store.begin() as work:
        await officers.retire(work, "kinh-te")
    assert (await economy.get("/desk")).status_code == 303


# Forms from elsewhere


async def test_a_form_without_our_token_does_nothing_and_keeps_what_was_typed(
    office: DeskOffice, economy: Browser
) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}/answer"
    for token in ("", "wrong"):
        data = {"csrf": token, "version": "1", "words": "Đã dọn xong hôm nay."}
        answer = await economy.client.post(path, data=data)
        assert answer.status_code == 403
        assert "Đã dọn xong hôm nay." in text_of(answer)
    assert (await office.case(case)).status is Status.NEW
    again = await economy.send(answer, path, words="Đã dọn xong hôm nay.")
    assert again.status_code == 303
    assert (await office.case(case)).answer == "Đã dọn xong hôm nay."


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_form_of_another_site_is_refused_even_with_the_token(
    office: DeskOffice, economy: Browser, headers: dict[str, str]
) -> None:
    case = await office.file(LITTER)
    page = await economy.get(f"/desk/cases/{case.code}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    answer = await economy.client.post(
        f"/desk/cases/{case.code}/take", data={"csrf": csrf[1], "version": "1"}, headers=headers
    )
    assert answer.status_code == 403
    assert (await office.case(case)).status is Status.NEW
    login = await office.browser().client.post("/desk/sign-in", data={"login": "kinh-te"}, headers=headers)
    assert login.status_code == 403


async def test_signing_in_needs_the_token_of_the_form(office: DeskOffice) -> None:
    data = {"login": "kinh-te", "password": "mat-khau-dung", "csrf": "x"}
    answer = await office.browser().client.post("/desk/sign-in", data=data)
    assert answer.status_code == 403
    assert 'name="password"' in answer.text


async def test_a_form_too_big_or_broken_is_refused(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}/answer"
    assert (await economy.client.post(path, data={"words": "a" * 300_000})).status_code == 413
    assert (await economy.client.post(path, content=b"\xff\xfe\x00")).status_code == 403
    assert (await economy.client.post(path, data={f"f{n}": "x" for n in range(500)})).status_code == 403


# The queue


async def test_the_queue_shows_only_my_office_overdue_first(office: DeskOffice, economy: Browser) -> None:
    late = await office.file("Ống cống vỡ trước chợ.", topic="environment")
    office.clock.forward(days=30)
    fresh = await office.file("Mương thủy lợi bị lấp.", topic="environment")
    other = await office.file("Bảng quảng cáo che lối đi.", topic="culture_ads")
    assert {late.office, fresh.office} == {ECONOMY}
    page = await office.signed_in("kinh-te")
    shown = await page.get("/desk")
    read = text_of(shown)
    assert read.index(late.code) < read.index(fresh.code)
    assert other.code not in read
    assert "2 vụ việc mới" in read
    assert re.search(r"Quá hạn \d+ ngày làm việc", read)
    assert re.search(r"Còn \d+ ngày làm việc", read)


async def test_filters_and_empty_states(office: DeskOffice, economy: Browser) -> None:
    assert "không có vụ việc nào đang chờ" in text_of(await economy.get("/desk"))
    case = await office.file(LITTER)
    assert case.code not in text_of(await economy.get("/desk?show=mine"))
    await office.does("kinh-te", case, Action.TAKE)
    assert case.code in text_of(await economy.get("/desk?show=mine"))
    await office.does("kinh-te", await office.case(case), Action.ANSWER, "Đã dọn.")
    assert case.code not in text_of(await economy.get("/desk"))
    assert case.code in text_of(await economy.get("/desk?show=answered"))
    assert (await economy.get("/desk?show=nonsense")).status_code == 200


async def test_answered_cases_come_in_pages(
    office: DeskOffice, economy: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    codes = []
    for number in range(3):
        case = await office.file(f"{LITTER} {number}")
        await office.does("kinh-te", case, Action.ANSWER, "Đã dọn.")
        codes.append(case.code)
        office.clock.forward(minutes=1)
    first, second, third = codes
    page = await economy.get("/desk?show=answered")
    read = text_of(page)
    assert (first in read, second in read, third in read) == (False, True, True)
    assert "Cũ hơn" in read
    assert "Mới hơn" not in read
    older = re.search(r'href="([^"]+)" rel="next"', page.text)
    assert older
    read = text_of(await economy.get(unescape(older[1])))
    assert (first in read, second in read, third in read) == (True, False, False)
    assert "Mới hơn" in read
    assert "Cũ hơn" not in read
    for strange in ("0", "-1", "²", "x", "9" * 40):
        assert third in text_of(await economy.get(f"/desk?show=answered&page={strange}"))


async def test_the_list_alone_is_given_to_the_pages_own_refreshing(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    part = await economy.get("/desk?show=office", **{"hx-request": "true"})
    assert case.code in part.text
    assert "<html" not in part.text


async def test_a_leader_sees_every_office_but_not_complaints_kept_elsewhere(office: DeskOffice) -> None:
    await office.officer("pho-kinh-te", "Trưởng phòng – mẫu", ECONOMY, "leader")
    usual = await office.file("Bảng quảng cáo che lối đi.", topic="culture_ads")
    about = await office.file("Cán bộ quát dân.", topic="officer_conduct", not_to=frozenset({ECONOMY}))
    assert about.hide_sender
    assert about.office == CHAIR
    leader = await office.signed_in("pho-kinh-te")
    read = text_of(await leader.get("/desk"))
    assert usual.code in read
    assert about.code not in read
    assert (await leader.get(f"/desk/cases/{about.code}")).status_code == 404
    assert about.code in text_of(await (await office.signed_in("chu-tich")).get("/desk"))


# One case


async def test_the_case_page_tells_everything_in_words(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(
        LITTER,
        place="thôn Nam",
        latitude=20.25,
        longitude=106.2,
        name="Nguyễn Thị Mẫu",
        phone="0900000000",
        files=(await office.photo("f-1"),),
    )
    page = await economy.get(f"/desk/cases/{case.code}")
    read = text_of(page)
    for told in (LITTER, "thôn Nam", "Nguyễn Thị Mẫu", "0900000000", "Phòng Kinh tế xã Trực Ninh", "Hạn trả lời"):
        assert told in read
    assert case.due_why
    for why in (*case.due_why, *case.route_why):
        assert " ".join(office.house.words.plain(why, "vi").split()) in read
    assert "mlat=20.250000" in page.text
    assert 'src="/desk/files/f-1"' in page.text
    assert 'href="tel:0900000000"' in page.text
    assert "Người dân gửi đến." in read


async def test_what_a_citizen_wrote_is_never_read_as_a_page(office: DeskOffice, economy: Browser) -> None:
    evil = '<script>alert(1)</script> **đậm** [x](https://evil.test) {{ csrf }} "><img src=x onerror=alert(1)>'
    case = await office.file(evil, place=evil, name=evil[:60], phone='"><script>')
    await office.does("kinh-te", case, Action.NOTE, evil)
    for path in ("/desk", f"/desk/cases/{case.code}"):
        page = await economy.get(path)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="https://evil.test"' not in page.text
    assert evil in text_of(page).replace("  ", " ")
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_take_note_answer_close_each_stand_in_the_history(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    for action, words, told in (
        ("take", "", "Đã nhận giải quyết."),
        ("note", "Gọi tổ thu gom.", "Đã lưu ghi chú nội bộ."),
        ("answer", "Đã dọn sáng nay.\nTuần sau đặt thùng rác.", "Đã ghi câu trả lời."),
        ("close", "", "Đã kết thúc vụ việc."),
    ):
        answer = await economy.send(await economy.get(path), f"{path}/{action}", words=words)
        assert answer.status_code == 303, text_of(answer)
        assert told in text_of(await economy.get(answer.headers["location"]))
    history = await office.history(case)
    assert [event.what for event in history] == ["opened", "taken", "noted", "answered", "closed"]
    assert all(event.by.name == "Cán bộ kinh tế – mẫu" for event in history[1:])
    closed = await office.case(case)
    assert closed.status is Status.CLOSED
    assert closed.answer == "Đã dọn sáng nay.\nTuần sau đặt thùng rác."
    read = text_of(await economy.get(path))
    assert "Cán bộ kinh tế – mẫu nhận giải quyết." in read
    assert "Nội bộ – người dân không thấy Gọi tổ thu gom." in read


async def test_the_citizen_is_told_of_the_answer_in_the_same_commit(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    await economy.send(await economy.get(path), f"{path}/answer", words="Đã dọn sáng nay.")
    async with office.house.store.read() as work:
        told = await work.outbox.after(Address(channel="webchat", user="c-1"), 0, 10)
    assert any("Đã dọn sáng nay." in row.part.plain and row.part.human for row in told)


async def test_the_same_form_sent_twice_has_one_effect(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    page = await economy.get(path)
    for action, words in (("note", "Gọi tổ thu gom."), ("answer", "Đã dọn.")):
        page = await economy.get(path)
        both = await asyncio.gather(*(economy.send(page, f"{path}/{action}", words=words) for _ in range(2)))
        assert [answer.status_code for answer in both] == [303, 303]
    assert [event.what for event in await office.history(case)] == ["opened", "noted", "answered"]


async def test_who_comes_second_reads_who_was_first_and_loses_no_word(
    office: DeskOffice, economy: Browser
) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    page = await economy.get(path)
    second = await office.signed_in("kinh-te-2")
    await second.send(await second.get(path), f"{path}/note", words="Đang gọi tổ thu gom.")
    answer = await economy.send(page, f"{path}/answer", words="Chiều nay dọn.")
    assert answer.status_code == 409
    read = text_of(answer)
    assert "Cán bộ kinh tế thứ hai – mẫu vừa cập nhật vụ việc này" in read
    assert "Chiều nay dọn." in read
    again = await economy.send(answer, f"{path}/answer", words="Chiều nay dọn.")
    assert again.status_code == 303
    assert (await office.case(case)).answer == "Chiều nay dọn."


async def test_an_answer_after_an_answer_is_refused_and_kept_for_copying(
    office: DeskOffice, economy: Browser
) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    page = await economy.get(path)
    second = await office.signed_in("kinh-te-2")
    await second.send(await second.get(path), f"{path}/answer", words="Đã dọn.")
    answer = await economy.send(page, f"{path}/answer", words="Câu trả lời của tôi.")
    assert answer.status_code == 409
    assert "Câu trả lời của tôi." in answer.text
    assert f'action="{path}/answer"' not in answer.text
    assert (await office.case(case)).answer == "Đã dọn."


@pytest.mark.parametrize("words", ["", "   \n ", "x" * 4001])
async def test_an_empty_or_endless_answer_is_refused_in_a_sentence(
    office: DeskOffice, economy: Browser, words: str
) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    answer = await economy.send(await economy.get(path), f"{path}/answer", words=words)
    assert answer.status_code == 422
    assert words.strip() in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert (await office.case(case)).status is Status.NEW


async def test_what_was_typed_survives_the_end_of_the_session(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    page = await economy.get(path)
    office.clock.forward(hours=13)
    asked = await economy.send(page, f"{path}/answer", words="Câu trả lời <dài> & kỹ.")
    assert asked.status_code == 401
    form = re.search(r'<textarea name="kept_words" hidden>\n?(.*?)</textarea>', asked.text, re.DOTALL)
    assert form
    back = await economy.send(
        asked,
        "/desk/sign-in",
        login="kinh-te",
        password="mat-khau-dung",
        kept_words="Câu trả lời <dài> & kỹ.",
    )
    assert back.status_code == 200
    assert "Câu trả lời &lt;dài&gt; &amp; kỹ.</textarea>" in back.text
    assert (await office.case(case)).status is Status.NEW
    sent = await economy.send(back, f"{path}/answer", words="Câu trả lời <dài> & kỹ.")
    assert sent.status_code == 303


# Who sees what


async def test_another_offices_case_and_its_file_are_not_there(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER, files=(await office.photo("f-1"),))
    stranger = await office.signed_in("van-hoa")
    for path in (f"/desk/cases/{case.code}", "/desk/files/f-1", "/desk/files/none", "/desk/cases/1234"):
        answer = await stranger.get(path)
        assert answer.status_code == 404
        assert LITTER not in answer.text
    page = await stranger.get("/desk")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    for action in ("take", "answer", "note", "close"):
        data = {"csrf": csrf[1], "version": "1", "words": "x"}
        answer = await stranger.client.post(f"/desk/cases/{case.code}/{action}", data=data)
        assert answer.status_code == 404
    assert (await office.case(case)).version == 1
    picture = await economy.get("/desk/files/f-1")
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "private, no-store"
    assert "sandbox" in picture.headers["content-security-policy"]


async def test_a_file_of_no_case_yet_is_shown_to_nobody(office: DeskOffice) -> None:
    await office.photo("f-1")
    assert (await (await office.signed_in("chu-tich")).get("/desk/files/f-1")).status_code == 404


async def test_a_hidden_sender_is_shown_to_reception_at_the_centre_only(office: DeskOffice) -> None:
    await office.officer("giup-viec", "Giúp việc – mẫu", CHAIR, "handler")
    await office.officer("tiep-dan", "Tiếp dân – mẫu", CHAIR, "reception")
    await office.officer("tiep-nhan", "Tiếp nhận – mẫu", CENTRE, "reception")
    case = await office.file("Cán bộ quát dân.", topic="officer_conduct", name="Trần Văn Mẫu", phone="0911111111")
    assert case.hide_sender
    path = f"/desk/cases/{case.code}"
    for login, shown in (("giup-viec", False), ("tiep-dan", False), ("chu-tich", False), ("tiep-nhan", True)):
        browser = await office.signed_in(login)
        page = await browser.get(path)
        assert page.status_code == 200
        assert ("Trần Văn Mẫu" in page.text) is shown
        assert ("0911111111" in page.text) is shown
        assert ("được giữ kín" in text_of(page)) is not shown
        assert (f'action="{path}/answer"' in page.text) is not shown
    assert case.code in text_of(await browser.get("/desk"))
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    answer = await browser.client.post(f"{path}/take", data={"csrf": csrf[1], "version": "1"})
    assert answer.status_code == 422
    assert (await office.case(case)).status is Status.NEW


async def test_whom_a_report_is_about_never_sees_it(office: DeskOffice) -> None:
    async with office.house.store.begin() as work:
        await officers.add(
            work,
            login="kiem-nhiem",
            name="Kiêm nhiệm – mẫu",
            offices=[CHAIR, ECONOMY],
            roles=["leader"],
            password=PASSWORD,
        )
        linked = {}
        for login in ("kiem-nhiem", "chu-tich"):
            linked[login] = Address(channel="webchat", user=login)
            person = (await work.persons.load([linked[login]]))[linked[login]]
            officer = await work.officers.find(login)
            assert officer is not None
            await work.officers.link(officer.id, person.id)
    case = await office.file("Cán bộ quát dân.", topic="officer_conduct", not_to=frozenset({"economic_division"}))
    assert case.not_to == {ECONOMY}
    both = await office.signed_in("kiem-nhiem")
    assert case.code not in text_of(await both.get("/desk"))
    assert (await both.get(f"/desk/cases/{case.code}")).status_code == 404
    chair = await office.signed_in("chu-tich")
    page = await chair.get(f"/desk/cases/{case.code}")
    assert "Phản ánh về Phòng Kinh tế xã Trực Ninh" in text_of(page)
    async with office.house.store.read() as work:
        told = {login: await work.outbox.after(address, 0, 10) for login, address in linked.items()}
    assert [len(told["kiem-nhiem"]), len(told["chu-tich"])] == [0, 1]


async def test_a_viewer_reads_and_cannot_act(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    path = f"/desk/cases/{case.code}"
    viewer = await office.signed_in("chi-xem")
    page = await viewer.get(path)
    assert LITTER in text_of(page)
    assert f'action="{path}/answer"' not in page.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    answer = await viewer.client.post(f"{path}/take", data={"csrf": csrf[1], "version": "1"})
    assert answer.status_code == 422
    assert "chỉ được xem" in text_of(answer)
    assert (await office.case(case)).status is Status.NEW


async def test_an_unknown_action_is_not_found(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    page = await economy.get(f"/desk/cases/{case.code}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    answer = await economy.client.post(f"/desk/cases/{case.code}/rate", data={"csrf": csrf[1], "version": "1"})
    assert answer.status_code == 404


# Messages that did not arrive


async def undelivered(office: DeskOffice, case_id: str | None, words: str) -> int:
    async with office.house.store.begin() as work:
        to = Address(channel="telegram", user="35270")
        part = Part(spans=(Span(text=words),))
        work.outbox.add(Outgoing(to=to, klass=OutboxClass.NOTICE, part=part, case=case_id))
    async with office.house.store.begin() as work:
        row = (await work.outbox.lease(["telegram"], 1, 60))[0]
        await work.outbox.fail(row.seq, "left: 403")
    return row.seq


async def test_leaders_send_again_or_drop_and_read_nobodys_words(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER)
    first = await undelivered(office, case.id, "Bí mật của người dân")
    second = await undelivered(office, None, "Bí mật thứ hai")
    assert "Có 1 tin nhắn không gửi được" in text_of(await economy.get("/desk"))
    assert (await economy.get("/desk/delivery")).status_code == 403
    leader = await office.signed_in("chu-tich")
    assert "Có 2 tin nhắn không gửi được" in text_of(await leader.get("/desk"))
    page = await leader.get("/desk/delivery")
    assert case.code in text_of(page)
    assert "đã chặn hoặc rời" in text_of(page)
    assert "Bí mật" not in page.text
    assert "35270" not in page.text
    await leader.send(page, f"/desk/delivery/{first}/retry")
    after = await leader.send(page, f"/desk/delivery/{second}/drop")
    assert "Đã bỏ tin nhắn." in text_of(await leader.get(after.headers["location"]))
    async with office.house.store.begin() as work:
        assert await work.outbox.failures(10) == []
        assert [row.seq for row in await work.outbox.lease(["telegram"], 10, 60)] == [first]


async def test_only_who_settles_messages_can_settle_them(office: DeskOffice, economy: Browser) -> None:
    seq = await undelivered(office, None, "x")
    page = await economy.get("/desk")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    for action in ("retry", "drop"):
        answer = await economy.client.post(f"/desk/delivery/{seq}/{action}", data={"csrf": csrf[1]})
        assert answer.status_code == 403
    async with office.house.store.read() as work:
        assert len(await work.outbox.failures(10)) == 1


# Linking a chat, languages


async def test_the_code_links_the_officers_own_chat(office: DeskOffice, economy: Browser) -> None:
    page = await economy.send(await economy.get("/desk/link"), "/desk/link")
    code = re.search(r'class="code">(\d{8})<', page.text)
    assert code
    assert f"liên kết {code[1]}" in text_of(page)
    async with office.house.store.begin() as work:
        found = await work.links.redeem(
            code_hash(code[1]), Address(channel="telegram", user="1"), office.clock() + timedelta(minutes=9)
        )
        officer = await work.officers.find("kinh-te")
    assert officer is not None
    assert found == ("officer", officer.id)


async def test_the_desk_speaks_english_when_asked_and_remembers(office: DeskOffice, economy: Browser) -> None:
    case = await office.file(LITTER, kind=CaseKind.PROPOSAL)
    assert "Sign in" in text_of(await office.browser().get("/desk/sign-in?lang=en"))
    assert "Waiting" in text_of(await economy.get("/desk?lang=en"))
    page = await economy.get(f"/desk/cases/{case.code}")
    assert '<html lang="en">' in page.text
    assert "working days left" in text_of(page)
    assert "Đang chờ" in text_of(await economy.get("/desk?lang=vi"))


def test_every_sentence_is_there_in_both_languages_with_the_same_slots() -> None:
    words = Words.load()
    vi, en = words.area("desk", "vi"), words.area("desk", "en")
    assert vi.keys() == en.keys()
    for name, sentence in vi.items():
        assert set(re.findall(r"\{(\w+)\}", sentence)) == set(re.findall(r"\{(\w+)\}", en[name])), name


def test_no_sentence_lies_unused() -> None:
    desk = Path(__file__).parents[2] / "bot" / "web" / "desk"
    source = "".join(path.read_text("utf-8") for path in desk.rglob("*") if path.suffix in {".py", ".html"})
    families = r"(demo|done|due|empty|event|file|language|not_delivered|reason|set_aside|show|status|who)_"
    unused = [
        name
        for name in Words.load().area("desk", "vi")
        if not re.search(rf"\b{name.removesuffix('_one')}\b", source)
        and not re.match(families, name)
        and not re.fullmatch(r"(answer|note)_(label|hint|missing)", name)
    ]
    assert unused == []


def test_all_links_of_a_page_stay_on_the_desk() -> None:
    """Templates hold no address of another host but the map's."""
    templates = Path(__file__).parents[2] / "bot" / "web" / "desk" / "templates"
    for path in templates.glob("*.html"):
        hosts = re.findall(r"https?://([^/\"' ]+)", path.read_text("utf-8"))
        assert set(hosts) <= {"www.openstreetmap.org"}, path.name
