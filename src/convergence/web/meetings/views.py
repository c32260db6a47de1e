"""A person's appointments on her tab; the actor's own days, and what is left to note."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convergence.access.models import User
from convergence.support.meetings.reading import AppointmentLine, appointments_of, to_note
from convergence.support.meetings.recording import busy, moment
from convergence.support.models import Appointment, GroupAttendance, JointSupport
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import GroupKind, Outcome
from convergence.web.meetings.common import referents_of, whom
from convergence.web.meetings.groups import team_here
from convergence.web.people.looking import open_person, record_look
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to

PAGE = 25
AHEAD = timedelta(days=8)
MINUTES_OF_A_DAY = 24 * 60
MOST_PLANNED = 60
"""The most appointments to come, or to note, that a person's tab lists."""


@open_to(*CARE)
@require_safe
def meetings(request: Request, person_id: int) -> HttpResponse:
    """The person's appointments to come, those to note, those gone by; groups; joint support. Eight queries."""
    person, reach = open_person(request, person_id)
    today = request.identity.today
    rows = Appointment.objects.current().filter(person=person).select_related("colleague")
    planned = [
        AppointmentLine(row, person.pk, person.usual_name)
        for row in rows.filter(outcome="").order_by("starts_at", "pk")[:MOST_PLANNED]
    ]
    past = Paginator(rows.exclude(outcome="").order_by("-starts_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    groups = GroupAttendance.objects.current().filter(person=person).order_by("-valid", "-pk")
    shown_groups = Paginator(groups, PAGE).get_page(request.GET.get("groupes"))
    referents = referents_of(person)
    joints = JointSupport.objects.current().filter(person=person).select_related("informed_by")
    context = {
        "person": person,
        "written": reach.written,
        "next": [line for line in planned if line.day >= today],
        "to_note": [line for line in planned if line.day < today],
        "page": past,
        "past": [AppointmentLine(row, person.pk, person.usual_name) for row in past],
        "groups_page": shown_groups,
        "groups": [(row, GroupKind(row.kind).label, Outcome(row.outcome)) for row in shown_groups.object_list],
        "joints": [
            (joint, whom(joint, referents), [Compartment(code).label for code in joint.discussed])
            for joint in joints.order_by("objected_on", "-informed_on", "-pk")[:PAGE]
        ],
        "has_referents": bool(referents),
        "here": request.get_full_path(),
    }
    return render(request, "meetings/meetings.html", context)


@open_to(*CARE)
@require_safe
def mine(request: Request) -> HttpResponse:
    """The actor's own appointments: today, the seven days after, and those of which nothing is noted yet."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    lines = appointments_of(identity.user.pk, DateRange(identity.today, identity.today + AHEAD))
    left = Paginator(to_note(identity.user.pk, identity.today), PAGE).get_page(request.GET.get("page"))
    days: dict[Any, list[AppointmentLine]] = {}
    for line in lines:
        days.setdefault(line.day, []).append(line)
    record_look(request, {line.person_id for line in [*lines, *left]})
    recent = (
        GroupAttendance.objects.current()
        .filter(colleagues__contains=[identity.user.pk], valid__startswith__gt=identity.today - timedelta(days=60))
        .order_by("gathering", "pk")
        .distinct("gathering")
    )
    context = {
        "taken": taken_today(request),
        "today_lines": days.pop(identity.today, []),
        "days": days.items(),
        "page": left,
        "gatherings": sorted(recent[:PAGE], key=lambda row: (row.valid.lower, row.pk), reverse=True),
        "here": request.get_full_path(),
    }
    return render(request, "meetings/mine.html", context)


def taken_today(request: Request) -> list[tuple[User, list[tuple[datetime, datetime]]]]:
    """The colleagues of the actor's sites who are taken today, and when; never with whom, where or why. Two queries."""
    identity = request.identity
    team = {user.pk: user for user in team_here(request) if user != identity.user}
    hours: dict[int, list[tuple[datetime, datetime]]] = {}
    for found in busy(list(team), moment(identity.today, time.min), MINUTES_OF_A_DAY):
        starts = timezone.localtime(found.starts_at)
        hours.setdefault(found.user_id, []).append((starts, starts + timedelta(minutes=found.minutes)))
    return [(team[user_id], taken) for user_id, taken in hours.items()]


def today_section(request: Request) -> dict[str, Any]:
    """The actor's appointments of the day and of the next, at the top of Today; one query."""
    identity = request.identity
    assert identity.user is not None  # noqa: S101 - she holds a role
    lines = appointments_of(identity.user.pk, DateRange(identity.today, identity.today + timedelta(days=2)))
    return {
        "appointments_today": [line for line in lines if line.day == identity.today],
        "appointments_tomorrow": [line for line in lines if line.day != identity.today],
        "here": request.get_full_path(),
    }
