"""The map as plain figures: places around a point, rings of distance, a scale; it needs no outside service.

A few kilometres are drawn flat (equirectangular around the middle): at 30 km of Paris the error is under 0.3 %.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import cos, radians

from convergence.network.nearness import DEGREE, Near, Point
from convergence.web.templatetags.display import NBSP, number

Placing = Callable[[Point], tuple[float, float]]

SIZE = 560
"""Side of the square drawing, in its own units."""
MARGIN = 28
MARK = 15
"""Radius of a mark; half its height."""
GAP = 3
TOGETHER = 2 * MARK + GAP
"""Marks nearer than this, one above the other, are drawn as one."""
RINGS = (0.5, 1, 2, 5, 10, 20)
MIN_RING_SHARE = 0.18
MAX_RING_SHARE = 0.85
"""Smaller rings would lie under the middle, larger ones on the edge."""
NAME, LINE = 120, 22
"""Room for a town's name."""


@dataclass(frozen=True)
class Spot:
    """Something to draw: where it is, how far, and its row in the list."""

    point: Point
    near: Near
    name: str
    domain: str
    free: int | None


@dataclass
class Mark:
    """One or several spots drawn at one place; their numbers in the list follow one another."""

    x: float
    y: float
    first: int
    spots: list[Spot] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.first + len(self.spots) - 1

    @property
    def label(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def half(self) -> float:
        """Half the width of the mark: a circle, longer for several numbers."""
        return MARK if self.first == self.last else MARK + 4 * len(self.label) - 2

    def covers(self, other: "Mark") -> bool:
        """Whether the two would be drawn over one another, or so near that a thumb touches both."""
        near = abs(self.y - other.y) < TOGETHER
        return near and abs(self.x - other.x) < self.half + other.half + GAP

    @property
    def left(self) -> float:
        return round(self.x - self.half, 1)

    @property
    def top(self) -> float:
        return round(self.y - MARK, 1)

    @property
    def width(self) -> float:
        return 2 * self.half

    @property
    def domain(self) -> str:
        """The domain of all of them, or none."""
        domains = {spot.domain for spot in self.spots}
        return domains.pop() if len(domains) == 1 else ""

    @property
    def name(self) -> str:
        return f"{self.label}. " + ", ".join(spot.name for spot in self.spots)

    @property
    def has_free(self) -> bool:
        return any(spot.free for spot in self.spots)


@dataclass(frozen=True)
class Ring:
    """A circle of equal distance."""

    radius: float
    label: str
    label_y: float


@dataclass(frozen=True)
class TownName:
    """A town's name, faint, to find one's way."""

    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Scale:
    """The scale bar."""

    width: float
    label: str

    @property
    def middle(self) -> float:
        return round(self.width / 2, 1)


@dataclass(frozen=True)
class Map:
    """What the template draws; ``spots`` is the same as a list, in the order of the numbers."""

    marks: list[Mark]
    spots: list[tuple[int, Spot]]
    rings: list[Ring]
    towns: list[TownName]
    scale: Scale
    size: int = SIZE
    middle: float = SIZE / 2
    scale_y: int = SIZE - 20
    north_x: int = SIZE - 28


def draw(middle: Point, radius: float, spots: Sequence[Spot], towns: Sequence[tuple[str, Point]] = ()) -> Map:
    """Lay out places within ``radius`` kilometres of a point; the nearest have the smallest numbers."""
    unit = (SIZE / 2 - MARGIN) / radius

    def place(point: Point) -> tuple[float, float]:
        east = (point.longitude - middle.longitude) * DEGREE * cos(radians(middle.latitude))
        north = (point.latitude - middle.latitude) * DEGREE
        return round(SIZE / 2 + east * unit, 1), round(SIZE / 2 - north * unit, 1)

    marks = _gather(spots, place)
    numbered = [(number_, spot) for mark in marks for number_, spot in enumerate(mark.spots, start=mark.first)]
    return Map(marks, numbered, _rings(radius, unit), _towns(towns, place, marks), _scale(radius, unit))


def _gather(spots: Sequence[Spot], place: Placing) -> list[Mark]:
    """Spots that would cover one another make one mark, at the first of them; numbers follow from mark to mark."""
    marks = [Mark(*place(spot.point), first=0, spots=[spot]) for spot in spots]
    while True:
        following = 1
        for mark in marks:
            mark.first = following
            following += len(mark.spots)
        covered = next((mark for place_, mark in enumerate(marks) if any(map(mark.covers, marks[:place_]))), None)
        if covered is None:
            return marks
        marks.remove(covered)
        next(mark for mark in marks if mark.covers(covered)).spots.extend(covered.spots)


def _rings(radius: float, unit: float) -> list[Ring]:
    chosen = [ring for ring in RINGS if radius * MIN_RING_SHARE <= ring <= radius * MAX_RING_SHARE]
    return [
        Ring(round(ring * unit, 1), _kilometres(ring), round(SIZE / 2 - ring * unit - 6, 1))
        for ring in sorted({*chosen, radius})
    ]


def _scale(radius: float, unit: float) -> Scale:
    bar = next((ring for ring in reversed(RINGS) if ring <= radius / 3), RINGS[0])
    return Scale(round(bar * unit, 1), _kilometres(bar))


def _kilometres(distance: float) -> str:
    return f"{number(distance, 0 if distance == round(distance) else 1)}{NBSP}km"


def _towns(towns: Sequence[tuple[str, Point]], place: Placing, marks: Sequence[Mark]) -> list[TownName]:
    """Names that cover neither a mark nor one another, the first given first."""
    placed: list[TownName] = []
    for name, point in towns:
        x, y = place(point)
        if not (MARGIN < y < SIZE - MARGIN and NAME / 2 < x < SIZE - NAME / 2):
            continue
        clear = all(abs(mark.y - y) > MARK + LINE / 2 or abs(mark.x - x) > NAME / 2 for mark in marks)
        apart = all(abs(other.y - y) > LINE or abs(other.x - x) > NAME for other in placed)
        if clear and apart:
            placed.append(TownName(x, y, name))
    return placed
