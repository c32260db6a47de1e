"""One table against its schema: columns, types, codes, keys, rules."""

import dataframely as dy
import polars as pl

from convergence.analysis.dataset.errors import DatasetError, Flaw, refuse
from convergence.analysis.dataset.sentences import said
from convergence.analysis.dataset.simulated import TRUTH, Truth
from convergence.analysis.dataset.tables import SCHEMAS
from convergence.analysis.french import NBSP

_SCHEMAS: dict[str, type[dy.Schema]] = {**SCHEMAS, TRUTH: Truth}
_QUOTED = f"«{NBSP}%s{NBSP}»"


def conform(frame: pl.DataFrame, table: str, where: str) -> pl.DataFrame:
    """The frame with exactly the columns and types of the table, in their order.

    Codes written as plain text become codes, and integers take the width of the schema.

    :raises DatasetError: a column too few or too many, a type that means something else, a code of no list.
    """
    columns = _SCHEMAS[table].columns()
    if absent := [name for name in columns if name not in frame.columns]:
        raise DatasetError(f"{where}{NBSP}: il manque la colonne {_QUOTED % absent[0]}.")
    if strange := [name for name in frame.columns if name not in columns]:
        raise DatasetError(f"{where}{NBSP}: la colonne {_QUOTED % strange[0]} est inconnue.")
    return frame.select(_as_told(frame[name], column, where) for name, column in columns.items())


def _as_told(values: pl.Series, column: dy.Column, where: str) -> pl.Series:
    found, wanted = values.dtype, column.dtype
    if found == wanted:
        return values
    if isinstance(wanted, pl.Enum) and isinstance(found, pl.String | pl.Categorical | pl.Enum):
        return _as_codes(values, wanted, where)
    widens = (found.is_integer() and wanted.is_integer()) or (found.is_numeric() and wanted.is_float())
    if not widens and found != pl.Null:
        raise DatasetError(
            f"{where}, colonne {_QUOTED % values.name}{NBSP}: type {found} au lieu de {wanted.base_type().__name__}."
        )
    cast = values.cast(wanted, strict=False)
    if (lost := cast.null_count() - values.null_count()) > 0:
        refuse([Flaw(f"{where}, colonne {_QUOTED % values.name}", "nombre hors des bornes permises", lost, "")])
    return cast


def _as_codes(values: pl.Series, wanted: pl.Enum, where: str) -> pl.Series:
    text = values.cast(pl.String)
    codes = text.cast(wanted, strict=False)
    unknown = text.filter(codes.is_null() & text.is_not_null())
    if len(unknown):
        what = f"code inconnu {_QUOTED % unknown[0]}"
        refuse([Flaw(f"{where}, colonne {_QUOTED % values.name}", what, len(unknown), "")])
    return codes


def check(frame: pl.DataFrame, table: str, where: str) -> list[Flaw]:
    """Flaws of a conforming frame under the rules of its own table."""
    schema = _SCHEMAS[table]
    if schema.is_valid(frame):
        return []
    _, failures = schema.filter(frame)
    details = failures.details()
    flaws = []
    # What is no number is beyond every bound too: it is told first.
    for rule, rows in sorted(failures.counts().items(), key=lambda each: not each[0].endswith(("nan", "inf"))):
        column, what = said(rule)
        first = details.filter(pl.col(rule) == "invalid")
        flaws.append(
            Flaw(f"{where}, colonne {_QUOTED % column}" if column else where, what, rows, example(first, table))
        )
    return flaws


def example(rows: pl.DataFrame, table: str) -> str:
    """The key of the first of some rows, in words."""
    first = rows.select(_SCHEMAS[table].primary_key()).row(0, named=True)
    return ", ".join(f"{name} {value}" for name, value in first.items())
