"""Opening one person's work path to the structure where it goes on, with her agreement, and closing it.

Written by definer functions of the database (people/migrations): what they refuse is said here.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.people.entry import saying
from convergence.people.hosts.models import Host
from convergence.platform.dated import hold
from convergence.platform.errors import Refused
from convergence.rules.french import months_said, said_in_full
from convergence.rules.law import value_or_oldest
from convergence.rules.periods import last_day_of


@dataclass(frozen=True)
class Hosting:
    """Who reads, at which structure, from when to when (both days included), and when the person agreed."""

    structure: str
    email: str
    given_name: str
    family_name: str
    first_day: date
    last_day: date
    agreed_on: date


@transaction.atomic
def open_host(person_id: int, hosting: Hosting, today: date) -> User:
    """Open the access; the account of that address, made without a password where there was none.

    :raises Refused: dates that cannot be, a closed account, one's own, or an actor who does not keep her work path.
    """
    _check_dates(hosting, today)
    hold(person_id)
    with saying(_("Vous ne pouvez pas ouvrir le parcours de cette personne.")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_host(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                person_id,
                hosting.email.strip().lower(),
                hosting.given_name,
                hosting.family_name,
                hosting.structure,
                hosting.first_day,
                hosting.last_day,
                hosting.agreed_on,
            ],
        )
        (user_id,) = cursor.fetchone()
    if user_id is None:
        raise Refused(_("Cette adresse ne peut pas recevoir d’accès : vérifiez-la avec la structure."))
    return User.objects.get(pk=user_id)


@transaction.atomic
def end_host(host: Host) -> None:
    """Close the access now: from this moment on nothing more is read by it.

    :raises Refused: it is over, or the actor does not keep the person's work path.
    """
    hold(host.person_id)
    with saying(_("Vous ne pouvez pas fermer cet accès.")), connection.cursor() as cursor:
        cursor.execute("SELECT end_host(%s)", [host.pk])
        (ended,) = cursor.fetchone()
    if not ended:
        raise Refused(_("Cet accès est déjà fermé."))


def _check_dates(hosting: Hosting, today: date) -> None:
    if hosting.agreed_on > today:
        raise Refused(_("L’accord de la personne est à venir : l’accès s’ouvre une fois qu’elle l’a donné."))
    if hosting.first_day < today:
        raise Refused(_("Un accès s’ouvre aujourd’hui ou un jour à venir."))
    if hosting.last_day < hosting.first_day:
        raise Refused(_("Le dernier jour vient avant le premier."))
    months = value_or_oldest("host.longest_months", hosting.first_day)
    until = last_day_of(hosting.first_day, months)
    if hosting.last_day > until:
        said = _("Un accès dure au plus %(months)s : jusqu’au %(day)s ici, puis l’accord se redemande.")
        raise Refused(said % {"months": months_said(months), "day": said_in_full(until)})
