"""The working side of the records: paths, contracts, what was decided on them, hours, placements, ends of path."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.decided import decided
from convergence.simulation.filing.desk import Desk, Places, Records, Written, codes_of, nothing, rows_of
from convergence.simulation.following import places
from convergence.simulation.moments import NEVER, Days, Moments, at_work, later, worked
from convergence.simulation.teams import Team
from convergence.simulation.words import draw_employers
from convergence.vocabulary.absences import HoursAbsence
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.placements import LearningResult

_LATE = 0.15
"""Share of the hours of the last month that nobody has typed yet."""
_CLOSED_WITHIN = 15
"""Days after a month at which its hours are closed, at the latest."""
_JOB_WITHIN = 31
"""Days between the end of a path and the first day of the job that it led to, at most."""
_LED_TO_A_JOB = frozenset(
    motive.value
    for motive in (
        ExitMotive.OPEN_ENDED,
        ExitMotive.FIXED_TERM_IN_IAE,
        ExitMotive.LONG_TERM,
        ExitMotive.SHORT_TERM,
        ExitMotive.CIVIL_SERVICE,
        ExitMotive.SUBSIDISED_OPEN_ENDED,
        ExitMotive.SUBSIDISED_OUTSIDE_IAE,
    )
)
_ABSENT = {
    "sick": HoursAbsence.SICK_LEAVE,
    "justified": HoursAbsence.AUTHORISED_UNPAID,
    "unjustified": HoursAbsence.UNEXPLAINED,
}
"""What payroll calls the absences of the dataset."""


class Closings(NamedTuple):
    """Months whose hours a site has closed: its key, the first day of the month, when and by whose mission."""

    site: Places
    month: Days
    at: Moments
    by: Places


def pathways(desk: Desk) -> Records:
    """Paths, a fact each in the order of their keys."""
    paths, person, kept = _begun(desk, "paths")
    since, until = paths["since"][kept], paths["until"][kept]
    until = np.where(until > desk.last, NEVER, until)
    none = np.full(len(kept), NEVER, dtype="datetime64[D]")
    began = desk.known(since)
    return desk.told(person[kept], since, none, until, began, desk.learnt(until, began))


def contracts(desk: Desk) -> Records:
    """Contracts, a fact each in the order of their keys, with the term foreseen, then the end of those broken."""
    table, person, kept = _begun(desk, "contracts")
    table, person = rows_of(table, kept), person[kept]
    since, term = table["since"], table["until"]
    broken = np.where(table["ended_on"] == term, NEVER, table["ended_on"])
    began = desk.known(np.maximum(desk.entered[person], later(desk.rng, since, -6, 1)))
    here = table["site"] >= 0
    kinds = codes_of(table, "kind")
    return desk.told(
        person,
        since,
        term,
        np.where(np.isnat(broken), term, broken),
        began,
        desk.learnt(broken, began),
        site=table["site"],
        employer=np.where(here, "", draw_employers(desk.rng, kinds)),
        kind=kinds,
        programme=codes_of(table, "programme"),
        weekly_hours=table["weekly_hours"],
    )


def decisions(desk: Desk) -> dict[str, Records]:
    """The PASS of each path, and what was granted so that it could go on."""
    table, person = desk.about("contracts")
    kinds = codes_of(table, "kind")
    counted = (person >= 0) & (table["since"] <= desk.last) & (table["path"] >= 0) & ~np.isnat(table["until"])
    person, table, kinds = person[counted], rows_of(table, counted), kinds[counted]
    passes, extensions = decided(
        desk.rng, person, table["path"], table["since"], table["until"], kinds == ContractKind.CDDI.value
    )
    opened = desk.known(np.maximum(passes.since, desk.entered[passes.person]))
    none = np.full(len(opened), NEVER, dtype="datetime64[D]")
    granted = desk.known(extensions.decided_on)
    return {
        "passes": Records(
            passes.person,
            np.arange(len(opened)),
            passes.since,
            none,
            Written(opened, nothing(opened), desk.authors.on(passes.person, opened)),
            {},
        ),
        "extensions": Records(
            extensions.person,
            np.arange(len(granted)),
            extensions.decided_on,
            extensions.until,
            Written(granted, nothing(granted), desk.authors.on(extensions.person, granted)),
            {
                "clock": extensions.clock,
                "approver": extensions.approver,
                "days": extensions.days,
                "asked_on": extensions.asked_on,
            },
        ),
    }


def hours(desk: Desk) -> Records:
    """Hours month by month, typed some days after it; of the last month not all, of the one under way none.

    ``contract`` is a fact of ``contracts``; ``absences`` holds hours by ``HoursAbsence``, those that are not nought.
    """
    table, person = desk.about("hours")
    contract = places(_keys(desk, "contracts"), table["contract"])
    site = desk.tables["contracts"]["site"][places(desk.tables["contracts"]["contract"], table["contract"])]
    over = table["month"].astype("datetime64[M]") < (desk.last + 1).astype("datetime64[M]")
    kept = np.flatnonzero((person >= 0) & (contract >= 0) & (site >= 0) & over)
    ends = _after(table["month"][kept])
    late = (ends.astype("datetime64[M]") == (desk.last + 1).astype("datetime64[M]")) & (
        desk.rng.random(len(kept)) < _LATE
    )
    kept, ends = kept[~late], ends[~late]
    at = desk.known(ends + desk.rng.integers(0, 6, len(kept)))
    who, table = person[kept], rows_of(table, kept)
    absent = [np.round(table[column], 2).tolist() for column in _ABSENT]
    return Records(
        who,
        np.arange(len(kept)),
        table["month"],
        ends,
        Written(at, nothing(at), desk.authors.on(who, at)),
        {
            "contract": contract[kept],
            "site": site[kept],
            "planned": table["planned"],
            "worked": table["worked"],
            "absences": np.array(
                [
                    {kind.value: hours for kind, hours in zip(_ABSENT.values(), row, strict=True) if hours > 0}
                    for row in zip(*absent, strict=True)
                ],
                dtype=object,
            ),
        },
    )


def closings(desk: Desk, teams: dict[int, Team], typed: Records) -> Closings:
    """Every month but the last one typed is closed by the manager of the site."""
    months = np.unique(np.stack([typed.about["site"], typed.since.astype(np.int64)]), axis=1)
    site, month = months[0], months[1].astype("datetime64[D]")
    on = worked(_after(month) + desk.rng.integers(6, _CLOSED_WITHIN, len(month)))
    over = np.flatnonzero((on <= desk.last) & (_after(month) < (desk.last + 1).astype("datetime64[M]")))
    by = [teams[at].manager.on(day) for at, day in zip(site[over].tolist(), on[over].tolist(), strict=True)]
    return Closings(site[over], month[over], at_work(desk.rng, on[over]), np.array(by, dtype=np.int64))


def placements(desk: Desk, hosts: NDArray[Any]) -> Records:
    """Work placements; what came of those that are over.

    :param hosts: names of structures where they take place.
    """
    table, person, kept = _begun(desk, "placements")
    table, who = rows_of(table, kept), person[kept]
    over = table["until"] <= desk.last
    result = np.where(table["hired_after"] == 1, LearningResult.JOB_OFFER.value, LearningResult.COMPLETED.value).astype(
        object
    )
    began = desk.known(table["since"] - 2)
    ended = desk.learnt(np.where(over, table["until"], NEVER), began)
    at = np.where(np.isnat(ended), began, ended).astype("datetime64[m]")
    return Records(
        who,
        np.arange(len(kept)),
        table["since"],
        table["until"],
        Written(at, nothing(at), desk.authors.on(who, at)),
        {
            "host": hosts[desk.rng.integers(0, len(hosts), len(kept))],
            "purpose": codes_of(table, "purpose"),
            "result": np.where(over, result, ""),
        },
    )


def exits(desk: Desk) -> Records:
    """Ends of path; ``pathway`` and ``job`` are facts of ``pathways`` and ``contracts``, ``job`` -1 for none."""
    table, person = desk.about("exits")
    pathway = places(_keys(desk, "paths"), table["path"])
    kept = np.flatnonzero((person >= 0) & (pathway >= 0) & (table["on"] <= desk.last))
    table, who = rows_of(table, kept), person[kept]
    at = desk.known(table["on"])
    return Records(
        who,
        np.arange(len(kept)),
        table["on"] - 1,
        table["on"],
        Written(at, nothing(at), desk.authors.on(who, at)),
        {"pathway": pathway[kept], "motive": table["motive"], "job": _jobs(desk, table)},
    )


def _jobs(desk: Desk, exits: Any) -> Places:
    """The first contract outside the scheme's sites that begins soon after each end of path; -1 without one."""
    contracts, _person, kept = _begun(desk, "contracts")
    outside = kept[contracts["site"][kept] < 0]
    outside = outside[np.lexsort((contracts["since"][outside], contracts["person"][outside]))]
    day = np.int64(1) << 20
    line = contracts["person"][outside] * day + contracts["since"][outside].astype(np.int64)
    wanted = exits["person"] * day + exits["on"].astype(np.int64)
    found = np.searchsorted(line, wanted)
    near = np.append(line, np.iinfo(np.int64).max)[found] <= wanted + _JOB_WITHIN
    led = near & np.isin(exits["motive"], list(_LED_TO_A_JOB))
    fact = places(_keys(desk, "contracts"), contracts["contract"][np.append(outside, 0)[found]])
    return np.where(led, fact, -1)


def _begun(desk: Desk, name: str) -> tuple[Any, Places, Places]:
    """A table, the person of each row, and the rows that are about people followed here and have begun."""
    table, person = desk.about(name)
    return table, person, np.flatnonzero((person >= 0) & (table["since"] <= desk.last))


def _keys(desk: Desk, name: str) -> NDArray[np.int64]:
    """Keys of the facts of ``pathways`` or ``contracts``, in their order."""
    table, _person, kept = _begun(desk, name)
    keys: NDArray[np.int64] = table[name.removesuffix("s")][kept]
    return keys


def _after(months: Days) -> Days:
    """The first day of the next month."""
    return (months.astype("datetime64[M]") + 1).astype("datetime64[D]")
