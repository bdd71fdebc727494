"""Visitors who write to the chat page as a browser does: the same id again until it is acknowledged."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
from starlette.requests import Request

from bot.web.visitors import CHANNEL, COOKIE, visitor
from handlers.talk import Address

ANONYMOUS_REPORT = (
    "/start",
    "phản ánh",
    "1",
    "1",
    "Đầu ngõ 5, thôn Mẫu",
    "Rác chất đống ba ngày nay chưa ai dọn",
    "1",
    "2",
    "1",
    "1",  # who presses "send" twice sends once
)
NAMED_REPORT = (
    "phản ánh",
    "1",
    "2",
    "Cổng chợ Mẫu",
    "Đèn đường hỏng cả tuần nay",
    "1",
    "1",
    "Nguyễn Văn Mẫu",
    "0912345678",
    "1",
    "1",
)
GIVEN_UP = (
    "góp ý",
    "3",
    "1",
    "bỏ qua",
    "Xin mở thêm giờ vào sáng thứ bảy",
    "không có ảnh",
    "Trần Thị Mẫu",
    "0987654321",
    "menu",
)
QUESTIONS = (
    "lam giay khai sinh cho con",
    "xin giấy độc thân",
    "quay lại",
    "công chứng",
    "1",
    "dữ liệu của tôi",
    "phản ánh",
    "không chọn gì",
    "menu",
    "khách về quê ngủ lại một đêm",
)
SCRIPTS = {ANONYMOUS_REPORT: 20, NAMED_REPORT: 10, GIVEN_UP: 10, QUESTIONS: 10}
"""What is written, and by how many: 500 messages."""
FILING = (ANONYMOUS_REPORT, NAMED_REPORT)

REPEATED = 0.1
LONGEST_PAUSE = 0.05
AGAIN_AFTER = 0.05


@dataclass(kw_only=True)
class Visitor:
    """One browser. `acknowledged` are the ids the server has promised to keep, in order."""

    script: Sequence[str]
    cookie: str
    acknowledged: list[str] = field(default_factory=list)

    @property
    def address(self) -> Address:
        """What the server makes of the cookie."""
        cookie = f"{COOKIE}={self.cookie}".encode()
        address = visitor(Request({"type": "http", "headers": [(b"cookie", cookie)]}))
        assert address is not None
        return address

    def platform_ids(self) -> Iterator[str]:
        """The ids as the inbox has them."""
        return (f"{self.address.user}/{id_}" for id_ in self.acknowledged)


class Crowd:
    """Everybody at once, each one line after the other."""

    def __init__(self, url: str, rng: random.Random) -> None:
        self._url = url
        self._rng = rng
        self._heard = asyncio.Event()
        self.visitors: list[Visitor] = []

    @property
    def acknowledged(self) -> int:
        """How many messages the server has promised to keep."""
        return sum(len(one.acknowledged) for one in self.visitors)

    @property
    def left(self) -> int:
        """How many are still to be acknowledged."""
        return sum(len(one.script) for one in self.visitors) - self.acknowledged

    async def reached(self, count: int) -> None:
        """Until so many are acknowledged."""
        while self.acknowledged < count:
            self._heard.clear()
            await self._heard.wait()

    async def arrive(self, session: aiohttp.ClientSession) -> None:
        """Everybody opens the page and is given a cookie."""
        for script, number in SCRIPTS.items():
            for _ in range(number):
                async with session.get(f"{self._url}/") as page:
                    self.visitors.append(Visitor(script=script, cookie=page.cookies[COOKIE].value))
        self._rng.shuffle(self.visitors)

    async def write(self, session: aiohttp.ClientSession) -> None:
        """All scripts to their ends, through whatever happens to the server."""
        async with asyncio.TaskGroup() as group:
            for one in self.visitors:
                group.create_task(self._play(session, one))

    async def _play(self, session: aiohttp.ClientSession, one: Visitor) -> None:
        for line in one.script:
            id_ = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
            await self._post(session, one, id_, line)
            one.acknowledged.append(id_)
            self._heard.set()
            if self._rng.random() < REPEATED:
                earlier = self._rng.randrange(len(one.acknowledged))
                await self._post(session, one, one.acknowledged[earlier], one.script[earlier])
            await asyncio.sleep(self._rng.uniform(0, LONGEST_PAUSE))

    async def _post(self, session: aiohttp.ClientSession, one: Visitor, id_: str, text: str) -> None:
        while True:
            try:
                async with session.post(
                    f"{self._url}/chat/messages",
                    json={"id": id_, "text": text},
                    headers={"cookie": f"{COOKIE}={one.cookie}"},
                ) as answer:
                    await answer.read()
                    if answer.status == HTTPStatus.ACCEPTED:
                        return
                    assert answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(AGAIN_AFTER)


__all__ = ["CHANNEL", "FILING", "SCRIPTS", "Crowd", "Visitor"]
