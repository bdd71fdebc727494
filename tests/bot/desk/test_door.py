"""Getting in, forms from elsewhere, languages."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot import officers
from bot.services import code_hash
from bot.store.work import Store
from bot.web.desk.door import safe_return
from handlers.cases.model import CaseKind, Status
from handlers.talk import Address
from handlers.words import Words
from tests.bot.desk.common import LITTER, stored
from tests.bot.desk_office import HERE, Browser, DeskOffice, text_of
from tests.conftest import Clock

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
    desk = Path(__file__).parents[3] / "bot" / "web" / "desk"
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
    templates = Path(__file__).parents[3] / "bot" / "web" / "desk" / "templates"
    for path in templates.glob("*.html"):
        hosts = re.findall(r"https?://([^/\"' ]+)", path.read_text("utf-8"))
        assert set(hosts) <= {"www.openstreetmap.org"}, path.name
