"""Who is where when a projection begins, as cells: territory × class × months since the entry × state."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.scenarios.classes import N_CLASSES
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import UNKNOWN, Ints, Lives
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.states import DECEASED, LONGEST, LOST, N_CARE, N_STATES, N_STEPS, PLACES, Work

_RECENT = 24
"""Months over which entries are counted."""


@dataclass(frozen=True)
class Population:
    """The stock at the end of a month, and how people come.

    ``cells``: people (territories, classes, months since the entry: 0 … 60, states); ``flow``: people who enter a
    month, by territory; ``mix``: their classes (territories, classes), each row summing to one; ``month``: the month
    at whose end they are so, counted from January 1970.
    """

    territories: tuple[int, ...]
    cells: Floats
    flow: Floats
    mix: Floats
    month: int

    @classmethod
    def of(cls, model: Model, lives: Lives) -> "Population":
        """Everybody who entered in the last sixty months, where she is at the end of the last whole month.

        A housing or a care that is not known is shared as that of the people of the same class and work of whom it is
        known; whoever has left and is not known to work or not counts as lost from sight.
        """
        keys = tuple(territory.key for territory in model.territories)
        place = np.searchsorted(keys, lives.territory)
        last = lives.within.sum(1) - 1
        month = int((lives.began + last).max()) if last.size else 0
        now = (last >= 0) & (lives.began + last == month)
        who, at = np.flatnonzero(now), last[now]
        work, step, care = lives.work[who, at], lives.step[who, at], lives.care[who, at]
        died = lives.died[who]
        cells = np.zeros((len(keys), N_CLASSES, LONGEST + 1, N_STATES))
        lost = (work == UNKNOWN) & ~died
        for gone, state in ((died, DECEASED), (lost, LOST)):
            states = np.full(int(gone.sum()), state)
            np.add.at(cells, (place[who][gone], lives.profile[who][gone], at[gone], states), 1.0)
        living = ~died & ~lost
        pairs = _pairs(lives.profile[who], work, step, care, living)
        first = work[living] * PLACES
        for pair in range(PLACES):
            where = (place[who][living], lives.profile[who][living], at[living], first + pair)
            np.add.at(cells, where, pairs[living, pair])
        recent = (lives.began > month - _RECENT) & (lives.began <= month)
        mix = np.bincount(place * N_CLASSES + lives.profile, recent + 0.01, len(keys) * N_CLASSES)
        mix = mix.reshape(len(keys), N_CLASSES)
        flow = np.bincount(place, recent, len(keys)) / _RECENT
        return cls(keys, cells, flow, mix / mix.sum(1, keepdims=True), month)

    def sized(self, people: float) -> "Population":
        """The same, as if there were ``people`` in all: for orders of magnitude and measures of speed."""
        factor = people / self.people
        return Population(self.territories, self.cells * factor, self.flow * factor, self.mix, self.month)

    @property
    def people(self) -> float:
        return float(self.cells.sum())

    @property
    def posts(self) -> Floats:
        """People in a path, by territory."""
        paths = self.cells[..., : (Work.AGAIN + 1) * PLACES].reshape(*self.cells.shape[:3], -1, PLACES)
        return np.asarray(paths[..., (Work.PATH, Work.AGAIN), :].sum((1, 2, 3, 4)))


def _pairs(profile: Ints, work: Ints, step: Ints, care: Ints, living: NDArray[np.bool_]) -> Floats:
    """Weights (people, 12) of housing and care, one for what is known and shared for what is not."""
    weights = np.zeros((profile.size, N_STEPS, N_CARE))
    known = living & (step != UNKNOWN) & (care != UNKNOWN)
    overall = np.full((N_STEPS, N_CARE), 1e-3)
    np.add.at(overall, (step[known], care[known]), 1.0)
    like = np.zeros((N_CLASSES, len(Work), N_STEPS, N_CARE)) + overall / overall.sum()
    np.add.at(like, (profile[known], work[known], step[known], care[known]), 1.0)
    for person in np.flatnonzero(living):
        possible = like[profile[person], work[person]].copy()
        if step[person] != UNKNOWN:
            possible[np.arange(N_STEPS) != step[person]] = 0.0
        if care[person] != UNKNOWN:
            possible[:, np.arange(N_CARE) != care[person]] = 0.0
        weights[person] = possible / possible.sum()
    return weights.reshape(profile.size, PLACES)
