"""Workbooks (.xlsx, .ods, .xls), read in a process of their own with bounded memory and time."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell
from convergence.intake.kinds import Kind, UnreadableFile, damaged, locked

MEMORY = 2 * 1024**3
SECONDS = 40
MOST_CHARACTERS = 50_000_000
"""In the cells of one sheet: a text of the workbook may be repeated in millions of cells."""
MOST_SHEETS = 60
# The process that opens strangers' files is told none of our secrets.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
_PROCESS = Path(__file__).with_name("workbook_process.py")


Head = list[list[Cell]]
"""The first filled rows of a sheet."""


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A sheet of the workbook, to let the user choose: its name, how many rows are filled, whether it is hidden."""

    name: str
    rows: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet as it stands, and what the workbook holds besides.

    :param name: the sheet's name.
    :param rows: (number in the sheet from 1, cells from column A), blank rows left out.
    :param formulas: (row number, column from 0) of calculated cells; always empty for the old .xls format.
    :param merged: (first row, first column, last row, last column), all from 0.
    :param heads: the first rows of each of ``sheets``.
    """

    name: str
    rows: list[tuple[int, list[Cell]]]
    formulas: frozenset[tuple[int, int]]
    merged: tuple[tuple[int, int, int, int], ...]
    starts_1904: bool
    sheets: tuple[SheetSummary, ...]
    heads: tuple[Head, ...]

    def better_sheet(self, is_list: Callable[[Head], bool]) -> str | None:
        """Another visible sheet that looks like a list of people, when this one does not; the one with most rows."""
        likely = [
            sheet for sheet, head in zip(self.sheets, self.heads, strict=True) if not sheet.hidden and is_list(head)
        ]
        if not likely or self.name in [sheet.name for sheet in likely]:
            return None
        return max(likely, key=lambda sheet: sheet.rows).name


def read_workbook(content: bytes, kind: Kind, *, sheet: str | None, rows: int, columns: int, titles: int) -> Workbook:
    """The sheet named (the fullest visible one when None).

    :param rows, columns: the most that is accepted; ``titles`` more rows are, for what stands above the data.
    :raises UnreadableFile: locked, damaged, empty, over the limits, or no sheet of that name.
    """
    options = {
        "kind": kind.value, "sheet": sheet, "rows": rows + titles, "columns": columns, "sheets": MOST_SHEETS,
        "memory": MEMORY, "seconds": SECONDS, "characters": MOST_CHARACTERS,
    }  # fmt: skip
    answer = _ask(content, options)
    sheets = tuple(SheetSummary(one["name"], one["rows"], one["hidden"]) for one in answer["sheets"])
    if "name" not in answer:
        raise _no_such_sheet(sheet, sheets)
    match answer.get("over"):
        case "rows":
            raise too_many_rows(rows)
        case "columns":
            raise too_many_columns(columns)
    if not answer["rows"]:
        raise empty_sheet(answer["name"])
    return Workbook(
        name=answer["name"],
        rows=[(number, _cells(cells)) for number, cells in answer["rows"]],
        formulas=frozenset((row, column) for row, column in answer["formulas"]),
        merged=tuple((a, b, c, d) for a, b, c, d in answer["merged"]),
        starts_1904=answer["starts_1904"],
        sheets=sheets,
        heads=tuple([_cells(row) for row in one["head"]] for one in answer["sheets"]),
    )


def _ask(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROCESS), json.dumps(options)],
            input=content,
            capture_output=True,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_heavy() from error
    if done.returncode != 0:
        raise _too_heavy()
    answer: dict[str, Any] = json.loads(done.stdout)
    match answer.get("error"):
        case None:
            return answer
        case "password":
            raise locked()
        case "too_heavy":
            raise _too_heavy()
        case _:
            raise damaged()


def _cells(values: list[Any]) -> list[Cell]:
    return [_dated(value) if isinstance(value, list) else value for value in values]


def _dated(value: list[str]) -> date:
    return date.fromisoformat(value[1]) if value[0] == "d" else datetime.fromisoformat(value[1])


def _too_heavy() -> UnreadableFile:
    return UnreadableFile(
        "too_heavy",
        _(
            "Ce classeur est trop étendu ou abîmé pour être lu (une cellule remplie très loin, par "
            "exemple) : copiez les "
            "lignes utiles dans un nouveau classeur et importez-le."
        ),
    )


def _no_such_sheet(sheet: str | None, summaries: tuple[SheetSummary, ...]) -> UnreadableFile:
    if sheet is None or not summaries:
        return UnreadableFile(
            "empty_sheet", _("Ce classeur n’a aucune feuille de calcul : choisissez un autre fichier.")
        )
    return UnreadableFile(
        "unknown_sheet",
        _("Ce classeur n’a pas de feuille « %(sheet)s » : choisissez parmi %(names)s.")
        % {"sheet": sheet, "names": ", ".join(f"«\u00a0{one.name}\u00a0»" for one in summaries)},
    )


def empty_sheet(name: str = "") -> UnreadableFile:
    if name:
        sentence = _("La feuille « %s » est vide : choisissez la feuille qui contient les personnes.") % name
    else:
        sentence = _("Ce fichier ne contient aucune ligne : choisissez le fichier qui contient les personnes.")
    return UnreadableFile("empty_sheet", sentence)


def too_many_rows(limit: int) -> UnreadableFile:
    return UnreadableFile(
        "too_many_rows",
        _(
            "Ce tableau a plus de %s lignes, le plus que l’on puisse importer à la fois : partagez-le en "
            "plusieurs fichiers."
        )
        % f"{limit:,}".replace(",", "\u00a0"),
    )


def too_many_columns(limit: int) -> UnreadableFile:
    return UnreadableFile(
        "too_many_columns",
        _("Ce tableau a plus de %d colonnes : gardez seulement celles qui décrivent les personnes et réessayez.")
        % limit,
    )
