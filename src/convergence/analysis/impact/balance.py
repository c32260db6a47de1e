"""Were the two groups alike? Means, standardised differences and variance ratios, before and after weighting."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any, Final

import numpy as np

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.french import number
from convergence.analysis.impact.sample import Flags, Floats, Sample
from convergence.analysis.impact.weighting import effective

ALIKE: Final = 0.1
"""Standardised difference, either way, above which two groups are not alike (Stuart 2010; Austin 2009)."""

RATIOS: Final = (0.5, 2.0)
"""Ratios of variances between which two spreads are alike (Rubin 2001)."""


@dataclass(frozen=True)
class Side:
    """One comparison of the two groups on one covariate."""

    followed: float
    compared: float
    difference: float
    ratio: float


@dataclass(frozen=True)
class Row:
    """A covariate before and after weighting.

    :ivar before, after: means of the two groups, standardised difference (in standard deviations of the
        people followed *before* weighting, the same for both), ratio of variances (followed / compared; NaN for a
        covariate of two values, which its mean describes whole).
    :ivar withheld: fewer than five people of a group have the value, or lack it: means are not printed.
    """

    name: str
    before: Side
    after: Side
    withheld: bool

    @property
    def alike(self) -> bool:
        low, high = RATIOS
        spread = np.isnan(self.after.ratio) or low <= self.after.ratio <= high
        return bool(abs(self.after.difference) <= ALIKE and spread)


@dataclass(frozen=True)
class Balance:
    """The table of balance of a sample under weights.

    :ivar effective_followed, effective_controls: Kish's effective numbers of people under the weights.
    """

    rows: tuple[Row, ...]
    followed: int
    compared: int
    effective_followed: float
    effective_controls: float

    @property
    def worst(self) -> float:
        """The largest standardised difference left, either way."""
        return max((abs(row.after.difference) for row in self.rows), default=0.0)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said with the result; nothing where the groups are alike."""
        said = []
        far = [row.name for row in self.rows if abs(row.after.difference) > ALIKE]
        if far:
            said.append(
                f"Les deux groupes diffèrent encore (écart standardisé supérieur à {number(ALIKE, 1)}) sur\u00a0: "
                f"{_listed(far)}. L’effet estimé peut venir de ces différences."
            )
        low, high = RATIOS
        spread = [row.name for row in self.rows if not np.isnan(row.after.ratio) and not low <= row.after.ratio <= high]
        if spread:
            said.append(
                f"Les deux groupes sont inégalement dispersés (rapport des variances)\u00a0: {_listed(spread)}."
            )
        if self.effective_controls < self.compared / 4:
            said.append(
                f"Les {self.compared} personnes comparées comptent comme {number(self.effective_controls)}\u00a0: "
                "peu d’entre elles ressemblent aux personnes suivies."
            )
        return tuple(said)

    def table(self) -> list[dict[str, str | float | None]]:
        """Rows to write as CSV: name, means, differences, ratios before and after; None where withheld."""
        return [
            {
                "name": row.name,
                **{f"{when}_{key}": value for when, side in _sides(row) for key, value in _cells(row, side).items()},
            }
            for row in self.rows
        ]

    def summary(self) -> str:
        """The table in plain text, in French.

        >>> people = Sample(range(12), [True] * 6 + [False] * 6, [[i % 6 + (i < 6)] for i in range(12)], ["âge"])
        >>> print(balance_of(people).summary())
        Équilibre (6 personnes suivies, 6 comparées, qui comptent comme 6 et 6)
                  avant : suivies  comparées   écart |  après : suivies  comparées   écart
        âge                  3,50       2,50   +0,53 |            3,50       2,50   +0,53
        """
        width = max([9, *(len(row.name) for row in self.rows)])
        head = (
            f"Équilibre ({self.followed} personnes suivies, {self.compared} comparées, qui comptent comme "
            f"{number(self.effective_followed)} et {number(self.effective_controls)})"
        )
        titles = f"{'':<{width}} avant : suivies  comparées   écart |  après : suivies  comparées   écart"
        return "\n".join([head, titles, *(_line(row, width) for row in self.rows)])

    def plot(self, ax: Any) -> None:
        """The love plot (Love 2004): standardised differences before and after, on matplotlib axes."""
        places = np.arange(len(self.rows))[::-1]
        for when, marker, filled in (("before", "o", "none"), ("after", "o", "#1f4e79")):
            values = [getattr(row, when).difference for row in self.rows]
            label = "avant pondération" if when == "before" else "après pondération"
            ax.scatter(values, places, marker=marker, facecolors=filled, edgecolors="#1f4e79", label=label, zorder=2)
        for edge in (-ALIKE, ALIKE):
            ax.axvline(edge, color="0.6", linewidth=0.8, linestyle="--")
        ax.axvline(0.0, color="0.3", linewidth=0.8)
        ax.set_yticks(places, [row.name for row in self.rows])
        ax.set_xlabel("Écart standardisé entre personnes suivies et comparées")
        ax.legend(frameon=False)


