"""Whom an interval may speak of, and the error of a weighted difference when people share sites."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from convergence.analysis.impact.estimates import SUCH_SITES, THESE_PEOPLE, THESE_SITES
from convergence.analysis.impact.sample import Codes, Flags, Floats, Sample

FEWEST_SITES: Final = 4
"""Sites in each group below which nothing is said of other sites."""

MANY_SITES: Final = 20
"""Sites below which errors need a correction for small numbers."""


@dataclass(frozen=True)
class Inference:
    """How the errors of a sample are computed, and what must be said of it.

    :ivar groups: (n,) people who share a number are not independent.
    :ivar clusters: sites that errors account for; None: people are taken one by one.
    """

    groups: Codes
    clusters: int | None
    scope: str
    notes: tuple[str, ...]

    @property
    def few(self) -> bool:
        return self.clusters is not None and self.clusters < MANY_SITES


def inference_on(sample: Sample) -> Inference:
    """Errors by site where there are four sites or more in each group; by person otherwise, which is said.

    >>> people = Sample(range(12), [True] * 6 + [False] * 6, cluster=[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    >>> inference_on(people).scope
    'ces chantiers, et non d’autres'
    """
    alone = np.arange(len(sample), dtype=np.int64)
    if sample.cluster is None:
        return Inference(alone, None, THESE_PEOPLE, ())
    followed, compared = sample.sites_by_arm
    if min(followed, compared) < FEWEST_SITES:
        return Inference(
            alone,
            None,
            THESE_SITES,
            (
                f"Moins de quatre chantiers dans un groupe ({followed} pour les personnes suivies, {compared} pour les "
                "personnes comparées)\u00a0: le résultat vaut pour ces chantiers, et non pour d’autres. L’erreur est "
                "calculée par personne\u00a0; elle ne compte pas ce qui change d’un chantier à l’autre.",
            ),
        )
    count = sample.cluster_count
    notes = () if count >= MANY_SITES else (_few(count),)
    return Inference(sample.cluster, count, SUCH_SITES, notes)


def _few(count: int) -> str:
    return (
        f"{count} chantiers, soit moins de vingt\u00a0: l’erreur par chantier est corrigée (CR2) "
        "et l’intervalle prend les degrés de liberté de Satterthwaite."
    )


def difference_error(treated: Flags, weights: Floats, influence: Floats, groups: Codes) -> tuple[float, float]:
    """Standard error of a weighted difference of two means, and its degrees of freedom.

    Every estimator of this room that is not a regression is such a difference, exactly or to first order: the sum of
    ``influence`` over people is its error. Sums by site and group are divided by √(1−h), h being the site's share of
    its group's weight: this is CR2 (Bell and McCaffrey 2002) for the weighted regression of the outcome on the two
    groups, with the influence in the place of the weighted residual. Degrees of freedom are Satterthwaite's under
    independent errors of equal variance. One person per site: HC2, that is Neyman's error where weights are equal.

    :param weights: (n,) positive or zero, on any scale within each group.
    :param influence: (n,) contributions to the estimate's error.
    :param groups: (n,) the site of each person, or a number each.

    >>> y = np.array([1.0, 2, 4, 7, 0, 2, 1, 5])
    >>> arm = np.array([True] * 4 + [False] * 4)
    >>> psi = np.where(arm, (y - y[arm].mean()) / 4, -(y - y[~arm].mean()) / 4)
    >>> error, freedom = difference_error(arm, np.ones(8), psi, np.arange(8))
    >>> round(error, 6), round(float(y[arm].var(ddof=1) / 4 + y[~arm].var(ddof=1) / 4) ** 0.5, 6), round(freedom, 6)
    (1.707825, 1.707825, 6.0)
    """
    count = int(groups.max()) + 1
    total = np.zeros(count)
    diagonal = np.zeros(count)
    factors: list[Floats] = []
    middle = np.zeros((4, 4))
    for arm, members in enumerate((treated, ~treated)):
        share = np.where(members, weights, 0.0) / weights[members].sum()
        by_site = np.bincount(groups, share, count)
        widened = 1 / np.sqrt(np.maximum(1 - by_site, 1e-9))
        total += np.bincount(groups, np.where(members, influence, 0.0), count) * widened
        squares = np.bincount(groups, share**2, count)
        sign = 1.0 if arm == 0 else -1.0
        diagonal += squares * widened**2
        factors += [sign * by_site * widened, sign * squares * widened]
        middle[2 * arm : 2 * arm + 2, 2 * arm : 2 * arm + 2] = [[squares.sum(), -1.0], [-1.0, 0.0]]
    # The adjusted sums have covariance diag(diagonal) + ZCZ' if errors are independent and alike.
    z = np.column_stack(factors)
    inner = middle @ (z.T @ z)
    trace = float(diagonal.sum() + np.trace(inner))
    low_rank = np.einsum("gi,ij,gj->g", z, middle, z)
    square = float((diagonal**2).sum() + 2 * (diagonal * low_rank).sum() + np.trace(inner @ inner))
    return sqrt(float((total**2).sum())), trace**2 / square
