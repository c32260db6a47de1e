"""The bootstrap: an estimate made again on people, or sites, drawn again."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from convergence.analysis.impact.clusters import inference_on
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, Estimator, estimated
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.sample import Codes, Sample

_SEED: Final = 19790101
_FAILING: Final = 0.05


@dataclass(frozen=True)
class Bootstrap:
    """Any estimator with the error of a bootstrap (Efron 1979) in the place of its own.

    Whole sites are drawn with replacement within each group where errors are by site, people within each group where
    they are not; scores and weights are made again on every draw. The interval is Student's, with the estimator's
    degrees of freedom. Matching is refused: its bootstrap is wrong (Abadie and Imbens 2008).

    >>> from convergence.analysis.impact.regression import Difference
    >>> y = np.random.default_rng(0).normal(size=200)
    >>> sample = Sample(y, np.arange(200) < 100)
    >>> drawn, own = Bootstrap(Difference(), draws=200).fit(sample), Difference().fit(sample)
    >>> drawn.value == own.value, abs(drawn.standard_error / own.standard_error - 1) < 0.15
    (True, True)
    """

    estimator: Estimator
    draws: int = 499
    seed: int = _SEED

    def __post_init__(self) -> None:
        if isinstance(self.estimator, ScoreMatching):
            raise ImpactError(
                "Le bootstrap donne une erreur fausse pour l’appariement\u00a0: gardez l’erreur d’Abadie et Imbens."
            )
        if self.draws < 100:
            raise ImpactError("Le bootstrap demande au moins 100 tirages.")

    def fit(self, sample: Sample) -> Estimate:
        """The estimate, its error that of the draws.

        :raises ImpactError: as the estimator; or where it refuses more than one draw in twenty.
        """
        found = self.estimator.fit(sample)
        values = self.values(sample)
        refused = int(np.isnan(values).sum())
        if refused > _FAILING * self.draws:
            raise ImpactError(
                f"L’estimation ne se refait pas sur {refused} tirages sur {self.draws}\u00a0: elle tient à quelques "
                "personnes. Retirez des caractéristiques rares."
            )
        unit = "personnes" if found.clusters is None else "chantiers"
        drawn = estimated(
            sample,
            method=found.method,
            value=found.value,
            standard_error=float(np.nanstd(values, ddof=1)),
            freedom=found.freedom,
            clusters=found.clusters,
            scope=found.scope,
            level=found.level,
            estimand=found.estimand,
            notes=(f"Erreur par bootstrap\u00a0: {self.draws} tirages de {unit} dans chaque groupe.", *found.notes),
            diagnostics=found.diagnostics,
        )
        return replace(drawn, diagnostics={**found.diagnostics, "refused_draws": float(refused)})

    def values(self, sample: Sample) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """(draws,) the estimate on each draw; NaN where it is refused."""
        rng = np.random.default_rng(self.seed)
        values = np.full(self.draws, np.nan)
        strata = _strata(sample)
        for number in range(self.draws):
            rows = np.concatenate([_drawn(units, rng) for units in strata])
            try:
                values[number] = self.estimator.fit(sample.rows(rows)).value
            except ImpactError:
                continue
        return values


def _strata(sample: Sample) -> list[list[Codes]]:
    """Units to draw from: for each group of units, the rows of each. Sites of both groups are a third stratum."""
    groups = inference_on(sample).groups
    order = np.argsort(groups, kind="stable")
    units = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    kinds = [(bool(sample.treated[unit].any()), bool((~sample.treated[unit]).any())) for unit in units]
    return [[unit for unit, its in zip(units, kinds, strict=True) if its == kind] for kind in sorted(set(kinds))]


def _drawn(units: list[Codes], rng: np.random.Generator) -> Codes:
    return np.concatenate([units[chosen] for chosen in rng.integers(0, len(units), len(units))])
