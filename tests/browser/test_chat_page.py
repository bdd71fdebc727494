"""The chat page in a real browser, against an office that answers by rote."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, expect

from bot.files import Files, Kept
from handlers.talk import Part, Span
from tests.bot.chat_office import ChatOffice, plain
from tests.browser.chat_page import ChatPage


@pytest.fixture
async def chat(phone: BrowserContext, chat_url: str) -> ChatPage:
    page = ChatPage(await phone.new_page(), chat_url)
    await page.open()
    return page


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def test_asking_and_picking(chat: ChatPage) -> None:
    await chat.says("khai sinh cho con")
    await chat.hears("Thủ tục đăng ký khai sinh")
    await chat.sent("khai sinh cho con")
    await chat.taps("Giấy tờ")
    await expect(chat.mine("Giấy tờ")).to_be_visible()
    await chat.hears("Đã nhận: procedures.part-1")


async def test_an_older_question_takes_no_answer(chat: ChatPage) -> None:
    await expect(chat.button("Hỏi thủ tục")).to_be_enabled()
    await chat.says("khai sinh")
    await chat.hears("Ông/bà muốn xem phần nào?")
    await expect(chat.button("Hỏi thủ tục")).to_be_disabled()
    await expect(chat.button("Giấy tờ")).to_be_enabled()


async def test_ten_quick_taps_are_one_answer(chat: ChatPage, office: ChatOffice) -> None:
    await chat.page.evaluate(
        "[...document.querySelectorAll('.options button')].slice(0, 1).forEach("
        "(button) => { for (let i = 0; i < 10; i++) button.click(); })"
    )
    await chat.hears("Đã nhận: menu.pick")
    await expect(chat.log.locator(".me:not([hidden])")).to_have_count(1)


async def test_links_open_beside_the_chat_and_their_buttons_stay(chat: ChatPage) -> None:
    await chat.says("đường link")
    link = chat.log.get_by_role("link", name="trang thủ tục")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))
    await chat.says("khai sinh")
    await chat.hears("Ông/bà muốn xem phần nào?")
    await expect(chat.button("Về menu")).to_be_enabled()


async def test_what_people_write_is_never_markup(chat: ChatPage) -> None:
    await chat.says("<img src=x onerror=alert(1)><b>đậm</b>")
    await chat.hears("Đã nhận: <img src=x")
    assert await chat.log.locator("img, b").count() == 0


async def test_an_officers_answer_is_marked(chat: ChatPage, office: ChatOffice) -> None:
    await chat.says("cán bộ")
    await chat.hears("Xã đã cho dọn bãi rác")
    answer = chat.log.locator(".human")
    await expect(answer).to_contain_text("Cán bộ trả lời")
    await expect(chat.log.locator(".office").first).to_contain_text("Trả lời tự động")


async def test_a_photo_is_shown_and_stays_after_a_reload(chat: ChatPage) -> None:
    await chat.sends_file("rác.jpg", photo())
    await chat.hears("Đã nhận ảnh")
    await chat.page.reload()
    image = chat.log.get_by_role("img", name="Ảnh ông/bà gửi")
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => image.naturalWidth") > 0


async def test_a_refused_file_says_why(chat: ChatPage) -> None:
    await chat.sends_file("a.pdf", b"no pdf at all", "application/pdf")
    await expect(chat.log.locator(".me.failed")).to_contain_text("không gửi được")


async def test_a_file_the_server_stumbles_over_does_not_stop_the_words_behind_it(
    chat: ChatPage, office: ChatOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(self: Files, data: bytes) -> Kept:
        raise ZeroDivisionError

    monkeypatch.setattr(Files, "keep", stumble)
    await chat.sends_file("rác.jpg", photo())
    await expect(chat.log.get_by_role("img")).to_be_visible()
    await chat.says("còn tin này")
    await expect(chat.log.locator(".me.failed")).to_contain_text("thôi gửi", timeout=45_000)
    await chat.hears("Đã nhận: còn tin này")


async def test_a_text_too_long_stays_in_the_box(chat: ChatPage) -> None:
    text = "a" * 4001
    await chat.box.fill(text)
    await expect(chat.page.locator("#long")).to_contain_text("Tin dài 4001 ký tự, mỗi tin chỉ nhận 4000 ký tự")
    await chat.box.press("Enter")
    await expect(chat.box).to_have_value(text)
    await expect(chat.log.locator(".me:not([hidden])")).to_have_count(0)
    await chat.box.fill("a" * 3999 + "😀")
    await expect(chat.page.locator("#long")).to_be_hidden()
    await chat.box.press("Enter")
    await chat.hears("Đã nhận: aaa")
    await expect(chat.box).to_have_value("")


async def test_enter_sends_and_shift_enter_breaks_the_line(chat: ChatPage, office: ChatOffice) -> None:
    await chat.box.press_sequentially("một")
    await chat.box.press("Shift+Enter")
    await chat.box.press_sequentially("hai")
    await chat.box.press("Enter")
    await chat.hears("Đã nhận: một\nhai")
    await expect(chat.box).to_have_value("")
    await chat.box.press("Enter")
    await expect(chat.log.locator(".me:not([hidden])")).to_have_count(1)


async def test_a_reload_keeps_the_log_and_does_not_start_again(chat: ChatPage) -> None:
    await chat.says("một điều")
    await chat.hears("Đã nhận: một điều")
    before = await chat.answers()
    await chat.page.reload()
    await chat.says("điều nữa")
    await chat.hears("Đã nhận: điều nữa")
    assert (await chat.answers())[:-1] == before


async def test_what_came_while_the_page_was_closed_is_there(chat: ChatPage, office: ChatOffice) -> None:
    await chat.says("gửi rồi đóng")
    await chat.hears("Đã nhận: gửi rồi đóng")
    async with office.house.store.read() as work:
        row = (await work.outbox.after(office.last_sender(), 0, 10))[-1]
    await chat.page.goto("about:blank")
    await office.write(row.to, plain("Cán bộ đã xử lý xong.", human=True))
    await chat.page.goto(chat.base_url)
    await chat.hears("Cán bộ đã xử lý xong.")


async def test_a_lost_line_loses_nothing(chat: ChatPage, phone: BrowserContext) -> None:
    await phone.set_offline(True)
    await chat.says("tin một")
    await chat.says("tin hai")
    await expect(chat.offline).to_be_visible(timeout=10_000)
    await expect(chat.mine("tin hai")).to_contain_text("đang gửi")
    await phone.set_offline(False)
    await chat.hears("Đã nhận: tin một", within=30)
    await chat.hears("Đã nhận: tin hai")
    await expect(chat.offline).to_be_hidden()
    answers = await chat.answers()
    assert answers.index("Đã nhận: tin một") < answers.index("Đã nhận: tin hai")


async def test_a_server_that_cannot_store_is_asked_again_also_after_a_reload(
    chat: ChatPage, office: ChatOffice
) -> None:
    office.down = True
    await chat.says("giữ hộ tôi")
    await expect(chat.mine("giữ hộ tôi")).to_contain_text("sẽ gửi lại")
    await chat.page.reload()
    await expect(chat.mine("giữ hộ tôi")).to_be_visible()
    office.down = False
    await chat.hears("Đã nhận: giữ hộ tôi", within=30)
    assert (await chat.answers()).count("Đã nhận: giữ hộ tôi") == 1


async def test_a_lost_cookie_is_replaced(chat: ChatPage, phone: BrowserContext) -> None:
    await phone.clear_cookies()
    await chat.says("tôi vẫn ở đây")
    await chat.hears("Đã nhận: tôi vẫn ở đây", within=30)


async def test_a_second_tab_stays_in_step(chat: ChatPage, phone: BrowserContext) -> None:
    second = ChatPage(await phone.new_page(), chat.base_url)
    await second.open()
    await chat.says("từ thẻ một")
    await expect(second.mine("từ thẻ một")).to_be_visible()
    await second.hears("Đã nhận: từ thẻ một")
    await second.says("từ thẻ hai")
    await chat.hears("Đã nhận: từ thẻ hai")
    assert await chat.answers() == await second.answers()
    assert (await chat.answers()).count("Đã nhận: từ thẻ một") == 1


async def test_erasing_the_history_of_this_device(chat: ChatPage) -> None:
    await chat.says("bí mật")
    await chat.hears("Đã nhận: bí mật")
    await chat.page.get_by_role("button", name="Trợ giúp").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Xóa lịch sử trên máy này").click()
    await chat.page.get_by_role("button", name="Xóa", exact=True).click()
    await expect(chat.log.locator(".entry")).to_have_count(0)
    assert "bí mật" not in await chat.page.evaluate("JSON.stringify(localStorage)")
    await chat.page.reload()
    await chat.says("tin mới")
    await chat.hears("Đã nhận: tin mới")
    assert await chat.answers() == ["Đã nhận: tin mới"]


async def test_who_had_their_data_erased_leaves_no_words_here(chat: ChatPage, office: ChatOffice) -> None:
    await chat.says("số của tôi là 0912345678")
    await chat.hears("Đã nhận: số của tôi")
    await chat.sends_file("Nguyễn Văn Mẫu.jpg", photo())
    await chat.hears("Đã nhận ảnh")
    farewell = Part(spans=(Span(text="Đã xóa hết."),), key="privacy.erased")
    await office.write(office.last_sender(), farewell, plain("Tin sau."))
    await chat.hears("Tin sau.")
    assert await chat.answers() == ["Đã xóa hết.", "Tin sau."]
    stored = await chat.page.evaluate("JSON.stringify(localStorage)")
    assert "0912345678" not in stored
    assert "Nguyễn Văn Mẫu" not in stored
    await chat.page.reload()
    await chat.hears("Tin sau.")
    assert await chat.answers() == ["Đã xóa hết.", "Tin sau."]


async def test_ending_on_a_shared_computer(chat: ChatPage, office: ChatOffice, phone: BrowserContext) -> None:
    second = ChatPage(await phone.new_page(), chat.base_url)
    await second.page.goto(chat.base_url)
    await chat.says("bí mật")
    await chat.hears("Đã nhận: bí mật")
    await second.hears("Đã nhận: bí mật")
    me, before = office.last_sender(), await phone.cookies()
    await chat.page.get_by_role("button", name="Trợ giúp").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Kết thúc trên máy này").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Ở lại").click()
    await chat.hears("Đã nhận: bí mật")
    await chat.page.get_by_role("button", name="Trợ giúp").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Kết thúc trên máy này").click()
    async with chat.page.expect_navigation():
        await chat.page.get_by_role("dialog").get_by_role("button", name="Kết thúc", exact=True).click()
    await chat.hears("Kính chào")
    await office.write(me, plain("Câu trả lời riêng."))
    await chat.says("người sau")
    await chat.hears("Đã nhận: người sau")
    assert office.last_sender() != me
    assert "bí mật" not in await chat.page.evaluate("JSON.stringify(localStorage)")
    assert {one["value"] for one in before}.isdisjoint(one["value"] for one in await phone.cookies())
    for page in (chat, second):
        await expect(page.log).not_to_contain_text("riêng")
        await expect(page.log).not_to_contain_text("bí mật")


async def test_ending_without_a_line_is_not_pretended(chat: ChatPage, phone: BrowserContext) -> None:
    await chat.says("bí mật")
    await chat.hears("Đã nhận: bí mật")
    await phone.set_offline(True)
    await chat.page.get_by_role("button", name="Trợ giúp").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Kết thúc trên máy này").click()
    await chat.page.get_by_role("dialog").get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(chat.page.locator("#note")).to_contain_text("Chưa kết thúc được")
    await expect(chat.mine("bí mật")).to_be_visible()


async def test_the_keyboard_reaches_everything(chat: ChatPage) -> None:
    await chat.button("Hỏi thủ tục").focus()
    await chat.page.keyboard.press("Enter")
    await chat.hears("Đã nhận: menu.pick")
    focused = await chat.page.evaluate("document.activeElement.id")
    assert focused in {"log", "text"}, "the focus is not lost with the pressed button"


async def test_the_other_language_is_asked_for(chat: ChatPage) -> None:
    await chat.page.locator("#language").click()
    await expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    await chat.hears("Đã nhận: language.lang.go.en")
    await expect(chat.box).to_have_attribute("placeholder", "Your question…")


async def test_nothing_is_wider_than_a_small_phone(chat: ChatPage) -> None:
    await chat.page.set_viewport_size({"width": 320, "height": 568})
    await chat.says("khai sinh " + "x" * 300)
    await chat.hears("Ông/bà muốn xem phần nào?")
    assert await chat.page.evaluate("document.documentElement.scrollWidth") == 320
    small = await chat.page.evaluate(
        "[...document.querySelectorAll('button, .button')].filter((button) => button.offsetParent !== null)"
        ".map((button) => [button.textContent.trim(), button.offsetWidth, button.offsetHeight])"
        ".filter(([, width, height]) => width < 44 || height < 44)"
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_access_for_everybody(chromium: Browser, chat_url: str, scheme: str, width: int) -> None:
    context = await chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # axe is put into the page from outside
    )
    page = ChatPage(await context.new_page(), chat_url)
    await page.open()
    await page.says("khai sinh")
    await page.hears("Ông/bà muốn xem phần nào?")
    await page.says("cán bộ")
    await page.hears("Xã đã cho dọn bãi rác")
    assert await page.faults_of_access() == []
    if width < 600:
        await page.page.get_by_role("button", name="Trợ giúp").click()
        assert await page.faults_of_access() == []
    await page.page.goto(f"{chat_url}/p/1.001193")
    assert await page.faults_of_access() == []
    await context.close()


async def test_a_long_answer_is_read_from_its_beginning(chat: ChatPage, office: ChatOffice) -> None:
    await chat.says("xin chào")
    await chat.hears("Đã nhận: xin chào")
    await chat.says("khai sinh")
    await chat.hears("Ông/bà muốn xem phần nào?")
    await office.write(office.last_sender(), plain("Một thông báo đến sau."))
    await chat.hears("Một thông báo đến sau.")
    await expect(chat.mine("khai sinh").first).to_be_in_viewport()
    await expect(chat.page.locator("#newer")).to_be_hidden()
    await chat.page.locator("#scroll").hover()
    await chat.page.mouse.wheel(0, -5000)
    await expect(chat.mine("khai sinh").first).not_to_be_in_viewport()
    await office.write(office.last_sender(), plain("Thêm một thông báo."))
    await expect(chat.page.locator("#newer")).to_be_visible()


async def test_a_burst_keeps_its_order_past_the_limit(chat: ChatPage) -> None:
    await chat.page.evaluate(
        "for (let i = 0; i < 35; i++) {"
        " document.getElementById('text').value = `tin số ${i}`;"
        " document.getElementById('compose').requestSubmit(); }"
    )
    await chat.hears("Đã nhận: tin số 34", within=40)
    answers = [text for text in await chat.answers() if text.startswith("Đã nhận: tin số")]
    assert answers == [f"Đã nhận: tin số {number}" for number in range(35)]
