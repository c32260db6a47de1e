"""Periods whose first and last day both count; working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.rules.periods import Period, days_in, gaps, last_day_of, merged, months_within, overlap
from convergence.rules.working_days import easter, holidays, is_working_day, working_days_after, working_days_before

DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first_day = draw(DAYS)
    length = draw(st.none() | st.integers(0, 900))
    return Period(first_day, None if length is None else first_day + timedelta(days=length))


@given(st.lists(periods(), max_size=6), DAYS)
def test_merging_keeps_the_days_covered(several: list[Period], day: date) -> None:
    assert any(period.covers(day) for period in several) == any(period.covers(day) for period in merged(several))


@given(st.lists(periods(), max_size=6))
def test_merged_periods_neither_meet_nor_overlap_and_gaps_lie_between_them(several: list[Period]) -> None:
    found = merged(several)
    between = list(gaps(several))
    assert len(between) == max(len(found) - 1, 0)
    for before, gap, after in zip(found, between, found[1:], strict=False):
        assert before.end < gap.first_day <= gap.end < after.first_day


@given(periods(), periods(), DAYS)
def test_the_overlap_is_what_both_cover(one: Period, other: Period, day: date) -> None:
    shared = overlap(one, other)
    assert (shared is not None and shared.covers(day)) == (one.covers(day) and other.covers(day))
    assert overlap(other, one) == shared


@given(st.lists(periods(), max_size=4), st.dates(date(2015, 1, 1), date(2016, 12, 31)))
def test_days_are_counted_once_each(several: list[Period], day: date) -> None:
    start = date(2015, 1, 1)
    days = (start + timedelta(days=n) for n in range((day - start).days + 1))
    assert days_in(merged(several), day) == sum(any(period.covers(each) for period in several) for each in days)


@pytest.mark.parametrize(
    ("first_day", "months", "last_day"),
    [
        (date(2026, 1, 5), 4, date(2026, 5, 4)),
        (date(2026, 10, 31), 4, date(2027, 2, 27)),
        (date(2028, 2, 29), 24, date(2030, 2, 27)),
        (date(2026, 9, 1), 60, date(2031, 8, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
    ],
)
def test_months_end_the_day_before_the_same_day(first_day: date, months: int, last_day: date) -> None:
    assert last_day_of(first_day, months) == last_day
    assert months_within(Period(first_day, last_day), months)
    assert not months_within(Period(first_day, last_day - timedelta(days=1)), months)


# Working days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2008, date(2008, 3, 23)), (2011, date(2011, 4, 24)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))],
)
def test_easter_falls_where_it_fell(year: int, sunday: date) -> None:
    assert easter(year) == sunday


def test_the_eleven_public_holidays_of_2027() -> None:
    assert sorted(holidays(2027)) == [
        date(2027, 1, 1),
        date(2027, 3, 29),
        date(2027, 5, 1),
        date(2027, 5, 6),
        date(2027, 5, 8),
        date(2027, 5, 17),
        date(2027, 7, 14),
        date(2027, 8, 15),
        date(2027, 11, 1),
        date(2027, 11, 11),
        date(2027, 12, 25),
    ]


def test_a_saturday_is_a_working_day_and_a_sunday_is_not() -> None:
    assert is_working_day(date(2026, 11, 21))
    assert not is_working_day(date(2026, 11, 22))
    assert not is_working_day(date(2026, 11, 11))


@given(DAYS, st.integers(1, 12))
def test_counting_back_undoes_counting_forward(day: date, count: int) -> None:
    there = working_days_after(day, count)
    assert is_working_day(there)
    passed = sum(is_working_day(day + timedelta(days=n)) for n in range(1, (there - day).days + 1))
    assert passed == count
    if is_working_day(day):
        assert working_days_before(there, count) == day
