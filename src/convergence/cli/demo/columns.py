"""Columns of numpy in the text format of PostgreSQL's COPY, whole columns at a time."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from django.db import models
from numpy.typing import NDArray

from convergence.platform.bulk import NULL, copy_columns, escaped

Texts = list[str]


def codes(values: NDArray[Any]) -> Texts:
    """Codes and other texts of ours, known to hold nothing that COPY reads in its own way."""
    texts: Texts = values.tolist()
    return texts


def words(values: Iterable[str]) -> Texts:
    return [escaped(value) for value in values]


def numbers(values: NDArray[Any]) -> Texts:
    return [str(value) for value in values.tolist()]


def counts(values: NDArray[Any]) -> Texts:
    """Whole numbers, null where negative."""
    return [str(value) if value >= 0 else NULL for value in values.tolist()]


def decimals(values: NDArray[Any]) -> Texts:
    """Null where not a number."""
    return [f"{value:.2f}" if value == value else NULL for value in values.tolist()]  # noqa: PLR0124 (NaN)


def flags(values: NDArray[Any]) -> Texts:
    """Booleans; null where negative."""
    return ["t" if value > 0 else "f" if value == 0 else NULL for value in values.tolist()]


def days(values: NDArray[np.datetime64]) -> Texts:
    return _stamps(values.astype("datetime64[D]"))


def moments(values: NDArray[np.datetime64]) -> Texts:
    """Naive moments: the session's time zone is to be the territory's."""
    return _stamps(values.astype("datetime64[m]"))


def _stamps(values: NDArray[np.datetime64]) -> Texts:
    each, where = np.unique(values, return_inverse=True)
    told = np.array([NULL if stamp == "NaT" else stamp for stamp in np.datetime_as_string(each).tolist()], dtype=object)
    texts: Texts = told[where].tolist()
    return texts


def periods(since: NDArray[np.datetime64], until: NDArray[np.datetime64]) -> Texts:
    """Date ranges, end excluded; open where NaT."""
    ends = ["" if end is NULL else end for end in days(until)]
    begins = ["" if start is NULL else start for start in days(since)]
    return [f"[{start},{end})" if start else f"(,{end})" for start, end in zip(begins, ends, strict=True)]


def series(facts: NDArray[np.int64]) -> Texts:
    """A random UUID for each fact, shared by its versions."""
    each = fresh(int(facts.max(initial=-1)) + 1)
    return [each[fact] for fact in facts.tolist()]


def fresh(count: int) -> Texts:
    """Random UUIDs."""
    drawn = os.urandom(16 * count).hex()
    return [
        f"{drawn[at : at + 12]}4{drawn[at + 13 : at + 16]}a{drawn[at + 17 : at + 32]}"
        for at in range(0, 32 * count, 32)
    ]


def sealed(values: Iterable[bytes | None]) -> Texts:
    return [NULL if value is None else f"\\\\x{value.hex()}" for value in values]


def chosen(table: Mapping[int, int], keys: NDArray[np.int64]) -> Texts:
    """What a table says of each key, null for the keys that it has not (negative ones)."""
    return [str(table[key]) if key in table else NULL for key in keys.tolist()]


def always(value: str, count: int) -> Texts:
    return [value] * count


def copy(model: type[models.Model], columns: Mapping[str, Texts]) -> None:
    """Write columns into a model's table, which stands aside; texts that none of them says are empty."""
    count = len(next(iter(columns.values())))
    unsaid = [
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and not field.null and field.attname not in columns
    ]
    copy_columns(model._meta.db_table, {**columns, **{name: always("", count) for name in unsaid}}, frozen=True)
