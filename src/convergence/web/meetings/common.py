"""What the pages of meetings share."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.people.models import OutsideReferent, Person
from convergence.support.meetings.recording import busy
from convergence.support.models import Appointment, JointSupport
from convergence.web.meetings.forms import referent_words
from convergence.web.people.looking import Reach
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.templatetags.display import day as day_words
from convergence.web.templatetags.display import hour

FOLDED = ("outcome", "result")
"""What is only asked, in a long form, of an appointment that took place already."""


def meetings_of(person: Person, part: str = "") -> str:
    """Address of the person's appointments."""
    return reverse("meetings", args=[person.pk]) + (f"#{part}" if part else "")


def standing(person: Person, appointment_id: int, reach: Reach) -> Appointment:
    """The appointment as it stands, for somebody who may change it.

    :raises Http404: no such appointment of this person, taken back, or not for this actor to change.
    """
    shown = row_of(Appointment, person, appointment_id)
    current = Appointment.objects.current().filter(series=shown.series).select_related("colleague").first()
    if current is None or current.compartment not in reach.written:
        raise Http404
    return current


def referents_of(person: Person) -> dict[Any, OutsideReferent]:
    """The person's outside referents that the actor reads, by series; one query."""
    return {row.series: row for row in OutsideReferent.objects.current().filter(person=person).order_by("pk")}


def joint_choices(person: Person) -> list[tuple[str, str]]:
    """(series, whom) of the joint supports that stand without an objection; two queries."""
    referents = referents_of(person)
    joints = JointSupport.objects.current().filter(person=person, objected_on=None).order_by("informed_on", "pk")
    return [(str(joint.series), whom(joint, referents)) for joint in joints]


def whom(joint: JointSupport, referents: dict[Any, OutsideReferent]) -> str:
    """The referent, in words; one no longer in the file is not named."""
    found = referents.get(joint.referent)
    return referent_words(found) if found else _("un référent qui n’est plus noté dans le dossier")


def warn_if_taken(request: Request, appointment: Appointment, colleague: User | None) -> None:
    """Say that the colleague is taken at that moment, without saying by what: a warning, never a refusal."""
    if appointment.outcome:
        return
    for other in busy([appointment.colleague_id], appointment.starts_at, appointment.minutes, appointment.series)[:1]:
        starts = timezone.localtime(other.starts_at)
        ends = starts + timedelta(minutes=other.minutes)
        words = _(
            "%(who)s a déjà un rendez-vous le %(day)s, de %(starts)s à %(ends)s. C’est enregistré quand même."
        ) % {
            "who": colleague or "",
            "day": day_words(starts),
            "starts": hour(starts),
            "ends": hour(ends),
        }
        messages.warning(request, words)


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, **more: Any
) -> HttpResponse:
    unfolded = [field for field in form.visible_fields() if field.name not in FOLDED]
    folded = [field for field in form.visible_fields() if field.name in FOLDED] if len(unfolded) > len(FOLDED) else []
    context = {
        "person": person,
        "form": form,
        "fields": unfolded if folded else form.visible_fields(),
        "folded": folded,
        "unfold": any(field.errors or field.value() for field in folded),
        "heading": heading,
        "button": button,
    }
    return render(request, "meetings/form.html", context | more, status=status)
