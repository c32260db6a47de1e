"""People lost from sight are no zeros: between which effects the truth lies, whatever became of them."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.french import number
from convergence.analysis.impact.errors import ImpactError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest effect that the missing outcomes allow, in the outcome's unit.

    :ivar lower: ``upper``: the bounds themselves; ``low``, ``high``: a 95 % interval for the effect that takes chance
        into account too.
    :ivar assumption: what is supposed of those lost, in words.
    """

    assumption: str
    lower: float
    upper: float
    low: float
    high: float
    lost_treated: float
    lost_controls: float

    def summary(self) -> str:
        """The sentence of a report."""
        return (
            f"{self.assumption} Perdues de vue : {number(100 * self.lost_treated)} % des personnes suivies, "
            f"{number(100 * self.lost_controls)} % des personnes comparées. L’effet est entre "
            f"{number(self.lower, 3)} et {number(self.upper, 3)} (avec le hasard, entre {number(self.low, 3)} et "
            f"{number(self.high, 3)})."
        )


def manski(
    outcome: ArrayLike,
    treated: ArrayLike,
    *,
    least: float = 0.0,
    most: float = 1.0,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Bounds:
    """Worst and best case: those lost had the least or the greatest outcome possible, differently in each arm.

    The lower bound gives ``least`` to the lost people of the scheme and ``most`` to those compared, the upper the
    reverse (Manski 1990, American Economic Review 80:319-323). The interval covers the effect, not both bounds:
    [lower - c s, upper + c s'] with Φ(c + (upper - lower) / max(s, s')) - Φ(-c) = ``level`` (Imbens and Manski 2004,
    Econometrica 72:1845-1857).

    >>> nobody_knows = float("nan")
    >>> found = manski([1, 0, 1, 1, 1, nobody_knows] * 2, [True] * 6 + [False] * 6)
    >>> round(found.lower, 3), round(found.upper, 3)
    (-0.167, 0.167)

    :param outcome: (n,) in its unit, NaN for those lost; ``least`` and ``most``: the values that it can take.
    :param treated: (n,) bool. ``weights``: (n,) positive, those of the comparison arm for instance.
    :param cluster: (n,) site of each person; the errors are then between sites.
    :raises ImpactError: an outcome outside of its limits, an arm that is too small, limits in the wrong order.
    """
    found, arm, weight = _checked(outcome, treated, weights)
    seen = np.isfinite(found)
    if not least < most:
        raise ImpactError("Bornes : la plus petite valeur du résultat doit être en dessous de la plus grande.")
    if ((found[seen] < least) | (found[seen] > most)).any():
        raise ImpactError(
            f"Bornes : un résultat sort de ses limites ({number(least, 2)} à {number(most, 2)}) : "
            "donnez les vraies limites du résultat, sans lesquelles rien ne borne les personnes perdues de vue."
        )
    sites = None if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    worst = np.where(seen, found, np.where(arm, least, most))
    best = np.where(seen, found, np.where(arm, most, least))
    lower, low_error = _difference(worst, arm, weight, sites)
    upper, high_error = _difference(best, arm, weight, sites)
    reach = _imbens_manski(upper - lower, max(low_error, high_error), level)
    return Bounds(
        "Pire et meilleur cas (Manski) : rien n’est supposé des personnes perdues de vue.",
        lower,
        upper,
        lower - reach * low_error,
        upper + reach * high_error,
        *_lost(seen, arm, weight),
    )


def lee(
    outcome: ArrayLike,
    treated: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    draws: int = 500,
    seed: int = 2009,
    level: float = 0.95,
) -> Bounds:
    """Monotone case: being in the scheme only ever makes people easier to follow, or only ever harder.

    The arm followed more holds a share q = (r - r')/r of people that would have been lost in the other one. Their
    outcomes are unknown; taking off that arm its q highest, then its q lowest outcomes gives bounds on the effect for
    people who would be followed in either arm (Lee 2009, Review of Economic Studies 76:1071-1102). Outcomes that tie
    at the limit are taken off in part. The interval is that of Imbens and Manski on errors from ``draws`` bootstrap
    samples (of sites where there are some), from one seed.

    >>> nobody_knows = float("nan")
    >>> found = lee([1] * 6 + [0] * 4 + [1] * 4 + [0] * 4 + [nobody_knows] * 2, [True] * 10 + [False] * 10, draws=0)
    >>> round(found.lower, 2), round(found.upper, 2)
    (0.0, 0.25)

    :param draws: 0: no interval, its ends are NaN.
    :raises ImpactError: nobody followed in an arm, or too few.
    """
    found, arm, weight = _checked(outcome, treated, weights)
    seen = np.isfinite(found)
    lower, upper = _trimmed(found, arm, weight, seen)
    low = high = np.nan
    if draws:
        ends = _resampled(found, arm, weight, seen, cluster, draws, seed)
        low_error, high_error = ends.std(axis=0, ddof=1)
        reach = _imbens_manski(upper - lower, max(low_error, high_error), level)
        low, high = lower - reach * low_error, upper + reach * high_error
    return Bounds(
        "Cas monotone (Lee) : le dispositif n’agit sur le suivi que dans un sens.",
        lower,
        upper,
        float(low),
        float(high),
        *_lost(seen, arm, weight),
    )


def _checked(outcome: ArrayLike, treated: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Flags, Floats]:
    found, arm = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    weight = np.ones(len(found)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(found) == len(arm) == len(weight):
        raise ImpactError("Bornes : il faut un résultat, un groupe et un poids par personne.")
    if np.isinf(found).any() or not (np.isfinite(weight) & (weight > 0)).all():
        raise ImpactError(
            "Bornes : un résultat ou un poids est infini, ou un poids n’est pas positif ; bornez-les d’abord."
        )
    for side, who in ((arm, "suivies"), (~arm, "comparées")):
        if int((side & np.isfinite(found)).sum()) < SMALLEST:
            raise ImpactError(
                f"Bornes : moins de {SMALLEST} personnes {who} dont le résultat est connu ; rien n’est calculé."
            )
    return found, arm, weight


def _lost(seen: Flags, arm: Flags, weight: Floats) -> tuple[float, float]:
    shares = [float(weight[side & ~seen].sum() / weight[side].sum()) for side in (arm, ~arm)]
    return shares[0], shares[1]


def _difference(values: Floats, arm: Flags, weight: Floats, sites: NDArray[np.intp] | None) -> tuple[float, float]:
    """Difference of weighted means, with its error between people or between sites."""
    total = np.where(arm, weight[arm].sum(), weight[~arm].sum())
    means = {side: float(np.average(values[arm == side], weights=weight[arm == side])) for side in (True, False)}
    shares = weight / total * (values - np.where(arm, means[True], means[False])) * np.where(arm, 1, -1)
    if sites is not None:
        shares = np.bincount(sites, weights=shares)
    count = len(shares)
    return means[True] - means[False], sqrt(float((shares**2).sum()) * count / (count - 1))


def _imbens_manski(width: float, error: float, level: float) -> float:
    if error == 0:
        return 0.0
    excess = width / error
    end = float(stats.norm.ppf((1 + level) / 2))
    return float(optimize.brentq(lambda c: stats.norm.cdf(c + excess) - stats.norm.cdf(-c) - level, 0.0, end + 1e-9))


def _trimmed(found: Floats, arm: Flags, weight: Floats, seen: Flags) -> tuple[float, float]:
    rates = [float(weight[side & seen].sum() / weight[side].sum()) for side in (arm, ~arm)]
    more = arm if rates[0] >= rates[1] else ~arm
    excess = abs(rates[0] - rates[1]) / max(rates)
    kept = more & seen
    high, low = _without(found[kept], weight[kept], excess)
    other = float(np.average(found[~more & seen], weights=weight[~more & seen]))
    ends = (low - other, high - other) if more is arm else (other - high, other - low)
    return min(ends), max(ends)


def _without(values: Floats, weight: Floats, share: float) -> tuple[float, float]:
    """Mean without the ``share`` lowest, then without the ``share`` highest, outcomes at the limit taken in part."""
    order = np.argsort(values, kind="stable")
    means = []
    for ranked in (order, order[::-1]):
        before = np.concatenate([[0.0], np.cumsum(weight[ranked])])
        cut = share * before[-1]
        left = np.clip(before[1:] - cut, 0.0, weight[ranked])
        means.append(float(np.average(values[ranked], weights=left)))
    return means[0], means[1]


def _resampled(
    found: Floats, arm: Flags, weight: Floats, seen: Flags, cluster: ArrayLike | None, draws: int, seed: int
) -> Floats:
    """Bounds of bootstrap samples of sites, or of people where there are none, drawn within each arm."""
    random = np.random.default_rng(seed)
    units = np.arange(len(found)) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    rows_of = np.split(np.argsort(units, kind="stable"), np.cumsum(np.bincount(units))[:-1])
    strata = [np.unique(units[side]) for side in (arm, ~arm)]
    if len(np.intersect1d(strata[0], strata[1])):
        # Sites with people of both arms are drawn whole.
        strata = [np.unique(units)]
    ends: list[tuple[float, float]] = []
    while len(ends) < draws:
        drawn = np.concatenate([random.choice(stratum, len(stratum)) for stratum in strata])
        rows = drawn if cluster is None else np.concatenate([rows_of[unit] for unit in drawn])
        if all((seen & side)[rows].any() for side in (arm, ~arm)):
            ends.append(_trimmed(found[rows], arm[rows], weight[rows], seen[rows]))
    return np.array(ends)
