"""Everyday queries through our search, and through rapidfuzz over the procedures' names."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import yaml
from rapidfuzz import fuzz, process, utils

from procedures_catalog.load import SHIPPED, load

TESTS = Path(__file__).parents[1]
ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """Milliseconds a query; `right`: the share of queries whose first hit is the expected procedure."""

    name: str
    p50_ms: float
    p99_ms: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Both over the same queries."""

    ours: Searched
    baseline: Searched


def measure() -> Result:
    """Every query of `searches.yaml` that expects a procedure, a number of times."""
    catalog = load([SHIPPED, TESTS.parent / "deployments" / "xa-truc-ninh"])
    lines = yaml.safe_load((TESTS / "searches.yaml").read_text(encoding="utf-8"))["expected"]
    expected = {
        line["text"]: line["code"] if isinstance(line["code"], list) else [line["code"]]
        for line in lines
        if "code" in line
    }
    names = {code: procedure.name for code, procedure in catalog.procedures.items()}

    def ours(text: str) -> str | None:
        hits = catalog.search(text).hits
        return hits[0].code if hits else None

    def baseline(text: str) -> str | None:
        found = process.extract(text, names, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=5)
        return str(found[0][2]) if found else None

    return Result(
        ours=_timed("our search", ours, expected),
        baseline=_timed(f"rapidfuzz token_set_ratio, {len(names)} names", baseline, expected),
    )


def _timed(name: str, find: Callable[[str], str | None], expected: dict[str, list[str]]) -> Searched:
    right = sum(find(text) in codes for text, codes in expected.items())
    took = []
    for _ in range(ROUNDS):
        for text in expected:
            started = time.perf_counter()
            find(text)
            took.append((time.perf_counter() - started) * 1000)
    cuts = quantiles(took, n=100)
    return Searched(
        name=f"{name}, {len(expected)} queries", p50_ms=cuts[49], p99_ms=cuts[98], right=right / len(expected)
    )
