"""The public API: the catalog and its search, for other sites of the province. No personal data passes here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from pydantic import TypeAdapter

from bot.house import House
from procedures_catalog.model import LifeEvent, Procedure, Signpost
from procedures_catalog.subjects import SubjectKind

_PROCEDURE = TypeAdapter(Procedure)
_SIGNPOST = TypeAdapter(Signpost)
_LIFE_EVENTS = TypeAdapter(tuple[LifeEvent, ...])


def make_api(house: House) -> FastAPI:
    """Mounted under `/api/v1`; its own description is at `/api/v1/openapi.json`."""
    api = FastAPI(
        title="Một Cửa",
        version="1",
        description="Tra cứu thủ tục hành chính / administrative procedures and their search",
        docs_url=None,
        redoc_url=None,
    )

    @api.get("/search")
    async def search(q: Annotated[str, Query(max_length=2000)]) -> dict[str, Any]:
        """`{"hits": [{"kind", "code", "name", "confidence", …}], "ask": null | {…}, "ours": bool}`."""
        return house.catalog.search(q, now=house.now()).as_json()

    @api.get("/procedures/{code}")
    async def procedure(code: str) -> dict[str, Any]:
        """One procedure with every fact, its source and date; or, `kind` "signpost", only the way to it."""
        catalog = house.catalog
        if (found := catalog.procedures.get(code)) is not None:
            return {"kind": SubjectKind.PROCEDURE, **_PROCEDURE.dump_python(found, mode="json")}
        if (signpost := catalog.signposts.get(code)) is not None:
            return {"kind": SubjectKind.SIGNPOST, **_SIGNPOST.dump_python(signpost, mode="json")}
        raise HTTPException(404, detail=f"no procedure {code} in this catalog")

    @api.get("/life-events")
    async def life_events() -> dict[str, Any]:
        """`{"life_events": [{"id", "name", "everyday", "steps": [{"code", "say", "covers"}], "note"}]}`."""
        events = tuple(house.catalog.life_events.values())
        return {"life_events": _LIFE_EVENTS.dump_python(events, mode="json")}

    return api
