"""A file becomes a table: its titles, its rows, and what had to be said about them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell, as_text, visible
from convergence.intake.delimited import rows_of
from convergence.intake.headers import SEARCHED, Headers, MergedRange, NumberedRow, find_headers, known_titles
from convergence.intake.kinds import Kind, UnreadableFile, kind_of
from convergence.intake.nir import is_nir_title, without_nir
from convergence.intake.workbook import (
    SheetSummary,
    Workbook,
    empty_sheet,
    read_workbook,
    too_many_columns,
    too_many_rows,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file accepted; rows and columns count what is filled."""

    bytes: int = 20 * 1024 * 1024
    rows: int = 20_000
    columns: int = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data.

    :param number: its number as a spreadsheet shows it.
    :param cells: one a column of the table; None where empty.
    """

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What was read of a file, without any social security number.

    :param kind: the kind of file, judged by its content.
    :param headers: the titles, « Colonne F » where there is none.
    :param header_lines: the line, or the two lines, that hold the titles; empty when there is none.
    :param sheet: the sheet that was read; empty for a text file.
    :param sheets: every sheet of the workbook, to let the user choose another.
    :param formulas: (row number, column of ``headers``) of calculated cells.
    :param starts_1904: serial numbers of days count from 1904.
    :param notices: French sentences on the reading as a whole, to show above the table.
    """

    kind: Kind
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    header_lines: tuple[int, ...] = ()
    sheet: str = ""
    sheets: tuple[SheetSummary, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    starts_1904: bool = False
    notices: tuple[str, ...] = ()

    def sample(self, rows: int = 200) -> list[tuple[Cell, ...]]:
        """The first rows' cells, for ``columns.guess``."""
        return [row.cells for row in self.rows[:rows]]


@dataclass(slots=True)
class _Raw:
    """The rows as they stand in the file, before titles are found."""

    rows: list[NumberedRow]
    merged: Sequence[MergedRange] = ()
    sheet: str = ""
    sheets: tuple[SheetSummary, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    starts_1904: bool = False


def read(source: Path | bytes, *, sheet: str | None = None, limits: Limits | None = None) -> Table:
    """Read a spreadsheet or a text file.

    :param source: the file, or its bytes.
    :param sheet: the sheet's name; by default the fullest one that looks like a list of people.
    :raises UnreadableFile: with one French sentence, whatever the bytes.
    """
    limits = limits or Limits()
    content = _content(source, limits)
    kind = kind_of(content)
    raw = _read_text(content, limits) if kind is Kind.TEXT else _read_sheets(content, kind, sheet, limits)
    return _table(raw, kind, limits)


def _content(source: Path | bytes, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.bytes:
        raise UnreadableFile(
            "too_big",
            _("Ce fichier est trop lourd (%(limit)d Mo au plus) : gardez seulement la feuille et les lignes utiles.")
            % {"limit": limits.bytes // (1024 * 1024)},
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _read_text(content: bytes, limits: Limits) -> _Raw:
    rows: list[NumberedRow] = []
    for number, texts in enumerate(rows_of(content), 1):
        cells: list[Cell] = [text if text and not text.isspace() else None for text in texts]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.columns:
            raise too_many_columns(limits.columns)
        if len(rows) == limits.rows + SEARCHED:
            raise too_many_rows(limits.rows)
        rows.append((number, cells))
    if not rows:
        raise empty_sheet()
    return _Raw(rows)


def _read_sheets(content: bytes, kind: Kind, sheet: str | None, limits: Limits) -> _Raw:
    def book_with(name: str | None) -> Workbook:
        return read_workbook(content, kind, sheet=name, rows=limits.rows, columns=limits.columns, titles=SEARCHED)

    book = book_with(sheet)
    if sheet is None and (better := book.better_sheet(lambda head: max(map(known_titles, head), default=0) >= 2)):
        book = book_with(better)
    return _Raw(book.rows, book.merged, book.name, book.sheets, book.formulas, book.starts_1904)


def _table(raw: _Raw, kind: Kind, limits: Limits) -> Table:
    headers = find_headers(raw.rows, raw.merged)
    data = raw.rows[headers.data_from :]
    if not data:
        raise UnreadableFile(
            "no_rows", _("Ce tableau n’a que des titres : remplissez une ligne par personne et réessayez.")
        )
    if len(data) > limits.rows:
        raise too_many_rows(limits.rows)
    notices = _notices_on_titles(headers)
    width = len(headers.titles)
    formula_lines = {line for line, _ in raw.formulas}
    cleaned, removed, emptied = _cleaned(data, width, formula_lines)
    nir_columns = {c for c, title in enumerate(headers.titles) if is_nir_title(title)}
    nir_columns |= {column for column, count in emptied.items() if count * 2 > _filled(data, column)}
    kept = [c for c in range(width) if c not in nir_columns and _is_used(c, headers.titles, cleaned)]
    notices += _notices_on_nir(headers.titles, nir_columns, removed)
    place = {column: position for position, column in enumerate(kept)}
    narrowed = ((number, tuple(cells[c] for c in kept)) for number, cells in cleaned)
    rows = tuple(
        Row(number, cells)
        for number, cells in narrowed
        if number in formula_lines or any(cell is not None for cell in cells)
    )
    return Table(
        kind=kind,
        headers=tuple(_shown_title(headers.titles[c], c) for c in kept),
        rows=rows,
        header_lines=headers.lines,
        sheet=raw.sheet,
        sheets=raw.sheets,
        formulas=frozenset((line, place[c]) for line, c in raw.formulas if c in place),
        starts_1904=raw.starts_1904,
        notices=tuple(notices),
    )


def _filled(data: Sequence[NumberedRow], column: int) -> int:
    return sum(1 for _, cells in data if column < len(cells) and cells[column] is not None)


def _cleaned(
    data: Sequence[NumberedRow], width: int, formula_lines: set[int]
) -> tuple[list[NumberedRow], Counter[int], Counter[int]]:
    """The rows at their full width without any NIR; for each column, the cells that held one, or nothing else."""
    removed: Counter[int] = Counter()
    emptied: Counter[int] = Counter()
    cleaned: list[NumberedRow] = []
    for number, cells in data:
        row: list[Cell] = [None] * width
        for column, cell in enumerate(cells[:width]):
            value, was_there = without_nir(cell)
            if was_there:
                removed[column] += 1
                emptied[column] += value is None
            if isinstance(value, str):
                value = _undefused(value)
                if not visible(value).strip():
                    value = None
            row[column] = value
        if number in formula_lines or any(cell is not None for cell in row):
            cleaned.append((number, row))
    return cleaned, removed, emptied


def _undefused(text: str) -> str:
    """A text without the apostrophe that ``cells.defused`` put before it."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@|\t" else text


def _is_used(column: int, all_titles: Sequence[str], rows: Sequence[NumberedRow]) -> bool:
    return bool(all_titles[column]) or any(cells[column] is not None for _, cells in rows)


def _shown_title(title: str, column: int) -> str:
    return as_text(without_nir(title)[0]) or f"Colonne {letters_of(column)}"


def letters_of(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _notices_on_titles(headers: Headers) -> list[str]:
    if not headers.lines:
        return [_("Aucune ligne de titres n’a été reconnue : choisissez ce que contient chaque colonne.")]
    if len(headers.lines) == 2:
        return [_("Les titres tiennent sur deux lignes (%d et %d) : elles ont été réunies.") % headers.lines]
    return []


def _notices_on_nir(all_titles: Sequence[str], dropped: set[int], removed: dict[int, int]) -> list[str]:
    notices = []
    if dropped:
        names = ", ".join(f"«\u00a0{_shown_title(all_titles[c], c)}\u00a0»" for c in sorted(dropped))
        notices.append(
            _("Les numéros de sécurité sociale ne sont ni lus ni conservés : colonne laissée de côté, %s.") % names
        )
    for column, count in sorted(removed.items()):
        if column not in dropped:
            notices.append(
                _("Numéro de sécurité sociale retiré de la colonne « %(title)s » (%(count)d lignes).")
                % {"title": _shown_title(all_titles[column], column), "count": count}
            )
    return notices
