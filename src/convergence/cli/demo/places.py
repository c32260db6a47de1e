"""Writes what stands before any person: territories, operators, sites, funders, staff means."""

import uuid
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import get_default_timezone

from convergence.cli.demo.people import SOURCE, PlacesWritten
from convergence.simulation.funders import ELSEWHERE, OF_PARIS, paying
from convergence.simulation.referents import BODIES
from convergence.simulation.tables import Layout, Table
from convergence.support.models import SiteStart
from convergence.territories.models import (
    Choices,
    Funder,
    Mission,
    NothingToImport,
    Operator,
    Site,
    StaffMeans,
    Territory,
)
from convergence.territories.siret import luhn
from convergence.vocabulary.roles import Role
from convergence.vocabulary.structures import FunderKind, Scheme

_PARIS = 1


def write_places(layout: Layout, settings: PlacesWritten) -> None:
    """The layout's places; ``settings`` learns their primary keys. Sites outside the scheme are left out."""
    _territories(layout.tables["territories"], settings)
    kept = [row for row in _rows(layout.tables["sites"]) if row["scheme"] == Scheme.CONVERGENCE.value]
    _operators(layout, {row["operator"] for row in kept}, settings)
    names = dict(zip(layout.tables["sites"]["site"].tolist(), layout.site_names, strict=True))
    sites = Site.objects.bulk_create(
        Site(
            territory_id=settings.territories[row["territory"]],
            operator_id=settings.operators[row["operator"]],
            name=names[row["site"]],
            siret=siret(row["site"]),
            open_over=DateRange(row["opened"], row["closed"]),
        )
        for row in kept
    )
    settings.site_names.update((row["site"], names[row["site"]]) for row in kept)
    settings.sites.update((row["site"], site.pk) for row, site in zip(kept, sites, strict=True))
    _means(layout.tables["staff_means"], settings, _funders(len(settings.territories) > 1))


def say_set_up(missions: Iterable[Mission]) -> None:
    """Every site is set up since its first day, as its first manager said; what its territory uses is chosen."""
    first: dict[int, Mission] = {}
    for mission in missions:
        if mission.role == Role.SITE_MANAGER and mission.site_id is not None:
            first.setdefault(mission.site_id, mission)
    zone = get_default_timezone()
    started: list[SiteStart] = []
    said: list[NothingToImport] = []
    for site, mission in first.items():
        on = mission.valid.lower
        about = {
            "site_id": site,
            "recorded_at": datetime.combine(on, time(9), tzinfo=zone),
            "recorded_by_id": mission.user_id,
            "source": SOURCE,
        }
        started.append(SiteStart(started_on=on, **about))
        said.append(NothingToImport(**about))
    SiteStart.objects.bulk_create(started)
    NothingToImport.objects.bulk_create(said)
    Choices.objects.bulk_create(Choices(territory=each, bodies=sorted(set(BODIES))) for each in Territory.objects.all())


def siret(number: int) -> str:
    """Fourteen digits that pass Luhn's check, as do the first nine, in a range that was never given out."""
    return _checked(_checked(f"000{number:05}") + "0001")


def _checked(digits: str) -> str:
    return next(whole for key in range(10) if luhn(whole := f"{digits}{key}"))


def _territories(table: Table, settings: PlacesWritten) -> None:
    made = Territory.objects.bulk_create(Territory(name=name) for name in table["name"].tolist())
    settings.territories.update(
        (key, territory.pk) for key, territory in zip(table["territory"].tolist(), made, strict=True)
    )


def _operators(layout: Layout, kept: set[int], settings: PlacesWritten) -> None:
    named = zip(layout.tables["operators"]["operator"].tolist(), layout.operator_names, strict=True)
    wanted = [(key, name) for key, name in named if key in kept]
    made = Operator.objects.bulk_create(Operator(name=name) for _, name in wanted)
    settings.operators.update((key, operator.pk) for (key, _), operator in zip(wanted, made, strict=True))


def _funders(everywhere: bool) -> dict[str, int]:
    written: list[Funder] = []
    for funder in (*OF_PARIS, *(ELSEWHERE if everywhere else ())):
        written.append(
            Funder.objects.create(
                name=funder.name,
                named_over=DateRange(funder.since, funder.until),
                formerly=written[-1] if funder.formerly else None,
            )
        )
    return {funder.name: funder.pk for funder in written}


def _means(table: Table, settings: PlacesWritten, funders: dict[str, int]) -> None:
    """The dataset's staff means, each a post known by its function."""
    paris = settings.territories[_PARIS]
    sites = dict(Site.objects.values_list("pk", "territory_id"))
    zone, made = get_default_timezone(), []
    for row in _rows(table):
        if row["site"] >= 0 and row["site"] not in settings.sites:
            continue
        site, territory = settings.sites.get(row["site"]), settings.territories.get(row["territory"])
        in_paris = paris in (territory, sites.get(site or 0))
        funder = paying(FunderKind(row["funder"]), row["since"], in_paris=in_paris) if row["funder"] else None
        made.append(
            StaffMeans(
                post=uuid.uuid4(),
                site_id=site,
                territory_id=None if site else territory,
                function=row["function"],
                employer_id=settings.operators.get(row["employer"]),
                full_time_equivalent=Decimal(f"{row['fte']:.2f}"),
                support_share=row["support_share"],
                yearly_cost=Decimal(f"{row['yearly_cost']:.2f}"),
                funder_id=funders.get(funder.name) if funder else None,
                valid=DateRange(row["since"], row["until"]),
                recorded_at=datetime.combine(row["since"], time(9), tzinfo=zone),
                source=SOURCE,
            )
        )
    StaffMeans.objects.bulk_create(made)


def _rows(table: Table) -> list[dict[str, Any]]:
    """A small table, row by row: codes as texts (empty where null), dates as dates."""
    columns = {
        name: [(*table.codes[name], "")[code] for code in column.tolist()] if name in table.codes else column.tolist()
        for name, column in table.columns.items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
