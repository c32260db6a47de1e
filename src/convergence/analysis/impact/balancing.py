"""Entropy balancing: the weights nearest to equal that make the two groups alike, exactly."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logsumexp

from convergence.analysis.impact.clusters import difference_error, inference_on
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.linear import independent
from convergence.analysis.impact.sample import Floats, Sample
from convergence.analysis.impact.weighting import difference, effective, heavy, normalised, widened

_ROUNDS: Final = 200
_EXACT: Final = 1e-9
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class EntropyBalancing:
    """Entropy balancing for the ATT (Hainmueller 2012), by Newton's method on the dual.

    Weights of the people compared are exp(x'λ), λ such that their weighted means equal those of the people followed;
    with ``moments=2``, their variances too. The estimate is doubly robust and its error is that of Zhao and Percival
    (2017): residuals of the weighted regression on the balanced covariates, widened as HC2; by site where there are
    sites.

    ``diagnostics``: ``effective_controls``, ``largest_share``, ``imbalance`` (largest standardised difference left).
    """

    moments: int = 1
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.moments not in {1, 2}:
            raise ImpactError("L’équilibrage porte sur les moyennes (1), ou sur les moyennes et les variances (2).")

    def weigh(self, sample: Sample) -> Floats:
        """(n,) weights that sum to 1 in each group.

        :raises ImpactError: the means of the people followed are out of reach of the people compared.

        >>> sample = Sample(range(12), [True] * 6 + [False] * 6, [[i % 6 + (i < 6) / 2] for i in range(12)], ["x"])
        >>> weights = EntropyBalancing().weigh(sample)
        >>> round(float(weights[6:] @ sample.covariates[6:, 0]), 9)
        3.0
        """
        return self._solve(sample)[0]

    def fit(self, sample: Sample) -> Estimate:
        """The ATT with its interval.

        :raises ImpactError: as ``weigh``.
        """
        weights, terms, notes = self._solve(sample)
        value, _ = difference(sample.outcome, sample.treated, weights)
        compared = ~sample.treated
        mean = float(sample.outcome[compared] @ weights[compared])
        scale = np.sqrt(weights[compared])[:, None]
        centred = sample.outcome[compared] - mean
        slopes = np.linalg.lstsq(terms[compared] * scale, centred * scale[:, 0], rcond=None)[0]
        _, influence = difference(sample.outcome - terms @ slopes, sample.treated, weights)
        influence = widened(influence, terms, sample.treated, weights)
        inference = inference_on(sample)
        error, freedom = difference_error(sample.treated, weights, influence, inference.groups)
        return estimated(
            sample,
            method="Équilibrage par l’entropie",
            value=value,
            standard_error=error,
            freedom=freedom,
            clusters=inference.clusters,
            scope=inference.scope,
            level=self.level,
            notes=inference.notes + notes + heavy(sample, weights),
            diagnostics={
                "effective_controls": effective(weights[compared]),
                "largest_share": float(weights[compared].max()),
                "imbalance": float(np.abs(weights[compared] @ terms[compared]).max()),
            },
        )

    def _solve(self, sample: Sample) -> tuple[Floats, Floats, tuple[str, ...]]:
        """Weights; the balanced terms (n, m), centred on the people followed and scaled; notes on what was left out."""
        if not sample.names:
            raise ImpactError("L’équilibrage demande des caractéristiques connues à l’entrée\u00a0: il n’y en a pas.")
        kept, notes = independent(sample.covariates, sample.names)
        columns = sample.covariates[:, kept]
        followed, compared = sample.treated, ~sample.treated
        if self.moments == 2:
            centre = np.average(columns[followed], axis=0, weights=sample.weights[followed])
            squares = (columns - centre) ** 2
            # The square of a column of two values says nothing more than the column.
            more, _ = independent(squares, [""] * squares.shape[1], before=columns)
            columns = np.column_stack([columns, squares[:, more]])
        centre = np.average(columns[followed], axis=0, weights=sample.weights[followed])
        terms: Floats = (columns - centre) / columns.std(axis=0)
        base = np.log(sample.weights[compared])
        solved = _dual(terms[compared], base - logsumexp(base))
        weights = sample.weights.copy()
        weights[compared] = solved
        return normalised(sample, weights), terms, notes


def _dual(terms: Floats, base: Floats) -> Floats:
    """Weights of the people compared whose means of ``terms`` are zero; they sum to 1."""
    multipliers = np.zeros(terms.shape[1])
    reached = float(logsumexp(base))
    weights: Floats = np.exp(base)
    for _ in range(_ROUNDS):
        gradient = weights @ terms
        if np.abs(gradient).max(initial=0.0) < _EXACT:
            return weights
        curvature = (terms * weights[:, None]).T @ terms - np.outer(gradient, gradient)
        try:
            step = -np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            break
        slope = float(gradient @ step)
        if not np.isfinite(slope) or slope >= 0:
            break
        length = 1.0
        tried = float(logsumexp(base + terms @ (multipliers + length * step)))
        # Near the end what is gained is less than the rounding of the sum: the whole step is then right.
        while tried > reached + 1e-4 * length * slope + _ROUNDING and length > 1e-10:
            length /= 2
            tried = float(logsumexp(base + terms @ (multipliers + length * step)))
        multipliers = multipliers + length * step
        reached = tried
        weights = np.exp(base + terms @ multipliers - reached)
    raise ImpactError(
        "Pas de recouvrement\u00a0: aucune pondération des personnes comparées n’atteint les moyennes des personnes "
        "suivies. Retirez ou regroupez des caractéristiques rares, ou cherchez un groupe de comparaison plus proche."
    )
