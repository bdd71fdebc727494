"""A citizen and an officer in a real browser: find, follow the steps, report with a photo, answer, hear."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.chat_page import ChatPage
from tests.circle.conftest import password_of, photo
from tests.faults.process import Served

WORDS = "Rác đổ đống ven đường đã ba ngày, mùi rất hôi"
ANSWER = "Tổ thu gom đã dọn sạch sáng nay và sẽ kiểm tra lại vào thứ Sáu."


@pytest.mark.browser
async def test_from_question_to_answer(program: Served, phone: BrowserContext, chromium: Browser) -> None:
    chat = ChatPage(await phone.new_page(), program.url)
    await chat.open()
    await _finds_and_follows(chat)
    await _reports(chat)

    desk = await (await chromium.new_context(locale="vi-VN")).new_page()
    await _answers(desk, program)

    await chat.hears(ANSWER)
    await expect(chat.page.locator("#log")).to_contain_text("Cán bộ")
    await chat.taps("Đánh giá")
    await chat.taps("Rất hài lòng")
    await chat.hears("Đánh giá đã được ghi nhận")
    assert program.complaints() == []


async def _finds_and_follows(chat: ChatPage) -> None:
    await chat.says("lam giay khai sinh cho con")
    await chat.hears("Thủ tục đăng ký khai sinh")
    await chat.taps("Nộp trực tuyến")
    await chat.hears("Các bước (0/8 đã xong)")
    await chat.taps("Xong bước 1")
    await chat.hears("Các bước (1/8 đã xong)")
    await chat.page.reload()
    await chat.hears("Các bước (1/8 đã xong)")
    await chat.taps("Xong bước 2")
    await chat.hears("Các bước (2/8 đã xong)")


async def _reports(chat: ChatPage) -> None:
    await chat.says("phan anh")
    await chat.hears("muốn gửi điều gì")
    await chat.taps("Sự việc tại nơi ở (rác, đường, điện…)")
    await chat.hears("thuộc loại nào")
    await chat.says("moi truong, rac thai")
    await chat.hears("Sự việc ở đâu")
    await chat.says("Đầu thôn Nam Tiến, cạnh chợ")
    await chat.hears("kể ngắn gọn")
    await chat.says(WORDS)
    await chat.hears("có ảnh thì gửi")
    await chat.sends_file("rac.jpg", photo())
    await chat.hears("Đã nhận 1 ảnh")
    await chat.taps("Đủ rồi")
    await chat.hears("để lại tên")
    await chat.taps("Không nêu tên")
    await chat.hears("xem lại trước khi gửi")
    await chat.taps("Gửi")
    await chat.hears("Mã theo dõi")


async def _answers(desk: Page, program: Served) -> None:
    await desk.goto(f"{program.url}/desk")
    await desk.get_by_label("Tên đăng nhập").fill("kinh-te")
    await desk.get_by_label("Mật khẩu").fill(password_of(program, "kinh-te"))
    await desk.get_by_role("button", name="Đăng nhập").click()
    await desk.get_by_role("link", name=re.compile(r"\d{4}-\d{4}-\d")).first.click()
    await expect(desk.get_by_text(WORDS)).to_be_visible()
    await expect(desk.get_by_text("Đầu thôn Nam Tiến")).to_be_visible()
    picture = desk.locator(".photos img")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 64)
    await desk.get_by_role("button", name="Nhận giải quyết").click()
    await desk.locator("#answer-words").fill(ANSWER)
    await desk.get_by_role("button", name="Trả lời").click()
    await expect(desk.get_by_role("status")).to_be_visible()
