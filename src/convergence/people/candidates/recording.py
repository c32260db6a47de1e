"""A candidate's file opens before any support, and is read for as long as her candidacy may be kept.

Written by definer functions of the database (people/migrations): what they refuse is said here.
"""

from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.people.entry import Newcomer, describe, saying
from convergence.people.models import Person
from convergence.platform.changes import changed
from convergence.platform.dated import hold


@transaction.atomic
def admit_candidate(newcomer: Newcomer, site_id: int, since: date) -> Person:
    """Make the file of somebody sent to the site, which reads it from now on without supporting her.

    :raises Refused: the actor receives nobody at that site.
    """
    with saying(_("Vous ne pouvez pas recevoir une candidature sur ce chantier.")), connection.cursor() as cursor:
        cursor.execute("SELECT admit_candidate(%s, %s)", [site_id, since])
        (person_id,) = cursor.fetchone()
    return describe(person_id, newcomer)


@transaction.atomic
def open_candidate(person_id: int, site_id: int, since: date) -> None:
    """A site considers somebody whose file the actor keeps already.

    :raises Refused: the actor does not keep her file, or receives nobody at that site.
    """
    hold(person_id)
    with saying(_("Vous ne pouvez pas recevoir une candidature sur ce chantier.")), connection.cursor() as cursor:
        cursor.execute("SELECT open_candidate(%s, %s, %s)", [person_id, site_id, since])


@transaction.atomic
def keep_candidate_until(person_id: int, site_id: int, day: date) -> None:
    """The site considers her no longer: it reads no more of her path, and from ``day`` on nothing of her file."""
    with saying(_("Vous ne pouvez pas fermer cette candidature.")), connection.cursor() as cursor:
        cursor.execute("SELECT keep_candidate_until(%s, %s, %s)", [person_id, site_id, day])


@transaction.atomic
def take_on(person_id: int, site_id: int, first_day: date) -> None:
    """The site supports its candidate from her first day at work on.

    :raises Refused: she is no candidate of the site, a day to come, or another support at these dates.
    """
    hold(person_id)
    with saying(_("Vous ne pouvez pas noter le démarrage de cette personne.")), connection.cursor() as cursor:
        cursor.execute("SELECT take_on_candidate(%s, %s, %s)", [person_id, site_id, first_day])
    changed(person_id)
