"""Loads drawn territories into an empty database, as *maint*: everything in one transaction, or nothing.

The model draws block after block (some sites of one territory); each is written by COPY while keys, indexes and
triggers stand aside, so that memory does not grow with the number of people. What this loads of the model, and what
stays in the dataset alone, is said in ``simulation.filing``.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction

from convergence.access.models import Readable, User
from convergence.cli import drawing
from convergence.cli.demo.handful import write_handful
from convergence.cli.demo.network import Officer, write_network
from convergence.cli.demo.people import SOURCE, WRITTEN, BlockWriter, PlacesWritten, hire
from convergence.cli.demo.places import say_set_up, write_places
from convergence.cli.errors import OperatorError
from convergence.cli.passwords import made_of_words
from convergence.platform.bulk import set_aside
from convergence.platform.identity import assume, forget
from convergence.simulation import model
from convergence.simulation.filing import file
from convergence.simulation.network import networks
from convergence.simulation.parameters import Parameters, parameters
from convergence.simulation.tables import Layout
from convergence.simulation.teams import Chair, Staff, portfolios
from convergence.support.alerts import rebuild_alerts
from convergence.support.models import Alert
from convergence.territories.models import Funder, Mission, Operator, Portfolio, Site, StaffMeans, Territory
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role

_SETTINGS: tuple[type[models.Model], ...] = (Territory, Operator, Site, Funder, User, Mission, Portfolio, StaffMeans)
_TOLD_EVERY = 5.0
"""Seconds between two lines of progress."""


class SignIn(NamedTuple):
    """What somebody types to try one role."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class Wanted:
    """What to draw: None draws Paris as its sites' sizes call for; ``people`` are those hired, over all territories."""

    people: int | None = None
    territories: int = 1
    seed: int = drawing.SEED
    parameters: Parameters = field(default_factory=parameters)


def load(
    today: date,
    wanted: Wanted | None = None,
    *,
    say: Callable[[str], None] = lambda line: None,
    keep: Callable[[list[SignIn]], None] = lambda made: None,
) -> list[SignIn]:
    """Draw the territories as they stand on the morning of ``today`` and write them; one sign-in for each role.

    The password is made anew at each load and shared by all the accounts.

    :param say: told in a line, every few seconds, how many people are written.
    :param keep: given the sign-ins before anything is kept: if it fails, nothing is.
    :raises OperatorError: the database already holds a territory; nothing was changed.
    :raises ParameterError: nothing can be drawn from these parameters; nothing was changed.
    """
    loading = _Loading(today, wanted or Wanted(), say)
    with transaction.atomic():
        _refuse_unless_empty()
        _prepare(today)
        loading.run()
        forget()
        made = loading.sign_ins()
        keep(made)
    return made


