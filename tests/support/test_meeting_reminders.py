"""The letter of the day before: how many appointments, to whoever still reads them, once, and nothing of anybody."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from convergence.access.models import User
from convergence.people.models import Person, Support
from convergence.platform.identity import forget
from convergence.support.meetings.reminders import remind
from convergence.support.models import Appointment
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, PARIS, TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def letters(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def reminded(acting_as: Acting) -> list[tuple[str, str]]:
    """(address, subject) of the letters that the worker writes today, as nobody in particular."""
    mail.outbox.clear()
    forget()
    with acting_as("worker"):
        remind(TODAY)
    return sorted((letter.to[0], str(letter.subject)) for letter in mail.outbox)


def test_each_colleague_learns_once_how_many_appointments_she_has_tomorrow(
    world: World, acting_as: Acting, settings: Any
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://convergence.example"]
    here, elsewhere = world.users[Role.COUNSELLOR], world.elsewhere[Role.COUNSELLOR]
    # The builders gave each person three appointments tomorrow, one of them of justice: Rosa's are no longer hers.
    assert reminded(acting_as) == sorted(
        [(here.email, "3 rendez-vous demain"), (elsewhere.email, "3 rendez-vous demain")]
    )
    body = str(mail.outbox[0].body)
    assert "https://convergence.example/rendez-vous/" in body
    for word in ("Anouk", "Fictive", "Sami", "Imaginaire", "Bureau", "Entretien"):
        assert word not in body + str(mail.outbox[0].subject)
    assert reminded(acting_as) == []


def test_what_is_cancelled_noted_or_another_day_is_not_counted(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        Appointment.objects.filter(person=world.sami).update(outcome="cancelled")
        first, second, third = Appointment.objects.filter(person=world.anouk)
        Appointment.objects.filter(pk=first.pk).update(outcome="came")
        later = second.starts_at + timedelta(days=1)
        Appointment.objects.filter(pk=second.pk).update(
            starts_at=later, valid=(later.astimezone(PARIS).date(), later.astimezone(PARIS).date() + timedelta(days=1))
        )
    assert reminded(acting_as) == [(world.users[Role.COUNSELLOR].email, "1 rendez-vous demain")]
    assert third.outcome == ""


def test_nobody_is_reminded_of_people_whom_she_no_longer_reads_nor_once_her_account_is_closed(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Support.objects.filter(person=world.anouk).update(valid=(LONG_AGO, TODAY))
        User.objects.filter(pk=world.elsewhere[Role.COUNSELLOR].pk).update(is_active=False)
    assert reminded(acting_as) == []


def test_without_a_known_address_the_letter_says_where_to_look(world: World, acting_as: Acting, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = []
    reminded(acting_as)
    assert "l’entrée «\u00a0Rendez-vous\u00a0»" in str(mail.outbox[0].body)


def test_the_web_role_reminds_nobody(world: World, lina: Person) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_remind(%s)", [TODAY])
