"""The chat page as a person uses it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import FilePayload, Locator, Page, expect

AXE = Path(__file__).with_name("axe.min.js")


class ChatPage:
    """Verbs of somebody who chats. Every wait ends after a few seconds."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.box = page.locator("#text")
        self.log = page.get_by_role("log")
        self.offline = page.locator("#offline")

    async def open(self) -> None:
        await self.page.goto(self.base_url)
        await self.hears("Kính chào")

    async def says(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def hears(self, text: str, *, within: float = 15) -> None:
        """The newest answer with this text is shown, `within` so many seconds."""
        answer = self.log.locator(".office", has_text=text).last
        await expect(answer).to_be_visible(timeout=within * 1000)

    async def taps(self, label: str) -> None:
        """The newest button of this label that still takes an answer, waiting for one to come."""
        await self.log.get_by_role("button", name=label, exact=True, disabled=False).last.click()

    def button(self, label: str) -> Locator:
        """The newest one, whether or not it can still be pressed."""
        return self.log.get_by_role("button", name=label, exact=True).last

    async def sends_file(self, name: str, data: bytes, mime: str = "image/jpeg") -> None:
        await self.page.locator("#file").set_input_files(FilePayload(name=name, mimeType=mime, buffer=data))

    def mine(self, text: str) -> Locator:
        return self.log.locator(".me", has_text=text)

    async def sent(self, text: str) -> None:
        await expect(self.mine(text).last).to_contain_text(re.compile("đã gửi|sent"), timeout=15_000)

    async def answers(self) -> list[str]:
        return await self.log.locator(".office .bubble").all_inner_texts()

    async def faults_of_access(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, one line each."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]
