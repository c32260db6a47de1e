"""The refused rows, given back as a spreadsheet with the reason on each."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from convergence.intake.cells import Cell, as_text, defused
from convergence.intake.columns import OWN_COLUMNS

_LONGEST_CELL = 32_000
_FIRST_DAY = date(1900, 3, 1)
_WIDE, _NARROW = 60, 18


def workbook(
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    reasons: Sequence[Sequence[str]],
    numbers: Sequence[int],
) -> bytes:
    """An .xlsx with the rows as they were, each after its line in the original file and what to correct.

    :param headers: the original titles.
    :param rows: the original cells of each refused row.
    :param reasons: for each row, its sentences.
    :param numbers: for each row, its number in the original file.

    Texts that a spreadsheet would calculate are preceded by an apostrophe, which ``reading.read`` takes away again:
    once corrected, the file can be imported as it is.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        titles = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E7F0EF"})
        reason = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#9B1C1C"})
        days = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        sheet = book.add_worksheet(_("À corriger"))
        sheet.set_column(0, 0, _NARROW)
        sheet.set_column(1, 1, _WIDE)
        sheet.set_column(2, 1 + max(len(headers), 1), _NARROW)
        sheet.freeze_panes(1, 2)
        for column, title in enumerate((*OWN_COLUMNS, *headers)):
            sheet.write_string(0, column, _safe(title), titles)
        for place, (cells, sentences, number) in enumerate(zip(rows, reasons, numbers, strict=True), 1):
            sheet.write_number(place, 0, number)
            sheet.write_string(place, 1, _safe("\n".join(sentences)), reason)
            for column, cell in enumerate(cells, 2):
                _write(sheet, place, column, cell, days)
    return buffer.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, days: object) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, cell)
        case int() | float() if abs(cell) < 1e15:
            sheet.write_number(row, column, cell)
        case datetime() if cell.time() == time() and cell.date() >= _FIRST_DAY:
            sheet.write_datetime(row, column, cell, days)
        case date() if not isinstance(cell, datetime) and cell >= _FIRST_DAY:
            sheet.write_datetime(row, column, cell, days)
        case _:
            sheet.write_string(row, column, _safe(cell if isinstance(cell, str) else as_text(cell)))


def _safe(text: str) -> str:
    return defused(text[:_LONGEST_CELL])
