"""Tables of amounts already worked out, in memory and in a folder, so that nothing is asked of the law twice."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.french import NBSP

Bits = NDArray[np.int32]
"""Keys: one row each, amounts as the bits of their float32, so that equal means equal."""
Values = NDArray[np.float32]


def bits(*columns: NDArray[Any]) -> Bits:
    """Columns of one length as a key: float32 by its bits, other numbers as whole numbers."""
    rows = np.empty((len(columns[0]), len(columns)), np.int32)
    for place, column in enumerate(columns):
        # Adding zero makes one of the two zeros.
        rows[:, place] = (column + np.float32(0)).view(np.int32) if column.dtype == np.float32 else column
    return rows


def amount(keys: Bits, place: int) -> Values:
    """The float32 that a column of keys holds."""
    return np.ascontiguousarray(keys[:, place]).view(np.float32)


class Table:
    """Values of distinct keys, found by a 64-bit fingerprint of the key and checked against the key itself."""

    def __init__(self, keys: int, values: int) -> None:
        self.fingerprints = np.empty(0, np.uint64)
        self.keys: Bits = np.empty((0, keys), np.int32)
        self.values: Values = np.empty((0, values), np.float32)
        self.worked_out = 0

    def __len__(self) -> int:
        return len(self.fingerprints)

    def look_up(self, keys: Bits, work_out: Callable[[Bits], Values]) -> Values:
        """Values of each row of ``keys``; those not held yet are worked out, once each, and kept."""
        distinct, first, which = np.unique(_fingerprints(keys), return_index=True, return_inverse=True)
        chosen = keys[first]
        if not np.array_equal(chosen[which], keys):
            # Two keys with one fingerprint: about one chance in a million among ten million keys.
            return work_out(keys)
        places = np.searchsorted(self.fingerprints, distinct)
        held = places < len(self)
        there = places[held]
        same = (self.keys[there] == chosen[held]).all(axis=1) & (self.fingerprints[there] == distinct[held])
        held[held] = same
        values = np.empty((len(distinct), self.values.shape[1]), np.float32)
        values[held] = self.values[places[held]]
        if not held.all():
            values[~held] = work_out(chosen[~held])
            self.worked_out += int((~held).sum())
            self.add(distinct[~held], chosen[~held], values[~held])
        return values[which]

    def add(self, fingerprints: NDArray[np.uint64], keys: Bits, values: Values) -> None:
        """Keep further rows, in order of fingerprint; of one fingerprint, the first stays."""
        together = np.concatenate([self.fingerprints, fingerprints])
        distinct, first = np.unique(together, return_index=True)
        self.fingerprints = distinct
        self.keys = np.concatenate([self.keys, keys])[first]
        self.values = np.concatenate([self.values, values])[first]


def _fingerprints(keys: Bits) -> NDArray[np.uint64]:
    """Each row's columns mixed into 64 bits (the finaliser of splitmix64 after each)."""
    mixed = np.full(len(keys), 0x9E3779B97F4A7C15, np.uint64)
    for column in keys.T:
        mixed ^= column.astype(np.uint32)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed


class Tables:
    """The tables of one law: one a kind of amount and month, kept in one file a kind.

    :param folder: where files are kept; None: in memory alone. A file's name holds the fingerprint of the law and of
        the assumptions, so that another version never reads it. A file that does not read is left aside, worked out
        again, and said in ``notes``.
    """

    def __init__(self, folder: Path | None, law: str) -> None:
        self.folder, self.law = folder, law
        self.notes: list[str] = []
        self._tables: dict[str, dict[int, Table]] = {}

    def of(self, kind: str, month: int, keys: int, values: int) -> Table:
        """The table of a kind of amount in a month (months since 1970), or a year."""
        months = self._tables.get(kind)
        if months is None:
            months = self._tables[kind] = self._read(kind, keys, values)
        table = months.get(month)
        if table is None:
            table = months[month] = Table(keys, values)
        return table

    @property
    def rows(self) -> int:
        """How many distinct keys are held."""
        return sum(len(table) for months in self._tables.values() for table in months.values())

    def save(self) -> None:
        """Write what was worked out since, beside what another process may have written meanwhile.

        A folder that cannot be written to is said in ``notes``: amounts do without it.
        """
        if self.folder is None:
            return
        try:
            self._save(self.folder)
        except OSError as error:
            why = error.strerror or "erreur du disque"
            self.notes.append(f"Les tables de montants ne s’écrivent pas dans {self.folder}{NBSP}: {why}.")

    def _save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, months in self._tables.items():
            if not any(table.worked_out for table in months.values()):
                continue
            some = next(iter(months.values()))
            for month, table in self._read(kind, some.keys.shape[1], some.values.shape[1]).items():
                mine = months.setdefault(month, Table(some.keys.shape[1], some.values.shape[1]))
                mine.add(table.fingerprints, table.keys, table.values)
            self._write(kind, months)
            for table in months.values():
                table.worked_out = 0

    def file(self, kind: str) -> Path:
        """Where a kind of amount is kept."""
        if self.folder is None:
            raise ValueError("These tables are kept in memory alone.")
        return self.folder / f"{kind}-{self.law[:16]}.npz"

    def _read(self, kind: str, keys: int, values: int) -> dict[int, Table]:
        if self.folder is None or not self.file(kind).is_file():
            return {}
        try:
            with np.load(io.BytesIO(self.file(kind).read_bytes()), allow_pickle=False) as held:
                months, rows = held["months"], held["keys"]
                amounts, fingerprints = held["values"], held["fingerprints"]
            fits = rows.shape == (*months.shape, keys) and amounts.shape == (*months.shape, values)
            kinds = (months.dtype, rows.dtype, amounts.dtype) == (np.int32, np.int32, np.float32)
            if not (fits and kinds and months.ndim == 1 and np.isfinite(amounts).all()):
                raise ValueError("other columns")
            if not np.array_equal(_fingerprints(rows), fingerprints):
                raise ValueError("other rows")
        except (OSError, TypeError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            del error
            note = f"La table «{NBSP}{self.file(kind).name}{NBSP}» ne se lit pas{NBSP}: ses montants sont recalculés."
            if note not in self.notes:
                self.notes.append(note)
            return {}
        tables = {}
        for month in np.unique(months):
            table, here = Table(keys, values), months == month
            table.add(fingerprints[here], rows[here], amounts[here])
            tables[int(month)] = table
        return tables

    def _write(self, kind: str, months: dict[int, Table]) -> None:
        held = [(month, table) for month, table in sorted(months.items()) if len(table)]
        file = self.file(kind)
        handle, name = tempfile.mkstemp(prefix=f".{kind}-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                np.savez(
                    target,
                    months=np.concatenate([np.full(len(table), month, np.int32) for month, table in held]),
                    fingerprints=np.concatenate([table.fingerprints for _month, table in held]),
                    keys=np.concatenate([table.keys for _month, table in held]),
                    values=np.concatenate([table.values for _month, table in held]),
                )
            os.replace(name, file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
