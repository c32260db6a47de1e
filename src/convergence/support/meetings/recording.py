"""Agreeing on an appointment, moving or cancelling it, noting whether the person came; every version is kept.

A presence is a contact: noting it writes the contact in the same transaction, so that nobody types it twice, and
undoing it takes that contact back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.contacts import record_contact
from convergence.support.meetings.joint import most_reserved, standing_joints
from convergence.support.meetings.models import Appointment
from convergence.support.meetings.words import kept_words
from convergence.support.models import Contact
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.meetings import PRESENCES, AppointmentKind, Outcome

A_DAY = timedelta(days=1)
APPOINTMENT_COMPARTMENTS = (Compartment.SOCIAL, Compartment.HEALTH, Compartment.JUSTICE)
"""Who may read an appointment, the usual one first."""

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Plan:
    """What is agreed on.

    :param starts_at: aware moment.
    :param minutes: how long.
    :param joint: series of the joint supports under which other referents come; their compartments then decide
        who reads the appointment.
    """

    kind: AppointmentKind
    starts_at: datetime
    minutes: int
    colleague_id: int
    place: str = ""
    purpose: str = ""
    agreed: bool = True
    compartment: Compartment = Compartment.SOCIAL
    joint: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Busy:
    """A colleague is taken at a moment; with whom and for what is not said."""

    user_id: int
    starts_at: datetime
    minutes: int


def moment(on: date, at: time) -> datetime:
    """The moment at which clocks of the instance's time zone show this day and hour.

    :raises Refused: a year out of bounds, or an hour that the change to summer time skips.
    """
    if not EARLIEST <= on <= LATEST:
        raise Refused(_("Cette date est hors du possible : vérifiez l’année."))
    shown = datetime.combine(on, at.replace(tzinfo=None))
    aware = shown.replace(tzinfo=timezone.get_current_timezone())
    if aware.astimezone(UTC).astimezone(aware.tzinfo).replace(tzinfo=None) != shown:
        raise Refused(_("Cette heure n’existe pas ce jour-là : on passe à l’heure d’été. Choisissez-en une autre."))
    return aware


@transaction.atomic
def plan_appointment(
    person_id: int,
    plan: Plan,
    *,
    team: Collection[int],
    written: Collection[str],
    actor_id: int | None,
    today: date,
    outcome: str = "",
    result: str = "",
) -> Appointment:
    """Record an appointment to come, or one that took place, with whether the person came.

    :param team: ids of the colleagues who may go.
    :param written: compartments that the actor writes of this person.
    :param outcome: needed for a day that is over, refused for a day to come.
    :raises Refused: a moment out of bounds, somebody who is not of the team, a compartment that the actor does not
        write, no place for an accompaniment, or an outcome that does not go with the day.
    """
    hold(person_id)
    said = _of_plan(person_id, plan, team, written)
    day = said["valid"].lower
    if not outcome and day < today:
        raise Refused(_("Ce jour est passé : dites si la personne est venue."))
    appointment = Appointment(person_id=person_id, **said)
    if outcome:
        _note(appointment, outcome, result, actor_id, today)
    appointment.save(force_insert=True)
    return appointment


@transaction.atomic
def change_appointment(
    appointment: Appointment,
    plan: Plan,
    *,
    team: Collection[int],
    written: Collection[str],
    seen_version: str,
    today: date,
) -> Appointment:
    """Move an appointment or correct it; what stood stays readable.

    :raises Refused: as for ``plan_appointment``, or its outcome is noted already.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _open(_still(appointment, seen_version))
    said = _of_plan(current.person_id, plan, {*team, current.colleague_id}, written)
    if said["valid"].lower < min(today, current.valid.lower):
        raise Refused(_("Ce jour est passé : choisissez aujourd’hui ou un jour à venir."))
    return revise(current, **said)


@transaction.atomic
def cancel_appointment(appointment: Appointment, why: str, *, seen_version: str) -> Appointment:
    """Say that it does not take place, and why if one wishes.

    :raises Refused: its outcome is noted already.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _open(_still(appointment, seen_version))
    return revise(current, outcome=Outcome.CANCELLED.value, result=kept_words(why))


@transaction.atomic
def note_outcome(
    appointment: Appointment, outcome: str, result: str, *, seen_version: str, actor_id: int | None, today: date
) -> Appointment:
    """Note whether the person came; her presence writes the contact that it is.

    :raises Refused: unknown outcome, its day has not come, or another one is noted already.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _open(_still(appointment, seen_version))
    noted = Appointment(person_id=current.person_id, kind=current.kind, valid=current.valid)
    _note(noted, outcome, result or current.result, actor_id, today)
    return revise(current, outcome=noted.outcome, result=noted.result, contact=noted.contact)


