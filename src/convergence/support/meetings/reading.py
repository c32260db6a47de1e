"""Appointments as somebody's day lists them, and as a person's page does: those that the actor reads, and no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, QuerySet
from django.utils import timezone

from convergence.people.keys import bring_key
from convergence.people.naming import called
from convergence.support.meetings.models import Appointment
from convergence.vocabulary.meetings import AppointmentKind, Outcome

MOST = 200
"""The most appointments that one list holds."""


@dataclass(frozen=True)
class AppointmentLine:
    """One appointment with the usual name of the person."""

    appointment: Appointment
    person_id: int
    person_name: str

    @property
    def starts(self) -> datetime:
        """When it begins, in the instance's time zone."""
        return timezone.localtime(self.appointment.starts_at)

    @property
    def ends(self) -> datetime:
        return timezone.localtime(self.appointment.starts_at + timedelta(minutes=self.appointment.minutes))

    @property
    def day(self) -> date:
        return self.starts.date()

    @property
    def kind(self) -> str:
        return str(AppointmentKind(self.appointment.kind).label)

    @property
    def place(self) -> str:
        return str(self.appointment.place)

    @property
    def said(self) -> str:
        """What became of it, in a word; empty while nothing is noted."""
        return str(Outcome(self.appointment.outcome).label) if self.appointment.outcome else ""


def appointments_of(actor_user_id: int, day_range: DateRange, most: int = MOST) -> list[AppointmentLine]:
    """The appointments to which this colleague goes over these days (end excluded), earliest first, one query.

    Those cancelled are left out. Rows are those that the running identity reads; places and purposes open without
    another query.
    """
    return lines_of(
        Appointment.objects.current()
        .filter(
            colleague_id=actor_user_id,
            starts_at__gte=_midnight(day_range.lower),
            starts_at__lt=_midnight(day_range.upper),
        )
        .exclude(outcome=Outcome.CANCELLED)
        .order_by("starts_at", "pk")[:most]
    )


def to_note(actor_user_id: int, today: date) -> list[AppointmentLine]:
    """Appointments of days gone by of which this colleague has not said whether the person came, the latest first."""
    return lines_of(
        Appointment.objects.current()
        .filter(colleague_id=actor_user_id, outcome="", starts_at__lt=_midnight(today))
        .order_by("-starts_at", "-pk")[:MOST]
    )


def lines_of(appointments: "QuerySet[Appointment]") -> list[AppointmentLine]:
    """These appointments, each with the person's usual name and her key brought along."""
    rows = appointments.select_related("colleague").annotate(
        called=called("person_id"),
        wrapped=F("person__sealing_key__wrapped"),
    )
    return list(_lines(rows))


def _lines(rows: "Iterable[Appointment]") -> "Iterable[AppointmentLine]":
    for row in rows:
        bring_key(row.person_id, row.wrapped)  # type: ignore[attr-defined]  # annotated
        yield AppointmentLine(row, row.person_id, row.called or "")  # type: ignore[attr-defined]  # annotated


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
