"""Regressions of the outcome on the group: the plain difference, with covariates, with interactions."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from convergence.analysis.impact.clusters import Inference, inference_on
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.linear import Linear, independent
from convergence.analysis.impact.sample import Floats, Sample
from convergence.analysis.impact.wild import Wild

PersonErrors = Literal["classical", "HC0", "HC1", "HC2", "HC3"]
SiteErrors = Literal["CR1", "CR2", "wild"]

_GROUP: Final = 1
_FEW_FOR_SIGNS: Final = 12


@dataclass(frozen=True)
class Difference:
    """The difference of the two groups' means: what is seen before anything is done about who they are.

    ``errors``: ``HC2`` is Neyman's (1923) error √(s₁²/n₁ + s₀²/n₀); ``classical`` is that of least squares.
    ``site_errors``: where the sample tells sites, ``CR2`` (with Satterthwaite's degrees), ``CR1`` (from twenty sites
    on; below, CR2 takes its place) or ``wild`` (wild cluster bootstrap).

    >>> found = Difference().fit(Sample([3.0, 5, 4, 6, 5, 1, 2, 3, 2, 1], [True] * 5 + [False] * 5))
    >>> round(found.value, 6), round(found.standard_error, 6), round(found.freedom, 6)
    (2.8, 0.632456, 8.0)
    """

    errors: PersonErrors = "HC2"
    site_errors: SiteErrors = "CR2"
    level: float = 0.95

    def weigh(self, sample: Sample) -> Floats:
        """(n,) weights that sum to 1 in each group."""
        followed = sample.treated
        total = np.where(followed, sample.weights[followed].sum(), sample.weights[~followed].sum())
        found: Floats = sample.weights / total
        return found

    def fit(self, sample: Sample) -> Estimate:
        """The difference with its interval."""
        return _fit(sample, np.empty((len(sample), 0)), "Différence des moyennes", self, ())


@dataclass(frozen=True)
class Regression:
    """Least squares of the outcome on the group and the covariates: one effect for all.

    Errors as in ``Difference``. Where effects differ with the covariates, what is estimated is a mean of them that
    favours covariate values present in both groups (Angrist 1998), not the ATT.
    """

    errors: PersonErrors = "HC2"
    site_errors: SiteErrors = "CR2"
    level: float = 0.95

    def fit(self, sample: Sample) -> Estimate:
        """The adjusted difference with its interval.

        :raises ImpactError: fewer people than coefficients.
        """
        kept, notes = independent(sample.covariates, sample.names, before=sample.treated[:, None].astype(np.float64))
        columns = sample.covariates[:, kept]
        return _fit(sample, columns - columns.mean(axis=0), "Régression linéaire", self, notes)


@dataclass(frozen=True)
class Interacted:
    """Least squares with the covariates and their products with the group (Lin 2013).

    Covariates are centred on the people followed, which makes the coefficient the ATT; with ``centre="all"`` on
    everybody, which makes it the ATE. Errors as in ``Difference``; they take the covariates as they are (the error is
    that of the effect on these people).
    """

    centre: Literal["treated", "all"] = "treated"
    errors: PersonErrors = "HC2"
    site_errors: SiteErrors = "CR2"
    level: float = 0.95

    def fit(self, sample: Sample) -> Estimate:
        """The effect with its interval.

        :raises ImpactError: fewer people than coefficients.
        """
        group = sample.treated[:, None].astype(np.float64)
        kept, notes = independent(sample.covariates, sample.names, before=group)
        columns = sample.covariates[:, kept]
        chosen = sample.treated if self.centre == "treated" else np.ones(len(sample), dtype=np.bool_)
        columns = columns - np.average(columns[chosen], axis=0, weights=sample.weights[chosen])
        products = columns * group
        # A covariate that is constant within a group has a product that says nothing new.
        new, _ = independent(products, [""] * products.shape[1], before=np.column_stack([group, columns]))
        estimand = "ATT" if self.centre == "treated" else "ATE"
        everything = np.column_stack([columns, products[:, new]])
        return _fit(sample, everything, "Régression avec interactions", self, notes, estimand)


def _fit(
    sample: Sample,
    columns: Floats,
    method: str,
    how: Difference | Regression | Interacted,
    notes: tuple[str, ...],
    estimand: str = "ATT",
) -> Estimate:
    matrix = np.column_stack([np.ones(len(sample)), sample.treated, columns])
    linear = Linear.fit(matrix, sample.outcome, sample.weights)
    inference = inference_on(sample)
    wild = inference.clusters is not None and how.site_errors == "wild"
    if inference.clusters is None:
        error, freedom = _person_error(linear, inference, how.errors)
    else:
        error, freedom = linear.cluster_error(_GROUP, inference.groups, "CR1" if _plain(inference, how) else "CR2")
    found = estimated(
        sample,
        method=method,
        value=float(linear.coefficients[_GROUP]),
        standard_error=error,
        freedom=freedom,
        clusters=inference.clusters,
        scope=inference.scope,
        level=how.level,
        estimand=estimand,
        notes=(() if wild else inference.notes) + notes,
    )
    return _drawn(found, matrix, sample, inference) if wild else found


def _person_error(linear: Linear, inference: Inference, errors: PersonErrors) -> tuple[float, float]:
    freedom = float(linear.q.shape[0] - linear.q.shape[1])
    if errors == "HC2":
        _, freedom = linear.cluster_error(_GROUP, inference.groups, "CR2")
    return linear.person_error(_GROUP, errors), freedom


def _plain(inference: Inference, how: Difference | Regression | Interacted) -> bool:
    return how.site_errors == "CR1" and not inference.few


def _drawn(found: Estimate, matrix: Floats, sample: Sample, inference: Inference) -> Estimate:
    """The same estimate, its interval and p from the wild cluster bootstrap."""
    sites = inference.clusters or 0
    law: Literal["rademacher", "webb"] = "webb" if sites < _FEW_FOR_SIGNS else "rademacher"
    wild = Wild(matrix, sample.outcome, sample.weights, inference.groups, _GROUP, law)
    low, high = wild.interval(found.level)
    said = f"Intervalle et p par tirages par chantier (wild cluster bootstrap, {sites} chantiers, hypothèse imposée)."
    return replace(found, low=low, high=high, p_value=wild.p_value(0.0), notes=(said, *found.notes))
