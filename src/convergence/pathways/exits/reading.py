"""The end of a path as screens tell it: what it would count in, what it led to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery, Sum

from convergence.pathways.exits.models import Exit
from convergence.pathways.hours.models import MonthHours
from convergence.pathways.models import Contract, Pathway
from convergence.rules.exits import EndedPath, Verdict, category_of, verdicts
from convergence.rules.path import COUNTED, STRUCTURE_OF
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.exits import ExitCategory, ExitMotive
from convergence.vocabulary.structures import EmployerKind

Worked = dict[UUID, Decimal]


@dataclass(frozen=True)
class ToldExit:
    """An end of path with what follows from its motive on its day."""

    noted: Exit
    category: ExitCategory
    verdicts: list[Verdict]
    job: Contract | None


@dataclass(frozen=True)
class ToldEnds:
    """Ends of path that stand, those that were turned back, the latest first; and the person's latest path."""

    exits: list[ToldExit]
    turned_back: list[Exit]
    pathway: Pathway | None


def told_ends(person_id: int) -> ToldEnds:
    """The ends of a person's paths; three queries."""
    rows = list(Exit.objects.filter(person_id=person_id).select_related("recorded_by").order_by("-valid", "-pk"))
    standing = [row for row in rows if row.superseded_at is None]
    paths = list(Pathway.objects.current().filter(person_id=person_id).order_by("valid"))
    of_contract = MonthHours.objects.current().filter(person_id=person_id, contract=OuterRef("series"))
    total = of_contract.order_by().values("contract").annotate(total=Sum("worked")).values("total")
    contracts: list[Any] = list(
        Contract.objects.current().filter(person_id=person_id).select_related("site").annotate(worked=Subquery(total))
    )
    worked = {row.series: row.worked for row in contracts if row.worked is not None}
    by_series = {path.series: path for path in paths}
    return ToldEnds(
        [_told(row, by_series.get(row.pathway), contracts, worked) for row in standing],
        [row for row in rows if row.superseded_at is not None],
        paths[-1] if paths else None,
    )


def _told(noted: Exit, pathway: Pathway | None, contracts: list[Contract], worked: Worked) -> ToldExit:
    day = noted.starts or date.min
    ended = ended_path(pathway.starts if pathway else None, day, contracts, worked)
    return ToldExit(
        noted,
        category_of(noted.reason, day),
        verdicts(ended, noted.reason),
        next((row for row in contracts if row.series == noted.job), None),
    )


def hours_worked(person_id: int) -> Worked:
    """Hours worked, contract by contract (series), where any is noted; one query."""
    worked: Worked = {}
    noted = MonthHours.objects.current().filter(person_id=person_id, worked__isnull=False)
    for contract, hours in noted.values_list("contract", "worked"):
        worked[contract] = worked.get(contract, Decimal(0)) + (hours or 0)
    return worked


def verdicts_of(
    pathway: Pathway, contracts: Iterable[Contract], worked: Worked, motive: ExitMotive, last_day: date
) -> list[Verdict]:
    """What an end of path would count in, before it is noted."""
    return verdicts(ended_path(pathway.starts, last_day, contracts, worked), motive)


def ended_path(first_day: date | None, last_day: date, contracts: Iterable[Contract], worked: Worked) -> EndedPath:
    """The path as the denominators read it: its structure is that of its last contract of work integration."""
    begun = sorted(
        (row.starts, row.kind, row.series)
        for row in contracts
        if row.starts is not None
        and (first_day or row.starts) <= row.starts <= last_day
        and ContractKind(row.kind) in COUNTED
    )
    structure = STRUCTURE_OF[ContractKind(begun[-1][1])] if begun else EmployerKind.ACI
    noted = [worked[series] for _starts, _kind, series in begun if series in worked]
    return EndedPath(
        first_day or (begun[0][0] if begun else last_day),
        last_day,
        structure,
        sum(noted, Decimal(0)) if noted else None,
    )
