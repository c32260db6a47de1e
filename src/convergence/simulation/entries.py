"""How many people start each month, so that a site keeps its size while others leave."""

from datetime import date

import numpy as np

from convergence.simulation.lives.calendar import day_of, first_of, month_of, plus_months, worked
from convergence.simulation.parameters import Parameters, Size
from convergence.simulation.tables import Array
from convergence.vocabulary.structures import Scheme

ENDS_BEFORE_TERM = 0.95
"""A path lasts this share of its planned months, mean: some contracts are broken before their term."""


def planned_months(rng: np.random.Generator, parameters: Parameters, scheme: Array) -> Array:
    """Months under contract that each path is planned to last, from the scheme of its site; shape of ``scheme``."""
    paths = parameters.paths
    ordinary = scheme != list(Scheme).index(Scheme.CONVERGENCE)
    mean = np.where(ordinary, paths.ordinary_months_mean, paths.months_mean)
    months = np.rint(rng.gamma(paths.months_shape, mean / paths.months_shape)).astype(np.int64)
    months = np.clip(months, 4, np.where(ordinary, 24, paths.longest))
    months = np.where(scheme == list(Scheme).index(Scheme.NONE), 24, months)
    # Beyond 24 months, an extension lasts at least as long as the shortest contract.
    return np.where((months > 24) & (months < 28), 28, months)


def survival(parameters: Parameters, scheme: int) -> Array:
    """Share of people still under contract so many whole months after their start; shape (61,)."""
    months = planned_months(np.random.default_rng(0), parameters, np.full(20_000, scheme)) * ENDS_BEFORE_TERM
    return np.asarray((months[None, :] > np.arange(61)[:, None]).mean(axis=1))


def inflow(sizes: tuple[Size, ...], opened: date, closed: date | None, until: date, stays: Array) -> Array:
    """Mean number of people who start in each month from ``opened`` to the day before ``until``; float, (months,).

    ``sizes`` say how many are to be under contract, ``stays`` how long they stay (see ``survival``).
    """
    first, last = day_of(opened), day_of(until) - 1
    if last < first:
        return np.zeros(0)
    months: Array = np.arange(month_of(np.array(first)), month_of(np.array(last)) + 1)
    ends = np.minimum(first_of(months + 1) - 1, last)
    held = np.interp(ends, [day_of(size.on) for size in sizes], [size.people for size in sizes])
    starts = np.zeros(len(months))
    for month in range(len(months)):
        ago = np.arange(month, 0, -1)
        stock = float(np.sum(starts[:month] * stays[np.minimum(ago, len(stays) - 1)] * (ago < len(stays))))
        starts[month] = max(0.0, held[month] - stock)
    if closed is not None:
        # Nobody starts in the last six months of a site.
        starts[ends >= day_of(closed) - 183] = 0.0
    return starts


def starting_days(rng: np.random.Generator, hires: int, flow: Array, opened: int, last: int) -> Array:
    """Day numbers on which ``hires`` people start, spread as ``flow`` says, in order; worked days."""
    if not hires:
        return np.zeros(0, np.int64)
    ends = np.cumsum(flow)
    spread = (np.arange(hires) + rng.random(hires)) / hires * ends[-1]
    month = np.minimum(np.searchsorted(ends, spread, side="right"), len(flow) - 1)
    within = (spread - np.where(month > 0, ends[month - 1], 0.0)) / np.maximum(flow[month], 1e-12)
    number = month_of(np.array(opened)) + month
    first = np.maximum(first_of(number), opened)
    after = np.minimum(first_of(number + 1), last + 1)
    days = first + np.floor(np.clip(within, 0, 0.999999) * (after - first)).astype(np.int64)
    return np.sort(np.maximum(worked(days), opened))


def ramp(opened: date, people: int, months: int) -> tuple[Size, ...]:
    """A site that has an eighth of its people at first, all of them after so many months."""
    full = plus_months(np.array(day_of(opened)), months)
    return Size(on=opened, people=people // 8), Size(on=full.astype("datetime64[D]").item(), people=people)
