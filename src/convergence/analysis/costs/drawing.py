"""What is not known, drawn jointly: who was there, what things cost, who takes a right up."""

import zlib
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.costs.lines import Factor, Lines
from convergence.analysis.costs.panel import Booleans, Floats


class Law(Enum):
    """How a factor is drawn between its low, central and high values."""

    TRIANGULAR = "triangulaire"
    PERT = "PERT"


class Resampling(Enum):
    """What is drawn again, as reports say it."""

    PEOPLE = "personnes"
    SITES = "chantiers, puis personnes de chaque chantier"


@dataclass(frozen=True)
class Group:
    """One side of a comparison in a bootstrap: who is in it, and how they are drawn.

    :param place: (members,) places of its members among units; :param site: (members,) their sites.
    """

    place: NDArray[np.int64]
    site: NDArray[np.int64]
    by: Resampling

    @classmethod
    def of(cls, members: Booleans, site: NDArray[np.int64]) -> "Group":
        """By site where there are at least two, else by person."""
        place = np.flatnonzero(members)
        several = np.unique(site[place]).size >= 2
        return cls(place, site[place], Resampling.SITES if several else Resampling.PEOPLE)

    def counts(self, random: np.random.Generator, draws: int) -> NDArray[np.int64]:
        """How many times each member is drawn, (draws, members)."""
        number = len(self.place)
        if self.by is Resampling.PEOPLE:
            return _drawn_times(random, np.full(draws, number), number)
        counts = np.zeros((draws, number), np.int64)
        sites = np.unique(self.site)
        times = _drawn_times(random, np.full(draws, len(sites)), len(sites))
        for place, one in enumerate(sites):
            inside = np.flatnonzero(self.site == one)
            counts[:, inside] = _drawn_times(random, times[:, place] * len(inside), len(inside))
        return counts


def _drawn_times(random: np.random.Generator, sizes: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """How many times each of ``number`` things is drawn in samples of some sizes, (samples, number)."""
    sample = np.repeat(np.arange(len(sizes)), sizes)
    which = random.integers(number, size=len(sample))
    return np.bincount(sample * number + which, minlength=len(sizes) * number).reshape(len(sizes), number)


def draw_factors(lines: Lines, seed: int, draws: int, law: Law = Law.PERT) -> Floats:
    """Draws of every factor of some lines in the order of ``lines.factors``, (draws, factors); 1 is the central value.

    One draw serves every line and month of a factor. A factor's draws depend on the seed and its name alone: adding
    another changes none. PERT is the beta law of mean (low + 4 × central + high) / 6.
    """
    return np.column_stack(
        [_drawn(factor, seed, draws, law) for factor in lines.factors.values()] or [np.empty((draws, 0))]
    )


def line_factors(lines: Lines, drawn: Floats) -> Floats:
    """Draws of factors as multipliers of lines, (draws, lines)."""
    places = {code: place for place, code in enumerate(lines.factors)}
    found = np.ones((len(drawn), len(lines)))
    for place, line in enumerate(lines.lines):
        if line.factor in places:
            found[:, place] = drawn[:, places[line.factor]]
    return found


def generator(seed: int, name: str) -> np.random.Generator:
    """The stream of random numbers of a name, under a seed."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _drawn(factor: Factor, seed: int, draws: int, law: Law) -> Floats:
    low, high = factor.low, factor.high
    if high - low < 1e-12:
        return np.ones(draws)
    random = generator(seed, factor.code)
    if law is Law.TRIANGULAR:
        return random.triangular(low, 1.0, high, size=draws)
    wide = high - low
    return low + wide * random.beta(1 + 4 * (1 - low) / wide, 1 + 4 * (high - 1) / wide, size=draws)
