"""Whatever the bytes, the answer is a table or one clear sentence."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.intake.kinds import MOST_ENTRIES, UnreadableFile
from convergence.intake.reading import Table, read
from tests.intake import files


def far_away_cell() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Nom")
        sheet.write(1_048_575, 16_383, "x")
    return buffer.getvalue()


def bomb() -> bytes:
    """50 kB that open into 500 MB."""
    return files.archive(
        {"xl/workbook.xml": b"<workbook/>"} | {f"xl/worksheets/sheet{n}.xml": bytes(50_000_000) for n in range(10)}
    )


def more_files_than_a_workbook_has() -> bytes:
    return files.archive({f"xl/{n}.xml": b"" for n in range(MOST_ENTRIES + 1)})


def one_text_in_many_cells() -> bytes:
    """A few kB in which one text of 30,000 letters fills 2,000 cells."""
    return files.xlsx([["Nom", "Note"], *[["Fictive", "x" * 30_000]] * 2_000])


LOCKED_ODS = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": b'<manifest:manifest><manifest:file-entry manifest:full-path="content.xml">'
    b"<manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    "content.xml": b"\x9f\x12",
}
# What takes seconds to make is made by its test, and not by each process that looks for tests.
WRONG: dict[str, Sequence[bytes | Callable[[], bytes]]] = {
    "empty_file": [b"", b" \r\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe\r\x00\n\x00"],
    "empty_sheet": [files.xlsx([]), files.ods([])],
    "no_rows": [files.text([files.TITLES]), files.xlsx([["Liste"], files.TITLES])],
    "password": [
        files.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        files.archive(LOCKED_ODS),
        files.xls(is_locked=True),
    ],
    "pdf": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"],
    "picture": [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"GIF89a\x01\x00"],
    "media": [b"\x00\x00\x00\x20ftypheic\x00\x00", b"RIFF\x00\x00\x00\x00WEBPVP8 "],
    "document": [
        files.archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        files.archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        files.ole({"WordDocument": b"x"}),
        b"{\\rtf1\\ansi Liste}",
    ],
    "presentation": [files.archive({"ppt/presentation.xml": b"<x/>"}), files.ole({"PowerPoint Document": b"x"})],
    "apple_document": [files.archive({"Index/Document.iwa": b"x"})],
    "archive": [
        files.archive({"liste.csv": files.text()}),
        b"\x1f\x8b\x08\x00abc",
        b"Rar!\x1a\x07\x00",
        b"7z\xbc\xaf\x27\x1c",
    ],
    "binary_workbook": [files.archive({"xl/workbook.bin": b"x"})],
    "web_page": [
        b"\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>Nom",
        b"\xef\xbb\xbf<!DOCTYPE html><html>",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
        "<table><tr><td>Nom</td></tr></table>".encode("utf-16"),
    ],
    "xml": [b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'],
    "json": [b'[{"nom": "Fictive"}]', b'{"nom": "Fictive"}'],
    "database": [b"SQLite format 3\x00\x10\x00"],
    "program": [b"\x7fELF\x02\x01\x01\x00"],
    "old_workbook": [b"\x09\x04\x06\x00\x00\x00\x10\x00"],
    "binary": [bytes(range(256)) * 20],
    "damaged": [
        files.xlsx()[:3000],
        files.ods()[:-200],
        files.xls()[:1500],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ],
    "too_big_inside": [bomb, more_files_than_a_workbook_has],
    "too_heavy": [far_away_cell, one_text_in_many_cells],
    "unclosed_quote": [files.text() + b'"Factice;Ali\r\n' + files.text(files.PEOPLE)],
}


@pytest.mark.parametrize(
    ("code", "content"),
    [pytest.param(code, one, id=code) for code, contents in WRONG.items() for one in contents],
)
def test_a_wrong_file_gets_one_sentence_that_says_what_to_do(code: str, content: bytes | Callable[[], bytes]) -> None:
    content = content if isinstance(content, bytes) else content()
    with pytest.raises(UnreadableFile) as error:
        read(content)
    assert error.value.code == code
    is_one_sentence(error.value)


def is_one_sentence(error: UnreadableFile) -> None:
    sentence = str(error)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not re.search(r"\.\s+[A-ZÀ-Ü]", sentence), "one sentence, not two"
    assert "\u00a0:" in sentence, "what is wrong, then what to do"
    assert "'" not in sentence


def test_the_sentence_on_an_open_quotation_mark_gives_its_line() -> None:
    with pytest.raises(UnreadableFile, match="À la ligne 5"):
        read(files.text() + b'"Factice;Ali\r\n' + files.text(files.PEOPLE))


def test_a_sheet_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(UnreadableFile, match="Feuil1") as error:
        read(files.xlsx(), sheet="Juin")
    assert error.value.code == "unknown_sheet"


def test_an_empty_sheet_chosen_by_name_is_named_in_the_sentence() -> None:
    with pytest.raises(UnreadableFile, match="Vide") as error:
        read(files.xlsx({"Salariés": files.LIST, "Vide": []}), sheet="Vide")
    assert error.value.code == "empty_sheet"


def read_or_sentence(content: bytes) -> None:
    try:
        table = read(content)
    except UnreadableFile as error:
        is_one_sentence(error)
    else:
        assert isinstance(table, Table)
        assert all(len(row.cells) == len(table.headers) for row in table.rows)


@given(st.binary(max_size=4000))
def test_random_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    read_or_sentence(content)


@given(st.text(max_size=2000), st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "cp1252", "mac_roman"]))
def test_random_words_are_a_table_or_a_sentence(words: str, encoding: str) -> None:
    read_or_sentence(words.encode(encoding, "replace"))


@given(
    st.lists(st.lists(st.text(alphabet="aé0=;,\t\"'\n\r|/@ ", max_size=12), max_size=5), max_size=8),
    st.sampled_from(";,\t|"),
)
def test_random_tables_are_a_table_or_a_sentence(rows: list[list[str]], separator: str) -> None:
    read_or_sentence(files.text(rows, separator))


STARTS = [
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"%PDF-",
    b"<html",
    b"\x09\x08",
    b"\xff\xfe",
    b"{",
    b"sep=",
]


@given(st.sampled_from(STARTS), st.binary(max_size=1500))
def test_random_bytes_after_a_known_start_are_a_table_or_a_sentence(start: bytes, rest: bytes) -> None:
    read_or_sentence(start + rest)


WORKBOOKS = {"xlsx": files.xlsx(), "ods": files.ods(), "xls": files.xls()}


# Each example starts a process: fewer of them here, many more in the slow tier.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_broken_workbook_is_a_table_or_a_sentence(data: st.DataObject) -> None:
    break_one_workbook(data)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_workbook_broken_in_any_way_is_a_table_or_a_sentence(data: st.DataObject) -> None:
    break_one_workbook(data)


def break_one_workbook(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(WORKBOOKS)))
    content = bytearray(WORKBOOKS[kind])
    if kind != "xls" and data.draw(st.booleans()):
        content = bytearray(with_a_broken_entry(bytes(content), data))
    else:
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
            content[place] = data.draw(st.integers(0, 255))
        if data.draw(st.booleans()):
            content = content[: data.draw(st.integers(0, len(content)))]
    read_or_sentence(bytes(content))


def with_a_broken_entry(content: bytes, data: st.DataObject) -> bytes:
    """A sound zip around damaged XML: what reaches the reader's own code."""
    entries = files.entries(content)
    name = data.draw(st.sampled_from(sorted(entries)))
    entry = entries[name]
    start = data.draw(st.integers(0, len(entry)))
    end = data.draw(st.integers(start, min(len(entry), start + 60)))
    entries[name] = entry[:start] + data.draw(st.binary(max_size=20)) + entry[end:]
    return files.archive(entries)
