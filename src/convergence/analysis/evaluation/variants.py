"""The same account under other meanings of its cost: the published share of means, and other readings of "public"."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from convergence.analysis.costs import BreakEven, CostError, Counterfactual, account_of, readings
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.material import Material
from convergence.analysis.evaluation.money import CAPACITY, CENTRAL, DRAWS_BESIDE, Bill, Money, reweighting
from convergence.analysis.impact.protocol import Contrast

EXTRA = "convergence_extra"
"""The price item that holds the share of means that the scheme is published to add to an ordinary site."""
RATE = "discount_rate"


@dataclass(frozen=True)
class Variants:
    """What stands beside the central accounts.

    :ivar share: what the scheme adds to an ordinary site, as published (low, central, high), and its source.
    :ivar published: the account against an ordinary site where the programme costs that share of the scheme's own,
        instead of what both sides' files tell; None where there is no such comparison.
    :ivar readings: break-even of each account under each reading, by the account's code.
    """

    share: tuple[float, float, float]
    source: str
    published: Bill | None
    readings: Mapping[str, Mapping[str, BreakEven]]


def variants_of(material: Material, money: Money, arms: tuple[Arm, ...]) -> Variants:
    """Every variant of the accounts of a run."""
    price = money.prices.item(EXTRA).prices[-1]
    arm = next((each for each in arms if each.contrast is Contrast.ORDINARY), None)
    rate = money.prices.parameter(RATE).central
    return Variants(
        (price.low, price.central, price.high),
        price.source,
        _published(material, money, arm) if arm else None,
        {bill.code: readings(bill.account, rate, capacity=CAPACITY) for bill in money.bills},
    )


def _published(material: Material, money: Money, arm: Arm) -> Bill | None:
    kept = material.people["person"].is_in(pl.Series(money.ledger.panel.person).implode()).to_numpy()
    contrast = Counterfactual(
        money.ledger, arm.treated[kept], arm.controls()[kept], arm.name, reweighting(arm, kept)
    )  # fmt: skip
    try:
        account = account_of(
            contrast,
            seed=material.request.seed,
            draws=min(material.request.draws, DRAWS_BESIDE),
            extra=money.prices.item(EXTRA),
        )
    except CostError:
        return None  # the account itself could not be made either, and says why
    return Bill(f"{arm.contrast.value}_published", arm.name, account, CENTRAL)
