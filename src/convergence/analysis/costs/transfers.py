"""Benefits, contributions and tax: what public finance pays to people and receives from their work."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import TakeUp
from convergence.analysis.benefits.results import Benefits
from convergence.analysis.costs.codes import Perspective, SavingClass, Status
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.lines import CERTAIN, Factor, Line, Lines
from convergence.analysis.costs.panel import Booleans, Floats, Panel
from convergence.analysis.costs.prices import Prices
from convergence.vocabulary.health import Disability
from convergence.vocabulary.rights import Benefit as Right

PAID = ("rsa", "in_work_benefit", "aah", "ass", "housing_aid")
"""Costs to public finance when somebody takes them up."""
RECEIVED = ("employee_contributions", "social_levies", "employer_contributions", "income_tax")
"""Gains of public finance."""

_PUBLIC = frozenset({Perspective.PUBLIC_FINANCE})
_TAKEN = frozenset({Right.OPEN.value, Disability.GRANTED.value})


@dataclass(frozen=True)
class Transfers:
    """The source of benefits and contributions. A benefit has two lines: where the file tells whether the right is
    open, and where take-up is supposed."""

    lines: Lines
    panel: Panel
    benefits: Benefits
    shares: Mapping[str, float]
    told: Mapping[str, NDArray[np.int8]]
    """By benefit, (people, months): 1 the right is open, 0 it is not, -1 nobody knows."""

    def fill(self, block: Floats, start: int, stop: int) -> None:
        rows, place = slice(start, stop), 0
        counted = self.panel.counted[rows]
        for benefit in PAID:
            amount = np.where(counted, getattr(self.benefits, benefit)[rows], 0.0)
            told = self.told[benefit][rows]
            block[:, :, place] += np.where(told == 1, amount, 0.0)
            block[:, :, place + 1] += np.where(told == -1, amount * self.shares[benefit], 0.0)
            place += 2
        for gain in RECEIVED:
            block[:, :, place] -= np.where(counted, getattr(self.benefits, gain)[rows], 0.0)
            place += 1


def transfers_of(
    panel: Panel,
    months: pl.DataFrame,
    benefits: Benefits,
    take_up: Mapping[str, TakeUp],
    prices: Prices,
    *,
    observed_take_up: bool = True,
) -> Transfers:
    """What public finance pays and receives by the law, where people take their rights up.

    :param benefits: amounts by the law, before take-up, on the same people and months.
    :param months: the panel's frame, whose aspects tell which rights are open.
    :param observed_take_up: where the file tells whether a right is open, believe it: opening a right is then an
        outcome, and a cost. False: the supposed share everywhere.
    :raises CostError: amounts of another shape than the panel, negative or not finite; a benefit without take-up.
    """
    for name in PAID + RECEIVED:
        _checked(name, getattr(benefits, name), panel.counted, signed=name in RECEIVED)
    lines, factors, flags, shares = [], {}, list(benefits.notes), {}
    for benefit in PAID:
        if benefit not in take_up:
            raise CostError(f"Aucun taux de recours n’est donné pour «\u00a0{benefit}\u00a0»\u00a0: ajoutez-le.")
        payment, factor = prices.payments[benefit], _factor(benefit, take_up[benefit], prices)
        shares[benefit] = take_up[benefit].share
        factors[factor.code] = factor
        told = Line(benefit, payment.label, payment.payer, SavingClass.CASHABLE, CERTAIN, _PUBLIC)
        supposed = replace(told, label=f"{payment.label} (recours supposé)", factor=factor.code)
        lines += [told, supposed]
        flags += [factor.flag, *_payer_flag(benefit, prices)]
    for gain in RECEIVED:
        payment = prices.payments[gain]
        lines.append(Line(gain, payment.label, payment.payer, SavingClass.CASHABLE, CERTAIN, _PUBLIC))
        flags += _payer_flag(gain, prices)
    described = Lines(tuple(lines), factors, tuple(dict.fromkeys(flag for flag in flags if flag)))
    open_or_not = {
        benefit: _told(months, benefit, panel) if observed_take_up else np.full(panel.counted.shape, -1, np.int8)
        for benefit in PAID
    }
    return Transfers(described, panel, benefits, shares, open_or_not)


def _factor(benefit: str, take_up: TakeUp, prices: Prices) -> Factor:
    share, low, high = take_up.share, take_up.low, take_up.high
    label = prices.payments[benefit].label
    if not 0 <= low <= share <= high <= 1 or share == 0:
        raise CostError(
            f"Le recours à «\u00a0{label}\u00a0» doit être entre 0 et 1, bas, central et haut dans l’ordre."
        )
    flag = f"{label}\u00a0: recours {Status.MEMORY.label}" if take_up.status == Status.MEMORY.value else ""
    return Factor(
        code=f"take_up:{benefit}",
        label=f"Recours\u00a0: {label}",
        low=low / share,
        high=high / share,
        unit="part des ayants droit",
        unit_central=share,
        source=take_up.source,
        flag=flag,
    )


def _payer_flag(what: str, prices: Prices) -> tuple[str, ...]:
    payment = prices.payments[what]
    if payment.status is Status.READ:
        return ()
    return (f"{payment.label}\u00a0: payeur {Status.MEMORY.label}",)


def _told(months: pl.DataFrame, benefit: str, panel: Panel) -> NDArray[np.int8]:
    """Whether the right is open by the file: 1, 0, or -1 where nobody knows."""
    value = pl.col(benefit).cast(pl.String)
    code = pl.when(value.is_null()).then(-1).when(value.is_in(sorted(_TAKEN))).then(1).otherwise(0).cast(pl.Int8)
    return months.select(code.alias("code"))["code"].to_numpy().reshape(panel.counted.shape)


def _checked(name: str, amount: Floats, counted: Booleans, *, signed: bool) -> None:
    if amount.shape != counted.shape:
        raise CostError(
            f"Les montants de «\u00a0{name}\u00a0» sont pour {amount.shape[0]} personnes et {amount.shape[-1]} mois, "
            f"le tableau des mois pour {counted.shape[0]} et {counted.shape[1]}\u00a0: calculez-les sur les mêmes mois."
        )
    values = amount[counted]
    if not np.isfinite(values).all():
        raise CostError(
            f"Des montants de «\u00a0{name}\u00a0» manquent dans des mois comptés\u00a0: calculez-les d’abord."
        )
    if not signed and (values < 0).any():
        raise CostError(f"Des montants de «\u00a0{name}\u00a0» sont négatifs\u00a0: une prestation ne l’est jamais.")
