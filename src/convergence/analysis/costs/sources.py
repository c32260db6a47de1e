"""Where amounts come from: each source knows its lines, and fills a block of people without holding them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.costs.lines import Lines
from convergence.analysis.costs.panel import Floats


class Source(Protocol):
    """Amounts of some lines, positive for a cost to the payer, negative for a gain, in euros of each month."""

    @property
    def lines(self) -> Lines: ...

    def fill(self, block: Floats, start: int, stop: int) -> None:
        """Adds the amounts of people ``start`` to ``stop`` - 1 to a block (people, months, lines of this source)."""


@dataclass(frozen=True)
class Sparse:
    """Amounts of a few cells: `person` and `elapsed` place, `line` among ``lines``, sorted by person."""

    lines: Lines
    person: NDArray[np.int64]
    elapsed: NDArray[np.int64]
    line: NDArray[np.int64]
    amount: Floats

    def fill(self, block: Floats, start: int, stop: int) -> None:
        begin, end = np.searchsorted(self.person, (start, stop))
        cells = slice(begin, end)
        np.add.at(block, (self.person[cells] - start, self.elapsed[cells], self.line[cells]), self.amount[cells])


@dataclass(frozen=True)
class Dense:
    """Amounts worked out block by block: ``amounts(start, stop)`` gives one array (people, months) for each line."""

    lines: Lines
    amounts: Callable[[int, int], list[Floats]]

    def fill(self, block: Floats, start: int, stop: int) -> None:
        for place, amount in enumerate(self.amounts(start, stop)):
            block[:, :, place] += amount
