"""Writes what a block's paths are made of: how people came, their hours, placements and goals, how paths ended."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convergence.cli.demo import columns as to
from convergence.cli.demo.columns import Texts, copy
from convergence.pathways.models import (
    AgreedPosts,
    Candidacy,
    CandidacyDecision,
    Exit,
    MonthClosing,
    MonthHours,
    Placement,
)
from convergence.people.models import Candidate
from convergence.platform.bulk import escaped
from convergence.rules.worked_hours import full_time_equivalent
from convergence.simulation.filing import Filed, Records
from convergence.support.models import Appointment, ExtendedSupport, FollowUp, Goal
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.meetings import AppointmentKind

if TYPE_CHECKING:
    from convergence.cli.demo.people import BlockWriter

WRITTEN_OF_PATHS = (
    Candidate,
    Candidacy,
    CandidacyDecision,
    MonthHours,
    MonthClosing,
    AgreedPosts,
    Placement,
    Goal,
    Exit,
    ExtendedSupport,
    FollowUp,
    Appointment,
)
"""Tables filled by COPY."""

_OF_HEALTH = (Domain.HEALTH.value, Domain.DISABILITY.value)


def write_path(writer: BlockWriter, filed: Filed) -> None:
    """Everything of this module, once the block's contracts and pathways are written."""
    records = filed.records
    _candidacies(writer, records)
    _hours(writer, records["hours"])
    _site_months(writer, filed)
    placements = records["placements"].about
    writer.versions(
        Placement,
        records["placements"],
        host=to.words(placements["host"]),
        purpose=to.codes(placements["purpose"]),
        result=to.codes(placements["result"]),
    )
    goals = records["goals"]
    domains = goals.about["domain"]
    writer.versions(
        Goal,
        goals,
        compartment=to.codes(np.where(np.isin(domains, _OF_HEALTH), Compartment.HEALTH, Compartment.SOCIAL)),
        domain=to.codes(domains),
        result=to.codes(goals.about["result"]),
        words=writer.sealed(Goal, "words", goals.person, goals.about["words"].tolist()),
    )
    _after(writer, records)
    _appointments(writer, records["appointments"])
    exits = records["exits"].about
    writer.versions(
        Exit,
        records["exits"],
        pathway=writer.series_of("pathways", exits["pathway"]),
        motive=to.counts(exits["motive"]),
        job=writer.series_of("contracts", exits["job"]),
        trace=to.always("{}", len(exits["job"])),
    )


def _after(writer: BlockWriter, records: dict[str, Records]) -> None:
    threads, news = records["threads"], records["follow_ups"]
    writer.versions(
        ExtendedSupport,
        threads,
        series=writer.series_of("threads"),
        opener=to.codes(threads.about["opener"]),
        ending=to.codes(threads.about["ending"]),
    )
    writer.versions(
        FollowUp,
        news,
        thread=writer.series_of("threads", news.about["thread"]),
        result=to.codes(news.about["result"]),
    )


def _appointments(writer: BlockWriter, appointments: Records) -> None:
    count = len(appointments.person)
    writer.versions(
        Appointment,
        appointments,
        compartment=to.always(Compartment.SOCIAL.value, count),
        kind=to.always(AppointmentKind.INTERVIEW.value, count),
        starts_at=to.moments(appointments.about["starts_at"]),
        minutes=to.always("45", count),
        colleague_id=writer.users(appointments.about["colleague"]),
        agreed=to.always("t", count),
        joint=to.always("{}", count),
    )


def _candidacies(writer: BlockWriter, records: dict[str, Records]) -> None:
    considered = records["candidates"]
    closed_from = to.days(considered.about["closed_from"])
    writer.versions(Candidate, considered, site_id=writer.sites(considered), closed_from=closed_from)
    candidacies, decisions = records["candidacies"], records["candidacy_decisions"]
    writer.versions(
        Candidacy,
        candidacies,
        series=writer.series_of("candidacies"),
        site_id=writer.sites(candidacies),
        referrer=to.codes(candidacies.about["referrer"]),
    )
    writer.versions(
        CandidacyDecision,
        decisions,
        site_id=writer.sites(decisions),
        candidacy=writer.series_of("candidacies", decisions.about["candidacy"]),
        outcome=to.codes(decisions.about["outcome"]),
        reason=writer.sealed(CandidacyDecision, "reason", decisions.person, decisions.about["reason"].tolist()),
    )


def _hours(writer: BlockWriter, hours: Records) -> None:
    copy(
        MonthHours,
        {
            **writer.about(hours.person, hours.written.at, hours.written.by),
            "contract": writer.series_of("contracts", hours.about["contract"]),
            "site_id": writer.sites(hours),
            "month": to.days(hours.since),
            "planned": to.decimals(hours.about["planned"]),
            "worked": to.decimals(hours.about["worked"]),
            "absences": _absences(hours.about["absences"]),
        },
    )


def _absences(absences: NDArray[np.object_]) -> Texts:
    """Hours by kind, as decimals in text."""
    return [
        escaped(json.dumps({kind: f"{hours:.2f}" for kind, hours in of_month.items()})) if of_month else "{}"
        for of_month in absences.tolist()
    ]


def _site_months(writer: BlockWriter, filed: Filed) -> None:
    """Months closed, and the posts agreed for each year: as many as were planned, to the nearest half."""
    closings = filed.closings
    copy(
        MonthClosing,
        {
            **writer.written(closings.at, closings.by),
            "site_id": writer.places(closings.site),
            "month": to.days(closings.month),
            "closed": to.always("t", len(closings.site)),
        },
    )
    typed = filed.records["hours"]
    planned: dict[tuple[int, int], float] = defaultdict(float)
    months: dict[tuple[int, int], set[int]] = defaultdict(set)
    years = typed.since.astype("datetime64[Y]").astype(np.int64) + 1970
    numbers = typed.since.astype("datetime64[M]").astype(np.int64)
    for site, year, month, asked in zip(
        typed.about["site"].tolist(), years.tolist(), numbers.tolist(), typed.about["planned"].tolist(), strict=True
    ):
        planned[site, year] += asked
        months[site, year].add(month)
    agreed = [
        (site, year, full_time_equivalent(Decimal(hours), date(year, 1, 1), months=len(months[site, year])))
        for (site, year), hours in planned.items()
    ]
    site = np.array([row[0] for row in agreed], dtype=np.int64)
    year = np.array([row[1] for row in agreed], dtype=np.int64)
    first = {at: place for place, at in reversed(list(enumerate(closings.site.tolist())))}
    kept = np.flatnonzero(np.isin(site, list(first)))
    on = (year[kept] - 1970).astype("datetime64[Y]").astype("datetime64[m]") + 14 * 24 * 60 + 10 * 60
    by = closings.by[[first[at] for at in site[kept].tolist()]] if len(kept) else closings.by[:0]
    copy(
        AgreedPosts,
        {
            **writer.written(np.asarray(on), by),
            "site_id": writer.places(site[kept]),
            "year": to.numbers(year[kept]),
            "full_time_equivalent": [_to_half(agreed[place][2]) for place in kept.tolist()],
        },
    )


def _to_half(posts: Decimal) -> str:
    return str(max(Decimal("0.5"), (posts * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2))
