"""The accounts of a run: before–after and each counterfactual, under each assumption on people lost from sight."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits import (
    AMOUNTS,
    Benefits,
    Circumstances,
    Factorised,
    History,
    Origin,
    assumptions,
    circumstances_of,
)
from convergence.analysis.conventions import TAILS, TWO_YEARS
from convergence.analysis.costs import (
    Account,
    BeforeAfter,
    CostError,
    Counterfactual,
    Curve,
    Ledger,
    Payer,
    Perspective,
    Prices,
    SavingClass,
    account_of,
    break_even,
    costs_of,
    held_at_entry,
    load_prices,
    stays_as_held,
    stays_of,
)
from convergence.analysis.costs.contrasts import Reweighting
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.material import Flags, Material
from convergence.analysis.months import Lost, person_months
from convergence.vocabulary.structures import Scheme

BEFORE_AFTER: Final = "before_after"
CENTRAL: Final = Lost.CARRIED
"""The assumption of the central case on people lost from sight; the others are shown beside it."""
DRAWS_BESIDE: Final = 250
"""Draws of the accounts under the other assumptions, at the most."""
CAPACITY: Final = 0.5
"""The share of freed capacity that the central curve counts; 0 and 1 stand beside it."""


@dataclass(frozen=True)
class Bill:
    """One contrast's account under one assumption on people lost from sight.

    :ivar code: `before_after`, `ordinary` or `none`; ``name``: the counterfactual, as a sentence names it.
    """

    code: str
    name: str
    account: Account
    lost: Lost

    @property
    def title(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}"

    @property
    def horizon(self) -> int:
        """Months that the account reaches, 24 at most: the month at which the published sentence is judged."""
        return min(TWO_YEARS, self.account.months)

    def curve(self, capacity: float = CAPACITY, perspective: Perspective = Perspective.PUBLIC_FINANCE) -> Curve:
        return self.account.curve(perspective, capacity=capacity)


@dataclass(frozen=True)
class Money:
    """Every account of a run. ``year``: of the constant euros.

    :ivar ledger: what happened, under the central assumption; ``observed``: (people, months) of it that are known.
    :ivar bills: of the central assumption, before–after first; ``others``: of the other assumptions.
    :ivar missing: contrasts whose account could not be made, with the reason.
    :ivar averages: share of the person-months of each benefit that rest on a published average instead of the law.
    :ivar notes: what was supposed of lives and of the law.
    """

    year: int
    prices: Prices
    ledger: Ledger
    observed: Flags
    bills: tuple[Bill, ...]
    others: tuple[Bill, ...]
    missing: Mapping[str, str]
    averages: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def supposed(self) -> float:
        """Of the months that count in the first two years, the share without news, which :data:`CENTRAL` fills."""
        counted = self.ledger.panel.counted[:, :TWO_YEARS]
        return 1.0 - float(self.observed[:, :TWO_YEARS][counted].mean())


def money_of(material: Material, arms: list[Arm]) -> Money:
    """Work out every account.

    :raises AnalysisError: prices or months that do not allow it.
    """
    prices = load_prices(material.request.prices)
    year = max(each for each in prices.index.values if each <= material.as_of.year)
    treated = material.protocol.eligible(material.people) & material.of_scheme(Scheme.CONVERGENCE)
    kept = np.logical_or.reduce([treated, *(arm.members for arm in arms)])
    people = material.people.filter(kept)
    bills: list[Bill] = []
    missing: dict[str, str] = {}
    panels = _panels(material, people, prices)
    benefits = _benefits(panels, people, material.request.law)
    ledgers = {
        panel: costs_of(
            material.tables, months, stays, prices, benefits=benefits[panel], take_up=assumptions().take_up,
            lost=panel or CENTRAL,
        ).constant(year)
        for panel, (months, stays) in panels.items()
    }  # fmt: skip
    central = ledgers[CENTRAL]
    for lost in (CENTRAL, *(each for each in Lost if each is not CENTRAL)):
        draws = material.request.draws if lost is CENTRAL else min(material.request.draws, DRAWS_BESIDE)
        for code, contrast in _contrasts(ledgers[lost], ledgers[None], treated, kept, arms).items():
            try:
                account = account_of(contrast, seed=material.request.seed, draws=draws)
            except CostError as error:
                missing[code] = str(error)
                continue
            bills.append(Bill(code, contrast.name, account, lost))
    return Money(
        year=year,
        prices=prices,
        ledger=central,
        observed=panels[CENTRAL][0]["observed"].to_numpy().reshape(people.height, -1),
        bills=tuple(bill for bill in bills if bill.lost is CENTRAL),
        others=tuple(bill for bill in bills if bill.lost is not CENTRAL),
        missing=missing,
        averages=_averages(benefits[CENTRAL], central, treated[kept]),
        notes=benefits[CENTRAL].notes,
    )


_Panel = tuple[pl.DataFrame, pl.DataFrame]
"""A frame of months, and the stays in it."""


def _panels(material: Material, people: pl.DataFrame, prices: Prices) -> dict[Lost | None, _Panel]:
    """Lives under each assumption on people lost from sight; under None, held as on the day of entry."""
    found: dict[Lost | None, _Panel] = {}
    for lost in Lost:
        months = person_months(material.tables, material.as_of, months=material.protocol.months, lost=lost)
        months = months.filter(pl.col("person").is_in(people["person"].implode()))
        found[lost] = months, stays_of(material.tables, months, prices)
    held = held_at_entry(material.tables, found[CENTRAL][0])
    found[None] = held, stays_as_held(held, prices)
    return found


def _benefits(
    panels: Mapping[Lost | None, _Panel], people: pl.DataFrame, law: Path | None
) -> dict[Lost | None, Benefits]:
    """Amounts of every panel, asked of the law together: it is read once for each month."""
    lives = [circumstances_of(months, people, history=History.NO_INCOME) for months, _ in panels.values()]
    arrays = [field.name for field in fields(Circumstances) if field.name not in ("history", "notes")]
    whole = {name: np.concatenate([getattr(each, name) for each in lives]) for name in arrays}
    amounts = Factorised(law).compute(replace(lives[0], **whole))
    found = {}
    for place, panel in enumerate(panels):
        rows = slice(place * people.height, (place + 1) * people.height)
        mine = {name: getattr(amounts, name)[rows] for name in (*AMOUNTS, "first_month")}
        found[panel] = replace(amounts, **mine)
    return found


def _contrasts(
    ledger: Ledger, before: Ledger, treated: Flags, kept: Flags, arms: list[Arm]
) -> dict[str, BeforeAfter | Counterfactual]:
    """Contrasts over the people ``kept``, who are those of the ledgers."""
    name = "avant–après, situation du jour d’entrée maintenue"
    found: dict[str, BeforeAfter | Counterfactual] = {BEFORE_AFTER: BeforeAfter(ledger, before, treated[kept], name)}
    for arm in arms:
        found[arm.contrast.value] = Counterfactual(
            ledger, arm.treated[kept], arm.controls()[kept], arm.name, reweighting(arm, kept)
        )
    return found


def reweighting(arm: Arm, kept: Flags) -> Reweighting:
    def reweighted(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        everybody = np.zeros(len(kept), np.int64)
        everybody[kept] = counts
        return arm.reweighted(everybody)[kept]

    return reweighted


def _averages(amounts: Benefits, ledger: Ledger, treated: Flags) -> dict[str, float]:
    """Of each benefit, the share of the person-months of the scheme that rest on a published average."""
    counted = ledger.panel.counted & treated[:, None]
    found = {}
    for name in ("rsa", "in_work_benefit", "aah", "ass", "housing_aid"):
        average = amounts.origin(name) == Origin.PUBLISHED_AVERAGE
        found[name] = float(average[counted].mean()) if counted.any() else 0.0
    return found


@dataclass(frozen=True)
class Answer:
    """Whether what was avoided exceeds the public funding at a month, in one contrast.

    :ivar net, low, high: cumulated balance in € a person at ``month``, central and 95 % interval.
    :ivar probability: of having broken even by then, for good; ``never``: of not doing so within ``horizon`` months.
    :ivar first: month of break-even, central; None never. ``since``, ``until``: its interval, None: never.
    """

    bill: Bill
    capacity: float
    month: int
    net: float
    low: float
    high: float
    probability: float
    never: float
    first: int | None
    since: int | None
    until: int | None
    horizon: int

    @property
    def verdict(self) -> str:
        """What may be said: the interval decides."""
        if self.low > 0:
            return "dépassent"
        return "ne dépassent pas" if self.high < 0 else "ne sont pas départagées"


def answer(bill: Bill, capacity: float, perspective: Perspective = Perspective.PUBLIC_FINANCE) -> Answer:
    """The balance at the end of the second year, and the break-even, of one contrast."""
    curve = bill.curve(capacity, perspective)
    low, high = curve.band()
    at = bill.horizon - 1
    found = break_even(curve)
    since, until = found.interval()
    return Answer(
        bill, capacity, bill.horizon, float(curve.central[at]), float(low[at]), float(high[at]),
        found.within(bill.horizon) or 0.0, found.never, found.month, since, until, curve.months,
    )  # fmt: skip


def cumulated(bill: Bill, chosen: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """A weighted sum of lines, cumulated: central, low and high, each (months,)."""
    central, draws = bill.account.balance(chosen)
    low, high = np.quantile(np.cumsum(draws, axis=1), TAILS, axis=0)
    return np.cumsum(central), low, high


def of_class(bill: Bill, kind: SavingClass) -> NDArray[np.float64]:
    """(lines,) 1.0 for what public funders spend or save of a class, capacity counted whole."""
    lines = bill.account.lines
    chosen = lines.of_class(kind) & lines.chosen(Perspective.PUBLIC_FINANCE) & ~lines.of_payers([Payer.FOUNDATIONS])
    return chosen.astype(np.float64)
