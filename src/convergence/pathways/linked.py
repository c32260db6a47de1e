"""What a link between two files of one person shares of her work: days used under CDDI, and the official PASS."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from convergence.vocabulary.passes import PassState

DAY = timedelta(days=1)


@dataclass(frozen=True)
class LinkedPass:
    """A PASS IAE noted in another file of the person; ``last_day`` is inclusive."""

    number: str
    state: PassState
    first_day: date
    last_day: date
    said_on: date


def days_used(person_id: int) -> list[tuple[date, date]]:
    """First and last days of the periods under CDDI up to today, over all the linked files; empty without a link.

    Periods that overlap or touch are one: a day counts once, whoever employed her. For those who keep the working
    side of this file; where the other contracts ran is not told.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_day, last_day FROM linked_days(%s)", [person_id])
        return list(cursor.fetchall())


def count_of(periods: list[tuple[date, date]]) -> int:
    """Days in periods whose last day counts."""
    return sum((last + DAY - first).days for first, last in periods)


def linked_passes(person_id: int) -> list[LinkedPass]:
    """The official PASS of the person's other files, for those who keep the working side of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, state, first_day, last_day, said_on FROM linked_passes(%s)", [person_id])
        return [LinkedPass(number, PassState(state), *dates) for number, state, *dates in cursor.fetchall()]
