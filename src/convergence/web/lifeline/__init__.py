"""The life line: a person's dated facts drawn along time, one lane per domain.

Pure functions: marks, a date and a zoom go in; positions in the units of two SVG view boxes come out
(the lanes' names, which stay in sight, and the chart, which may scroll). `components/lifeline.html`
draws them. One unit is one CSS pixel on a telephone; a wide screen enlarges the drawing.

Text is measured with the widths of DejaVu Sans, the widest of the usual system fonts, so that what
fits here fits everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from convergence.web.lifeline.axis import Scale, ticks, today_label
from convergence.web.lifeline.drawing import (
    AXIS_HEIGHT,
    CHART_WIDTH,
    LANES_WIDTH,
    DrawnLane,
    DrawnMark,
    LaneList,
    LifeLine,
    ListEntry,
)
from convergence.web.lifeline.lanes import lay_lane
from convergence.web.lifeline.marks import DEFAULT_ZOOM, LANES, ZOOMS, Lane, Mark, Zoom, mark_wording, zoom_named
from convergence.web.templatetags.display import day

__all__ = ["LANES", "ZOOMS", "Lane", "LifeLine", "Mark", "Zoom", "draw", "zoom_named"]


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
    scale = Scale.around(today, zoom_named(zoom))
    ordered = sorted((mark for mark in marks if mark.lane in lanes), key=_time_order)
    drawn: list[DrawnMark] = []
    drawn_lanes: list[DrawnLane] = []
    top = AXIS_HEIGHT
    for code in lanes:
        own = [mark for mark in ordered if mark.lane == code]
        placed, height = lay_lane(own, scale, top)
        note = "" if placed else _("rien sur cette période") if own else _("rien de noté")
        drawn_lanes.append(DrawnLane(LANES[code], top, note))
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
        today_label=today_label(scale.now),
        ticks=tuple(ticks(scale)),
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


def _lists(marks: Sequence[Mark], lanes: Sequence[str], today: dt.date) -> Iterator[LaneList]:
    for code in lanes:
        entries = (ListEntry(mark_wording(mark, today), mark.href) for mark in marks if mark.lane == code)
        yield LaneList(LANES[code], tuple(entries))
