"""Values of a procedure as a civil servant reads them; `answers` reads corrections in the same form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from procedures_catalog.model import Confirmed, Dated, Fee, OnlineLevel, Paper, Source, TimeLimit, Way, WayName


@cache
def wording() -> dict[str, Any]:
    """The texts of `wording.yaml`, all of them strings."""
    text = (Path(__file__).parent / "wording.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but strings
    return read


def money(amount: int) -> str:
    """8000 → “8.000 đồng”."""
    return str(wording()["dong"]).format(amount=f"{amount:,}".replace(",", "."))


def day(on: date) -> str:
    """As dates are written in Viet Nam: “22/11/2026”."""
    return f"{on:%d/%m/%Y}"


def time_limit(limit: TimeLimit) -> str:
    """“5 ngày làm việc; ghi chú: …”."""
    unit = limit.unit if limit.amount or "{n}" not in wording()["units"][limit.unit] else "unknown"
    main = wording()["units"][unit].format(n=limit.amount)
    return "; ".join([main, *_period(limit), *_said(limit.wording, limit.note)])


def fee(item: Fee) -> str:
    """“8.000 đồng/bản; từ 01/07/2026; ghi chú: …”."""
    if item.amount is None:
        main = wording()["set_by"][item.set_by]
    else:
        main = money(item.amount) if item.amount else wording()["free"]
    main += f"/{item.per}" if item.per else ""
    return "; ".join([main, *_period(item), *_said(item.wording, item.note)])


def way(offer: Way, name: WayName) -> str:
    """“có, toàn trình; ghi chú: …”."""
    if offer.offered == "unknown":
        main = wording()["unknown"]
    else:
        main = wording()["offered" if offer.offered else "not_offered"]
    if name is WayName.ONLINE and offer.offered is True and offer.level is not OnlineLevel.UNKNOWN:
        main += f", {wording()[offer.level]}"
    return "; ".join([main, *_said(None, offer.note)])


def paper(item: Paper) -> str:
    """“Tờ khai; bản chính: 1; mẫu: Mẫu số 1; ghi chú: …”."""
    words = wording()
    parts = [item.name]
    if item.original:
        parts.append(words["original"].format(n=item.original))
    if item.copies:
        parts.append(words["copies"].format(n=item.copies))
    if item.form:
        parts.append(words["form"].format(form=item.form))
    if item.show:
        parts.append(words["show"])
    return "; ".join([*parts, *_period(item), *_said(None, item.note)])


def period(item: Dated) -> str:
    """“từ 01/07/2026 đến hết 31/12/2026”; empty if neither is known."""
    first = [wording()["from"].format(day=day(item.valid_from))] if item.valid_from else []
    last = [wording()["until"].format(day=day(item.valid_to))] if item.valid_to else []
    return " ".join((*first, *last))


def source(item: Source) -> str:
    """Its name and date."""
    return f"{item.name} ({day(item.date)})"


def confirmed(item: Confirmed | None) -> str:
    """Who has confirmed and when; empty if nobody has."""
    return f"{item.by_office} ({day(item.on)})" if item else ""


def _period(item: Dated) -> Iterator[str]:
    if text := period(item):
        yield text


def _said(said: str | None, note: str | None) -> Iterator[str]:
    if said:
        yield wording()["wording"].format(wording=said)
    if note:
        yield wording()["note"].format(note=note)
