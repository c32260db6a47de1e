"""Weighting and regression together: right when either of the two models is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from convergence.analysis.impact.clusters import difference_error, inference_on
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.sample import Codes, Floats, Sample
from convergence.analysis.impact.scores import scores_of
from convergence.analysis.impact.weighting import difference, effective, heavy, normalised, widened

_SEED: Final = 20151231


@dataclass(frozen=True)
class DoublyRobust:
    """Augmented inverse-probability weighting for the ATT (Robins, Rotnitzky and Zhao 1994; Moodie et al. 2018).

    The outcome is regressed on the covariates among the people compared; the estimate is the difference of the two
    groups' mean residuals, those of the people compared being weighted by the odds of the score (normalised). It is
    right when the score's model or the regression is. The error is linearised and knows that both were
    estimated, so that it holds too when one of them is wrong; by site where there are sites.

    With ``folds``, both models are fitted on the other folds (cross-fitting, Chernozhukov et al. 2018); sites
    stay whole, and folds are drawn within each group from ``seed``.

    >>> rng = np.random.default_rng(3)
    >>> x = rng.normal(size=(400, 1))
    >>> treated = rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))
    >>> sample = Sample(2 * treated + x[:, 0] + rng.normal(size=400), treated, x, ["x"])
    >>> whole, crossed = DoublyRobust().fit(sample), DoublyRobust(folds=5, seed=1).fit(sample)
    >>> whole.low < 2 < whole.high, abs(whole.value - crossed.value) < whole.standard_error
    (True, True)

    ``diagnostics``: ``effective_controls``, ``largest_share``, ``outside``.
    """

    folds: int | None = None
    seed: int = _SEED
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.folds is not None and self.folds < 2:
            raise ImpactError("L’estimation croisée demande deux parts ou plus.")

    def weigh(self, sample: Sample) -> Floats:
        """(n,) weights that sum to 1 in each group, those of the score's odds.

        :raises ImpactError: no overlap, an infinite weight, too few people compared.
        """
        return normalised(sample, sample.weights * scores_of(sample).odds(sample.treated))

    def fit(self, sample: Sample) -> Estimate:
        """The ATT with its interval.

        :raises ImpactError: as ``weigh``.
        """
        value, influence, weights, notes, outside = self._whole(sample) if self.folds is None else self._crossed(sample)
        inference = inference_on(sample)
        error, freedom = difference_error(sample.treated, weights, influence, inference.groups)
        crossed = "" if self.folds is None else f", estimation croisée en {self.folds} parts"
        return estimated(
            sample,
            method=f"Estimateur doublement robuste{crossed}",
            value=value,
            standard_error=error,
            freedom=freedom,
            clusters=inference.clusters,
            scope=inference.scope,
            level=self.level,
            notes=inference.notes + notes + heavy(sample, weights),
            diagnostics={
                "effective_controls": effective(weights[~sample.treated]),
                "largest_share": float(weights[~sample.treated].max()),
                "outside": outside,
            },
        )

    def _whole(self, sample: Sample) -> tuple[float, Floats, Floats, tuple[str, ...], float]:
        """Value, influence, weights, notes and share without equivalent, both models being fitted on everybody."""
        scores = scores_of(sample)
        weights = normalised(sample, sample.weights * scores.odds(sample.treated))
        compared = ~sample.treated
        residuals, inverse, _ = _regressed(scores.design, sample)
        value, influence = difference(residuals, sample.treated, weights)
        # What the estimation of the score adds, then that of the regression.
        gradient = influence[compared] @ scores.design[compared]
        influence = influence + scores.scores_by_person @ np.linalg.solve(scores.information, gradient)
        shift = weights[sample.treated] @ scores.design[sample.treated] - weights[compared] @ scores.design[compared]
        own = scores.design @ (inverse @ shift) * sample.weights * residuals
        influence = widened(influence - np.where(compared, own, 0.0), scores.design[:, 1:], sample.treated, weights)
        return value, influence, weights, scores.notes, scores.outside

    def _crossed(self, sample: Sample) -> tuple[float, Floats, Floats, tuple[str, ...], float]:
        fold = self._fold_of(sample)
        odds, residuals = np.empty(len(sample)), np.empty(len(sample))
        whole = scores_of(sample)
        for number in range(int(fold.max()) + 1):
            here = fold == number
            others = sample.rows(~here)
            scores = scores_of(others)
            design = scores.at(sample.covariates[here])
            _, _, slopes = _regressed(scores.design, others)
            odds[here] = np.exp(design @ scores.coefficients)
            residuals[here] = sample.outcome[here] - design @ slopes
        weights = normalised(sample, sample.weights * np.where(sample.treated, 1.0, odds))
        value, influence = difference(residuals, sample.treated, weights)
        return value, influence, weights, whole.notes, whole.outside

    def _fold_of(self, sample: Sample) -> Codes:
        """(n,) folds in which whole sites, or people where there are none, are dealt out group after group."""
        rng = np.random.default_rng(self.seed)
        units = np.arange(len(sample)) if sample.cluster is None else sample.cluster
        followed = np.bincount(units, sample.treated) > np.bincount(units) / 2
        order = rng.permutation(len(followed))
        order = order[np.argsort(~followed[order], kind="stable")]
        dealt = np.empty(len(followed), dtype=np.int64)
        dealt[order] = np.arange(len(followed)) % (self.folds or 1)
        return np.asarray(dealt[units])


def _regressed(design: Floats, sample: Sample) -> tuple[Floats, Floats, Floats]:
    """Residuals (n,) of everybody from the regression among the people compared; the inverse (p, p) of its normal
    matrix; its slopes (p,)."""
    compared = ~sample.treated
    chosen, weights = design[compared], sample.weights[compared]
    normal = (chosen * weights[:, None]).T @ chosen
    # A covariate may be constant among the people compared alone: the inverse is then the generalised one.
    inverse = np.asarray(np.linalg.pinv(normal, hermitian=True), dtype=np.float64)
    slopes = inverse @ (chosen.T @ (weights * sample.outcome[compared]))
    residuals: Floats = sample.outcome - design @ slopes
    return residuals, inverse, slopes
