"""Cox's model: by how much the scheme multiplies the monthly chance of an event, at equal profile."""

import warnings
from dataclasses import dataclass
from math import exp, inf, isfinite, sqrt
from typing import Any, Final

import numpy as np
from scipy import stats
from statsmodels.tools.sm_exceptions import ModelWarning

from convergence.analysis.french import number, probability
from convergence.analysis.impact.clusters import inference_on
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Floats
from convergence.vocabulary.base import Term

SCHEME: Final = "dispositif"
"""Name of the first coefficient: being in the scheme."""


class Ties(Term):
    """What is done with events at the same time."""

    EFRON = "efron", "ex æquo : Efron (1977)"
    BRESLOW = "breslow", "ex æquo : Breslow (1974)"


@dataclass(frozen=True)
class CoxFit:
    """A fitted model.

    :ivar names: (k,) the scheme first, then the covariates; ``coefficients``: (k,) logarithms of hazard ratios.
    :ivar errors: (k,) their standard errors; ``robust``: between sites or for weighted people.
    :ivar freedom: of Student's law, sites less two, where errors are between sites; ``inf``: the normal law.
    :ivar proportional: probability that the hazards are proportional, by name; None where it was not tested.
    """

    ties: Ties
    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    freedom: float
    level: float
    robust: bool
    notes: tuple[str, ...]
    proportional: dict[str, float] | None

    def hazard_ratio(self, name: str = SCHEME) -> tuple[float, float, float]:
        """The hazard ratio of a name with its interval."""
        place = self.names.index(name)
        half = float(self._law.ppf((1 + self.level) / 2)) * float(self.errors[place])
        value = float(self.coefficients[place])
        return exp(value), exp(value - half), exp(value + half)

    def p_value(self, name: str = SCHEME) -> float:
        place = self.names.index(name)
        return float(2 * self._law.sf(abs(self.coefficients[place] / self.errors[place])))

    @property
    def _law(self) -> Any:
        return stats.t(self.freedom) if isfinite(self.freedom) else stats.norm()

    def summary(self) -> str:
        """Lines to paste in a paper."""
        width = max(map(len, self.names))
        lines = [f"Modèle de Cox ({self.ties.label}{' ; erreurs robustes' if self.robust else ''})"]
        for name in self.names:
            ratio, low, high = self.hazard_ratio(name)
            lines.append(
                f"  {name:<{width}}  rapport {number(ratio, 2)} [{number(low, 2)} ; {number(high, 2)}], "
                f"{probability(self.p_value(name))}"
            )
        return "\n".join([*lines, *(f"  – {note}" for note in self.notes)])

    def plot(self, ax: Any) -> None:
        """Draw the hazard ratios, on a logarithmic scale, on matplotlib axes."""
        for place, name in enumerate(reversed(self.names)):
            ratio, low, high = self.hazard_ratio(name)
            ax.plot([low, high], [place, place], color="#1f4e79", linewidth=2)
            ax.plot([ratio], [place], marker="o", color="#1f4e79")
        ax.set_xscale("log")
        ax.axvline(1.0, color="0.6", linewidth=0.8, zorder=0)
        ax.set_yticks(range(len(self.names)), list(reversed(self.names)))
        ax.set_xlabel("Rapport des risques instantanés")


