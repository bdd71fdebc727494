"""Working time: days that are not what they say, weeks without hours, years not covered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from ..marked import Fault, Marked
from ..place import Calendar, DayKind, SpecialDay
from .rule import Rule, Scene

DAY = Rule(
    id="calendar-day",
    what="a special day on the wrong date: doubled, a fixed holiday elsewhere, a make-up day on a working day",
    why="Every date promised to people around that day is wrong.",
    mend="Look the day up in the official notice.",
)
COVERS = Rule(
    id="calendar-covers",
    what="a year that is not covered, or covered without its holidays",
    why="Dates in that year are promised as if there were no holidays.",
    mend="Add the year's days and put the year into `covers`.",
)
PROVISIONAL = Rule(
    id="calendar-provisional",
    what="a day still provisional less than 30 days before it",
    why="The official notice is out by then; people are told “dự kiến” for nothing, or a wrong date.",
    mend="Read the notice, correct the day and take `provisional:` out.",
)
WEEK = Rule(
    id="calendar-week",
    what="hours that overlap, end before they begin, or a week without working days",
    why="No deadline can be worked out, or it falls into the night.",
    mend="Write the hours in order: 07:30–11:30, 13:30–17:00.",
)
RULES = (DAY, COVERS, PROVISIONAL, WEEK)

_FIXED = {
    "tết dương lịch": {(1, 1)},
    "năm mới dương lịch": {(1, 1)},
    "giải phóng": {(4, 30)},
    "thống nhất": {(4, 30)},
    "30/4": {(4, 30)},
    "1/5": {(5, 1)},
    "2/9": {(9, 1), (9, 2), (9, 3)},
    "ngày chiến thắng": {(4, 30)},
    "quốc tế lao động": {(5, 1)},
    "quốc khánh": {(9, 1), (9, 2), (9, 3)},
    "văn hóa việt nam": {(11, 24)},
}
"""Holidays of fixed date (BLLĐ 45/2019/QH14 Đ.112, NQ 28/2026/QH16) as (month, day)."""
_MUST = ((1, 1), (4, 30), (5, 1), (9, 2))
_FIRST_DAYS = {2026: (2, 17), 2027: (2, 6), 2028: (1, 26)}
"""The first day of the lunar year, as (month, day)."""
_ANCESTORS = {2026: (4, 26), 2027: (4, 16), 2028: (4, 4)}
"""Giỗ Tổ Hùng Vương, the tenth of the third lunar month."""
_CULTURE_DAY, _CULTURE_SINCE = (11, 24), 2026


def calendar(scene: Scene) -> Iterator[Fault]:
    """The calendar of the place."""
    single = scene.single("calendar")
    if single is None:
        return
    value, marked = single
    yield from _week(value, marked)
    seen: dict[date, int] = {}
    for i, special in enumerate(value.days):
        spot = marked.find(["days", i])
        if special.date in seen:
            yield DAY.at(spot, f"{special.date} is already at line {seen[special.date]}.")
        seen.setdefault(special.date, spot.line)
        yield from _day(special, spot, value)
        if special.provisional and scene.as_of and scene.as_of > special.date - timedelta(days=30):
            yield PROVISIONAL.at(spot, f"{special.date} is still provisional.")
    yield from _swaps(value, marked)
    yield from _tet(value, marked)
    yield from _in_lieu(value, marked)
    yield from _years(value, marked, scene.as_of)


def _day(special: SpecialDay, spot: Marked, value: Calendar) -> Iterator[Fault]:
    weekday, working = special.date.weekday(), bool(value.week.get(special.date.weekday()))
    name = special.name.lower()
    if special.kind is DayKind.MAKE_UP and working and not special.provisional:
        yield DAY.at(spot, f"{special.date} is a working day anyway; it cannot make up for another.")
    if special.kind in (DayKind.SWAPPED_OFF, DayKind.IN_LIEU, DayKind.LOCAL_CLOSURE) and not working:
        yield DAY.at(spot, f"{special.date} is free anyway (weekday {weekday + 1}).")
    if special.kind is DayKind.HOLIDAY:
        for words, days in _FIXED.items():
            if words in name and (special.date.month, special.date.day) not in days:
                yield DAY.at(spot, f"“{special.name}” is not on {special.date}.")
        if "tết nguyên đán" in name and special.date.month not in (1, 2):
            yield DAY.at(spot, f"“{special.name}” is not on {special.date}.")
        known = _ANCESTORS.get(special.date.year)
        if "giỗ tổ" in name and (special.date.month not in (3, 4, 5) or known not in (None, _of(special.date))):
            yield DAY.at(spot, f"“{special.name}” is not on {special.date}.")
    for day, month, year in re.findall(r"ngày (\d{2})/(\d{2})/(\d{4})", special.name):
        if special.kind is DayKind.MAKE_UP and not _swapped(date(int(year), int(month), int(day)), value):
            yield DAY.at(spot, f"{day}/{month}/{year} is not swapped off.")
    if special.date.year not in value.covers:
        yield COVERS.at(spot, f"{special.date} lies in a year that is not in `covers`.")


def _of(when: date) -> tuple[int, int]:
    return when.month, when.day


def _tet(value: Calendar, marked: Marked) -> Iterator[Fault]:
    """The days of the lunar new year follow one another and hold the first day."""
    for year, (month, day) in _FIRST_DAYS.items():
        days = [
            (i, special.date)
            for i, special in enumerate(value.days)
            if special.kind is DayKind.HOLIDAY
            and special.date.year == year
            and "tết nguyên đán" in special.name.lower()
        ]
        if not days:
            continue
        dates = sorted(when for _, when in days)
        spot = marked.find(["days", days[0][0], "date"])
        if date(year, month, day) not in dates:
            first = date(year, month, day)
            yield DAY.at(spot, f"The lunar new year begins on {first}, which is none of its days off.")
        elif (dates[-1] - dates[0]).days != len(dates) - 1:
            yield DAY.at(spot, f"The days of the lunar new year {year} do not follow one another.")


def _in_lieu(value: Calendar, marked: Marked) -> Iterator[Fault]:
    """A day in lieu follows, within a week, a holiday that was no working day."""
    off = {day.date for day in value.days if day.kind is DayKind.HOLIDAY}
    free = {when for when in off if not value.week.get(when.weekday())}
    for i, special in enumerate(value.days):
        behind = any(1 <= (special.date - when).days <= 7 for when in free)
        if special.kind is DayKind.IN_LIEU and not behind:
            message = f"No holiday on a free day lies in the week before {special.date}."
            yield DAY.at(marked.find(["days", i]), message)


def _swapped(when: date, value: Calendar) -> bool:
    return any(day.date == when and day.kind is not DayKind.MAKE_UP for day in value.days)


def _swaps(value: Calendar, marked: Marked) -> Iterator[Fault]:
    """A day swapped off is made up for by another."""
    for year in value.covers:
        days = [day for day in value.days if day.date.year == year and not day.provisional]
        off = [day for day in days if day.kind is DayKind.SWAPPED_OFF]
        made_up = sum(day.kind is DayKind.MAKE_UP for day in days)
        if len(off) != made_up:
            message = f"In {year}, {len(off)} days are swapped off and {made_up} are made up for."
            yield DAY.at(marked.find(["days"]), message)


def _years(value: Calendar, marked: Marked, as_of: date | None) -> Iterator[Fault]:
    spot = marked.find(["covers"])
    if as_of is not None:
        for year in sorted({as_of.year, (as_of + timedelta(days=60)).year}):
            if year not in value.covers:
                yield COVERS.at(spot, f"The year {year} is not covered.")
    off = {day.date for day in value.days if day.kind is DayKind.HOLIDAY}
    for year in value.covers:
        if not any(day.date.year == year for day in value.days):
            yield COVERS.at(spot, f"{year} is covered, but none of its days is listed.")
            continue
        wanted = (*_MUST, _CULTURE_DAY) if year >= _CULTURE_SINCE else _MUST
        missing = [f"{day:02}/{month:02}" for month, day in wanted if date(year, month, day) not in off]
        if missing and len(off) > 3:
            yield COVERS.at(spot, f"{year} lacks its holidays {', '.join(missing)}.")


def _week(value: Calendar, marked: Marked) -> Iterator[Fault]:
    if not any(value.week.values()):
        yield WEEK.at(marked.find(["week"]), "The week has no working hours.")
    for weekday, stretches in value.week.items():
        spot = marked.find(["week", str(weekday)])
        if not 0 <= weekday <= 6:
            yield WEEK.at(spot, f"{weekday} is no weekday; Monday is 0, Sunday 6.")
        for stretch in stretches:
            if stretch.closes <= stretch.opens:
                yield WEEK.at(
                    spot, f"It closes at {stretch.closes:%H:%M}, before it opens at {stretch.opens:%H:%M}."
                )
            elif stretch.opens.hour < 5 or stretch.closes.hour >= 21:
                yield WEEK.at(spot, f"No office is open from {stretch.opens:%H:%M} to {stretch.closes:%H:%M}.")
        for one, other in pairwise(stretches):
            if other.opens < one.closes:
                yield WEEK.at(spot, "Two stretches of the day overlap or stand in the wrong order.")
