"""A person enters the scheme, is supported by one site after another, and leaves.

Supports are written by definer functions of the database (people/migrations): what they refuse is said here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from convergence.people.keys import make_key
from convergence.people.models import CivilStatus, Person, PersonName
from convergence.platform.changes import changed
from convergence.platform.dated import hold
from convergence.platform.errors import Refused, sentence_of


@dataclass(frozen=True)
class Newcomer:
    """What is known of a person when she enters; everything but one part of a name may be missing."""

    given_name: str = ""
    family_name: str = ""
    sex: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    languages: str = ""
    phone: str = ""
    email: str = ""


@contextmanager
def saying(not_allowed: str) -> Iterator[None]:
    """What the database refuses, in a sentence; nothing of the block is kept then.

    :param not_allowed: said where the actor may not.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(sentence_of(error)) from error
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Refused(not_allowed) from error
        raise


@transaction.atomic
def admit(newcomer: Newcomer, site_id: int, since: date, *, source: str = "screen") -> Person:
    """Make the person's file, with the site's support from ``since`` on.

    :raises Refused: the actor does not admit people at that site today.
    """
    with saying(_("Vous ne pouvez pas accueillir quelqu’un sur ce chantier.")), connection.cursor() as cursor:
        cursor.execute("SELECT admit_person(%s, %s)", [site_id, since])
        (person_id,) = cursor.fetchone()
    return describe(person_id, newcomer, source=source)


def describe(person_id: int, newcomer: Newcomer, *, source: str = "screen") -> Person:
    """Write what is known of somebody whose file was just made, under a key of her own."""
    make_key(person_id)
    PersonName.objects.create(
        person_id=person_id,
        given_name=newcomer.given_name,
        family_name=newcomer.family_name,
        source=source,
    )
    CivilStatus.objects.create(
        person_id=person_id,
        sex=newcomer.sex,
        birth_year=newcomer.birth_year,
        birth_month=newcomer.birth_month,
        birth_day=newcomer.birth_day,
        languages=newcomer.languages,
        phone=newcomer.phone,
        email=newcomer.email,
        source=source,
    )
    return Person.objects.get(pk=person_id)


@transaction.atomic
def open_support(person_id: int, site_id: int, since: date, *, today: date) -> None:
    """Another site of the same territory supports the person too, from ``since`` on.

    :raises Refused: a date in the future, a site that supports her already or stands in another territory, or an
        actor who does not keep her file.
    """
    if since > today:
        raise Refused(_("La date est dans le futur : notez un accompagnement à partir du jour où il commence."))
    hold(person_id)
    not_allowed = _("Vous ne pouvez pas confier cette personne à ce chantier.")
    with saying(not_allowed), connection.cursor() as cursor:
        cursor.execute("SELECT open_support(%s, %s, %s)", [person_id, site_id, since])
    changed(person_id)


@transaction.atomic
def end_support(person_id: int, site_id: int, last_day: date, *, today: date) -> None:
    """The site's support ends: its team reads the person's file up to ``last_day``, and not after.

    :raises Refused: a last day in the future, before the support began, or after it had already ended; an actor who
        does not keep her file at that site.
    """
    if last_day > today:
        raise Refused(_("La date est dans le futur : notez la fin d’un accompagnement quand elle est venue."))
    hold(person_id)
    not_allowed = _("Vous ne pouvez pas terminer cet accompagnement.")
    with saying(not_allowed), connection.cursor() as cursor:
        cursor.execute("SELECT end_support(%s, %s, %s)", [person_id, site_id, last_day + timedelta(days=1)])
        (ended,) = cursor.fetchone()
    if not ended:
        raise Refused(_("Ce chantier n’accompagnait pas cette personne à cette date."))
    changed(person_id)
