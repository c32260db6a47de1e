"""The dated rows of the law: complete, sourced, readable at any past date; each line of the table of extensions."""

from datetime import date

import pytest

from convergence.rules.eligibility import CriterionRule, all_criteria, criteria, criterion_rule, needed
from convergence.rules.law import (
    MotiveRule,
    NoRule,
    Rule,
    all_motives,
    all_rules,
    in_force,
    motive_rule,
    motives,
    rule,
    rule_or_oldest,
    rules_on,
    value,
    value_or_oldest,
    values_or_oldest,
)
from convergence.vocabulary.eligibility import Criterion, CriterionLevel
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.structures import EmployerKind

TODAY = date(2026, 11, 23)
EVERYWHERE = frozenset({EmployerKind.ACI, EmployerKind.EI, EmployerKind.ETTI, EmployerKind.AI})
ACI_OR_AI = frozenset({EmployerKind.ACI, EmployerKind.AI})


def every_row() -> list[Rule | MotiveRule | CriterionRule]:
    return [*all_rules(), *all_motives(), *all_criteria()]


def test_every_row_says_where_it_is_written() -> None:
    assert len(every_row()) > 60
    for row in every_row():
        assert len(row.source) > 10, row


def test_no_name_has_two_rows_of_the_same_day() -> None:
    days = [(row.name, row.since) for row in all_rules()]
    assert len(set(days)) == len(days)


def test_what_is_to_be_confirmed_says_what() -> None:
    flagged = [row for row in every_row() if row.check]
    assert flagged
    for row in flagged:
        assert len(row.check) > 10, row
    names = {row.name for row in all_rules() if row.check}
    assert {"hiring.dpae_days_before", "hours.phc_least_weekly_hours", "cddi.months"} <= names
    assert [row.motive for row in all_motives() if row.check] == [ExtensionMotive.DIFFICULTIES]


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("pass.days", TODAY, 730),
        ("pass.months", TODAY, 24),
        ("pass.waiting_months", TODAY, 24),
        ("suspension.after_days", TODAY, 15),
        ("suspension.may_end_pass_after_months", TODAY, 12),
        ("suspension.longest_months", TODAY, 36),
        ("suspension.latest_days", TODAY, 365),
        ("suspension.lost_days", TODAY, 1),
        ("extension.opens_months_before", TODAY, 12),
        ("extension.closes_months_after", TODAY, 6),
        ("cddi.months", TODAY, 24),
        ("cddi.shortest_months", TODAY, 4),
        ("cddi.difficulties_months", TODAY, 60),
        ("cddi.each_renewal_months", TODAY, 12),
        ("convergence.months", TODAY, 60),
        ("convergence.extended_support_months", TODAY, 12),
        ("hours.least_weekly_hours", TODAY, 20),
        ("hours.most_weekly_hours", TODAY, 35),
        ("hours.phc_least_weekly_hours", TODAY, 4),
        ("hours.individual_derogation_months", date(2021, 8, 31), 6),
        ("hours.individual_derogation_months", date(2021, 9, 1), 12),
        ("hours.collective_derogation_months", date(2021, 9, 1), 12),
        ("hours.collective_report_months", TODAY, 12),
        ("cdi_inclusion.from_age_years", TODAY, 57),
        ("cdi_inclusion.share_percent", TODAY, 20),
        ("cdi_inclusion.share_with_prefect_percent", TODAY, 30),
        ("diagnosis.employer_days", TODAY, 92),
        ("diagnosis.prescriber_months", TODAY, 6),
        ("control.answer_weeks", TODAY, 6),
        ("hiring.dpae_days_before", TODAY, 8),
        ("hiring.right_to_work_working_days_before", TODAY, 2),
        ("hiring.health_visit_months", TODAY, 3),
        ("hiring.contract_handed_working_days", TODAY, 2),
    ],
)
def test_a_value_is_the_one_in_force_on_the_day(name: str, on: date, expected: int) -> None:
    assert value(name, on) == expected
    assert rule(name, on) in rules_on(on)


