"""The pseudonymised tables that a draw yields, column by column, as numpy arrays.

One kind of array for each kind of column:

==========  ==============  =======================================================
kind        dtype           null
==========  ==============  =======================================================
``KEY``     int64           -1 (keys start at 1)
``DAY``     datetime64[D]   NaT
``CODE``    int16           -1; otherwise the place of the code in ``Table.codes``
``FLAG``    int8            -1; 0 no, 1 yes
``COUNT``   int32           -1
``NUMBER``  float64         NaN
``TEXT``    object (str)    none
==========  ==============  =======================================================

``since`` is the first day, ``until`` the first day on which it is no longer true. A column ``x`` that may be missing
for a human reason has a companion ``x_missing``: exactly one of the two is not null in each row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.vocabulary.absences import AbsenceKind
from convergence.vocabulary.base import Term
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.entry import Education, Household, NationalityGroup, TimeWithoutWork
from convergence.vocabulary.extended_support import FollowUpResult, SupportOpener
from convergence.vocabulary.goals import GoalResult
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.orientations import CandidacyOutcome, EnteredAs, Referrer
from convergence.vocabulary.people import Sex
from convergence.vocabulary.placements import PlacementPurpose
from convergence.vocabulary.referrals import ReferralAnswer, ReferralOutcome, RefusalReason
from convergence.vocabulary.roles import Role
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.situations import ASPECTS
from convergence.vocabulary.structures import EmployerKind, FunderKind, GrantObject, Scheme

Array = NDArray[Any]


class Kind(Enum):
    KEY = "key"
    DAY = "day"
    CODE = "code"
    FLAG = "flag"
    COUNT = "count"
    NUMBER = "number"
    TEXT = "text"


DTYPES: dict[Kind, np.dtype[Any]] = {
    Kind.KEY: np.dtype(np.int64),
    Kind.DAY: np.dtype("datetime64[D]"),
    Kind.CODE: np.dtype(np.int16),
    Kind.FLAG: np.dtype(np.int8),
    Kind.COUNT: np.dtype(np.int32),
    Kind.NUMBER: np.dtype(np.float64),
    Kind.TEXT: np.dtype(object),
}


@dataclass(frozen=True)
class Column:
    """How one column is held; ``codes`` for a coded one, in the order of their numbers."""

    kind: Kind
    codes: tuple[str, ...] = ()


KEY, DAY, FLAG, COUNT, NUMBER, TEXT = (
    Column(kind) for kind in (Kind.KEY, Kind.DAY, Kind.FLAG, Kind.COUNT, Kind.NUMBER, Kind.TEXT)
)


def coded(terms: type[Term] | Iterable[str]) -> Column:
    return Column(Kind.CODE, tuple(str(term) for term in terms))


MISSING = coded(Missing)
SITUATION_VALUES = tuple(dict.fromkeys(value.value for aspect in ASPECTS.values() for value in aspect.values))
"""Values of all aspects in one list: `none` or `valid` stands once, whatever aspect says it."""


def _answered(**columns: Column) -> dict[str, Column]:
    """Columns that may be missing for a human reason, each with its companion."""
    both: dict[str, Column] = {}
    for name, column in columns.items():
        both |= {name: column, f"{name}_missing": MISSING}
    return both


SCHEMA: dict[str, dict[str, Column]] = {
    "territories": {"territory": KEY, "name": TEXT},
    "operators": {"operator": KEY, "territory": KEY, "public_body": FLAG},
    "sites": {
        "site": KEY,
        "territory": KEY,
        "operator": KEY,
        "scheme": coded(Scheme),
        "opened": DAY,
        "closed": DAY,
    },
    "people": {
        "person": KEY,
        "territory": KEY,
        **_answered(
            sex=coded(Sex),
            birth_year=COUNT,
            education=coded(Education),
            nationality=coded(NationalityGroup),
            refugee=FLAG,
            household=coded(Household),
            children=COUNT,
        ),
        "entered": DAY,
        **_answered(
            referred_by=coded(Referrer),
            time_without_work=coded(TimeWithoutWork),
            street_path=FLAG,
        ),
        "entered_as": coded(EnteredAs),
    },
    "orientations": {"orientation": KEY, "person": KEY, "site": KEY, "sent_on": DAY, "sender": coded(Referrer)},
    "candidacies": {
        "candidacy": KEY,
        "orientation": KEY,
        "person": KEY,
        "site": KEY,
        "opened_on": DAY,
        "waiting_since": DAY,
        "outcome": coded(CandidacyOutcome),
        "decided_on": DAY,
    },
    "paths": {"path": KEY, "person": KEY, "rank": COUNT, "since": DAY, "until": DAY},
    "contracts": {
        "contract": KEY,
        "person": KEY,
        "path": KEY,
        "site": KEY,
        "employer_kind": coded(EmployerKind),
        "kind": coded(ContractKind),
        "programme": coded(Programme),
        "weekly_hours": NUMBER,
        "monthly_gross": NUMBER,
        "since": DAY,
        "until": DAY,
        "ended_on": DAY,
    },
    "hours": {
        "contract": KEY,
        "person": KEY,
        "month": DAY,
        "planned": NUMBER,
        "worked": NUMBER,
        "sick": NUMBER,
        "justified": NUMBER,
        "unjustified": NUMBER,
    },
    "absences": {
        "absence": KEY,
        "contract": KEY,
        "person": KEY,
        "kind": coded(AbsenceKind),
        "since": DAY,
        "until": DAY,
    },
    "situations": {
        "person": KEY,
        "aspect": coded(ASPECTS),
        "value": coded(SITUATION_VALUES),
        "missing": MISSING,
        "since": DAY,
        "until": DAY,
        "recorded_on": DAY,
        "expires_on": DAY,
    },
    "needs": {
        "person": KEY,
        "need": coded(NEEDS),
        "level": COUNT,
        "missing": MISSING,
        "reviewed_on": DAY,
        "review": COUNT,
    },
    "goals": {
        "goal": KEY,
        "person": KEY,
        "domain": coded(Domain),
        "agreed_on": DAY,
        "closed_on": DAY,
        "result": coded(GoalResult),
    },
    "interviews": {
        "interview": KEY,
        "person": KEY,
        "site": KEY,
        "kind": coded(SessionKind),
        "day": DAY,
        "reached": FLAG,
        "by": coded(Role),
    },
    "placements": {
        "placement": KEY,
        "person": KEY,
        "contract": KEY,
        "since": DAY,
        "until": DAY,
        "purpose": coded(PlacementPurpose),
        "hired_after": FLAG,
    },
    "referrals": {
        "referral": KEY,
        "person": KEY,
        "domain": coded(Domain),
        "proposed_on": DAY,
        "agreed_on": DAY,
        "sent_on": DAY,
        "answered_on": DAY,
        "answer": coded(ReferralAnswer),
        "refusal_reason": coded(RefusalReason),
        "started_on": DAY,
        "ended_on": DAY,
        "outcome": coded(ReferralOutcome),
    },
    "exits": {"exit": KEY, "person": KEY, "path": KEY, "on": DAY, "motive": COUNT},
    "extended_support": {
        "support": KEY,
        "person": KEY,
        "path": KEY,
        "opened_by": coded(SupportOpener),
        "since": DAY,
        "until": DAY,
    },
    "follow_ups": {
        "support": KEY,
        "month_due": COUNT,
        "day": DAY,
        "reached": FLAG,
        **_answered(still_holds=coded(FollowUpResult)),
    },
    "staff_means": {
        "means": KEY,
        "site": KEY,
        "territory": KEY,
        "function": coded(Role),
        "employer": KEY,
        "fte": NUMBER,
        "support_share": COUNT,
        "yearly_cost": NUMBER,
        "funder": coded(FunderKind),
        "since": DAY,
        "until": DAY,
    },
    "grants": {
        "grant": KEY,
        "funder": coded(FunderKind),
        "territory": KEY,
        "site": KEY,
        "object": coded(GrantObject),
        "amount": NUMBER,
        "since": DAY,
        "until": DAY,
    },
}
"""Every table of the dataset, with its columns in order."""

TRUTH: dict[str, Column] = {
    "path": KEY,
    "person": KEY,
    "site": KEY,
    "scheme": coded(Scheme),
    "since": DAY,
    "difficulty": NUMBER,
    **{
        f"{outcome}_{world}": FLAG
        for outcome in ("dynamic", "durable", "housed", "care")
        for world in ("with", "without")
    },
}
"""What only a simulation knows: both potential outcomes of each path, with the scheme and without it.

