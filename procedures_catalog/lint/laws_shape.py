"""The numbers of Vietnamese legal texts."""

from __future__ import annotations

import re

SHAPE = re.compile(
    r"\d{1,5}[a-z]?(?:\.\d{1,3})?(?:/\d{4})?(?:/TTLT)?[/-][A-ZĐƯ]{2,}(?:[a-z]+)?\d{0,2}(?:[/-][A-ZĐƯ][A-ZĐƯa-z0-9]*)*"
)
"""A whole number: 60/2014/QH13, 123/2015/NĐ-CP, 2228/QĐ-BTP."""

_YEAR = re.compile(r"/((?:1|2)\d{3})/")


def year(number: str) -> int | None:
    """The year a number holds."""
    found = _YEAR.search(number)
    return int(found[1]) if found else None
