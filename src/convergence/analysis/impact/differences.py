"""Differences in differences, and event studies: what changed for those reached, against what changed for the others.

With several starts the usual two-way regression compares the newly reached with those reached before, and may give a
mean effect of the wrong sign (Goodman-Bacon 2021, Journal of Econometrics 225:254-277). Here each group of units that
start together has its own effect in each period, estimated against units not yet reached, and these are averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Any

import numpy as np
from scipy import stats
from scipy.linalg import solve_triangular

from convergence.analysis.french import number, probability
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate
from convergence.analysis.impact.linear import Linear
from convergence.analysis.impact.multiplicity import adjust
from convergence.analysis.impact.panel import Panel, PanelInference
from convergence.analysis.impact.sample import Codes, Flags, Floats


class DifferenceInDifferences:
    """The mean effect on the units reached, over the periods from their start on.

    Of the outcome y of unit i in period t: y = α_i + λ_t + Σ over starts g and periods t ≥ g of β_gt D_gt, the effect
    being the mean of the β_gt weighted by the rows reached. This is the extended two-way regression of Wooldridge
    (2021), the imputation of Borusyak, Jaravel and Spiess (2024, Review of Economic Studies 91:3253-3285); with one
    start it is the difference of the two groups' changes. It rests on parallel trends: look at :class:`EventStudy`.
    Errors: CR2 with Satterthwaite's degrees, by site or by unit (:meth:`Panel.inference`).

    >>> before, after = [1.0, 2, 3, 4, 5, 1, 2, 3, 4, 6], [4.0, 5, 7, 7, 8, 2, 3, 4, 6, 6]
    >>> found = DifferenceInDifferences().fit(Panel.two_dates(before, after, [True] * 5 + [False] * 5))
    >>> round(found.value, 6)
    2.2
    """

    def __init__(self, *, level: float = 0.95) -> None:
        self.level = level

    def fit(self, panel: Panel) -> Estimate:
        inference = panel.inference()
        usable = _known_when(panel, ~panel.reached)
        cells = [(panel.start == start) & (panel.period == period) & usable for start, period in _reached_cells(panel)]
        cells = [cell for cell in cells if cell.any()]
        columns = _mean_first(cells, panel.weights)
        linear, groups = _fitted(panel, columns, ~panel.reached, inference)
        error, freedom = linear.cluster_error(0, groups, "CR2")
        return _estimate(
            panel, "Différence de différences", float(linear.coefficients[0]), error, freedom, self.level, inference
        )


@dataclass(frozen=True)
class EventStudyFit:
    """Effects by period counted from the start.

    :ivar relative: (k,) periods from the start: -3, -2, 0, 1…; -1 is the reference, where the effect is 0.
    :ivar effects: (k,) with ``errors``, ``low``, ``high``, ``p_values``.
    :ivar trend_statistic: F of "no effect before the start" on ``trend_freedom`` degrees; NaN without leads, or with
        too few sites for it. ``trend_p``: its probability; without it, the smallest of the leads' corrected by Holm.
    """

    relative: tuple[int, ...]
    effects: Floats
    errors: Floats
    low: Floats
    high: Floats
    p_values: Floats
    trend_statistic: float
    trend_freedom: tuple[float, float]
    trend_p: float
    inference: PanelInference
    notes: tuple[str, ...]

    def summary(self) -> str:
        """Lines to paste in a paper."""
        lines = ["Étude d’événement (référence : la période qui précède le début)"]
        lines += [
            f"  {period:+d}  {number(effect, 3)} [{number(low, 3)} ; {number(high, 3)}]"
            for period, effect, low, high in zip(self.relative, self.effects, self.low, self.high, strict=True)
        ]
        return "\n".join([*lines, *(f"  – {note}" for note in self.notes)])

    def plot(self, ax: Any) -> None:
        """Draw effects and intervals by period, the start marked, on matplotlib axes."""
        at = np.array([*self.relative, -1])
        order = np.argsort(at)
        for periods, ends in zip(self.relative, zip(self.low, self.high, strict=True), strict=True):
            ax.plot([periods, periods], ends, color="#1f4e79", linewidth=2)
        ax.plot(at[order], np.array([*self.effects, 0.0])[order], marker="o", color="#1f4e79")
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0)
        ax.axvline(-0.5, color="0.6", linewidth=0.8, linestyle=":", zorder=0)
        ax.set_xlabel("Périodes depuis le début")
        ax.set_ylabel("Effet")


class EventStudy:
    """Effects by period before and after the start: leads, which should be nothing, and lags.

    The regression of :class:`DifferenceInDifferences` with one effect for each start and each period but the one
    before the start; the effect at distance e is their mean weighted by the rows (Sun and Abraham 2021, Journal of
    Econometrics 225:175-199). The joint test of the leads is Wald's on site-robust errors, F(leads, sites - 1). That
    no lead shows does not prove parallel trends: see the width of their intervals (Roth 2022, AER: Insights 4:305-322).

    >>> unit, period = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    >>> start = np.where(unit < 5, 2.0, np.nan)
    >>> outcome = unit + 0.5 * period + 3.0 * (period >= start) + 0.1 * np.sin(7.0 * unit * period)
    >>> found = EventStudy().fit(Panel(outcome, period, start, unit=unit))
    >>> found.relative, np.abs(found.effects).round().tolist()
    ((-2, 0, 1), [0.0, 3.0, 3.0])

    :param leads: periods before the start that have an effect of their own; earlier ones are pooled with the first of
        them. ``lags``: after, in the same way. None: all.
    """

    def __init__(self, leads: int | None = None, lags: int | None = None, *, level: float = 0.95) -> None:
        self.leads, self.lags, self.level = leads, lags, level

    def fit(self, panel: Panel) -> EventStudyFit:
        inference = panel.inference()
        relative = np.where(np.isfinite(panel.start), panel.period - panel.start, -1.0)
        if not (np.isfinite(panel.start) & (panel.period - panel.start == -1)).any():
            raise ImpactError(
                "Étude d’événement : personne n’est connu à la période qui précède le début ; donnez cette période, ou "
                "prenez la différence de différences."
            )
        if not np.isinf(panel.start).any():
            raise ImpactError(
                "Étude d’événement : toutes les unités finissent par être atteintes ; il faut des unités jamais "
                "atteintes pour suivre le temps qui passe."
            )
        low = -inf if self.leads is None else -float(self.leads) - 1
        high = inf if self.lags is None else float(self.lags)
        pooled = np.clip(relative, min(low, -1.0), max(high, -1.0))
        usable = _known_when(panel, relative == -1)
        distances = [int(each) for each in np.unique(pooled[np.isfinite(panel.start)]) if each != -1]
        columns: list[Floats] = []
        places = []
        for distance in distances:
            cells = [
                cell
                for start in np.unique(panel.start[np.isfinite(panel.start)])
                if (cell := (panel.start == start) & (pooled == distance) & usable).any()
            ]
            if cells:
                places.append((distance, len(columns)))
                columns += _mean_first(cells, panel.weights)
        linear, groups = _fitted(panel, columns, relative == -1, inference)
        effects = np.array([linear.coefficients[place] for _, place in places])
        found = [linear.cluster_error(place, groups, "CR2") for _, place in places]
        errors, freedom = np.array([each for each, _ in found]), np.array([each for _, each in found])
        if (errors <= 1e-12 * np.maximum(1.0, np.abs(effects))).any():
            raise ImpactError("Étude d’événement : le résultat ne varie pas, son incertitude ne se mesure pas.")
        half = stats.t.ppf((1 + self.level) / 2, freedom) * errors
        p_values = 2 * stats.t.sf(np.abs(effects) / errors, freedom)
        before = [rank for rank, (distance, _) in enumerate(places) if distance < -1]
        test = _trend(linear, [places[rank][1] for rank in before], groups, p_values[before])
        notes = (*panel.notes, *inference.notes, _said(test, len(before)))
        return EventStudyFit(
            tuple(distance for distance, _ in places),
            effects,
            errors,
            effects - half,
            effects + half,
            p_values,
            *test,
            inference,
            notes,
        )


def _reached_cells(panel: Panel) -> list[tuple[float, int]]:
    """Starts and periods in which units of that start are reached, while others are not yet."""
    periods, cells = np.unique(panel.period), []
    for start in np.unique(panel.start[np.isfinite(panel.start)]):
        for period in periods[periods >= start]:
            if ((panel.start > period) & (panel.period == period)).any():
                cells.append((float(start), int(period)))
    if not cells:
        raise ImpactError("Différence de différences : à aucune période il ne reste d’unités à qui comparer.")
    return cells


def _known_when(panel: Panel, rows: Flags) -> Flags:
    """(n,) rows of units that have one of these rows, their point of comparison: the others have no change to tell."""
    if panel.unit is None:
        return np.ones(len(panel), dtype=np.bool_)
    known: Flags = np.isin(panel.unit, np.unique(panel.unit[rows]))
    return known


def _mean_first(cells: Sequence[Flags], weights: Floats) -> list[Floats]:
    """Columns that span those of the cells, the coefficient of the first being the weighted mean of theirs.

    With β_j = θ + δ_j and Σ w_j δ_j = 0: θ goes with Σ x_j, and δ_j (but the last) with x_j - (w_j / w_J) x_J.
    """
    *first, last = [cell.astype(np.float64) for cell in cells]
    *shares, whole = [float(weights[cell].sum()) for cell in cells]
    others = [each - share / whole * last for each, share in zip(first, shares, strict=True)]
    return [np.sum([*first, last], axis=0), *others]


def _fitted(
    panel: Panel, columns: Sequence[Floats], reference: Flags, inference: PanelInference
) -> tuple[Linear, Codes]:
    """Least squares on the columns, with unit and period effects, and the groups of the rows that were used.

    Rows that are neither a reference nor in a column (units without a before, periods without anybody to compare with)
    are left out. Unit effects are taken off by demeaning (Frisch and Waugh), which leaves errors by site as they are
    since a unit lies within its site (Pustejovsky and Tipton 2018, JBES 36:672-683, theorem 2).
    """
    kept = reference | (np.abs(columns).sum(axis=0) > 0)
    period, weights = panel.period[kept], panel.weights[kept]
    design = [*(column[kept] for column in columns), *((period == each) * 1.0 for each in np.unique(period)[1:])]
    outcome = panel.outcome[kept]
    if panel.unit is None:
        # Different people come at each period: those who start together share an effect.
        begins = panel.start[kept]
        matrix = np.column_stack([*design, *((begins == each) * 1.0 for each in np.unique(begins))])
    else:
        unit = np.unique(panel.unit[kept], return_inverse=True)[1]
        totals = np.bincount(unit, weights)
        matrix = np.column_stack([each - (np.bincount(unit, weights * each) / totals)[unit] for each in design])
        outcome = outcome - (np.bincount(unit, weights * outcome) / totals)[unit]
    if np.linalg.matrix_rank(matrix * np.sqrt(weights)[:, None]) < matrix.shape[1]:
        raise ImpactError(
            "Différence de différences : ces périodes ne suffisent pas à séparer l’effet du temps qui passe ; "
            "ajoutez des périodes d’avant ou des unités comparées."
        )
    groups: Codes = np.unique(inference.groups[kept], return_inverse=True)[1].astype(np.int64)
    return Linear.fit(matrix, outcome, weights), groups


def _trend(
    linear: Linear, places: Sequence[int], groups: Codes, p_values: Floats
) -> tuple[float, tuple[float, float], float]:
    """Wald's F of the coefficients at these places being all zero; Holm's smallest where sites are too few."""
    if not places:
        return nan, (nan, nan), nan
    count = int(groups.max()) + 1
    if count - 1 <= len(places):
        corrected = adjust({str(place): float(p) for place, p in zip(places, p_values, strict=True)})
        return nan, (nan, nan), min(corrected.adjusted)
    scores = np.column_stack([np.bincount(groups, each, count) for each in (linear.q * linear.residuals[:, None]).T])
    influence = solve_triangular(linear.r, scores.T).T[:, places]
    covariance = influence.T @ influence * count / (count - 1)
    coefficients = linear.coefficients[list(places)]
    statistic = float(coefficients @ np.linalg.solve(covariance, coefficients)) / len(places)
    degrees = float(len(places)), float(count - 1)
    return statistic, degrees, float(stats.f.sf(statistic, *degrees))


def _said(test: tuple[float, tuple[float, float], float], leads: int) -> str:
    statistic, degrees, p = test
    if not leads:
        return "Une seule période avant le début : rien ne dit si les deux groupes évoluaient de la même façon."
    if np.isnan(statistic):
        how = "Holm, chantiers trop peu nombreux pour un test conjoint"
    else:
        how = f"F({degrees[0]:.0f}, {degrees[1]:.0f}) = {number(statistic, 2)}"
    if p < 0.05:
        return (
            f"Les deux groupes n’évoluaient pas de la même façon avant le début ({how}, {probability(p)}) : la "
            "différence de différences n’est pas à croire ici."
        )
    return (
        f"Aucun écart n’apparaît avant le début ({how}, {probability(p)}). Cela ne prouve pas que les évolutions "
        "étaient parallèles : voyez la largeur des intervalles d’avant."
    )


def _estimate(
    panel: Panel, method: str, value: float, error: float, freedom: float, level: float, inference: PanelInference
) -> Estimate:
    if error <= 1e-12 * max(1.0, abs(value)) or not freedom > 0:
        raise ImpactError(
            f"{method} : le résultat ne varie pas à l’intérieur des groupes, son incertitude ne se mesure pas ; "
            "décrivez-le sans intervalle."
        )
    law = stats.t(freedom)
    half = float(law.ppf((1 + level) / 2)) * error
    return Estimate(
        "ATT",
        method,
        value,
        error,
        value - half,
        value + half,
        level,
        freedom,
        float(2 * law.sf(abs(value) / error)),
        panel.treated_units,
        panel.control_units,
        inference.clusters,
        inference.scope,
        (*panel.notes, *inference.notes),
    )
