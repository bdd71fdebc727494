"""Takes the pictures of README.md from the real program: `.venv/bin/python docs/screenshots.py`.

Starts `motcua serve` with demo officers in a temporary folder, talks to it as citizens and as an officer in
Debian's chromium, and writes `docs/images/*.png`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 250_000
START_SECONDS = 60
OFFICER = "kinh-te"

RUBBISH = "Rác đổ đống ven đường đã ba ngày, mùi rất hôi"
ANSWER = "Tổ thu gom đã dọn sạch sáng nay. Xã sẽ kiểm tra lại vào thứ Sáu. Cảm ơn ông/bà đã báo."
OTHERS = (
    (
        "Giao thông, hạ tầng",
        "Đường liên thôn, đoạn qua trường mầm non",
        "Ổ gà sâu giữa đường, trời mưa rất dễ ngã",
    ),
    ("Trật tự đô thị, vỉa hè", "Cổng chợ", "Hàng quán bày kín lòng đường vào giờ tan học"),
)


@contextmanager
def served() -> Iterator[tuple[str, dict[str, str]]]:
    """The program's address, and the password of each demo officer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        settings = {"MOTCUA_DEMO": "1", "MOTCUA_PORT": str(port), "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
        log = Path(folder, "serve.log")
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"], cwd=folder, env=bare | settings, stdout=out
            )
        try:
            yield f"http://127.0.0.1:{port}", _passwords(process, log)
        finally:
            process.terminate()
            process.wait(30)


def _passwords(process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        told = log.read_text(encoding="utf-8")
        if "Ctrl-C" in told:
            return dict(re.findall(r"^\s+([a-z-]+)\s+(\S+-\S+-\S+)\s", told, re.MULTILINE))
        time.sleep(0.2)
    raise SystemExit("motcua serve did not start")


class Chat:
    """The chat page of one citizen."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.set_default_timeout(20_000)
        page.goto(url)
        self.hears("Kính chào")

    def says(self, text: str) -> None:
        self.page.locator("#text").fill(text)
        self.page.locator("#text").press("Enter")

    def hears(self, text: str) -> None:
        expect(self.page.get_by_role("log").locator(".office", has_text=text).last).to_be_visible(timeout=20_000)

    def taps(self, label: str) -> None:
        self.page.get_by_role("log").get_by_role("button", name=label, exact=True).last.click()

    def reports(self, topic: str, place: str, words: str, picture: bytes | None = None) -> None:
        self.says("phản ánh")
        self.hears("muốn gửi điều gì")
        self.taps("Sự việc tại nơi ở (rác, đường, điện…)")
        self.hears("thuộc loại nào")
        self.says(topic)
        self.hears("Sự việc ở đâu")
        self.says(place)
        self.hears("kể ngắn gọn")
        self.says(words)
        self.hears("có ảnh thì gửi")
        if picture is None:
            self.taps("Không có ảnh")
        else:
            file = {"name": "rac.jpg", "mimeType": "image/jpeg", "buffer": picture}
            self.page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
            self.hears("Đã nhận 1 ảnh")
            self.taps("Đủ rồi")
        self.hears("để lại tên")
        self.taps("Không nêu tên")
        self.hears("xem lại trước khi gửi")
        self.taps("Gửi")
        self.hears("Mã theo dõi")


def chats(browser: Browser, url: str, shape: dict[str, object]) -> Chat:
    """A citizen with a browser of their own."""
    return Chat(browser.new_context(locale="vi-VN", **shape).new_page(), url)  # type: ignore[arg-type]


def signs_in(page: Page, url: str, password: str) -> None:
    """To the queue of the demo's office of the economy."""
    page.goto(f"{url}/desk")
    page.get_by_label("Tên đăng nhập").fill(OFFICER)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator(".rows")).to_be_visible()


def drawn_photo() -> bytes:
    """Rubbish bags by a road, drawn, so that no real place is shown."""
    picture = Image.new("RGB", (960, 720), "#b7cbd6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 250, 960, 430), fill="#c9b48f")
    for left in range(0, 960, 80):
        for row in range(5):
            shift = 40 if row % 2 else 0
            draw.rectangle(
                (left - shift, 250 + row * 36, left - shift + 78, 284 + row * 36), outline="#a99069", width=3
            )
    draw.rectangle((0, 430, 960, 520), fill="#7d8c62")
    draw.rectangle((0, 520, 960, 720), fill="#6b6f73")
    for left in range(40, 960, 200):
        draw.rectangle((left, 610, left + 110, 622), fill="#d9d9d3")
    bags = ((330, 400, 470, 560, "#2d3136"), (430, 370, 590, 565, "#37516b"), (560, 420, 690, 565, "#41464b"))
    for left, top, right, bottom, colour in bags:
        draw.ellipse((left, top, right, bottom), fill=colour)
        draw.polygon(((left + 55, top + 12), (right - 55, top + 12), ((left + right) // 2, top - 34)), fill=colour)
    draw.rectangle((250, 500, 350, 562), fill="#b08d57", outline="#8a6c3e", width=4)
    draw.rectangle((690, 520, 730, 562), fill="#9ab6c4")
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.2)).save(out, format="JPEG", quality=88)
    return out.getvalue()


def keeps(page: Page, name: str) -> None:
    """Write one picture, in few colours, small enough for a README."""
    page.wait_for_timeout(600)  # typefaces and photos settle
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = IMAGES / f"{name}.png"
    whole.quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {whole.width}×{whole.height}, {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{name} is over {MOST_BYTES} bytes")


def main() -> None:
    """All four pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This needs Debian's chromium; as root: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    phone: dict[str, object] = {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
    }
    dark: dict[str, object] = {"viewport": {"width": 1180, "height": 1170}, "color_scheme": "dark"}
    with served() as (url, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for topic, place, words in OTHERS:
            chats(browser, url, phone).reports(topic, place, words)
        citizen = chats(browser, url, phone)
        citizen.reports("Môi trường, rác thải", "Đầu thôn, cạnh chợ", RUBBISH, drawn_photo())

        desk = browser.new_context(locale="vi-VN", viewport={"width": 1180, "height": 780}).new_page()
        signs_in(desk, url, passwords[OFFICER])
        keeps(desk, "desk-queue")
        desk.locator(".row", has_text=RUBBISH).get_by_role("link").first.click()
        desk.get_by_role("button", name="Nhận giải quyết").click()
        expect(desk.get_by_role("status")).to_be_visible()
        desk.locator("#answer-words").fill(ANSWER)
        desk.set_viewport_size({"width": 1180, "height": 1290})
        desk.evaluate("scrollTo(0, 0)")
        keeps(desk, "desk-case")
        desk.get_by_role("button", name="Trả lời").click()
        expect(desk.get_by_role("status")).to_be_visible()

        citizen.hears(ANSWER)
        citizen.page.locator("#scroll").evaluate("it => it.scrollTo(0, it.scrollHeight)")
        keeps(citizen.page, "chat-phone")
        asker = chats(browser, url, dark)
        asker.says("lam giay khai sinh cho con")
        asker.hears("Ông/bà muốn xem phần nào")
        keeps(asker.page, "chat-card-dark")
        browser.close()


if __name__ == "__main__":
    main()
