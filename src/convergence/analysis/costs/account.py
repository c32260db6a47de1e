"""The account of a contrast: what is saved and spent, month by month and line by line, with its joint uncertainty."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.conventions import LEVEL, TAILS
from convergence.analysis.costs.codes import Payer, Perspective, SavingClass
from convergence.analysis.costs.drawing import Law, line_factors
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import Line, Lines
from convergence.analysis.costs.panel import Floats

HIGHEST_RATE = 0.20


@dataclass(frozen=True)
class Curve:
    """A cumulated balance by month since entry, € a person: central case, draws, and interval.

    :param central: (months,); :param draws: (draws, months); :param name: the contrast, the perspective, what counts.
    """

    name: str
    central: Floats
    draws: Floats

    @property
    def months(self) -> int:
        return len(self.central)

    def band(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The interval of each month, by the quantiles of the draws: low (months,), high (months,)."""
        low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def plot(self, ax: Any) -> Any:
        """The curve, its interval and the zero line on matplotlib axes, which are given back."""
        months = np.arange(1, self.months + 1)
        ax.fill_between(months, *self.band(), alpha=0.2, linewidth=0)
        ax.plot(months, self.central, label=self.name)
        ax.axhline(0, color="black", linewidth=0.8)
        ax.set_xlabel("Mois depuis l’entrée")
        ax.set_ylabel("Euros cumulés par personne")
        return ax


