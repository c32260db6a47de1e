"""Rates of moves, estimated with partial pooling: main effects, rows, sites; and draws of them.

Within a month each move out of a row has a constant intensity (piecewise exponential model: Holford 1980, Biometrics
36:299-305). With intensities λ_k and Λ = Σ λ_k, the probability of the move k in a month is λ_k / Λ × (1 − e^(−Λ)),
so that a rate ratio multiplies an intensity and probabilities always sum to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from convergence.analysis.scenarios.observed import Ints, Moves

Floats = NDArray[np.float64]
_PSEUDO = 0.5
"""Jeffreys' half an event, so that what was never seen is rare, not impossible."""
_STRENGTHS = np.geomspace(2, 20_000, 33)
"""Strengths of the prior of a row, in months of observation, among which the data choose."""
_SPREADS = np.linspace(0.02, 1.2, 60)
"""Standard deviations of site effects among which the data choose."""
_SPREAD_SCALE = 0.3
"""Scale of the half-normal prior of that deviation (Gelman 2006, Bayesian Analysis 1:515-534): few sites tell little of
it, and rates of comparable sites that differ by more than 60 % are rare. An assumption of ours."""
_ROUNDS = 40
_LEAST = 1e-9


def probabilities(intensities: Floats) -> Floats:
    """Probabilities of staying, then of each move, from intensities (…, moves): (…, 1 + moves).

    >>> probabilities(np.array([0.0, 0.0])).tolist()
    [1.0, 0.0, 0.0]
    """
    total = intensities.sum(-1, keepdims=True)
    share = np.divide(-np.expm1(-total), total, out=np.ones_like(total), where=total > 0)
    return np.concatenate([np.exp(-total), intensities * share], axis=-1)


def intensities(chances: Floats) -> Floats:
    """The inverse of :func:`probabilities`: (…, 1 + moves) to (…, moves). Certain to move is taken as 1 − 10⁻⁹."""
    stay = np.clip(chances[..., :1], _LEAST, 1.0)
    leaving = 1 - stay
    whole = np.divide(-np.log(stay), leaving, out=np.ones_like(stay), where=leaving > _LEAST)
    return np.asarray(chances[..., 1:] * whole)


@dataclass(frozen=True)
class Shape:
    """The rows of a kind of move.

    ``margins``: labels (rows, moves) of the main effects; the first is the base, the others multiply it. ``kinds``:
    (rows, moves) numbers of the kinds of event to which site effects and rate ratios apply. Moves are the outcomes
    other than staying; ``column`` (rows, 1 + moves) says which outcome each column is, staying first.
    """

    margins: tuple[Ints, ...]
    kinds: Ints
    column: Ints

    def ordered(self, table: Floats) -> Floats:
        """Counts (rows, outcomes) with staying first."""
        return np.take_along_axis(table, self.column, axis=1)


@dataclass(frozen=True)
class Pooled:
    """Rates fitted for one kind of move: what :meth:`draw` needs.

    ``events``, ``exposure``, ``prior`` (exposure that goes with half an event) by label of each margin; ``counts``
    (rows, 1 + moves); ``dispersion``: variance of people's totals over what independent months would give, at least 1;
    ``strength``: probabilities of ``_STRENGTHS``; ``mean``: intensities (rows, moves) of the main effects.
    """

    shape: Shape
    events: tuple[Floats, ...]
    exposure: tuple[Floats, ...]
    prior: tuple[Floats, ...]
    counts: Floats
    dispersion: float
    strength: Floats
    mean: Floats

    @classmethod
    def fit(cls, shape: Shape, moves: Moves) -> "Pooled":
        """Main effects by iterative proportional fitting (maximum likelihood of the log-linear model of intensities,
        half an event added), then the strength with which rows are drawn to them, by its marginal likelihood
        (Dirichlet-multinomial), each row around the main effects of the others (Geisser 1975, JASA 70:320-328: with its
        own counts in them rows would seem closer than they are), counts being divided by the dispersion (McCullagh
        and Nelder 1989, § 4.5)."""
        rows, outcomes = shape.column.shape
        counts = shape.ordered(moves.table(rows, outcomes))
        seen, months = counts[:, 1:], counts.sum(1, keepdims=True)
        effects = [np.ones(int(margin.max()) + 1) for margin in shape.margins]
        prior = (_base_prior(shape, counts), *(np.full(effect.size, _PSEUDO) for effect in effects[1:]))
        effects[0] = _PSEUDO / prior[0]
        mean = _multiplied(shape.margins, effects)
        for _ in range(_ROUNDS):
            for number, margin in enumerate(shape.margins):
                risk = months * _time_at_risk(mean)
                expected = _summed(margin, risk * mean / effects[number][margin])
                effects[number] = (_summed(margin, seen) + _PSEUDO) / (expected + prior[number])
                mean = _multiplied(shape.margins, effects)
        risk = months * _time_at_risk(mean)
        dispersion = _dispersion(shape, moves, mean)
        exposure = tuple(
            _summed(margin, risk * mean / effects[number][margin]) for number, margin in enumerate(shape.margins)
        )
        events = tuple(_summed(margin, seen) for margin in shape.margins)
        without = _without_each_row(shape, seen, risk * mean, events, exposure, prior, effects)
        likelihood = _row_likelihood(counts / dispersion, probabilities(without))
        return cls(shape, events, exposure, prior, counts, dispersion, likelihood, mean)

    def draw(self, generator: np.random.Generator, draws: int) -> Floats:
        """Intensities (draws, rows, moves): main effects from their gamma posteriors, then rows from their Dirichlet
        posteriors around them."""
        effects = []
        for events, exposure, prior in zip(self.events, self.exposure, self.prior, strict=True):
            shape = events / self.dispersion + _PSEUDO
            rate = exposure / self.dispersion + prior
            effects.append(generator.gamma(shape, size=(draws, shape.size)) / rate)
        centre = np.ones((draws, *self.mean.shape))
        for margin, effect in zip(self.shape.margins, effects, strict=True):
            centre *= effect[:, margin]
        strength = generator.choice(_STRENGTHS, size=draws, p=self.strength)[:, None, None]
        parameters = strength * probabilities(centre) + self.counts / self.dispersion
        drawn = generator.gamma(np.maximum(parameters, _LEAST))
        return intensities(drawn / np.maximum(drawn.sum(-1, keepdims=True), _LEAST))

    def expected(self) -> Floats:
        """Mean intensities (rows, moves), without drawing: the Dirichlet mean around the main effects."""
        strength = float(self.strength @ _STRENGTHS)
        parameters = strength * probabilities(self.mean) + self.counts / self.dispersion
        return intensities(parameters / parameters.sum(-1, keepdims=True))


