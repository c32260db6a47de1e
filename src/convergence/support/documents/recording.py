"""Keeping a document, saying better what it is, replacing it, taking it back.

What proves a situation carries no expiry of its own: that situation does, and its calendar warns.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.people.keys import key_of
from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.sealing import seal_bytes, unseal_bytes
from convergence.support.documents.contents import Page
from convergence.support.documents.models import Document, DocumentPiece, PageTold
from convergence.vocabulary.documents import DOCUMENTS, DocumentKind

PIECE = 512 * 1024
LONGEST = 200


@transaction.atomic
def keep_document(
    person_id: int, kind: str, pages: Sequence[Page], *, words: str = "", expires_on: date | None = None
) -> Document:
    """Keep a document, its pages sealed piece by piece under the person's key.

    :raises Refused: unknown kind, or too many words.
    """
    subject = _subject(kind)
    document = Document(
        person_id=person_id,
        kind=kind,
        compartment=subject.compartment.value,
        words=_shorter(words),
        expires_on=_expiry(subject, expires_on),
        pages=_told(pages),
    )
    document.save(force_insert=True)
    _write(document, pages)
    return document


@transaction.atomic
def correct_document(
    document: Document, kind: str, *, words: str, expires_on: date | None, seen_version: str
) -> Document:
    """Say better what a document is; the earlier version stays readable.

    :raises Refused: unknown kind, or one that others would read: such a document is taken back and kept anew.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    standing = _still(document, seen_version)
    subject = _subject(kind)
    if subject.compartment.value != standing.compartment:
        raise Refused(_("D’autres personnes liraient ce genre de document : retirez-le, puis déposez-le à sa place."))
    return revise(standing, kind=kind, words=_shorter(words), expires_on=_expiry(subject, expires_on))


@transaction.atomic
def replace_document(
    document: Document, pages: Sequence[Page], *, words: str, expires_on: date | None, seen_version: str
) -> Document:
    """Keep a newer one in the place of a document; the earlier one stays readable in its history.

    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    standing = _still(document, seen_version)
    newer = revise(
        standing,
        scan=uuid.uuid4(),
        pages=_told(pages),
        words=_shorter(words),
        expires_on=_expiry(standing.subject, expires_on),
    )
    _write(newer, pages)
    return newer


@transaction.atomic
def take_back_document(document: Document) -> None:
    """Destroy the pages of a document and of those that it replaced; who kept it, when and of what kind stays told.

    :raises ChangedMeanwhile: somebody changed it or took it back first.
    """
    hold(document.person_id)
    scans = list(Document.objects.filter(series=document.series).values_list("scan", flat=True))
    withdraw(document)
    DocumentPiece.objects.filter(scan__in=scans, person_id=document.person_id).delete()


def content_of(document: Document, number: int) -> bytes:
    """One page of a document, from 1.

    :raises Refused: it has no such page, or its pages were destroyed; Unsealable: a piece was altered or moved.
    """
    if not 1 <= number <= len(document.pages):
        raise Refused(_("Ce document n’a pas cette page."))
    key = key_of(document.person_id)
    pieces = DocumentPiece.objects.filter(scan=document.scan, page=number, person_id=document.person_id)
    opened = bytearray()
    for piece in pieces.order_by("place").iterator(chunk_size=4):
        opened += unseal_bytes(bytes(piece.sealed), key, _place(piece))
    if len(opened) != document.pages[number - 1]["bytes"]:
        raise Refused(_("Ce document a été retiré : ses pages sont détruites."))
    return bytes(opened)


def _write(document: Document, pages: Sequence[Page]) -> None:
    key = key_of(document.person_id)
    for piece, content in _pieces(document, pages):
        piece.sealed = seal_bytes(content, key, _place(piece))
        piece.save(force_insert=True)


def _pieces(document: Document, pages: Sequence[Page]) -> Iterator[tuple[DocumentPiece, bytes]]:
    for number, page in enumerate(pages, start=1):
        for place, start in enumerate(range(0, len(page.content), PIECE)):
            piece = DocumentPiece(
                person_id=document.person_id,
                compartment=document.compartment,
                scan=document.scan,
                page=number,
                place=place,
            )
            yield piece, page.content[start : start + PIECE]


def _place(piece: DocumentPiece) -> str:
    return f"support_documentpiece:{piece.person_id}:{piece.scan}:{piece.page}:{piece.place}"


def _told(pages: Sequence[Page]) -> list[PageTold]:
    return [{"media": page.media, "bytes": len(page.content)} for page in pages]


def _still(document: Document, seen_version: str) -> Document:
    """The version that stands, where it is the one that was shown."""
    hold(document.person_id)
    current = Document.objects.current().filter(series=document.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé ce document pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _subject(kind: str) -> DocumentKind:
    subject = DOCUMENTS.get(kind)
    if subject is None:
        raise Refused(_("Choisissez le genre de document dans la liste."))
    return subject


def _expiry(subject: DocumentKind, expires_on: date | None) -> date | None:
    return expires_on if subject.has_expiry else None


def _shorter(words: str) -> str:
    kept = " ".join(words.replace("\x00", "").split())
    if len(kept) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
