"""A small territory for the tests, built as *maint*: two sites, every role, three people."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role
from convergence.vocabulary.situations import ASPECTS
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.people.keys import make_key
from convergence.people.models import Assignment, CivilStatus, Person, PersonName, Support
from convergence.situations.models import Situation
from convergence.territories.models import Mission, Operator, Site, Territory

TODAY = date(2026, 11, 23)
LONG_AGO = date(2024, 1, 8)
PASSWORD = "phrase de passe fictive"


@dataclass
class World:
    """What ``build_world`` made. ``users`` are keyed by role, at the first site or its territory.

    ``elsewhere`` holds the same roles at the second site; ``former`` roles whose mission at the first site ended
    yesterday. ``anouk`` is supported by the first site, ``sami`` by the second; ``rosa`` left the first
    site yesterday for the second.
    """

    territory: Territory
    site: Site
    other_site: Site
    anouk: Person
    sami: Person
    rosa: Person
    users: dict[Role, User] = field(default_factory=dict)
    elsewhere: dict[Role, User] = field(default_factory=dict)
    former: dict[Role, User] = field(default_factory=dict)


def open_ended(start: date = LONG_AGO) -> DateRange:
    return DateRange(start, None)


@cache
def hashed_password() -> str:
    """Hashed once: the hasher is slow on purpose."""
    return make_password(PASSWORD)


def make_user(given: str, family: str = "Exemple") -> User:
    return User.objects.create(
        email=f"{given}.{family}@convergence.example".lower(),
        password=hashed_password(),
        given_name=given,
        family_name=family,
    )


def make_person(given: str, family: str, site: Site, since: date = LONG_AGO) -> Person:
    person = Person.objects.create()
    make_key(person.pk)
    PersonName.objects.create(person=person, given_name=given, family_name=family)
    CivilStatus.objects.create(person=person, birth_year=1985, phone="06 39 98 00 01")
    Support.objects.create(person=person, site=site, valid=open_ended(since))
    return person


def add_situation(
    person: Person, aspect: str, value: str, since: date = LONG_AGO, detail: str = ""
) -> Situation:
    return Situation.objects.create(
        person=person,
        aspect=aspect,
        compartment=ASPECTS[aspect].compartment.value,
        value=value,
        valid=open_ended(since),
        detail=detail,
    )


def build_world(today: date = TODAY) -> World:
    connection.__dict__["remembered"] = {}
    territory = Territory.objects.create(name="Territoire Exemple")
    operator = Operator.objects.create(name="Association Exemple")
    site = Site.objects.create(
        territory=territory, operator=operator, name="Chantier des Saules", open_over=open_ended()
    )
    other_site = Site.objects.create(
        territory=territory, operator=operator, name="Chantier des Tilleuls", open_over=open_ended()
    )
    rosa = make_person("Rosa", "Fictive", other_site, since=today)
    Support.objects.create(person=rosa, site=site, valid=DateRange(LONG_AGO, today))
    world = World(
        territory,
        site,
        other_site,
        anouk=make_person("Anouk", "Fictive", site),
        sami=make_person("Sami", "Imaginaire", other_site),
        rosa=rosa,
    )
    for role in Role:
        for crowd, name, at, valid in (
            (world.users, "Ici", site, open_ended()),
            (world.elsewhere, "Ailleurs", other_site, open_ended()),
            (world.former, "Avant", site, DateRange(LONG_AGO, today)),
        ):
            user = make_user(f"{name}-{role.value.replace('_', '-')}")
            Mission.objects.create(
                user=user,
                role=role,
                site=at if role in SITE_ROLES else None,
                territory=territory if role in TERRITORY_ROLES else None,
                valid=valid,
            )
            crowd[role] = user
    for person, crowd in ((world.anouk, world.users), (world.sami, world.elsewhere)):
        counsellor = crowd[Role.COUNSELLOR].missions.get()
        Assignment.objects.create(person=person, mission=counsellor, valid=open_ended())
    for person in (world.anouk, world.sami, world.rosa):
        add_situation(person, "housing", "third_party")
        add_situation(person, "regular_doctor", "yes")
    return world
