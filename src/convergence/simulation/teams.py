"""Who works where: accounts and missions of a territory's pooled team, of each site, and of the whole instance.

People who leave a post are followed by others. Everybody is invented (see ``names``), and so are the addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from convergence.simulation.names import STAFF, address_of, draw_family_names
from convergence.simulation.parameters import Means
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role

_SHORTEST, _LONGEST = 700, 2400
"""Days that somebody stays in a post."""
_LAST_CHANGE = timedelta(days=60)
_NAMES_AT_ONCE = 500
_DOMAIN = "convergence"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in. ``account_open`` is False once the mission has ended."""

    given_name: str
    family_name: str
    account_open: bool


@dataclass(frozen=True, slots=True)
class Mission:
    """Who works where, as what: a site, a territory (keys of the layout), or neither. ``user``: place in the list."""

    user: int
    role: Role
    site: int | None
    territory: int | None
    since: date
    until: date | None


@dataclass
class Chair:
    """A post held by one mission after the other: places in the staff's list, first days, first days after."""

    missions: list[int] = field(default_factory=list)
    since: list[date] = field(default_factory=list)
    until: list[date | None] = field(default_factory=list)

    def over(self, since: date, until: date | None) -> Iterator[tuple[int, date, date | None]]:
        """Each mission that holds it within a period, with its part of the period."""
        for mission, begins, ends in zip(self.missions, self.since, self.until, strict=True):
            first = max(since, begins)
            last = min((day for day in (until, ends) if day is not None), default=None)
            if last is None or first < last:
                yield mission, first, last

    def on(self, day: date) -> int:
        """The mission that holds it on a day; the first one before, the last one after."""
        held = [mission for mission, since in zip(self.missions, self.since, strict=True) if since <= day]
        return held[-1] if held else self.missions[0]


@dataclass(frozen=True)
class Team:
    """The posts of one site, in the order in which they opened; as many as its people at their most asked for."""

    manager: Chair
    support_workers: list[Chair]
    counsellors: list[Chair]
    supervisors: list[Chair]


class Staff:
    """Draws people who work, until the morning of a day; a mission's user is at the same place in ``users``.

    The staff of a block is drawn from its own stream, so that blocks can be filed in any order.
    """

    def __init__(self, rng: np.random.Generator, until: date, means: Means) -> None:
        self.users: list[User] = []
        self.missions: list[Mission] = []
        self._rng, self._until, self._means = rng, until, means
        self._names: list[tuple[str, str]] = []

    def pooled_team(self, territory: int, opened: date) -> list[Chair]:
        """A coordinator, the partnership officers, whose posts are returned, and a funder's correspondent."""
        self._chair(Role.COORDINATOR, opened, territory=territory)
        officers = [
            self._chair(Role.PARTNERSHIP_OFFICER, opened, territory=territory)
            for _ in range(max(1, self._means.partnership_officers))
        ]
        self._chair(Role.FUNDER, max(opened, self._until - timedelta(days=600)), territory=territory, steady=True)
        return officers

    def instance(self) -> None:
        """Those who work for every territory: administrator, data-protection officer, evaluator."""
        for role in (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, Role.EVALUATOR):
            self._chair(role, self._until - timedelta(days=900), steady=True)

    def team(self, site: int, opened: date, people_at: list[tuple[date, int]]) -> Team:
        """The posts of a site, opened as its people grow in number.

        :param people_at: people under contract, day after day on which that was counted.
        """
        means = self._means

        def chairs(role: Role, people_by_chair: float) -> list[Chair]:
            made = [self._chair(role, opened, site)]
            for day, people in people_at:
                while people > len(made) * people_by_chair:
                    made.append(self._chair(role, max(day, opened), site))
            return made

        return Team(
            self._chair(Role.SITE_MANAGER, opened, site),
            chairs(Role.SUPPORT_WORKER, means.people_per_support_worker),
            chairs(Role.COUNSELLOR, means.people_per_counsellor),
            chairs(Role.WORK_SUPERVISOR, means.people_per_work_supervisor),
        )

    def _chair(
        self, role: Role, since: date, site: int | None = None, territory: int | None = None, *, steady: bool = False
    ) -> Chair:
        chair = Chair()
        first: date | None = since
        while first is not None:
            leaves = first + timedelta(days=int(self._rng.integers(_SHORTEST, _LONGEST)))
            last = None if steady or leaves > self._until - _LAST_CHANGE else leaves
            chair.missions.append(self._mission(role, site, territory, first, last))
            chair.since.append(first)
            chair.until.append(last)
            first = last
        return chair

    def _mission(self, role: Role, site: int | None, territory: int | None, since: date, until: date | None) -> int:
        if not self._names:
            given = self._rng.choice(np.array(STAFF, dtype=object), _NAMES_AT_ONCE)
            self._names = list(zip(given.tolist(), draw_family_names(self._rng, _NAMES_AT_ONCE).tolist(), strict=True))
        given_name, family_name = self._names.pop()
        self.users.append(User(given_name, family_name, account_open=until is None))
        self.missions.append(Mission(len(self.missions), role, site, territory, since, until))
        return len(self.missions) - 1


def portfolios(officers: int) -> list[list[Domain]]:
    """The domains that each officer of a territory covers, dealt one by one; all of them for one officer alone."""
    domains = list(Domain)
    return [domains[officer::officers] or [domains[officer % len(domains)]] for officer in range(officers)]


class Addresses:
    """E-mail addresses in a domain that cannot exist; namesakes are numbered, in the order in which they come."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def of(self, user: User) -> str:
        wanted = address_of(user.given_name, user.family_name, _DOMAIN)
        number = self._given[wanted] = self._given.get(wanted, 0) + 1
        return wanted if number == 1 else wanted.replace("@", f"{number}@")
