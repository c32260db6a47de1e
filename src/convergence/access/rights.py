"""What each role reads and writes of the people whom its site supports: the table of domain.md §8.

The migration copies it into ``access_right``, from which the database's triggers derive ``readable``. A role
that is absent here reaches no person through a site: partnership officers and coordinators read the people
referred to them and published counts; funders, evaluators and administrators read no person.
"""

from typing import NamedTuple

from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role


class Right(NamedTuple):
    """One cell of the table."""

    role: Role
    compartment: Compartment
    may_write: bool


def _cells(role: Role, written: list[Compartment], read: list[Compartment]) -> list[Right]:
    return [Right(role, c, True) for c in written] + [Right(role, c, False) for c in read]


_EMPLOYER = [Compartment.IDENTITY, Compartment.CONTACT, Compartment.HOURS, Compartment.WORK]
_CARE = [*_EMPLOYER, Compartment.SOCIAL, Compartment.HEALTH]

SITE_RIGHTS: list[Right] = [
    *_cells(Role.COUNSELLOR, written=_CARE, read=[]),
    *_cells(Role.SUPPORT_WORKER, written=_CARE, read=[]),
    *_cells(Role.WORK_SUPERVISOR, written=[Compartment.HOURS], read=[Compartment.IDENTITY]),
    *_cells(Role.SITE_MANAGER, written=_EMPLOYER, read=[]),
]
"""Rights of a mission at a site over the people whom the site supports."""

REFERENT_RIGHTS: list[Right] = [Right(Role.COUNSELLOR, Compartment.JUSTICE, True)]
"""Rights that only the mission assigned to a person carries: judicial constraints, referent alone."""

CANDIDATE_RIGHTS: list[Right] = [
    cell
    for role in (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER)
    for cell in _cells(
        role,
        written=[Compartment.IDENTITY, Compartment.CONTACT, Compartment.CANDIDACY],
        read=[Compartment.PATH],
    )
]
"""Rights of a mission at a site over the people who are its candidates: the candidacy itself, and what the clocks
follow from. The database gives that last part only while the site considers her (``Candidate.closed_from``)."""


HOST_COMPARTMENTS: list[Compartment] = [Compartment.HOSTED]
"""What a host reads of the one person whose path goes on at her structure, and writes none of: the rows that its
page shows, whose policies name it. Notes, documents, alerts, referents and hours are left out (decision 19)."""


SHARED_COMPARTMENTS: list[Compartment] = [Compartment.IDENTITY]
"""What whoever covers a domain on a territory reads of somebody who agreed that her need be shared with her, and writes
none of; the need itself lies in the referral's own rows (decision 25)."""
