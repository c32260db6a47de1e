"""Hours as people type and read them: one line a contract and month, whoever may read contracts or not."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from convergence.pathways.hours.models import MonthClosing, MonthHours, PhcWeek
from convergence.people.naming import names_of
from convergence.rules.periods import A_DAY, Period, overlap
from convergence.rules.spans import last_of, next_month
from convergence.rules.worked_hours import Typed, planned_hours
from convergence.vocabulary.absences import PAID, HoursAbsence
from convergence.vocabulary.contracts import Programme


@dataclass(frozen=True)
class RotaContract:
    """What a rota says of a contract at a site.

    :param weekly: hours a week over each stretch of the contract; None where no hours were noted.
    """

    series: UUID
    person_id: int
    site_id: int
    programme: str
    period: Period
    weekly: tuple[tuple[Period, Decimal | None], ...]

    @property
    def is_phc(self) -> bool:
        return self.programme == Programme.PHC

    def within(self, month: date) -> Period | None:
        """The days of the month that it covers where it does not cover all of them; None where it does."""
        whole = Period(month, last_of(month))
        days = overlap(self.period, whole)
        return None if days == whole else days

    def foreseen(self, month: date, weeks: Iterable[PhcWeek] = ()) -> Decimal | None:
        """Hours that the contract foresees in a month: those of the PHC's weeks where they are planned.

        None where nothing tells.
        """
        planned = [_share(week, month) for week in weeks]
        if planned:
            return sum(planned, Decimal(0)).quantize(Decimal("0.01"))
        known = [planned_hours(hours, part, month) for part, hours in self.weekly if hours is not None]
        return sum(known, Decimal(0)) if known else None


def _share(week: PhcWeek, month: date) -> Decimal:
    """The hours of a week that fall in a month, spread over its five weekdays."""
    days = sum((week.week + timedelta(days=n)).replace(day=1) == month for n in range(5))
    return week.planned * days / 5


@dataclass
class HoursLine:
    """A contract in a month: whose, what was typed if anything was, what the contract foresees."""

    contract: RotaContract
    name: str
    foreseen: Decimal | None
    row: MonthHours | None = None

    @property
    def typed(self) -> Typed:
        return typed_of(self.row) if self.row else Typed(planned=self.foreseen)


def typed_of(row: MonthHours) -> Typed:
    """What a row says, as the rules read it."""
    absent = {HoursAbsence(kind): Decimal(hours) for kind, hours in row.absences.items()}
    return Typed(row.planned, row.worked, absent)


def rota(*, site_id: int | None = None, person_id: int | None = None, during: Period) -> list[RotaContract]:
    """Contracts under way at a site, or of a person, at some time of a period, as far as the actor may know them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contract, person_id, site_id, programme, weekly_hours, valid, changes"
            " FROM hours_contracts(%s, %s, %s) ORDER BY valid, contract",
            [site_id, person_id, DateRange(during.first_day, during.last_day + A_DAY if during.last_day else None)],
        )
        rows = cursor.fetchall()
    return [_contract(*row) for row in rows]


def _contract(
    series: UUID, person_id: int, site_id: int, programme: str, hours: Decimal | None, valid: Any, changes: str
) -> RotaContract:
    period = Period(valid.lower or date.min, valid.upper - A_DAY if valid.upper else None)
    parts: list[tuple[Period, Decimal | None]] = []
    first, now = period.first_day, hours
    for change in json.loads(changes, parse_float=Decimal, parse_int=Decimal):
        since = date.fromisoformat(change["from"])
        if since > first:
            parts.append((Period(first, since - A_DAY), change["before"]))
            first = since
        now = change["hours"]
    return RotaContract(series, person_id, site_id, programme, period, (*parts, (Period(first, period.last_day), now)))


def lines_of(site_id: int, month: date) -> list[HoursLine]:
    """Everybody under contract at a site in a month, by name; five queries at most."""
    contracts = rota(site_id=site_id, during=Period(month, last_of(month)))
    names = names_of({contract.person_id for contract in contracts})
    rows = {row.contract: row for row in current(site_id, month)}
    weeks = phc_weeks([contract.series for contract in contracts if contract.is_phc])
    lines = [
        HoursLine(
            contract,
            str(names.get(contract.person_id, "")),
            contract.foreseen(month, weeks.get(contract.series, ())),
            rows.get(contract.series),
        )
        for contract in contracts
    ]
    keys = {person_id: name.sort_key for person_id, name in names.items()}
    return sorted(lines, key=lambda line: (keys.get(line.contract.person_id, ""), line.contract.period))


def current(site_id: int, month: date) -> QuerySet[MonthHours]:
    """The hours typed at a site for a month, with who typed them."""
    return MonthHours.objects.current().filter(site_id=site_id, month=month).select_related("recorded_by")


def phc_weeks(contracts: Collection[UUID]) -> dict[UUID, list[PhcWeek]]:
    """The weeks planned of these contracts, in order, without what was done in words."""
    found: dict[UUID, list[PhcWeek]] = {}
    if contracts:
        for week in PhcWeek.objects.current().filter(contract__in=contracts).defer("told").order_by("week"):
            found.setdefault(week.contract, []).append(week)
    return found


class SiteMonth(NamedTuple):
    """A site's month in sums. ``hidden``: contracts of people whom the actor's site no longer supports."""

    month: date
    contracts: int
    hidden: int
    typed: int
    planned: Decimal
    worked: Decimal
    absent: Decimal
    paid: Decimal
    closing: MonthClosing | None

    @property
    def missing(self) -> int:
        return self.contracts - self.typed

    @property
    def closed(self) -> bool:
        return self.closing is not None and self.closing.closed


def site_months(site_id: int, first: date, last: date) -> list[SiteMonth]:
    """The months of a site from ``first`` to ``last`` (each a first day), the earliest first; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM hours_months(%s, %s, %s)",
            [site_id, DateRange(first, next_month(last)), [kind.value for kind in PAID]],
        )
        rows = cursor.fetchall()
    closings = {
        closing.month: closing
        for closing in MonthClosing.objects.current()
        .filter(site_id=site_id, month__range=(first, last))
        .select_related("recorded_by")
    }
    return [SiteMonth._make((*row, closings.get(row[0]))) for row in rows]


def closing_of(site_id: int, month: date) -> MonthClosing | None:
    """How the month of a site stands; None where it was never closed."""
    rows = MonthClosing.objects.current().filter(site_id=site_id, month=month)
    return rows.select_related("recorded_by").first()


def closings_of(site_id: int, month: date) -> list[MonthClosing]:
    """Who closed and reopened the month, the latest first."""
    rows = MonthClosing.objects.filter(site_id=site_id, month=month).select_related("recorded_by")
    return list(rows.order_by("-recorded_at", "-pk"))
