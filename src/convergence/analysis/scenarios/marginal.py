"""What one more month of path costs and brings: where a longer path stops being worth its price."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from convergence.analysis.conventions import LEVEL
from convergence.analysis.costs.codes import Perspective, SavingClass
from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.engine import Cohort, Tally
from convergence.analysis.scenarios.money import StateCosts
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.states import EXITS, IN_PATH, LIVING, LONGEST, WORK_OF, Exit, Work

_DURABLE = EXITS.index(Exit.DURABLE)


@dataclass(frozen=True)
class Marginal:
    """The longest path allowed, moved from month m to m + 1, for one person who enters; arrays (draws, 60), m = 0 … 59.

    ``there``: the share still in the path at the end of month m; ``hazard``: the probability, for them, of a durable
    exit in month m + 1, and ``change``: that minus the one of month m; ``most``: durable exits gained, F(m + 1) − F(m),
    if whoever m puts out leaves without a solution, which is ``there`` × ``hazard``; ``least``: if she leaves as people
    of that duration do. F(m): probability of a durable exit when m is the last month allowed. ``cost``: € of
    the month gained by those still there, as public finance, gross of anything they would have cost outside; ``net``:
    what they would have cost without work taken off. Costs are NaN where none were given.
    """

    there: Floats
    hazard: Floats
    change: Floats
    most: Floats
    least: Floats
    cost: Floats
    net: Floats

    @classmethod
    def of(cls, cohort: Cohort, weights: Floats, tally: Tally, costs: StateCosts | None) -> "Marginal":
        """:param weights: of the territories (P,)."""
        there = np.einsum("rpm,p->rm", cohort.there, weights)
        durable = np.einsum("rpm,p->rm", cohort.exits[..., _DURABLE], weights)
        last = np.einsum("rpm,p->rm", cohort.last[..., _DURABLE], weights)
        begun = np.concatenate([np.ones_like(there[:, :1]), there[:, :-1]], axis=1)
        hazard = np.divide(durable, begun, out=np.zeros_like(durable), where=begun > 1e-9)
        before = np.concatenate([np.zeros_like(durable[:, :1]), durable.cumsum(1)[:, :-1]], axis=1)
        ever = before + last
        inside, outside = _month_costs(tally, costs)
        return cls(
            there=there[:, :LONGEST],
            hazard=hazard[:, 1:],
            change=np.diff(hazard, axis=1),
            most=durable[:, 1:],
            least=np.diff(ever, axis=1),
            cost=there[:, :LONGEST] * inside[:, None],
            net=there[:, :LONGEST] * (inside - outside)[:, None],
        )

    def table(self) -> pl.DataFrame:
        """One row for each m: `month` (m), then for each measure its mean and its 95 % interval (`…_low`, `…_high`),
        and `per_durable`: mean net cost over the mean of ``most``, € for one more durable exit at best; empty where no
        costs were given."""
        columns: dict[str, Any] = {"month": np.arange(LONGEST)}
        for name in ("there", "hazard", "change", "most", "least", "cost", "net"):
            draws = getattr(self, name)
            low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
            columns |= {name: draws.mean(0), f"{name}_low": low, f"{name}_high": high}
        gained = columns["most"]
        ratio = np.divide(columns["net"], gained, out=np.full(LONGEST, np.nan), where=gained > 0)
        return pl.DataFrame(columns).with_columns(per_durable=pl.Series(ratio).fill_nan(None)).fill_nan(None)

    def plot(self, axes: Any) -> None:
        """Draw the hazard of a durable exit by month, with its band, on axes of matplotlib."""
        months = np.arange(1, LONGEST + 1)
        low, high = np.quantile(self.hazard, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        axes.fill_between(months, 100 * low, 100 * high, alpha=0.25)
        axes.plot(months, 100 * self.hazard.mean(0))
        axes.set_xlabel("Mois du parcours")
        axes.set_ylabel("Sortie en emploi durable dans le mois (%)")

    def summary(self, months: tuple[int, ...] = (12, 18, 24, 30, 36, 48)) -> str:
        """Some months in a few lines: text to paste."""
        table = self.table()
        if not set(months) <= set(table["month"]):
            raise AnalysisError(f"Les mois vont de 0 à {LONGEST - 1}.")
        lines = ["Allonger d’un mois le parcours permis, pour 100 personnes qui entrent"]
        for row in table.filter(pl.col("month").is_in(months)).iter_rows(named=True):
            low, high = (100 * row[f"hazard_{end}"] for end in ("low", "high"))
            hazard = f"{100 * row['hazard']:.2f}\u00a0% [{low:.2f}\u00a0; {high:.2f}]"
            gain = f"{100 * row['least']:.2f} à {100 * row['most']:.2f}"
            cost = "" if row["net"] is None else f", coût net {100 * row['net']:.0f}\u00a0€"
            lines.append(
                f"  mois {row['month']} → {row['month'] + 1}\u00a0: sortie durable dans le mois {hazard}\u00a0; "
                f"sorties durables gagnées {gain}{cost}"
            )
        return "\n".join(lines)


def _month_costs(tally: Tally, costs: StateCosts | None) -> tuple[Floats, Floats]:
    """€ a month as public finance, deferred rights apart, in a path and without work after it (draws,) each.

    States are weighted as people are over the projection.
    """
    draws = tally.entries.shape[0]
    if costs is None:
        return np.full(draws, np.nan), np.full(draws, np.nan)
    counted = [
        Perspective.PUBLIC_FINANCE in line.perspectives
        and line.payer.public
        and line.saving_class is not SavingClass.DEFERRED
        for line in costs.lines
    ]
    by_state = costs.at(draws)[:, :LIVING, counted].sum(-1)
    people = tally.occupancy[..., :LIVING].sum((1, 2), dtype=np.float64) + 1e-9
    return _mean(by_state, people * IN_PATH), _mean(by_state, people * (WORK_OF == Work.NONE))


def _mean(values: Floats, weights: Floats) -> Floats:
    return np.asarray((values * weights).sum(1) / weights.sum(1))
