"""The path: successive contracts, moves between sites, the end, and the support that goes on after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from convergence.simulation.days import at_work, later, months_between, plus_months, worked
from convergence.simulation.life import Follower, Life, Step, next_series, versions
from convergence.simulation.records import Assignment, Contract, Pathway, Support, World
from convergence.simulation.staff import Team
from convergence.vocabulary.base import Term
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.missing import Missing

LONGEST = 60
"""Months under contract, over all employers."""
PHC_SINCE = date(2023, 1, 1)
_PHC_HOURS = (Decimal(4), Decimal(10), Decimal(16), Decimal(20))
_LENGTHS = (4, 5, 6, 6, 6, 8, 9, 10, 12, 12, 12, 12)
"""Months of one contract: six or twelve for most."""
_AFTER: dict[Term, int] = {
    Employment.OPEN_ENDED: 13,
    Employment.LONG_TERM: 14,
    Employment.SHORT_TERM: 9,
    Employment.TRAINING: 9,
    Employment.OWN_BUSINESS: 1,
    Employment.RETIRED: 2,
    Employment.NONE: 40,
    Missing.CANNOT_BE_DETERMINED: 8,
    Missing.NOT_ASSESSED: 4,
}
"""Where a path leads, in parts; the calibrated model sets them from the published figures."""
_EMPLOYERS = (
    "Boulangerie Exemple",
    "Hôtel Fictif",
    "Propreté Modèle",
    "Restaurant Imaginaire",
    "Logistique Factice",
    "Espaces verts Esquisse",
    "Blanchisserie Prototype",
)
_OTHER_SIAE = ("Entreprise d’insertion Maquette", "Association intermédiaire Ébauche", "ETTI Simulacre")
_ELSEWHERE = {
    Employment.OPEN_ENDED: ContractKind.OPEN_ENDED,
    Employment.LONG_TERM: ContractKind.FIXED_TERM,
    Employment.SHORT_TERM: ContractKind.TEMP,
}


@dataclass(frozen=True)
class Stint:
    """One contract of a path; ``site`` None: at another work-integration employer."""

    site: int | None
    since: date
    until: date
    programme: Programme
    weekly_hours: Decimal


@dataclass
class Path:
    """One person's contracts in order. ``leaves`` is None while the path runs."""

    starts: date
    phc: bool
    stints: list[Stint] = field(default_factory=list)
    leaves: date | None = None

    def under_contract(self, day: date, site: int | None = None) -> bool:
        """Whether a contract at a site of the territory (or at that one) covers the day."""
        return any(
            stint.since <= day < stint.until
            for stint in self.stints
            if stint.site is not None and (site is None or stint.site == site)
        )

    def stays(self) -> list[tuple[int, date, date]]:
        """Consecutive stays at a site: site, first day, day after the last contract."""
        stays: list[tuple[int, date, date]] = []
        for stint in self.stints:
            if stint.site is None:
                continue
            if stays and stays[-1][0] == stint.site:
                stays[-1] = (stint.site, stays[-1][1], stint.until)
            else:
                stays.append((stint.site, stint.since, stint.until))
        return stays


def draw_path(rng: Random, site: int, starts: date, last: date, open_sites: list[int]) -> Path:
    """Contracts from ``starts`` on, until the path ends or one of them runs past ``last``."""
    path = Path(starts, phc=starts >= PHC_SINCE and rng.random() < 0.22)
    planned = min(LONGEST, max(3, round(rng.lognormvariate(3.25, 0.55))))
    moves_after = rng.randint(1, 3) if rng.random() < 0.1 else 0
    since, months, rank = starts, 0, 0
    while since <= last:
        length = min(rng.choice(_LENGTHS), LONGEST - months)
        if path.phc and rank < 2:
            length = 4
        until = plus_months(since, length)
        broken_off = worked(since + timedelta(days=rng.randint(25, 110)))
        if rng.random() < 0.05 and broken_off <= last:  # before its term, by the person or the employer
            until, planned = broken_off, months
        if rank and rank == moves_after and len(open_sites) > 1:
            site = rng.choice([other for other in open_sites if other != site])
        path.stints.append(_stint(rng, path, site, since, until, rank))
        months, rank = months + length, rank + 1
        if months >= planned or months > LONGEST - 4:
            if until <= last:
                path.leaves = until
            break
        since = until if rng.random() < 0.86 else worked(until + timedelta(days=rng.randint(8, 75)))
    if path.leaves and rank > 1 and not path.phc and rng.random() < 0.06:
        final = path.stints[-1]
        path.stints[-1] = Stint(None, final.since, final.until, Programme.NONE, Decimal(30))
    return path


def _stint(rng: Random, path: Path, site: int, since: date, until: date, rank: int) -> Stint:
    if path.phc and rank < len(_PHC_HOURS):
        return Stint(site, since, until, Programme.PHC, _PHC_HOURS[rank])
    return Stint(site, since, until, Programme.CVG, Decimal(rng.choice([20, 22, 24, 24, 26, 26])))