@dataclass(frozen=True)
class SiteEffects:
    """Rate ratios of sites, one for each kind of event: observed over expected, drawn towards 1.

    Gamma-Poisson (Clayton and Kaldor 1987, Biometrics 43:671-681): O ~ Poisson(u E), u ~ Gamma(a, a) with
    a = 1 / deviation². ``observed``, ``expected`` (sites, kinds), divided by the dispersion; ``deviation`` (kinds,
    values of ``_SPREADS``): their probabilities. The deviation of a kind that was hardly seen is its prior's.
    """

    observed: Floats
    expected: Floats
    deviation: Floats

    @classmethod
    def fit(cls, observed: Floats, expected: Floats) -> "SiteEffects":
        a = 1 / _SPREADS**2
        o, e = observed[..., None], expected[..., None]
        likelihood = (
            gammaln(a + o) - gammaln(a) + a * np.log(a / (a + e)) + o * np.log(np.maximum(e, _LEAST) / (a + e))
        ).sum(axis=0) - 0.5 * (_SPREADS / _SPREAD_SCALE) ** 2
        deviation = np.exp(likelihood - likelihood.max(axis=-1, keepdims=True))
        return cls(observed, expected, deviation / deviation.sum(axis=-1, keepdims=True))

    def draw(self, generator: np.random.Generator, draws: int) -> Floats:
        """Rate ratios (draws, sites, kinds)."""
        return self._drawn(generator, draws, self.observed, self.expected)

    def draw_new(self, generator: np.random.Generator, draws: int, sites: int) -> Floats:
        """Rate ratios (draws, ``sites``, kinds) of sites of which nothing is known but how much sites differ."""
        unknown = np.zeros((sites, self.deviation.shape[0]))
        return self._drawn(generator, draws, unknown, unknown)

    def _drawn(self, generator: np.random.Generator, draws: int, observed: Floats, expected: Floats) -> Floats:
        cumulated = self.deviation.cumsum(axis=-1)
        place = (generator.random((draws, cumulated.shape[0], 1)) > cumulated).sum(axis=-1)
        a = (1 / _SPREADS**2)[np.minimum(place, _SPREADS.size - 1)][:, None, :]
        return np.asarray(generator.gamma(a + observed) / (a + expected))

    @property
    def mean_deviation(self) -> Floats:
        """Posterior mean of the standard deviation of each kind (kinds,)."""
        return np.asarray(self.deviation @ _SPREADS)


