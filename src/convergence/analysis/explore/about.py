"""What an exploration is about: contrasts, perspectives, payers, lines."""

from collections.abc import Mapping
from dataclasses import dataclass

SAVING_CLASSES = ("cashable", "production", "capacity", "deferred")
FIRM = ("cashable", "production")
"""Savings that no share is applied to: money not spent, and what society gains from work."""
PROGRAMME = "programme"


@dataclass(frozen=True)
class Price:
    """A unit price, in euros unless its unit says otherwise; ``checked``: its source was read."""

    low: float
    central: float
    high: float
    unit: str
    year: int
    source: str
    checked: bool

    @property
    def is_money(self) -> bool:
        """Whether it is an amount: some are shares of something else, and say so in their unit."""
        return not self.unit.startswith(("part", "fois"))


@dataclass(frozen=True)
class TakeUp:
    """The share of those entitled to a benefit who receive it."""

    low: float
    central: float
    high: float
    source: str


@dataclass(frozen=True)
class Line:
    """One line of the account: what is spent or avoided, by whom, of what kind."""

    item: str
    label: str
    payer: str
    kind: str
    perspectives: tuple[str, ...]
    definition: str
    price: Price | None
    take_up: TakeUp | None


@dataclass(frozen=True)
class Contrast:
    """What the scheme is compared with; ``counterfactual`` ends « par rapport à … »."""

    code: str
    label: str
    counterfactual: str
    limit: str


@dataclass(frozen=True)
class Perspective:
    code: str
    label: str
    definition: str


@dataclass(frozen=True)
class About:
    """What ``explore.json`` says."""

    people: int
    observed: tuple[int, ...]
    year: int
    interval: float
    contrasts: tuple[Contrast, ...]
    perspectives: tuple[Perspective, ...]
    payers: Mapping[str, str]
    classes: Mapping[str, str]
    lines: tuple[Line, ...]
