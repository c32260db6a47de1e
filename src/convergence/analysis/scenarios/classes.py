"""A few classes of people at entry, so that the model tells apart those whose way out is longer."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

N_CLASSES = 6
_SIGNS = {"street_path": 1.0, "time_without_work": 1.0, "education": -1.0, "needs": 1.0}
"""What makes a difficulty: each in standard deviations, with the same weight."""
LABELS = tuple(
    f"{difficulty}, {rights}"
    for difficulty in ("difficulté moindre", "difficulté moyenne", "difficulté forte")
    for rights in ("sans minimum social à l’entrée", "minimum social ouvert à l’entrée")
)


@dataclass(frozen=True)
class Classes:
    """Tercile of difficulty × a minimum income (RSA or AAH) open at entry: six classes.

    Difficulty is the mean of the known among: ever in the street, time without work, schooling (less counts more),
    mean level of needs; each centred and divided by its standard deviation among the people it was made from. Whoever
    nothing is known of is in the middle. Bounds are kept, so that newcomers are classed as those before them.
    """

    centres: tuple[float, ...]
    scales: tuple[float, ...]
    bounds: tuple[float, float]

    @classmethod
    def fit(cls, people: pl.DataFrame) -> "Classes":
        """From profiles (:func:`convergence.analysis.profiles.profiles`)."""
        columns = [people[name].cast(pl.Float64).to_numpy() for name in _SIGNS]
        known = [column[~np.isnan(column)] for column in columns]
        centres = tuple(float(values.mean()) if values.size else 0.0 for values in known)
        scales = tuple(float(values.std()) or 1.0 if values.size else 1.0 for values in known)
        made = cls(centres, scales, (0.0, 0.0))
        difficulty = made.difficulty(people)
        low, high = np.quantile(difficulty, [1 / 3, 2 / 3]) if difficulty.size else (0.0, 0.0)
        return cls(centres, scales, (float(low), float(high)))

    def difficulty(self, people: pl.DataFrame) -> NDArray[np.float64]:
        """(people,) in standard deviations; 0 where nothing is known."""
        total, known = np.zeros(people.height), np.zeros(people.height)
        for (name, sign), centre, scale in zip(_SIGNS.items(), self.centres, self.scales, strict=True):
            values = people[name].cast(pl.Float64).to_numpy()
            there = ~np.isnan(values)
            total[there] += sign * (values[there] - centre) / scale
            known += there
        return np.asarray(total / np.maximum(known, 1))

    def of(self, people: pl.DataFrame) -> NDArray[np.int64]:
        """(people,) numbers of class: 2 × tercile + 1 where a minimum income is known to be open."""
        tercile = np.searchsorted(self.bounds, self.difficulty(people), side="right")
        open_right = (people["rsa"].fill_null(0.0) == 1.0) | (people["aah"].fill_null(0.0) == 1.0)
        return np.asarray(2 * tercile + open_right.to_numpy().astype(np.int64))
