"""Support that goes on after access to a job or to a home: what opens it, when news is asked for, when it ends.

Each thread has its own year, counted from the day of the access, be that before the end of the path or with it: what
counts is that the job or the home holds, not which came first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from convergence.rules.facts import SituationFact, ThreadFact
from convergence.rules.spans import add_months
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS, SupportOpener
from convergence.vocabulary.housing import Housing, HousingStep

A_DAY = timedelta(days=1)
EARLY = timedelta(days=14)
"""News had so long before a due day answers it: nobody calls twice in a fortnight because of a calendar."""

LASTING_JOBS = frozenset({Employment.OPEN_ENDED.value, Employment.LONG_TERM.value, Employment.OWN_BUSINESS.value})
OWN_HOMES = frozenset(home.value for home in Housing if home.step is HousingStep.AUTONOMOUS)
_OPENERS = (
    (SupportOpener.JOB, "employment", LASTING_JOBS),
    (SupportOpener.HOME, "housing", OWN_HOMES),
)


@dataclass(frozen=True)
class Access:
    """A durable job or home that the person reached, and since when she has had one without a break."""

    opener: SupportOpener
    since: date

    @property
    def ends(self) -> date:
        """The first day after the year during which support goes on."""
        return year_after(self.since)


def year_after(opened_on: date) -> date:
    return add_months(opened_on, max(FOLLOW_UP_MONTHS))


def accesses(situations: Iterable[SituationFact], entered: date | None) -> Iterator[Access]:
    """What the person has reached since she entered and still has; moving from one home of her own to another, or
    from one lasting job to another, goes on.

    :param entered: first day of the support; what she had already is no access. None: not known.
    """
    facts = list(situations)
    for opener, aspect, values in _OPENERS:
        since = _unbroken([fact for fact in facts if fact.aspect == aspect and fact.value in values])
        if since is not None and (entered is None or since > entered):
            yield Access(opener, since)


def _unbroken(facts: list[SituationFact]) -> date | None:
    """First day of the stretch that still runs; None where none does, or where its beginning is not known."""
    running = [fact for fact in facts if fact.spell.ends is None]
    if not running:
        return None
    since = running[0].spell.starts
    for fact in sorted(facts, key=lambda fact: fact.spell.starts or date.min, reverse=True):
        if fact.spell.ends is not None and fact.spell.ends == since:
            since = fact.spell.starts
    return since


def to_open(found: Iterable[Access], threads: Iterable[ThreadFact]) -> list[Access]:
    """The accesses for which no thread was ever opened: one thread each."""
    opened = list(threads)
    return [
        access
        for access in found
        if not any(
            thread.opener == access.opener and (thread.starts is None or thread.starts + EARLY >= access.since)
            for thread in opened
        )
    ]


@dataclass(frozen=True)
class Due:
    """News asked for: so many months after the opening, on that day."""

    months: int
    on: date


def next_due(opened_on: date, latest_news: date | None) -> Due | None:
    """The first due day that no news has answered yet; None once the last one is. Later news answers earlier days."""
    for months in FOLLOW_UP_MONTHS:
        on = add_months(opened_on, months)
        if latest_news is None or latest_news < on - EARLY:
            return Due(months, on)
    return None
