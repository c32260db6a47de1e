"""The curves of an evaluation, drawn on the server.

Across, positions are hundredths of the width, and thousandths inside the stretched drawing; down, they are pixels. So
lines stretch with the page while words and dots keep their size, on a telephone as on a large screen.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from convergence.analysis.conventions import TWO_YEARS
from convergence.analysis.explore import Band, Curve
from convergence.evidence.results import Shift
from convergence.web.templatetags.display import euros

HEIGHT, TOP, BOTTOM = 340, 26, 300
WIDE = 1000
TICKS = 6


@dataclass(frozen=True)
class Mark:
    """A word or a dot: where it stands (hundredths across, pixels down), and to which side it is written."""

    x: float
    y: float
    text: str = ""
    anchor: str = "start"


@dataclass(frozen=True)
class Trace:
    """A line with the band around it, under a name in the style sheet; ``name`` is written near its end."""

    style: str
    line: str
    band: str
    name: Mark | None


@dataclass(frozen=True)
class Plot:
    """A drawing with its axes. ``two_years``: hundredths across, None where the account is shorter.

    ``title`` and ``about`` say what is drawn; ``style`` names it in the page.
    """

    style: str
    title: str
    about: str
    traces: tuple[Trace, ...]
    levels: tuple[Mark, ...]
    months: tuple[Mark, ...]
    zero: float
    two_years: float | None
    break_even: Mark | None
    height: int = HEIGHT
    bottom: int = BOTTOM
    top: int = TOP


def cost_and_savings(curve: Curve) -> Plot:
    """What is spent and what is avoided, each cumulated with its interval."""
    said = (
        "cumulated",
        _("Ce qui est évité et ce qui est dépensé, cumulés par personne depuis l’entrée"),
        _("Bandes : intervalles à 95\u00a0%, tirages conjoints des personnes, des prix, du recours et de l’effet."),
    )
    named = ((curve.savings, "savings", _("évité")), (curve.cost, "cost", _("dépensé")))
    return _plot(said, curve, named, _crossing(curve, curve.savings), banded=("savings", "cost"))


def balance(curve: Curve) -> Plot:
    """What was avoided less what was spent: with freed places as they are counted, with its interval, and without."""
    said = (
        "balance",
        _("Solde cumulé par personne depuis l’entrée"),
        _("Au-dessus de zéro, ce qui est évité dépasse ce qui est dépensé. Bande : intervalle à 95\u00a0%."),
    )
    named = ((curve.net, "net", _("avec les places libérées")), (curve.cash, "cash", _("sans aucune place")))
    return _plot(said, curve, named, _crossing(curve, None), banded=("net",))


def _crossing(curve: Curve, along: Band | None) -> tuple[int, float] | None:
    """The month of break-even of the point estimate and the height at which it is marked."""
    month = curve.break_even.central
    if month is None:
        return None
    return month, float(along.central[month - 1]) if along else 0.0


def _plot(
    said: tuple[str, str, str],
    curve: Curve,
    named: Sequence[tuple[Band, str, str]],
    crossing: tuple[int, float] | None,
    banded: Sequence[str],
) -> Plot:
    shown = [band.central for band, _style, _name in named]
    shown += [edge for band, style, _name in named if style in banded for edge in (band.low, band.high)]
    lowest = min(0.0, *(float(np.min(each)) for each in shown))
    highest = max(0.0, *(float(np.max(each)) for each in shown))
    step = _step(highest - lowest)
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    if first == last:
        last += 1
    horizon = len(curve.months)

    def across(month: float) -> float:
        return 100 * month / horizon

    def down(amount: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (amount - first * step) / ((last - first) * step), 1)

    def points(amounts: Iterable[float]) -> list[str]:
        # Before the first month nothing is spent nor avoided.
        return [f"{WIDE * month / horizon:.1f},{down(each)}" for month, each in enumerate([0.0, *map(float, amounts)])]

    ends = _apart([down(float(band.central[-1])) for band, _style, _name in named])
    traces = tuple(
        Trace(
            style=style,
            line=" ".join(points(band.central)),
            band=" ".join([*points(band.high), *reversed(points(band.low))]) if style in banded else "",
            name=Mark(99.2, end - 8, name, "end"),
        )
        for (band, style, name), end in zip(named, ends, strict=True)
    )
    return Plot(
        *said,
        traces=traces,
        levels=tuple(Mark(0, down(rank * step), euros(rank * step)) for rank in range(first, last + 1)),
        months=tuple(
            Mark(
                across(month), 0, _("%(n)d mois") % {"n": month} if month == 0 else str(month), _anchor(month, horizon)
            )
            for month in range(0, horizon + 1, _every(horizon))
        ),
        zero=down(0.0),
        two_years=across(TWO_YEARS) if horizon >= TWO_YEARS else None,
        break_even=_meeting(across(crossing[0]), down(crossing[1]), crossing[0]) if crossing else None,
    )


def _meeting(x: float, y: float, month: int) -> Mark:
    """Where the balance comes to zero, its name written to the side that has room."""
    return Mark(round(x, 2), y, _("équilibre au mois %(n)d") % {"n": month}, "end" if x > 60 else "start")


def _apart(ends: list[float], least: float = 20.0) -> list[float]:
    """The heights at which two names are written, moved apart where they would lie on one another."""
    first, second = ends
    if abs(first - second) >= least:
        return ends
    middle, sign = (first + second) / 2, 1 if first >= second else -1
    return [middle + sign * least / 2, middle - sign * least / 2]


def _step(span: float) -> float:
    """A round number that cuts the span in at most ``TICKS`` parts."""
    if span <= 0:
        return 1.0
    rough = span / TICKS
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)


def _every(horizon: int) -> int:
    return 12 if horizon >= 24 else 6 if horizon >= 12 else 1


def _anchor(month: int, horizon: int) -> str:
    return "start" if month == 0 else "end" if month == horizon else "middle"


@dataclass(frozen=True)
class Bar:
    """A scenario's shift in one outcome on that outcome's own scale, in thousandths across; ``zero``: no change."""

    scenario: str
    value: float
    low: float
    high: float
    zero: float
    at: float
    left: float
    width: float


@dataclass(frozen=True)
class Outcome:
    """One outcome, and what each scenario changes in it."""

    name: str
    bars: tuple[Bar, ...]


def outcomes(shifts: Sequence[Shift]) -> list[Outcome]:
    """The scenarios' shifts by outcome, each with a scale of its own, in the order in which they come."""
    by_name: dict[str, list[Shift]] = {}
    for shift in shifts:
        by_name.setdefault(shift.outcome, []).append(shift)
    return [Outcome(name, tuple(_bars(found))) for name, found in by_name.items()]


def _bars(shifts: Sequence[Shift]) -> Iterable[Bar]:
    lowest = min(0.0, *(each.low for each in shifts))
    span = max(0.0, *(each.high for each in shifts)) - lowest or 1.0

    def across(value: float) -> float:
        return round(WIDE * (0.02 + 0.96 * (value - lowest) / span), 1)

    for each in shifts:
        left = across(each.low)
        yield Bar(
            each.scenario,
            each.value,
            each.low,
            each.high,
            zero=across(0.0),
            at=across(each.value),
            left=left,
            width=round(max(across(each.high) - left, 2.0), 1),
        )