``dynamic`` and ``durable``: the path ends (or will end, also after the date of the draw) in a *sortie dynamique*, in
durable employment. ``housed``, ``care``: 24 months after the start, in semi-durable or autonomous housing; care under
way or stabilised. ``difficulty``: how hard the situation at entry was, in standard deviations of the scheme's people.
"""

LAYOUT_TABLES = ("territories", "operators", "sites", "staff_means", "grants")
"""Tables that hold no people: drawn once for all blocks."""


@dataclass(frozen=True)
class Table:
    """Columns of one length; the codes of coded columns."""

    columns: dict[str, Array]
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, column: str) -> Array:
        return self.columns[column]


def table(schema: Mapping[str, Column], columns: Mapping[str, Array | None], length: int | None = None) -> Table:
    """Columns put in the order and dtypes of a schema; a column that is not given, or None, is null in every row.

    :raises ValueError: a column that the schema has not, or columns of different lengths.
    """
    unknown = columns.keys() - schema.keys()
    if unknown:
        raise ValueError(f"not in the schema: {sorted(unknown)}")
    given = {name: column for name, column in columns.items() if column is not None}
    rows = length if length is not None else len(next(iter(given.values())))
    if any(len(column) != rows for column in given.values()):
        raise ValueError(f"columns of different lengths: { {name: len(column) for name, column in given.items()} }")
    held = {
        name: given[name].astype(DTYPES[column.kind], copy=False) if name in given else nulls(column, rows)
        for name, column in schema.items()
    }
    return Table(held, {name: column.codes for name, column in schema.items() if column.codes})


def nulls(column: Column, rows: int) -> Array:
    """A column without any value."""
    if column.kind is Kind.TEXT:
        return np.full(rows, "", dtype=object)
    if column.kind is Kind.DAY:
        return np.full(rows, np.datetime64("NaT"), dtype=DTYPES[Kind.DAY])
    return np.full(rows, np.nan if column.kind is Kind.NUMBER else -1, dtype=DTYPES[column.kind])


@dataclass(frozen=True)
class Layout:
    """Territories, operators and sites with their means, and which sites make which block.

    ``site_names`` and ``operator_names`` are in the order of their tables; nothing else in the dataset names a body.
    ``block_sites``: for each block, the rows of ``sites`` that it draws together.
    """

    tables: dict[str, Table]
    operator_names: tuple[str, ...]
    site_names: tuple[str, ...]
    block_sites: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Block:
    """Everything about the people of a fixed set of sites of one territory, each table by its name.

    A person, her paths and all her rows are in one block; keys are unique over all blocks.
    """

    number: int
    territory: int
    layout: Layout
    tables: dict[str, Table]
    truth: Table


def with_truth(block: Block) -> dict[str, Table]:
    """The block's tables and, beside them, ``truth``: what a dataset is written from."""
    return {**block.tables, "truth": block.truth}
