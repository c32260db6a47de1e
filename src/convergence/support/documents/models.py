"""A document of a person's file, and the sealed pieces of its pages (docs/decisions/0015-where-documents-lie.md)."""

import uuid
from functools import reduce
from operator import or_
from typing import TypedDict

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.support.documents.policies import PieceRows
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.documents import DOCUMENTS, DOCUMENTS_BY_COMPARTMENT, DocumentKind


class PageTold(TypedDict):
    """What is known of a page without opening it."""

    media: str
    bytes: int


class Document(Version):
    """One paper of the person's. Who reads it follows from its kind; a newer one replaces it as a version.

    :ivar scan: names the pages' pieces; a version that only corrects what is said keeps the same.
    :ivar pages: media type and size of each page.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="documents", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    kind = models.CharField(max_length=32)
    words = SealedTextField(verbose_name=_("précision"))
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    scan = models.UUIDField(default=uuid.uuid4)
    pages: "models.JSONField[list[PageTold], list[PageTold]]" = models.JSONField(default=list)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, kind__in=kinds)
                        for compartment, kinds in DOCUMENTS_BY_COMPARTMENT.items()
                    ),
                ),
                name="document_in_its_compartment",
                violation_error_message=_("Ce genre de document n’existe pas."),
            ),
            PersonVersions(name="document"),
        ]
        indexes = [models.Index(fields=["person", "-recorded_at"], name="document_latest")]

    @property
    def subject(self) -> DocumentKind:
        return DOCUMENTS[self.kind]

    @property
    def label(self) -> str:
        return self.subject.label


class DocumentPiece(models.Model):
    """A stretch of one page, sealed under the person's key for its very place: moved or left out, nothing opens."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    scan = models.UUIDField()
    page = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scan", "page", "place"], name="document_piece_once"),
            PieceRows(name="document_piece"),
        ]
