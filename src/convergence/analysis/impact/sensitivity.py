"""What a hidden difference between the groups would have to be, for an effect not to be one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, isnan, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from convergence.analysis.french import number
from convergence.analysis.impact.errors import ImpactError


@dataclass(frozen=True)
class EValue:
    """How strong a hidden cause would have to be to explain an effect away.

    With RR the risk ratio (or its inverse, where it is under 1): E = RR + √(RR (RR - 1)). A hidden cause that is at
    least E times as frequent in one group *and* makes the outcome at least E times as likely could explain the whole
    of it, none weaker could. ``bound`` is the E-value of the end of the interval nearest to no effect; 1 where the
    interval holds "no effect" (VanderWeele and Ding 2017, Annals of Internal Medicine 167:268-274).

    :ivar ratio: the risk ratio from which it was made, exact or approached; ``how`` says which.
    """

    value: float
    bound: float
    ratio: float
    how: str

    def summary(self) -> str:
        """The sentence of a report."""
        if self.bound == 1:
            end = "L’intervalle contient déjà l’absence d’effet : aucune différence cachée n’est nécessaire."
        else:
            end = f"Pour que l’intervalle touche l’absence d’effet, {number(self.bound, 2)} suffirait."
        return (
            f"Valeur E {number(self.value, 2)} (rapport de risques {number(self.ratio, 2)}, {self.how}) : pour "
            "expliquer tout l’effet, une cause cachée devrait être au moins autant de fois plus fréquente dans un "
            f"groupe, et multiplier d’autant la probabilité du résultat. {end}"
        )


def e_value(ratio: float, low: float | None = None, high: float | None = None) -> EValue:
    """The E-value of a risk ratio and of its interval.

    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.value, 4), round(found.bound, 4)
    (7.263, 3.0)

    :param low: ends of the ratio's interval; with neither, ``bound`` is NaN.
    :raises ImpactError: a ratio that is not a positive number, or an interval that does not hold it.
    """
    return _e_value(ratio, low, high, "mesuré")


def e_value_of_odds(ratio: float, low: float | None = None, high: float | None = None, *, rare: bool) -> EValue:
    """The E-value of an odds ratio; ``rare``: the outcome concerns less than 15 % of people at the end of follow-up.

    A rare outcome's odds ratio is read as a risk ratio; another's as the square of one (VanderWeele 2017, Biometrics).
    """
    if rare:
        return _e_value(ratio, low, high, "approché par le rapport de cotes, résultat rare")
    roots = [None if each is None else sqrt(_positive(each)) for each in (ratio, low, high)]
    return _e_value(roots[0] or nan, roots[1], roots[2], "racine du rapport de cotes, résultat fréquent")


def e_value_of_hazards(ratio: float, low: float | None = None, high: float | None = None, *, rare: bool) -> EValue:
    """The E-value of a hazard ratio. Of a frequent outcome, the risk ratio is near (1 - 0.5^√HR) / (1 - 0.5^√(1/HR))
    (VanderWeele and Ding 2017, table 2)."""
    if rare:
        return _e_value(ratio, low, high, "approché par le rapport des risques instantanés, résultat rare")
    ratios = [None if each is None else _of_hazard(_positive(each)) for each in (ratio, low, high)]
    return _e_value(
        ratios[0] or nan, ratios[1], ratios[2], "tiré du rapport des risques instantanés, résultat fréquent"
    )


def e_value_of_difference(effect: float, standard_error: float, deviation: float) -> EValue:
    """The E-value of a difference of means, in units of the outcome.

    With d the effect and s its error, both divided by the outcome's standard deviation, RR is near exp(0.91 d) with
    limits exp(0.91 d ± 1.78 s) (Chinn 2000, Statistics in Medicine 19:3127-3131; VanderWeele and Ding 2017).
    """
    if not (isfinite(effect) and deviation > 0 and standard_error > 0):
        raise ImpactError("La valeur E demande un effet, son erreur type et l’écart type du résultat, au-dessus de 0.")
    d, s = effect / deviation, standard_error / deviation
    return _e_value(exp(0.91 * d), exp(0.91 * d - 1.78 * s), exp(0.91 * d + 1.78 * s), "approché par la différence")


def e_value_of_shares(
    treated: float, effect: float, standard_error: float, *, half_width: float | None = None
) -> EValue:
    """The E-value of an effect on a share, for the people treated.

    ``half_width``: that of the effect's own interval, where it is not the normal law's (few sites).

    ``treated`` p1 is the share observed among them, p0 = p1 - ``effect`` the share that they would have had. A hidden
    cause of strength B takes the effect to p1 - B p0 at worst (Ding and VanderWeele 2016, Epidemiology 27:368-377), so
    that the ratio to be explained is p1/p0; its interval is p1 / (p0 ± z s), the uncertainty being that of p0.

    >>> round(e_value_of_shares(treated=0.47, effect=0.2, standard_error=0.046).ratio, 3)
    1.741
    """
    without = treated - effect
    if not (0 <= treated <= 1 and standard_error > 0) or without <= 0 or treated == 0:
        raise ImpactError(
            "La valeur E demande une part observée et une part sans le dispositif au-dessus de 0 : "
            "sur un résultat aussi rare, donnez plutôt les bornes de Rosenbaum."
        )
    half = float(stats.norm.ppf(0.975)) * standard_error if half_width is None else half_width
    high = treated / (without - half) if without > half else inf
    return _e_value(treated / without, treated / (without + half), high, "part observée sur part sans le dispositif")


def _e_value(ratio: float, low: float | None, high: float | None, how: str) -> EValue:
    _positive(ratio)
    if (low is not None and low > ratio) or (high is not None and high < ratio):
        raise ImpactError("Valeur E : l’intervalle donné ne contient pas le rapport ; vérifiez l’ordre des bornes.")
    nearest = low if ratio >= 1 else high
    if nearest is None:
        bound = nan
    elif (nearest <= 1) if ratio >= 1 else (nearest >= 1):
        bound = 1.0
    else:
        bound = _strength(nearest)
    return EValue(_strength(ratio), bound, ratio, how)


def _strength(ratio: float) -> float:
    above = ratio if ratio >= 1 else 1 / ratio
    return above + sqrt(above * (above - 1))


def _positive(ratio: float) -> float:
    if not (isfinite(ratio) and ratio > 0):
        raise ImpactError("La valeur E demande un rapport positif : estimez d’abord l’effet en rapport de risques.")
    return ratio


def _of_hazard(ratio: float) -> float:
    return float((1 - 0.5 ** sqrt(ratio)) / (1 - 0.5 ** sqrt(1 / ratio)))


@dataclass(frozen=True)
class Rosenbaum:
    """How far two matched people may differ, without anybody having seen it, before an effect is no more proved.

    Γ: of two people who look alike, one may have had up to Γ times the odds of the other of being in the scheme.

    :ivar gammas: Γ tried; ``p_values``: the greatest one-sided probability of "no effect" under each.
    :ivar limit: the greatest Γ under which the effect is still significant at ``alpha``; NaN: it is not even under 1.
    """

    test: str
    pairs: int
    gammas: tuple[float, ...]
    p_values: tuple[float, ...]
    limit: float
    alpha: float

    def summary(self) -> str:
        """Lines to paste in a paper."""
        lines = [
            f"  Γ = {number(g, 2):>5}  p ≤ {number(p, 4)}" for g, p in zip(self.gammas, self.p_values, strict=True)
        ]
        if isnan(self.limit):
            verdict = "Même sans différence cachée, l’effet n’est pas établi."
        elif self.limit == inf:
            verdict = "L’effet reste établi quelle que soit la différence cachée essayée."
        else:
            verdict = (
                f"L’effet reste établi tant que deux personnes appariées diffèrent au plus d’un rapport "
                f"{number(self.limit, 2)} dans leurs chances d’être suivies."
            )
        return "\n".join(
            [f"Bornes de Rosenbaum ({self.test}, {self.pairs} couples, unilatéral)", *lines, f"  {verdict}"]
        )


GAMMAS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0)
FEWEST_PAIRS = 5
_ENDLESS = 1e6
_TOO_FEW = (
    f"Bornes de Rosenbaum : il faut au moins {FEWEST_PAIRS} couples dont les résultats diffèrent ; "
    "appariez davantage de personnes, ou donnez la valeur E."
)


def rosenbaum_signed_rank(
    differences: ArrayLike, *, gammas: Sequence[float] = GAMMAS, alpha: float = 0.05, greater: bool = True
) -> Rosenbaum:
    """Bounds for matched pairs and a measured outcome, by Wilcoxon's signed rank.

    With q the ranks of |d| (ties averaged), T the sum of q over d > 0, π = Γ/(1+Γ) and sums over the pairs that
    differ, the greatest probability is 1 - Φ((T - π Σq) / √(π(1-π) Σq²)). Pairs without a difference keep their rank
    and are worth nothing (Rosenbaum 2002, Observational Studies, 2nd ed., §4.3.3; its table 4.2 is a test here).

    >>> rosenbaum_signed_rank([3.0, 5, 1, 4, 6, 2, 7, 8], gammas=(1.0, 2.0)).limit > 2
    True

    :param differences: (pairs,) outcome of the person of the scheme, less that of her match.
    :param greater: the effect looked for is a rise; False: a fall.
    :raises ImpactError: fewer than five pairs that differ, Γ below 1, a difference that is not known.
    """
    given = np.asarray(differences, dtype=np.float64) * (1 if greater else -1)
    if not np.isfinite(given).all():
        raise ImpactError("Bornes de Rosenbaum : un couple a un résultat inconnu ; retirez ce couple en le disant.")
    differ = given != 0
    if int(differ.sum()) < FEWEST_PAIRS:
        raise ImpactError(_TOO_FEW)
    ranks = stats.rankdata(np.abs(given))
    seen = float(ranks[given > 0].sum())
    total, squares = float(ranks[differ].sum()), float((ranks[differ] ** 2).sum())

    def worst(gamma: float) -> float:
        share = gamma / (1 + gamma)
        return float(stats.norm.sf((seen - share * total) / sqrt(share * (1 - share) * squares)))

    return _bounds("rangs signés de Wilcoxon", len(given), worst, gammas, alpha)


def rosenbaum_mcnemar(
    in_favour: int, against: int, *, gammas: Sequence[float] = GAMMAS, alpha: float = 0.05
) -> Rosenbaum:
    """Bounds for matched pairs and an outcome that happens or not, by McNemar's exact test.

    Among the pairs of which only one has the outcome, the number in which it is the person of the scheme follows at
    worst a binomial law of probability Γ/(1+Γ) (Rosenbaum 2002, §4.3.2).

    >>> round(rosenbaum_mcnemar(110, 12).limit, 1)
    5.5

    :param in_favour: pairs in which only the person of the scheme has the outcome; ``against``: only her match.
    :raises ImpactError: fewer than five such pairs, Γ below 1.
    """
    if min(in_favour, against) < 0 or in_favour + against < FEWEST_PAIRS:
        raise ImpactError(_TOO_FEW)
    discordant = in_favour + against

    def worst(gamma: float) -> float:
        return float(stats.binom.sf(in_favour - 1, discordant, gamma / (1 + gamma)))

    return _bounds("McNemar, exact", discordant, worst, gammas, alpha)


def _bounds(test: str, pairs: int, worst: Callable[[float], float], gammas: Sequence[float], alpha: float) -> Rosenbaum:
    if not gammas or any(not (isfinite(gamma) and gamma >= 1) for gamma in gammas):
        raise ImpactError("Bornes de Rosenbaum : Γ est un nombre à partir de 1 (aucune différence cachée).")
    limit = nan
    if worst(1.0) <= alpha:
        top = 2.0
        while worst(top) <= alpha and top < _ENDLESS:
            top *= 2
        limit = inf if top >= _ENDLESS else float(optimize.brentq(lambda g: worst(g) - alpha, 1.0, top, xtol=1e-9))
    return Rosenbaum(test, pairs, tuple(map(float, gammas)), tuple(map(worst, gammas)), limit, alpha)
