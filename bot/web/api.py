"""The public API: the catalog and its search, for other sites of the province. No personal data passes here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from pydantic import TypeAdapter

from bot.house import House
from procedures_catalog.model import Procedure

_PROCEDURE = TypeAdapter(Procedure)


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
        """`{"hits": [{"code", "name", "confidence", "why"}], "ask": null | {…}, "ours": bool}`."""
        return house.catalog.search(q, now=house.now()).as_json()

    @api.get("/procedures/{code}")
    async def procedure(code: str) -> dict[str, Any]:
        """One procedure with every fact, its source and date."""
        found = house.catalog.procedures.get(code)
        if found is None:
            raise HTTPException(404, detail=f"no procedure {code} in this catalog")
        shown: dict[str, Any] = _PROCEDURE.dump_python(found, mode="json")
        return shown

    return api
