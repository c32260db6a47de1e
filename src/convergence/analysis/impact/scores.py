"""The score: the probability of being in the scheme given what was known at entry."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.linear import independent
from convergence.analysis.impact.sample import Flags, Floats, Sample

_ROUNDS = 60
_CERTAIN = 1 - 1e-9
_FEW_OUTSIDE = 0.05  # in small samples of one crowd, one person in twenty is beyond the others by chance


@dataclass(frozen=True)
class Scores:
    """A logistic model of who is in the scheme (maximum likelihood), people in the order of the sample.

    :ivar values: (n,) the scores, between 0 and 1.
    :ivar design: (n, p) the standardised covariates that were kept, after a column of ones.
    :ivar coefficients: (p,) of the standardised design.
    :ivar scores_by_person: (n, p) each person's contribution to the likelihood's gradient.
    :ivar information: (p, p) minus the second derivative of the log-likelihood.
    :ivar kept: (k,) the covariates that the design has; ``centre``, ``scale``: (p − 1,) how it standardises them.
    :ivar outside: share of the people followed whose score no person compared reaches (or goes below).
    """

    values: Floats
    design: Floats
    coefficients: Floats
    scores_by_person: Floats
    information: Floats
    log_likelihood: float
    kept: Flags
    centre: Floats
    scale: Floats
    outside: float
    notes: tuple[str, ...]

    def at(self, covariates: Floats) -> Floats:
        """The design (m, p) of other people, from the same covariates (m, k) as the sample's."""
        return np.column_stack([np.ones(len(covariates)), (covariates[:, self.kept] - self.centre) / self.scale])

    def odds(self, treated: Flags) -> Floats:
        """(n,) score/(1−score) of the people compared, 1 for the people followed: the weights of the ATT.

        :raises ImpactError: a person compared who was certain to be in the scheme (her weight is infinite).
        """
        if (self.values[~treated] > _CERTAIN).any():
            raise ImpactError(
                "Poids infinis\u00a0: des personnes comparées ont une probabilité de 1 d’être suivies. Retirez les "
                "caractéristiques qui séparent les deux groupes, ou restreignez-vous aux personnes comparables."
            )
        found: Floats = np.where(treated, 1.0, self.values / (1 - np.where(treated, 0.0, self.values)))
        return found

    def plot(self, ax: Any, treated: Flags, *, bins: int = 25) -> None:
        """Overlap: densities of the scores of the two groups, one above the axis and one below, on matplotlib axes.

        Neighbouring bars are merged until each holds five people or nobody.
        """
        for members, sign, colour, label in (
            (treated, 1.0, "#1f4e79", "personnes suivies"),
            (~treated, -1.0, "#c06014", "personnes comparées"),
        ):
            edges, counts = _merged(self.values[members], bins)
            heights = counts / counts.sum() / np.diff(edges)
            ax.bar(edges[:-1], sign * heights, np.diff(edges), align="edge", color=colour, label=label)
        ax.axhline(0.0, color="0.3", linewidth=0.8)
        ax.set_xlabel("Probabilité d’être suivie, selon la situation à l’entrée")
        ax.set_ylabel("Densité dans le groupe")
        ax.legend(frameon=False)


def _merged(values: Floats, bins: int) -> tuple[Floats, Floats]:
    """Edges and counts of a histogram whose bars hold ``SMALLEST`` people, more, or nobody.

    >>> edges, counts = _merged(np.array([0.05] * 3 + [0.15] * 4 + [0.55] * 6 + [0.85] * 2), 10)
    >>> counts.tolist(), edges.round(1).tolist()
    ([7.0, 0.0, 0.0, 0.0, 8.0], [0.0, 0.2, 0.3, 0.4, 0.5, 0.9])
    """
    fine, found = np.linspace(0.0, 1.0, bins + 1), np.histogram(values, bins, (0.0, 1.0))[0]
    edges, counts, pending = [0.0], list[float](), 0
    for edge, count in zip(fine[1:], found, strict=True):
        pending += int(count)
        if pending == 0 or pending >= SMALLEST:
            edges.append(float(edge))
            counts.append(float(pending))
            pending = 0
    if pending:  # too few at the right end: they join the last bar that holds anybody
        while counts and counts[-1] == 0:
            counts.pop()
            edges.pop()
        edges[-1] = float(fine[np.flatnonzero(found)[-1] + 1])
        counts[-1] += pending
    return np.array(edges), np.array(counts)


