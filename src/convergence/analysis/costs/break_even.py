"""When savings have paid the programme back: a distribution, in which "never" is an answer."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from convergence.analysis import french
from convergence.analysis.conventions import LEVEL, TWO_YEARS
from convergence.analysis.costs.account import Account, Curve
from convergence.analysis.costs.codes import Perspective
from convergence.analysis.costs.panel import Floats

NEVER = 0
"""Stands for "not within the months that are known"."""
SHARES_OF_CAPACITY = (0.0, 0.5, 1.0)
DEFINITION = (
    "Premier mois à la fin duquel les économies cumulées depuis l’entrée couvrent le coût cumulé, et le couvrent "
    "encore tous les mois suivants du compte. «\u00a0Jamais\u00a0»\u00a0: elles ne le couvrent pas à la fin du compte."
)
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class BreakEven:
    """The month in which a curve breaks even, counted from 1 for the month of entry.

    :param month: of the central case; None: never within ``horizon`` months.
    :param distribution: (horizon + 1,) probability of each month 1 to ``horizon``, at its own place; of never, at 0.
    """

    name: str
    horizon: int
    month: int | None
    distribution: Floats

    @property
    def never(self) -> float:
        """Probability that it does not happen within the horizon."""
        return float(self.distribution[NEVER])

    def within(self, months: int) -> float | None:
        """Probability that it has happened by a month; None where the account does not reach that far."""
        return float(self.distribution[1 : months + 1].sum()) if months <= self.horizon else None

    @property
    def by_second_year(self) -> float | None:
        """P(break-even ≤ 24 months)."""
        return self.within(TWO_YEARS)

    def interval(self, level: float = LEVEL) -> tuple[int | None, int | None]:
        """The quantiles of the distribution around ``level``, never being later than any month."""
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def _quantile(self, share: float) -> int | None:
        reached = np.flatnonzero(np.cumsum(self.distribution[1:]) >= share - _TOLERANCE)
        return int(reached[0]) + 1 if reached.size else None

    def __str__(self) -> str:
        """A sentence to print, with the interval and the counterfactual named."""
        low, high = self.interval()
        central = _month(self.month, self.horizon)
        ends = f"de {_month(low, self.horizon)} à {_month(high, self.horizon)}" if low != high else "le même"
        sentence = f"{self.name}\u00a0: {central} (intervalle à 95\u00a0%\u00a0: {ends})"
        if self.by_second_year is not None:
            sentence += f"\u00a0; probabilité au plus tard à 24 mois\u00a0: {100 * self.by_second_year:.0f}\u00a0%"
        return f"{sentence}\u00a0; jamais en {self.horizon} mois\u00a0: {100 * self.never:.0f}\u00a0%."


def months_to_break_even(cumulated: Floats) -> NDArray[np.int64]:
    """The month from which curves are at or above zero and stay so, (…,) of (…, months); ``NEVER``: they end below.

    >>> import numpy as np
    >>> from convergence.analysis.costs import months_to_break_even
    >>> months_to_break_even(np.array([[-3.0, 1.0, -1.0, 0.0, 2.0], [-3.0, 1.0, 1.0, 1.0, -0.5]])).tolist()
    [4, 0]
    """
    scale = np.maximum(np.abs(cumulated).max(axis=-1, keepdims=True), 1.0)
    below = cumulated < -_TOLERANCE * scale
    months = cumulated.shape[-1]
    last_below = months - np.argmax(below[..., ::-1], axis=-1)
    month = np.where(below.any(axis=-1), last_below + 1, 1)
    return cast(NDArray[np.int64], np.where(month > months, NEVER, month))


def break_even(curve: Curve) -> BreakEven:
    """The break-even of a curve, and its distribution over the draws."""
    central = int(months_to_break_even(curve.central))
    drawn = months_to_break_even(curve.draws)
    counts = np.bincount(drawn, minlength=curve.months + 1) / len(drawn)
    return BreakEven(curve.name, curve.months, central or None, counts)


def break_evens(
    account: Account,
    perspective: Perspective = Perspective.PUBLIC_FINANCE,
    *,
    foundations: bool = False,
    rate: float = 0.0,
) -> dict[float, BreakEven]:
    """The break-even for cashable savings alone (0), then with half and all of the capacity freed."""
    return {
        share: break_even(account.curve(perspective, capacity=share, foundations=foundations, rate=rate))
        for share in SHARES_OF_CAPACITY
    }


def summary(account: Account, perspective: Perspective = Perspective.PUBLIC_FINANCE, *, rate: float = 0.0) -> str:
    """The account in lines to paste: who is compared, what was drawn, the balance at two years, the break-even."""
    euros = f"euros constants de {account.year}" if account.year else "euros courants"
    people = f"{account.treated} personnes" + (f" et {account.controls} en comparaison" if account.controls else "")
    horizon = min(TWO_YEARS, account.months)
    lines = [
        f"{account.name}\u00a0— {perspective.label}, {euros}, {people}",
        f"{len(account.draws)} tirages ({account.resampling}\u00a0; prix\u00a0: loi {account.law.value}), "
        f"graine {account.seed}",
    ]
    for share, found in break_evens(account, perspective, rate=rate).items():
        curve = account.curve(perspective, capacity=share, rate=rate)
        low, high = (band[horizon - 1] for band in curve.band())
        central = curve.central[horizon - 1]
        lines.append(
            f"Capacités comptées à {100 * share:.0f}\u00a0%\u00a0: solde à {horizon} mois {french.euros(central)} "
            f"[{french.euros(low)}\u00a0; {french.euros(high)}] par personne\u00a0; équilibre\u00a0: "
            f"{_month(found.month, found.horizon)}, jamais\u00a0: {100 * found.never:.0f}\u00a0% des tirages"
        )
    return "\n".join([*lines, *account.notes])


def _month(month: int | None, horizon: int) -> str:
    return f"{month} mois" if month else f"jamais en {horizon} mois"
