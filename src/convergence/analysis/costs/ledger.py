"""The ledger: what each person costs whom, month by month and line by line, summed before it is held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import TakeUp
from convergence.analysis.benefits.results import Benefits
from convergence.analysis.conventions import SMALLEST
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import Lines
from convergence.analysis.costs.panel import Booleans, Floats, Panel
from convergence.analysis.costs.pooling import TOGETHER, pooled, together
from convergence.analysis.costs.prices import PriceIndex, Prices
from convergence.analysis.costs.programme import GRANTS, extra_means, post_aid, supposed_means
from convergence.analysis.costs.society import PRODUCED, RIGHTS, TEAMS, deferred_rights, production, staff_time
from convergence.analysis.costs.sources import Source
from convergence.analysis.costs.stays import stay_costs
from convergence.analysis.costs.transfers import PAID, RECEIVED, transfers_of
from convergence.analysis.dataset import Tables
from convergence.analysis.months import Lost

_CELLS_HELD = 25_000_000
"""Cells (people × months × lines) of 8 bytes that a ledger keeps; above, blocks are worked out as they are needed."""
_BLOCK = 4_000
"""People worked out at once."""

LOST_UNKNOWN = (
    "Les mois sans nouvelles ne sont pas comptés\u00a0: les moyennes portent sur les personnes encore suivies, qui ne "
    " ressemblent pas aux autres."
)


@dataclass(frozen=True)
class Ledger:
    """Amounts of people, months and lines: positive for a cost to the payer, negative for a gain.

    :param year: None: euros of each month's year; else constant euros of that year.
    """

    panel: Panel
    sources: tuple[Source, ...]
    index: PriceIndex
    year: int | None = None

    @cached_property
    def lines(self) -> Lines:
        found = Lines(())
        for source in self.sources:
            found += source.lines
        found += TOGETHER
        lost = self.panel.lost
        told = (
            LOST_UNKNOWN if lost is None else f"Personnes sans nouvelles\u00a0: hypothèse «\u00a0{lost.value}\u00a0»."
        )
        return found + Lines((), {}, (self.index.flag(*self.panel.years), told))

    def constant(self, year: int) -> "Ledger":
        """The same ledger in constant euros of a year.

        :raises CostError: the index has no value for that year.
        """
        self.index.at(year)
        return replace(self, year=year)

    @property
    def amounts(self) -> Floats:
        """(people, months, lines), NaN in months that do not count.

        :raises CostError: more cells than memory should hold: ask for :meth:`totals`.
        """
        if not self._held:
            raise CostError(
                "Ce compte est trop grand pour être gardé personne par personne\u00a0: demandez ses sommes."
            )
        return np.where(self.panel.counted[:, :, None], self._amounts, np.nan)

    def totals(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weighted sums over people: amounts (sets, months, lines), and weights counted (sets, months).

        :param weights: (sets, people), or (people,) for one set.
        :raises CostError: weights that are negative, infinite, all zero, or not of these people.
        """
        sets = np.atleast_2d(np.asarray(weights, np.float64))
        if sets.shape[1] != self.panel.people:
            raise CostError(
                f"Il y a {sets.shape[1]} poids pour {self.panel.people} personnes\u00a0: donnez-en un par personne."
            )
        check_weights(sets)
        months, lines = self.panel.months, len(self.lines)
        sums, counted = np.zeros((len(sets), months * lines)), np.zeros((len(sets), months))
        for rows, block in self._blocks(cast(Booleans, sets.any(axis=0))):
            sums += sets[:, rows] @ block.reshape(block.shape[0], -1)
            counted += sets[:, rows] @ self.panel.counted[rows].astype(np.float64)
        return sums.reshape(len(sets), months, lines), counted

    def grouped(self, weights: Floats, groups: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
        """Weighted sums by group of people: amounts (groups, months, lines), weights counted (groups, months).

        :param groups: (people,) from 0 to ``count`` - 1.
        """
        months, lines = self.panel.months, len(self.lines)
        sums, counted = np.zeros((count, months, lines)), np.zeros((count, months))
        for rows, block in self._blocks(weights != 0):
            # Sums of runs of equal groups: many times faster than adding person by person.
            inside = np.flatnonzero(weights[rows])
            order = inside[np.argsort(groups[rows][inside], kind="stable")]
            found, begins = np.unique(groups[rows][order], return_index=True)
            weight = weights[rows][order]
            sums[found] += np.add.reduceat(block[order] * weight[:, None, None], begins, axis=0)
            counted[found] += np.add.reduceat(self.panel.counted[rows][order] * weight[:, None], begins, axis=0)
        return sums, counted

    def contributors(self, weights: Floats) -> NDArray[np.int64]:
        """How many people of some weight have an amount on each line, (lines,)."""
        found = np.zeros(len(self.lines), np.int64)
        for rows, block in self._blocks(weights != 0):
            found += (block[weights[rows] != 0] != 0).any(axis=1).sum(axis=0)
        return found

    def frame(self, by: NDArray[np.str_] | None = None) -> pl.DataFrame:
        """Totals as a table: `group`, `elapsed`, `people` counted, then item, label, payer, class, `amount` in euros.

        Groups and months with fewer than 5 people are left out; lines to which fewer contribute are counted together.

        :param by: (people,) the group of each, such as their scheme; everybody together when not given.
        """
        names = np.full(self.panel.people, "") if by is None else by
        parts = []
        for name in np.unique(names):
            members = (names == name).astype(np.float64)
            sums, counted = self.totals(members)
            sums = together(sums, pooled(self.lines, [self.contributors(members)]))
            kept = np.flatnonzero(counted[0] >= SMALLEST)
            for place, line in enumerate(self.lines.lines):
                parts.append(
                    pl.DataFrame(
                        {
                            "group": str(name),
                            "elapsed": kept,
                            "people": counted[0, kept].astype(np.int64),
                            "item": line.item,
                            "label": line.label,
                            "payer": line.payer.value,
                            "class": line.saving_class.value,
                            "amount": sums[0, kept, place],
                        }
                    )
                )
        return pl.concat(parts)

    @property
    def _held(self) -> bool:
        return self.panel.people * self.panel.months * len(self.lines) <= _CELLS_HELD

    @cached_property
    def _amounts(self) -> Floats:
        return self._block(0, self.panel.people)

    def _blocks(self, needed: Booleans) -> Iterator[tuple[slice, Floats]]:
        if self._held:
            yield slice(0, self.panel.people), self._amounts
            return
        for start in range(0, self.panel.people, _BLOCK):
            rows = slice(start, min(start + _BLOCK, self.panel.people))
            if needed[rows].any():
                yield rows, self._block(rows.start, rows.stop)

    def _block(self, start: int, stop: int) -> Floats:
        block, place = np.zeros((stop - start, self.panel.months, len(self.lines))), 0
        for source in self.sources:
            width = len(source.lines)
            source.fill(block[:, :, place : place + width], start, stop)
            place += width
        if self.year is not None:
            block *= self.index.factors(self.panel.calendar(slice(start, stop)), self.year)[:, :, None]
        return block


def check_weights(weights: Floats) -> None:
    """
    :raises CostError: weights that are not finite, negative, or all zero.
    """
    if not np.isfinite(weights).all():
        raise CostError(
            "Des poids sont infinis ou absents\u00a0: des personnes n’ont aucune vis-à-vis. Restreignez la comparaison "
            "à celles qui en ont."
        )
    if (weights < 0).any():
        raise CostError("Des poids sont négatifs\u00a0: une personne compte au moins pour zéro.")
    if (weights.sum(axis=-1) == 0).any():
        raise CostError("Tous les poids sont nuls\u00a0: il ne reste personne à qui comparer.")


def countable(prices: Prices) -> frozenset[str]:
    """Every item that a line of an account may have under these prices, whatever the dataset."""
    return frozenset({*prices.used, *PAID, *RECEIVED, *GRANTS, *TEAMS, PRODUCED, *RIGHTS})


def costs_of(
    tables: Tables,
    months: pl.DataFrame,
    days: pl.DataFrame,
    prices: Prices,
    *,
    benefits: Benefits,
    take_up: Mapping[str, TakeUp],
    lost: Lost | None = None,
    observed_take_up: bool = True,
    modulation: float | None = None,
) -> Ledger:
    """The ledger of a panel: benefits and contributions, nights and days, the programme, production, rights to come.

    :param tables: the dataset, for grants, means and who else was in a path.
    :param months: what ``person_months`` gave; ``lost``: the assumption with which it was made. Without one, only
        months that are known count, and means are those of people still followed: a flag says so.
    :param days: what :func:`~convergence.analysis.costs.stays.stays_of` gave on the same months.
    :param benefits, take_up: amounts by the law (people, months), and who takes them up.
    :param observed_take_up: believe the file where it tells whether a right is open.
    :param modulation: of the aid for posts, 0 to 0.10; None: uncertain.
    :raises CostError: nobody, months missing, amounts of another shape or negative, a price or a year that is missing.
    """
    panel = Panel.of(months, lost)
    first, last = panel.years
    for year in range(first, last + 1):
        prices.index.at(year)
    aid = post_aid(panel, tables, prices, modulation=modulation)
    means = extra_means(panel, tables, prices) or supposed_means(aid, panel, prices)
    found: list[Source | None] = [
        transfers_of(panel, months, benefits, take_up, prices, observed_take_up=observed_take_up),
        stay_costs(panel, days, prices),
        aid,
        means,
        staff_time(panel, tables),
        production(panel, benefits, aid),
        deferred_rights(panel, prices),
    ]
    return Ledger(
        panel, cast(tuple[Source, ...], tuple(source for source in found if source is not None)), prices.index
    )
