"""What is taken as a page of a document: told by its content, never by its name or by what the browser says of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from convergence.platform.errors import Refused
from convergence.support.documents import pdf
from convergence.support.documents.images import JPEG_START, PNG_START, BrokenImage, clean_jpeg, clean_png


@dataclass(frozen=True)
class Limits:
    """The most that one document may weigh and hold."""

    bytes: int
    pages: int


LIMITS = Limits(bytes=20 * 1024 * 1024, pages=20)
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"

_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypmsf1")
_TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Page:
    """One photograph, or one PDF: its media type and its bytes, cleaned."""

    media: str
    content: bytes


class NotADocument(Refused):
    """The file is not one that a document is made of."""


def pages_of(files: Iterable[bytes], limits: Limits = LIMITS) -> list[Page]:
    """The pages of one document, in the order of the files.

    :raises NotADocument: with one French sentence, that names the file by its place where there are several.
    """
    contents = list(files)
    if not contents:
        raise NotADocument(_("Choisissez au moins un fichier, ou prenez une photo."))
    if len(contents) > limits.pages:
        raise NotADocument(_("Un document compte %(most)d pages au plus : déposez-en deux.") % {"most": limits.pages})
    if sum(map(len, contents)) > limits.bytes:
        raise NotADocument(too_heavy(limits))
    pages = []
    for number, content in enumerate(contents, start=1):
        try:
            pages.append(page_of(content))
        except NotADocument as refusal:
            if len(contents) == 1:
                raise
            raise NotADocument(_("Fichier %(n)d : %(why)s") % {"n": number, "why": refusal}) from refusal
    return pages


def too_heavy(limits: Limits = LIMITS) -> str:
    """What is said of files heavier than the limit."""
    return _(
        "Ce document est trop lourd (%(most)d Mo au plus) : envoyez moins de pages, ou des photos plus légères."
    ) % {"most": limits.bytes // (1024 * 1024)}


def page_of(content: bytes) -> Page:
    """One page, cleaned.

    :raises NotADocument: empty, of another kind, broken, locked, or a PDF that does more than be read.
    """
    if not content:
        raise NotADocument(_("Ce fichier est vide : choisissez-en un autre."))
    try:
        if content.startswith(JPEG_START):
            return Page(JPEG, clean_jpeg(content))
        if content.startswith(PNG_START):
            return Page(PNG, clean_png(content))
    except BrokenImage as error:
        raise NotADocument(_("Cette photo est incomplète ou abîmée : prenez-la de nouveau.")) from error
    if content.startswith(pdf.START):
        return _pdf(content)
    if content[4:12] in _HEIC:
        raise NotADocument(_("Cette photo est au format HEIC : envoyez-la en JPEG, ou prenez-la depuis cette page."))
    if content.startswith(_TIFF):
        raise NotADocument(_("Cette image est au format TIFF : enregistrez-la en PDF ou en JPEG."))
    raise NotADocument(_("Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG : rien n’a été gardé."))


def _pdf(content: bytes) -> Page:
    match pdf.fault_of(content):
        case None:
            return Page(PDF, content)
        case pdf.Fault.LOCKED:
            raise NotADocument(_("Ce PDF est protégé par un mot de passe : enregistrez-le sans protection."))
        case pdf.Fault.ACTIVE:
            raise NotADocument(
                _("Ce PDF contient un programme ou d’autres fichiers : imprimez-le en PDF, puis envoyez celui-là.")
            )
        case pdf.Fault.BROKEN:
            raise NotADocument(_("Ce PDF est incomplet ou abîmé : demandez-le de nouveau."))
