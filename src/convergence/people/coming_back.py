"""Somebody whom a site knew comes back: the same person, the same file (decision 16)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.people.entry import saying
from convergence.platform.changes import changed
from convergence.platform.dated import hold
from convergence.platform.errors import Refused


@dataclass(frozen=True)
class Said:
    """What somebody must know of a person to find her again: her whole name, the year of her birth."""

    given_name: str
    family_name: str
    birth_year: int


@dataclass(frozen=True)
class Former:
    """All that is told of somebody who is found: that she was known, where, and until when."""

    person_id: int
    site_id: int
    last_day: date


def formerly_supported(said: Said) -> list[Former]:
    """Those of that name and year whom the actor's sites knew less than two years ago, and whom nobody supports now.

    Every answer leaves an access record.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM formerly_supported(%s, %s, %s)", [*_of(said)])
        return [Former(*row) for row in cursor.fetchall()]


@transaction.atomic
def resume_support(former_id: int, said: Said, site_id: int, since: date, *, today: date) -> None:
    """A site supports her again from ``since`` on, and reads her file; her new path begins with its first contract.

    :raises Refused: a date to come or before her last support ended, a site of another territory, or somebody whom
        the actor's sites did not know under that name.
    """
    if since > today:
        raise Refused(_("La date est dans le futur : notez un accompagnement à partir du jour où il commence."))
    hold(former_id)
    not_allowed = _(
        "Cette personne ne peut pas être reprise à ces dates sur ce chantier : vérifiez la date, "
        "ou ouvrez-lui un nouveau dossier."
    )
    with saying(not_allowed), connection.cursor() as cursor:
        cursor.execute("SELECT resume_support(%s, %s, %s, %s, %s, %s)", [former_id, *_of(said), site_id, since])
    changed(former_id)


def _of(said: Said) -> tuple[str, str, int]:
    return said.given_name[:80], said.family_name[:80], said.birth_year