@dataclass(frozen=True)
class Account:
    """Mean monthly savings of the people of the scheme, € a person: positive where the payer spends less than without.

    :param name: of the contrast: the counterfactual, and how it was built.
    :param saving: (months, lines), central case. Lines of the programme are savings below zero.
    :param draws: (draws, months, lines): people and effects drawn again, factors at their central value.
    :param factors: (draws, factors of ``lines``): prices and take-up drawn, 1 at the centre. The draws of a line are
        ``draws`` × the draws of its factor: prices enter linearly.
    :param observed: (months,) people counted, of the smaller side.
    :param year: None: current euros; else constant euros of that year.
    :param resampling: what was drawn again, in French.
    """

    name: str
    lines: Lines
    saving: Floats
    draws: NDArray[np.float32]
    factors: Floats
    treated: int
    controls: int | None
    observed: NDArray[np.int64]
    seed: int
    law: Law
    resampling: str
    year: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def months(self) -> int:
        return int(self.saving.shape[0])

    @property
    def multipliers(self) -> Floats:
        """Draws of the factor of each line, (draws, lines)."""
        return line_factors(self.lines, self.factors)

    def weights(
        self,
        perspective: Perspective = Perspective.PUBLIC_FINANCE,
        *,
        capacity: float = 1.0,
        foundations: bool = False,
        payers: Iterable[Payer] | None = None,
        without: Iterable[str] = (),
    ) -> Floats:
        """How much of each line a balance counts, (lines,).

        Cashable lines, the programme, and production (society) count whole; capacity by the share that is really
        saved; deferred rights never. Foundations pay apart: the published sentence is about public funding.
        ``without``: items that are left out, to tell how much a sentence owes to what it does not count.

        :raises CostError: a share out of 0 to 1.
        """
        if not 0 <= capacity <= 1:
            raise CostError("La part des capacités comptée va de 0 à 1\u00a0: donnez 0, 0,5 ou 1.")
        lines = self.lines
        counted = lines.chosen(perspective) & ~lines.of_class(SavingClass.DEFERRED)
        if not foundations:
            counted &= ~lines.of_payers([Payer.FOUNDATIONS])
        if payers is not None:
            counted &= lines.of_payers(payers)
        left_out = frozenset(without)
        counted &= np.array([line.item not in left_out for line in lines.lines], bool)
        shares = np.where(lines.of_class(SavingClass.CAPACITY), capacity, 1.0)
        return cast(Floats, counted * shares)

    def curve(
        self,
        perspective: Perspective = Perspective.PUBLIC_FINANCE,
        *,
        capacity: float = 1.0,
        foundations: bool = False,
        payers: Iterable[Payer] | None = None,
        rate: float = 0.0,
    ) -> Curve:
        """The cumulated balance, savings less programme; see :meth:`weights`. ``rate``: discount rate, a year.

        :raises CostError: a share or a rate out of range.
        """
        counted = self.weights(perspective, capacity=capacity, foundations=foundations, payers=payers)
        monthly, drawn = self.balance(counted)
        discount = discounting(rate, self.months)
        share = f"{100 * capacity:.0f}\u00a0% des capacités"
        return Curve(
            f"{self.name} · {perspective.label} · {share}",
            np.cumsum(monthly * discount),
            np.cumsum(drawn * discount, axis=1),
        )

    def balance(self, weights: Floats) -> tuple[Floats, Floats]:
        """A weighted sum of lines: the central case (months,), and its draws (draws, months)."""
        return self.saving @ weights, np.einsum("dml,dl->dm", self.draws, self.multipliers * weights, optimize=True)

    def table(self, *, months: int | None = None, rate: float = 0.0) -> pl.DataFrame:
        """Savings cumulated over the first months, by line: `item`, `label`, `payer`, `class`, `perspectives`, then
        `saving` and its interval `low`, `high`, in € a person.

        :raises CostError: more months than the account has, or a rate out of range.
        """
        number = self.months if months is None else months
        if not 1 <= number <= self.months:
            raise CostError(f"Le compte a {self.months} mois\u00a0: demandez-en entre 1 et {self.months}.")
        discount = discounting(rate, self.months)[:number]
        central = discount @ self.saving[:number]
        drawn = np.einsum("dml,m->dl", self.draws[:, :number], discount, optimize=True) * self.multipliers
        low, high = np.quantile(drawn, TAILS, axis=0)
        lines = self.lines.lines
        return pl.DataFrame(
            {
                "item": [line.item for line in lines],
                "label": [line.label for line in lines],
                "payer": [line.payer.value for line in lines],
                "class": [line.saving_class.value for line in lines],
                "perspectives": ["+".join(sorted(one.value for one in line.perspectives)) for line in lines],
                "saving": central,
                "low": low,
                "high": high,
            }
        )

    def by_month(
        self,
        by: str = "payer",
        perspective: Perspective = Perspective.PUBLIC_FINANCE,
        *,
        capacity: float = 1.0,
        rate: float = 0.0,
    ) -> pl.DataFrame:
        """Savings by month and payer, class or item: `elapsed`, `by`, `saving` of the month, then `cumulated` with its
        interval `low`, `high`, in € a person. Foundations have rows of their own; deferred rights, and lines
        that are empty, none.

        :raises CostError: a share or a rate out of range, or another ``by``.
        """
        weights = self.weights(perspective, capacity=capacity, foundations=True)
        discount = discounting(rate, self.months)
        keys = np.array([_key(line, by) for line in self.lines.lines])
        parts = []
        counted = (weights > 0) & self.saving.any(axis=0)
        for key in dict.fromkeys(keys[counted if counted.any() else weights > 0].tolist()):
            monthly, drawn = self.balance(np.where(keys == key, weights, 0.0))
            cumulated = np.cumsum(drawn * discount, axis=1)
            low, high = np.quantile(cumulated, TAILS, axis=0)
            columns = {
                "saving": monthly * discount,
                "cumulated": np.cumsum(monthly * discount),
                "low": low,
                "high": high,
            }
            parts.append(pl.DataFrame({"elapsed": range(self.months), "by": [key] * self.months, **columns}))
        return pl.concat(parts)


def discounting(rate: float, months: int) -> Floats:
    """What a euro of each month is worth in the month of entry, (months,).

    :raises CostError: a rate below 0 or above 20 % a year.
    """
    if not 0 <= rate <= HIGHEST_RATE:
        raise CostError("Le taux d’actualisation va de 0 à 20\u00a0% par an\u00a0: écrivez 0,03 pour 3\u00a0%.")
    return (1 + rate) ** (-np.arange(months) / 12)


def _key(line: Line, by: str) -> str:
    keys = {"payer": line.payer.value, "class": line.saving_class.value, "item": line.item}
    if by not in keys:
        raise CostError(f"Un compte se lit par {', '.join(keys)}\u00a0: «\u00a0{by}\u00a0» n’en est pas.")
    return keys[by]
