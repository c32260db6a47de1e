"""The weeks of a PHC: the rise, and what it refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.periods import Period
from convergence.rules.phc import check_week, monday_of, rising, weeks_left

WEEK = date(2026, 11, 16)
CONTRACT = Period(date(2026, 9, 1), date(2027, 8, 31))


def test_a_week_rises_by_steps_up_to_twenty_hours() -> None:
    hours = [hours for _week, hours in rising(date(2026, 9, 3), 11, Decimal(4), Decimal(4), 2)]
    assert hours == [4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 20]


@settings(max_examples=40)
@given(
    st.dates(date(2023, 1, 2), date(2030, 1, 1)),
    st.integers(1, 60),
    st.decimals(4, 20, places=2),
    st.decimals(0, 8, places=2),
    st.integers(1, 8),
)
def test_a_rise_from_four_hours_is_always_lawful_and_never_falls(
    start: date, weeks: int, first: Decimal, step: Decimal, every: int
) -> None:
    found = list(rising(start, weeks, first, step, every))
    assert [week for week, _hours in found] == [monday_of(start) + timedelta(days=7 * n) for n in range(weeks)]
    assert [hours for _week, hours in found] == sorted(hours for _week, hours in found)
    for week, hours in found:
        assert check_week(week, hours, None, Period(date(2022, 12, 1)), week) == []


@pytest.mark.parametrize(
    ("week", "planned", "done", "words"),
    [
        (WEEK, "3", None, "commence à 4 heures"),
        (WEEK, "21", None, "au plus 20 heures par semaine\u00a0: au-delà, le contrat devient d’abord un CDDI"),
        (WEEK, "20", "20.5", "au plus 20 heures"),
        (WEEK, "8", "-1", "ne sont pas négatives"),
        (date(2026, 11, 30), "8", "4", "n’a pas commencé"),
        (date(2027, 9, 6), "8", None, "en dehors du contrat PHC, qui commence le 1er\u00a0septembre\u00a02026"),
        (date(2022, 11, 14), "8", None, "n’existait pas encore"),
    ],
)
def test_a_week_that_cannot_be_is_refused_in_a_sentence(week: date, planned: str, done: str | None, words: str) -> None:
    told = check_week(week, Decimal(planned), Decimal(done) if done else None, CONTRACT, date(2026, 11, 23))
    assert [words in str(refusal) for refusal in told] == [True]


def test_the_first_and_last_weeks_of_a_contract_count_even_in_part() -> None:
    for week in (date(2026, 8, 31), date(2027, 8, 30)):
        assert check_week(week, Decimal(4), None, CONTRACT, WEEK) == []


def test_a_plan_is_offered_no_longer_than_the_contract() -> None:
    assert weeks_left(CONTRACT, WEEK, 12) == 12
    assert weeks_left(CONTRACT, date(2027, 8, 24), 12) == 2
    assert weeks_left(CONTRACT, date(2027, 12, 1), 12) == 1
    assert weeks_left(Period(WEEK), WEEK, 12) == 12


def test_a_rise_that_begins_too_high_is_left_to_be_refused() -> None:
    ((week, hours),) = rising(WEEK, 1, Decimal(26), Decimal(0), 1)
    assert check_week(week, hours, None, CONTRACT, WEEK)
