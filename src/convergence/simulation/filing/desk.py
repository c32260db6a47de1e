"""Records as a team's desk leaves them: versions with the moment of each, and who wrote it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.following import Authors, places
from convergence.simulation.moments import NEVER, Days, Moments, at_work, versions, worked
from convergence.simulation.names import Texts
from convergence.simulation.tables import Table

Places = NDArray[np.int64]


class Written(NamedTuple):
    """When each version was written (``at``), replaced (``closed``, NaT while it stands), and by whose mission."""

    at: Moments
    closed: Moments
    by: Places


class Records(NamedTuple):
    """Versions of one sort of record.

    ``person``: place in the block; ``series``: number of the fact, which its versions share; ``since``, ``until``:
    first day, and first day on which it is no longer true; ``about``: what the record says, column by column.
    """

    person: Places
    series: Places
    since: Days
    until: Days
    written: Written
    about: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Desk:
    """Where a block's records are written: its tables, the people followed, when each was entered, who writes.

    ``keys``: growing keys of the people; ``last``: the last day on which anything is known.
    """

    rng: np.random.Generator
    tables: dict[str, Table]
    keys: Places
    entered: Days
    authors: Authors
    last: np.datetime64

    def about(self, name: str) -> tuple[Table, Places]:
        """A table of the block, and the place of each row's person; -1 where nobody here knows her."""
        table = self.tables[name]
        return table, places(self.keys, table["person"])

    def known(self, days: Days) -> Moments:
        """A moment of the days themselves, or of the last one on which anything is known."""
        return at_work(self.rng, worked(np.minimum(days, self.last)))

    def learnt(self, until: Days, began: Moments) -> Moments:
        """When an end was learnt: that day; NaT for what has not ended."""
        ended = at_work(self.rng, worked(np.where(np.isnat(until), self.last, np.minimum(until, self.last))))
        return np.where(np.isnat(until), NEVER, np.maximum(ended, began + 5)).astype("datetime64[m]")

    def told(
        self,
        person: Places,
        since: Days,
        foreseen: Days,
        until: Days,
        began: Moments,
        ended: Moments,
        by: Places | None = None,
        **about: NDArray[Any],
    ) -> Records:
        """Facts in the versions that they had; ``about`` by fact, as ``by``: who writes, else who follows her then."""
        told = versions(foreseen, until, began, ended)
        who = person[told.fact]
        return Records(
            who,
            told.fact,
            since[told.fact],
            told.until,
            Written(told.at, told.closed, self.authors.on(who, told.at) if by is None else by[told.fact]),
            {name: column[told.fact] for name, column in about.items()},
        )

    def once(self, person: Places, days: Days, written: Written, **about: NDArray[Any]) -> Records:
        """Records of one day, of which one version stands."""
        return Records(person, np.arange(len(person)), days, days + 1, written, about)


def rows_of(table: Table, rows: NDArray[Any]) -> Table:
    return Table({name: column[rows] for name, column in table.columns.items()}, table.codes)


def codes_of(table: Table, column: str) -> Texts:
    """A coded column as texts, empty where null."""
    return np.asarray(np.array([*table.codes[column], ""], dtype=object)[table[column]])


def nothing(moments: Moments) -> Moments:
    return np.full(len(moments), NEVER, dtype="datetime64[m]")


def joined(one: Records, other: Records) -> Records:
    def both(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([first, second])

    return Records(
        both(one.person, other.person),
        both(one.series, other.series),
        both(one.since, other.since),
        both(one.until, other.until),
        Written(
            both(one.written.at, other.written.at),
            both(one.written.closed, other.written.closed),
            both(one.written.by, other.written.by),
        ),
        {name: both(column, other.about[name]) for name, column in one.about.items()},
    )
