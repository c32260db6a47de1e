"""Hours of a month: what a contract foresees, what a month holds, what makes a full-time post."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.periods import Period
from convergence.rules.spans import last_of, next_month
from convergence.rules.typed_hours import hours_said
from convergence.rules.worked_hours import (
    Typed,
    check_typed,
    full_time_equivalent,
    gap,
    most_hours,
    planned_hours,
)
from convergence.vocabulary.absences import HoursAbsence

NOVEMBER = date(2026, 11, 1)
ALWAYS = Period(date(2024, 1, 8))
MONTHS = st.dates(date(2015, 1, 1), date(2040, 1, 1)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    ("weekly", "contract", "month", "expected"),
    [
        ("26", ALWAYS, NOVEMBER, "112.67"),
        ("35", ALWAYS, NOVEMBER, "151.67"),
        ("4", ALWAYS, date(2024, 2, 1), "17.33"),
        # From Monday the 16th: 11 of the 21 weekdays of November 2026.
        ("26", Period(date(2026, 11, 16)), NOVEMBER, "59.02"),
        ("26", Period(date(2024, 1, 8), date(2026, 11, 15)), NOVEMBER, "53.65"),
        ("26", Period(date(2026, 12, 1)), NOVEMBER, "0"),
    ],
)
def test_a_month_foresees_a_twelfth_of_the_year_and_a_part_of_it_its_weekdays(
    weekly: str, contract: Period, month: date, expected: str
) -> None:
    assert planned_hours(Decimal(weekly), contract, month) == Decimal(expected)


@settings(max_examples=40)
@given(MONTHS, st.integers(1, 27), st.decimals(1, 35, places=1))
def test_the_two_parts_of_a_month_foresee_the_whole(month: date, day: int, weekly: Decimal) -> None:
    before, after = (
        Period(ALWAYS.first_day.replace(year=2000), month.replace(day=day)),
        Period(month.replace(day=day + 1)),
    )
    parts = planned_hours(weekly, before, month) + planned_hours(weekly, after, month)
    assert abs(parts - planned_hours(weekly, Period(date(2000, 1, 1)), month)) <= Decimal("0.01")


@settings(max_examples=40)
@given(MONTHS, st.decimals(1, 35, places=1))
def test_what_a_lawful_contract_foresees_always_fits(month: date, weekly: Decimal) -> None:
    typed = Typed(planned=planned_hours(weekly, ALWAYS._replace(first_day=date(2000, 1, 1)), month))
    assert check_typed(typed, Period(date(2000, 1, 1)), month) == []


@pytest.mark.parametrize(
    ("month", "most"), [(NOVEMBER, "154"), (date(2026, 2, 1), "151.67"), (date(2026, 12, 1), "161")]
)
def test_a_month_holds_no_forty_hours_a_week(month: date, most: str) -> None:
    assert most_hours(ALWAYS, month) == Decimal(most)
    forty = (Decimal(40) * 52 / 12).quantize(Decimal("0.01"))
    ((cell, refusal),) = check_typed(Typed(worked=forty), ALWAYS, month)
    assert cell == "worked"
    assert "35 heures par semaine" in str(refusal)


@pytest.mark.parametrize(
    ("typed", "cell", "words"),
    [
        (Typed(planned=Decimal(-1)), "planned", "ne sont pas négatives"),
        (Typed(absent={HoursAbsence.PAID_LEAVE: Decimal(-7)}), "paid_leave", "ne sont pas négatives"),
        (Typed(absent={HoursAbsence.SICK_LEAVE: Decimal(200)}), "sick_leave", "Au plus 154\u00a0h"),
        (Typed(worked=Decimal(100), absent={HoursAbsence.SICK_LEAVE: Decimal(60)}), "worked", "160\u00a0h ensemble"),
    ],
)
def test_each_cell_says_what_is_wrong(typed: Typed, cell: str, words: str) -> None:
    ((found, refusal),) = check_typed(typed, ALWAYS, NOVEMBER)
    assert found == cell
    assert words in str(refusal)


def test_nobody_has_hours_outside_her_contract() -> None:
    ((_cell, refusal),) = check_typed(Typed(worked=Decimal(7)), Period(date(2026, 12, 1)), NOVEMBER)
    assert "Aucun contrat ne court en novembre" in str(refusal)


def test_a_contract_of_a_few_days_holds_few_hours() -> None:
    assert most_hours(Period(date(2026, 11, 28)), NOVEMBER) == Decimal("21")


def test_the_gap_counts_absences() -> None:
    absent = {HoursAbsence.PAID_LEAVE: Decimal(14), HoursAbsence.SICK_LEAVE: Decimal(7)}
    assert gap(Typed(Decimal("112.67"), Decimal("84.67"), absent)) == Decimal("-7.00")
    assert gap(Typed(Decimal("112.67"))) is None


def test_a_full_time_post_is_1820_paid_hours_a_year() -> None:
    assert full_time_equivalent(Decimal(1820), NOVEMBER) == Decimal("1.00")
    assert full_time_equivalent(Decimal("151.67"), NOVEMBER, months=1) == Decimal("1.00")


@pytest.mark.parametrize(("hours", "said"), [("112.67", "112,67"), ("7.50", "7,5"), ("0", "0"), ("100", "100")])
def test_hours_are_said_as_payroll_writes_them(hours: str, said: str) -> None:
    assert hours_said(Decimal(hours)) == f"{said}\u00a0h"


@settings(max_examples=30)
@given(MONTHS)
def test_a_month_ends_the_day_before_the_next(month: date) -> None:
    assert (next_month(month) - last_of(month)).days == 1