def scores_of(sample: Sample) -> Scores:
    """Fit the logit by Newton's method on standardised covariates (Rosenbaum and Rubin 1983 for the score's use).

    :raises ImpactError: no covariates; one that separates the groups; most people followed have no equivalent.

    >>> x = [[0.0], [1], [2], [3], [4], [1], [2], [3], [4], [5]]
    >>> found = scores_of(Sample([0.0] * 10, [False] * 5 + [True] * 5, x, ["x"]))
    >>> bool(np.isclose(found.values.sum(), 5)), round(found.log_likelihood, 4)
    (True, -6.3543)
    """
    if not sample.names:
        raise ImpactError("Le score demande des caractéristiques connues à l’entrée\u00a0: aucune n’est donnée.")
    kept, notes = independent(sample.covariates, sample.names)
    chosen = sample.covariates[:, kept]
    names = [name for name, stays in zip(sample.names, kept, strict=True) if stays]
    centre, scale = chosen.mean(axis=0), chosen.std(axis=0)
    design = np.column_stack([np.ones(len(sample)), (chosen - centre) / scale])
    coefficients, information = _newton(design, sample.treated.astype(np.float64), sample.weights, names)
    linear = design @ coefficients
    values: Floats = expit(linear)
    likelihood = float((sample.weights * log_expit(np.where(sample.treated, linear, -linear))).sum())
    outside = _outside(values, sample)
    return Scores(
        values,
        design,
        coefficients,
        design * (sample.weights * (sample.treated - values))[:, None],
        information,
        likelihood,
        kept,
        centre,
        scale,
        outside,
        notes + _overlap_notes(outside),
    )


def _newton(design: Floats, treated: Floats, weights: Floats, names: list[str]) -> tuple[Floats, Floats]:
    """Coefficients and information at the maximum; steps are halved where they overshoot."""
    coefficients = np.zeros(design.shape[1])
    linear = design @ coefficients
    reached = _likelihood(linear, treated, weights)
    for _ in range(_ROUNDS):
        fitted = expit(linear)
        slope = weights * fitted * (1 - fitted)
        information: Floats = (design * slope[:, None]).T @ design
        try:
            step = np.linalg.solve(information, design.T @ (weights * (treated - fitted)))
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all():
            break
        if np.abs(step).max() < 1e-9:
            return coefficients, information
        length = 1.0
        while length > 1e-6:
            tried = design @ (coefficients + length * step)
            if (likelihood := _likelihood(tried, treated, weights)) >= reached - 1e-12 * abs(reached):
                break
            length /= 2
        coefficients = coefficients + length * step
        linear, reached = tried, likelihood
    worst = names[int(np.abs(coefficients[1:]).argmax())]
    raise ImpactError(
        f"Pas de recouvrement\u00a0: «\u00a0{worst}\u00a0» sépare les personnes suivies des personnes comparées, le "
        "score ne se calcule pas. Retirez cette caractéristique, regroupez-la avec une autre, ou restreignez-vous aux "
        "personnes qui ont un équivalent dans l’autre groupe."
    )


def _likelihood(linear: Floats, treated: Floats, weights: Floats) -> float:
    return float((weights * log_expit(np.where(treated > 0, linear, -linear))).sum())


def _outside(values: Floats, sample: Sample) -> float:
    followed, compared = values[sample.treated], values[~sample.treated]
    beyond = (followed > compared.max()) | (followed < compared.min())
    return float(np.average(beyond, weights=sample.weights[sample.treated]))


def _overlap_notes(outside: float) -> tuple[str, ...]:
    if outside > 0.5:
        raise ImpactError(
            f"Pas de recouvrement\u00a0: {100 * outside:.0f}\u00a0% des personnes suivies n’ont aucun équivalent "
            "parmi les personnes comparées. Cherchez un autre groupe de comparaison, ou restreignez la question aux "
            "personnes comparables."
        )
    if outside > _FEW_OUTSIDE:
        return (
            f"{100 * outside:.0f}\u00a0% des personnes suivies ont un score qu’aucune personne comparée n’atteint\u00a0"
            ": pour elles le résultat prolonge ce qui est observé.",
        )
    return ()
