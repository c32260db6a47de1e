"""The life line: a person's dated facts drawn along time, one lane per domain.

Pure functions: marks, a date and a zoom go in; positions in the units of two SVG view boxes come out
(the lanes' names, which stay in sight, and the chart, which may scroll). `components/lifeline.html`
draws them. One unit is one CSS pixel on a telephone; a wide screen enlarges the drawing.

Text is measured with the widths of DejaVu Sans, the widest of the usual system fonts, so that what
fits here fits everywhere.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from convergence.vocabulary.domains import Domain
from convergence.web.templatetags.display import SHORT_MONTHS, day, period, short_day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Lane:
    """A lane: its code (a domain's, or `contacts`), its word and its icon (a lucide name)."""

    code: str
    label: StrOrPromise
    icon: str


_ICONS = {
    Domain.EMPLOYMENT: "briefcase",
    Domain.HOUSING: "house",
    Domain.HEALTH: "heart-pulse",
    Domain.RIGHTS: "file-badge",
    Domain.DISABILITY: "accessibility",
    Domain.DAILY_LIFE: "coffee",
}
CONTACTS = Lane("contacts", gettext_lazy("Rencontres"), "message-circle")
LANES: dict[str, Lane] = {domain.value: Lane(domain.value, domain.label, _ICONS[domain]) for domain in Domain}
LANES[CONTACTS.code] = CONTACTS


@dataclass(frozen=True)
class Mark:
    """One fact on the line.

    lane: a code of `LANES`. kind: a spell (a bar) or an event (a dot, at `start`).
    start: first day, None when it is not known. end: last day, inclusive; None while it lasts.
    label: the few words that stand on the drawing. shade: 1 (most precarious, or least) to 5.
    doubt: the information is uncertain (hatched). missing: nothing is known of this time; `label`
    says which kind of missing. href: the fact's source and history. wording: the exact words for the
    list and for screen readers; the label when empty.
    """

    lane: str
    kind: Literal["spell", "event"]
    start: dt.date | None
    end: dt.date | None
    label: str
    shade: int = 3
    doubt: bool = False
    missing: bool = False
    href: str = ""
    wording: str = ""

    def __post_init__(self) -> None:
        if self.lane not in LANES:
            raise ValueError(f"unknown lane {self.lane!r}")
        if self.shade not in range(1, 6):
            raise ValueError(f"shade goes from 1 to 5, not {self.shade}")
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"a mark ends before it starts: {self.start}, {self.end}")


@dataclass(frozen=True)
class Zoom:
    """How much time is shown: days before today, days after; `bin` is the days that crowded events share."""

    code: str
    label: StrOrPromise
    before: int
    after: int
    bin: int


ZOOMS: dict[str, Zoom] = {
    zoom.code: zoom
    for zoom in (
        Zoom("5a", gettext_lazy("5 ans"), 1643, 183, 30),
        Zoom("1a", gettext_lazy("1 an"), 305, 60, 7),
        Zoom("3m", gettext_lazy("3 mois"), 75, 16, 2),
    )
}
DEFAULT_ZOOM = "5a"

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

# Advance widths in ems, measured on DejaVu Sans; a character that is not listed counts as the widest.
_WIDTHS = {
    character: width
    for characters, width in (
        (" ijlîï'’.,·IJ\u00a0", 0.33), ("f-/:;", 0.37), ("()t!r", 0.43), ("s–°z?", 0.54), ("cçkLFvxy", 0.61),
        ("aeoàâéèêëôPTYbdghnpqùûüuESÉ0123456789«»", 0.65), ("ABCKRVXZÀUNHDG", 0.79), ("OQwM&+", 0.88), ("m%W…—œ", 1.04),
    )
    for character in characters
}  # fmt: skip


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """An upper bound of a text's width in units."""
    return size * sum(_WIDTHS.get(character, 1.1) for character in text)


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
    height: float
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
    doubt: bool


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


