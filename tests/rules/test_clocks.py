"""Laws of the three clocks, of the decisions and of the notices that follow from them, on paths of every kind."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convergence.rules.clocks import read
from convergence.rules.decisions import decisions
from convergence.rules.law import motive_rule
from convergence.rules.pass_clock import Clock, granted_days, suspended
from convergence.rules.path import COUNTED, Extension, Pass, Path, Suspension
from convergence.rules.periods import overlap
from convergence.rules.refusals import check_extension
from convergence.rules.remarks import remarks
from convergence.rules.schedule import notices_of
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import ClockName, DecisionKind, DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from tests.rules.paths import DAYS, any_path, passes, running_path

T = TypeVar("T")

some = settings(max_examples=40, deadline=None)
"""Paths are slow to draw: fewer of them, and no clock on each."""


def shuffled(path: Path, shuffle: random.Random) -> Path:
    def mixed(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(shuffle.sample(items, len(items)))

    each = tuple(
        replace(one, suspensions=mixed(one.suspensions), extensions=mixed(one.extensions)) for one in path.passes
    )
    return replace(
        path,
        contracts=mixed(path.contracts),
        passes=mixed(each),
        renewals=mixed(path.renewals),
        disabled_worker=mixed(path.disabled_worker),
        trainings=mixed(path.trainings),
    )


# The clocks ---------------------------------------------------------------------------------------


@some
@given(any_path(), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_nothing(path: Path, on: date, shuffle: random.Random) -> None:
    other = shuffled(path, shuffle)
    assert read(other, on).clocks == read(path, on).clocks
    assert decisions(other, on) == decisions(path, on)
    assert remarks(other, on) == remarks(path, on)
    assert notices_of(other, on) == notices_of(path, on)


@some
@given(any_path(), DAYS, st.integers(0, 900))
def test_as_days_go_by_days_are_used_and_none_come_back(path: Path, on: date, days: int) -> None:
    later = on + timedelta(days=days)
    assume(path.pass_on(on) == path.pass_on(later))
    for before, after in zip(read(path, on).clocks, read(path, later).clocks, strict=True):
        assert before.name == after.name
        assert 0 <= after.used - before.used <= days
        assert before.left - days <= after.left <= before.left


@some
@given(passes(), DAYS)
def test_days_used_left_and_lost_make_what_was_given(one: Pass, on: date) -> None:
    bare = replace(one, official_last_day=None)
    clock = read(Path(passes=(bare,)), on).pass_iae
    assert clock is not None
    assert clock.used + clock.left + clock.lost == 730 + granted_days(bare)


@some
@given(passes(), DAYS)
def test_the_end_of_a_pass_does_not_depend_on_the_day_it_is_asked(one: Pass, on: date) -> None:
    path = Path(passes=(one,))
    clock, other = read(path, on).pass_iae, read(path, one.first_day).pass_iae
    assert clock is not None
    assert other is not None
    assert (clock.end, clock.waiting_until) == (other.end, other.waiting_until)
    assert clock.running == (on <= clock.end)


@some
@given(passes())
def test_the_law_never_gives_less_than_the_platform(one: Pass) -> None:
    clock = read(Path(passes=(one,)), one.first_day).pass_iae
    assert clock is not None
    assert clock.by_law >= clock.by_platform
    assert bool(clock.explained()) == (len({clock.by_law, clock.by_platform, clock.official} - {None}) > 1)


@some
@given(passes())
def test_suspensions_that_count_never_overlap_and_lie_in_the_pass(one: Pass) -> None:
    found = suspended(one)
    clock = read(Path(passes=(replace(one, official_last_day=None),)), one.first_day).pass_iae
    assert clock is not None
    for before, after in pairwise(found):
        assert overlap(before, after) is None
    for stretch in found:
        assert one.first_day <= stretch.first_day
        assert stretch.end <= clock.end


@some
@given(any_path(), DAYS)
def test_suspending_the_pass_moves_no_other_clock(path: Path, on: date) -> None:
    bare = replace(path, passes=tuple(replace(one, suspensions=()) for one in path.passes))
    one, other = read(path, on), read(bare, on)
    assert (one.cddi, one.convergence, one.term) == (other.cddi, other.convergence, other.term)


@some
@given(passes(), st.integers(0, 400), st.integers(1, 200))
def test_one_more_suspension_gives_back_its_length_less_a_day(one: Pass, after: int, length: int) -> None:
    bare = replace(one, suspensions=(), official_last_day=None)
    starts = bare.first_day + timedelta(days=after)
    stopped = replace(bare, suspensions=(Suspension(starts, starts + timedelta(days=length - 1)),))
    before, then = (read(Path(passes=(each,)), each.first_day).pass_iae for each in (bare, stopped))
    assert before is not None
    assert then is not None
    assert (then.end - before.end).days == length - 1


@some
@given(any_path(), DAYS)
def test_contracts_count_once_whoever_employs(path: Path, on: date) -> None:
    clock = read(path, on).convergence
    days: set[date] = set()
    for contract in path.contracts:
        if contract.kind in COUNTED:
            length = (min(contract.period.end, on) - contract.first_day).days
            days.update(contract.first_day + timedelta(days=each) for each in range(length + 1))
    assert (clock.used if clock else 0) == len(days)


@some
@given(any_path(), DAYS)
def test_a_running_clock_reaches_its_end_with_the_days_left(path: Path, on: date) -> None:
    for clock in read(path, on).clocks:
        if clock.name is ClockName.PASS or clock.last_day is None:
            continue
        under_contract = _continued(path, on, clock)
        then = next(each for each in read(under_contract, on).clocks if each.name is clock.name)
        assert then.last_day is not None
        if then.left and then.used:
            assert (then.last_day - on).days >= then.left


def _continued(path: Path, on: date, clock: Clock) -> Path:
    """The path with its last counted contract carried on to the end of the clock."""
    kinds = {ContractKind.CDDI} if clock.name is ClockName.CDDI else COUNTED
    counted = [contract for contract in path.contracts if contract.kind in kinds and contract.first_day <= on]
    if not counted:
        return path
    last = max(counted, key=lambda contract: contract.period.end)
    longer = replace(last, last_day=None)
    return replace(path, contracts=tuple(longer if one is last else one for one in path.contracts))


@some
@given(any_path(), DAYS)
def test_what_binds_is_the_first_to_end_of_what_runs(path: Path, on: date) -> None:
    reading = read(path, on)
    ends = [clock.last_day for clock in reading.clocks if clock.running and clock.last_day]
    assert (reading.binds.last_day if reading.binds else None) == min(ends, default=None)


# Decisions ----------------------------------------------------------------------------------------


@some
@given(any_path(), DAYS)
def test_no_decision_leads_over_a_cap(path: Path, on: date) -> None:
    for decision in decisions(path, on):
        assert decision.start_by <= decision.decide_by
        if decision.kind is not DecisionKind.EXTEND_PASS or decision.new_last_day is None or decision.motive is None:
            continue
        one, row = path.pass_on(on), motive_rule(decision.motive, on)
        assert one is not None
        assert row is not None
        days = (decision.new_last_day - decision.decide_by).days
        assert 0 < days <= (row.each_days or days)
        assert granted_days(one) + days <= (row.total_days or granted_days(one) + days)


@some
@given(running_path())
def test_what_a_decision_offers_a_check_allows_and_granting_it_does_as_said(drawn: tuple[Path, date]) -> None:
    path, on = drawn
    for decision in decisions(path, on):
        if decision.kind is not DecisionKind.EXTEND_PASS or decision.new_last_day is None or decision.motive is None:
            continue
        asked = max(on, decision.opens_on)
        days = (decision.new_last_day - decision.decide_by).days
        assert check_extension(path, Extension(decision.motive, days, DecisionState.ASKED, asked), asked) == []
        more = Extension(decision.motive, days + 1, DecisionState.ASKED, asked)
        assert check_extension(path, more, asked) != []
        granted = Extension(decision.motive, days, DecisionState.GRANTED, asked)
        (one,) = path.passes
        then = read(replace(path, passes=(replace(one, extensions=(granted,)),)), on).pass_iae
        assert then is not None
        assert then.end == decision.new_last_day


@some
@given(any_path(), DAYS, st.sampled_from(ExtensionMotive), st.integers(366, 4000))
def test_no_extension_over_a_year_is_ever_allowed_but_beside_an_open_ended_contract(
    path: Path, on: date, motive: ExtensionMotive, days: int
) -> None:
    assume(motive is not ExtensionMotive.OPEN_ENDED_SENIOR)
    assert check_extension(path, Extension(motive, days, DecisionState.ASKED, on), on) != []


@some
@given(any_path(), DAYS)
def test_a_path_whose_end_is_noted_asks_for_nothing(path: Path, on: date) -> None:
    ended = replace(path, ends_on=on)
    assert decisions(ended, on) == []
    assert notices_of(ended, on) == ()


# Notices ------------------------------------------------------------------------------------------


@some
@given(any_path(), DAYS)
def test_notices_come_in_order_before_what_binds(path: Path, on: date) -> None:
    found = notices_of(path, on)
    assert list(found) == sorted(found, key=lambda notice: notice.begins_on)
    for notice in found:
        assert notice.begins_on <= notice.due_on
    weekly = [notice.begins_on for notice in found if not notice.months_before]
    assert all((after - before).days == 7 for before, after in pairwise(weekly))


@some
@given(running_path(), st.integers(0, 700))
def test_notices_stay_the_same_as_days_go_by(drawn: tuple[Path, date], days: int) -> None:
    path, on = drawn
    later = on + timedelta(days=days)
    (contract,) = path.contracts
    assume(later <= contract.period.end)
    before, after = read(path, on).binds, read(path, later).binds
    assume(before is not None and after is not None and before.last_day == after.last_day)
    assert notices_of(path, later) == notices_of(path, on)
