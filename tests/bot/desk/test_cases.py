"""The queue, one case, and who sees what."""

from __future__ import annotations

import asyncio
import re
from html import unescape

import pytest

from bot import officers
from bot.store.records import OutboxClass, Outgoing
from bot.web.desk import queue
from handlers.cases.model import Action, Status
from handlers.talk import Address, Part, Span
from tests.bot.desk.common import LITTER
from tests.bot.desk_office import CENTRE, CHAIR, ECONOMY, PASSWORD, Browser, DeskOffice, text_of

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
