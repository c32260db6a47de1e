"""A site's team at work, for the tests of Today, contacts and notes."""

from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from convergence.access.models import User
from convergence.people.models import Assignment, CivilStatus, Person
from convergence.platform.identity import assume
from convergence.support.alerts import rebuild_alerts
from convergence.support.models import Contact
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person, open_ended


def enter(user: User) -> Client:
    """A browser in which this user is signed in; the identity of whoever came before on the connection is gone."""
    assume(user.pk, TODAY)
    client = Client()
    client.force_login(user)
    return client


def add_person(
    world: World,
    given: str,
    family: str = "Modèle",
    *,
    met: int | None = 3,
    phone: str = "06 39 98 00 01",
    mine: bool = True,
) -> Person:
    """Somebody of the first site whose housing is known, met so many days ago, followed by its counsellor."""
    person = make_person(given, family, world.site)
    CivilStatus.objects.filter(person=person).update(phone=phone)
    add_situation(person, "housing", "hotel")
    if met is not None:
        day = TODAY - timedelta(days=met)
        Contact.objects.create(person=person, kind="meeting", valid=DateRange(day, day + timedelta(days=1)))
    if mine:
        mission = world.users[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=mission, valid=open_ended())
    rebuild_alerts([person.pk], TODAY)
    return person


def add_paper(person: Person, aspect: str, value: str, expires_on: date) -> None:
    fact = add_situation(person, aspect, value)
    type(fact).objects.filter(pk=fact.pk).update(expires_on=expires_on)
    rebuild_alerts([person.pk], TODAY)


def text(response: Any) -> str:
    """The page's text on one line, with ordinary spaces."""
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'").split())
