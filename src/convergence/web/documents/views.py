"""A person's documents: the list, one document with its pages and its history, correcting it, taking it back."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.platform.errors import ChangedMeanwhile
from convergence.support.documents.contents import JPEG, PDF, PNG
from convergence.support.documents.recording import content_of, correct_document, take_back_document
from convergence.support.models import Document
from convergence.support.rights.reading import rights_of
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.documents import DOCUMENTS, DocumentKind
from convergence.web.documents.common import documents_of, standing, version_of
from convergence.web.documents.forms import CorrectionForm
from convergence.web.handling import act, answer, see_anew
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

PAGE = 25
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


@dataclass(frozen=True)
class DocumentLine:
    """One document as the list shows it: until when it is good, by its own date or that of what it proves."""

    document: Document
    until: date | None
    over: bool


@open_to(*EMPLOYER)
@require_safe
def documents(request: Request, person_id: int) -> HttpResponse:
    """Where each paper and right stands, and the documents that the actor reads."""
    person, reach = open_person(request, person_id)
    today = request.identity.today
    lines, silent = rights_of(person.pk, reach, today)
    until = {line.aspect.code: line.fact.expires_on for line in lines if line.fact is not None}
    rows = (
        Document.objects.current().filter(person=person).select_related("recorded_by").order_by("-recorded_at", "-pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "rights": lines,
        "silent": [aspect for aspect in silent if aspect.compartment.value in reach.written],
        "written": reach.written,
        "page": page,
        "lines": [_line(document, until, today) for document in page.object_list],
        "kinds": _offered(reach.written),
    }
    return render(request, "documents/documents.html", context)


def _line(document: Document, until: dict[str, date | None], today: date) -> DocumentLine:
    day = document.expires_on or until.get(document.subject.aspect)
    return DocumentLine(document, day, day is not None and day < today)


def _offered(written: frozenset[str]) -> list[tuple[str, list[DocumentKind]]]:
    """(domain, kinds that the actor may keep), in the vocabulary's order."""
    groups: dict[str, list[DocumentKind]] = {}
    for kind in DOCUMENTS.values():
        if kind.compartment.value in written:
            groups.setdefault(kind.domain.value, []).append(kind)
    return list(groups.items())


@open_to(*EMPLOYER)
@require_safe
def document(request: Request, person_id: int, document_id: int) -> HttpResponse:
    """One document, its pages, and those that it replaced."""
    person, reach = open_person(request, person_id)
    shown = version_of(person, document_id)
    versions = list(
        Document.objects.filter(person=person, series=shown.series).select_related("recorded_by").order_by("-pk")
    )
    current = next((version for version in versions if version.superseded_at is None), None)
    context = {
        "person": person,
        "document": shown,
        "current": current,
        "versions": versions,
        "pages": [(number, told["media"] == PDF) for number, told in enumerate(shown.pages, start=1)],
        "readers": Compartment(shown.compartment).label,
        "may_write": current is not None and current.compartment in reach.written,
    }
    return render(request, "documents/document.html", context)


@open_to(*EMPLOYER)
@require_safe
def page(request: Request, person_id: int, document_id: int, page: int) -> HttpResponse:
    """One page as it was kept: a photograph to look at, a PDF to keep; it runs nothing, whatever it holds."""
    person, _reach = open_person(request, person_id)
    shown = version_of(person, document_id)
    if not 1 <= page <= len(shown.pages):
        raise Http404
    media = shown.pages[page - 1]["media"]
    response = HttpResponse(content_of(shown, page), content_type=media)
    name = f"{shown.kind.replace('_', '-')}-{shown.pk}-{page}.{ENDINGS[media]}"
    response["Content-Disposition"] = f'{"attachment" if media == PDF else "inline"}; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, document_id: int) -> HttpResponse:
    """Say better what a document is; its pages stay."""
    person, reach = open_person(request, person_id)
    shown = standing(person, document_id, reach)
    initial = {"kind": shown.kind, "words": shown.words, "expires_on": shown.expires_on, "seen_version": shown.pk}
    form = CorrectionForm(request.POST or None, subject=shown.subject, initial=initial)
    theirs: Document | None = None

    def work(form: CorrectionForm) -> str:
        given = form.cleaned_data
        corrected = correct_document(
            shown,
            given["kind"],
            words=given["words"],
            expires_on=given.get("expires_on"),
            seen_version=given["seen_version"],
        )
        messages.success(request, _("La correction est enregistrée ; la version précédente reste lisible."))
        return reverse("document", args=[person.pk, corrected.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = error.fresh
        see_anew(form, error)

    def draw(status: int) -> HttpResponse:
        context: dict[str, Any] = {"person": person, "form": form, "document": shown, "theirs": theirs}
        return render(request, "documents/correct.html", context, status=status)

    return answer(request, form, work, draw, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def take_back(request: Request, person_id: int, document_id: int) -> HttpResponse:
    """Destroy the pages of a document; that it was kept, by whom and when, stays on its page."""
    person, reach = open_person(request, person_id)
    shown = standing(person, document_id, reach)
    act(request, partial(take_back_document, shown), _("Le document est retiré et ses pages sont détruites."))
    return redirect(documents_of(person))
