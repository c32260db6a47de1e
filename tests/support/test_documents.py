"""Documents sealed piece by piece: who reads them, what a replacement and a withdrawal leave."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection

from convergence.people.keys import PersonKey
from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.platform.sealing import Unsealable
from convergence.support.documents import recording
from convergence.support.documents.contents import JPEG, PDF, Page
from convergence.support.documents.recording import (
    content_of,
    correct_document,
    keep_document,
    replace_document,
    take_back_document,
)
from convergence.support.models import Alert, Document, DocumentPiece
from convergence.vocabulary.documents import DOCUMENTS
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS
from tests.builders import TODAY, World
from tests.papers import jpeg, pdf

Acting = Callable[[str], AbstractContextManager[None]]

SCAN = Page(PDF, pdf(weight=1_300_000))
PHOTO = Page(JPEG, jpeg())


@pytest.fixture(autouse=True)
def counsellor(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)


def replaced(document: Document, page: Page = PHOTO, expires_on: date | None = None) -> Document:
    return replace_document(document, [page], words="", expires_on=expires_on, seen_version=str(document.pk))


def test_pages_come_back_as_they_were_and_lie_sealed(lina: Person) -> None:
    document = keep_document(lina.pk, "lease", [SCAN, PHOTO], words=" Résidence\x00 Factice ")
    assert [content_of(document, number) for number in (1, 2)] == [SCAN.content, PHOTO.content]
    assert Document.objects.get(pk=document.pk).words == "Résidence Factice"
    pieces = DocumentPiece.objects.filter(scan=document.scan).order_by("page", "place")
    assert [(piece.page, piece.place) for piece in pieces] == [(1, 0), (1, 1), (1, 2), (2, 0)]
    assert not [piece for piece in pieces if b"%PDF" in bytes(piece.sealed) or b"JFIF" in bytes(piece.sealed)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM support_document WHERE id = %s", [document.pk])
        assert b"Factice" not in bytes(cursor.fetchone()[0])


def test_a_piece_moved_altered_or_without_its_key_does_not_open(lina: Person, acting_as: Acting) -> None:
    document = keep_document(lina.pk, "lease", [SCAN])
    pieces = DocumentPiece.objects.filter(scan=document.scan)
    with acting_as("maint"):
        first, second = pieces.get(place=0), pieces.get(place=1)
        pieces.filter(place=0).update(sealed=second.sealed)
    with pytest.raises(Unsealable):
        content_of(document, 1)
    with acting_as("maint"):
        pieces.filter(place=0).update(sealed=first.sealed)
        pieces.filter(place=2).delete()
    with pytest.raises(Refused, match="détruites"):
        content_of(document, 1)
    with acting_as("maint"):
        PersonKey.objects.filter(person=lina).update(wrapped=None)
        assume(None, TODAY)
        with pytest.raises(Refused, match="effacés"):
            content_of(document, 1)


def test_each_kind_has_its_readers(world: World, lina: Person) -> None:
    for kind in ("contract", "other", "rqth", "court"):
        keep_document(lina.pk, kind, [PHOTO])
    for role, kinds in (
        (Role.COUNSELLOR, {"contract", "other", "rqth", "court"}),
        (Role.SUPPORT_WORKER, {"contract", "other", "rqth"}),
        (Role.SITE_MANAGER, {"contract"}),
        (Role.WORK_SUPERVISOR, set()),
    ):
        assume(world.users[role].pk, TODAY)
        assert set(Document.objects.filter(person=lina).values_list("kind", flat=True)) == kinds
        assert DocumentPiece.objects.filter(person=lina).count() == len(kinds)


def test_a_newer_one_takes_its_place_and_the_earlier_one_still_opens(lina: Person) -> None:
    first = keep_document(lina.pk, "driving_licence", [SCAN], expires_on=date(2026, 12, 1))
    second = replaced(first, expires_on=date(2041, 12, 1))
    assert (second.series, second.expires_on) == (first.series, date(2041, 12, 1))
    assert [content_of(version, 1) for version in (first, second)] == [SCAN.content, PHOTO.content]
    with pytest.raises(ChangedMeanwhile):
        replaced(first)


def test_what_is_said_is_corrected_among_kinds_with_the_same_readers(lina: Person) -> None:
    document = keep_document(lina.pk, "other", [PHOTO], expires_on=date(2027, 3, 1))
    said: dict[str, Any] = {"words": "Foyer", "expires_on": date(2027, 3, 1)}
    corrected = correct_document(document, "lease", **said, seen_version=str(document.pk))
    assert (corrected.kind, corrected.words, corrected.expires_on) == ("lease", "Foyer", date(2027, 3, 1))
    assert content_of(corrected, 1) == PHOTO.content
    # What a situation carries stays with the situation.
    again = correct_document(corrected, "passport", **said, seen_version=str(corrected.pk))
    assert again.expires_on is None
    with pytest.raises(Refused, match="liraient"):
        correct_document(again, "rqth", **said, seen_version=str(again.pk))


def test_a_document_taken_back_leaves_its_trace_and_no_page(lina: Person) -> None:
    first = keep_document(lina.pk, "lease", [SCAN])
    kept = keep_document(lina.pk, "lease", [PHOTO])
    second = replaced(first)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM support_documentpiece WHERE person_id = %s", [lina.pk])
        assert cursor.rowcount == 0, "nobody destroys the pages of a document that stands"
    take_back_document(second)
    assert [bool(version.superseded_at) for version in Document.objects.filter(series=first.series)] == [True, True]
    assert set(DocumentPiece.objects.filter(person=lina).values_list("scan", flat=True)) == {kept.scan}
    for version in (first, second):
        with pytest.raises(Refused, match="détruites"):
            content_of(version, 1)
    with pytest.raises(ChangedMeanwhile):
        take_back_document(second)


def test_a_document_that_ends_asks_ahead_until_a_newer_one_is_kept(lina: Person) -> None:
    def asked() -> list[tuple[str, date]]:
        settle(TODAY)
        rows = Alert.objects.filter(person=lina, kind="document_expiring")
        return [(row.about["value"], row.due_on) for row in rows]

    document = keep_document(lina.pk, "driving_licence", [PHOTO], expires_on=date(2027, 1, 31))
    assert asked() == [("driving_licence", date(2027, 1, 31))]
    newer = replaced(document, expires_on=date(2042, 1, 31))
    assert asked() == [("driving_licence", date(2042, 1, 31))]
    take_back_document(newer)
    assert asked() == []


def test_half_a_document_is_never_kept(lina: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PIECE", 1)
    with pytest.raises(Refused, match="genre"):
        keep_document(lina.pk, "invented", [PHOTO])
    with pytest.raises(AttributeError):
        keep_document(lina.pk, "lease", [PHOTO, None])  # type: ignore[list-item]  # the second page fails
    assert not Document.objects.filter(person=lina).exists()
    assert not DocumentPiece.objects.filter(person=lina).exists()


def test_a_kind_that_proves_a_situation_has_its_readers_and_no_expiry_of_its_own() -> None:
    for kind in DOCUMENTS.values():
        if kind.aspect:
            aspect = ASPECTS[kind.aspect]
            assert aspect.compartment is kind.compartment, kind.code
            assert aspect.values.has(kind.value), kind.code
            assert not kind.has_expiry, kind.code
