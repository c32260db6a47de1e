"""A person's notes: all of them by day, a quick one, and a correction that keeps what stood."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convergence.platform.errors import ChangedMeanwhile
from convergence.support.models import Note
from convergence.support.notes import correct_note, note_lines, record_note
from convergence.web.handling import answer, see_anew
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.support.common import back, counted_readers, note_form
from convergence.web.support.forms import NoteForm


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def notes(request: Request, person_id: int) -> HttpResponse:
    """Everything written about the person that the actor reads, and the form of a new note.

    A note whose session was lost comes back here after signing in: the form holds the same draft.
    """
    person, reach = open_person(request, person_id)
    written = reach.written
    today, actor = request.identity.today, request.identity.user
    here = reverse("notes", args=[person.pk])
    asked_from = {"next": reverse("today")} if "ecrire" in request.GET else {}
    form = note_form(request, person.pk, written, request.POST if request.method == "POST" else None, **asked_from)

    def work(form: NoteForm) -> str:
        given = form.cleaned_data
        record_note(person.pk, given["body"], given["compartment"], given["on"], written=written, today=today)
        messages.success(request, _("La note est enregistrée."), extra_tags=f"draft:note-{person.pk}")
        return back(request, here)

    def page(status: int) -> HttpResponse:
        context = {
            "person": person,
            "lines": note_lines(person.pk),
            "form": form,
            "note_readers": counted_readers(request, person.pk, written),
            "actor_id": actor.pk if actor else None,
        }
        return render(request, "support/notes.html", context, status=status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, note_id: int) -> HttpResponse:
    """Correct one's own note. Whoever comes second sees what the first one wrote, and loses nothing."""
    person, reach = open_person(request, person_id)
    shown = Note.objects.filter(person=person, pk=note_id).first()
    standing = Note.objects.current().filter(person=person, series=shown.series).first() if shown else None
    if standing is None:
        raise Http404
    here = reverse("notes", args=[person.pk])
    today, actor = request.identity.today, request.identity.user
    if actor is None or standing.recorded_by_id != actor.pk:
        messages.error(request, _("Une note se corrige par la personne qui l’a écrite : écrivez-en plutôt une autre."))
        return HttpResponseRedirect(here)
    written = reach.written
    form = note_form(
        request,
        person.pk,
        written,
        request.POST if request.method == "POST" else None,
        body=standing.body,
        compartment=standing.compartment,
        on=standing.starts,
        seen_version=standing.pk,
    )
    context: dict[str, Any] = {
        "person": person,
        "note": standing,
        "form": form,
        "note_readers": counted_readers(request, person.pk, written),
    }

    def work(form: NoteForm) -> str:
        given = form.cleaned_data
        correct_note(
            person.pk,
            given["seen_version"] or 0,
            given["body"],
            given["compartment"],
            given["on"],
            actor_id=actor.pk,
            written=written,
            today=today,
        )
        messages.success(
            request,
            _("La note est corrigée ; l’ancienne reste lisible."),
            extra_tags=f"draft:correction-{standing.series}",
        )
        return here

    def on_change(error: ChangedMeanwhile) -> None:
        context["fresh"] = error.fresh
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        return render(request, "support/correct_note.html", context, status=status)

    return answer(request, form, work, page, on_change)
