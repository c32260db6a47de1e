"""What is asked of an exploration, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What somebody chose.

    :param capacity_share: share of freed places that is counted as money, 0–1.
    :param effect: share of the savings that is kept (what is seen here may be less elsewhere), 0–1.
    :param discount: yearly rate, 0 for none.
    :param price_factors: by item, chosen price ÷ central price.
    :param take_up: by item, the chosen share.
    """

    contrast: str
    perspective: str
    capacity_share: float = 0.5
    effect: float = 1.0
    discount: float = 0.0
    price_factors: Mapping[str, float] = field(default_factory=dict)
    take_up: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Interval:
    """An amount in € a person, with the bounds of its interval."""

    central: float
    low: float
    high: float


@dataclass(frozen=True)
class Band:
    """An amount cumulated month after month in € a person, (months,), with its interval."""

    central: Floats
    low: Floats
    high: Floats

    def at(self, month: int) -> Interval:
        return Interval(float(self.central[month - 1]), float(self.low[month - 1]), float(self.high[month - 1]))


@dataclass(frozen=True)
class BreakEven:
    """After how many months what was avoided exceeds for good what was spent; None is never within the horizon.

    :ivar by_two_years: probability of 24 months or less; None where the horizon is shorter.
    :ivar never: probability of not reaching it within the horizon.
    """

    central: int | None
    low: int | None
    median: int | None
    high: int | None
    by_two_years: float | None
    never: float


@dataclass(frozen=True)
class Curve:
    """Cumulated savings, cost and balance; ``cash`` is the balance without any freed place.

    Deferred savings (rights created for later) are in none of them: ``Balance`` shows them apart.
    """

    months: NDArray[np.int_]
    savings: Band
    cost: Band
    net: Band
    cash: Band
    break_even: BreakEven
    cash_break_even: BreakEven


@dataclass(frozen=True)
class Row:
    """What one payer, one class or one line comes to at a month. Deferred savings are not in ``net``."""

    code: str
    label: str
    cost: Interval
    cashable: Interval
    production: Interval
    capacity: Interval
    deferred: Interval
    net: Interval


@dataclass(frozen=True)
class Balance:
    """Who pays and who saves, cumulated at the end of ``month``; capacity as counted by the settings."""

    month: int
    payers: tuple[Row, ...]
    lines: tuple[Row, ...]
    total: Row
