"""The web chat over a real store, with an office that answers by rote: for its routes and for its page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.catalog.shelf import Shelf
from bot.channels.base import Arrival
from bot.channels.webchat import WebChat
from bot.config import Settings
from bot.files import Files
from bot.house import House
from bot.intake import Intake
from bot.store.records import OutboxClass, Outgoing
from bot.store.work import Store
from bot.web import pages
from bot.web.security import SecureHeaders
from handlers.talk import Address, Button, FileRef, Incoming, Part, Span
from handlers.words import Words
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import SHIPPED, load

DEPLOYMENT = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"


_words = cache(Words.load)


@cache
def _catalog() -> Catalog:
    return load([SHIPPED, DEPLOYMENT])


class ChatOffice:
    """`app` serves the chat; `down` makes every message fail to be stored."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.house = House(
            settings=Settings(_env_file=None, files_dir=folder),  # type: ignore[call-arg]
            store=store,
            shelf=Shelf(_catalog()),
            words=_words(),
            files=Files(folder),
        )
        self.down = False
        self.seen: list[Address] = []
        self._intake = Intake(self.house)
        self.channel = WebChat(self.house)
        self.app = Starlette(
            routes=[*self.channel.routes(self.receive), *pages.routes(self.house)],
            middleware=[Middleware(SecureHeaders)],
        )

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        if self.down:
            raise OSError("the disk is full")
        await self._intake.receive(WebChat.name, arrivals)

    async def arrived(self) -> list[Incoming]:
        """What lies in the inbox, oldest first; taken out of it."""
        async with self.house.store.begin() as work:
            rows = await work.inbox.take(100)
            for row in rows:
                work.inbox.settle(row.seq)
        self.seen += [row.incoming.sender for row in rows]
        return [row.incoming for row in rows]

    def last_sender(self) -> Address:
        return self.seen[-1]

    async def write(self, to: Address, *parts: Part) -> None:
        async with self.house.store.begin() as work:
            work.outbox.add(*(Outgoing(to=to, klass=OutboxClass.REPLY, part=part) for part in parts))

    async def answer_for_ever(self) -> None:
        """What the turns would do, with fixed answers."""
        number = 0
        while True:
            for incoming in await self.arrived():
                number += 1
                await self.write(incoming.sender, *replies(incoming, number))
            await asyncio.sleep(0.05)


def plain(text: str, *buttons: Button, human: bool = False, files: tuple[FileRef, ...] = ()) -> Part:
    return Part(spans=(Span(text=text),), buttons=buttons, human=human, files=files)


def replies(incoming: Incoming, number: int) -> list[Part]:
    if incoming.files:
        return [
            plain(
                "Đã nhận ảnh. Ông/bà muốn gửi thêm không?",
                Button(label="Gửi xong", payload="feedback.photo.n1.done"),
            )
        ]
    said = incoming.text or ""
    if said == "/start":
        return [
            Part(
                spans=(
                    Span(text="Kính chào ông/bà. Đây là "),
                    Span(text="trợ lý tự động", bold=True),
                    Span(text=" của Trung tâm. Ông/bà cần gì, cứ gõ như nói chuyện, hoặc chọn một việc dưới đây."),
                ),
                buttons=tuple(
                    Button(label=label, payload=f"menu.pick.m{number}.{value}")
                    for label, value in (
                        ("Hỏi thủ tục", "procedures"),
                        ("Gửi phản ánh, kiến nghị", "feedback"),
                        ("Theo dõi phản ánh đã gửi", "follow_up"),
                        ("Nối với Telegram, Zalo", "link"),
                        ("Ngôn ngữ / Language", "language"),
                        ("Dữ liệu của tôi", "privacy"),
                    )
                ),
            )
        ]
    if said == "cán bộ":
        return [plain("Xã đã cho dọn bãi rác ở chợ Cổ Lễ sáng nay. Cảm ơn ông/bà đã báo.", human=True)]
    if said == "đường link":
        return [
            Part(
                spans=(Span(text="Ông/bà mở "), Span(text="trang thủ tục", url="/p/1.001193"), Span(text=".")),
                buttons=(
                    Button(label="Cổng Dịch vụ công", url="https://dichvucong.gov.vn"),
                    Button(label="Về menu", payload="menu.-.go.-"),
                ),
            )
        ]
    if "khai sinh" in said or "khai sinh" in (incoming.choice or ""):
        return [CARD, plain("Ông/bà muốn xem phần nào?", *card_buttons(number))]
    return [plain(f"Đã nhận: {said or incoming.choice}")]


CARD = Part(
    spans=(
        Span(text="Thủ tục đăng ký khai sinh", bold=True),
        Span(
            text=" (1.001193)\nGhi tên một em bé mới sinh vào sổ hộ tịch và nhận Giấy khai sinh.\n\n"
            "Ai làm: cha hoặc mẹ của trẻ; nếu cha mẹ không đi được thì ông, bà, người thân khác.\n"
            "Thời gian: trong ngày, nếu hồ sơ đủ nhận trước 15 giờ.\n"
            "Lệ phí: không mất tiền khi đăng ký trong 60 ngày từ ngày sinh.\n"
            "Kết quả: Giấy khai sinh.\n\n"
        ),
        Span(
            text="Theo Cơ sở dữ liệu quốc gia về thủ tục hành chính, bản tháng 06/2026, "
            "chưa được địa phương xác nhận."
        ),
    )
)


def card_buttons(number: int) -> tuple[Button, ...]:
    labels = (
        "Giấy tờ",
        "Lệ phí, thời gian",
        "Nộp trực tuyến",
        "Nộp qua bưu chính",
        "Nơi nộp",
        "Căn cứ pháp lý",
        "Menu",
    )
    return tuple(
        Button(label=label, payload=f"procedures.part-1.k{number}.{index}") for index, label in enumerate(labels)
    )
