"""The facts of people's paths as ``rules`` reads them, and the clocks that follow, in one query for any number.

The clocks follow from facts of the working side alone; birth and the quality of disabled worker only open grounds of
extension, for those who read them.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject, Lower, Upper

from convergence.pathways.models import Contract, Extension, HoursDerogation, OfficialPass, Pass, Pathway, Suspension
from convergence.people.models import CivilStatus, Person
from convergence.rules import path as rules
from convergence.rules.clocks import Reading, read
from convergence.rules.periods import Period
from convergence.situations.models import Situation
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.decisions import Approver, ClockName, DecisionState, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason

A_DAY = timedelta(days=1)
SAME_PASS = timedelta(days=365)
"""Without a number, a PASS said by the State's tool is the one that we note if they begin within a year."""

_PERIOD = {"starts": Lower("valid"), "ends": Upper("valid")}


def path_of(person_id: int, *, without: UUID | None = None) -> rules.Path:
    """The path of one person, as far as the actor reads it.

    :param without: the series of a fact left aside, when another version of it is judged.
    """
    return paths_of([person_id], without=without).get(person_id, rules.Path())


def clocks_of(person_ids: Collection[int], on: date) -> dict[int, Reading]:
    """What the three clocks of each person show on a day."""
    return {person_id: read(path, on) for person_id, path in paths_of(person_ids).items()}


def paths_of(person_ids: Collection[int], *, without: UUID | None = None) -> dict[int, rules.Path]:
    """The latest stay of each person, with the PASS and the decisions that count for it; one query."""

    def facts(model: Any, *columns: str, dated: bool = True, **only: Any) -> ArraySubquery:
        rows: QuerySet[Any] = model.objects.current().filter(person_id=OuterRef("pk"), **only)
        if without is not None:
            rows = rows.exclude(series=without)
        named = {column: F(column) for column in columns} | (_PERIOD if dated else {})
        return ArraySubquery(rows.values(row=JSONObject(**named)))

    gathered = Person.objects.filter(pk__in=person_ids).values_list(
        "pk",
        facts(Pathway),
        facts(Contract, *_CONTRACT),
        facts(Pass, "number"),
        facts(OfficialPass, "number", "said_on"),
        facts(Suspension, "reason", "declared_on"),
        facts(Extension, *_DEMAND, dated=False),
        facts(HoursDerogation, "kind"),
        facts(Situation, "expires_on", aspect="rqth", value="granted"),
        facts(CivilStatus, "birth_year", "birth_month", "birth_day", dated=False),
    )
    return {person_id: _path(*map(_rows, facts)) for person_id, *facts in gathered}


_CONTRACT = (
    "site_id",
    "employer",
    "kind",
    "programme",
    "weekly_hours",
    "recruited_directly",
    "exempt_from_minimum",
)
_DEMAND = (
    "clock",
    "motive",
    "approver",
    "state",
    "until",
    "days",
    "training_ends_on",
    "asked_on",
    "decided_on",
    "notified_on",
)
_Row = dict[str, Any]


def _rows(found: list[_Row | str]) -> list[_Row]:
    return [json.loads(row) if isinstance(row, str) else row for row in found]


def _path(
    pathways: list[_Row],
    contracts: list[_Row],
    passes: list[_Row],
    officials: list[_Row],
    suspensions: list[_Row],
    demands: list[_Row],
    derogations: list[_Row],
    disabled: list[_Row],
    civil: list[_Row],
) -> rules.Path:
    stay = max(pathways, key=lambda row: row["starts"] or "", default=None)
    begins = (stay["starts"] if stay else None) or ""
    return rules.Path(
        contracts=tuple(_contract(row) for row in contracts if (row["starts"] or "") >= max(begins, _KNOWN)),
        passes=_passes(passes, officials, suspensions, [row for row in demands if row["clock"] == ClockName.PASS]),
        renewals=tuple(_renewal(row) for row in demands if row["clock"] == ClockName.CDDI),
        derogations=tuple(
            rules.Derogation(DerogationKind(row["kind"]), *_both_days(row)) for row in derogations if row["ends"]
        ),
        born_on=_born_on(civil[0]) if civil else None,
        disabled_worker=tuple(_held(row) for row in disabled),
        trainings=tuple(_trainings(demands)),
        ends_on=_last_day(stay) if stay else None,
    )


_KNOWN = "0001-01-01"
"""Later than the beginning of a contract of which none is known: such a contract counts no day."""


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _last_day(row: _Row) -> date | None:
    ends = _day(row["ends"])
    return ends - A_DAY if ends else None


def _both_days(row: _Row) -> tuple[date, date]:
    return date.fromisoformat(row["starts"]), date.fromisoformat(row["ends"]) - A_DAY