def balance_of(sample: Sample, weights: Floats | None = None) -> Balance:
    """Compare the two groups on every covariate, before and after weighting.

    :param weights: (n,) as an estimator's ``weigh`` gives them; none: the sample's own, twice.

    >>> people = Sample(range(12), [True] * 6 + [False] * 6, [[i % 6 + (i < 6)] for i in range(12)], ["âge"])
    >>> round(balance_of(people).worst, 4)
    0.5345
    """
    after = sample.weights if weights is None else weights
    rows = []
    for column, name in zip(sample.covariates.T, sample.names, strict=True):
        scale = sqrt(_variance(column[sample.treated], sample.weights[sample.treated]))
        binary = bool(np.isin(column, (0.0, 1.0)).all())
        rows.append(
            Row(
                name,
                _side(column, sample.treated, sample.weights, scale, binary),
                _side(column, sample.treated, after, scale, binary),
                binary and _rare(column, sample.treated),
            )
        )
    return Balance(
        tuple(rows),
        sample.treated_count,
        sample.control_count,
        effective(after[sample.treated]),
        effective(after[~sample.treated]),
    )


def _side(column: Floats, treated: Flags, weights: Floats, scale: float, binary: bool) -> Side:
    means = [float(np.average(column[arm], weights=weights[arm])) for arm in (treated, ~treated)]
    spreads = [_variance(column[arm], weights[arm]) for arm in (treated, ~treated)]
    gap = means[0] - means[1]
    # Everybody followed has the same value: any difference is without measure, none is none.
    nothing = 1e-9 * max(1.0, abs(means[0]))
    difference = gap / scale if scale > nothing else 0.0 if abs(gap) <= nothing else float(np.copysign(np.inf, gap))
    ratio = nan if binary or spreads[1] <= nothing**2 else spreads[0] / spreads[1]
    return Side(means[0], means[1], difference, ratio)


def _variance(values: Floats, weights: Floats) -> float:
    """Variance under weights, as s² where they are equal: divided by 1 − Σw² for weights that sum to one."""
    share = weights / weights.sum()
    left = 1 - float((share**2).sum())
    mean = float(values @ share)
    return float((values - mean) ** 2 @ share) / left if left > 0 else 0.0


def _rare(column: Floats, treated: Flags) -> bool:
    counts = [count for arm in (treated, ~treated) for count in (column[arm].sum(), (1 - column[arm]).sum())]
    return any(0 < count < SMALLEST for count in counts)


def _sides(row: Row) -> tuple[tuple[str, Side], tuple[str, Side]]:
    return ("before", row.before), ("after", row.after)


def _cells(row: Row, side: Side) -> dict[str, float | None]:
    return {
        "followed": None if row.withheld else side.followed,
        "compared": None if row.withheld else side.compared,
        "difference": side.difference,
        "variance_ratio": None if np.isnan(side.ratio) else side.ratio,
    }


def _line(row: Row, width: int) -> str:
    def means(side: Side) -> str:
        if row.withheld:
            return f"{'< 5':>15}{'< 5':>11}"
        return f"{_plain(side.followed):>15}{_plain(side.compared):>11}"

    before, after = (f"{means(side)}{number(side.difference, 2, signed=True):>8}" for _, side in _sides(row))
    return f"{row.name:<{width}} {before} | {after}"


def _plain(value: float) -> str:
    """Two decimals; years and other numbers of four figures are written without a space."""
    return number(value, 2) if abs(value) >= 10_000 else f"{value:.2f}".replace(".", ",").replace("-", "\u2212")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"«\u00a0{name}\u00a0»" for name in names)
