"""People still followed count for those like them who are not: weights that are the inverse of the chance to be."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.french import percent
from convergence.analysis.impact.doubly_robust import DoublyRobust
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, Estimator
from convergence.analysis.impact.linear import independent
from convergence.analysis.impact.sample import Flags, Floats, Sample
from convergence.analysis.impact.weighting import effective

_SPREAD: Final = 2.5
"""Standard deviation of what is supposed beforehand of a coefficient (Gelman et al. 2008): none is ever infinite."""
_LEAST_CHANCE: Final = 0.05
_ROUNDS: Final = 100
_HEAVY: Final = 0.1


@dataclass(frozen=True)
class StillFollowed:
    """Any estimator on the people still followed, each weighted by the inverse of the chance that she had of being so.

    In each group apart, the chance is a logistic model of what was known at entry, its coefficients kept within reason
    by a normal law of standard deviation 2.5 on standardised covariates (Gelman et al. 2008, Annals of Applied
    Statistics 2:1360-1383), and no chance is taken below 5 %. A person counts for p(group)/p(person): weights have mean
    one and the group keeps its size (Robins, Rotnitzky and Zhao 1995, JASA 90:106-121). This removes what the loss of
    people biases as far as covariates explain both the loss and the outcome; what they do not explain stays, and
    bounds (:mod:`convergence.analysis.impact.bounds`) say how much that could be. The error takes the weights as known,
    which makes it too large rather than too small.

    ``diagnostics``: those of the estimator, and ``lost_treated``, ``lost_controls`` (shares lost),
    ``effective_followed`` (Kish's number of people that the weights leave, of all people followed).

    >>> rng = np.random.default_rng(5)
    >>> x, treated = rng.normal(size=2000), rng.random(2000) < 0.5
    >>> outcome = x + treated
    >>> outcome[treated & (rng.random(2000) > 1 / (1 + np.exp(-2 * x)))] = np.nan
    >>> people = Sample(np.zeros(2000), treated, x, ["x"])
    >>> from convergence.analysis.impact.regression import Difference
    >>> found, kept = StillFollowed(Difference()).fit(people, outcome), np.isfinite(outcome)
    >>> round(float(outcome[kept & treated].mean() - outcome[~treated].mean()), 1), round(found.value, 1)
    (1.5, 1.0)
    """

    estimator: Estimator = field(default_factory=DoublyRobust)

    def weigh(self, people: Sample, followed: Flags) -> Floats:
        """(n,) weights of the people followed, times those of the sample; 0 for those lost.

        :raises ImpactError: fewer than five people followed in a group, or weights that leave fewer.
        """
        weights = np.zeros(len(people))
        for side, who in ((people.treated, "suivies"), (~people.treated, "comparées")):
            here = followed[side]
            if int(here.sum()) < SMALLEST:
                raise ImpactError(
                    f"Moins de {SMALLEST} personnes {who} ont un résultat connu\u00a0: rien ne dit ce que seraient les "
                    "autres. Choisissez une échéance plus proche."
                )
            own = people.weights[side]
            chance = _chances(people.covariates[side], people.names, here, own)
            found = np.where(here, own * np.average(here, weights=own) / np.maximum(chance, _LEAST_CHANCE), 0.0)
            if effective(found) < SMALLEST:
                raise ImpactError(
                    f"Moins de {SMALLEST} personnes {who} porteraient celles qui sont perdues de vue\u00a0: le "
                    "résultat n’est pas calculé. Donnez les bornes."
                )
            weights[side] = found
        return weights

    def fit(self, people: Sample, outcome: ArrayLike) -> Estimate:
        """The estimate.

        :param people: everybody whom the outcome concerns; the sample's own outcome is not read.
        :param outcome: (n,) theirs, NaN for those lost from sight.
        :raises ImpactError: as :meth:`weigh`, as the estimator; nobody is lost.
        """
        values = np.asarray(outcome, dtype=np.float64)
        if len(values) != len(people):
            raise ImpactError(f"{len(people)} personnes mais {len(values)} résultats\u00a0: donnez-en un par personne.")
        followed: Flags = np.isfinite(values)
        if followed.all():
            raise ImpactError("Personne n’est perdu de vue\u00a0: il n’y a rien à pondérer.")
        weights = self.weigh(people, followed)
        kept = people.rows(followed)
        found = self.estimator.fit(
            Sample(values[followed], kept.treated, kept.covariates, kept.names, kept.cluster, weights[followed])
        )
        lost = [1 - float(followed[side].mean()) for side in (people.treated, ~people.treated)]
        number = effective(weights[followed])
        notes = (
            "Personnes encore suivies pondérées par l’inverse de leur chance de l’être\u00a0: ce que leur situation à "
            "l’entrée n’explique pas de la perte des autres n’est pas corrigé.",
            *_heavy(weights[followed]),
        )
        return replace(
            found,
            method=f"{found.method}, pondéré par la chance d’être encore suivie",
            notes=(*notes, *found.notes),
            diagnostics={
                **found.diagnostics,
                "lost_treated": lost[0],
                "lost_controls": lost[1],
                "effective_followed": number,
            },
        )


def _chances(columns: Floats, names: tuple[str, ...], followed: Flags, weights: Floats) -> Floats:
    """(n,) chances to be followed of the people of one group: a logistic model, held back by its law beforehand."""
    if followed.all() or not names:
        return np.full(len(followed), float(np.average(followed, weights=weights)))
    kept, _ = independent(columns, names)
    chosen = columns[:, kept]
    spread = np.maximum(chosen.std(axis=0), 1e-12)
    design = np.column_stack([np.ones(len(chosen)), (chosen - chosen.mean(axis=0)) / spread])
    held = np.full(design.shape[1], _SPREAD**-2)
    held[0] = 0.0
    told, signs = followed.astype(np.float64), np.where(followed, 1.0, -1.0)

    def reached(coefficients: Floats) -> float:
        likelihood = weights @ log_expit(signs * (design @ coefficients))
        return float(likelihood - (held * coefficients**2).sum() / 2)

    coefficients = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        fitted: Floats = expit(design @ coefficients)
        slope = weights * fitted * (1 - fitted)
        information = (design * slope[:, None]).T @ design + np.diag(held)
        step = np.linalg.solve(information, design.T @ (weights * (told - fitted)) - held * coefficients)
        length = 1.0
        while reached(coefficients + length * step) < reached(coefficients) - 1e-9 and length > 1e-6:
            length /= 2
        coefficients = coefficients + length * step
        if np.abs(step).max() < 1e-9:
            break
    found: Floats = expit(design @ coefficients)
    return found


def _heavy(weights: Floats) -> tuple[str, ...]:
    share = float(weights.max() / weights.sum())
    if share <= _HEAVY:
        return ()
    return (f"Une seule personne porte {percent(share)} de ce qui vient des personnes encore suivies.",)
