"""A figure as it is printed: its value, what it counts, over how many, how sure, and the sentence that defines it."""

from dataclasses import dataclass
from datetime import date
from math import inf, nan, pi, sqrt, tan
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Period:
    """Days from ``since`` on, before ``until``."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise ValueError(f"{self.since} is not before {self.until}")

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    def __str__(self) -> str:
        whole_year = Period.year(self.since.year)
        if self == whole_year:
            return f"en {self.since.year}"
        return f"du {self.since:%d/%m/%Y} au {date.fromordinal(self.until.toordinal() - 1):%d/%m/%Y}"


@dataclass(frozen=True)
class Figure:
    """``value`` with its 95 % interval: a share between 0 and 1, or a mean in the unit that ``definition`` names.

    A share is ``numerator`` / ``denominator``; a mean is the sum over the count. ``unknown``: how many would have been
    in the denominator, had the answer been known; they count neither as yes nor as no. Nobody to count: the value and
    the interval are NaN.
    """

    value: float
    numerator: float
    denominator: int
    low: float
    high: float
    unknown: int
    definition: str


def share(numerator: int, denominator: int, definition: str, unknown: int = 0) -> Figure:
    """A share with Wilson's interval (1927, JASA 22:209-212), which stays within 0 and 1 however few there are."""
    if denominator == 0:
        return Figure(nan, numerator, 0, nan, nan, unknown, definition)
    low, high = wilson(numerator, denominator)
    return Figure(numerator / denominator, numerator, denominator, low, high, unknown, definition)


def mean(values: list[float], definition: str, unknown: int = 0) -> Figure:
    """A mean with Student's interval; infinitely wide for a single value."""
    number = len(values)
    if number == 0:
        return Figure(nan, 0, 0, nan, nan, unknown, definition)
    total = sum(sorted(values))
    middle = total / number
    half = inf
    if number > 1:
        variance = sum(sorted((value - middle) ** 2 for value in values)) / (number - 1)
        half = student((1 + CONFIDENCE) / 2, number - 1) * sqrt(variance / number)
    return Figure(middle, total, number, middle - half, middle + half, unknown, definition)


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    observed, shrink = numerator / denominator, 1 + z * z / denominator
    centre = (observed + z * z / (2 * denominator)) / shrink
    half = z * sqrt(observed * (1 - observed) / denominator + (z / (2 * denominator)) ** 2) / shrink
    # Rounding may put an end a hair inside the share itself, where that is 0 or 1.
    return max(0.0, min(observed, centre - half)), min(1.0, max(observed, centre + half))


def student(probability: float, freedom: int) -> float:
    """Quantile of Student's law, within two thousandths: exact for one and two degrees of freedom, then the
    expansion of Abramowitz and Stegun 26.7.5."""
    if freedom == 1:
        return tan(pi * (probability - 0.5))
    if freedom == 2:
        centred = 2 * probability - 1
        return centred * sqrt(2 / (1 - centred * centred))
    z = NormalDist().inv_cdf(probability)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )
