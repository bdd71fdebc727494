"""HTML pages: the shared template environment, static files, and the public pages of the catalog."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.house import House
from handlers import facts, when
from handlers.life_events import overview
from handlers.talk import Param, Span, Text
from handlers.words import LANGUAGES
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import Procedure, WayName

WEB = Path(__file__).parent
LANG_COOKIE = "motcua_lang"
# Folders the browser may read; templates stay out of them.
SERVED = {"/static": WEB / "static", "/chat/assets": WEB / "chat" / "assets"}


class Pages:
    """Renders templates that lie under `bot/web`, with the house's words at hand.

    In a template: `say("web.title")` is plain text, `rich("web.help_ask")` or `rich(text)` keeps bold and
    links, `asset("/static/base.css")` is an address that changes with the file, and the filter `moment`
    makes a time into something to say.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._environment = Environment(
            loader=FileSystemLoader(WEB),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(moment=when.moment)
        self._environment.globals.update(asset=asset)

    def render(
        self, template: str, lang: str, context: Mapping[str, object], *, status: int = 200
    ) -> HTMLResponse:
        """One page; never cached, it may hold somebody's words."""

        def say(key: str, **params: Param) -> str:
            return self._house.words.plain(Text(key=key, params=params), lang)

        def rich(text: str | Text, **params: Param) -> Markup:
            worded = text if isinstance(text, Text) else Text(key=text, params=params)
            return spans_html(self._house.words.spans(worded, lang))

        html = self._environment.get_template(template).render(
            {
                **context,
                "deployment": self._house.catalog.deployment,
                "lang": lang,
                "languages": LANGUAGES,
                "say": say,
                "rich": rich,
            }
        )
        return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def chosen_language(request: Request) -> str:
    """The language of the page's own words: `?lang=`, else the cookie, else Vietnamese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return LANGUAGES[0]


def spans_html(spans: Sequence[Span]) -> Markup:
    """Spans as HTML, escaped."""
    return Markup("").join(_span_html(span) for span in spans)


def _span_html(span: Span) -> Markup:
    html = escape(span.text).replace("\n", Markup("<br>"))
    if span.url is not None and span.url.startswith(("https://", "http://", "tel:", "/")):
        html = Markup('<a href="{}">{}</a>').format(span.url, html)
    return Markup("<strong>{}</strong>").format(html) if span.bold else html


@cache
def asset(path: str) -> str:
    """The address of a served file with a digest of its content, so that a release is seen at once."""
    for prefix, folder in SERVED.items():
        if path.startswith(prefix + "/"):
            digest = hashlib.sha256((folder / path.removeprefix(prefix + "/")).read_bytes()).hexdigest()
            return f"{path}?v={digest[:10]}"
    raise ValueError(f"not a served file: {path}")


def parts(procedure: Procedure, catalog: Catalog) -> Mapping[str, Text]:
    """What the page tells of a procedure, in order; the same facts as in the chat."""
    return {
        "papers": facts.papers(procedure),
        "cost": facts.cost_and_time(procedure),
        **{way.value: facts.way(procedure, way, catalog) for way in WayName},
        "where": facts.where(procedure, catalog),
        "basis": facts.basis(procedure),
    }


def routes(house: House) -> Sequence[BaseRoute]:
    """Static files, `/p/<code>` of procedures and signposts, `/e/<id>` of life events."""
    pages = Pages(house)

    def missing(lang: str) -> HTMLResponse:
        return pages.render("procedure/missing.html", lang, {}, status=404)

    async def procedure(request: Request) -> Response:
        lang, catalog = chosen_language(request), house.catalog
        code = request.path_params["code"]
        if (successor := catalog.successor(code)) is not None:
            return RedirectResponse(f"/p/{successor}", status_code=302)
        if (found := catalog.procedures.get(code)) is not None:
            return pages.render("procedure/page.html", lang, {"procedure": found, "parts": parts(found, catalog)})
        if (signpost := catalog.signposts.get(code)) is not None:
            context = {"signpost": signpost, "told": facts.signpost_way(signpost, catalog)}
            return pages.render("procedure/signpost.html", lang, context)
        return missing(lang)

    async def life_event(request: Request) -> HTMLResponse:
        lang, catalog = chosen_language(request), house.catalog
        event = catalog.life_events.get(request.path_params["id"])
        if event is None:
            return missing(lang)
        steps = [(step.code, name) for step, name in facts.steps(event, catalog)]
        context = {"event": event, "told": overview(event, catalog), "steps": steps}
        return pages.render("procedure/life_event.html", lang, context)

    return [
        Route("/p/{code}", procedure),
        Route("/e/{id}", life_event),
        *(Mount(prefix, StaticFiles(directory=folder)) for prefix, folder in SERVED.items()),
    ]
