"""Plans: lawful, within every cap, bounded, and better when more is possible."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.rules.clocks import read
from convergence.rules.path import Contract, Extension, Pass, Path, Renewal, Suspension
from convergence.rules.periods import Period, last_day_of
from convergence.rules.planning import SHOWN, Goal, Plan, check_sequence, plan
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import DecisionKind, DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.structures import EmployerKind
from tests.rules.paths import running_path

ON = date(2026, 11, 23)
ENTRY = date(2026, 9, 1)
HERE = Path(
    contracts=(Contract(ContractKind.CDDI, ENTRY, date(2027, 8, 31), "A"),),
    passes=(Pass(ENTRY),),
)


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    kinds = draw(st.lists(st.sampled_from(list(EmployerKind)[:4]), min_size=1, max_size=3, unique=True))
    until = draw(st.none() | st.dates(date(2023, 1, 1), date(2034, 12, 31)))
    return Goal(until, tuple(kinds), passerelle=draw(st.booleans()), contract_months=draw(st.sampled_from([6, 12])))


@settings(max_examples=15, deadline=None)
@given(running_path(), goals())
def test_every_plan_is_without_a_gap_or_an_overlap_and_within_every_cap(drawn: tuple[Path, date], goal: Goal) -> None:
    path, on = drawn
    term = path.contracts[0].period.end
    answer = plan(path, goal, on)
    assert len(answer.plans) <= SHOWN
    for each in answer.plans:
        assert each.contracts[0].first_day == term + timedelta(days=1)
        for before, after in pairwise(each.contracts):
            assert after.first_day == before.last_day + timedelta(days=1)
        assert each.last_day == each.contracts[-1].last_day <= last_day_of(path.contracts[0].first_day, 60)
        assert goal.until is None or each.last_day <= max(goal.until, term)
        assert each.moves <= 2
        assert days_granted(each) <= 1825
        assert sum("passerelle" in step.said for step in each.contracts) <= goal.passerelle


def days_granted(each: Plan) -> int:
    return sum(
        (decision.new_last_day - decision.decide_by).days
        for decision in each.decisions
        if decision.kind is DecisionKind.EXTEND_PASS and decision.new_last_day
    )


@settings(max_examples=15, deadline=None)
@given(running_path(), goals())
def test_the_best_plan_comes_first_and_says_what_stops_it(drawn: tuple[Path, date], goal: Goal) -> None:
    path, on = drawn
    answer = plan(path, goal, on)
    ends = [each.last_day for each in answer.plans]
    assert ends == sorted(ends, reverse=True)
    if goal.until is None or not answer.complete:
        assert answer.why.endswith(".")
        assert answer.why.count("(") >= 1
    if answer.complete and goal.until is not None and answer.best is not None:
        assert answer.best.last_day == goal.until


@settings(max_examples=15, deadline=None)
@given(running_path())
def test_what_is_recognised_to_somebody_never_shortens_her_path(drawn: tuple[Path, date]) -> None:
    path, on = drawn
    bare = replace(path, disabled_worker=(), born_on=None)
    recognised = replace(bare, disabled_worker=(Period(date(2000, 1, 1)),))
    term = path.contracts[0].period.end
    reached = [
        (answer.best.last_day if answer.best else term)
        for answer in (plan(bare, Goal(), on), plan(recognised, Goal(), on))
    ]
    assert reached[0] <= reached[1]


def test_the_search_stays_small_whatever_is_open() -> None:
    every = (EmployerKind.ACI, EmployerKind.EI, EmployerKind.ETTI, EmployerKind.AI)
    answer = plan(HERE, Goal(structures=every, passerelle=True, contract_months=4), ON)
    assert answer.best is not None
    assert answer.best.last_day == date(2031, 8, 31)


def test_plans_shown_differ_by_the_structures_gone_through() -> None:
    answer = plan(HERE, Goal(until=date(2028, 6, 30), structures=(EmployerKind.ACI, EmployerKind.EI)), ON)
    gone_through = [[step.structure for step in each.contracts] for each in answer.plans]
    assert gone_through == [[EmployerKind.ACI], [EmployerKind.EI]]


def test_the_path_given_is_left_as_it_was() -> None:
    before = replace(HERE)
    plan(HERE, Goal(), ON)
    assert before == HERE


def cddi(first_day: date, last_day: date, employer: str = "A") -> Contract:
    return Contract(ContractKind.CDDI, first_day, last_day, employer)


EXTENDED = Extension(ExtensionMotive.DIFFICULTIES, 365, DecisionState.ASKED, asked_on=date(2028, 6, 1))
RENEWED = Renewal(ExtensionMotive.DIFFICULTIES, date(2029, 8, 31), DecisionState.ASKED, asked_on=date(2028, 6, 2))


def test_a_sequence_that_stands_is_told_nothing() -> None:
    sequence = (
        cddi(date(2027, 9, 1), date(2028, 8, 30)),
        EXTENDED,
        RENEWED,
        cddi(date(2028, 8, 31), date(2029, 8, 30)),
    )
    assert check_sequence(HERE, sequence, ON) is None


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        ((cddi(date(2027, 9, 1), date(2028, 8, 31)),), "Le PASS IAE finit le 30 août 2028"),
        (
            (cddi(date(2027, 9, 1), date(2028, 8, 30)), EXTENDED, EXTENDED),
            "dans les 12 mois qui précèdent la fin du PASS",
        ),
        (
            (cddi(date(2027, 9, 1), date(2028, 8, 30)), EXTENDED, cddi(date(2028, 8, 31), date(2029, 8, 30))),
            "Les CDDI vont jusqu’au 31 août 2028 : au-delà, une décision est à demander d’abord (art. L5132-15-1",
        ),
        (
            (
                Contract(ContractKind.EI, date(2027, 9, 1), date(2028, 8, 30), "B"),
                EXTENDED,
            ),
            "ne se demande qu’en ACI ou AI",
        ),
        ((Suspension(date(2026, 8, 1), date(2026, 8, 31)),), "commence hors du PASS IAE"),
        ((cddi(date(2027, 9, 1), date(2027, 10, 31), "B"),), "au moins 4 mois"),
    ],
)
def test_a_sequence_that_does_not_stand_is_told_why_with_the_article(sequence: tuple[Contract, ...], said: str) -> None:
    refusal = check_sequence(HERE, sequence, ON)
    assert refusal is not None
    sentence = str(refusal).replace("\u00a0", " ")
    assert said in sentence
    assert refusal.source
    assert sentence.count(".") >= 1


def test_each_step_of_a_plan_says_who_decides_and_until_when() -> None:
    best = plan(HERE, Goal(), ON).best
    assert best is not None
    for step in best.steps:
        if step.decision is None:
            assert step.structure is not None
            continue
        said = step.said.replace("\u00a0", " ")
        assert "prescripteur habilité" in said
        assert "à demander entre le" in said
        assert step.decision.opens_on <= step.decision.decide_by


def test_a_person_at_the_end_of_everything_is_told_so_without_a_plan() -> None:
    (contract,), (one,) = HERE.contracts, HERE.passes
    granted = (Extension(ExtensionMotive.DIFFICULTIES, 365),) * 3
    path = replace(
        HERE,
        contracts=(replace(contract, last_day=date(2031, 8, 30)),),
        passes=(replace(one, extensions=granted),),
        renewals=(Renewal(ExtensionMotive.DIFFICULTIES, date(2031, 8, 31)),),
    )
    answer = plan(path, Goal(until=date(2032, 1, 1)), date(2031, 6, 1))
    assert answer.plans == ()
    assert "ne se prolonge plus" in answer.why
    assert read(path, date(2031, 6, 1)).pass_iae is not None
