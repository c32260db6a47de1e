"""Comparing the files of a territory: every night, on demand, and those just entered or corrected every few minutes.

The search runs as the worker, through functions that only the worker may call: whoever asks for it, or looks at the
pairs that it proposes, reads nothing more for that.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.people.likeness.pairs import likely_pairs
from convergence.people.likeness.scoring import Compared
from convergence.people.likeness.weights import Identity
from convergence.platform.errors import Refused
from convergence.platform.jobs import Progress, work_for
from convergence.platform.models import Job
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role

KIND = "likeness"
"""The kind of job that compares a territory's files on demand."""

LATE_COMMITS = timedelta(hours=1)
"""A transaction that began before the last search may have ended after it: its people are compared again."""


@dataclass
class _Noted:
    """What is noted of a person, and the ids of the versions that note it."""

    person_id: int
    names: list[tuple[str, str]] = field(default_factory=list)
    name_ids: list[int] = field(default_factory=list)
    civil_id: int | None = None
    birth: tuple[int | None, int | None, int | None] = (None, None, None)
    sex: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(self.person_id, tuple(self.names), *self.birth, self.sex)


@transaction.atomic
def search(
    territory_id: int,
    on_day: date,
    only: Collection[int] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> int:
    """Compare the files of a territory and keep the likely pairs; how many wait for a decision.

    People are compared with those whom a site of the same territory supports or supported: somebody known in one
    territory only is never held against somebody of another one. Runs as the worker.

    :param only: those entered or corrected: the pairs of others are left as they are.
    :param tell: called with (people done, people).
    """
    with connection.cursor() as cursor:
        # Two searches of one territory would propose and close the same pairs in turn.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('likeness search', %s::bigint))", [territory_id])
        noted = _noted(territory_id)
        found = [
            _proposal(noted[one.key], noted[other.key], compared)
            for one, other, compared in likely_pairs([person.identity for person in noted.values()], only, tell)
        ]
        cursor.execute(
            "SELECT keep_likenesses(%s, %s, %s::jsonb, %s)",
            [territory_id, on_day, json.dumps(found), None if only is None else sorted(only)],
        )
        (waiting,) = cursor.fetchone()
    return int(waiting)


def _noted(territory_id: int) -> dict[int, _Noted]:
    people: dict[int, _Noted] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM likeness_identities(%s)", [territory_id])
        for person_id, name_id, given, family, civil_id, year, month, day, sex in cursor:
            person = people.setdefault(person_id, _Noted(person_id))
            person.names.append((given, family))
            person.name_ids.append(name_id)
            person.civil_id, person.birth, person.sex = civil_id, (year, month, day), sex
    return people


def _proposal(one: _Noted, other: _Noted, compared: Compared) -> dict[str, Any]:
    """The pair as the database keeps it: how it agrees, and by which versions; nothing of what they say."""
    at = compared.names
    if one.person_id > other.person_id:
        one, other, at = other, one, (at[1], at[0])
    names, other_names = one.names[at[0]], other.names[at[1]]
    return {
        "low": one.person_id,
        "high": other.person_id,
        "probability": min(99, round(compared.probability * 100)),
        "compared": {
            "given": compared.given,
            "family": compared.family,
            "order": compared.order,
            "year": compared.year,
            "day": compared.day,
            "sex": compared.sex,
            "under_another_name": at[0] > 0 or at[1] > 0,
            "written_alike": [names[0] == other_names[0], names[1] == other_names[1]],
            "names": [one.name_ids[at[0]], other.name_ids[at[1]]],
            "versions": [{"names": person.name_ids, "civil_status": person.civil_id} for person in (one, other)],
        },
    }


def search_all(on_day: date) -> None:
    """Compare the files of every territory, one transaction each."""
    for territory_id, _refreshed_at in _territories():
        search(territory_id, on_day)


def search_newcomers(on_day: date) -> None:
    """Compare those entered or corrected since each territory was last looked at; all of it the first time."""
    for territory_id, refreshed_at in _territories():
        if refreshed_at is None:
            search(territory_id, on_day)
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM likeness_changed(%s, %s)", [territory_id, refreshed_at - LATE_COMMITS])
            changed = [person_id for (person_id,) in cursor.fetchall()]
        if changed:
            search(territory_id, on_day, only=changed)


def _territories() -> list[tuple[int, datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT territory_id, refreshed_at FROM likeness_territories()")
        return list(cursor.fetchall())


@work_for(KIND)
def search_on_demand(job: Job, tell: Progress) -> str:
    """Compare a territory's files for its coordinator, or for the manager of one of its sites."""
    territory_id = int(job.arguments["territory_id"])
    day = date.fromisoformat(job.arguments["day"])
    if not may_ask(job.actor_id, territory_id, day):
        raise Refused(_("Vous ne pouvez plus faire comparer les dossiers de ce territoire."))
    waiting = search(territory_id, day, tell=tell)
    return ngettext("%(n)s paire de dossiers à regarder.", "%(n)s paires de dossiers à regarder.", waiting) % {
        "n": waiting
    }


def may_ask(actor_id: int, territory_id: int, day: date) -> bool:
    """Whether somebody may have a territory's files compared on a day."""
    held = Mission.objects.filter(user_id=actor_id).held_on(day)
    return (
        held.filter(role=Role.COORDINATOR, territory_id=territory_id).exists()
        or held.filter(role=Role.SITE_MANAGER, site__territory_id=territory_id).exists()
    )
