"""Panels, amounts and ledgers made by hand: no dataset, no law, numbers that a reader can add up."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import TakeUp
from convergence.analysis.benefits.results import AMOUNTS, Benefits
from convergence.analysis.costs import Factor, Ledger, Line, Lines, Payer, Perspective, SavingClass, load_prices
from convergence.analysis.costs.panel import Floats, Panel
from convergence.analysis.months import ASPECTS, Lost

BOTH = frozenset(Perspective)
PUBLIC = frozenset({Perspective.PUBLIC_FINANCE})

CASHABLE = Line("rsa", "RSA", Payer.COUNTY, SavingClass.CASHABLE, "", PUBLIC)
NIGHTS = Line("hotel_night", "Hôtel", Payer.STATE_P177, SavingClass.CAPACITY, "price:hotel_night", BOTH)
PROGRAMME = Line("aid", "Aide au poste", Payer.STATE_P102, SavingClass.PROGRAMME, "price:aid", PUBLIC)
GIVEN = Line("gift", "Accompagnement", Payer.FOUNDATIONS, SavingClass.PROGRAMME, "", PUBLIC)
LATER = Line("pension", "Retraite", Payer.SOCIAL_SECURITY, SavingClass.DEFERRED, "", PUBLIC)
OUTPUT = Line("production", "Production", Payer.SOCIETY, SavingClass.PRODUCTION, "", frozenset({Perspective.SOCIETY}))
FACTORS = {
    "price:hotel_night": Factor("price:hotel_night", "Prix de l’hôtel", 0.8, 1.3, "€", 20.0),
    "price:aid": Factor("price:aid", "Aide au poste", 1.0, 1.1, "€", 100.0),
}
LINES = (CASHABLE, NIGHTS, PROGRAMME, GIVEN, LATER, OUTPUT)


@dataclass(frozen=True)
class Given:
    """A source whose amounts are given: (people, months, lines)."""

    amounts: Floats
    described: tuple[Line, ...] = LINES
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        used = {line.factor for line in self.described}
        factors = {code: factor for code, factor in FACTORS.items() if code in used}
        object.__setattr__(self, "lines", Lines(self.described, factors))

    def fill(self, block: Floats, start: int, stop: int) -> None:
        block += np.where(np.isnan(self.amounts[start:stop]), 0.0, self.amounts[start:stop])


def ledger(
    amounts: Any,
    lines: tuple[Line, ...] = LINES,
    *,
    site: Any = 1,
    counted: Any = True,
    first: str = "2015-01",
) -> Ledger:
    """A ledger of given amounts (people, months, lines), everybody present at one site unless told otherwise."""
    array = np.asarray(amounts, float)
    people, months = array.shape[:2]
    shape = (people, months)
    zeros, no = np.zeros(shape), np.zeros(shape, bool)
    panel = Panel(
        person=np.arange(1, people + 1),
        site=np.broadcast_to(np.asarray(site), people).astype(np.int64),
        scheme=np.full(people, "convergence"),
        first=np.full(people, first, "datetime64[M]"),
        counted=np.broadcast_to(np.asarray(counted, bool), shape),
        in_path=no,
        gross=zeros,
        paid=zeros,
        lost=Lost.CARRIED,
    )
    masked = np.where(panel.counted[:, :, None], array, 0.0)
    return Ledger(panel, (Given(masked, lines),), load_prices().index)


def random_amounts(seed: int, people: int = 24, months: int = 6, lines: int = len(LINES)) -> Floats:
    return np.random.default_rng(seed).uniform(-50, 100, (people, months, lines))


def halves(people: int = 24) -> tuple[NDArray[np.bool_], Floats]:
    """The first half treated, the other half as its comparison."""
    treated = np.arange(people) < people // 2
    return treated, (~treated).astype(float)


def take_ups(share: float = 0.5) -> dict[str, TakeUp]:
    names = ("rsa", "in_work_benefit", "aah", "ass", "housing_aid")
    return {name: TakeUp(name, name, share, share / 2, min(1.0, share * 1.5), "fictif", "read") for name in names}


def benefits(people: int, months: int, **amounts: Any) -> Benefits:
    """Amounts of everybody, zero where not given; one number holds for every cell."""
    shape = (people, months)
    arrays: dict[str, Any] = {name: np.zeros(shape, np.float32) for name in AMOUNTS}
    arrays |= {name: np.broadcast_to(np.asarray(value, np.float32), shape) for name, value in amounts.items()}
    return Benefits(np.full(people, "2015-01", "datetime64[M]"), **arrays)


def months_frame(people: int = 1, months: int = 3, first: date = date(2015, 1, 1), **columns: Any) -> pl.DataFrame:
    """A frame shaped as ``person_months`` gives, everybody observed, without work, at site 1."""
    rows = people * months
    frame = pl.DataFrame(
        {
            "person": np.repeat(np.arange(1, people + 1), months),
            "site": np.ones(rows, np.int64),
            "scheme": ["convergence"] * rows,
            "elapsed": np.tile(np.arange(months, dtype=np.int16), people),
            "within": [True] * rows,
            "observed": [True] * rows,
            "lost": [False] * rows,
            "in_path": [False] * rows,
            "employer": pl.Series([None] * rows, dtype=pl.String),
            "public_body": [False] * rows,
            "programme": pl.Series([None] * rows, dtype=pl.String),
            **{name: np.zeros(rows) for name in ("weekly_hours", "gross", "worked", "paid")},
            **{name: pl.Series([None] * rows, dtype=pl.String) for name in ASPECTS},
        }
    ).with_columns(month=pl.lit(first).dt.offset_by(pl.format("{}mo", "elapsed")))
    return frame.with_columns(
        **{name: pl.lit(value) if not isinstance(value, list) else pl.Series(value) for name, value in columns.items()}
    )
