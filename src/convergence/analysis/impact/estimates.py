"""An estimated effect: its value, how sure it is, on whom, and what must be said with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor, isfinite, log10
from typing import Any, Final, Protocol

from scipy import stats

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.french import number, p_value
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Sample

THESE_PEOPLE: Final = "ces personnes et d’autres comme elles"
THESE_SITES: Final = "ces chantiers, et non d’autres"
SUCH_SITES: Final = "ces chantiers et d’autres comme eux"

ESTIMANDS: Final[Mapping[str, str]] = {
    "ATT": "effet moyen sur les personnes suivies (ATT)",
    "ATE": "effet moyen sur toutes les personnes, suivies et comparées (ATE)",
}


@dataclass(frozen=True)
class Estimate:
    """The effect of the scheme on an outcome, in the outcome's unit.

    :ivar estimand: what is estimated, a key of ``ESTIMANDS``.
    :ivar method: the estimator, in words.
    :ivar value: the estimate; ``low`` and ``high``: its interval at ``level`` (0.95).
    :ivar standard_error: in the outcome's unit.
    :ivar freedom: degrees of freedom of Student's law that the interval uses; ``inf``: the normal law.
    :ivar p_value: of "no effect", two-sided.
    :ivar clusters: sites that the error accounts for; None: people are taken one by one.
    :ivar scope: to whom the interval speaks: ``THESE_PEOPLE``, ``SUCH_SITES`` or ``THESE_SITES``.
    :ivar notes: French sentences that go wherever the number goes.
    :ivar diagnostics: figures by name, such as ``effective_controls``.
    """

    estimand: str
    method: str
    value: float
    standard_error: float
    low: float
    high: float
    level: float
    freedom: float
    p_value: float
    treated: int
    controls: int
    clusters: int | None
    scope: str
    notes: tuple[str, ...] = ()
    diagnostics: Mapping[str, float] = field(default_factory=dict)

    @property
    def interval(self) -> tuple[float, float]:
        return self.low, self.high

    def summary(self) -> str:
        """Lines to paste in a paper, in French.

        >>> print(Estimate("ATT", "Différence des moyennes", 1794.342, 670.997, 475.6, 3113.1, 0.95, float("inf"),
        ...     0.0078, 185, 260, None, THESE_PEOPLE).summary())
        Différence des moyennes : effet moyen sur les personnes suivies (ATT)
          effet            1 794
          erreur type        671
          intervalle 95 %  476 à 3 113 (loi normale)
          p                0,008
          personnes        185 suivies, 260 comparées
          portée           ces personnes et d’autres comme elles
        """
        law = "loi normale" if not isfinite(self.freedom) else f"Student, {number(self.freedom)} degrés de liberté"
        digits = _digits(self.standard_error)
        value, error, low, high = (
            number(each, digits) for each in (self.value, self.standard_error, self.low, self.high)
        )
        width = max(len(value), len(error))
        sites = "" if self.clusters is None else f" ; {self.clusters} chantiers"
        lines = [
            f"{self.method}\u00a0: {ESTIMANDS[self.estimand]}",
            f"  effet            {value:>{width}}",
            f"  erreur type      {error:>{width}}",
            f"  intervalle {number(100 * self.level)} %  {low} à {high} ({law})",
            f"  p                {p_value(self.p_value)}",
            f"  personnes        {self.treated} suivies, {self.controls} comparées{sites}",
            f"  portée           {self.scope}",
        ]
        return "\n".join([*lines, *(f"  – {note}" for note in self.notes)])

    def plot(self, ax: Any, *, position: float = 0.0, label: str | None = None) -> None:
        """Draw the estimate and its interval as a horizontal line of a forest plot on matplotlib axes."""
        ax.plot([self.low, self.high], [position, position], color="#1f4e79", linewidth=2, solid_capstyle="butt")
        ax.plot([self.value], [position], marker="o", color="#1f4e79", label=label or self.method)
        ax.axvline(0.0, color="0.6", linewidth=0.8, zorder=0)


class Estimator(Protocol):
    """Every estimator: parameters in the constructor, one ``fit``."""

    def fit(self, sample: Sample) -> Estimate: ...


def estimated(
    sample: Sample,
    *,
    method: str,
    value: float,
    standard_error: float,
    freedom: float,
    clusters: int | None,
    scope: str,
    level: float = 0.95,
    estimand: str = "ATT",
    notes: tuple[str, ...] = (),
    diagnostics: Mapping[str, float] | None = None,
) -> Estimate:
    """An estimate with Student's interval around its value.

    :raises ImpactError: its error is not a number, the outcome does not vary, or speaks of one to four people.
    """
    if not (isfinite(value) and isfinite(standard_error)) or freedom <= 0:
        raise ImpactError(
            f"{method}\u00a0: l’effet ou son erreur ne se calcule pas sur ces données\u00a0; regardez la table "
            "d’équilibre et retirez les caractéristiques que presque personne n’a."
        )
    if standard_error <= 1e-12 * max(1.0, abs(value)):
        raise ImpactError(
            f"{method}\u00a0: le résultat ne varie pas à l’intérieur des groupes, son incertitude ne se mesure "
            "pas\u00a0; décrivez-le sans intervalle."
        )
    _no_small_cell(sample)
    law = stats.t(freedom) if isfinite(freedom) else stats.norm()
    half = float(law.ppf((1 + level) / 2)) * standard_error
    return Estimate(
        estimand,
        method,
        value,
        standard_error,
        value - half,
        value + half,
        level,
        freedom,
        float(2 * law.sf(abs(value) / standard_error)),
        sample.treated_count,
        sample.control_count,
        clusters,
        scope,
        notes,
        dict(diagnostics or {}),
    )


def _no_small_cell(sample: Sample) -> None:
    """Refuse an outcome of yes or no that one to four people of a group have, or are alone not to have."""
    if not ((sample.outcome == 0) | (sample.outcome == 1)).all():
        return
    for arm in (sample.treated, ~sample.treated):
        yes = int(sample.outcome[arm].sum())
        if 0 < min(yes, int(arm.sum()) - yes) < SMALLEST:
            raise ImpactError(
                f"Dans un des groupes, moins de {SMALLEST} personnes ont ce résultat, ou ne l’ont pas\u00a0: "
                "l’effet n’est pas publié. Regroupez des résultats voisins, ou élargissez la période."
            )


def _digits(standard_error: float) -> int:
    """Decimals that a number with this error deserves: two figures of the error."""
    return max(0, min(6, 1 - floor(log10(standard_error)))) if standard_error > 0 else 2
