"""Paths drawn for the laws of the clocks: any facts at all, and facts that a site would write."""

from datetime import date, timedelta

from hypothesis import strategies as st

from convergence.rules.path import Contract, Extension, Pass, Path, Renewal, Suspension
from convergence.rules.periods import Period
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import ExtensionMotive

DAYS = st.dates(date(2016, 1, 1), date(2034, 12, 31))
STARTS = st.dates(date(2021, 9, 1), date(2029, 12, 31))


@st.composite
def suspensions(draw: st.DrawFn, first: date, last: date) -> Suspension:
    starts = draw(st.dates(first, last))
    return Suspension(starts, starts + timedelta(days=draw(st.integers(0, 500))), declared_on=draw(st.none() | DAYS))


@st.composite
def extensions(draw: st.DrawFn) -> Extension:
    motive, state = draw(st.sampled_from(ExtensionMotive)), draw(st.sampled_from(DecisionState))
    return Extension(motive, draw(st.integers(1, 365)), state, decided_on=draw(st.none() | DAYS))


@st.composite
def passes(draw: st.DrawFn) -> Pass:
    first_day = draw(DAYS)
    around = suspensions(first_day - timedelta(days=200), first_day + timedelta(days=1500))
    return Pass(
        first_day,
        tuple(draw(st.lists(around, max_size=3))),
        tuple(draw(st.lists(extensions(), max_size=4))),
        official_last_day=draw(st.none() | DAYS),
        official_seen_on=draw(st.none() | DAYS),
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    first_day = draw(DAYS)
    length = draw(st.none() | st.integers(0, 1200))
    return Contract(
        draw(st.sampled_from(ContractKind)),
        first_day,
        None if length is None else first_day + timedelta(days=length),
        draw(st.sampled_from(["A", "B"])),
    )


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first_day = draw(DAYS)
    length = draw(st.none() | st.integers(0, 1500))
    return Period(first_day, None if length is None else first_day + timedelta(days=length))


@st.composite
def any_path(draw: st.DrawFn) -> Path:
    """Facts in any state: overlaps, gaps, decisions of every kind."""
    renewals = st.builds(Renewal, st.sampled_from(ExtensionMotive), DAYS, st.sampled_from(DecisionState))
    return Path(
        contracts=tuple(draw(st.lists(contracts(), max_size=4))),
        passes=tuple(draw(st.lists(passes(), max_size=2, unique_by=lambda one: one.first_day))),
        renewals=tuple(draw(st.lists(renewals, max_size=3))),
        born_on=draw(st.none() | st.dates(date(1955, 1, 1), date(2005, 1, 1))),
        disabled_worker=tuple(draw(st.lists(periods(), max_size=2))),
        trainings=tuple(draw(st.lists(periods(), max_size=2))),
    )


@st.composite
def running_path(draw: st.DrawFn) -> tuple[Path, date]:
    """One contract under way with its PASS, as a site keeps them, and a day on which it runs."""
    first_day = draw(STARTS)
    kind = draw(st.sampled_from([ContractKind.CDDI, ContractKind.CDDI, ContractKind.EI, ContractKind.AI]))
    length = draw(st.integers(124, 700))
    on = first_day + timedelta(days=draw(st.integers(0, length)))
    stops = [] if on == first_day else draw(st.lists(suspensions(first_day, on), max_size=1))
    path = Path(
        contracts=(Contract(kind, first_day, first_day + timedelta(days=length), "A"),),
        passes=(Pass(first_day, tuple(stops)),),
        born_on=draw(st.none() | st.dates(date(1960, 1, 1), date(2004, 1, 1))),
        disabled_worker=tuple(draw(st.lists(periods(), max_size=1))),
    )
    return path, on
