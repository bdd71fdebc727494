"""Working time against the shipped calendar, and the rules that must hold for any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines import Deadline, due_on, working_time_between
from handlers.talk import Text
from handlers.when import VIETNAM
from handlers.words import Words
from procedures_catalog.load import SHIPPED, load
from procedures_catalog.model import Amount, TimeUnit
from procedures_catalog.place import Calendar, DayKind, Hours, SpecialDay

DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
CALENDAR = load([SHIPPED, DEMO]).calendar
TICK = timedelta(microseconds=1)

WD, D, H = TimeUnit.WORKING_DAY, TimeUnit.DAY, TimeUnit.WORKING_HOUR
SAME, ONCE = TimeUnit.SAME_DAY, TimeUnit.AT_ONCE


def at(moment: str) -> datetime:
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def due(opened: str, n: int, unit: TimeUnit, calendar: Calendar = CALENDAR) -> Deadline:
    return due_on(at(opened), Amount(amount=n, unit=unit), calendar)


@pytest.mark.parametrize(
    ("opened", "n", "unit", "expected"),
    [
        # plain weeks
        ("2026-11-09 10:00", 1, WD, "2026-11-10 17:00"),
        ("2026-11-09 10:00", 5, WD, "2026-11-16 17:00"),
        ("2026-11-13 23:59", 1, WD, "2026-11-16 17:00"),
        ("2026-11-14 00:01", 1, WD, "2026-11-16 17:00"),
        ("2026-11-15 23:59", 1, WD, "2026-11-16 17:00"),
        ("2026-11-16 00:01", 1, WD, "2026-11-17 17:00"),
        # the new holiday of 24/11
        ("2026-11-23 09:00", 1, WD, "2026-11-25 17:00"),
        ("2026-11-22 09:00", 15, WD, "2026-12-14 17:00"),
        ("2026-11-10 09:00", 15, WD, "2026-12-02 17:00"),
        ("2026-11-14 09:00", 10, D, "2026-11-25 17:00"),
        # the made-up Saturday works, the day swapped for it does not
        ("2026-08-21 09:00", 1, WD, "2026-08-22 17:00"),
        ("2026-08-28 09:00", 1, WD, "2026-09-03 17:00"),
        ("2026-08-20 09:00", 2, D, "2026-08-22 17:00"),
        ("2026-08-22 11:00", 2, H, "2026-08-22 14:00"),
        # Tết of both years
        ("2026-02-13 09:00", 1, WD, "2026-02-23 17:00"),
        ("2027-02-04 09:00", 1, WD, "2027-02-12 17:00"),
        # calendar days
        ("2026-11-09 10:00", 7, D, "2026-11-16 17:00"),
        ("2026-11-11 10:00", 3, D, "2026-11-16 17:00"),
        ("2026-11-10 10:00", 3, D, "2026-11-13 17:00"),
        # working hours: inside a stretch, over lunch, over night, over a weekend, from lunch, to the very close
        ("2026-11-09 08:30", 2, H, "2026-11-09 10:30"),
        ("2026-11-09 11:00", 2, H, "2026-11-09 14:00"),
        ("2026-11-09 15:00", 4, H, "2026-11-10 10:00"),
        ("2026-11-13 16:00", 2, H, "2026-11-16 09:00"),
        ("2026-11-13 23:59", 8, H, "2026-11-16 17:00"),
        ("2026-11-09 12:30", 4, H, "2026-11-09 17:00"),
        ("2026-11-09 08:00", 4, H, "2026-11-09 12:00"),
        ("2026-11-23 16:00", 4, H, "2026-11-25 11:00"),
        # the same day, or the next working day
        ("2026-11-09 15:00", 1, SAME, "2026-11-09 17:00"),
        ("2026-11-09 15:01", 1, SAME, "2026-11-10 17:00"),
        ("2026-11-13 16:00", 1, SAME, "2026-11-16 17:00"),
        ("2026-11-24 09:00", 1, SAME, "2026-11-25 17:00"),
        ("2026-11-09 09:15", 1, ONCE, "2026-11-09 09:15"),
        ("2026-11-09 12:00", 1, ONCE, "2026-11-09 13:00"),
        ("2026-11-09 20:00", 1, ONCE, "2026-11-10 08:00"),
    ],
)
def test_due(opened: str, n: int, unit: TimeUnit, expected: str) -> None:
    got = due(opened, n, unit)
    assert got.due == at(expected)
    assert got.due.tzinfo is UTC


@pytest.mark.parametrize(
    ("opened", "n", "unit", "provisional"),
    [
        ("2026-11-10 09:00", 15, WD, False),
        ("2027-02-03 09:00", 1, WD, False),
        ("2027-02-04 09:00", 1, WD, True),
        ("2027-01-28 09:00", 15, WD, True),
        ("2027-02-04 16:30", 1, H, True),
        ("2027-01-20 09:00", 30, D, False),
        ("2027-01-20 09:00", 17, D, True),
        # either neighbour of 02/09/2027 may be the day off
        ("2027-08-31 09:00", 1, WD, True),
        ("2027-09-01 09:00", 1, WD, True),
        ("2027-12-31 09:00", 1, WD, True),
        ("2025-06-02 09:00", 1, WD, True),
    ],
)
def test_a_date_is_provisional_when_an_unofficial_day_had_a_part_in_it(
    opened: str, n: int, unit: TimeUnit, provisional: bool
) -> None:
    got = due(opened, n, unit)
    assert got.provisional is provisional
    assert ("deadlines.provisional" in _keys(got)) is provisional


@pytest.mark.parametrize(
    ("opened", "n", "unit", "keys"),
    [
        ("2026-11-09 09:00", 1, WD, ["counted"]),
        ("2026-11-20 09:00", 2, WD, ["counted", "skipped_holiday", "weekend_skipped"]),
        ("2026-02-13 09:00", 1, WD, ["counted", "skipped_holidays", "weekend_skipped"]),
        ("2026-08-21 09:00", 2, WD, ["counted", "weekend_skipped", "make_up_day_counted"]),
        ("2026-11-14 09:00", 10, D, ["counted", "skipped_holiday", "moved_to_next_working_day"]),
        ("2026-11-09 09:00", 7, D, ["counted"]),
        ("2026-11-09 09:00", 2, H, ["counted", "hours_default"]),
        ("2026-11-09 09:00", 1, SAME, ["same_day"]),
        ("2026-11-09 16:00", 1, SAME, ["too_late_for_same_day"]),
        ("2026-11-14 09:00", 1, ONCE, ["at_once", "weekend_skipped"]),
    ],
)
def test_why(opened: str, n: int, unit: TimeUnit, keys: list[str]) -> None:
    assert _keys(due(opened, n, unit)) == [f"deadlines.{key}" for key in keys]


def test_the_reason_reads_well_in_both_languages() -> None:
    words = Words.load()
    vi = [words.plain(text, "vi") for text in due("2026-11-20 09:00", 2, WD).why if not _needs_weekday(text)]
    assert vi == ["Thời hạn là 2 ngày làm việc, không tính ngày gửi.", "Không tính 2 ngày nghỉ cuối tuần."]
    assert {key for key in words.keys("vi") if key.startswith("deadlines.")} == {
        key for key in words.keys("en") if key.startswith("deadlines.")
    }


def test_hours_confirmed_by_the_place_need_no_warning() -> None:
    confirmed = replace(CALENDAR, confirmed_hours=True)
    assert _keys(due("2026-11-09 09:00", 2, H, confirmed)) == ["deadlines.counted"]


def test_a_local_closure_and_short_saturdays_are_respected() -> None:
    closure = SpecialDay(
        date=date(2026, 11, 10), kind=DayKind.LOCAL_CLOSURE, name="Chuyển trụ sở", source="thông báo của xã"
    )
    saturday = (Hours(opens=time(8), closes=time(11)),)
    calendar = replace(CALENDAR, days=(*CALENDAR.days, closure), week={**CALENDAR.week, 5: saturday})
    assert due("2026-11-09 09:00", 1, WD, calendar).due == at("2026-11-11 17:00")
    assert due("2026-11-13 09:00", 1, WD, calendar).due == at("2026-11-14 11:00")
    assert due("2026-11-14 11:30", 1, SAME, calendar).due == at("2026-11-16 17:00")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-09 08:00", "2026-11-09 17:00", 8),
        ("2026-11-09 11:30", "2026-11-09 13:30", 1),
        ("2026-11-13 16:00", "2026-11-16 09:00", 2),
        ("2026-11-23 16:00", "2026-11-25 09:00", 2),
        ("2026-11-14 00:00", "2026-11-15 23:59", 0),
        ("2026-11-09 17:00", "2026-11-09 08:00", 0),
        ("2026-11-10 09:00", "2026-11-09 08:00", 0),
        ("2026-08-22 08:00", "2026-08-22 17:00", 8),
    ],
)
def test_working_time_between(start: str, end: str, hours: int) -> None:
    assert working_time_between(at(start), at(end), CALENDAR) == timedelta(hours=hours)


def test_moments_of_other_zones_are_read_in_vietnam() -> None:
    late_friday_utc = datetime(2026, 11, 13, 23, 0, tzinfo=UTC)  # already Saturday 06:00 in Vietnam
    assert due_on(late_friday_utc, Amount(amount=1, unit=H), CALENDAR).due == at("2026-11-16 09:00")


def test_bad_input_is_refused() -> None:
    naive = datetime(2026, 11, 9, 9)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        due_on(naive, Amount(amount=1, unit=WD), CALENDAR)
    with pytest.raises(ValueError, match="not counted here"):
        due("2026-11-09 09:00", 1, TimeUnit.UNKNOWN)
    with pytest.raises(ValueError, match="no working time"):
        due("2026-11-09 09:00", 1, WD, replace(CALENDAR, week={}))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(VIETNAM))  # noqa: DTZ001
amounts = st.builds(Amount, amount=st.integers(1, 60), unit=st.sampled_from([WD, D, H, SAME, ONCE]))


@given(moments, amounts)
def test_due_is_in_working_time_and_never_before_the_start(opened: datetime, amount: Amount) -> None:
    got = due_on(opened, amount, CALENDAR)
    assert any(working_time_between(start, start + TICK, CALENDAR) for start in (got.due, got.due - TICK))
    assert got.due >= opened


@given(moments, moments, amounts)
def test_later_received_is_never_due_earlier(one: datetime, other: datetime, amount: Amount) -> None:
    earlier, later = sorted((one, other))
    assert due_on(earlier, amount, CALENDAR).due <= due_on(later, amount, CALENDAR).due


@given(moments, st.integers(1, 60))
def test_hours_until_due_are_the_hours_given(opened: datetime, n: int) -> None:
    end = due_on(opened, Amount(amount=n, unit=H), CALENDAR).due
    assert working_time_between(opened, end, CALENDAR) == timedelta(hours=n)


def test_statutory_days_agree_with_the_holidays_package() -> None:
    """Only days the law itself names: swaps and days in lieu are decreed year by year."""
    package = {
        on for on, name in holidays.country_holidays("VN", years=2026, language="en_US").items() if "(" not in name
    }
    ours = {day.date for day in CALENDAR.days if day.date.year == 2026 and day.kind is DayKind.HOLIDAY}
    assert ours == package


def test_every_day_off_is_worked_again_where_it_was_swapped() -> None:
    swapped = [day for day in CALENDAR.days if day.kind is DayKind.SWAPPED_OFF]
    made_up = [day for day in CALENDAR.days if day.kind is DayKind.MAKE_UP and day.date.weekday() >= 5]
    assert len(swapped) == len(made_up) == 2


def _keys(deadline: Deadline) -> list[str]:
    return [text.key for text in deadline.why]


def _needs_weekday(text: Text) -> bool:
    return any(isinstance(param, Text) and param.key == "when.day" for param in text.params.values())
