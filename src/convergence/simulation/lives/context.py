"""What every subject of a block knows: the parameters, the date, its sites, its random streams."""

from dataclasses import dataclass

import numpy as np

from convergence.simulation.lives.chance import stream
from convergence.simulation.parameters import Parameters
from convergence.simulation.tables import Array

KEYS_PER_BLOCK = 10_000_000
"""Keys of block b lie above b times this, so that they are unique whoever draws which block."""


@dataclass(frozen=True)
class Context:
    """One block. Arrays of sites are over all sites of the layout; ``hires`` counts those of this block.

    ``last``: the last day on which anything is known, as a day number (the day before the draw's date).
    """

    parameters: Parameters
    seed: int
    number: int
    territory: int
    last: int
    sites: Array
    opened: Array
    closed: Array
    scheme: Array
    hires: dict[int, int]
    inflow: dict[int, Array]

    def stream(self, subject: str) -> np.random.Generator:
        return stream(self.seed, self.number, subject)

    def keys(self, rows: int) -> Array:
        """Keys of a table of this block.

        :raises ValueError: more rows than a block has keys.
        """
        if rows >= KEYS_PER_BLOCK:
            raise ValueError(f"a block of {rows} rows is too large: at most {KEYS_PER_BLOCK - 1}")
        return self.number * KEYS_PER_BLOCK + 1 + np.arange(rows, dtype=np.int64)

    def key(self, places: Array) -> Array:
        """Keys of given rows; -1 stays null."""
        return np.where(places < 0, -1, self.number * KEYS_PER_BLOCK + 1 + places)
