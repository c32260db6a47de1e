"""The tables of a folder as they stand: CSV as an office writes it, or Parquet. Nothing is understood yet."""

import csv
import hashlib
import io
from pathlib import Path
from typing import Final

import polars as pl

from convergence.analysis.dataset import SCHEMAS
from convergence.analysis.impact.comparison.flaws import Found

_OTHERS: Final = {"comparison.toml", "codings.toml", "LISEZMOI.md"}
_NEEDED: Final = ("people", "paths")


def tables_of(folder: Path, found: Found) -> tuple[dict[str, pl.DataFrame], str]:
    """Every table that the folder has, by name, and the SHA-256 of all its files (names and bytes, in order).

    Flaws: a file of no table, a table in two files, one that cannot be read, people or paths missing.
    """
    frames: dict[str, pl.DataFrame] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
        if path.name in _OTHERS:
            continue
        table = path.stem
        if path.suffix not in {".csv", ".parquet"} or table not in SCHEMAS:
            found.flaws.append(
                f"{path.name} n’est pas une table : les fichiers portent le nom d’une table ({', '.join(SCHEMAS)}), en "
                ".csv ou .parquet. Renommez-le ou retirez-le."
            )
        elif table in frames:
            found.flaws.append(f"La table {table} est dans deux fichiers : gardez le .csv ou le .parquet.")
        else:
            frame = _csv(path.name, content, found) if path.suffix == ".csv" else _parquet(path.name, content, found)
            if frame is not None:
                frames[table] = frame
    for table in _NEEDED:
        if table not in frames or not frames[table].height:
            found.flaws.append(f"{table}.csv manque ou est vide : sans cette table il n’y a personne à comparer.")
    return frames, digest.hexdigest()


def _parquet(name: str, content: bytes, found: Found) -> pl.DataFrame | None:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError):
        found.flaws.append(f"{name} n’est pas un fichier Parquet lisible : exportez-le de nouveau.")
        return None
    coded = [column for column in frame.columns if frame[column].dtype in (pl.Categorical, pl.Enum)]
    return frame.with_columns(pl.col(coded).cast(pl.String))


def _csv(name: str, content: bytes, found: Found) -> pl.DataFrame | None:
    """Every cell as text, an empty one as null. Separators and encodings are those of common spreadsheets."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        found.flaws.append(f"{name} n’est pas un fichier CSV lisible : enregistrez-le en « CSV UTF-8 ».")
        return None
    head = text.splitlines()[0] if text.strip() else ""
    separator = max((";", ",", "\t"), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        found.flaws.append(
            f"{name}, ligne {reader.line_num} : elle ne peut pas être lue ({error}). Un guillemet ouvert y est "
            "peut-être resté sans sa fin : corrigez-la, ou enregistrez le fichier en « CSV UTF-8 »."
        )
        return None
    if not lines:
        found.flaws.append(f"{name} est vide : gardez au moins la ligne des noms de colonnes.")
        return None
    columns = [cell.strip() for cell in lines[0]]
    if len(set(columns)) < len(columns) or "" in columns:
        found.flaws.append(f"{name} : une colonne n’a pas de nom, ou deux ont le même ; corrigez la première ligne.")
        return None
    if bad := [number for number, line in enumerate(lines[1:], 2) if len(line) != len(columns)]:
        found.flaws.append(
            f"{name}, ligne {bad[0]} : {len(lines[bad[0] - 1])} cellules pour {len(columns)} colonnes ; un texte qui "
            f"tient le séparateur « {separator} » se met entre guillemets."
        )
        return None
    cells = [[cell.strip() or None for cell in line] for line in lines[1:]]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")