def _refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        # Two loads at once: the second waits here for the first, then sees its territory.
        cursor.execute(f"LOCK TABLE {Territory._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    if Territory.objects.exists():
        raise OperatorError("La base contient déjà un territoire : la démonstration n’a pas été chargée.")


def _prepare(today: date) -> None:
    assume(None, today)
    with connection.cursor() as cursor:
        # Moments are written as the clocks of the territories showed them.
        cursor.execute("SELECT set_config('timezone', %s, true)", [django_settings.TIME_ZONE])
        cursor.execute("SET LOCAL synchronous_commit = off")


def _analyse(*loaded: type[models.Model]) -> None:
    """The planner knows the new tables from the first request on."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(table._meta.db_table for table in loaded)}")


class _Loading:
    """One load: counts as it goes, so that sign-ins lead to where there is most to see."""

    def __init__(self, today: date, wanted: Wanted, say: Callable[[str], None]) -> None:
        self._today, self._wanted, self._say = today, wanted, say
        self._password = made_of_words(4)
        self._settings = PlacesWritten(make_password(self._password))
        self._began = self._told = time.monotonic()
        self._written = 0
        self._followed: list[np.ndarray] = []
        self._at_site: dict[int, int] = {}
        self._missions: list[tuple[Mission, int]] = []

    def run(self) -> None:
        wanted, today = self._wanted, self._today
        places = model.layout(wanted.parameters, today, people=wanted.people, territories=wanted.territories)
        write_places(places, self._settings)
        self._hire_pooled(places)
        with set_aside([table._meta.db_table for table in (*WRITTEN, Readable)]):
            self._write_networks()
            for block in model.blocks(
                wanted.parameters, today, people=wanted.people, territories=wanted.territories, seed=wanted.seed
            ):
                self._write(BlockWriter(file(block, wanted.parameters.means, today, wanted.seed), self._settings))
            self._say("Droits de lecture…")
            say_set_up([mission for mission, _ in self._missions])
            _analyse(*_SETTINGS, *WRITTEN)
            with connection.cursor() as cursor:
                cursor.execute("SELECT rebuild_readable()")
            self._say("Clés et index…")
        self._hosting = self._write_handful()
        self._say("Échéances…")
        rebuild_alerts(np.concatenate(self._followed).tolist(), today)
        _analyse(Readable, Alert)
        self._say(f"{self._written} personnes en {time.monotonic() - self._began:.0f} s.")

    def _write_handful(self) -> User | None:
        """At the site of the first territory that supports most people."""
        first = {key: people for key, people in self._at_site.items() if self._territory_of[key] == 1}
        if not first:
            return None
        site = self._settings.sites[max(first, key=lambda key: first[key])]
        return write_handful(site, self._settings.password, self._today)

    def _hire_pooled(self, layout: Layout) -> None:
        """Teams of territories, and those who work for the whole instance; each territory from its first site's day."""
        rng = np.random.default_rng(np.random.SeedSequence([self._wanted.seed, *b"pooled"]))
        staff, sites = Staff(rng, self._today, self._wanted.parameters.means), layout.tables["sites"]
        chairs: dict[int, list[Chair]] = {}
        for territory in layout.tables["territories"]["territory"].tolist():
            opened = sites["opened"][sites["territory"] == territory].min().item()
            chairs[territory] = staff.pooled_team(territory, opened)
        staff.instance()
        missions = hire(staff, self._settings)
        self._missions += [(mission, 0) for mission in missions]
        self._give_portfolios(chairs, missions)
        self._territory_of = dict(zip(sites["site"].tolist(), sites["territory"].tolist(), strict=True))

    def _give_portfolios(self, chairs: dict[int, list[Chair]], missions: list[Mission]) -> None:
        """Whoever holds a post of officer covers its domains."""
        covered = [
            (missions[mission], domains)
            for officers in chairs.values()
            for chair, domains in zip(officers, portfolios(len(officers)), strict=True)
            for mission in chair.missions
        ]
        Portfolio.objects.bulk_create(
            Portfolio(mission=mission, domains=[domain.value for domain in domains]) for mission, domains in covered
        )
        self._covers = [(mission, domains) for mission, domains in covered if mission.valid.upper is None]
        self._officers = {
            territory: [
                Officer(
                    np.array(chair.since, dtype="datetime64[D]"),
                    np.array([missions[mission].user_id for mission in chair.missions], dtype=np.int64),
                )
                for chair in officers
            ]
            for territory, officers in chairs.items()
        }

    def _write_networks(self) -> None:
        wanted, written = self._wanted, self._settings
        for network in networks(
            wanted.parameters, self._today, people=wanted.people, territories=wanted.territories, seed=wanted.seed
        ):
            key, officers = network.territory, self._officers[network.territory]
            written.networks[key] = write_network(network, written.territories[key], written.sites, officers, SOURCE)

    def _write(self, writer: BlockWriter) -> None:
        writer.write()
        self._written += len(writer.people)
        self._followed.append(writer.followed())
        self._at_site |= writer.supported_by_site()
        follows = writer.followed_by_mission()
        self._missions += [(mission, follows[place]) for place, mission in enumerate(writer.missions)]
        if (now := time.monotonic()) - self._told > _TOLD_EVERY:
            self._told = now
            self._say(f"{self._written} personnes écrites, {self._written / (now - self._began):.0f} par seconde")

    def sign_ins(self) -> list[SignIn]:
        """One for each role: at the site and on the territory that support most people, who follows most of them.

        The teams of a handful of people may lack a role: it has no sign-in. Then the other officers of that territory
        and of the first one, and an officer of each of the others, with the domains that she covers; and the account of
        a structure that hosts somebody.
        """
        supported = {key: self._at_site.get(key, 0) for key in self._settings.sites}
        on_territory: Counter[int] = Counter()
        for key, people in supported.items():
            on_territory[self._territory_of[key]] += people
        held = [(mission, follows) for mission, follows in self._missions if mission.valid.upper is None]
        at_work = {mission.site_id for mission, _ in held}
        sites = self._settings.sites
        site = sites[max(supported, key=lambda key: (sites[key] in at_work, supported[key]))]
        territory = self._settings.territories[max(on_territory, key=lambda key: on_territory[key])]
        signs = []
        for role in Role:
            there = [
                (follows, mission)
                for mission, follows in held
                if mission.role == role
                and (role not in SITE_ROLES or mission.site_id == site)
                and (role not in TERRITORY_ROLES or mission.territory_id == territory)
            ]
            if there:
                _, mission = max(there, key=lambda each: each[0])
                signs.append(SignIn(role.label, mission.user.email, self._password))
        signs += self._officers_too({sign.email for sign in signs}, {territory, self._settings.territories[1]})
        if self._hosting is not None:
            signs.append(SignIn("Structure qui accueille une personne", self._hosting.email, self._password))
        return signs

    def _officers_too(self, known: set[str], whole: set[int]) -> Iterator[SignIn]:
        """Officers with their territory and domains: all of those of ``whole`` (primary keys), one of each other."""
        names = dict(Territory.objects.values_list("pk", "name"))
        seen: set[int | None] = set()
        for mission, domains in self._covers:
            there = mission.territory_id
            if mission.user.email not in known and (there in whole or there not in seen):
                covered = ", ".join(domain.label.lower() for domain in domains)
                role = f"{Role.PARTNERSHIP_OFFICER.label}, {names[there or 0]} ({covered})"
                yield SignIn(role, mission.user.email, self._password)
            seen.add(there)
