"""The directory's spreadsheet: rows of the template, or of any table with its titles, as data·inclusion names them."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell, as_text, folded, is_nothing
from convergence.intake.delimited import rows_of
from convergence.intake.kinds import Kind as FileKind
from convergence.intake.kinds import UnreadableFile, kind_of
from convergence.intake.workbook import read_workbook, too_many_rows
from convergence.network.directory.fields import CODE_LISTS, choices_of, field_label, fields_of, numbers_in, several_in
from convergence.network.directory.holding import File
from convergence.network.directory.models import Kind

LIMIT = 20 * 1024 * 1024
"""Bytes of a spreadsheet; larger directories come as JSON."""
ROWS, COLUMNS = 20_000, 120
_SEARCHED = 5
"""Rows among which the titles are looked for."""
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_PADDED = {"code_postal": 5, "code_insee": 5, "siret": 14, "telephone": 10}
"""Codes of digits whose first zeros a spreadsheet takes away."""

Numbered = tuple[int, Sequence[Cell]]


def files_of(name: str, content: bytes) -> list[File]:
    """The sheets of a spreadsheet that hold structures or services, each as a file of its own.

    :raises UnreadableFile: not a spreadsheet, or none of its sheets has the directory's titles.
    """
    kind = _kind(content)
    if kind is FileKind.TEXT:
        sheets: list[tuple[str, list[Numbered]]] = [("", _text_rows(content))]
    else:
        sheets = list(_sheets(content, kind))
    files = []
    for sheet, rows in sheets:
        if (found := _titles(rows)) is not None:
            titles, of = found
            files.append(File(name, _as_json(rows, titles, of), sheet or name))
    if not files:
        raise UnreadableFile(
            "no_titles",
            _("« %s » n’a pas les titres du modèle (Identifiant, Source, Nom…) : partez du modèle à télécharger.")
            % name[:80],
        )
    return files


def _kind(content: bytes) -> FileKind:
    try:
        return kind_of(content)
    except UnreadableFile as error:
        if error.code == "empty_file":
            raise UnreadableFile("empty_file", _("Ce fichier est vide.")) from None
        raise


def _text_rows(content: bytes) -> list[Numbered]:
    rows: list[Numbered] = []
    for number, cells in enumerate(rows_of(content), 1):
        if any(cell.strip() for cell in cells):
            rows.append((number, cells))
        if len(rows) > ROWS + _SEARCHED:
            raise too_many_rows(ROWS)
    return rows


def _sheets(content: bytes, kind: FileKind) -> Iterator[tuple[str, list[Numbered]]]:
    """Every sheet whose first rows hold the directory's titles."""
    book = read_workbook(content, kind, sheet=None, rows=ROWS, columns=COLUMNS, titles=_SEARCHED)
    for summary, head in zip(book.sheets, book.heads, strict=True):
        if _titles(list(enumerate(head, 1))) is None:
            continue
        if summary.name == book.name:
            yield book.name, list(book.rows)
        else:
            other = read_workbook(content, kind, sheet=summary.name, rows=ROWS, columns=COLUMNS, titles=_SEARCHED)
            yield other.name, list(other.rows)


def _titles(rows: Sequence[Numbered]) -> tuple[tuple[int, list[str]], Kind] | None:
    """The row of titles (its number, the field of each column) and what the sheet describes; None without titles."""
    for number, cells in rows[:_SEARCHED]:
        given = [folded(as_text(cell)) for cell in cells]
        kind = (
            Kind.SERVICE
            if {folded("structure_id"), folded(field_label("structure_id"))} & set(given)
            else Kind.STRUCTURE
        )
        known = {folded(word): name for name in fields_of(kind) for word in (name, field_label(name))}
        names = [known.get(title, as_text(cell).strip()) for title, cell in zip(given, cells, strict=True)]
        if {"id", "nom"} <= set(names):
            return (number, names), kind
    return None


def _as_json(rows: Sequence[Numbered], titles: tuple[int, list[str]], kind: Kind) -> Iterator[bytes]:
    """``[[row number, row], …]``, a row at a time."""
    under, names = titles
    yield b"["
    first = True
    for number, cells in rows:
        if number <= under or all(is_nothing(cell) for cell in cells):
            continue
        row = {
            name: value
            for name, cell in zip(names, cells, strict=False)
            if name and (value := _value(name, cell, kind)) not in (None, [])
        }
        # Services are told by this field, which a row may have left empty.
        if kind is Kind.SERVICE:
            row.setdefault("structure_id", "")
        text = json.dumps([number, row], ensure_ascii=False)
        yield (text if first else f",{text}").encode()
        first = False
    yield b"]"


def _value(name: str, cell: Cell, kind: Kind) -> Any:
    if is_nothing(cell):
        return None
    if isinstance(cell, (date, datetime)):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    text = as_text(cell)
    if name in several_in(kind):
        return [_code(name, part) for part in re.split(r"[,;\n]", text.strip("[] ")) if part.strip(" \"'")]
    if name in CODE_LISTS:
        return _code(name, text)
    if name in numbers_in(kind):
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text
    if name == "date_maj" and (day := _FRENCH_DAY.fullmatch(text)):
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if name in _PADDED and isinstance(cell, (int, float)):
        return text.zfill(_PADDED[name])
    return text


def _code(name: str, text: str) -> str:
    """A code, written as such or by its French label; what is neither stays as it is, to be refused with its name."""
    text = text.strip(" \"'")
    if name not in CODE_LISTS:
        return text
    return next((code for code, label in choices_of(name) if folded(text) in (folded(label), folded(code))), text)
