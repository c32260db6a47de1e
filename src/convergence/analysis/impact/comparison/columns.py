"""From cells as they were written to the columns of the schema: codes, dates, numbers, true and false."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

import dataframely as dy
import polars as pl

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.impact.comparison.codings import Codings, allowed_in_words
from convergence.analysis.impact.comparison.flaws import Found, rows

_TRUTHS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "vrai", "oui", "o", "yes", "1"), True),
    **dict.fromkeys(("false", "faux", "non", "n", "no", "0"), False),
}
_SAID: Final = {
    "date": "une date (2025-12-31 ou 31/12/2025)",
    "number": "un nombre",
    "whole": "un nombre entier",
    "truth": "oui ou non",
}


def typed(table: str, frame: pl.DataFrame, codings: Codings, found: Found) -> pl.DataFrame:
    """The table with every column of the schema, in its type; keys as text, absent columns empty.

    Flaws: an unknown column, a cell that cannot be read; codes of no list are counted in ``found.unknown``.
    """
    columns = SCHEMAS[table].columns()
    for name in frame.columns:
        if name not in columns:
            near = get_close_matches(name, columns, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            found.flaws.append(f"{table}, colonne « {name} » : elle n’existe pas{hint} Renommez-la ou retirez-la.")
    made = {}
    for name, column in columns.items():
        if name not in frame.columns:
            made[name] = pl.Series(name, [None] * frame.height, dtype=pl.String if is_key(column) else column.dtype)
        else:
            meant = codings.get(table, {}).get(name, {})
            made[name] = _read(table, frame[name], column, meant, found)
    return pl.DataFrame(made)


def is_key(column: dy.Column) -> bool:
    """Whether a column holds keys: of its own table or of another."""
    return isinstance(column, dy.Int64)


def _read(table: str, given: pl.Series, column: dy.Column, meant: Mapping[str, str], found: Found) -> pl.Series:
    if given.dtype.is_nested() or given.dtype in (pl.Binary, pl.Object, pl.Duration):
        found.flaws.append(
            f"{table}, colonne « {given.name} » : chaque cellule y tient une liste ou un contenu qui n’est pas du "
            "texte. Exportez-la avec une seule valeur par cellule."
        )
        return pl.Series(given.name, [None] * len(given), dtype=pl.String if is_key(column) else column.dtype)
    if is_key(column):
        return given.cast(pl.String)
    if isinstance(column, dy.Enum):
        return _code(table, given.cast(pl.String), column, meant, found)
    if isinstance(column, dy.String):
        return given.cast(pl.String)
    if given.dtype != pl.String:
        return _of_another_type(table, given, column, found)
    if isinstance(column, dy.Date):
        read = given.str.to_date("%Y-%m-%d", strict=False)
        return _checked(table, given, read.fill_null(given.str.to_date("%d/%m/%Y", strict=False)), "date", found)
    if isinstance(column, dy.Bool):
        truths = given.str.to_lowercase().replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)
        return _checked(table, given, truths, "truth", found)
    numbers = given.str.replace_all(r"[\s\u00a0\u202f]", "").str.replace(",", ".", literal=True)
    read = numbers.cast(pl.Float64, strict=False)
    whole = not column.dtype.is_float()
    if whole:
        read = read.set((read != read.round()).fill_null(False), None)
    return _checked(table, given, read.cast(column.dtype, strict=False), "whole" if whole else "number", found)


def _of_another_type(table: str, given: pl.Series, column: dy.Column, found: Found) -> pl.Series:
    """A column of a Parquet file that is not text: read where its type means what the column means."""
    kind = "date" if isinstance(column, dy.Date) else "truth" if isinstance(column, dy.Bool) else "number"
    nothing = pl.Series(given.name, [None] * len(given), dtype=column.dtype)
    # A cast from another kind of type would give a value that nobody wrote: a date from a number of days, say.
    same = given.dtype.is_numeric() if kind == "number" else isinstance(given.dtype, pl.Date | pl.Datetime)
    if kind == "truth":
        same = given.dtype == pl.Boolean
    if not same and given.dtype != pl.Null:
        return _checked(table, given.cast(pl.String, strict=False), nothing, kind, found)
    if kind == "number" and given.dtype.is_float() and not column.dtype.is_float():
        whole = given.set((given != given.round()).fill_null(False), None)
        return _checked(table, given, whole.cast(column.dtype, strict=False), "whole", found)
    return _checked(table, given, given.cast(column.dtype, strict=False), kind, found)


def _checked(table: str, given: pl.Series, read: pl.Series, kind: str, found: Found) -> pl.Series:
    wrong = given.filter(read.is_null() & given.is_not_null())
    if len(wrong):
        found.flaws.append(
            f"{table}, colonne « {given.name} » : « {wrong[0]} » n’est pas {_SAID[kind]} ({rows(len(wrong))}). "
            "Corrigez ces cellules, ou videz celles qui ne sont pas connues."
        )
    return read.alias(given.name)


def _code(table: str, given: pl.Series, column: dy.Enum, meant: Mapping[str, str], found: Found) -> pl.Series:
    text = given.replace(list(meant), list(meant.values())) if meant else given
    codes = text.cast(column.dtype, strict=False)
    strange = text.filter(codes.is_null() & text.is_not_null() & (text != ""))
    unanswered = {code for code, answer in meant.items() if answer == ""}
    counts = strange.value_counts().sort("count", strange.name, descending=[True, False])
    unknown = {str(code): int(count) for code, count in counts.iter_rows()}
    waiting = given.filter(given.is_in(sorted(unanswered)))
    unknown |= {str(code): int(count) for code, count in waiting.value_counts().iter_rows()}
    if unknown:
        shown = ", ".join(f"« {code} » ({rows(count)})" for code, count in list(unknown.items())[:5])
        found.unknown[table, given.name] = unknown
        found.flaws.append(
            f"{table}, colonne « {given.name} » : codes inconnus {shown}. Codes permis : "
            f"{allowed_in_words(table, given.name)}. Complétez codings.toml, dont une proposition est donnée."
        )
    return codes.alias(given.name)
