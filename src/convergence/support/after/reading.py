"""Threads of support as rules and screens read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject, Lower, Upper

from convergence.people.models import Support
from convergence.rules.after import Access, Due, accesses, next_due, to_open, year_after
from convergence.rules.facts import Facts, SituationFact, Spell, ThreadFact
from convergence.situations.models import Situation
from convergence.support.after.models import ExtendedSupport, FollowUp, ThirdParty, ThirdPartyWarning
from convergence.vocabulary.extended_support import SupportEnding


def threads_of(person_ids: Collection[int]) -> dict[int, list[ThreadFact]]:
    """The threads of each person with their latest news; two queries."""
    news: dict[UUID, date] = {}
    had = FollowUp.objects.current().filter(person_id__in=person_ids)
    for thread, on in had.values_list("thread", "valid__startswith"):
        news[thread] = max(on, news.get(thread, on))
    threads = defaultdict(list)
    rows = ExtendedSupport.objects.current().filter(person_id__in=person_ids)
    for person_id, series, opener, starts, ends in rows.values_list(
        "person_id", "series", "opener", "valid__startswith", "valid__endswith"
    ):
        threads[person_id].append(ThreadFact(opener, starts, ends, news.get(series)))
    return threads


def warnings_of(person_ids: Collection[int]) -> dict[int, list[date]]:
    """Days of the warnings that nobody answered yet; one query."""
    warnings = defaultdict(list)
    waiting = ThirdPartyWarning.objects.current().filter(person_id__in=person_ids, answered_on=None)
    for person_id, on in waiting.values_list("person_id", "valid__startswith"):
        warnings[person_id].append(on)
    return warnings


@dataclass(frozen=True)
class ToldThread:
    """A thread with what was learnt in it, the latest first, and what is due next."""

    thread: ExtendedSupport
    due: Due | None
    ends_about: date
    news: list[FollowUp] = field(default_factory=list)
    third_parties: list[ThirdParty] = field(default_factory=list)
    warnings: list[ThirdPartyWarning] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.thread.ends is None

    @property
    def stopped_for(self) -> str:
        return str(SupportEnding(self.thread.ending).label) if self.thread.ending else ""


def told_threads(person_id: int) -> list[ToldThread]:
    """The person's threads, the latest first; four queries."""
    rows = ExtendedSupport.objects.current().filter(person_id=person_id).order_by("-valid", "-pk")
    told = {row.series: row for row in rows}
    news, third_parties, warnings = defaultdict(list), defaultdict(list), defaultdict(list)
    for had in FollowUp.objects.current().filter(person_id=person_id).order_by("-valid", "-pk"):
        news[had.thread].append(had)
    for known in ThirdParty.objects.current().filter(person_id=person_id, valid__upper_inf=True).order_by("pk"):
        third_parties[known.thread].append(known)
    said = ThirdPartyWarning.objects.current().filter(person_id=person_id).select_related("recorded_by")
    for warning in said.order_by("-valid", "-pk"):
        warnings[warning.thread].append(warning)
    return [_told(row, news[series], third_parties[series], warnings[series]) for series, row in told.items()]


def _told(
    row: ExtendedSupport, news: list[FollowUp], known: list[ThirdParty], said: list[ThirdPartyWarning]
) -> ToldThread:
    starts = row.starts or date.min
    latest = max((had.starts for had in news if had.starts), default=None)
    return ToldThread(row, next_due(starts, latest), year_after(starts), news, known, said)


def proposed(person_id: int, threads: Iterable[ToldThread], today: date) -> list[Access]:
    """Jobs and homes reached for which a thread may be opened, their year not being over; one query.

    :param threads: those that the person has.
    """
    supports = Support.objects.current().filter(person_id=person_id)
    spells = ArraySubquery(supports.values(row=JSONObject(starts=Lower("valid"), ends=Upper("valid"))))
    told = Situation.objects.current().filter(person_id=person_id, aspect__in=["employment", "housing"])
    facts: list[Any] = list(told.annotate(supports=spells))
    situations = [
        SituationFact(fact.aspect, fact.value, fact.missing, Spell(fact.starts, fact.ends), None) for fact in facts
    ]
    stay = Facts(supports=tuple(_spell(row) for fact in facts[:1] for row in fact.supports)).stay()
    opened = [ThreadFact(told.thread.opener, told.thread.starts, told.thread.ends) for told in threads]
    found = to_open(accesses(situations, stay.starts if stay else None), opened)
    return [access for access in found if access.since <= today < access.ends]


def _spell(row: dict[str, str | None]) -> Spell:
    starts, ends = (date.fromisoformat(row[name] or "") if row[name] else None for name in ("starts", "ends"))
    return Spell(starts, ends)
