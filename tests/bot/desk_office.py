"""The officer desk over a real store, with cases in it, read as a browser reads it."""

from __future__ import annotations

import asyncio
import io
import re
from html import unescape
from pathlib import Path

import httpx
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot import officers
from bot.casework import Casework
from bot.catalog.shelf import Shelf
from bot.config import Settings
from bot.files import Files
from bot.house import House
from bot.store.records import StoredFile
from bot.store.work import Store
from bot.web import pages
from bot.web.desk.routes import routes
from bot.web.security import SecureHeaders
from handlers.cases.model import Action, Actor, Case, CaseDraft, CaseEvent, CaseKind
from handlers.talk import Address, FileRef, Person
from handlers.words import Words
from procedures_catalog.load import SHIPPED, load
from tests.conftest import Clock

DEPLOYMENT = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
HERE = "http://desk.test"
PASSWORD = "mat-khau-dung"
ECONOMY = "truc-ninh:economic_division"
CULTURE = "truc-ninh:culture_social_division"
CENTRE = "truc-ninh:public_service_centre"
CHAIR = "truc-ninh:commune_chair"


class Browser:
    """One person's browser: keeps cookies, follows nothing by itself, fills in the hidden fields of forms."""

    def __init__(self, app: Starlette, base_url: str = HERE) -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def send(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """Send the form of `page` that goes to `action`."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
        assert form, f"no form to {action}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
        return await self.client.post(action, data={**hidden, **fields}, headers={"origin": HERE})

    async def sign_in(self, login: str, password: str = PASSWORD, path: str = "/desk/sign-in") -> httpx.Response:
        return await self.send(await self.get(path), "/desk/sign-in", login=login, password=password)


class DeskOffice:
    """`house` with officers; `file` opens a case as a citizen would."""

    def __init__(self, store: Store, clock: Clock, folder: Path, **settings: object) -> None:
        self.house = House(
            settings=Settings(_env_file=None, files_dir=folder, **settings),  # type: ignore[call-arg,arg-type]
            store=store,
            shelf=Shelf(load([SHIPPED, DEPLOYMENT])),
            words=Words.load(),
            files=Files(folder),
            now=clock,
        )
        self.clock = clock
        self.app = Starlette(
            routes=[*routes(self.house), *pages.routes(self.house)], middleware=[Middleware(SecureHeaders)]
        )
        self._browsers: list[Browser] = []

    def browser(self, base_url: str = HERE) -> Browser:
        self._browsers.append(Browser(self.app, base_url))
        return self._browsers[-1]

    async def signed_in(self, login: str) -> Browser:
        browser = self.browser()
        assert (await browser.sign_in(login)).status_code == 303
        return browser

    async def officer(self, login: str, name: str, office: str, *roles: str) -> None:
        async with self.house.store.begin() as work:
            await officers.add(work, login=login, name=name, offices=[office], roles=roles, password=PASSWORD)

    async def usual_officers(self) -> None:
        await self.officer("kinh-te", "Cán bộ kinh tế – mẫu", ECONOMY, "handler")
        await self.officer("kinh-te-2", "Cán bộ kinh tế thứ hai – mẫu", ECONOMY, "handler")
        await self.officer("van-hoa", "Cán bộ văn hóa – mẫu", CULTURE, "handler")
        await self.officer("chu-tich", "Chủ tịch – mẫu", CHAIR, "leader", "handler")
        await self.officer("chi-xem", "Người xem – mẫu", ECONOMY, "viewer")

    async def person(self, user: str = "c-1") -> Person:
        address = Address(channel="webchat", user=user)
        async with self.house.store.begin() as work:
            return (await work.persons.load([address], "vi"))[address]

    async def file(self, words: str, *, topic: str | None = "environment", **more: object) -> Case:
        person = await self.person()
        kind = more.pop("kind", CaseKind.INCIDENT)
        draft = CaseDraft(kind=kind, topic=topic, words=words, **more)  # type: ignore[arg-type]
        async with self.house.store.begin() as work:
            return (await Casework(work, self.house).file(draft, person)).case

    async def photo(self, file_id: str, colour: str = "green") -> FileRef:
        """A picture as a citizen sent it, fetched already."""
        out = io.BytesIO()
        Image.new("RGB", (64, 48), colour).save(out, "JPEG")
        kept = await self.house.files.keep(out.getvalue())
        stored = StoredFile(
            id=file_id,
            channel="webchat",
            remote=None,
            kind="photo",
            mime=kept.mime,
            size=kept.size,
            digest=kept.digest,
        )
        async with self.house.store.begin() as work:
            await work.files.add(stored)
        return FileRef(id=file_id, mime=kept.mime)

    async def does(self, login: str, case: Case, action: Action, words: str | None = None) -> Case:
        async with self.house.store.begin() as work:
            officer = await work.officers.find(login)
            assert officer is not None
            by = Actor(
                kind="officer",
                id=officer.id,
                offices=frozenset(officer.offices),
                roles=officer.roles,
                name=officer.name,
            )
            return await Casework(work, self.house).act(case, action, by, words=words)

    async def case(self, case: Case) -> Case:
        async with self.house.store.read() as work:
            found = await work.cases.get(case.id)
        assert found is not None
        return found

    async def history(self, case: Case) -> list[CaseEvent]:
        async with self.house.store.read() as work:
            return await work.cases.history(case.id)

    async def close(self) -> None:
        await asyncio.gather(*(browser.client.aclose() for browser in self._browsers))


def text_of(response: httpx.Response) -> str:
    """What a person reads of the page, on one line."""
    body = re.sub(r"<(head|script).*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
