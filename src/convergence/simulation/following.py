"""Who follows whom: supports of people by sites, their counsellors and work supervisors, hand-overs included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.moments import NEVER, Days, followed_by, later, worked
from convergence.simulation.tables import Table
from convergence.simulation.teams import Chair, Staff, Team

Places = NDArray[np.int64]

_HANDED_OVER = np.timedelta64(30, "D")
"""How long a site goes on after another has taken over."""
_SHORT_AFTER = 25
"""Days at most between the end of a path and that of the support, where no extended support follows."""


@dataclass(frozen=True)
class Stays:
    """Consecutive contracts of one path at one site, a row each, by person and day.

    ``person`` and ``path`` are places in the block's tables, ``site`` a key of the layout. ``supported_until``: first
    day without support of the site, NaT while it runs; ``worked_until``: the day after the last contract.
    """

    person: Places
    path: Places
    site: Places
    since: Days
    worked_until: Days
    supported_until: Days


@dataclass(frozen=True)
class Followings:
    """A mission follows a person over a period; ``mission``, and its manager's, ``by``, are places in the staff."""

    person: Places
    mission: Places
    since: Days
    until: Days
    by: Places


def places(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> Places:
    """Where each wanted key stands among ``keys``, which grow; -1 for those that do not."""
    if not len(keys):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def stays_of(
    rng: np.random.Generator, people: Places, paths: Table, contracts: Table, after: Table, last: np.datetime64
) -> Stays:
    """Every stay, and how long the site supports the person for it.

    A site supports a person from her first contract there. When she moves, it goes on for a month; when her path
    ends, as long as the extended support where there is one, else some days.

    :param people: growing keys of the people to be followed; what is about others is left out.
    :param after: the block's extended support.
    :param last: the last day on which anything is known.
    """
    person = places(people, contracts["person"])
    path = places(paths["path"], contracts["path"])
    kept = np.flatnonzero((person >= 0) & (path >= 0) & (contracts["site"] >= 0) & (contracts["since"] <= last))
    kept = kept[np.lexsort((contracts["since"][kept], path[kept], person[kept]))]
    person, path, site = person[kept], path[kept], contracts["site"][kept]
    since = contracts["since"][kept]
    ended = np.where(np.isnat(contracts["ended_on"]), contracts["until"], contracts["ended_on"])[kept]
    first = np.flatnonzero(
        np.r_[True, (person[1:] != person[:-1]) | (path[1:] != path[:-1]) | (site[1:] != site[:-1])][: len(kept)]
    )
    worked_until = np.maximum.reduceat(ended, first) if len(first) else ended
    person, path, site, since = person[first], path[first], site[first], since[first]
    until = _supported(rng, path, since, paths, after)
    # At the same site again: one support ends before the next begins.
    order = np.lexsort((since, site, person))
    again = np.full(len(since), NEVER, dtype="datetime64[D]")
    line = person * (int(site.max(initial=0)) + 1) + site
    again[order] = followed_by(line[order], since[order])
    until = np.where(~np.isnat(again) & (np.isnat(until) | (until > again)), again, until)
    until = np.where(until > last, NEVER, until)
    return Stays(person, path, site, since, worked_until, until)


def _supported(rng: np.random.Generator, path: Places, since: Days, paths: Table, after: Table) -> Days:
    ended: Days = paths["until"][path]
    extended = places(after["path"][np.argsort(after["path"])], paths["path"][path])
    extended_until = after["until"][np.argsort(after["path"])]
    soon = later(rng, ended, 1, _SHORT_AFTER)
    until = np.where(np.isnat(ended), NEVER, np.maximum(soon, ended))
    if len(after):
        until = np.where((extended >= 0) & ~np.isnat(ended), extended_until[extended], until)
    moved = followed_by(path, since)
    until = np.where(np.isnat(moved), until, worked(moved + _HANDED_OVER))
    return np.where(np.isnat(until), NEVER, np.maximum(until, since + 1)).astype("datetime64[D]")


def people_at(stays: Stays, site: int, opened: date, last: np.datetime64) -> list[tuple[date, int]]:
    """People under contract at a site, counted every three months."""
    here = stays.site == site
    begins, ends = np.sort(stays.since[here]), np.sort(stays.worked_until[here])
    days: Days = np.arange(np.datetime64(opened, "D"), last + 1, 91)
    counts = np.searchsorted(begins, days, side="right") - np.searchsorted(ends, days, side="right")
    return list(zip(days.astype(object).tolist(), counts.tolist(), strict=True))


def follow(rng: np.random.Generator, stays: Stays, teams: dict[int, Team], last: np.datetime64) -> Followings:
    """A counsellor as long as the support, a work supervisor as long as the work; those who leave hand over."""
    rows: list[tuple[int, int, date, date | None, int]] = []
    chances = rng.random((len(stays.person), 2))
    end_of_work = np.where(stays.worked_until > last, NEVER, stays.worked_until)
    for person, site, since, until, worked_until, (one, other) in zip(
        stays.person.tolist(),
        stays.site.tolist(),
        stays.since.tolist(),
        stays.supported_until.tolist(),
        end_of_work.tolist(),
        chances.tolist(),
        strict=True,
    ):
        team = teams[site]
        shorter = worked_until if until is None or (worked_until and worked_until < until) else until
        counsellor, supervisor = _open(team.counsellors, since, one), _open(team.supervisors, since, other)
        for chair, ends in ((counsellor, until), (supervisor, shorter)):
            for mission, first, over in chair.over(since, ends):
                rows.append((person, mission, first, over, team.manager.on(first)))
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    return Followings(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype="datetime64[D]"),
        np.array(columns[3], dtype="datetime64[D]"),
        np.array(columns[4], dtype=np.int64),
    )


def _open(chairs: list[Chair], day: date, chance: float) -> Chair:
    """One of the chairs that are open on a day, the first where none is."""
    count = max(1, sum(chair.since[0] <= day for chair in chairs))
    return chairs[int(chance * count)]


@dataclass(frozen=True)
class Authors:
    """Who follows each person from when on: whoever writes about her on a day."""

    keys: NDArray[np.int64]
    missions: Places
    first: Places

    @staticmethod
    def of(followings: Followings, counsellors: NDArray[np.bool_], people: int) -> "Authors":
        """:param counsellors: whether each following is by a counsellor; each person has one at least."""
        person, since = followings.person[counsellors], followings.since[counsellors].astype(np.int64)
        keys = (person << 20) + since + (1 << 18)
        order = np.argsort(keys, kind="stable")
        first = np.searchsorted(person[order], np.arange(people))
        return Authors(keys[order], followings.mission[counsellors][order], first)

    def on(self, person: Places, days: Days) -> Places:
        """The counsellor's mission on each day; the first one before she had any."""
        wanted = (person << 20) + days.astype("datetime64[D]").astype(np.int64) + (1 << 18)
        found = np.searchsorted(self.keys, wanted, side="right") - 1
        return np.asarray(self.missions[np.maximum(found, self.first[person])])


def teams_of(staff: Staff, stays: Stays, opened: dict[int, date], last: np.datetime64) -> dict[int, Team]:
    """The team of each site, by its key."""
    return {site: staff.team(site, day, people_at(stays, site, day, last)) for site, day in opened.items()}