def zoom_named(code: str | None) -> Zoom:
    """The zoom asked for in an address; the default one when the code is unknown."""
    return ZOOMS.get(code or "", ZOOMS[DEFAULT_ZOOM])


def draw(
    marks: Iterable[Mark],
    today: dt.date,
    zoom: str | None = DEFAULT_ZOOM,
    lanes: Sequence[str] = tuple(LANES),
) -> LifeLine:
    """Lay a person's marks along time.

    marks: in any order; those of lanes that are not in `lanes` are left out.
    zoom: a code of `ZOOMS` (an unknown one counts as the default). lanes: those that the reader may
    see, in the order of display; an empty one says that nothing is noted.
    """
    scale = _Scale.around(today, zoom_named(zoom))
    ordered = sorted((mark for mark in marks if mark.lane in lanes), key=_time_order)
    drawn: list[DrawnMark] = []
    drawn_lanes: list[DrawnLane] = []
    top = AXIS_HEIGHT
    for code in lanes:
        own = [mark for mark in ordered if mark.lane == code]
        placed, height = _lay_lane(own, scale, top)
        note = "" if placed else _("rien sur cette période") if own else _("rien de noté")
        drawn_lanes.append(DrawnLane(LANES[code], top, height, note))
        drawn += placed
        top += height
    drawn.sort(key=lambda placed: _time_order(placed.mark))
    return LifeLine(
        zoom=scale.zoom,
        first_day=scale.first,
        last_day=scale.last,
        width=CHART_WIDTH,
        lanes_width=LANES_WIDTH,
        height=top,
        axis=AXIS_HEIGHT,
        today_x=scale.now,
        today_label=_today_label(scale.now),
        ticks=tuple(_ticks(scale)),
        lanes=tuple(drawn_lanes),
        marks=tuple(drawn),
        lists=tuple(_lists(ordered, lanes, today)),
        name=_("Ligne de vie, du %(first)s au %(last)s") % {"first": day(scale.first), "last": day(scale.last)},
        has_doubt=any(mark.doubt for placed in drawn for mark in placed.marks),
        has_gap=any(placed.shape == "gap" for placed in drawn),
        has_planned=any(placed.planned_path for placed in drawn),
    )


def _time_order(mark: Mark) -> tuple[dt.date, dt.date, str, str, str]:
    # The representation settles ties: the drawing does not depend on the order of arrival.
    return (mark.start or dt.date.min, mark.end or dt.date.max, mark.lane, mark.label, repr(mark))


@dataclass(frozen=True)
class _Scale:
    """From days to units."""

    zoom: Zoom
    today: dt.date
    first: dt.date
    last: dt.date

    @classmethod
    def around(cls, today: dt.date, zoom: Zoom) -> _Scale:
        return cls(zoom, today, today - dt.timedelta(days=zoom.before), today + dt.timedelta(days=zoom.after))

    def x(self, when: dt.date) -> float:
        return round(min(max((when - self.first).days * self.unit, 0.0), CHART_WIDTH), 2)

    @property
    def unit(self) -> float:
        """Units a day."""
        return CHART_WIDTH / ((self.last - self.first).days + 1)

    @property
    def now(self) -> float:
        """Where today's line stands: at the end of the day, where what lasts still is cut."""
        return self.x_after(self.today)

    def crosses_today(self, left: float, right: float) -> bool:
        return left < self.now < right

    def x_after(self, when: dt.date) -> float:
        """Where a day ends."""
        return self.x(when) if when >= self.last else self.x(when + dt.timedelta(days=1))


# --- Axis


def _today_label(x: float) -> Label:
    text = _("aujourd’hui")
    width = text_width(text, AXIS_SIZE) * 1.1  # bold
    return Label(text, min(max(x - width / 2, 0), CHART_WIDTH - width), 11, width)