class Cox:
    """Cox's proportional hazards (1972, JRSS B 34:187-220), all events as one.

    Efron's ties are lifelines's, Breslow's are those of statsmodels. Errors are between sites where there are four or
    more in each group (times √(G/(G-1)), Student's law), robust where people are weighted (Lin and Wei 1989, JASA
    84:1074-1078). With competing events
    the ratio is cause-specific when the others are given as censored.

    >>> rest = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> other = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    >>> people = Durations(rest + other, [1] * 9 + [0] * 12 + [1] * 21, [False] * 21 + [True] * 21)
    >>> round(float(Cox().fit(people).coefficients[0]), 4)
    1.5721

    :raises ImpactError: on fitting, weights with Breslow's ties, or a model that does not converge.
    """

    def __init__(self, ties: Ties = Ties.EFRON, *, level: float = 0.95) -> None:
        self.ties, self.level = ties, level

    def fit(self, durations: Durations) -> CoxFit:
        inference = inference_on(durations.sample)
        weighted = not np.all(durations.weights == durations.weights[0])
        names = (SCHEME, *durations.sample.names)
        design = np.column_stack([durations.treated.astype(np.float64), durations.sample.covariates])
        sites = None if inference.clusters is None else inference.groups
        for name, arm in durations.arms():
            if not (durations.event[arm] > 0).any():
                raise ImpactError(
                    f"Le modèle de Cox ne converge pas : l’événement n’arrive à personne dans le groupe « {name} » ; "
                    "comparez plutôt les durées moyennes restreintes."
                )
        try:
            with warnings.catch_warnings():
                # A fit that did not converge is no fit: both libraries only warn (lifelines's are RuntimeWarnings).
                warnings.simplefilter("error", RuntimeWarning)
                warnings.simplefilter("error", ModelWarning)
                found, errors, proportional = _FITS[self.ties](durations, design, names, weighted, sites)
        except ImpactError:
            raise
        except (ArithmeticError, np.linalg.LinAlgError, ValueError, RuntimeWarning, ModelWarning):
            raise ImpactError(_SEPARATED) from None
        if not (np.isfinite(found).all() and np.isfinite(errors).all() and (np.abs(found) < _BEYOND).all()):
            raise ImpactError(_SEPARATED)
        notes = [*durations.notes, *(() if inference.few else inference.notes)]
        freedom = inf
        if inference.clusters is not None:
            errors, freedom = errors * sqrt(inference.clusters / (inference.clusters - 1)), inference.clusters - 2.0
        if inference.few:
            notes.append(
                f"{inference.clusters} chantiers, soit moins de vingt : l’erreur par chantier est élargie (loi de "
                "Student, chantiers moins deux), sans la correction CR2 ; elle peut rester trop petite."
            )
        if proportional and proportional[SCHEME] < 0.05:
            notes.append(
                f"Les risques ne restent pas proportionnels ({probability(proportional[SCHEME])}) : le rapport est "
                "une moyenne sur la durée du suivi ; lisez plutôt la durée moyenne restreinte."
            )
        robust = weighted or sites is not None
        return CoxFit(self.ties, names, found, errors, freedom, self.level, robust, tuple(notes), proportional)


_BEYOND: Final = 20.0
"""Logarithm of a hazard ratio that nothing real reaches."""
_SEPARATED: Final = (
    "Le modèle de Cox ne converge pas : une caractéristique sépare parfaitement les personnes, ou se déduit des "
    "autres ; retirez-la."
)
_Fitted = tuple[Floats, Floats, dict[str, float] | None]


def _efron(durations: Durations, design: Floats, names: tuple[str, ...], weighted: bool, sites: Any) -> _Fitted:
    import pandas as pd
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError
    from lifelines.statistics import proportional_hazard_test

    # Names of covariates may be anything; places do not collide with the columns of times.
    frame = pd.DataFrame(design, columns=[f"x{place}" for place in range(design.shape[1])])
    frame["months"], frame["event"] = durations.months, durations.event > 0
    frame["weight"], frame["site"] = durations.weights, 0 if sites is None else sites
    asked = {"weights_col": "weight", "robust": True} if weighted else {}
    if sites is not None:
        asked["cluster_col"] = "site"
    columns = [*frame.columns[: design.shape[1]], "months", "event", *(v for k, v in asked.items() if k != "robust")]
    try:
        model = CoxPHFitter().fit(frame[columns], "months", "event", **asked)
    except ConvergenceError as error:
        raise ArithmeticError(str(error)) from None
    if weighted:
        return model.params_.to_numpy(), model.standard_errors_.to_numpy(), None
    tested = proportional_hazard_test(model, frame[columns], time_transform="km")
    probabilities = {name: float(p) for name, p in zip(names, np.atleast_1d(tested.p_value), strict=True)}
    return model.params_.to_numpy(), model.standard_errors_.to_numpy(), probabilities


def _breslow(durations: Durations, design: Floats, names: tuple[str, ...], weighted: bool, sites: Any) -> _Fitted:
    if weighted:
        raise ImpactError("Avec des personnes pondérées, prenez les ex æquo d’Efron.")
    from statsmodels.duration.hazard_regression import PHReg

    model = PHReg(durations.months, design, status=durations.event > 0, ties="breslow")
    found = model.fit() if sites is None else model.fit(groups=sites)
    return np.asarray(found.params), np.asarray(found.bse), None


_FITS: Final = {Ties.EFRON: _efron, Ties.BRESLOW: _breslow}
