"""Comparisons with a known effect: two groups of sites, people who differ between them, and what was really changed.

The model of a territory (``model.py``) tells whole lives; here a person is a few numbers, so that a thousand
comparisons are drawn in a second and it can be counted how often an interval holds the truth.

In each group of sites people come from the group's own crowd: two covariates are normal with one variance, two are
flags, and the groups' means differ by ``confounding``. Who is in the scheme is then exactly logistic in the covariates
(Efron 1975), and the outcome is linear in them (logistic where it is a yes or a no): what estimators assume holds,
unless a violation is asked for.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NAMES: Final = ("âge", "mois sans emploi", "femme", "parcours de rue")

# Per unit of `confounding`: how far the followed group's mean is from the other's (log-odds for yes or no).
_APART: Final = np.array([1.0, -0.6, 0.5, 0.8])
# What a unit of each covariate adds to the outcome: in its standard deviations left, or log-odds.
_WORTH: Final = np.array([0.5, -0.4, 0.2, -0.4])
_COMMON: Final = np.array([-0.3, -0.2])  # log-odds of yes in the group compared
_HIDDEN_WORTH: Final = 0.6
_OTHERS: Final = 0.3  # share of yes in what moves nothing
_NODES: Final = 80


@dataclass(frozen=True)
class Trial:
    """How comparisons are drawn.

    :ivar people: in both groups; ``sites``: followed and compared, each site in one group, of unequal sizes.
    :ivar effect: of the scheme on the outcome: in standard deviations of what covariates do not explain, or, where
        ``binary``, in log-odds. ``heterogeneity``: by how much more per unit of the first covariate.
    :ivar correlation: of people of one site, given their covariates (on the scale of log-odds where ``binary``).
    :ivar confounding: how far apart the groups are; ``composition``: how far sites of one group are.
    :ivar hidden: how far apart they are on something that moves the outcome and that nobody wrote down (a violation).
    :ivar others: covariates that are known too and move nothing.
    :ivar losses: share of the people compared who are lost from sight, those with low outcomes first (a violation).
    """

    people: int = 600
    sites: tuple[int, int] = (12, 12)
    effect: float = 0.4
    heterogeneity: float = 0.0
    correlation: float = 0.0
    binary: bool = False
    confounding: float = 0.5
    composition: float = 0.2
    hidden: float = 0.0
    others: int = 0
    losses: float = 0.0

    def __post_init__(self) -> None:
        if min(self.sites) < 1 or self.people < 4 * sum(self.sites):
            raise ValueError("at least one site in each group, and four people a site")
        if not (0 <= self.correlation < 1 and 0 <= self.losses < 0.5):
            raise ValueError("a correlation is from 0 to 1, a share of losses below a half")

    @property
    def truth(self) -> float:
        """The mean effect on the people followed (ATT): exact, or within 1e-10 where ``binary`` (Gauss-Hermite)."""
        if not self.binary:
            return self.effect + self.heterogeneity * self.confounding * float(_APART[0])
        return self._share(followed=1.0) - self._share(followed=0.0)

    def _share(self, followed: float) -> float:
        """Share of yes among the people of the followed group, with the scheme or without it."""
        slope = _WORTH[:2] + followed * np.array([self.heterogeneity, 0.0])
        spread = (
            (1 + self.composition**2) * float(slope @ slope)
            + _variance_of_sites(self)
            + _HIDDEN_WORTH**2 * (1.0 if self.hidden else 0.0)
        )
        centre = self.confounding * float(slope @ _APART[:2]) + followed * self.effect + _HIDDEN_WORTH * self.hidden
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        weights = weights / weights.sum()
        chances = _expit(_COMMON + self.confounding * _APART[2:])
        share = 0.0
        for values in product((0.0, 1.0), repeat=2):
            chance = float(np.prod(np.where(np.array(values) > 0, chances, 1 - chances)))
            share += chance * float(weights @ _expit(centre + np.array(values) @ _WORTH[2:] + nodes * spread**0.5))
        return share


class Drawn(NamedTuple):
    """One comparison: columns of n people.

    :ivar before: an outcome of before the entry, on which nothing can have acted; it shares causes with ``outcome``.
    :ivar seen: whether the outcome is known; it is written for everybody all the same.
    :ivar effect: the true mean effect on people such as those followed; ``here``: on those very people.
    """

    outcome: Floats
    treated: NDArray[np.bool_]
    covariates: Floats
    names: tuple[str, ...]
    site: NDArray[np.int64]
    before: Floats
    seen: NDArray[np.bool_]
    effect: float
    here: float


def draw(trial: Trial, rng: np.random.Generator, *, truth: float | None = None) -> Drawn:
    """One comparison.

    :param truth: ``trial.truth``, for who draws many and computes it once.

    >>> drawn = draw(Trial(people=200, sites=(4, 4)), np.random.default_rng(1))
    >>> drawn.covariates.shape, drawn.effect, len(np.unique(drawn.site))
    ((200, 4), 0.4, 8)
    """
    site = _sites(trial, rng)
    count, people = sum(trial.sites), trial.people
    treated = site < trial.sites[0]
    apart = treated[:, None] * trial.confounding * _APART
    normal = rng.normal(size=(people, 2)) + apart[:, :2] + trial.composition * rng.normal(size=(count, 2))[site]
    flags = rng.random((people, 2)) < _expit(_COMMON + apart[:, 2:])
    covariates = np.column_stack([normal, flags])
    hidden = (rng.normal(size=people) + treated * trial.hidden) * (1.0 if trial.hidden else 0.0)
    base = (
        covariates @ _WORTH + _HIDDEN_WORTH * hidden + _variance_of_sites(trial) ** 0.5 * rng.normal(size=count)[site]
    )
    effects = trial.effect + trial.heterogeneity * covariates[:, 0]
    if trial.binary:
        outcome: Floats = (rng.random(people) < _expit(base + treated * effects)).astype(np.float64)
        effects = _expit(base + effects) - _expit(base)
    else:
        outcome = base + treated * effects + (1 - trial.correlation) ** 0.5 * rng.normal(size=people)
    before: Floats = 0.8 * (covariates @ _WORTH) + _HIDDEN_WORTH * hidden + _noise(trial, site, rng)
    seen = _seen(trial, outcome, treated, rng)
    return Drawn(
        outcome,
        treated,
        np.column_stack([covariates, rng.random((people, trial.others)) < _OTHERS]),
        NAMES + tuple(f"autre {number + 1}" for number in range(trial.others)),
        site,
        before,
        seen,
        trial.truth if truth is None else truth,
        float(effects[treated].mean()),
    )


def _sites(trial: Trial, rng: np.random.Generator) -> NDArray[np.int64]:
    """The site of each person, at least four in each, in the order of sites."""
    count = sum(trial.sites)
    size = rng.gamma(6.0, size=count)
    site = np.concatenate(
        [np.repeat(np.arange(count), 4), rng.choice(count, trial.people - 4 * count, p=size / size.sum())]
    )
    return np.sort(site)


def _variance_of_sites(trial: Trial) -> float:
    """Of what people of a site share: part of one, or of the logistic law's π²/3."""
    if trial.binary:
        return trial.correlation / (1 - trial.correlation) * np.pi**2 / 3
    return trial.correlation


def _noise(trial: Trial, site: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    shared = trial.correlation**0.5 * rng.normal(size=sum(trial.sites))[site]
    found: Floats = shared + (1 - trial.correlation) ** 0.5 * rng.normal(size=trial.people)
    return found


def _seen(trial: Trial, outcome: Floats, treated: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Who is still followed: of the people compared, those with low outcomes are lost twice as easily as the mean."""
    rank = np.argsort(np.argsort(outcome + 1e-6 * rng.random(len(outcome)))) / len(outcome)
    found: NDArray[np.bool_] = treated | (rng.random(len(outcome)) >= 2 * trial.losses * (1 - rank))
    return found


def _expit(values: Any) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.asarray(values, dtype=np.float64)))
    return found
