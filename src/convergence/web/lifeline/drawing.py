"""What comes out: the drawing, in view box units, and the measure of its texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from convergence.web.lifeline.marks import Lane, Mark, Zoom

CHART_WIDTH = 740.0
LANES_WIDTH = 150.0
AXIS_HEIGHT = 36.0
BAR_HEIGHT = 24.0
ROW_HEIGHT = 29.0
LANE_PADDING = 7.0
SMALLEST_BAR = 4.0
TEXT_PADDING = 6.0
TEXT_SIZE = 12.0
AXIS_SIZE = 11.0
DOT_RADIUS = 5.0
SHORTEST_CLIP = 5


class _Widths(dict[str, float]):
    """Advance widths in ems, measured on DejaVu Sans; a character that is not listed counts as the widest."""

    def __missing__(self, character: str) -> float:
        return 1.1


_WIDTHS = _Widths(
    (character, width)
    for characters, width in (
        (" ijlîï'’.,·IJ\u00a0", 0.33), ("f-/:;", 0.37), ("()t!r", 0.43), ("s–°z?", 0.54), ("cçkLFvxy", 0.61),
        ("aeoàâéèêëôPTYbdghnpqùûüuESÉ0123456789«»", 0.65), ("ABCKRVXZÀUNHDG", 0.79), ("OQwM&+", 0.88), ("m%W…—œ", 1.04),
    )
    for character in characters
)  # fmt: skip


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """An upper bound of a text's width in units."""
    return size * sum(map(_WIDTHS.__getitem__, text))


@dataclass(frozen=True)
class Label:
    """A text on the drawing: the room it has begins at `x` and is `width` wide, `y` is its baseline.

    It starts at `x`, except `before` a bar, where it ends at `x + width`.
    """

    text: str
    x: float
    y: float
    width: float
    place: Literal["on", "beside", "before", "planned"] = "on"

    @property
    def anchor(self) -> float:
        return self.x + self.width if self.place == "before" else self.x


@dataclass(frozen=True)
class DrawnMark:
    """A mark with its place, or several events too close to be told apart."""

    marks: tuple[Mark, ...]
    shape: Literal["bar", "gap", "dot"]
    x: float
    y: float
    width: float
    height: float
    name: str
    href: str
    path: str = ""
    planned_path: str = ""
    label: Label | None = None

    @property
    def mark(self) -> Mark:
        return self.marks[0]

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def center(self) -> float:
        return self.y + self.height / 2

    @property
    def radius(self) -> float:
        return self.width / 2


@dataclass(frozen=True)
class DrawnLane:
    lane: Lane
    y: float
    note: str

    @property
    def icon_y(self) -> float:
        return self.text_y - 12.5

    @property
    def text_y(self) -> float:
        return self.y + LANE_PADDING + BAR_HEIGHT / 2 + 4.5


@dataclass(frozen=True)
class Tick:
    x: float
    label: Label | None
    strong: bool


@dataclass(frozen=True)
class ListEntry:
    text: str
    href: str


@dataclass(frozen=True)
class LaneList:
    lane: Lane
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True)
class LifeLine:
    """The drawing and the same content as a list. Lengths are in view box units."""

    zoom: Zoom
    first_day: dt.date
    last_day: dt.date
    width: float
    lanes_width: float
    height: float
    axis: float
    today_x: float
    today_label: Label
    ticks: tuple[Tick, ...]
    lanes: tuple[DrawnLane, ...]
    marks: tuple[DrawnMark, ...]
    lists: tuple[LaneList, ...]
    name: str
    has_doubt: bool
    has_gap: bool
    has_planned: bool
