"""The rows of calendars.toml: complete, sourced, and about things that the vocabulary knows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.pathways.placements.reading import PLACEMENT, TRAINING
from convergence.rules.calendars import all_calendars, calendar_of, calendar_of_aspect, campaign_of
from convergence.rules.hiring import LABELS as HIRING
from convergence.rules.spans import Span, add_months
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName
from convergence.vocabulary.documents import DOCUMENTS
from convergence.vocabulary.extended_support import SupportOpener
from convergence.vocabulary.funds import FundStage
from convergence.vocabulary.goals import ActionBy
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.vocabulary.situations import ASPECTS

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def test_every_row_names_its_source_and_at_least_one_step() -> None:
    assert all_calendars()
    for row in all_calendars():
        assert len(row.source) > 10, row.kind
        assert row.steps, row.kind


def test_every_row_is_about_codes_that_the_vocabulary_knows() -> None:
    for row in all_calendars():
        if row.kind in {"contract_ending", "contract_end_unknown"}:
            assert all(ContractKind.has(value) for value in row.values), row.kind
            continue
        if row.kind == "clock_binding":
            assert all(ClockName.has(value) for value in row.values)
            continue
        if row.kind == "action_due":
            assert all(ActionBy.has(value) for value in row.values)
            continue
        if row.kind == "fund_status":
            assert all(FundStage.has(value) for value in row.values)
            continue
        if row.kind in {"follow_up_due", "follow_up_ending"}:
            assert all(SupportOpener.has(value) for value in row.values)
            continue
        if row.kind == "learning_result":
            assert row.values == {PLACEMENT, TRAINING}
            continue
        if row.kind == "document_expiring":
            assert all(DOCUMENTS[value].has_expiry for value in row.values)
            continue
        if row.kind == "hiring_step":
            assert row.values <= HIRING.keys()
            continue
        aspects = (row.right,) if row.right else row.aspects
        known = {term.value for aspect in aspects for term in ASPECTS[aspect].values}
        if row.counted == "campaign":
            known |= {"", *Missing}
        assert row.values <= known, row.kind


def test_every_aspect_that_may_expire_has_its_own_calendar() -> None:
    covered = {aspect for row in all_calendars() for aspect in row.aspects if row.kind.endswith("_expiring")}
    assert covered == {aspect.code for aspect in ASPECTS.values() if aspect.has_expiry}


def test_a_late_contract_paper_or_right_is_shown_before_a_missed_meeting() -> None:
    kinds = [row.kind for row in all_calendars()]
    missed = kinds.index("no_contact")
    after = {
        "action_due",
        "appointment_unanswered",
        "contract_end_unknown",
        "hiring_step",
        "housing_unknown",
        "judicial_constraint_expiring",
        "learning_result",
    }
    assert set(kinds[missed + 1 :]) == after
    assert set(kinds[:missed]).isdisjoint(kinds[missed:])


def test_every_act_has_its_calendar_and_every_document_that_ends_has_one() -> None:
    acts = {row.kind: row.right for row in all_calendars() if row.counted in {"month ends", "opening", "last act"}}
    assert acts == {act.code: act.aspect for act in RIGHT_ACTS.values()}
    ending = {value for row in all_calendars() if row.kind == "document_expiring" for value in row.values}
    assert ending == {kind.code for kind in DOCUMENTS.values() if kind.has_expiry}


def test_what_recurs_is_over_before_its_next_time_begins() -> None:
    for row in all_calendars():
        if row.every:
            assert row.until
            first, second = date(2026, 1, 31), add_months(date(2026, 1, 31), row.every)
            assert row.until.reckoned_from(first) < row.steps[0].begins.reckoned_from(second), row.kind


@pytest.mark.parametrize(("year", "limit"), [(2026, date(2026, 5, 21)), (2031, date(2031, 5, 21))])
def test_a_campaign_has_its_dates_or_the_usual_ones(year: int, limit: date) -> None:
    assert campaign_of(year).closes == limit
    assert campaign_of(year).opens < limit


def test_a_kind_fits_its_column() -> None:
    assert max(len(row.kind) for row in all_calendars()) <= 40


@pytest.mark.parametrize(
    ("today", "steps"),
    [(date(2021, 4, 30), 2), (date(2021, 5, 1), 3), (date(2000, 1, 1), None)],
)
def test_a_rule_is_the_one_in_force_on_the_day(today: date, steps: int | None) -> None:
    row = calendar_of_aspect("residence_permit", "one_year", today)
    assert (len(row.steps) if row else None) == steps


def test_a_value_outside_of_a_row_has_no_calendar() -> None:
    assert calendar_of("contract_ending", "open_ended", date(2026, 11, 23)) is None
    assert calendar_of_aspect("domiciliation", "struck_off", date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 5, 31), -3, date(2027, 2, 28)),
        (date(2028, 5, 31), -3, date(2028, 2, 29)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-60, 60))
def test_a_month_reckoned_lands_in_that_month_and_never_on_a_later_day(day: date, months: int) -> None:
    landed = add_months(day, months)
    assert (landed.year * 12 + landed.month) - (day.year * 12 + day.month) == months
    assert landed.day <= day.day


@given(DAYS, DAYS, st.integers(-24, 24))
def test_reckoning_months_keeps_the_order_of_dates(one: date, other: date, months: int) -> None:
    if one <= other:
        assert add_months(one, months) <= add_months(other, months)


@pytest.mark.parametrize("said", ["", "3 weeks before", "months before", "3 months", "-3 months before"])
def test_a_length_of_time_said_otherwise_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        Span.of(said)