@pytest.mark.parametrize(
    ("motive", "law_months", "each", "total", "prescriber", "age", "open_to"),
    [
        (ExtensionMotive.OPEN_ENDED_SENIOR, None, None, None, False, 57, EVERYWHERE),
        (ExtensionMotive.TRAINING, None, 365, None, False, 0, EVERYWHERE),
        (ExtensionMotive.DISABLED_WORKER, 60, 365, 1095, True, 0, EVERYWHERE),
        (ExtensionMotive.SENIOR, 84, 365, 1825, True, 50, EVERYWHERE),
        (ExtensionMotive.DIFFICULTIES, 60, 365, 1095, True, 0, ACI_OR_AI),
    ],
)
def test_each_line_of_the_table_of_extensions(
    motive: ExtensionMotive,
    law_months: int | None,
    each: int | None,
    total: int | None,
    prescriber: bool,
    age: int,
    open_to: frozenset[EmployerKind],
) -> None:
    row = motive_rule(motive, TODAY)
    assert isinstance(row, MotiveRule)
    assert (row.law_months, row.each_days, row.total_days) == (law_months, each, total)
    assert (row.prescriber, row.from_age_years, row.open_to) == (prescriber, age, open_to)
    assert row.source.startswith("art. R5132-1-8")


def test_the_grounds_of_extension_did_not_exist_before_september_2021() -> None:
    assert motives(date(2021, 8, 31)) == ()
    assert [row.motive for row in motives(date(2021, 9, 1))] == list(ExtensionMotive)


def test_before_the_first_row_nothing_was_in_force() -> None:
    assert not in_force("hours.individual_derogation_months", date(2015, 11, 7))
    assert in_force("hours.individual_derogation_months", date(2015, 11, 8))
    with pytest.raises(NoRule, match=r"individual_derogation_months.*2015-11-07"):
        value("hours.individual_derogation_months", date(2015, 11, 7))
    assert not in_force("no.such.rule", TODAY)


def test_an_old_paper_is_read_by_the_oldest_row() -> None:
    assert value_or_oldest("cddi.months", date(1999, 1, 1)) == 24
    assert rule_or_oldest("pass.months", date(1999, 1, 1)).since == date(2008, 5, 1)
    assert values_or_oldest("warning.months_before", date(1999, 1, 1)) == (12, 6, 3, 1)


def test_a_list_is_not_read_as_a_number() -> None:
    with pytest.raises(TypeError, match=r"warning\.months_before"):
        value("warning.months_before", TODAY)


def test_the_law_of_a_past_day_is_shorter_than_that_of_today() -> None:
    names = {row.name for row in rules_on(date(2015, 1, 1))}
    assert "cddi.months" in names
    assert "hours.individual_derogation_months" not in names
    assert names < {row.name for row in rules_on(TODAY)}


# Eligibility --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (CriterionLevel.ONE, {"rsa", "ass", "aah", "registered_over_two_years"}),
        (
            CriterionLevel.TWO,
            {
                "low_education",
                "senior",
                "young",
                "child_welfare",
                "registered_over_one_year",
                "disabled_worker",
                "single_parent",
                "no_home",
                "protected",
                "rural_zone",
                "priority_neighbourhood",
                "justice",
                "french_below_a_one",
                "mobility",
            },
        ),
    ],
)
def test_the_criteria_of_each_level(level: CriterionLevel, expected: set[str]) -> None:
    assert {row.criterion.value for row in criteria(TODAY) if row.level is level} == expected


def test_every_criterion_has_its_row_its_proof_and_one_way_to_hold() -> None:
    assert [row.criterion for row in criteria(TODAY)] == list(Criterion)
    for row in criteria(TODAY):
        assert row.proof
        ways = (row.months is not None, row.valid_on_the_day, bool(row.from_age_years or row.below_age_years))
        assert sum(ways) == 1, row.criterion


def test_a_proof_is_valid_three_six_or_twelve_months() -> None:
    assert {row.months for row in criteria(TODAY)} == {None, 3, 6, 12}


def test_a_criterion_before_the_order_is_read_by_its_oldest_row() -> None:
    assert criterion_rule(Criterion.RSA, date(2020, 1, 1)) == criterion_rule(Criterion.RSA, TODAY)


@pytest.mark.parametrize(
    ("structure", "two"),
    [(EmployerKind.ACI, 3), (EmployerKind.EI, 3), (EmployerKind.ETTI, 2), (EmployerKind.AI, 2)],
)
def test_how_many_criteria_each_kind_of_structure_needs(structure: EmployerKind, two: int) -> None:
    assert needed(CriterionLevel.ONE, structure, TODAY) == 1
    assert needed(CriterionLevel.TWO, structure, TODAY) == two


def test_an_ordinary_employer_establishes_no_eligibility() -> None:
    assert needed(CriterionLevel.ONE, EmployerKind.ORDINARY, TODAY) == 0
