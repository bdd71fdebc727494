"""Working time, and the day something is due with the reason of that day.

All rules are those of Vietnam's time; moments that come in must be aware, moments that go out are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from handlers.talk import Text, t
from handlers.when import VIETNAM, day
from procedures_catalog.model import Amount, TimeUnit
from procedures_catalog.place import Calendar, DayKind, Hours, SpecialDay

_DAY = timedelta(days=1)
_SAME_DAY_UNTIL = time(15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When something is due (UTC), why then, and whether a day not yet official had a part in it."""

    due: datetime
    why: tuple[Text, ...]
    provisional: bool


def due_on(opened: datetime, amount: Amount, calendar: Calendar) -> Deadline:
    """When `amount` from `opened` ends.

    The day of receipt is not counted; working days and hours count only when the calendar works; calendar
    days that end on a day off move to the close of the next working day. Raises ValueError for a naive
    `opened`, a unit that feedback is never given in, or a calendar in which nobody ever works.
    """
    days = _Days(calendar)
    start = _local(opened)
    match amount.unit:
        case TimeUnit.WORKING_DAY:
            end = days.nth_working_day(start.date(), amount.amount)
            return days.deadline(days.close(end), [*_dates(start.date() + _DAY, end)], _counted(amount))
        case TimeUnit.DAY:
            last = start.date() + amount.amount * _DAY
            end = days.working_day_from(last)
            moved = (t("deadlines.moved_to_next_working_day", date=day(end)),) if end > last else ()
            return days.deadline(days.close(end), [*_dates(last, end)], _counted(amount), moved)
        case TimeUnit.WORKING_HOUR:
            due = days.after_working(start, timedelta(hours=amount.amount))
            hours = (
                () if calendar.confirmed_hours else (t("deadlines.hours_default", source=calendar.hours_source),)
            )
            return days.deadline(due, [*_dates(start.date(), due.date())], _counted(amount), hours)
        case TimeUnit.SAME_DAY:
            in_time = (
                start.time() <= _SAME_DAY_UNTIL and days.works(start.date()) and start < days.close(start.date())
            )
            end = start.date() if in_time else days.nth_working_day(start.date(), 1)
            head = t("deadlines.same_day" if in_time else "deadlines.too_late_for_same_day")
            return days.deadline(days.close(end), [*_dates(start.date(), end)], head)
        case TimeUnit.AT_ONCE:
            due = days.next_open(start)
            return days.deadline(due, [*_dates(start.date(), due.date())], t("deadlines.at_once"))
        case TimeUnit.HOUR | TimeUnit.MONTH | TimeUnit.YEAR | TimeUnit.UNKNOWN:
            raise ValueError(f"the end of a length in {amount.unit} is not counted here")


def working_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much working time lies between two moments; zero when `end` is not after `start`."""
    days = _Days(calendar)
    first, last = _local(start), _local(end)
    total = timedelta()
    for on in _dates(first.date(), last.date()):
        for opens, closes in days.stretches(on):
            total += max(min(closes, last) - max(opens, first), timedelta())
    return total


class _Days:
    """A calendar asked day by day."""

    def __init__(self, calendar: Calendar) -> None:
        ordinary = [hours for _, hours in sorted(calendar.week.items()) if hours]
        if not ordinary:
            raise ValueError("the calendar has no working time")
        self._calendar = calendar
        self._special = {special.date: special for special in calendar.days}
        self._make_up_hours = ordinary[0]

    def stretches(self, on: date) -> list[tuple[datetime, datetime]]:
        """The working time of one day, in order."""
        special = self._special.get(on)
        hours = self._plain(on)
        if special is not None and special.kind is not DayKind.MAKE_UP:
            hours = ()
        elif special is not None and not hours:
            # A made-up Saturday keeps the hours of the working day it stands for.
            hours = self._make_up_hours
        return sorted((_at(on, one.opens), _at(on, one.closes)) for one in hours)

    def works(self, on: date) -> bool:
        return bool(self.stretches(on))

    def close(self, on: date) -> datetime:
        return self.stretches(on)[-1][1]

    def working_day_from(self, on: date) -> date:
        while not self.works(on):
            on += _DAY
        return on

    def nth_working_day(self, after: date, n: int) -> date:
        on = after
        for _ in range(n):
            on = self.working_day_from(on + _DAY)
        return on

    def after_working(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which `length` of working time has passed; `length` is more than nothing."""
        on = start.date()
        while True:
            for opens, closes in self.stretches(on):
                begin = max(start, opens)
                room = closes - begin
                if length <= room:
                    return begin + length
                length -= max(room, timedelta())
            on += _DAY

    def next_open(self, start: datetime) -> datetime:
        on = start.date()
        while True:
            for opens, closes in self.stretches(on):
                if start < closes:
                    return max(start, opens)
            on += _DAY

    def deadline(self, due: datetime, walked: Sequence[date], head: Text, tail: tuple[Text, ...] = ()) -> Deadline:
        """The deadline with the story of the days that were passed on the way."""
        provisional = any(self._provisional(on) for on in walked)
        doubt = (t("deadlines.provisional"),) if provisional else ()
        why = (head, *self._story(walked), *tail, *doubt)
        return Deadline(due=due.astimezone(UTC), why=why, provisional=provisional)

    def _story(self, walked: Sequence[date]) -> Iterator[Text]:
        holidays: dict[tuple[str, int], list[date]] = {}
        made_up: list[SpecialDay] = []
        weekend = 0
        for on in walked:
            special = self._special.get(on)
            if self._plain(on):
                if special is not None and not self.works(on):
                    holidays.setdefault((special.name, on.year), []).append(on)
            elif special is not None and self.works(on):
                made_up.append(special)
            else:
                weekend += 1
        for (name, _), dates in holidays.items():
            if len(dates) == 1:
                yield t("deadlines.skipped_holiday", name=name, date=day(dates[0]))
            else:
                yield t("deadlines.skipped_holidays", name=name, first=day(dates[0]), last=day(dates[-1]))
        if weekend:
            yield t("deadlines.weekend_skipped", n=weekend)
        for special in made_up:
            yield t("deadlines.make_up_day_counted", name=special.name, date=day(special.date))

    def _plain(self, on: date) -> tuple[Hours, ...]:
        return self._calendar.week.get(on.weekday(), ())

    def _provisional(self, on: date) -> bool:
        special = self._special.get(on)
        return on.year not in self._calendar.covers or (special is not None and special.provisional)


def _counted(amount: Amount) -> Text:
    return t("deadlines.counted", n=amount.amount, unit=t(f"deadlines.unit_{amount.unit.value}"))


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(VIETNAM)


def _at(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, tzinfo=VIETNAM)


def _dates(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
