"""One person's story as it is told into the world: what was true, and when the team learnt it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from convergence.simulation.days import at_work, later, plus_months, worked
from convergence.simulation.records import Situation, World
from convergence.vocabulary.base import Term
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS

_CORRECTED = 0.025
_DOUBTFUL = 0.03


@dataclass(frozen=True)
class Step:
    """From ``since`` on, an aspect is ``code``: a value of its vocabulary, or a kind of missing."""

    since: date
    code: Term
    expires_on: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Version:
    """A version of a fact: its end as it was known between two moments."""

    until: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None


def versions(until: date | None, began_at: datetime, ended_at: datetime | None) -> list[Version]:
    """A fact as it was told: open while it ran, then with its end, once that was learnt."""
    if ended_at is None:
        return [Version(until, began_at)]
    return [Version(None, began_at, ended_at), Version(until, ended_at)]


@dataclass
class Follower:
    """Who follows the person from a day on: the user who writes about her."""

    since: date
    user: int


@dataclass
class Life:
    """The span over which a person is followed, and the way to tell facts about her.

    ``starts`` is the first contract's first day, ``ends`` the last day on which anything is learnt about her,
    ``leaves`` the end of her path where it has ended, ``entered_by`` the programme of the first contract.
    """

    rng: Random
    world: World
    person: int
    starts: date
    ends: date
    leaves: date | None
    followers: list[Follower]
    worked: list[tuple[date, date]] = field(default_factory=list)

    def author(self, day: date) -> int:
        """The counsellor of that day."""
        held = [follower.user for follower in self.followers if follower.since <= day]
        return held[-1] if held else self.followers[0].user

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, weights: dict[Term, int]) -> Term:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def soon(self, day: date, least: int, most: int) -> date:
        """A working day some days later."""
        return later(self.rng, day, least, most)

    def learnt(self, day: date, after: datetime | None = None) -> datetime:
        """When the team learnt what began that day: within two weeks, never before her entry."""
        first = max(day, self.starts)
        heard = later(self.rng, first, 2, 13)
        moment = at_work(self.rng, heard if heard <= self.ends else worked(first))
        return moment if after is None or moment > after else after + timedelta(minutes=5)

    def renewals(self, code: Term, first: date, months: int, held: float = 0.9) -> Iterator[Step]:
        """A right renewed at each term, a little early or a little late; one in ten is let go in the end."""
        since = first
        while since <= self.ends:
            expires_on = plus_months(since, months)
            yield Step(since, code, expires_on)
            if not self.chance(held):
                return
            since = self.soon(expires_on, -45, 25)

    def tell(self, aspect: str, steps: Iterable[Step]) -> None:
        """Write the steps of one aspect, in order; what would come after the follow-up ends is left out."""
        kept: list[Step] = []
        for step in steps:
            if step.since <= self.ends and (not kept or step.since > kept[-1].since):
                kept.append(step)
        began_at: datetime | None = None
        for rank, step in enumerate(kept):
            following = kept[rank + 1] if rank + 1 < len(kept) else None
            began_at = began_at or self.learnt(step.since)
            ended_at = self.learnt(following.since, began_at) if following else None
            self._write(aspect, step, following.since if following else None, began_at, ended_at)
            began_at = ended_at

    def _write(
        self, aspect: str, step: Step, until: date | None, began_at: datetime, ended_at: datetime | None
    ) -> None:
        series = next_series(self.world)
        corrected_at = at_work(self.rng, later(self.rng, began_at.date(), 3, 20))
        if self.chance(_CORRECTED) and corrected_at.date() <= self.ends and not (ended_at and ended_at <= corrected_at):
            mistaken = Step(step.since, self.rng.choice(list(ASPECTS[aspect].values)))
            self._append(aspect, mistaken, series, Version(None, began_at, corrected_at))
            began_at = corrected_at
        for version in versions(until, began_at, ended_at):
            self._append(aspect, step, series, version)

    def _append(self, aspect: str, step: Step, series: int, version: Version) -> None:
        missing = isinstance(step.code, Missing)
        self.world.situations.append(
            Situation(
                self.person,
                aspect,
                value="" if missing else step.code.value,
                missing=step.code.value if missing else "",
                since=step.since,
                until=version.until,
                expires_on=step.expires_on,
                doubtful=not missing and self.chance(_DOUBTFUL),
                detail=step.detail,
                series=series,
                recorded_at=version.recorded_at,
                superseded_at=version.superseded_at,
                recorded_by=self.author(version.recorded_at.date()),
            )
        )


def next_series(world: World) -> int:
    """A number that no history of this world has yet."""
    return len(world.situations) + len(world.supports) + len(world.pathways) + len(world.needs)
