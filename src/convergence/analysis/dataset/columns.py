"""The kinds of column that tables are made of, and the rules that several tables share."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import dataframely as dy
import polars as pl

from convergence.vocabulary.base import Term
from convergence.vocabulary.missing import Missing

MISSING = "_missing"
"""What the name of a column ends with when it says why another one is empty."""


LARGEST_PERSON = 2**35
"""Keys of persons stay small enough for (person, aspect, day) to make one whole number."""


def key(description: str, *, most: int | None = None) -> dy.Int64:
    """The table's own key: one row each."""
    return dy.Int64(primary_key=True, min=1, max=most, description=description)


def refers_to(
    table: str, description: str, *, nullable: bool = False, primary_key: bool = False, unique: bool = False
) -> dy.Int64:
    """The key of a row of another table."""
    return dy.Int64(
        nullable=nullable,
        primary_key=primary_key,
        unique=unique,
        description=description,
        metadata={"references": table},
    )


def code(terms: type[Term], description: str, *, nullable: bool = False, missing: bool = False) -> dy.Enum:
    """A value of a list of the vocabulary. ``missing``: empty where its companion says why."""
    return dy.Enum(
        [term.value for term in terms],
        nullable=nullable or missing,
        description=description,
        metadata={"terms": terms},
    )


def one_of(codes: Iterable[str], description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Enum:
    """A code of a list that is no ``Term``."""
    return dy.Enum(list(codes), nullable=nullable, primary_key=primary_key, description=description)


def why_missing(description: str = "why the column before it is empty") -> dy.Enum:
    """The companion of a column that may be missing for a human reason."""
    return code(Missing, description, nullable=True)


def day(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Date:
    return dy.Date(nullable=nullable, primary_key=primary_key, description=description)


def truth(description: str, *, nullable: bool = False) -> dy.Bool:
    return dy.Bool(nullable=nullable, description=description)


def whole(
    description: str,
    *,
    least: int | None = None,
    most: int | None = None,
    among: type[IntEnum] | tuple[int, ...] | None = None,
    unit: str = "",
    nullable: bool = False,
    primary_key: bool = False,
) -> dy.Int16:
    """A small whole number. ``among``: the numbers that it may be."""
    metadata: dict[str, Any] = {"unit": unit}
    if isinstance(among, type):
        metadata["numbers"] = among
    return dy.Int16(
        nullable=nullable,
        primary_key=primary_key,
        min=least,
        max=most,
        is_in=None if among is None else [int(number) for number in among],
        description=description,
        metadata=metadata,
    )


def amount(description: str, unit: str, *, most: float | None = None, nullable: bool = False) -> dy.Float64:
    """A quantity in ``unit``, never negative, infinite or NaN."""
    return dy.Float64(nullable=nullable, min=0, max=most, description=description, metadata={"unit": unit})


def rule(expression: pl.Expr) -> Any:
    """A rule of a table: true, or null, for each row that keeps it."""
    return dy.rule()(lambda _: expression)


def one_stands(one: str, other: str) -> Any:
    """Exactly one of two columns is filled."""
    return rule(pl.col(one).is_null() ^ pl.col(other).is_null())


def known_or_missing(*columns: str) -> Any:
    """For each column, exactly one of the value and its ``_missing`` companion is filled."""
    return rule(pl.all_horizontal(pl.col(name).is_null() ^ pl.col(name + MISSING).is_null() for name in columns))


def in_order(*days: str) -> Any:
    """The dates that stand follow one another, two of them possibly on the same day."""
    pairs = [(first, second) for rank, first in enumerate(days) for second in days[rank + 1 :]]
    return rule(pl.all_horizontal((pl.col(first) <= pl.col(second)).fill_null(True) for first, second in pairs))


def since_before(until: str = "until") -> Any:
    """A period lasts at least one day."""
    return rule(pl.col("since") < pl.col(until))


def together(one: str, other: str) -> Any:
    """Two columns are both filled or both empty."""
    return rule(pl.col(one).is_null() == pl.col(other).is_null())


def only_if(column: str, condition: pl.Expr) -> Any:
    """The column is empty unless the condition holds."""
    return rule(pl.col(column).is_null() | condition.fill_null(False))
