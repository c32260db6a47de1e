"""The three clocks as slim bars on one scale, in percentages of its width, the one that binds first on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from convergence.rules.clocks import Reading
from convergence.rules.pass_clock import Clock
from convergence.rules.path import Path
from convergence.rules.periods import Period
from convergence.rules.spans import add_months
from convergence.rules.words import clock_said

YEARS_LABELLED = 7
"""Beyond so many years every second one is labelled: they would run into each other on a telephone."""


@dataclass(frozen=True)
class Stretch:
    """A part of a bar: where it begins and how wide it is, in hundredths of the scale."""

    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One clock drawn: what has run, what is left, and where the PASS stood still."""

    clock: Clock
    said: str
    binds: bool
    used: Stretch
    left: Stretch | None
    suspended: tuple[Stretch, ...]


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Drawing:
    """All bars on one scale; ``today`` is where today stands."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    today: float


def draw_clocks(path: Path, reading: Reading) -> Drawing | None:
    """The drawing; None where no clock has begun."""
    if not reading.clocks:
        return None
    first = min(clock.first_day for clock in reading.clocks)
    last = max([clock.last_day or reading.on for clock in reading.clocks] + [add_months(reading.on, 1)])
    scale = _Scale(min(first, reading.on), last)
    ordered = sorted(reading.clocks, key=lambda clock: (clock is not reading.binds, clock.last_day or date.max))
    current = path.pass_on(reading.on)
    stops = [stop.period for stop in current.suspensions] if current else []
    return Drawing(
        bars=tuple(
            Bar(
                clock=clock,
                said=clock_said(clock),
                binds=clock is reading.binds,
                used=scale.stretch(clock.first_day, min(reading.on, clock.last_day or reading.on)),
                left=scale.stretch(reading.on, clock.last_day)
                if clock.last_day and clock.last_day > reading.on
                else None,
                suspended=tuple(_shown(stops, clock, scale)) if clock is reading.pass_iae else (),
            )
            for clock in ordered
        ),
        ticks=scale.years(),
        today=scale.x(reading.on),
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        kept = min(max(day, self.first), self.last)
        return round(100 * (kept - self.first).days / (self.last - self.first).days, 2)

    def stretch(self, first: date, last: date) -> Stretch:
        x = self.x(first)
        return Stretch(x, round(max(self.x(last) - x, 0), 2))

    def years(self) -> tuple[Tick, ...]:
        every = range(self.first.year + 1, self.last.year + 1)
        step = 1 if len(every) <= YEARS_LABELLED else 2
        return tuple(Tick(self.x(date(year, 1, 1)), str(year)) for year in every[::step])


def _shown(stops: Iterable[Period], clock: Clock, scale: _Scale) -> Iterable[Stretch]:
    for stop in stops:
        if clock.last_day is not None and stop.first_day <= clock.last_day:
            yield scale.stretch(stop.first_day, min(stop.end, clock.last_day))
