"""Weighting by the odds of the score: people compared count as much as they resemble the people followed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.clusters import difference_error, inference_on
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.sample import Flags, Floats, Sample
from convergence.analysis.impact.scores import scores_of

_HEAVY: Final = 0.1
_LARGEST_LEVERAGE: Final = 0.75


@dataclass(frozen=True)
class ScoreWeighting:
    """Inverse-probability weighting for the ATT, normalised (Hájek 1971; Hirano, Imbens and Ridder 2003).

    The mean of the people followed, less the mean of the people compared weighted by e/(1−e). The error is linearised
    and knows that the score was estimated (M-estimation: Stefanski and Boos 2002); by site where there are sites.

    ``diagnostics``: ``effective_controls`` (Kish: (Σw)²/Σw²), ``largest_share`` of the weight held by one person,
    ``log_likelihood`` of the score, ``outside`` (share of the people followed without equivalent).

    >>> rng = np.random.default_rng(3)
    >>> x = rng.normal(size=(400, 1))
    >>> treated = rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))
    >>> found = ScoreWeighting().fit(Sample(2 * treated + x[:, 0] + rng.normal(size=400), treated, x, ["x"]))
    >>> found.low < 2 < found.high
    True
    """

    level: float = 0.95

    def weigh(self, sample: Sample) -> Floats:
        """(n,) weights that sum to 1 in each group, people of the sample in their order.

        :raises ImpactError: no overlap, an infinite weight, or fewer than five effective people compared.
        """
        return normalised(sample, sample.weights * scores_of(sample).odds(sample.treated))

    def fit(self, sample: Sample) -> Estimate:
        """The ATT with its interval.

        :raises ImpactError: as ``weigh``; an outcome that does not vary.
        """
        scores = scores_of(sample)
        weights = normalised(sample, sample.weights * scores.odds(sample.treated))
        value, influence = difference(sample.outcome, sample.treated, weights)
        # What the estimation of the score adds: the derivative of the weighted mean, times the score's own influence.
        gradient = influence[~sample.treated] @ scores.design[~sample.treated]
        influence = influence + scores.scores_by_person @ np.linalg.solve(scores.information, gradient)
        influence = widened(influence, scores.design[:, 1:], sample.treated, weights)
        inference = inference_on(sample)
        error, freedom = difference_error(sample.treated, weights, influence, inference.groups)
        return estimated(
            sample,
            method="Pondération par le score",
            value=value,
            standard_error=error,
            freedom=freedom,
            clusters=inference.clusters,
            scope=inference.scope,
            level=self.level,
            notes=inference.notes + scores.notes + heavy(sample, weights),
            diagnostics={
                "effective_controls": effective(weights[~sample.treated]),
                "largest_share": float(weights[~sample.treated].max()),
                "log_likelihood": scores.log_likelihood,
                "outside": scores.outside,
            },
        )


def effective(weights: Floats) -> float:
    """Kish's (1965) effective number of people: (Σw)²/Σw².

    >>> effective(np.array([1.0, 1, 1, 1])), effective(np.array([1.0, 0, 0, 0]))
    (4.0, 1.0)
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def normalised(sample: Sample, weights: Floats) -> Floats:
    """Weights that sum to 1 in each group.

    :raises ImpactError: those of the people compared come down to fewer than five people.
    """
    compared = ~sample.treated
    total = np.where(sample.treated, weights[sample.treated].sum(), weights[compared].sum())
    if not np.isfinite(total).all() or (total <= 0).any():
        raise ImpactError(
            "Poids infinis ou tous nuls\u00a0: les deux groupes ne se ressemblent pas assez. Restreignez-vous aux "
            "personnes comparables."
        )
    if effective(weights[compared]) < SMALLEST:
        raise ImpactError(
            f"Après pondération, moins de {SMALLEST} personnes comparées portent tout le résultat\u00a0: il n’est pas "
            "calculé. Élargissez le groupe de comparaison, ou retirez des caractéristiques."
        )
    found: Floats = weights / total
    return found


def difference(outcome: Floats, treated: Flags, weights: Floats) -> tuple[float, Floats]:
    """The difference of two weighted means, and the contribution of each person to its error, weights being fixed."""
    followed = float(outcome[treated] @ weights[treated])
    compared = float(outcome[~treated] @ weights[~treated])
    influence: Floats = weights * np.where(treated, outcome - followed, compared - outcome)
    return followed - compared, influence


def widened(influence: Floats, columns: Floats, treated: Flags, weights: Floats) -> Floats:
    """The influence of the people compared divided by √(1−h): residuals are too small where covariates are many.

    h is a person's leverage in the weighted regression of the outcome on the covariates among the people compared, the
    constant apart (``difference_error`` sees to it), at most 3/4 (Fay and Graubard 2001). For entropy balancing, which
    is that regression's prediction at the means of the people followed, this is HC2.

    :param columns: (n, k) covariates, which may say the same thing twice.
    :param weights: (n,) summing to 1 in each group.
    """
    compared = ~treated
    share = weights[compared]
    centred = columns[compared] - share @ columns[compared]
    scaled = centred / np.maximum(np.sqrt(share @ centred**2), 1e-12)
    inverse = np.linalg.pinv((scaled * share[:, None]).T @ scaled, hermitian=True)
    leverage = share / (1 - share) * np.einsum("ij,jk,ik->i", scaled, inverse, scaled)
    found = influence.copy()
    found[compared] /= np.sqrt(1 - np.minimum(leverage, _LARGEST_LEVERAGE))
    return found


def heavy(sample: Sample, weights: Floats) -> tuple[str, ...]:
    """A note where one person compared holds more than a tenth of the weight."""
    share = float(weights[~sample.treated].max())
    if share <= max(_HEAVY, 2 / sample.control_count):
        return ()
    return (f"Une seule personne comparée porte {100 * share:.0f}\u00a0% du poids\u00a0: le résultat dépend d’elle.",)
