"""Matching on the score: each person followed is compared with the people whose score is nearest."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from convergence.analysis.impact.clusters import difference_error, inference_on
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.sample import Codes, Floats, Sample
from convergence.analysis.impact.scores import Scores, scores_of
from convergence.analysis.impact.weighting import difference, effective, heavy, normalised, widened

_SAME: Final = 1e-12
"""Scores that differ by less are the same score, computed twice."""


@dataclass(frozen=True)
class ScoreMatching:
    """Nearest neighbours on the score, with replacement, for the ATT (Rosenbaum and Rubin 1983).

    Each person followed is compared with the mean of the ``neighbours`` people compared whose scores are nearest;
    all those at the distance of the last one are taken, with equal weights. The error is that of Abadie and Imbens
    (2006), outcome variances being estimated on the ``within`` nearest people of the same group; where there are sites,
    sums by site of the same decomposition with the outcome regressed on the covariates (Abadie and Imbens 2011, Otsu
    and Rai 2017). Both take the score as known; what its estimation adds or takes off is small on drawn comparisons
    (docs/coverage.md). A bootstrap would be wrong here (Abadie and Imbens 2008).

    >>> rng = np.random.default_rng(3)
    >>> x = rng.normal(size=(400, 1))
    >>> treated = rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))
    >>> sample = Sample(2 * treated + x[:, 0] + rng.normal(size=400), treated, x, ["x"])
    >>> found = ScoreMatching(neighbours=3).fit(sample)
    >>> found.low < 2 < found.high, found.diagnostics["matched_controls"] < sample.control_count
    (True, True)

    ``diagnostics``: ``effective_controls``, ``matched_controls`` (people compared who serve), ``largest_share``,
    ``farthest`` (largest distance of a match, in score), ``outside``.
    """

    neighbours: int = 5
    within: int = 2
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.within < 1:
            raise ImpactError("L’appariement demande au moins un voisin.")

    def weigh(self, sample: Sample) -> Floats:
        """(n,) weights that sum to 1 in each group: how often each person compared serves.

        :raises ImpactError: no overlap, too few people compared.
        """
        return self._match(sample, scores_of(sample))[0]

    def fit(self, sample: Sample) -> Estimate:
        """The ATT with its interval.

        :raises ImpactError: as ``weigh``.
        """
        scores = scores_of(sample)
        weights, squares, farthest = self._match(sample, scores)
        value, _ = difference(sample.outcome, sample.treated, weights)
        inference = inference_on(sample)
        compared = ~sample.treated
        if inference.clusters is None:
            error, freedom = self._person_error(sample, scores, weights, squares, value), np.inf
        else:
            residuals = _residuals(sample)
            _, influence = difference(residuals, sample.treated, weights)
            influence = widened(influence, sample.covariates, sample.treated, weights)
            error, freedom = difference_error(sample.treated, weights, influence, inference.groups)
        return estimated(
            sample,
            method=f"Appariement sur le score ({self.neighbours} voisins)",
            value=value,
            standard_error=error,
            freedom=freedom,
            clusters=inference.clusters,
            scope=inference.scope,
            level=self.level,
            notes=inference.notes + scores.notes + heavy(sample, weights),
            diagnostics={
                "effective_controls": effective(weights[compared]),
                "matched_controls": float((weights[compared] > 0).sum()),
                "largest_share": float(weights[compared].max()),
                "farthest": farthest,
                "outside": scores.outside,
            },
        )

    def _match(self, sample: Sample, scores: Scores) -> tuple[Floats, Floats, float]:
        """Normalised weights; for each person compared the sum of squares of what she weighs in each match (in units of
        the normalised weight); the largest distance."""
        if sample.control_count < self.neighbours:
            raise ImpactError(
                f"{sample.control_count} personnes comparées pour {self.neighbours} voisins\u00a0: demandez-en moins."
            )
        followed, compared = np.flatnonzero(sample.treated), np.flatnonzero(~sample.treated)
        order = compared[np.argsort(scores.values[compared], kind="stable")]
        ranked = scores.values[order]
        first, last, distance = _nearest(ranked, scores.values[followed], self.neighbours)
        own = sample.weights[followed] / sample.weights[followed].sum()
        # What a person compared weighs is the sum, over the matches whose range of ranks holds her, of own/total.
        cumulated = np.concatenate([[0.0], np.cumsum(sample.weights[order])])
        share = own / (cumulated[last] - cumulated[first])
        weights, squares = np.zeros(len(sample)), np.zeros(len(sample))
        weights[followed] = own
        weights[order] = sample.weights[order] * _covering(first, last, share, len(order))
        squares[order] = sample.weights[order] ** 2 * _covering(first, last, share**2, len(order))
        return normalised(sample, weights), squares, float(distance.max())

    def _person_error(self, sample: Sample, scores: Scores, weights: Floats, squares: Floats, value: float) -> float:
        """Abadie and Imbens (2006), theorem 7: Σ_T w²(Y−Ŷ(0)−τ)² + Σ_C (w² − Σ of squared match weights)·σ²(X)."""
        followed = np.flatnonzero(sample.treated)
        compared = np.flatnonzero(~sample.treated)
        order = compared[np.argsort(scores.values[compared], kind="stable")]
        ranked, outcomes, base = scores.values[order], sample.outcome[order], sample.weights[order]
        first, last, _ = _nearest(ranked, scores.values[followed], self.neighbours)
        sums = np.concatenate([[0.0], np.cumsum(outcomes * base)])
        totals = np.concatenate([[0.0], np.cumsum(base)])
        imputed = (sums[last] - sums[first]) / (totals[last] - totals[first])
        between = (weights[followed] ** 2 * (sample.outcome[followed] - imputed - value) ** 2).sum()
        variances = _variances(ranked, outcomes, self.within)
        inside = ((weights[order] ** 2 - squares[order]) * variances).sum()
        return sqrt(float(between + max(0.0, inside)))


def _nearest(ranked: Floats, targets: Floats, count: int) -> tuple[Codes, Codes, Floats]:
    """Ranks [first, last) of the ``count`` values of ``ranked`` (sorted) nearest to each target, ties included."""
    # The nearest values are neighbours in rank: the best of the windows around where the target would stand.
    place = np.searchsorted(ranked, targets)
    low, high = np.maximum(place - count, 0), np.minimum(place, len(ranked) - count)
    while (low < high).any():
        middle = (low + high) // 2
        # The window moves right as long as what enters is nearer than what leaves.
        enters = ranked[np.minimum(middle + count, len(ranked) - 1)]
        right = np.abs(enters - targets) < np.abs(ranked[middle] - targets)
        move = low < high
        low = np.where(move & right, middle + 1, low)
        high = np.where(move & ~right, middle, high)
    distance: Floats = np.maximum(np.abs(ranked[low] - targets), np.abs(ranked[low + count - 1] - targets))
    first = np.searchsorted(ranked, targets - distance - _SAME, side="left")
    last = np.searchsorted(ranked, targets + distance + _SAME, side="right")
    return first, last, distance


def _covering(first: Codes, last: Codes, amounts: Floats, count: int) -> Floats:
    """(count,) for each rank, the sum of the amounts of the ranges that hold it."""
    changes = np.zeros(count + 1)
    np.add.at(changes, first, amounts)
    np.subtract.at(changes, last, amounts)
    held = np.zeros(count + 1)
    np.add.at(held, first, 1)
    np.subtract.at(held, last, 1)
    # Where no range holds a rank, rounding must not leave a weight.
    found: Floats = np.where(np.cumsum(held)[:count] > 0, np.cumsum(changes)[:count], 0.0)
    return found


def _variances(ranked: Floats, outcomes: Floats, within: int) -> Floats:
    """(m,) variance of the outcome around each person, from the ``within`` nearest others (ties included)."""
    if len(ranked) <= within:
        raise ImpactError("Trop peu de personnes comparées pour mesurer la variance\u00a0: élargissez le groupe.")
    first, last, _ = _nearest(ranked, ranked, within + 1)
    sums = np.concatenate([[0.0], np.cumsum(outcomes)])
    others = (last - first - 1).astype(np.float64)
    mean = (sums[last] - sums[first] - outcomes) / others
    found: Floats = others / (others + 1) * (outcomes - mean) ** 2
    return found


def _residuals(sample: Sample) -> Floats:
    """The outcome less its regression on the covariates among the people compared."""
    compared = ~sample.treated
    matrix = np.column_stack([np.ones(len(sample)), sample.covariates - sample.covariates.mean(axis=0)])
    scale = np.sqrt(sample.weights[compared])
    slopes = np.linalg.lstsq(matrix[compared] * scale[:, None], sample.outcome[compared] * scale, rcond=None)[0]
    found: Floats = sample.outcome - matrix @ slopes
    return found
