"""An appointment: agreed, moved, cancelled; whether the person came, in one touch; its page with every version."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.meetings.reading import AppointmentLine
from convergence.support.meetings.recording import (
    cancel_appointment,
    change_appointment,
    note_outcome,
    plan_appointment,
    reopen_appointment,
    withdraw_appointment,
)
from convergence.support.models import Appointment
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import Outcome
from convergence.web.goals.common import team_around
from convergence.web.handling import act, answer, see_anew
from convergence.web.meetings.common import form_page, joint_choices, meetings_of, standing, warn_if_taken
from convergence.web.meetings.forms import AppointmentForm, CancelForm, OutcomeForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to
from convergence.web.support.common import back
from convergence.web.templatetags.display import hour, short_day


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Agree on an appointment, or note one that took place."""
    person, reach = open_person(request, person_id)
    if Compartment.SOCIAL.value not in reach.written:
        raise Http404
    today, actor = request.identity.today, request.identity.user
    team = team_around(person, actor, today)
    form = AppointmentForm(
        request.POST or None, team=team, written=reach.written, joints=joint_choices(person), initial={"on": today}
    )

    def work(form: AppointmentForm) -> str:
        given = form.cleaned_data
        made = plan_appointment(
            person.pk,
            form.plan(),
            team=[colleague.pk for colleague in team],
            written=reach.written,
            actor_id=actor.pk if actor else None,
            today=today,
            outcome=given["outcome"],
            result=given["result"],
        )
        messages.success(request, _("Le rendez-vous est noté."))
        warn_if_taken(request, made, next((user for user in team if user.pk == made.colleague_id), None))
        return meetings_of(person)

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, _("Nouveau rendez-vous"), _("Enregistrer le rendez-vous"), status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_safe
def appointment(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """One appointment, and every version of it."""
    person, reach = open_person(request, person_id)
    shown = row_of(Appointment, person, appointment_id)
    versions = list(
        Appointment.objects.filter(person=person, series=shown.series)
        .select_related("recorded_by", "colleague")
        .order_by("-pk")
    )
    current = next((version for version in versions if version.superseded_at is None), None)
    chosen = current or shown
    context = {
        "person": person,
        "line": AppointmentLine(chosen, person.pk, person.usual_name),
        "current": current,
        "versions": [AppointmentLine(version, person.pk, person.usual_name) for version in versions],
        "readers": Compartment(chosen.compartment).label,
        "may_write": chosen.compartment in reach.written,
        "has_come": chosen.valid.lower <= request.identity.today,
    }
    return render(request, "meetings/appointment.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def change(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """Move an appointment, or correct what was planned."""
    person, reach = open_person(request, person_id)
    shown = standing(person, appointment_id, reach)
    today = request.identity.today
    team = team_around(person, request.identity.user, today)
    if shown.colleague not in team:
        team.append(shown.colleague)
    starts = timezone.localtime(shown.starts_at)
    initial = {
        "kind": shown.kind,
        "on": starts.date(),
        "at": starts.time(),
        "minutes": shown.minutes,
        "colleague": shown.colleague_id,
        "place": shown.place,
        "purpose": shown.purpose,
        "joint": [str(series) for series in shown.joint],
        "agreed": shown.agreed,
        "compartment": shown.compartment,
        "seen_version": shown.pk,
    }
    form = AppointmentForm(
        request.POST or None,
        team=team,
        written=reach.written,
        joints=joint_choices(person),
        planned=True,
        initial=initial,
    )
    theirs = ""

    def work(form: AppointmentForm) -> str:
        made = change_appointment(
            shown,
            form.plan(),
            team=[colleague.pk for colleague in team],
            written=reach.written,
            seen_version=form.cleaned_data["seen_version"],
            today=today,
        )
        messages.success(request, _("Le rendez-vous est modifié ; ce qui était prévu reste lisible."))
        warn_if_taken(request, made, next((user for user in team if user.pk == made.colleague_id), None))
        return meetings_of(person)

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = in_words(error.fresh, person) if error.fresh else ""
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        heading, button = _("Déplacer ou modifier le rendez-vous"), _("Enregistrer la modification")
        return form_page(request, person, form, heading, button, status, theirs=theirs)

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def cancel(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """Say that it does not take place."""
    person, reach = open_person(request, person_id)
    shown = standing(person, appointment_id, reach)
    form = CancelForm(request.POST or None, initial={"seen_version": shown.pk})

    def work(form: CancelForm) -> str:
        given = form.cleaned_data
        gone = cancel_appointment(shown, given["why"], seen_version=given["seen_version"])
        undo = reverse("reopen-appointment", args=[person.pk, gone.pk])
        messages.success(request, _("Le rendez-vous est annulé."), extra_tags=f"undo:{undo}")
        return meetings_of(person)

    def page(status: int) -> HttpResponse:
        said = in_words(shown, person)
        return form_page(
            request, person, form, _("Annuler le rendez-vous"), _("Annuler ce rendez-vous"), status, said=said
        )

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def note(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """Whether the person came, in one touch from a list, or with a few words; undone from the message that says it."""
    person, reach = open_person(request, person_id)
    shown = standing(person, appointment_id, reach)
    today, actor = request.identity.today, request.identity.user
    initial: dict[str, Any] = {"seen_version": shown.pk, "next": back(request, meetings_of(person))}
    form = OutcomeForm(request.POST or None, initial=initial)

    def work(form: OutcomeForm) -> str:
        given = form.cleaned_data
        noted = note_outcome(
            shown,
            given["outcome"],
            given["result"],
            seen_version=given["seen_version"],
            actor_id=actor.pk if actor else None,
            today=today,
        )
        undo = reverse("reopen-appointment", args=[person.pk, noted.pk])
        words = _("%(name)s, c’est noté : %(what)s.") % {
            "name": person.usual_name,
            "what": Outcome(noted.outcome).label.lower(),
        }
        messages.success(request, words, extra_tags=f"undo:{undo}")
        return back(request, meetings_of(person))

    def page(status: int) -> HttpResponse:
        said = in_words(shown, person)
        return form_page(request, person, form, _("Présence au rendez-vous"), _("Enregistrer"), status, said=said)

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*CARE)
@require_POST
def reopen(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """Undo what was noted of an appointment."""
    person, _reach = open_person(request, person_id)
    noted = row_of(Appointment, person, appointment_id)
    act(request, partial(reopen_appointment, noted), _("C’est annulé : ce rendez-vous est de nouveau à noter."))
    return redirect(back(request, meetings_of(person)))


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, appointment_id: int) -> HttpResponse:
    """Take back an appointment noted by mistake; its line stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = row_of(Appointment, person, appointment_id)
    act(
        request,
        partial(withdraw_appointment, shown),
        _("Le rendez-vous est retiré ; il reste lisible dans l’historique."),
    )
    return redirect(meetings_of(person))


def in_words(shown: Appointment, person: Person) -> str:
    """« Entretien · 24 nov. 2026, 10 h · Bureau »."""
    line = AppointmentLine(shown, person.pk, person.usual_name)
    parts = [line.kind, f"{short_day(line.starts)}, {hour(line.starts)}", line.place, line.said]
    return " · ".join(part for part in parts if part)
