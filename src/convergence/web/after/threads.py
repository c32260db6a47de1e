"""Threads of support: opening one in a touch, noting news, stopping it."""

from typing import TypeVar

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Manager, Q
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.dated import Version
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.support.after.models import ExtendedSupport, FollowUp
from convergence.support.after.recording import (
    note_news,
    open_thread,
    reopen_thread,
    stop_thread,
    withdraw_news,
    withdraw_thread,
)
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding, SupportOpener
from convergence.web.after.forms import NewsForm, OpenThreadForm, StopThreadForm
from convergence.web.handling import answer, retyped
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to
from convergence.web.support.common import writes_social

Row = TypeVar("Row", bound=Version)


def threads_at(person: Person) -> str:
    """Address of the person's threads."""
    return f"{reverse('after', args=[person.pk])}#accompagnement"


def row_of(model: type[Row], person: Person, pk: int) -> Row:
    """:raises Http404: no such row of this person, or not for this actor."""
    rows: Manager[Row] = model._default_manager  # type: ignore[assignment]  # of the row's own class
    found = rows.filter(Q(("person_id", person.pk)), pk=pk).first()
    if found is None:
        raise Http404
    return found


def latest(row: Row) -> Row:
    """The version that stands, or the one given where none does."""
    rows: Manager[Row] = type(row)._default_manager  # type: ignore[assignment]
    return rows.filter(series=row.series, superseded_at=None).first() or row


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, said: str = ""
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button, "said": said}
    return render(request, "after/form.html", context, status=status)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    writes_social(reach)
    today = request.identity.today
    form = OpenThreadForm(request.POST or None, initial={"since": today})

    def work(form: OpenThreadForm) -> str:
        given = form.cleaned_data
        open_thread(person.pk, SupportOpener(given["opener"]), given["since"], today=today)
        messages.success(request, _("L’accompagnement est ouvert : des nouvelles à 1, 3, 6 et 12 mois."))
        return threads_at(person)

    def page(status: int) -> HttpResponse:
        heading, button = _("Accompagner pour que cela dure"), _("Ouvrir l’accompagnement")
        return form_page(request, person, form, heading, button, status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def news(request: Request, person_id: int, thread_id: int) -> HttpResponse:
    """Whether it holds, in a minute."""
    person, reach = open_person(request, person_id)
    writes_social(reach)
    thread = latest(row_of(ExtendedSupport, person, thread_id))
    today = request.identity.today
    form = NewsForm(request.POST or None, initial={"on": today, "seen_version": thread.pk})

    def work(form: NewsForm) -> str:
        told = form.news()
        note_news(thread, told, seen_version=form.cleaned_data["seen_version"], actor_id=request.user.pk, today=today)
        if told.result is FollowUpResult.LOST:
            messages.success(request, _("C’est noté. Une nouvelle difficulté : un nouveau parcours peut commencer."))
        else:
            messages.success(request, _("Les nouvelles sont notées."))
        return threads_at(person)

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        return form_page(
            request, person, form, _("Prendre des nouvelles"), _("Noter ces nouvelles"), status, str(thread)
        )

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def stop(request: Request, person_id: int, thread_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    writes_social(reach)
    thread = latest(row_of(ExtendedSupport, person, thread_id))
    today = request.identity.today
    form = StopThreadForm(request.POST or None, initial={"on": today, "seen_version": thread.pk})

    def work(form: StopThreadForm) -> str:
        given = form.cleaned_data
        ending = SupportEnding(given["ending"])
        stop_thread(thread, ending, given["on"], seen_version=given["seen_version"], today=today)
        messages.success(request, _("La fin de cet accompagnement est notée."))
        return threads_at(person)

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        heading, button = _("Fin de cet accompagnement"), _("Noter cette fin")
        return form_page(request, person, form, heading, button, status, str(thread))

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_POST
def reopen(request: Request, person_id: int, thread_id: int) -> HttpResponse:
    return _undo(request, person_id, thread_id, "thread")


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, thread_id: int) -> HttpResponse:
    return _undo(request, person_id, thread_id, "opening")


@open_to(*CARE)
@require_POST
def withdraw_told(request: Request, person_id: int, news_id: int) -> HttpResponse:
    return _undo(request, person_id, news_id, "news")


def _undo(request: Request, person_id: int, pk: int, what: str) -> HttpResponse:
    person, reach = open_person(request, person_id)
    writes_social(reach)
    try:
        if what == "news":
            withdraw_news(row_of(FollowUp, person, pk))
            done = _("Ces nouvelles sont retirées ; elles restent dans l’historique.")
        elif what == "opening":
            withdraw_thread(row_of(ExtendedSupport, person, pk))
            done = _("Cet accompagnement est retiré ; il reste dans l’historique.")
        else:
            reopen_thread(row_of(ExtendedSupport, person, pk))
            done = _("Cet accompagnement continue.")
        settle(request.identity.today)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except IntegrityError as error:
        # Another thread of the same sort was opened meanwhile.
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, done)
    return redirect(threads_at(person))
