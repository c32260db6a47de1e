"""What is taken as a page of a document: told by its content, cleaned or refused in a sentence."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.support.documents.contents import (
    JPEG,
    LIMITS,
    PDF,
    PNG,
    Limits,
    NotADocument,
    page_of,
    pages_of,
)
from convergence.support.documents.images import BrokenImage, clean_jpeg
from tests.papers import jpeg, list_of_objects, pdf, png

PLACE = b"48.8566 N, 2.3522 E, telephone fictif"


def refused(content: bytes) -> str:
    with pytest.raises(NotADocument) as refusal:
        page_of(content)
    return str(refusal.value).replace("\u00a0", " ")


def test_a_page_is_told_by_its_content() -> None:
    assert [page_of(content).media for content in (png(), jpeg(), pdf())] == [PNG, JPEG, PDF]


def test_a_photograph_keeps_its_picture_and_not_where_it_was_taken() -> None:
    cleaned = page_of(jpeg(orientation=6, place=PLACE) + b"PK\x03\x04 another file").content
    assert PLACE not in cleaned
    assert b"another file" not in cleaned
    assert cleaned.startswith(b"\xff\xd8\xff\xe1")
    assert cleaned.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    # Which way up it was held stays, and what is clean stays as it is.
    assert b"\x01\x12\0\x03\0\0\0\x01\0\x06" in cleaned
    assert clean_jpeg(cleaned) == cleaned
    assert clean_jpeg(jpeg()) == jpeg()


def test_a_picture_keeps_no_words() -> None:
    assert page_of(png(PLACE) + b"PK\x03\x04 another file").content == png()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "est vide"),
        (b"MZ\x90\0 a program", "ni un PDF, ni une photo"),
        (b"<html><script>alert(1)</script>", "ni un PDF, ni une photo"),
        (b"GIF89a", "ni un PDF, ni une photo"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "format HEIC"),
        (b"II*\0\x08\0\0\0", "format TIFF"),
        (jpeg()[:40], "incomplète ou abîmée"),
        (jpeg()[:-2], "incomplète ou abîmée"),
        (png()[:-4], "incomplète ou abîmée"),
        (png().replace(b"\0\0\0\x01\0\0\0\x01", b"\0\0\0\x09\0\0\0\x01"), "incomplète ou abîmée"),
        (pdf()[:-20], "incomplet ou abîmé"),
        (pdf() + b"PK\x03\x04" * 1000, "incomplet ou abîmé"),
        (b"GIF89a" + pdf(), "ni un PDF, ni une photo"),
        (pdf(b"3 0 obj<</Encrypt 4 0 R>>endobj"), "mot de passe"),
        (pdf(b"3 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj"), "programme ou d’autres fichiers"),
        (pdf(b"3 0 obj<</S/Java#53cript/JS(x)>>endobj"), "programme ou d’autres fichiers"),
        (pdf(b"3 0 obj<</S/Launch/F(x.exe)>>endobj"), "programme ou d’autres fichiers"),
        (pdf(b"3 0 obj<</Type/EmbeddedFile>>endobj"), "programme ou d’autres fichiers"),
        (pdf(list_of_objects(b"3 0 <</S/JavaScript/JS(x)>>")), "programme ou d’autres fichiers"),
        # A string that looks like a stream hides nothing.
        (pdf(b"3 0 obj(stream\n) 4 0 obj<</S/JavaScript>>endobj"), "programme ou d’autres fichiers"),
        (pdf(list_of_objects(b"x", b"/Filter[/ASCIIHexDecode/FlateDecode]/Predictor 12")), "incomplet ou abîmé"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_page_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    assert words in refused(content)


@pytest.mark.parametrize(
    "content", [list_of_objects(bytes(80 * 1024 * 1024)), b"stream\n" * 200_000], ids=["bomb", "maze"]
)
def test_a_pdf_that_would_fill_the_memory_or_the_day_is_refused(content: bytes) -> None:
    assert "incomplet ou abîmé" in refused(pdf(content))


def test_an_ordinary_pdf_with_lists_of_objects_is_kept_as_it_is() -> None:
    content = pdf(list_of_objects(b"3 0 <</Type/Font/BaseFont/Helvetica>>"), b"5 0 obj<</OpenAction[1 0 R/Fit]>>endobj")
    assert page_of(content).content == content


def test_several_files_make_one_document_and_the_refused_one_is_named() -> None:
    assert [page.media for page in pages_of([jpeg(), png(), pdf()])] == [JPEG, PNG, PDF]
    for contents, words in (
        ([], "au moins un fichier"),
        ([jpeg(), b"GIF89a"], "Fichier 2"),
        ([png()] * (LIMITS.pages + 1), "20 pages au plus"),
    ):
        with pytest.raises(NotADocument, match=words):
            pages_of(contents)
    with pytest.raises(NotADocument, match="trop lourd"):
        pages_of([pdf(weight=2_000), pdf()], Limits(bytes=2_100, pages=9))


@settings(max_examples=60)
@given(st.sampled_from([png(PLACE), jpeg(6, PLACE), pdf(list_of_objects(b"3 0 <<>>"))]), st.data())
def test_a_file_damaged_anywhere_is_a_page_or_a_sentence(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 4)) :]
    try:
        page = page_of(damaged)
    except NotADocument:
        return
    assert page.content
    assert zlib.crc32(page_of(page.content).content) == zlib.crc32(page.content)


def test_a_photograph_without_a_picture_is_broken() -> None:
    with pytest.raises(BrokenImage):
        clean_jpeg(b"\xff\xd8\xff\xd9")
