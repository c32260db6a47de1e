"""Tables held as numpy arrays (what a simulation yields) made into frames of the schema."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import dataframely as dy
import numpy as np
import polars as pl

from convergence.analysis.dataset.errors import DatasetError
from convergence.analysis.french import NBSP


class Arrays(Protocol):
    """Columns of one length.

    Null is NaT for a day, NaN for a quantity, -1 for anything else. A coded column holds places in ``codes``; a
    truth value is 0 or 1.
    """

    @property
    def columns(self) -> Mapping[str, np.ndarray[Any, Any]]: ...

    @property
    def codes(self) -> Mapping[str, tuple[str, ...]]: ...


def length(arrays: Arrays) -> int:
    """How many rows the table has."""
    return len(next(iter(arrays.columns.values())))


def as_frame(several: Sequence[Arrays], schema: type[dy.Schema], where: str) -> pl.DataFrame:
    """Tables of the same codes, one after the other, as a frame with the types of a schema.

    Columns that the schema has not are kept for its check to refuse. ``where`` names the table in an error.

    :raises DatasetError: a code of no list.
    """
    columns, first = schema.columns(), several[0]
    return pl.DataFrame(
        [
            _series(
                name,
                np.concatenate([arrays.columns[name] for arrays in several]),
                columns[name].dtype if name in columns else None,
                first.codes.get(name),
                where,
            )
            for name in first.columns
        ]
    )


def _series(
    name: str,
    values: np.ndarray[Any, Any],
    wanted: pl.DataType | None,
    codes: tuple[str, ...] | None,
    where: str,
) -> pl.Series:
    if wanted is None or isinstance(wanted, pl.String):
        return pl.Series(name, values.tolist() if values.dtype == object else values)
    if isinstance(wanted, pl.Date):
        return pl.Series(name, values.astype("datetime64[D]", copy=False))
    if isinstance(wanted, pl.Float64):
        return pl.Series(name, values.astype(np.float64, copy=False), nan_to_null=True)
    if isinstance(wanted, pl.Enum):
        return _coded(name, values, wanted, codes, where)
    return _without(values, name).cast(wanted)


def _coded(
    name: str, places: np.ndarray[Any, Any], wanted: pl.Enum, codes: tuple[str, ...] | None, where: str
) -> pl.Series:
    categories = wanted.categories.to_list()
    if codes is None or list(codes) != categories:
        if codes is None or (unknown := sorted(set(codes) - set(categories))):
            what = f"le code «{NBSP}{unknown[0]}{NBSP}» est inconnu" if codes else "les codes manquent"
            raise DatasetError(f"{where}, colonne «{NBSP}{name}{NBSP}»{NBSP}: {what}.")
        # -1 stays -1: it takes the last place.
        places = np.array([*(categories.index(code) for code in codes), -1])[places]
    physical = pl.UInt8 if len(categories) < 2**8 else pl.UInt16
    return _without(places, name).cast(physical).cat.to(wanted)


def _without(values: np.ndarray[Any, Any], name: str) -> pl.Series:
    """The values with null where they are -1."""
    series, absent = pl.Series(name, values), values == -1
    return series.set(pl.Series(absent), None) if absent.any() else series
