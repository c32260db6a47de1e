"""Keys: whatever an office calls its people, sites and contracts becomes numbers, and again beside a dataset's own."""

from collections.abc import Mapping

import polars as pl

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.dataset.tables import references
from convergence.analysis.impact.comparison.flaws import Found, rows

_TOLD_ELSEWHERE = ("territories", "operators")
"""Tables that `comparison.toml` stands for: a column that names them is not read."""


def own_key(table: str) -> str | None:
    """The column that is a table's own key; None where several columns make it."""
    keys = SCHEMAS[table].primary_key()
    return keys[0] if len(keys) == 1 and keys[0] not in references(table) else None


def numbered(frames: Mapping[str, pl.DataFrame], found: Found) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The same tables with numbers for keys, 1 on, in the order of the files; and the text that each person had.

    A table without a column for its own key gets one. Flaws: a key twice or empty, one that names no row.
    """
    made = dict(frames)
    names: dict[str, pl.DataFrame] = {}
    for table, frame in frames.items():
        key = own_key(table)
        if key is None:
            continue
        if frame[key].null_count() == frame.height:
            made[table] = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(key))
            continue
        if (empty := frame[key].null_count()) > 0:
            found.flaws.append(
                f"{table}, colonne « {key} » : identifiant vide ({rows(empty)}). Donnez-en un à chacune."
            )
        if (twice := frame.height - empty - frame[key].drop_nulls().n_unique()) > 0:
            found.flaws.append(
                f"{table}, colonne « {key} » : identifiant présent plus d’une fois ({rows(twice)} de trop). "
                "Gardez-en une."
            )
        unique = frame.select(pl.col(key).drop_nulls().unique(maintain_order=True)).with_row_index("number", offset=1)
        names[table] = unique.select(text=key, number=pl.col("number").cast(pl.Int64))
        made[table] = _replaced(frame, key, names[table])
    for table, frame in frames.items():
        for column, other in references(table).items():
            if other not in names:
                if other not in _TOLD_ELSEWHERE and frame[column].null_count() < frame.height and other not in frames:
                    found.flaws.append(
                        f"{table}, colonne « {column} » : elle nomme la table {other}, qui n’est pas donnée. "
                        "Donnez-la, ou videz la colonne."
                    )
                made[table] = made[table].with_columns(pl.lit(None, dtype=pl.Int64).alias(column))
                continue
            strange = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(names[other]["text"].implode()))
            if strange.height:
                found.flaws.append(
                    f"{table}, colonne « {column} » : {rows(strange.height)} nomment un identifiant absent de "
                    f"{other}, le premier « {strange[column][0]} ». Ajoutez-le à {other}, ou retirez ces lignes."
                )
            made[table] = _replaced(made[table], column, names[other])
    return made, names.get("people", pl.DataFrame(schema={"text": pl.String, "number": pl.Int64}))


def moved(frames: Mapping[str, pl.DataFrame], beside: Mapping[str, int]) -> dict[str, pl.DataFrame]:
    """The same tables with every key raised by the greatest key of the dataset's table of that name."""
    made = {}
    for table, frame in frames.items():
        raised = [pl.col(column) + beside.get(other, 0) for column, other in references(table).items()]
        key = own_key(table)
        if key is not None:
            raised.append(pl.col(key) + beside.get(table, 0))
        made[table] = frame.with_columns(raised)
    return made


def _replaced(frame: pl.DataFrame, column: str, names: pl.DataFrame) -> pl.DataFrame:
    if frame[column].dtype != pl.String:
        return frame
    return frame.with_columns(
        pl.col(column).replace_strict(names["text"], names["number"], default=None, return_dtype=pl.Int64)
    )