def by_site(shape: Shape, moves: Moves, mean: Floats, sites: Sequence[int], kinds: int) -> tuple[Floats, Floats]:
    """Events observed and expected (sites, kinds), ``mean`` being the intensities of all sites together; ``sites``
    are the keys in order."""
    rows, outcomes = shape.column.shape
    chances = probabilities(mean)[:, 1:]
    # Kinds by outcome, not by column: one more kind stands for staying.
    kind_of = np.full((rows, outcomes), kinds)
    np.put_along_axis(kind_of, shape.column[:, 1:], shape.kinds, axis=1)
    by_kind = np.zeros((rows, kinds))
    np.add.at(by_kind, (np.arange(rows)[:, None], shape.kinds), chances)
    site = np.searchsorted(sites, moves.site)
    seen = np.bincount(site * (kinds + 1) + kind_of[moves.row, moves.outcome], moves.weight, len(sites) * (kinds + 1))
    months = np.bincount(site * rows + moves.row, moves.weight, len(sites) * rows).reshape(len(sites), rows)
    return np.asarray(seen.reshape(len(sites), kinds + 1)[:, :kinds]), np.asarray(months @ by_kind)


def dirichlet(generator: np.random.Generator, parameters: Floats, draws: int) -> Floats:
    """Draws (draws, …, outcomes) of Dirichlet laws over the last axis."""
    drawn = generator.gamma(np.maximum(parameters, _LEAST), size=(draws, *parameters.shape))
    return np.asarray(drawn / np.maximum(drawn.sum(-1, keepdims=True), _LEAST))


def towards(counts: Floats, centre: Floats) -> Floats:
    """Dirichlet parameters of rows (rows, outcomes) drawn towards a common ``centre``, with the likeliest strength."""
    likelihood = _row_likelihood(counts, np.broadcast_to(centre, counts.shape))
    return np.asarray(float(likelihood @ _STRENGTHS) * centre + counts)


def _base_prior(shape: Shape, counts: Floats) -> Floats:
    """Months that go with half an event for each label of the base: those of the mean rate of its kind of event, to
    which what was never looked at goes back."""
    events = _summed(shape.kinds, counts[:, 1:]) + _PSEUDO
    months = _summed(shape.kinds, counts.sum(1, keepdims=True)) + 1.0
    kind = np.zeros(int(shape.margins[0].max()) + 1, np.int64)
    kind[shape.margins[0]] = shape.kinds
    return np.asarray(_PSEUDO * (months / events)[kind])


def _time_at_risk(mean: Floats) -> Floats:
    """Expected part of a month before a move, by row (rows, 1)."""
    total = mean.sum(-1, keepdims=True)
    return np.asarray(np.divide(-np.expm1(-total), total, out=np.ones_like(total), where=total > 0))


def _multiplied(margins: tuple[Ints, ...], effects: list[Floats]) -> Floats:
    mean = np.ones(margins[0].shape)
    for margin, effect in zip(margins, effects, strict=True):
        mean = mean * effect[margin]
    return mean


def _summed(labels: Ints, values: Floats, least: int = 0) -> Floats:
    weights = np.broadcast_to(values, labels.shape).ravel()
    return np.asarray(np.bincount(labels.ravel(), weights, max(least, int(labels.max()) + 1)), np.float64)


def _without_each_row(
    shape: Shape,
    seen: Floats,
    expected: Floats,
    events: tuple[Floats, ...],
    exposure: tuple[Floats, ...],
    prior: tuple[Floats, ...],
    effects: list[Floats],
) -> Floats:
    """Main effects (rows, moves) as they would be without the row's own counts, one step from the fit."""
    mean = np.ones(seen.shape)
    for number, margin in enumerate(shape.margins):
        left = np.maximum(events[number][margin] - seen, 0.0) + _PSEUDO
        risk = np.maximum(exposure[number][margin] - expected / effects[number][margin], 0.0)
        mean *= left / (risk + prior[number][margin])
    return mean


def _row_likelihood(counts: Floats, centre: Floats) -> Floats:
    """Posterior probabilities of ``_STRENGTHS``, flat on their logarithm."""
    seen = counts.sum(1) > 0
    counts, centre = counts[seen], np.maximum(centre[seen], _LEAST)
    logs = np.zeros(_STRENGTHS.size)
    for number, strength in enumerate(_STRENGTHS):
        prior = strength * centre
        logs[number] = (
            gammaln(strength) - gammaln(strength + counts.sum(1)) + (gammaln(prior + counts) - gammaln(prior)).sum(1)
        ).sum()
    likelihood = np.exp(logs - logs.max())
    return np.asarray(likelihood / likelihood.sum())


def _dispersion(shape: Shape, moves: Moves, mean: Floats) -> float:
    """Variance of people's total events over its value if months were independent, at least 1."""
    if not moves.row.size:
        return 1.0
    stays = shape.column[moves.row, 0] == moves.outcome
    leaving = 1 - probabilities(mean)[:, 0]
    expected = leaving[moves.row]
    people = int(moves.person.max()) + 1
    residual = np.bincount(moves.person, moves.weight * (~stays - expected), people)
    variance = np.bincount(moves.person, moves.weight * expected * (1 - expected), people)
    return max(1.0, float((residual**2).sum() / max(variance.sum(), _LEAST)))