def _ticks(scale: _Scale) -> Iterator[Tick]:
    free_from = 0.0
    for when, text, strong in _tick_days(scale):
        x = scale.x(when)
        label = None
        if text:
            width = text_width(text, AXIS_SIZE)
            if x + 4 >= free_from and x + 4 + width <= CHART_WIDTH:
                label = Label(text, x + 4, 29, width)
                free_from = x + 4 + width + 6
        yield Tick(x, label, strong)


def _tick_days(scale: _Scale) -> Iterator[tuple[dt.date, str, bool]]:
    """Quarters named by year, months, or weeks, as the zoom asks."""
    if scale.zoom.code == "3m":
        monday = scale.first + dt.timedelta(days=-scale.first.weekday() % 7)
        while monday <= scale.last:
            yield monday, short_day(monday, scale.today), monday.day <= 7
            monday += dt.timedelta(days=7)
        return
    step = 3 if scale.zoom.code == "5a" else 1
    year, month = scale.first.year, (scale.first.month - 1) // step * step + 1
    while (first := dt.date(year, month, 1)) <= scale.last:
        if first >= scale.first:
            january = month == 1
            if step == 3:
                yield first, str(year) if january else "", january
            else:
                yield first, SHORT_MONTHS[month - 1] + (f" {year}" if january else ""), january
        year, month = (year + 1, 1) if month + step > 12 else (year, month + step)


# --- One lane


def _lay_lane(marks: Sequence[Mark], scale: _Scale, top: float) -> tuple[list[DrawnMark], float]:
    """A lane's marks: spells on as many rows as overlaps ask, then events on a row of their own."""
    rows: list[list[_Bar]] = []
    for bar in (_bar(mark, scale) for mark in marks if mark.kind == "spell" and _in_sight(mark, scale)):
        row = next((row for row in rows if row[-1].right <= bar.left + 0.01), None)
        if row is None:
            rows.append([bar])
        else:
            row.append(bar)
    events = [mark for mark in marks if mark.kind == "event" and _in_sight(mark, scale)]
    drawn: list[DrawnMark] = []
    y = top + LANE_PADDING
    for row in rows:
        drawn += _label_row([_draw_bar(bar, y, scale.today) for bar in row], scale)
        y += ROW_HEIGHT
    if events or not rows:
        drawn += _dots(events, scale, y)
        y += ROW_HEIGHT
    return drawn, y - (ROW_HEIGHT - BAR_HEIGHT) + LANE_PADDING - top


def _in_sight(mark: Mark, scale: _Scale) -> bool:
    if mark.kind == "event":
        return mark.start is not None and scale.first <= mark.start <= scale.last
    return (mark.start or dt.date.min) <= scale.last and (mark.end or dt.date.max) >= scale.first


@dataclass(frozen=True)
class _Bar:
    """A spell on the scale: `planned` is where its time to come begins."""

    mark: Mark
    left: float
    right: float
    planned: float
    cut_left: bool
    cut_right: bool


def _bar(mark: Mark, scale: _Scale) -> _Bar:
    start = mark.start or scale.first
    lasting = mark.end is None
    end = mark.end or (scale.today if start <= scale.today else scale.last)
    left = min(scale.x(start), CHART_WIDTH - SMALLEST_BAR)
    # One unit of paper between a spell and the next.
    right = max(scale.x_after(end) - 1, left + SMALLEST_BAR)
    return _Bar(
        mark=mark,
        left=left,
        right=right,
        planned=min(max(scale.now, left), right),
        cut_left=mark.start is None or mark.start < scale.first,
        cut_right=lasting or end > scale.last,
    )


