"""A person enters the scheme: her row, her first support, her key, her name and what is known of her."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from convergence.people.keys import make_key
from convergence.people.models import CivilStatus, Person, PersonName
from convergence.platform.errors import Refused


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


@transaction.atomic
def admit(newcomer: Newcomer, site_id: int, since: date, *, source: str = "screen") -> Person:
    """Make the person's file, with the site's support from ``since`` on.

    :raises Refused: the actor does not admit people at that site today.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT admit_person(%s, %s)", [site_id, since])
            (person_id,) = cursor.fetchone()
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Refused(_("Vous ne pouvez pas accueillir quelqu’un sur ce chantier.")) from error
        raise
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
