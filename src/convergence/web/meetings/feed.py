"""One's calendar program reads one's appointments at a secret address: times only, never whom, where or why."""

import hashlib
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from convergence.platform.clock import today
from convergence.platform.identity import assume
from convergence.support.meetings.feeds import close_feed, open_feed, opened_at, owner_of
from convergence.support.meetings.reading import AppointmentLine, appointments_of
from convergence.territories.models import Mission
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to, public

BEFORE, AFTER = timedelta(days=31), timedelta(days=183)
MOST = 2000
"""Appointments of one feed at most."""
READ_AGAIN = timedelta(hours=1)


@public
@require_safe
def feed(request: Request, token: str) -> HttpResponse:
    """The appointments of whoever owns the address, as she reads them today; 404 for an address that answers no more.

    The secret stands for its owner: from there on the database holds her rights, as on any page.
    """
    day = today()
    owner = owner_of(token)
    if owner is None:
        raise Http404
    assume(owner, day)
    try:
        if not Mission.objects.held_on(day).filter(user_id=owner, role__in=CARE).exists():
            raise Http404
        lines = appointments_of(owner, DateRange(day - BEFORE, day + AFTER), most=MOST)
        body = written(lines, request.build_absolute_uri(reverse("my-meetings")))
    finally:
        assume(request.identity.user.pk if request.identity.user else None, day)
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    same = mark in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if same else HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = mark
    # A calendar program keeps what it reads; nothing on the way may.
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def written(lines: list[AppointmentLine], link: str) -> bytes:
    """The feed as RFC 5545 has it: the hours of each appointment, a title that tells of nobody, where to read more."""
    calendar = Calendar()
    calendar.add("prodid", "-//Convergence//Rendez-vous//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Convergence"))
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for line in lines:
        appointment = line.appointment
        recorded: datetime = appointment.recorded_at
        event = Event()
        event.add("uid", f"{appointment.series}@convergence")
        event.add("dtstamp", recorded)
        event.add("last-modified", recorded)
        event.add("dtstart", appointment.starts_at)
        event.add("dtend", appointment.starts_at + timedelta(minutes=appointment.minutes))
        event.add("summary", _("Rendez-vous (Convergence)"))
        event.add("url", link)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    body: bytes = calendar.to_ical()
    return body


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def my_feed(request: Request) -> HttpResponse:
    """Make the secret address, or a new one in its place. It is shown once: only its digest is kept."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    token = open_feed(identity.user.pk) if request.method == "POST" else ""
    address = request.build_absolute_uri(reverse("calendar-feed", args=[token])) if token else ""
    context = {
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}",
        "opened_at": opened_at(identity.user.pk),
    }
    return render(request, "meetings/feed.html", context)


@open_to(*CARE)
@require_POST
def close(request: Request) -> HttpResponse:
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    if close_feed(identity.user.pk):
        messages.success(request, _("L’adresse est fermée : plus rien n’y est lisible."))
    return redirect("my-feed")