def _outline(left: float, right: float, y: float, round_left: bool, round_right: bool) -> str:
    """A bar as a path; an end is round when the spell really ends there."""
    radius = min(4.0, (right - left) / 2)
    a, b = (radius if round_left else 0.0), (radius if round_right else 0.0)
    steps = [
        f"M{left + a:.2f} {y:.2f}H{right - b:.2f}",
        f"q{b:.2f} 0 {b:.2f} {b:.2f}v{BAR_HEIGHT - 2 * b:.2f}q0 {b:.2f} {-b:.2f} {b:.2f}",
        f"H{left + a:.2f}",
        f"q{-a:.2f} 0 {-a:.2f} {-a:.2f}v{2 * a - BAR_HEIGHT:.2f}q0 {-a:.2f} {a:.2f} {-a:.2f}Z",
    ]
    return "".join(steps)


def _draw_bar(bar: _Bar, y: float, today: dt.date) -> DrawnMark:
    planned = bar.right - bar.planned >= 1 and not bar.mark.missing
    past = bar.planned - bar.left >= 1 or not planned
    past_right = bar.planned if planned else bar.right
    return DrawnMark(
        marks=(bar.mark,),
        shape="gap" if bar.mark.missing else "bar",
        x=bar.left,
        y=y,
        width=bar.right - bar.left,
        height=BAR_HEIGHT,
        name=mark_name(bar.mark, today),
        href=bar.mark.href,
        path=_outline(bar.left, past_right, y, not bar.cut_left, not planned and not bar.cut_right) if past else "",
        planned_path=(
            _outline(bar.planned, bar.right, y, not past and not bar.cut_left, not bar.cut_right) if planned else ""
        ),
        label=_label_on(bar, past_right, y),
    )


def _label_on(bar: _Bar, past_right: float, y: float) -> Label | None:
    """The label on the wider part of a bar (what is past, or what is planned), whole or clipped."""
    on_past = past_right - bar.left >= bar.right - past_right
    left, right = (bar.left, past_right) if on_past else (past_right, bar.right)
    text = clipped(bar.mark.label, right - left - 2 * TEXT_PADDING)
    if not text or (bar.mark.missing and text != bar.mark.label):
        return None
    baseline = y + BAR_HEIGHT / 2 + TEXT_SIZE * 0.35
    return Label(text, left + TEXT_PADDING, baseline, text_width(text), "on" if on_past else "planned")


def clipped(text: str, room: float) -> str:
    """The text, or its beginning with "…" when it doesn't fit in `room`; empty when too little would be left."""
    if text_width(text) <= room:
        return text
    for length in range(len(text) - 1, SHORTEST_CLIP - 1, -1):
        shorter = text[:length].rstrip(" ·,:") + "…"
        if text_width(shorter) <= room:
            return shorter
    return ""


def _label_row(row: list[DrawnMark], scale: _Scale) -> list[DrawnMark]:
    """Labels that are not whole on their bar stand beside it, where the row is free."""
    settled: list[DrawnMark] = []
    free_from = 0.0
    for place, bar in enumerate(row):
        label = bar.label
        until = row[place + 1].x if place + 1 < len(row) else CHART_WIDTH
        if label is None or label.text != bar.mark.label:
            width = text_width(bar.mark.label)
            right, left = bar.x + bar.width + 4, bar.x - 4 - width
            baseline = bar.center + TEXT_SIZE * 0.35
            if right + width <= until - 4 and not scale.crosses_today(right, right + width):
                label = Label(bar.mark.label, right, baseline, width, "beside")
            elif left >= free_from and not scale.crosses_today(left, left + width):
                label = Label(bar.mark.label, left, baseline, width, "before")
        settled.append(replace(bar, label=label if bar.mark.label else None))
        free_from = bar.x + bar.width + 4
        if label:
            free_from = max(free_from, label.x + label.width + 4)
    return settled