def _contract(row: _Row) -> rules.Contract:
    return rules.Contract(
        kind=ContractKind(row["kind"]),
        first_day=date.fromisoformat(row["starts"]),
        last_day=_last_day(row),
        employer=employer_key(row["site_id"], row["employer"]),
        programme=Programme(row["programme"] or Programme.NONE),
        weekly_hours=None if row["weekly_hours"] is None else Decimal(str(row["weekly_hours"])),
        recruited_directly=row["recruited_directly"],
        exempt_from_minimum=row["exempt_from_minimum"],
    )


def employer_key(site_id: int | None, employer: str) -> str:
    """What tells employers apart: a site of ours, or a name as it was typed."""
    return f"site {site_id}" if site_id is not None else " ".join(employer.casefold().split())


def _renewal(row: _Row) -> rules.Renewal:
    return rules.Renewal(
        motive=ExtensionMotive(row["motive"]),
        last_day=date.fromisoformat(row["until"]),
        state=DecisionState(row["state"]),
        asked_on=_day(row["asked_on"]),
        decided_on=_day(row["decided_on"]),
        approver=Approver(row["approver"]),
    )


def _extension(row: _Row) -> rules.Extension:
    return rules.Extension(
        motive=ExtensionMotive(row["motive"]),
        days=row["days"],
        state=DecisionState(row["state"]),
        asked_on=_day(row["asked_on"]),
        decided_on=_day(row["decided_on"]),
        notified_on=_day(row["notified_on"]),
    )


def _suspension(row: _Row) -> rules.Suspension:
    return rules.Suspension(*_both_days(row), SuspensionReason(row["reason"]), _day(row["declared_on"]))


def _passes(
    ours: list[_Row], officials: list[_Row], suspensions: list[_Row], demands: list[_Row]
) -> tuple[rules.Pass, ...]:
    """Each PASS once, ours with what the tool says of it; a suspension or a demand is of the PASS that ran then."""
    left = list(officials)
    begun: list[tuple[date, date | None, _Row | None]] = []
    for row in ours:
        said = _said_of(row, left)
        if said is not None:
            left.remove(said)
        begun.append((date.fromisoformat(row["starts"]), _last_day(row), said))
    begun += [(date.fromisoformat(said["starts"]), None, said) for said in left]
    begun.sort(key=lambda one: one[0])
    starts = [first_day for first_day, _ended, _said in begun]
    stops: list[list[rules.Suspension]] = [[] for _ in begun]
    asked: list[list[rules.Extension]] = [[] for _ in begun]
    for row in suspensions if begun else ():
        stop = _suspension(row)
        stops[_ran_on(stop.first_day, starts)].append(stop)
    for row in demands if begun else ():
        demand = _extension(row)
        asked[_ran_on(demand.asked_on or demand.decided_on or date.max, starts)].append(demand)
    return tuple(
        rules.Pass(
            first_day=first_day,
            suspensions=tuple(stops[rank]),
            extensions=tuple(asked[rank]),
            official_last_day=_last_day(said) if said else None,
            official_seen_on=_day(said["said_on"]) if said else None,
            ended_on=ended_on,
        )
        for rank, (first_day, ended_on, said) in enumerate(begun)
    )


def _said_of(row: _Row, officials: Iterable[_Row]) -> _Row | None:
    """What the tool says of a PASS of ours: the same number, or without one the nearest beginning."""
    if row["number"]:
        return next((said for said in officials if said["number"] == row["number"]), None)
    starts = date.fromisoformat(row["starts"])
    near = [said for said in officials if abs(date.fromisoformat(said["starts"]) - starts) < SAME_PASS]
    return min(near, key=lambda said: abs(date.fromisoformat(said["starts"]) - starts), default=None)


def _ran_on(day: date, starts: list[date]) -> int:
    return max((rank for rank, first_day in enumerate(starts) if first_day <= day), default=0)


def _held(row: _Row) -> Period:
    ends = [day for day in (_last_day(row), _day(row["expires_on"])) if day is not None]
    return Period(_day(row["starts"]) or date.min, min(ends, default=None))


def _trainings(demands: list[_Row]) -> Iterator[Period]:
    """Trainings that a demand was made to complete."""
    for row in demands:
        ends = _day(row["training_ends_on"])
        if ends is not None:
            yield Period(date.min, ends)


def _born_on(civil: _Row) -> date | None:
    """The birth, or the latest day it may be: nobody is taken for older than she is."""
    year, month, day = civil["birth_year"], civil["birth_month"], civil["birth_day"]
    if year is None:
        return None
    following = date(year + 1, 1, 1) if month in {None, 12} else date(year, month + 1, 1)
    try:
        return date(year, month, day) if day else following - A_DAY
    except ValueError:
        return following - A_DAY