class PathWriter:
    """Writes a path into the world: pathway, contracts, supports, assignments, employment."""

    def __init__(self, world: World, rng: Random, teams: list[Team], last: date) -> None:
        self._world, self._rng, self._teams, self._last = world, rng, teams, last

    def write(self, person: int, path: Path) -> Life:
        """The person's life, ready for the rest of her story to be told over the same span."""
        after = self._rng.randint(90, 365) if self._rng.random() < 0.62 else self._rng.randint(1, 25)
        supported_until = worked(path.leaves + timedelta(days=after)) if path.leaves else None
        if supported_until and supported_until <= path.leaves:  # type: ignore[operator]
            supported_until = path.leaves
        if supported_until and supported_until > self._last:
            supported_until = None
        life = Life(
            self._rng,
            self._world,
            person,
            path.starts,
            worked(supported_until - timedelta(days=1)) if supported_until else self._last,
            path.leaves,
            [],
        )
        life.ends = max(life.ends, path.starts)
        life.worked = [(stint.since, stint.until) for stint in path.stints]
        self._support(life, path, supported_until)
        self._pathway(life, path)
        for stint in path.stints:
            self._contract(life, stint)
        life.tell("employment", self._employment(life, path))
        return life

    def _support(self, life: Life, path: Path, supported_until: date | None) -> None:
        stays = path.stays()
        for rank, (site, since, until) in enumerate(stays):
            team = self._teams[site]
            handed_over = rank + 1 < len(stays)
            ends = worked(stays[rank + 1][1] + timedelta(days=30)) if handed_over else supported_until
            if ends and (ends > self._last or ends <= since):
                ends = None
            counsellor = self._rng.choice(team.counsellors)
            for mission, first, _ in counsellor.over(since, ends):
                life.followers.append(Follower(first, mission.user))
            series, began_at = next_series(self._world), self._first(since)
            for version in versions(ends, began_at, self._end(life, ends)):
                self._world.supports.append(
                    Support(
                        life.person,
                        site,
                        since,
                        version.until,
                        series,
                        version.recorded_at,
                        version.superseded_at,
                        team.manager.on(since).user,
                    )
                )
            worked_until = until if until <= self._last else None
            for chair, chair_ends in ((counsellor, ends), (self._rng.choice(team.supervisors), worked_until)):
                for mission, first, mission_ends in chair.over(since, chair_ends):
                    self._world.assignments.append(
                        Assignment(
                            life.person,
                            mission.key,
                            first,
                            mission_ends,
                            self._first(first),
                            team.manager.on(first).user,
                        )
                    )

    def _first(self, day: date) -> datetime:
        return at_work(self._rng, worked(day))

    def _end(self, life: Life, ends: date | None) -> datetime | None:
        """When an end that is not in the future was learnt."""
        return at_work(self._rng, worked(max(ends, life.starts + timedelta(days=3)))) if ends else None

    def _pathway(self, life: Life, path: Path) -> None:
        series, began_at = next_series(self._world), self._first(path.starts)
        for version in versions(path.leaves, began_at, self._end(life, path.leaves)):
            self._world.pathways.append(
                Pathway(
                    life.person,
                    path.starts,
                    version.until,
                    series,
                    version.recorded_at,
                    version.superseded_at,
                    self._author(path, path.starts),
                )
            )

    def _contract(self, life: Life, stint: Stint) -> None:
        signed = max(life.starts, later(self._rng, stint.since, -6, 1))
        inside = stint.site is not None
        self._world.contracts.append(
            Contract(
                life.person,
                stint.site,
                "" if inside else self._rng.choice(_OTHER_SIAE),
                (ContractKind.CDDI if inside else ContractKind.EI).value,
                stint.programme.value if inside else "",
                stint.weekly_hours,
                stint.since,
                stint.until,
                at_work(self._rng, min(signed, self._last)),
                self._author_at(stint.site or 0, stint.since),
            )
        )

    def _author(self, path: Path, day: date) -> int:
        return self._author_at(path.stints[0].site or 0, day)

    def _author_at(self, site: int, day: date) -> int:
        return self._teams[site].manager.on(day).user

    def _employment(self, life: Life, path: Path) -> Iterator[Step]:
        yield Step(later(self._rng, path.starts, -900, -20), Employment.NONE)
        for rank, stint in enumerate(path.stints):
            if not rank or stint.since > path.stints[rank - 1].until:
                yield Step(stint.since, Employment.CDDI)
            if months_between(stint.since, stint.until) > 5 and life.chance(0.3):
                placed = later(self._rng, stint.since, 40, 110)
                yield Step(placed, Employment.PLACEMENT)
                yield Step(later(self._rng, placed, 12, 28), Employment.CDDI)
            following = path.stints[rank + 1] if rank + 1 < len(path.stints) else None
            if following and following.since > stint.until:
                yield Step(stint.until, Employment.NONE)
        if path.leaves:
            outcome = life.pick(_AFTER)
            yield Step(path.leaves, outcome)
            self._job_found(life, outcome, path.leaves)

    def _job_found(self, life: Life, outcome: Term, since: date) -> None:
        kind = _ELSEWHERE.get(outcome)  # type: ignore[call-overload]
        if kind is None or life.chance(0.3):
            return
        until = None
        if kind is not ContractKind.OPEN_ENDED:
            until = plus_months(since, self._rng.randint(*((6, 12) if kind is ContractKind.FIXED_TERM else (1, 5))))
        self._world.contracts.append(
            Contract(
                life.person,
                None,
                self._rng.choice(_EMPLOYERS),
                kind.value,
                "",
                Decimal(self._rng.choice([24, 30, 35, 35])),
                since,
                until,
                self._first(min(since, self._last)),
                life.author(since),
            )
        )
