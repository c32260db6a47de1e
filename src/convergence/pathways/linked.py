"""What a link between two files of one person shares: her other files, days used under CDDI, the official PASS.

Worked out when it is asked for, so that a link undone shares nothing.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection

from convergence.people.likeness.files import LinkedFile, linked_file
from convergence.vocabulary.passes import PassState

DAY = timedelta(days=1)
_day = date.fromisoformat


@dataclass(frozen=True)
class LinkedPass:
    """A PASS IAE noted in another file of the person; ``last_day`` is inclusive."""

    number: str
    state: PassState
    first_day: date
    last_day: date
    said_on: date


@dataclass(frozen=True)
class Shared:
    """What the links of a file share with those who keep it.

    :param days: first and last days of the periods under CDDI up to today over all the files; periods that overlap or
        touch are one, so that a day counts once whoever employed her. Where they ran is not told.
    """

    files: list[LinkedFile] = field(default_factory=list)
    passes: list[LinkedPass] = field(default_factory=list)
    days: list[tuple[date, date]] = field(default_factory=list)

    @property
    def days_used(self) -> int:
        return sum((last + DAY - first).days for first, last in self.days)


def shared_by_links(person_id: int, page: str) -> Shared:
    """What is shared, in one query: identity for those who keep the file, work for those who keep its working side.

    The look at the other files is put on record.

    :param page: the name of the page on which it is shown.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT json_agg(f) FROM linked_files(%s, %s) f), (SELECT json_agg(p) FROM linked_passes(%s) p),"
            " (SELECT json_agg(d) FROM linked_days(%s) d)",
            [person_id, page, person_id, person_id],
        )
        files, passes, days = (json.loads(rows) if isinstance(rows, str) else rows or [] for rows in cursor.fetchone())
    return Shared(
        [linked_file(row) for row in files],
        [
            LinkedPass(
                number=row["number"],
                state=PassState(row["state"]),
                first_day=_day(row["first_day"]),
                last_day=_day(row["last_day"]),
                said_on=_day(row["said_on"]),
            )
            for row in passes
        ],
        [(_day(row["first_day"]), _day(row["last_day"])) for row in days],
    )
