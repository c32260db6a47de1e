"""Parts: sets of people with everything about them, one file each in every table, checked one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.dataset.checking import check
from convergence.analysis.dataset.errors import Flaw, refuse
from convergence.analysis.dataset.links import Frames, Places, links
from convergence.analysis.dataset.tables import SCHEMAS

_SINGLE_KEYS = {table: keys[0] for table, schema in SCHEMAS.items() if len(keys := schema.primary_key()) == 1}
_Runs = NDArray[np.int64]
"""Runs of consecutive keys, one row each: the first and the last."""


@dataclass
class Checker:
    """Checks parts in their order, keeping what ties one to the others: places, and keys used once over all parts."""

    as_of: date
    _places: Places = field(default_factory=Places)
    _used: dict[str, _Runs] = field(default_factory=dict)

    def check(self, part: Frames, where: dict[str, str]) -> None:
        """Check a part whose tables conform; ``where`` names each for the person who reads an error.

        :raises DatasetError: the first flaw, and how many others.
        """
        refuse([flaw for table in SCHEMAS for flaw in check(part[table], table, where[table])])
        self._places.meet(part)
        found = [*links(part, self._places, self.as_of), *self._keys_used_before(part)]
        refuse([Flaw(where[flaw.where], flaw.what, flaw.rows, flaw.example) for flaw in found])

    def _keys_used_before(self, part: Frames) -> Iterator[Flaw]:
        for table, key in _SINGLE_KEYS.items():
            runs = _runs(part[table][key].to_numpy())
            if table in self._used:
                runs = np.concatenate([self._used[table], runs])
                runs = runs[np.argsort(runs[:, 0], kind="stable")]
                again = runs[1:, 0] <= runs[:-1, 1]
                if again.any():
                    first = f"{key} {runs[1:][again][0, 0]}"
                    yield Flaw(table, "clé déjà présente dans une autre partie", int(again.sum()), first)
            self._used[table] = _joined(runs)


def _runs(keys: NDArray[Any]) -> _Runs:
    ordered = np.sort(keys)
    return _joined(np.column_stack([ordered, ordered]))


def _joined(runs: _Runs) -> _Runs:
    """Runs in order, those that touch made one."""
    if len(runs) == 0:
        return runs
    breaks = np.flatnonzero(runs[1:, 0] - runs[:-1, 1] > 1) + 1
    firsts = np.concatenate([[0], breaks])
    lasts = np.concatenate([breaks - 1, [len(runs) - 1]])
    return np.column_stack([runs[firsts, 0], runs[lasts, 1]])
