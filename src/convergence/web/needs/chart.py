"""The distance travelled, drawn: one need's ratings as dots over time, from 4 (urgent) on top down to 0.

Positions are hundredths of the width and units of height. All the charts of a person share one scale of time.
A review that gave no level is a hollow mark under the line, and the line stops there: a gap looks like a gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from convergence.support.needs import NeedHistory

LEFT, RIGHT = 2.0, 98.0
TOP, STEP = 7, 11
UNKNOWN_Y = TOP + 5 * STEP
LEVEL_LINES = tuple(TOP + STEP * (4 - level) for level in range(5))


@dataclass(frozen=True)
class Dot:
    """One review: where it stands, and its words; ``known``: it gave a level."""

    x: float
    y: int
    known: bool
    said: str


@dataclass(frozen=True)
class Stroke:
    x1: float
    y1: int
    x2: float
    y2: int


@dataclass(frozen=True)
class Chart:
    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]


def first_day(histories: Iterable[NeedHistory], today: date) -> date:
    """The day of the earliest review of all, where the common scale begins; today where there is none."""
    return min((each.on for history in histories for each in history.reviews if each.on), default=today)


def draw_need(history: NeedHistory, since: date, today: date) -> Chart:
    """The reviews of one need between ``since`` and today; one whose day is not known stands at the left edge."""
    span = max((today - since).days, 1)
    dots = []
    for each in history.reviews:
        days = min(max((each.on - since).days, 0), span) if each.on else 0
        level = each.rating.level
        dots.append(
            Dot(
                x=round(LEFT + (RIGHT - LEFT) * days / span, 2),
                y=UNKNOWN_Y if level is None else LEVEL_LINES[level],
                known=level is not None,
                said=each.said,
            )
        )
    strokes = tuple(
        Stroke(before.x, before.y, after.x, after.y) for before, after in pairwise(dots) if before.known and after.known
    )
    return Chart(tuple(dots), strokes)
