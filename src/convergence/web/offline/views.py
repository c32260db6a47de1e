"""What a telephone takes along for a day, and the notes that it brings back."""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_POST, require_safe

from convergence.access.models import Readable
from convergence.platform.changes import settle
from convergence.platform.errors import Refused
from convergence.platform.submissions import once
from convergence.support.meetings.reading import AppointmentLine, appointments_of
from convergence.support.notes import record_note, writable_compartments
from convergence.territories.periods import ONE_DAY
from convergence.vocabulary.compartments import Compartment
from convergence.web.people.looking import open_person, record_look
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to, public
from convergence.web.support.common import note_form, reminded_words

NOBODY: dict[str, Any] = {"identity": None, "nav": [], "messages": [], "csrf_token": ""}
"""What makes the page the same for everybody: it is kept on the device, and tells of nobody."""


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The empty page: what it shows is opened on the device itself."""
    return render(request, "offline/page.html", {"reminded_words": reminded_words(), **NOBODY})


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps this page, its style sheets and its scripts, never another page."""
    return render(request, "offline/worker.js", content_type="text/javascript; charset=utf-8")


@open_to(*CARE)
@require_safe
def day(request: Request) -> HttpResponse:
    """Today's appointments of whoever asks, with no more than a name and an hour each; each look is on record.

    ``session`` changes with every sign-in: what was taken along under another one is erased.
    """
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    lines = appointments_of(identity.user.pk, DateRange(identity.today, identity.today + ONE_DAY))
    if lines:
        record_look(request, {line.person_id for line in lines})
    written: dict[int, set[str]] = {}
    readable = Readable.objects.filter(
        person_id__in={line.person_id for line in lines}, may_write=True, valid__contains=identity.today
    )
    for person_id, compartment in readable.values_list("person_id", "compartment"):
        written.setdefault(person_id, set()).add(compartment)
    return JsonResponse(
        {
            "user": identity.user.pk,
            "session": salted_hmac("convergence.offline", request.session.session_key or "").hexdigest()[:24],
            "token": get_token(request),
            "today": identity.today.isoformat(),
            "appointments": [_taken_along(line, written.get(line.person_id, set())) for line in lines],
        }
    )


def _taken_along(line: AppointmentLine, written: set[str]) -> dict[str, Any]:
    # A place may tell of health or justice (a centre, a court): then the hour and the name are enough.
    ordinary = line.appointment.compartment == Compartment.SOCIAL
    return {
        "at": line.starts.strftime("%H:%M"),
        "until": line.ends.strftime("%H:%M"),
        "place": line.place if ordinary else "",
        "person": line.person_id,
        "name": line.person_name,
        "compartments": [[kind.value, str(kind.label)] for kind in writable_compartments(written)],
    }


@open_to(*CARE)
@require_POST
def note(request: Request, person_id: int) -> HttpResponse:
    """A note typed off-line, with the token under which it was typed: received twice, it is written once."""
    person, reach = open_person(request, person_id)
    today = request.identity.today
    form = note_form(request, person.pk, reach.written, request.POST)
    if not form.is_valid():
        return _refused([str(message) for messages in form.errors.values() for message in messages])

    def work() -> HttpResponse:
        given = form.cleaned_data
        try:
            record_note(person.pk, given["body"], given["compartment"], given["on"], written=reach.written, today=today)
        except Refused as refusal:
            return _refused([str(refusal)])
        settle(today)
        return JsonResponse({"written": True})

    return once(request, work)


def _refused(sentences: list[str]) -> JsonResponse:
    return JsonResponse({"sentence": " ".join(sentences)}, status=422)
