"""From days to units, and what names them along the top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from convergence.web.lifeline.drawing import AXIS_SIZE, CHART_WIDTH, Label, Tick, text_width
from convergence.web.lifeline.marks import Zoom
from convergence.web.templatetags.display import SHORT_MONTHS, short_day


@dataclass(frozen=True)
class Scale:
    """The days in sight, and where each stands."""

    zoom: Zoom
    today: dt.date
    first: dt.date
    last: dt.date

    @classmethod
    def around(cls, today: dt.date, zoom: Zoom) -> Scale:
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


def today_label(x: float) -> Label:
    text = _("aujourd’hui")
    width = text_width(text, AXIS_SIZE) * 1.1  # bold
    return Label(text, min(max(x - width / 2, 0), CHART_WIDTH - width), 11, width)


def ticks(scale: Scale) -> Iterator[Tick]:
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


def _tick_days(scale: Scale) -> Iterator[tuple[dt.date, str, bool]]:
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
