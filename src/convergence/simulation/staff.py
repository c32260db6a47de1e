"""Paris: operators, sites at the dates of the scheme's history, funders, and who worked where.

Names of sites and funders are public; people, SIRETs and amounts are invented. Sources: the scheme's brochure of
2018; decrees 2020-1545 (DRIEETS) and 2020-1546 (DRIHL) for the names that authorities took on 1 April 2021.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from convergence.simulation.days import at_work, plus_months, worked
from convergence.simulation.names import NameBook, address_of
from convergence.simulation.records import Funder, Mission, Operator, Site, StaffMeans, Territory, User, World
from convergence.vocabulary.roles import Role

TERRITORY = "Paris (démonstration)"
SITES = (
    ("Emmaüs Défi", "Emmaüs Défi", date(2012, 3, 1), 80, 4),
    ("Prélude", "Aurore", date(2016, 4, 1), 58, 3),
    ("Bio-nettoyage", "CASVP", date(2018, 1, 8), 40, 2),
    ("Rejoué", "Rejoué", date(2018, 1, 15), 42, 2),
)
"""Site, operator, opening, people under contract in the end, counsellors."""

_FUNDERS: tuple[tuple[str, date | None, date | None], ...] = (
    ("DGCS", None, None),
    ("Ville de Paris", None, None),
    ("DDCS de Paris", None, date(2021, 4, 1)),
    ("DRIHL Paris", date(2021, 4, 1), None),
    ("DIRECCTE Île-de-France", None, date(2021, 4, 1)),
    ("DRIEETS Île-de-France", date(2021, 4, 1), None),
    ("ARS Île-de-France, délégation de Paris", None, None),
    ("Fondation Vinci pour la Cité", None, None),
    ("Fondation Sanofi Espoir", None, None),
    ("Fondation Nexity", None, None),
    ("PAI Partners", None, None),
    ("Fonds social européen (FSE)", None, date(2021, 7, 1)),
    ("Fonds social européen plus (FSE+)", date(2021, 7, 1), None),
)

_SHARE = {Role.WORK_SUPERVISOR: 20, Role.SITE_MANAGER: 30}
_FULL_TIME_COST = {Role.WORK_SUPERVISOR: 44_000, Role.SITE_MANAGER: 61_000, Role.COORDINATOR: 63_000}


@dataclass
class Chair:
    """A post held by one mission after the other."""

    missions: list[Mission] = field(default_factory=list)

    def on(self, day: date) -> Mission:
        """Who holds it that day; the first holder before, the last one after."""
        held = [mission for mission in self.missions if mission.since <= day]
        return held[-1] if held else self.missions[0]

    def over(self, since: date, until: date | None) -> Iterator[tuple[Mission, date, date | None]]:
        """Each mission that holds it within a period, with its part of the period."""
        for mission in self.missions:
            first = max(since, mission.since)
            ends = [day for day in (until, mission.until) if day is not None]
            last = min(ends) if ends else None
            if last is None or first < last:
                yield mission, first, last


@dataclass
class Team:
    """The posts of one site."""

    manager: Chair
    counsellors: list[Chair]
    support_worker: Chair
    supervisors: list[Chair]


def siret(rng: Random) -> str:
    """Fourteen digits that pass Luhn's check, as do the first nine, in a range that was never given out."""
    siren = _checked("000" + f"{rng.randrange(10**5):05}")
    return _checked(siren + f"{rng.randrange(1, 10):04}")


def _checked(digits: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(number // 10 + number % 10 for number in doubled) % 10)


class Staffing:
    """Draws the territory and its staff into a world."""

    def __init__(self, world: World, rng: Random, book: NameBook, until: date) -> None:
        self._world, self._rng, self._book, self._until = world, rng, book, until
        self._posts = 0
        world.territories.append(Territory(0, TERRITORY))
        self._fund()

    def draw(self) -> list[Team]:
        """Every site with its team, then the pooled team and those who work for the whole instance."""
        teams = []
        for key, (name, operator, opened, _, counsellors) in enumerate(SITES):
            self._world.operators.append(Operator(key, operator))
            self._world.sites.append(Site(key, 0, key, name, siret(self._rng), opened))
            teams.append(self._team(key, opened, counsellors))
        start = SITES[0][2]
        for role in (Role.COORDINATOR, *[Role.PARTNERSHIP_OFFICER] * 3):
            self._chair(role, start, territory=0)
        self._chair(Role.FUNDER, plus_months(self._until, -20), territory=0, steady=True)
        for role in (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, Role.EVALUATOR):
            self._chair(role, plus_months(self._until, -30), steady=True)
        return teams

    def _fund(self) -> None:
        for key, (name, since, until) in enumerate(_FUNDERS):
            self._world.funders.append(Funder(key, name, since, until, key - 1 if since else None))

    def _team(self, site: int, opened: date, counsellors: int) -> Team:
        return Team(
            self._chair(Role.SITE_MANAGER, opened, site),
            [self._chair(Role.COUNSELLOR, opened, site) for _ in range(counsellors)],
            self._chair(Role.SUPPORT_WORKER, opened, site),
            [self._chair(Role.WORK_SUPERVISOR, opened, site) for _ in range(2 + (counsellors > 2))],
        )

    def _chair(
        self, role: Role, since: date, site: int | None = None, territory: int | None = None, *, steady: bool = False
    ) -> Chair:
        chair = Chair()
        self._posts += 1
        first: date | None = since
        while first is not None:
            leaves = worked(first + timedelta(days=self._rng.randint(700, 2400)))
            last = None if steady or leaves > self._until - timedelta(days=60) else leaves
            chair.missions.append(self._mission(role, site, territory, first, last))
            first = last
        return chair

    def _mission(self, role: Role, site: int | None, territory: int | None, since: date, until: date | None) -> Mission:
        world = self._world
        given_name, family_name = self._book.staff()
        user = User(
            len(world.users),
            given_name,
            family_name,
            address_of(given_name, family_name, "convergence"),
            account_open=until is None,
        )
        mission = Mission(len(world.missions), user.key, role.value, site, territory, since, until)
        world.users.append(user)
        world.missions.append(mission)
        if site is not None or role in (Role.COORDINATOR, Role.PARTNERSHIP_OFFICER):
            self._means(mission, role)
        return mission

    def _means(self, mission: Mission, role: Role) -> None:
        rng = self._rng
        time = Decimal(rng.choice(["1.00", "1.00", "1.00", "0.80", "0.50"]))
        cost = _FULL_TIME_COST.get(role, 49_000) + rng.randrange(-30, 31) * 100
        running = [f for f in self._world.funders if mission.until is not None or f.named_until is None]
        self._world.staff_means.append(
            StaffMeans(
                post=self._posts,
                site=mission.site,
                territory=mission.territory,
                user=mission.user,
                function=role.value,
                employer=mission.site or 0,
                full_time_equivalent=time,
                support_share=_SHARE.get(role, 100),
                yearly_cost=(cost * time).quantize(Decimal("0.01")),
                funder=rng.choice(running).key if rng.random() < 0.8 else None,
                since=mission.since,
                until=mission.until,
                recorded_at=at_work(rng, worked(mission.since)),
            )
        )
