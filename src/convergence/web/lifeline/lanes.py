"""One lane: spells on as many rows as overlaps ask, labels where they fit, events as dots."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from convergence.web.lifeline.axis import Scale
from convergence.web.lifeline.drawing import (
    AXIS_SIZE,
    BAR_HEIGHT,
    CHART_WIDTH,
    DOT_RADIUS,
    LANE_PADDING,
    ROW_HEIGHT,
    SHORTEST_CLIP,
    SMALLEST_BAR,
    TEXT_PADDING,
    TEXT_SIZE,
    DrawnMark,
    Label,
    text_width,
)
from convergence.web.lifeline.marks import Mark, mark_name, several_name


def lay_lane(marks: Sequence[Mark], scale: Scale, top: float) -> tuple[list[DrawnMark], float]:
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


def _in_sight(mark: Mark, scale: Scale) -> bool:
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


def _bar(mark: Mark, scale: Scale) -> _Bar:
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


def _label_row(row: list[DrawnMark], scale: Scale) -> list[DrawnMark]:
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


def _dots(events: Sequence[Mark], scale: Scale, y: float) -> list[DrawnMark]:
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
        name=mark_name(marks[0], today) if alone else several_name(marks),
        href=marks[0].href if alone else f"#liste-{marks[0].lane}",
    )


def _label_dots(dots: list[DrawnMark], scale: Scale) -> list[DrawnMark]:
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
