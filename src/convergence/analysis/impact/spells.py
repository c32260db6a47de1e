"""From the dataset's tables to durations: the way out of a path, and the way to a home or to a job."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.dataset import Tables
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import JOBS
from convergence.analysis.impact.sample import Flags, Floats
from convergence.analysis.indicators.observed import on_day
from convergence.analysis.months import first_paths, known_until
from convergence.vocabulary.exits import ExitCategory, ExitMotive, table_on
from convergence.vocabulary.housing import OBTAINED, HousingSet
from convergence.vocabulary.structures import Scheme

DAYS_A_MONTH: Final = 365.25 / 12

EXITS: Final = ("emploi durable", "autre sortie dynamique", "autre fin de parcours")
"""The ways out of a path, competing with one another."""

_WAY_OUT: Final = {
    ExitCategory.DURABLE: 1,
    ExitCategory.TRANSITION: 2,
    ExitCategory.POSITIVE: 2,
    ExitCategory.OTHER: 3,
    ExitCategory.REMOVED: 3,
}


@dataclass(frozen=True)
class Spells:
    """Of each person, months from entry to an event or to the end of what is known.

    :ivar people: `person`, `site`, `scheme`, `since`, one row each, by person.
    :ivar months: (people,); ``event``: (people,) 0 while nothing has happened, else the rank in ``events``.
    """

    people: pl.DataFrame
    months: Floats
    event: NDArray[np.int64]
    events: tuple[str, ...]

    def only(self, event: int) -> "Spells":
        """One event alone, from 1; the people whom another one took are censored then."""
        return replace(self, event=np.where(self.event == event, 1, 0), events=(self.events[event - 1],))

    def durations(
        self, chosen: Flags | None = None, *, by_site: bool = True, weights: Floats | None = None
    ) -> Durations:
        """Durations of the scheme's people and of the others; ``chosen``, ``weights``: (people,)."""
        kept = np.ones(self.people.height, dtype=np.bool_) if chosen is None else chosen
        if not kept.any():
            raise ImpactError("Personne n’est retenu : élargissez les critères d’éligibilité.")
        return Durations(
            self.months[kept],
            self.event[kept],
            (self.people["scheme"] == Scheme.CONVERGENCE.value).to_numpy()[kept],
            events=self.events,
            cluster=self.people["site"].to_numpy()[kept] if by_site else None,
            weights=None if weights is None else weights[kept],
        )


def until_exit(tables: Tables, as_of: date) -> Spells:
    """From entry to the end of the first path, by its way out; paths that run at ``as_of`` are not ended (censored).

    A path that ended without a motive counts as another end: it is over.
    """
    people = _entered(tables, as_of).join(tables.exits.select("path", "motive").collect(), on="path", how="left")
    event = np.zeros(people.height, dtype=np.int64)
    for row, (until, motive) in enumerate(people.select("until", "motive").iter_rows()):
        if until is not None and until <= as_of:
            told = None if motive is None else ExitMotive(motive)
            event[row] = _WAY_OUT[ExitCategory.OTHER if told is None else table_on(until).categories[told]]
    end = people["until"].fill_null(as_of).clip(upper_bound=as_of)
    return Spells(people.select("person", "site", "scheme", "since"), _months(people["since"], end), event, EXITS)


def until_housed(tables: Tables, as_of: date, named: HousingSet = OBTAINED) -> Spells:
    """From entry to the first day in a home of the set: see :func:`until_situation`."""
    return until_situation(tables, as_of, "housing", named.values, named.label.lower())


def until_job(tables: Tables, as_of: date) -> Spells:
    """From entry to the first day in a job outside of integration: see :func:`until_situation`."""
    return until_situation(tables, as_of, "employment", [job.value for job in JOBS], "emploi hors insertion")


def until_situation(tables: Tables, as_of: date, aspect: str, values: Collection[str], label: str) -> Spells:
    """From entry to the first day in one of these situations; only people who were in none, and of whom that is known.

    Whoever is lost from sight is followed until the last news of her (censored): her silence is no failure.

    :param aspect: of the situations (`housing`, `employment`…); ``values``: their codes; ``label``: in words.
    """
    people = _entered(tables, as_of).join(known_until(tables, as_of), on="person", how="left")
    people = people.rename({"since": "begins", "until": "ends"})
    codes = sorted(str(value) for value in values)
    before = on_day(tables, people, aspect, "begins", "before")["before"]
    people = people.filter(before.is_not_null() & ~before.is_in(codes))
    reached = (
        tables.situations.filter(pl.col("aspect") == aspect, pl.col("value").cast(pl.String).is_in(codes))
        .select("person", "since")
        .collect()
        .join(people.select("person", "begins"), on="person")
        .filter(pl.col("since") >= pl.col("begins"))
        .group_by("person")
        .agg(reached=pl.col("since").min())
    )
    people = people.join(reached, on="person", how="left", maintain_order="left")
    happened = people.select((pl.col("reached") < pl.col("known_until")).fill_null(False)).to_series()
    end = people.select(pl.when(happened).then("reached").otherwise("known_until")).to_series()
    kept = people.select("person", "site", "scheme", since="begins")
    return Spells(kept, _months(people["begins"], end), happened.cast(pl.Int64).to_numpy(), (label,))


def _entered(tables: Tables, as_of: date) -> pl.DataFrame:
    return first_paths(tables).filter(pl.col("since") <= as_of)


def _months(since: pl.Series, until: pl.Series) -> Floats:
    return np.maximum((until - since).dt.total_days().to_numpy() / DAYS_A_MONTH, 0.0)
