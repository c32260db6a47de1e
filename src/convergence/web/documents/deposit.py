"""Keeping a document, or a newer one in its place, with the situation that it proves in the same form."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.support.documents.contents import LIMITS, Page, too_heavy
from convergence.support.documents.recording import keep_document, replace_document
from convergence.support.models import Document
from convergence.vocabulary.documents import DOCUMENTS, DocumentKind
from convergence.web.documents.common import documents_of, standing
from convergence.web.documents.forms import DepositForm
from convergence.web.handling import answer, retyped, see_anew
from convergence.web.people.facts import running_fact
from convergence.web.people.looking import open_person
from convergence.web.people.marks import in_words
from convergence.web.receiving import InMemoryUpToLimit, drop_rest
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

Keep = Callable[[DepositForm, list[Page]], Document]


@csrf_exempt
@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def deposit(request: Request, person_id: int, kind: str) -> HttpResponse:
    """Keep a document of one kind. The limit stands before anything of the body is read, the token's check included."""
    handler = _limited(request)

    def work(request: Request) -> HttpResponse:
        person, reach = open_person(request, person_id)
        subject = DOCUMENTS.get(kind)
        if subject is None or subject.compartment.value not in reach.written:
            raise Http404

        def keep(form: DepositForm, pages: list[Page]) -> Document:
            given = form.cleaned_data
            return keep_document(person.pk, kind, pages, words=given["words"], expires_on=given.get("expires_on"))

        return _Deposit(request, handler, person, subject).answer(keep)

    return _checked(request, work)


@csrf_exempt
@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def replace(request: Request, person_id: int, document_id: int) -> HttpResponse:
    """Keep a newer one in the place of a document; the earlier one stays in its history."""
    handler = _limited(request)

    def work(request: Request) -> HttpResponse:
        person, reach = open_person(request, person_id)
        shown = standing(person, document_id, reach)

        def keep(form: DepositForm, pages: list[Page]) -> Document:
            given = form.cleaned_data
            return replace_document(
                shown,
                pages,
                words=given["words"],
                expires_on=given.get("expires_on"),
                seen_version=given["seen_document"],
            )

        return _Deposit(request, handler, person, shown.subject, shown).answer(keep)

    return _checked(request, work)


def _limited(request: Request) -> InMemoryUpToLimit:
    handler = InMemoryUpToLimit(request, LIMITS.bytes)
    if request.method == "POST":
        request.upload_handlers = [handler]
    return handler


@csrf_protect
def _checked(request: Request, work: Callable[[Request], HttpResponse]) -> HttpResponse:
    return work(request)


class _Deposit:
    """One form on its way: what is shown of it, and what it writes."""

    def __init__(
        self,
        request: Request,
        handler: InMemoryUpToLimit,
        person: Person,
        kind: DocumentKind,
        replaced: Document | None = None,
    ) -> None:
        self.request, self.handler, self.person = request, handler, person
        self.kind, self.replaced = kind, replaced
        self.running: Situation | None = running_fact(person.pk, kind.aspect) if kind.aspect else None
        sent = request.method == "POST"
        self.form = DepositForm(
            request.POST if sent else None,
            request.FILES if sent else None,
            kind=kind,
            running=self.running,
            today=self.today,
            initial={"words": replaced.words, "seen_document": replaced.pk} if replaced else None,
        )

    @property
    def today(self) -> date:
        return self.request.identity.today

    def answer(self, keep: Keep) -> HttpResponse:
        if self.handler.too_big and self.request.method == "POST":
            drop_rest(self.request)
            self.form.errors.clear()
            self.form.add_error(None, too_heavy())
            return self._page(413)

        def work(form: DepositForm) -> str:
            pages = form.pages()
            if form.notes_the_situation:
                self._note_situation(form)
            keep(form, pages)
            messages.success(self.request, _("Le document est gardé."))
            return documents_of(self.person)

        return answer(self.request, self.form, work, self._page, self._show_theirs)

    def _note_situation(self, form: DepositForm) -> None:
        given = form.cleaned_data
        record_situation(
            self.person.pk,
            self.kind.aspect,
            given["code"],
            given["since"],
            today=self.today,
            seen_version=given["seen_version"],
            expires_on=given.get("until"),
        )

    def _show_theirs(self, error: ChangedMeanwhile) -> None:
        if isinstance(error.fresh, Document):
            self.replaced = error.fresh
            retyped(self.form, seen_document=str(error.fresh.pk))
        else:
            self.running = error.fresh
            see_anew(self.form, error)

    def _page(self, status: int) -> HttpResponse:
        context = {
            "person": self.person,
            "form": self.form,
            "kind": self.kind,
            "replaced": self.replaced,
            "running": in_words(self.running, self.today) if self.running else None,
            "limits": LIMITS,
            "megabytes": LIMITS.bytes // (1024 * 1024),
            "back": reverse("document", args=[self.person.pk, self.replaced.pk])
            if self.replaced
            else documents_of(self.person),
        }
        return render(self.request, "documents/deposit.html", context, status=status)
