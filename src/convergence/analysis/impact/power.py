"""What a study can see, before one starts: the smallest difference of two shares that it would probably find."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np
from scipy import optimize, stats

from convergence.analysis import french
from convergence.analysis.impact.errors import ImpactError

FEWEST = 30
"""People under whom no group is looked at alone (evaluation.md §1)."""


@dataclass(frozen=True)
class Design:
    """A comparison of two shares that is still to be made.

    With p1, p0 the shares, p their mean weighted by the arms' sizes, n1, n0 the people followed in each arm and D the
    design effect, the power to find the difference d = p1 - p0 is

        Φ( (|d| - z(1-α/2) · √(D p(1-p)(1/n1 + 1/n0))) / √(D (p1(1-p1)/n1 + p0(1-p0)/n0)) )

    (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, ch. 4, without continuity correction;
    the formula of R's ``power.prop.test``). D is 1 + (m - 1) ρ by arm, where ρ is the intra-cluster correlation and
    m = Σm²/Σm (Kish 1965; Eldridge, Ashby and Kerry 2006, Int J Epidemiol 35:1292-1300): the mean size of the cluster
    of a person, larger than the mean cluster where sizes differ. With clusters the law is Student's with (clusters -
    2) degrees of freedom.

    :param treated: people of the scheme who will be followed; ``controls``: those of the comparison.
    :param baseline: the share expected without the scheme, between 0 and 1.
    :param correlation: ρ, between 0 and 1; 0: everybody counts for herself.
    :param treated_clusters: people by site of the scheme; ``control_clusters``: of the comparison. Their proportions
        are used, so that today's sites can stand for those of the study. Empty: no clusters.
    :param explained: share of the outcome's variance that covariates explain (R²), which adjusting takes off.
    :param kept: share of people who are not lost from sight.
    :raises ImpactError: an arm without people, a share out of its bounds, clusters in one arm alone.

    >>> round(Design(treated=236, controls=236, baseline=0.5).standard_error(), 3)
    0.046
    """

    treated: int
    controls: int
    baseline: float
    correlation: float = 0.0
    treated_clusters: Sequence[int] = ()
    control_clusters: Sequence[int] = ()
    explained: float = 0.0
    kept: float = 1.0
    alpha: float = 0.05
    power: float = 0.80

    def __post_init__(self) -> None:
        if min(self.treated, self.controls) < 1:
            raise ImpactError("Il faut au moins une personne dans chaque groupe pour calculer une puissance.")
        bounded = {
            "la part attendue sans le dispositif": (self.baseline, 0.0, 1.0),
            "le risque alpha": (self.alpha, 0.0, 1.0),
            "la puissance": (self.power, self.alpha, 1.0),
        }
        for name, (value, low, high) in bounded.items():
            if not low < value < high:
                raise ImpactError(f"Puissance : {name} doit être entre {low:g} et {high:g}, bornes exclues.")
        if not (0 <= self.correlation <= 1 and 0 <= self.explained < 1 and 0 < self.kept <= 1):
            raise ImpactError(
                "Puissance : la corrélation, la part expliquée et la part suivie sont des parts entre 0 et 1."
            )
        if bool(self.treated_clusters) != bool(self.control_clusters):
            raise ImpactError("Puissance : donnez les tailles des chantiers des deux groupes, ou d’aucun.")
        if any(size < 1 for size in (*self.treated_clusters, *self.control_clusters)):
            raise ImpactError("Puissance : un chantier compte au moins une personne.")
        if self.treated_clusters and self._freedom < 1:
            raise ImpactError("Puissance : il faut au moins trois chantiers en tout pour juger entre chantiers.")

    def standard_error(self, effect: float = 0.0) -> float:
        """Standard error of the difference of the two shares, were it ``effect``; as a share, not in points."""
        with_it, without = self.baseline + effect, self.baseline
        treated, controls = self._effective
        return sqrt(with_it * (1 - with_it) / treated + without * (1 - without) / controls)

    def power_of(self, effect: float) -> float:
        """Probability of finding ``effect`` (a difference of shares) at the two-sided level ``alpha``.

        :raises ImpactError: the share with the scheme would leave 0 to 1.
        """
        with_it = self.baseline + effect
        if not 0 <= with_it <= 1:
            raise ImpactError(
                f"Un effet de {100 * effect:+.1f} points mène la part attendue hors de 0 à 100 % : "
                "donnez un effet plus petit."
            )
        treated, controls = self._effective
        pooled = (treated * with_it + controls * self.baseline) / (treated + controls)
        under_null = sqrt(pooled * (1 - pooled) * (1 / treated + 1 / controls))
        spread = self.standard_error(effect)
        law = stats.t(self._freedom) if self._freedom < inf else stats.norm
        margin = abs(effect) - law.ppf(1 - self.alpha / 2) * under_null
        return float(law.cdf(margin / spread)) if spread else float(margin > 0)

    def minimum_detectable_effect(self, *, below: bool = False) -> float:
        """The smallest difference of shares found with probability ``power``; NaN where even the largest is not.

        :param below: a fall rather than a rise: the result is negative.
        """
        furthest = -self.baseline if below else 1 - self.baseline
        if self.power_of(furthest) < self.power:
            return nan
        sign = -1.0 if below else 1.0
        found = optimize.brentq(lambda size: self.power_of(sign * size) - self.power, 1e-9, abs(furthest), xtol=1e-10)
        return sign * float(found)

    def summary(self) -> str:
        """The sentence of a protocol: what the study can and cannot see."""
        smallest = self.minimum_detectable_effect()
        clusters = ""
        if self.treated_clusters:
            clusters = (
                f", {len(self.treated_clusters)} et {len(self.control_clusters)} chantiers "
                f"(corrélation {self.correlation:g})".replace(".", ",")
            )
        base = (
            f"{self.treated} personnes du dispositif et {self.controls} de comparaison{clusters}, "
            f"part attendue sans le dispositif {100 * self.baseline:.0f} % : erreur type de la différence "
            f"{french.number(100 * self.standard_error(), 1)} points"
        )
        if np.isnan(smallest):
            return f"{base}. Aucun effet possible ne serait trouvé avec une probabilité de {100 * self.power:.0f} %."
        return (
            f"{base}. Plus petit effet trouvé avec une probabilité de {100 * self.power:.0f} % "
            f"(risque bilatéral {100 * self.alpha:g} %) : {french.number(100 * smallest, 1)} points. "
            "Un effet plus petit peut exister sans être vu."
        )

    @property
    def _freedom(self) -> float:
        clusters = len(self.treated_clusters) + len(self.control_clusters)
        return clusters - 2 if clusters else inf

    @property
    def _effective(self) -> tuple[float, float]:
        """People of each arm, lost ones and clusters taken off, adjusting put on."""
        arms = ((self.treated, self.treated_clusters), (self.controls, self.control_clusters))
        treated, controls = (
            people * self.kept / ((1 - self.explained) * self._design_effect(people * self.kept, sizes))
            for people, sizes in arms
        )
        return treated, controls

    def _design_effect(self, people: float, sizes: Sequence[int]) -> float:
        if not sizes:
            return 1.0
        given = np.asarray(sizes, dtype=np.float64)
        shares = given / given.sum()
        # The sizes' proportions, brought to the people of this study.
        company = people * float(np.sum(shares**2))
        return max(1.0, 1 + (company - 1) * self.correlation)
