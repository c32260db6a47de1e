"""Rights that are kept by doing something again and again: when the next time begins, by when, how long it is asked.

A time that is done silences itself and nothing else. Of what recurs for ever, only the times near a day are told: the
one under way, unless it is settled or no longer asked for, and those that come after it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from convergence.rules.calendars import Calendar, all_calendars, calendar_of, campaign_of, rights_kept
from convergence.rules.facts import Facts, SituationFact
from convergence.rules.spans import add_months, last_of, month_of

TO_DO, DONE = "to_do", "done"
A_DAY = timedelta(days=1)
AHEAD = 1
"""Times to come that are told beside the one under way: a file that nobody opens meanwhile stays right that long."""


class RightTime(NamedTuple):
    """One time to do something for a right: the date on which its calendar hangs, from when, by when."""

    row: Calendar
    fact: SituationFact | None
    on: date
    begins_on: date
    due_on: date


def times(facts: Facts, today: date) -> Iterator[RightTime]:
    """What is to be done for each right, near today."""
    for kind, aspect in rights_kept(today):
        fact = facts.situation(aspect)
        if fact is not None and fact.spell.ends is not None:
            fact = None
        row = calendar_of(kind, (fact.value or fact.missing) if fact else "", today)
        if row is None:
            continue
        if row.counted == "campaign":
            yield from _campaigns(row, fact, facts, today)
        elif fact is not None:
            yield from times_of(row, fact, facts, today)


def is_over(row: Calendar, on: date, today: date) -> bool:
    """Whether a time that nobody noted is no longer asked for."""
    return row.until is not None and row.until.reckoned_from(on) < today


@cache
def over_if_hung_by(today: date) -> dict[str, date]:
    """The latest day on which a time may hang and be over today, by « kind value »; « kind * » says it of every value.

    What never ceases to be asked for is not in it.
    """
    found = {}
    for row in all_calendars():
        for value in row.values or {"*"}:
            if row.until is not None and calendar_of(row.kind, value, today) is row:
                on = today
                while not is_over(row, on, today):
                    on -= A_DAY
                found[f"{row.kind} {value}"] = on
    return found


def times_of(row: Calendar, fact: SituationFact, facts: Facts, today: date) -> Iterator[RightTime]:
    """The times of one calendar for the situation on which it hangs, near today."""
    done = [act for act in facts.acts if act.act == row.kind]
    starts = fact.spell.starts
    if row.counted == "expiry":
        if fact.expires_on is not None:
            yield _time(row, fact, fact.expires_on)
    elif row.counted == "last act":
        last = max((act.on for act in done), default=starts)
        if last is not None:
            yield _time(row, fact, max(last, starts or last))
    elif starts is not None:
        settled = {act.occurrence for act in done}
        for on in _near(row, starts, today):
            if on not in settled:
                yield _time(row, fact, on)


def _time(row: Calendar, fact: SituationFact | None, on: date) -> RightTime:
    begins = month_of(on) if row.counted == "month ends" else row.steps[0].begins.reckoned_from(on)
    return RightTime(row, fact, on, begins, row.steps[-1].due.reckoned_from(on))


def _near(row: Calendar, starts: date, today: date) -> Iterator[date]:
    """The time under way or next, and ``AHEAD`` more."""
    whole = (today.year - starts.year) * 12 + today.month - starts.month
    number = max(1, whole // row.every - 1)
    while is_over(row, _nth(row, starts, number), today):
        number += 1
    for later in range(AHEAD + 1):
        yield _nth(row, starts, number + later)


def _nth(row: Calendar, starts: date, number: int) -> date:
    on = add_months(starts, number * row.every)
    if row.counted == "month ends":
        return last_of(month_of(on))
    return on


def _campaigns(row: Calendar, fact: SituationFact | None, facts: Facts, today: date) -> Iterator[RightTime]:
    """The campaign under way or the last, and the next; those that came before the person did are somebody else's."""
    stay = facts.stay()
    entry = stay.starts if stay else None
    declared = [
        told.spell.starts
        for told in facts.situations
        if told.aspect == row.right and told.value == DONE and told.spell.starts is not None
    ]
    for this, following in pairwise(campaign_of(year) for year in range(today.year - 1, today.year + 3)):
        passed = following.opens <= today or is_over(row, this.closes, today)
        hers = entry is None or entry <= this.closes or (fact is not None and fact.value == TO_DO)
        if hers and not passed and not any(this.opens <= day < following.opens for day in declared):
            yield RightTime(row, fact, this.closes, this.opens, this.closes)
        if this.opens > today:
            return
