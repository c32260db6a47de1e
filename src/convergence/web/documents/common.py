"""What the pages of documents share."""

from django.http import Http404
from django.urls import reverse

from convergence.people.models import Person
from convergence.support.models import Document
from convergence.web.people.looking import Reach


def documents_of(person: Person) -> str:
    """Address of the person's documents."""
    return reverse("documents", args=[person.pk])


def version_of(person: Person, document_id: int) -> Document:
    """:raises Http404: no such version of a document of this person, or not for this actor."""
    found = Document.objects.filter(person=person, pk=document_id).first()
    if found is None:
        raise Http404
    return found


def standing(person: Person, document_id: int, reach: Reach) -> Document:
    """The document as it stands, for somebody who may change it.

    :raises Http404: no such document, taken back, or not for this actor to change.
    """
    shown = version_of(person, document_id)
    current = Document.objects.current().filter(series=shown.series).first()
    if current is None or current.compartment not in reach.written:
        raise Http404
    return current