@transaction.atomic
def reopen_appointment(noted: Appointment) -> Appointment:
    """Undo what was noted of an appointment: it is planned again, and the contact that it wrote no longer counts.

    :raises Refused: a meeting with other referents to which the person objected meanwhile.
    :raises ChangedMeanwhile: somebody changed it since.
    """
    current = _still(noted, str(noted.pk))
    if current.joint:
        standing_joints(current.person_id, current.joint, current.valid.lower)
    take_back_contact(current.contact)
    return revise(current, outcome="", contact=None)


@transaction.atomic
def withdraw_appointment(appointment: Appointment) -> None:
    """Take back an appointment noted by mistake, with the contact that it wrote; its line stays in the history.

    :raises ChangedMeanwhile: somebody changed it since.
    """
    current = _still(appointment, str(appointment.pk))
    take_back_contact(current.contact)
    withdraw(current)


def contact_of_presence(
    person_id: int, kind: ContactKind, on: date, *, actor_id: int | None, today: date
) -> UUID | None:
    """Write the contact that a presence is; None where somebody had noted it already that day."""
    day = DateRange(on, on + A_DAY)
    if Contact.objects.current().filter(person_id=person_id, kind=kind, valid=day).exists():
        return None
    return record_contact(person_id, kind, on, actor_id=actor_id, today=today).series


def take_back_contact(series: UUID | None) -> None:
    """Withdraw a contact that noting a presence wrote, unless somebody already did."""
    contact = Contact.objects.current().filter(series=series).first() if series else None
    if contact is not None:
        withdraw(contact)


def busy(user_ids: Collection[int], starts_at: datetime, minutes: int, apart_from: UUID | None = None) -> list[Busy]:
    """When these colleagues, of the actor's sites, are taken during a stretch of time; never with whom."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id, starts_at, minutes FROM support_busy(%s, %s, %s)"
            " WHERE %s::uuid IS NULL OR series <> %s::uuid ORDER BY starts_at",
            [list(user_ids), starts_at, starts_at + timedelta(minutes=minutes), apart_from, apart_from],
        )
        return [Busy(*row) for row in cursor.fetchall()]


def _of_plan(person_id: int, plan: Plan, team: Collection[int], written: Collection[str]) -> dict[str, Any]:
    """The columns of an appointment as planned."""
    if plan.colleague_id not in team:
        raise Refused(_("Choisissez dans la liste qui y va."))
    if not 5 <= plan.minutes <= 720:
        raise Refused(_("Un rendez-vous dure entre 5 minutes et 12 heures."))
    place = kept_words(plan.place)
    if plan.kind is AppointmentKind.ACCOMPANIMENT and not place:
        raise Refused(_("Dites où vous allez ensemble."))
    day = timezone.localtime(plan.starts_at).date()
    compartment = plan.compartment
    joint: list[UUID] = []
    if plan.kind is AppointmentKind.JOINT_MEETING:
        under = standing_joints(person_id, plan.joint, day)
        joint = [support.series for support in under]
        compartment = most_reserved([plan.compartment, *(Compartment(support.compartment) for support in under)])
    if compartment not in APPOINTMENT_COMPARTMENTS or compartment.value not in written:
        raise Refused(_("Choisissez qui peut lire le rendez-vous parmi les possibilités proposées."))
    return {
        "kind": plan.kind.value,
        "starts_at": plan.starts_at,
        "minutes": plan.minutes,
        "colleague_id": plan.colleague_id,
        "agreed": plan.agreed,
        "place": place,
        "purpose": kept_words(plan.purpose),
        "compartment": compartment.value,
        "joint": joint,
        "valid": DateRange(day, day + A_DAY),
    }


def _note(appointment: Appointment, outcome: str, result: str, actor_id: int | None, today: date) -> None:
    if outcome not in PRESENCES:
        raise Refused(_("Dites si la personne est venue."))
    day = appointment.valid.lower
    if day > today:
        raise Refused(_("Ce rendez-vous n’a pas encore eu lieu : déplacez-le ou annulez-le."))
    appointment.outcome = outcome
    appointment.result = kept_words(result)
    if Outcome(outcome).met:
        kind = AppointmentKind(appointment.kind).contact
        appointment.contact = contact_of_presence(appointment.person_id, kind, day, actor_id=actor_id, today=today)


def _still(appointment: Appointment, seen_version: str) -> Appointment:
    """The version that stands, where it is the one that was shown."""
    hold(appointment.person_id)
    current = Appointment.objects.current().filter(series=appointment.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé ce rendez-vous pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _open(appointment: Appointment) -> Appointment:
    if appointment.outcome:
        raise Refused(_("Ce qu’est devenu ce rendez-vous est déjà noté."))
    return appointment
