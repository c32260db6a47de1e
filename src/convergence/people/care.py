"""Who follows a person: referents at the site, and those she already has elsewhere."""

from datetime import date

from django.db import ProgrammingError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from convergence.people.models import Assignment, Support
from convergence.platform.dated import hold, place, revise
from convergence.platform.errors import Refused
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role

FOLLOWING = (Role.COUNSELLOR, Role.SUPPORT_WORKER)
"""Who may be a person's referent. A work supervisor is assigned to her too, and does not stand for one."""


@transaction.atomic
def assign(person_id: int, mission: Mission, since: date) -> Assignment:
    """The mission follows the person from ``since`` on; whoever of that site followed her so stops that day.

    :raises Refused: the mission does not run on that day; or the actor would make herself the referent of somebody
        whom a colleague followed.
    """
    if since not in mission.valid:
        raise Refused(_("Cette mission ne court pas à cette date."))
    if not Support.objects.current().filter(person_id=person_id, site=mission.site).exists():
        raise Refused(_("Ce chantier n’accompagne pas cette personne."))
    hold(person_id)
    same_role = Assignment.objects.current().filter(
        person_id=person_id, mission__role=mission.role, mission__site=mission.site
    )
    for other in same_role.exclude(mission=mission).filter(valid__contains=since):
        stop(other, since)
    line = Assignment.objects.filter(person_id=person_id, mission=mission)
    try:
        with transaction.atomic():
            return place(Assignment(person_id=person_id, mission=mission, valid=DateRange(since, None)), line)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise Refused(
            _("Un collègue a déjà suivi cette personne : c’est à lui, ou à la direction du chantier, de la confier.")
        ) from error


def stop(assignment: Assignment, on: date) -> Assignment:
    """The assignment's last day is the day before ``on``.

    :raises Refused: it begins on that day or later.
    """
    if assignment.starts is not None and assignment.starts >= on:
        raise Refused(_("Ce suivi commence ce jour-là ou après : annulez-le plutôt."))
    return revise(assignment, valid=DateRange(assignment.starts, on))
