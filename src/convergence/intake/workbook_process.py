"""Reads one workbook, in a process of its own: ``python workbook_process.py OPTIONS < workbook > answer``.

Why apart: a workbook of 6 kB with one cell in the last column of the last row makes its reader ask for 550 GB and
abort the whole process; here only this one dies, with bounded memory and time, and the web server lives on.

Standard library and calamine only: it is run by its path and imports nothing of the package. OPTIONS and the answer
are JSON; ``workbook.py`` is the only caller and says what they hold.
"""

import contextlib
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

HEAD = 30
LONGEST_TITLE = 200


def main() -> None:
    options = json.loads(sys.argv[1])
    limit(resource.RLIMIT_AS, options["memory"])
    limit(resource.RLIMIT_CPU, options["seconds"])
    limit(resource.RLIMIT_CORE, 0)
    try:
        answer = read(sys.stdin.buffer.read(), options)
    except PasswordError:
        answer = {"error": "password"}
    except MemoryError:
        answer = {"error": "too_heavy"}
    except BaseException:  # a panic of the reader derives from BaseException
        answer = {"error": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())


def limit(what: int, value: int) -> None:
    """Bound a resource, unless the machine's own limit is lower still."""
    _soft, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def read(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """The sheets with their size and first rows, and the rows of one of them."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    kept = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet][: options["sheets"]]
    summaries = []
    columns = options["columns"]
    for meta in kept:
        sheet = workbook.get_sheet_by_name(meta.name)
        head: list[Any] = []
        rows = cells = 0
        for _, row in filled_rows(sheet):
            rows += 1
            cells += sum(1 for cell in row if not is_empty(cell))
            if len(head) < HEAD:
                head.append([plain(cell[:LONGEST_TITLE] if isinstance(cell, str) else cell) for cell in row[:columns]])
        hidden = meta.visible != SheetVisibleEnum.Visible
        summaries.append({"name": meta.name, "rows": rows, "cells": cells, "hidden": hidden, "head": head})
    answer: dict[str, Any] = {"sheets": summaries}
    name = options["sheet"]
    if name is None and summaries:
        name = max(summaries, key=lambda s: (bool(s["rows"]) and not s["hidden"], s["cells"]))["name"]
    if name not in [summary["name"] for summary in summaries]:
        return answer
    sheet = workbook.get_sheet_by_name(name)
    return answer | contents(sheet, name, options) | extras(content, name, options["kind"])


def contents(sheet: CalamineSheet, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The rows of a sheet; only its size when it is over the limits."""
    left = sheet.start[1] if sheet.start else 0
    rows: list[tuple[int, list[Any]]] = []
    width = characters = 0
    for number, row in filled_rows(sheet):
        if len(rows) == options["rows"]:
            return {"name": name, "over": "rows"}
        while row and is_empty(row[-1]):
            row.pop()
        width = max(width, left + len(row))
        characters += sum(len(cell) for cell in row if isinstance(cell, str))
        if characters > options["characters"]:
            raise MemoryError
        if width > options["columns"]:
            return {"name": name, "over": "columns"}
        rows.append((number, [None] * left + [plain(cell) for cell in row]))
    merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or []]
    return {"name": name, "rows": rows, "merged": merged}


def filled_rows(sheet: CalamineSheet) -> Any:
    """(number from 1 in the sheet, cells from the sheet's first used column) of each row that is not blank."""
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.iter_rows(), 1):
        if not all(is_empty(cell) for cell in row):
            yield number, row


def is_empty(cell: Any) -> bool:
    return isinstance(cell, str) and (not cell or cell.isspace())


def plain(cell: Any) -> Any:
    """A value that JSON can carry; dates as ["d", …] and ["t", …]."""
    match cell:
        case str():
            return cell.encode("utf-8", "replace").decode() or None
        case datetime():
            return ["t", cell.isoformat()]
        case date():
            return ["d", cell.isoformat()]
        case time():
            return cell.isoformat("minutes")
        case timedelta():
            minutes = round(cell.total_seconds() / 60)
            return f"{minutes // 60}h{minutes % 60:02}"
        case float():
            return cell if abs(cell) < 1e300 else None
        case _:
            return cell


def extras(content: bytes, name: str, kind: str) -> dict[str, Any]:
    """What calamine does not say: which cells are formulas, and whether days count from 1904."""
    found: dict[str, Any] = {"formulas": [], "starts_1904": False}
    # The values are read already: a workbook whose inner files are laid out otherwise is still good.
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(content)) as archive:
        if kind == "ods":
            found["formulas"] = ods_formulas(archive.read("content.xml"), name)
        elif kind == "xlsx":
            book = archive.read("xl/workbook.xml")
            found["starts_1904"] = bool(re.search(rb"date1904\s*=\s*[\"'](?:1|true)[\"']", book))
            page = archive.read(sheet_path(archive, book, name))
            if re.search(rb"<(?:\w+:)?f[\s/>]", page):
                found["formulas"] = xlsx_formulas(page)
    return found


def sheet_path(archive: zipfile.ZipFile, book: bytes, name: str) -> str:
    """The inner file of a sheet, through the workbook's relations."""
    relation = ""
    for element in ElementTree.fromstring(book).iter():  # noqa: S314 (bounded memory and time, no network)
        if element.tag.rpartition("}")[2] == "sheet" and element.get("name") == name:
            relation = next(value for key, value in element.attrib.items() if key.endswith("}id"))
    links = archive.read("xl/_rels/workbook.xml.rels")
    for element in ElementTree.fromstring(links).iter():  # noqa: S314
        if element.get("Id") == relation:
            return posixpath.normpath(posixpath.join("/xl", element.attrib["Target"])).lstrip("/")
    raise KeyError(name)


def xlsx_formulas(page: bytes) -> list[tuple[int, int]]:
    """(row number from 1, column from 0) of each cell with a formula."""
    found: list[tuple[int, int]] = []
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        match tag.rpartition(":")[2]:
            case "row":
                row, column = int(attributes.get("r", row + 1)), -1
            case "c":
                letters = re.match(r"[A-Z]+", attributes.get("r", ""))
                column = column_of(letters[0]) if letters else column + 1
            case "f":
                found.append((row, column))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(page, True)
    return found


def column_of(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def ods_formulas(page: bytes, name: str) -> list[tuple[int, int]]:
    """The same for an OpenDocument sheet, where equal rows and cells are written once with a count."""
    found: list[tuple[int, int]] = []
    inside = False
    row, column, repeated = 0, 0, 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside, row, column, repeated
        match tag:
            case "table:table":
                inside, row, repeated = attributes.get("table:name") == name, 0, 1
            case "table:table-row":
                row, column = row + repeated if row else 1, 0
                repeated = int(attributes.get("table:number-rows-repeated", 1))
            case "table:table-cell" | "table:covered-table-cell":
                count = int(attributes.get("table:number-columns-repeated", 1))
                if inside and "table:formula" in attributes:
                    lines = range(row, row + min(repeated, 50_000))
                    found.extend((line, column + extra) for line in lines for extra in range(min(count, 500)))
                column += count

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(page, True)
    return found


if __name__ == "__main__":
    main()
