"""The rise of a PHC, drawn: a bar a week, planned behind, done in front."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from convergence.pathways.hours.models import PhcWeek
from convergence.rules.french import said_in_full
from convergence.rules.typed_hours import hours_said

HEIGHT = 72
"""Pixels for the most hours of a week."""
MOST = Decimal(20)


@dataclass(frozen=True)
class Bar:
    """A week: hundredths of the width, pixels from the top; ``done`` is None where nothing was noted."""

    x: float
    width: float
    planned_y: float
    planned_height: float
    done_y: float | None
    done_height: float


@dataclass(frozen=True)
class Rise:
    """The bars, and what they say to whoever does not see them."""

    bars: tuple[Bar, ...]
    said: str
    height: int = HEIGHT


def draw_rise(weeks: Sequence[PhcWeek]) -> Rise | None:
    """The weeks in order; None without any."""
    if not weeks:
        return None
    step = 100 / len(weeks)
    bars = tuple(_bar(week, number * step, step * 0.8) for number, week in enumerate(weeks))
    first, last = weeks[0], weeks[-1]
    said = (
        f"De {hours_said(first.planned)} la semaine du {said_in_full(first.week)} "
        f"à {hours_said(last.planned)} celle du {said_in_full(last.week)}"
    )
    return Rise(bars, said)


def _bar(week: PhcWeek, x: float, width: float) -> Bar:
    planned, done = _pixels(week.planned), _pixels(week.done or Decimal(0))
    return Bar(
        round(x, 2),
        round(width, 2),
        HEIGHT - planned,
        planned,
        None if week.done is None else HEIGHT - done,
        done,
    )


def _pixels(hours: Decimal) -> float:
    return round(float(min(hours / MOST, Decimal(1))) * HEIGHT, 1)
