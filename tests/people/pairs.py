"""Two files of one person, in one site or across two, for the tests of likeness and links."""

from datetime import date
from typing import Any

from convergence.people.likeness.deciding import decide
from convergence.people.likeness.models import Likeness
from convergence.people.likeness.searching import search
from convergence.people.models import CivilStatus, Person, PersonName
from convergence.platform.identity import assume
from convergence.territories.models import Site
from convergence.vocabulary.likeness import Verdict
from tests.builders import LONG_AGO, TODAY, World, make_person

BIRTH = {"birth_year": 1985, "birth_month": 5, "birth_day": 3}


def someone(given: str, family: str, site: Site, since: date = LONG_AGO, **civil: Any) -> Person:
    """Somebody born on 3 May 1985, unless ``civil`` says otherwise."""
    person = make_person(given, family, site, since=since)
    CivilStatus.objects.filter(person=person).update(**BIRTH | civil)
    return person


def searched(world: World, acting_as: Any, day: date = TODAY, only: list[int] | None = None) -> None:
    """The territory's files are compared, as the worker does it."""
    assume(None, day)
    with acting_as("worker"):
        search(world.territory.pk, day, only)


def pair_of(acting_as: Any, one: Person, other: Person) -> Likeness:
    """The pair as it stands, whoever may read it."""
    with acting_as("maint"):
        return Likeness.objects.select_related("territory", "low", "high").get(
            low_id=min(one.pk, other.pk), high_id=max(one.pk, other.pk)
        )


def say(user: Any, pair: Likeness, verdict: Verdict, words: str = "", day: date = TODAY) -> None:
    """Decide as somebody, on the pair as she reads it."""
    assume(user.pk, day)
    decide(pair, Likeness.objects.get(pk=pair.pk).version, verdict, words)


def rename(person: Person, given: str, family: str) -> None:
    """As *maint*: a correction of the usual name."""
    PersonName.objects.filter(person=person).delete()
    PersonName.objects.create(person=person, given_name=given, family_name=family)
