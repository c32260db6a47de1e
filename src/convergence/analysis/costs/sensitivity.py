"""What moves the balance, and what must be true for it to be positive by a month."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convergence.analysis import french
from convergence.analysis.conventions import TAILS, TWO_YEARS
from convergence.analysis.costs.account import Account, Curve, discounting
from convergence.analysis.costs.break_even import NEVER, BreakEven, break_even, months_to_break_even
from convergence.analysis.costs.codes import Perspective, SavingClass
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.panel import Floats
from convergence.analysis.costs.prices import POST_AID

_STEPS = 61
_LIKELY = 0.5
_RATES = (0.0, 0.045)
"""No discounting, and the rate that France used for public investments until 2021."""


@dataclass(frozen=True)
class Bar:
    """One bar of a tornado: the cumulated balance at a month, a parameter being low, then high, the others central.

    :param low_value, high_value: the parameter's values, in its own unit; € a person for the balances.
    """

    code: str
    label: str
    unit: str
    low_value: float
    high_value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return abs(self.high - self.low)


@dataclass(frozen=True)
class Condition:
    """The value of a parameter at which breaking even by a month becomes as likely as not, the others drawn.

    :param crossing: None where no value of the range does it; ``always`` tells which of the two sides it is on.
    :param lowest, highest: the range that was tried; ``now`` the central value, all in the parameter's own unit.
    """

    code: str
    label: str
    unit: str
    now: float
    lowest: float
    highest: float
    crossing: float | None
    always: bool
    rises: bool

    def __str__(self) -> str:
        """What must be true, in a sentence."""
        tried = f"entre {_number(self.lowest)} et {_said(self.highest, self.unit)}"
        if self.crossing is None:
            return (
                f"{self.label}\u00a0: {'toute' if self.always else 'aucune'} valeur {tried} "
                f"{'suffit' if self.always else 'ne suffit'}."
            )
        side = "au moins" if self.rises else "au plus"
        return f"{self.label}\u00a0: {side} {_said(self.crossing, self.unit)}, {_number(self.now)} dans ce compte."


def tornado(
    account: Account,
    *,
    month: int = TWO_YEARS,
    perspective: Perspective = Perspective.PUBLIC_FINANCE,
    capacity: float = 0.5,
    foundations: bool = False,
    rate: float = 0.0,
) -> list[Bar]:
    """What moves the balance cumulated at the end of a month, from the widest bar: each price and take-up over its
    range; the share of capacity from 0 to 1; discounting, from none to 4.5 %; who the people are, by the interval of
    the bootstrap.

    :raises CostError: a month outside of the account.
    """
    _within(account, month)
    weights = account.weights(perspective, capacity=capacity, foundations=foundations)
    discount = discounting(rate, account.months)[:month]
    by_line = discount @ account.saving[:month]
    balance = float(by_line @ weights)
    bars = []
    for code, factor in account.lines.factors.items():
        part = float(by_line @ (weights * _depends(account, code)))
        if part:
            ends = (balance + part * (factor.low - 1), balance + part * (factor.high - 1))
            low_value, _central, high_value = factor.range
            bars.append(Bar(code, factor.label, factor.unit, low_value, high_value, *ends))
    free = account.weights(perspective, capacity=0.0, foundations=foundations)
    whole = account.weights(perspective, capacity=1.0, foundations=foundations)
    if (free != whole).any():
        ends = float(by_line @ free), float(by_line @ whole)
        bars.append(Bar("capacity", "Part des capacités libérées qui est économisée", "", 0.0, 1.0, *ends))
    later = [float(discounting(one, account.months)[:month] @ (account.saving[:month] @ weights)) for one in _RATES]
    bars.append(Bar("discount", "Taux d’actualisation", "par an", *_RATES, *later))
    drawn = np.einsum("dml,m->dl", account.draws[:, :month], discount, optimize=True) @ weights
    low, high = np.quantile(drawn, TAILS)
    label = "Personnes et effet (intervalle du bootstrap)"
    bars.append(Bar("people", label, "€ par personne", float(low), float(high), float(low), float(high)))
    return sorted(bars, key=lambda bar: (-bar.width, bar.code))


def conditions(
    account: Account,
    *,
    month: int = TWO_YEARS,
    perspective: Perspective = Perspective.PUBLIC_FINANCE,
    capacity: float = 0.5,
    foundations: bool = False,
    rate: float = 0.0,
) -> list[Condition]:
    """What must be true for breaking even by ``month`` to be as likely as not: for each main parameter, the value at
    which P(break-even ≤ month) crosses 50 %, the others being drawn; or that none does.

    Tried: each price from 0 to 3 times its central value, each take-up from 0 to 1, the share of capacity from 0 to 1,
    savings (the effect) from 0 to 3 times, the programme's cost from 0 to 2 times.

    :raises CostError: a month outside of the account.
    """
    _within(account, month)
    weights = account.weights(perspective, capacity=capacity, foundations=foundations)
    discount = discounting(rate, account.months)

    def cumulated(multiplied: Floats) -> Floats:
        monthly = np.einsum("dml,dl->dm", account.draws, multiplied, optimize=True)
        return np.cumsum(monthly * discount, axis=1)

    drawn = account.multipliers * weights
    programme = account.lines.of_class(SavingClass.PROGRAMME)
    found = []
    for code, factor in account.lines.factors.items():
        depends = _depends(account, code)
        if not (weights * depends).any():
            continue
        rest, part = cumulated(drawn * ~depends), cumulated(np.broadcast_to(weights * depends, drawn.shape))
        central = factor.range[1]
        highest = min(1.0, 3 * central) if code.startswith("take_up:") else 3 * central
        found.append(_condition(code, factor.label, factor.unit, central, 0.0, highest, rest, part, central, month))
    is_capacity = account.lines.of_class(SavingClass.CAPACITY)
    full = account.multipliers * account.weights(perspective, capacity=1.0, foundations=foundations)
    rest, part = cumulated(full * ~is_capacity), cumulated(full * is_capacity)
    label = "Part des capacités libérées qui est économisée"
    found.append(_condition("capacity", label, "", capacity, 0.0, 1.0, rest, part, 1.0, month))
    savings, costs = cumulated(drawn * ~programme), cumulated(drawn * programme)
    label = "Économies, en nombre de fois celles de ce compte (l’effet)"
    found.append(_condition("effect", label, "fois", 1.0, 0.0, 3.0, costs, savings, 1.0, month))
    label = "Coût du programme, en nombre de fois celui de ce compte"
    found.append(_condition("programme", label, "fois", 1.0, 0.0, 2.0, savings, costs, 1.0, month))
    return found


def readings(
    account: Account,
    rate: float,
    *,
    perspective: Perspective = Perspective.PUBLIC_FINANCE,
    capacity: float = 0.5,
) -> dict[str, BreakEven]:
    """The break-even under other readings of "public funding": a published sentence may rest on any of them.

    The aid for posts is what any work-integration site receives: left out, what remains is the funding of the scheme's
    own means, while the savings stay those of the whole job: such a reading is told, not defended.

    :param rate: a discount rate, such as the parameter ``discount_rate`` of prices.
    :raises CostError: a share or a rate out of range.
    """

    def read(label: str, *, foundations: bool = False, without: tuple[str, ...] = (), yearly: float = 0.0) -> BreakEven:
        weights = account.weights(perspective, capacity=capacity, foundations=foundations, without=without)
        central, drawn = account.balance(weights)
        discount = discounting(yearly, account.months)
        return break_even(Curve(label, np.cumsum(central * discount), np.cumsum(drawn * discount, axis=1)))

    return {
        found.name: found
        for found in (
            read("tous les financements publics"),
            read("financements publics et fondations", foundations=True),
            read("sans compter l’aide au poste, que reçoit tout chantier d’insertion", without=(POST_AID,)),
            read(f"actualisé à {_number(100 * rate)}\u00a0% par an", yearly=rate),
        )
    }


def _condition(
    code: str,
    label: str,
    unit: str,
    now: float,
    lowest: float,
    highest: float,
    rest: Floats,
    part: Floats,
    central: float,
    month: int,
) -> Condition:
    """``part`` was worked out at ``central``: the balance at x is ``rest`` + x / central × ``part``."""
    values = np.linspace(lowest, highest, _STEPS)
    scales = values / central if central else values
    likely = np.array([_likelihood(rest + scale * part, month) for scale in scales])
    enough = likely >= _LIKELY
    crossings = np.flatnonzero(enough[1:] != enough[:-1])
    rises = bool(likely[-1] >= likely[0])
    if not crossings.size:
        return Condition(code, label, unit, now, lowest, highest, None, bool(enough[0]), rises)
    # Nearest to the value of the account, where several are.
    place = int(crossings[np.argmin(np.abs(values[crossings] - now))])
    before, after = likely[place], likely[place + 1]
    crossing = values[place] + (values[place + 1] - values[place]) * (_LIKELY - before) / (after - before)
    return Condition(code, label, unit, now, lowest, highest, float(crossing), False, bool(after > before))


def _likelihood(cumulated: Floats, month: int) -> float:
    found = months_to_break_even(cumulated)
    return float(np.mean((found != NEVER) & (found <= month)))


def _depends(account: Account, code: str) -> NDArray[np.bool_]:
    return np.array([line.factor == code for line in account.lines.lines], bool)


def _within(account: Account, month: int) -> None:
    if not 1 <= month <= account.months:
        raise CostError(
            f"Le compte va jusqu’au mois {account.months}\u00a0: le mois {month} n’y est pas. Choisissez-en un "
            "autre, ou attendez d’avoir assez de recul."
        )


def _said(value: float, unit: str) -> str:
    """A value with its unit: an amount or a multiple reads on, anything else is told in brackets."""
    if not unit:
        return _number(value)
    return f"{_number(value)}\u00a0{unit}" if unit.startswith(("€", "fois")) else f"{_number(value)} ({unit})"


def _number(value: float) -> str:
    """Three figures that count; from a hundred on, the whole number."""
    if abs(value) >= 100:
        return french.number(value)
    return f"{value:.3g}".replace(".", ",").replace("-", french.MINUS)
