"""Real files for the tests: workbooks, text files, and containers that programs write when they lock a workbook."""

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

TITLES = ("Nom", "Prénom", "Date de naissance", "Téléphone")
PEOPLE = (
    ("Fictive", "Zoé", "03/05/1998", "06 39 98 00 01"),
    ("Modèle", "Françoise", "12/11/1971", "06 39 98 00 02"),
    ("Inventé", "Hélène", "1985", "01 99 00 00 03"),
)
LIST = (TITLES, *PEOPLE)


def text(
    rows: Iterable[Sequence[str]] = LIST, separator: str = ";", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    return "".join(separator.join(row) + end for row in rows).encode(encoding)


def xlsx(
    sheets: dict[str, Sequence[Sequence[Any]]] | Sequence[Sequence[Any]] = LIST,
    *,
    merged: Sequence[tuple[int, int, int, int, str]] = (),
    hidden: Sequence[str] = (),
    starts_1904: bool = False,
    at: tuple[int, int] = (0, 0),
) -> bytes:
    """A workbook; a text that starts with ``=`` is a formula, ``("=…", value)`` one with its value."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"date_1904": starts_1904}) as book:
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in (sheets if isinstance(sheets, dict) else {"Feuil1": sheets}).items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for first_row, first_column, last_row, last_column, title in merged:
                sheet.merge_range(first_row, first_column, last_row, last_column, title)
            for row, cells in enumerate(rows, at[0]):
                for column, cell in enumerate(cells, at[1]):
                    if isinstance(cell, tuple):
                        sheet.write_formula(row, column, cell[0], None, cell[1])
                    elif isinstance(cell, date | datetime):
                        sheet.write_datetime(row, column, cell, days)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(row, column, cell)
                    elif cell is not None and cell != "":
                        sheet.write(row, column, cell)
    return buffer.getvalue()


def ods(rows: Sequence[Sequence[Any]] = LIST, name: str = "Feuille1") -> bytes:
    """The same for LibreOffice; ``("=…", value)`` is a formula with its value."""
    document = OpenDocumentSpreadsheet()
    document.automaticstyles.addElement(Style(name="ce1", family="table-cell"))
    sheet = OdfTable(name=name)
    for cells in rows:
        row = TableRow()
        for cell in cells:
            row.addElement(_ods_cell(cell))
        sheet.addElement(row)
    # What LibreOffice writes below every sheet.
    rest = TableRow(numberrowsrepeated=1_000_000)
    rest.addElement(TableCell(numbercolumnsrepeated=16_384))
    sheet.addElement(rest)
    document.spreadsheet.addElement(sheet)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _ods_cell(cell: Any) -> TableCell:
    if isinstance(cell, tuple):
        made = TableCell(valuetype="string", formula=f"of:{cell[0]}")
        cell = cell[1]
    elif isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, int | float):
        made = TableCell(valuetype="float", value=str(cell))
    else:
        made = TableCell(valuetype="string")
    if cell is not None:
        made.addElement(P(text=str(cell)))
    return made


def archive(inside: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in inside.items():
            made.writestr(name, content)
    return buffer.getvalue()


def entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        return {name: read.read(name) for name in read.namelist()}


# -- OLE containers (MS-CFB, version 3) --------------------------------------------------------------------------

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """A container with these streams, each padded to 4,096 bytes so that none needs the mini stream."""
    bodies = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    sectors: list[bytes] = []
    fat: list[int] = []
    starts: dict[str, int] = {}
    for name, padded in bodies.items():
        body = padded.ljust(-(-len(padded) // _SECTOR) * _SECTOR, b"\0")
        starts[name] = len(sectors)
        count = len(body) // _SECTOR
        sectors += [body[i * _SECTOR : (i + 1) * _SECTOR] for i in range(count)]
        fat += [*range(starts[name] + 1, starts[name] + count), _END]
    directory_start = len(sectors)
    entries = [_ole_entry("Root Entry", 5, _END, 0, child=1)]
    names = list(bodies)
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else _FREE
        entries.append(_ole_entry(name, 2, starts[name], len(bodies[name]), right=right))
    directory = b"".join(entries)
    directory = directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0")
    count = len(directory) // _SECTOR
    sectors += [directory[i * _SECTOR : (i + 1) * _SECTOR] for i in range(count)]
    fat += [*range(directory_start + 1, directory_start + count), _END]
    fat_sector = len(sectors)
    fat.append(_FAT)
    assert len(fat) <= 128
    sectors.append(struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory_start, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", fat_sector, *[_FREE] * 108)
    return header + b"".join(sectors)


def _ole_entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(encoded), kind, 1, _FREE, right, child, 0, start, size
    )


def xls(rows: Sequence[Sequence[str | float]] = LIST, *, is_locked: bool = False) -> bytes:
    """An old Excel workbook (BIFF8, MS-XLS) with one sheet of texts and numbers."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    opening = record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 6))
    if is_locked:
        opening += record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                cells += record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            else:
                cells += record(0x203, place + struct.pack("<d", value))
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)) + cells + record(0xA, b"")
    name = b"Feuil1"
    bound_size = 4 + 8 + len(name)
    offset = len(opening) + bound_size + 4
    bound = record(0x85, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)
    return ole({"Workbook": opening + bound + record(0xA, b"") + sheet})