def _dots(events: Sequence[Mark], scale: _Scale, y: float) -> list[DrawnMark]:
    """Events as dots. Where they crowd, those of one stretch of days share a dot that grows with their
    number: the rhythm of meetings shows, and so does a time without any."""
    dated = [(mark, mark.start) for mark in events if mark.start]
    places = [_inside(scale.x(when), DOT_RADIUS) for _mark, when in dated]
    if all(after - before > 2 * DOT_RADIUS for before, after in itertools.pairwise(places)):
        dots = [
            _draw_dot((mark,), x, DOT_RADIUS, y, scale.today) for (mark, _when), x in zip(dated, places, strict=True)
        ]
        return _label_dots(dots, scale)
    bins: dict[int, list[Mark]] = {}
    for mark, when in dated:
        # Counted from today backwards, so that a dot of the past never stands in the future.
        bins.setdefault(((when - scale.today).days - 1) // scale.zoom.bin, []).append(mark)
    width = scale.zoom.bin * scale.unit
    dots = []
    for number, marks in sorted(bins.items()):
        radius = (width - 1) / 2 * {1: 0.6, 2: 0.8}.get(len(marks), 1.0)
        x = scale.now + (number + 0.5) * width
        dots.append(_draw_dot(tuple(marks), _inside(x, radius), radius, y, scale.today))
    return dots


def _inside(x: float, radius: float) -> float:
    return min(max(x, radius), CHART_WIDTH - radius)


def _draw_dot(marks: tuple[Mark, ...], x: float, radius: float, y: float, today: dt.date) -> DrawnMark:
    alone = len(marks) == 1
    return DrawnMark(
        marks=marks,
        shape="dot",
        x=round(x - radius, 2),
        y=round(y + BAR_HEIGHT / 2 - radius, 2),
        width=round(2 * radius, 2),
        height=round(2 * radius, 2),
        name=mark_name(marks[0], today) if alone else _several_name(marks),
        href=marks[0].href if alone else f"#liste-{marks[0].lane}",
    )


def _label_dots(dots: list[DrawnMark], scale: _Scale) -> list[DrawnMark]:
    """Words beside the dots only where every dot can have them: some named and some not reads badly."""
    labelled = []
    for place, dot in enumerate(dots):
        width = text_width(dot.mark.label, AXIS_SIZE)
        x = dot.x + dot.width + 3
        until = dots[place + 1].x if place + 1 < len(dots) else CHART_WIDTH
        if x + width > until - 3 or scale.crosses_today(x, x + width):
            return dots
        label = Label(dot.mark.label, x, dot.center + AXIS_SIZE * 0.35, width, "beside")
        labelled.append(replace(dot, label=label))
    return labelled


# --- Words


def mark_wording(mark: Mark, today: dt.date) -> str:
    """A mark without its lane: what, when, how sure."""
    what = mark.wording or mark.label
    when = day(mark.start) if mark.kind == "event" and mark.start else period(mark.start, mark.end, today)
    said = f"{what}, {when}" if mark.kind == "spell" else f"{when}\u00a0: {what}"
    return f"{said} ({_('information incertaine')})" if mark.doubt else said


def mark_name(mark: Mark, today: dt.date) -> str:
    """A mark's full name, for those who don't see it: « Logement : chez un tiers, depuis le 3 mai 2026, 6 mois »."""
    return f"{LANES[mark.lane].label}\u00a0: {mark_wording(mark, today)}"


def _several_name(marks: tuple[Mark, ...]) -> str:
    first, last = marks[0].start, marks[-1].start
    count = ngettext("%(n)s fois", "%(n)s fois", len(marks)) % {"n": len(marks)}
    when = (
        _("le %(day)s") % {"day": day(first)}
        if first == last
        else _("du %(first)s au %(last)s") % {"first": day(first), "last": day(last)}
    )
    return f"{LANES[marks[0].lane].label}\u00a0: {count}, {when}. {_('Lire la liste')}"


def _lists(marks: Sequence[Mark], lanes: Sequence[str], today: dt.date) -> Iterator[LaneList]:
    for code in lanes:
        entries = (ListEntry(mark_wording(mark, today), mark.href, mark.doubt) for mark in marks if mark.lane == code)
        yield LaneList(LANES[code], tuple(entries))
