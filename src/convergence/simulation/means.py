"""Staff means and grants: who is paid, by which function, and who pays, over the life of each site."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from convergence.simulation.lives.calendar import NEVER, dates, day_of, first_of, plus_months, year_of
from convergence.simulation.parameters import Means, Parameters
from convergence.simulation.tables import SCHEMA, Table, table
from convergence.vocabulary.roles import Role
from convergence.vocabulary.structures import FunderKind, GrantObject, Scheme

_ROLES, _FUNDERS, _OBJECTS = list(Role), list(FunderKind), list(GrantObject)
_CONVERGENCE, _ORDINARY, _NONE = (list(Scheme).index(each) for each in Scheme)
FULL_AFTER = 12
"""Months after a site's opening from which it has all its staff."""


@dataclass(frozen=True)
class _Post:
    site: int
    territory: int
    function: Role
    employer: int
    fte: float
    since: int
    until: int


def staff_means(parameters: Parameters, sites: Table, people: Sequence[int], until: date) -> Table:
    """The table ``staff_means``: the posts of each site, and those shared by the sites of a territory.

    ``people``: under contract at each site, at full size. Posts are paid in proportion to it, in steps of a fifth.
    """
    means, last = parameters.means, day_of(until) - 1
    posts = [post for post in _posts(means, sites, people) if post.since <= last]
    cost = [round(means.yearly_cost[post.function.value] * post.fte, 2) for post in posts]
    return table(
        SCHEMA["staff_means"],
        {
            "means": np.arange(1, len(posts) + 1),
            "site": np.array([post.site for post in posts]),
            "territory": np.array([post.territory for post in posts]),
            "function": np.array([_ROLES.index(post.function) for post in posts]),
            "employer": np.array([post.employer for post in posts]),
            "fte": np.array([post.fte for post in posts]),
            "support_share": np.array([round(100 * means.support_share[post.function.value]) for post in posts]),
            "yearly_cost": np.array(cost),
            "since": dates(np.array([post.since for post in posts])),
            "until": dates(np.array([post.until if post.until <= last else int(NEVER) for post in posts])),
        },
        len(posts),
    )


def _posts(means: Means, sites: Table, people: Sequence[int]) -> Iterator[_Post]:
    opened, closed = (sites[name].astype(np.int64) for name in ("opened", "closed"))
    closed = np.where(np.isnat(sites["closed"]), NEVER, closed)
    seen: set[int] = set()
    for row, scheme in enumerate(sites["scheme"]):
        territory, employer = int(sites["territory"][row]), int(sites["operator"][row])
        if scheme == _NONE:
            continue
        for function, fte in _functions(means, int(scheme), people[row]):
            since, left = int(opened[row]), fte
            while left > 0:
                post = min(1.0, left)
                yield _Post(row + 1, -1, function, employer, round(post, 2), since, int(closed[row]))
                left = round(left - post, 2)
                # The first holder of each function opens the site; the others come as it fills.
                since = int(plus_months(opened[row], FULL_AFTER // 2))
        if scheme == _CONVERGENCE and territory not in seen:
            seen.add(territory)
            for function in (Role.COORDINATOR, *[Role.PARTNERSHIP_OFFICER] * means.partnership_officers):
                yield _Post(-1, territory, function, employer, 1.0, int(opened[row]), int(NEVER))


def _functions(means: Means, scheme: int, people: int) -> Iterator[tuple[Role, float]]:
    """Full-time posts by function, in fifths."""
    in_scheme = scheme == _CONVERGENCE
    per_counsellor = means.people_per_counsellor if in_scheme else means.people_per_counsellor_ordinary
    yield Role.SITE_MANAGER, 1.0
    yield Role.COUNSELLOR, _fifths(people / per_counsellor)
    yield Role.WORK_SUPERVISOR, _fifths(people / means.people_per_work_supervisor)
    if in_scheme:
        yield Role.SUPPORT_WORKER, _fifths(people / means.people_per_support_worker)


def _fifths(fte: float) -> float:
    return max(1, round(fte * 5)) / 5


def grants(parameters: Parameters, sites: Table, people: Sequence[int], until: date) -> Table:
    """The table ``grants``, year by year: aid for the posts, then what pays for the scheme's own means."""
    last = day_of(until) - 1
    rows = [row for row in _grants(parameters.means, sites, people) if row[5] <= last]
    columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else [np.zeros(0)] * 7
    funder, territory, site, object_, amount, since, ends = columns
    return table(
        SCHEMA["grants"],
        {
            "grant": np.arange(1, len(rows) + 1),
            "funder": funder,
            "territory": territory,
            "site": site,
            "object": object_,
            "amount": amount,
            "since": dates(since.astype(np.int64)),
            "until": dates(ends.astype(np.int64)),
        },
        len(rows),
    )


def _grants(means: Means, sites: Table, people: Sequence[int]) -> Iterator[tuple[float, ...]]:
    opened = sites["opened"].astype(np.int64)
    state, county = _FUNDERS.index(FunderKind.STATE), _FUNDERS.index(FunderKind.COUNTY)
    shares = np.array(means.support_funders) / sum(means.support_funders)
    supporters = [(place, share) for place, share in enumerate(shares) if share]
    seen: set[int] = set()
    for row, scheme in enumerate(sites["scheme"]):
        territory = int(sites["territory"][row])
        if scheme == _NONE:
            continue
        aid = people[row] * means.fte_per_person * means.post_aid
        pooled = scheme == _CONVERGENCE and territory not in seen
        seen |= {territory} if pooled else set()
        for since, until, share in _years(int(opened[row]), sites["closed"][row]):
            posts = _OBJECTS.index(GrantObject.POST_AID)
            for funder, part in ((state, 1 - means.post_aid_county_share), (county, means.post_aid_county_share)):
                yield funder, territory, row + 1, posts, round(aid * part * share, 2), since, until
            if scheme != _CONVERGENCE:
                continue
            extra = _extra(means, people[row]) * share
            team = _team(means) * share
            for funder, part in supporters:
                amount = round(extra * part, 2)
                yield funder, territory, row + 1, _OBJECTS.index(GrantObject.SUPPORT), amount, since, until
                if pooled:
                    amount = round(team * part, 2)
                    yield funder, territory, -1, _OBJECTS.index(GrantObject.COORDINATION), amount, since, until


def _years(opened: int, closed: np.datetime64) -> Iterator[tuple[int, int, float]]:
    """Calendar years, or parts of them, from the opening on, until long after any draw; share of the year."""
    ends = int(closed.astype(np.int64)) if not np.isnat(closed) else opened + 40 * 366
    year = int(year_of(np.array(opened)))
    while True:
        first, following = (int(day) for day in first_of(np.array([(year - 1970) * 12, (year - 1969) * 12])))
        since, until = max(first, opened), min(following, ends)
        if since >= until:
            return
        yield since, until, (until - since) / (following - first)
        year += 1


def _extra(means: Means, people: int) -> float:
    """Euros a year of a site's staff beyond that of an ordinary one."""
    costs = [
        sum(means.yearly_cost[function.value] * fte for function, fte in _functions(means, scheme, people))
        for scheme in (_CONVERGENCE, _ORDINARY)
    ]
    return max(0.0, costs[0] - costs[1])


def _team(means: Means) -> float:
    """Euros a year of a territory's shared team."""
    officers = means.partnership_officers * means.yearly_cost[Role.PARTNERSHIP_OFFICER.value]
    return means.yearly_cost[Role.COORDINATOR.value] + officers
