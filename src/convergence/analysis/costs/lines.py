"""The lines of an account, and the uncertain factors that multiply them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.costs.codes import Payer, Perspective, SavingClass, Unit
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.prices import Item, Parameter, Prices

CERTAIN = ""
"""The factor of a line that nothing multiplies: an amount fixed by law and observed."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies a line, 1 being the central case: a price or a take-up that is not known exactly.

    :param low, high: the ends of its range, as shares of the central value.
    :param unit_central: the central value in the factor's own unit (€, or a share between 0 and 1).
    """

    code: str
    label: str
    low: float
    high: float
    unit: str = ""
    unit_central: float = nan
    source: str = ""
    flag: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= 1 <= self.high < np.inf:
            raise CostError(
                f"La fourchette de «\u00a0{self.label}\u00a0» ({self.low:g} à {self.high:g} fois sa valeur centrale) "
                "doit contenir 1 et rester positive\u00a0: corrigez son bas et son haut."
            )

    @property
    def range(self) -> tuple[float, float, float]:
        """Low, central and high in the factor's own unit, the widest of its dates; without one, multiples of one."""
        central = self.unit_central if np.isfinite(self.unit_central) and self.unit_central > 0 else 1.0
        return self.low * central, central, self.high * central

    @classmethod
    def of_price(cls, item: Item) -> "Factor":
        """The price of an item: one draw serves all its dates, within the widest range of its rows."""
        low, high = item.spread
        last = item.prices[-1]
        return cls(
            code=f"price:{item.code}",
            label=f"Prix\u00a0: {item.label}",
            low=low,
            high=high,
            unit=item.unit.label if item.unit is Unit.SHARE else f"€ de {last.year} {item.unit.label}",
            unit_central=last.central,
            source=last.source,
            flag=item.flag,
        )

    @classmethod
    def of_parameter(cls, code: str, row: Parameter, unit: str, flag: str) -> "Factor":
        """A parameter, in its own unit; one that is zero is not drawn."""
        low, high = (row.low / row.central, row.high / row.central) if row.central > 0 else (1.0, 1.0)
        return cls(f"price:{code}", row.label, low, high, unit, row.central, row.source, flag)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is counted, who pays, what becomes of the euro, and what multiplies it.

    :param factor: the code of a :class:`Factor`, or ``CERTAIN``.
    :param perspectives: the accounts in which it stands: transfers only in that of public finance, production only in
        that of society, resources such as a night in a shelter in both.
    """

    item: str
    label: str
    payer: Payer
    saving_class: SavingClass
    factor: str = CERTAIN
    perspectives: frozenset[Perspective] = frozenset(Perspective)

    @property
    def programme(self) -> bool:
        return self.saving_class is SavingClass.PROGRAMME


@dataclass(frozen=True)
class Lines:
    """The lines of a ledger in order, with their factors and what readers must be told."""

    lines: tuple[Line, ...]
    factors: Mapping[str, Factor] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = sorted({line.factor for line in self.lines} - set(self.factors) - {CERTAIN})
        if unknown:
            raise CostError(
                f"Une ligne dépend de «\u00a0{unknown[0]}\u00a0», dont aucune fourchette n’est donnée\u00a0: "
                "ajoutez-la aux facteurs."
            )

    def __len__(self) -> int:
        return len(self.lines)

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(
            self.lines + other.lines,
            {**self.factors, **other.factors},
            _each_once(self.flags + other.flags),
            _each_once(self.not_counted + other.not_counted),
        )

    def chosen(self, perspective: Perspective) -> NDArray[np.bool_]:
        """Which lines stand in a perspective, shape (lines,)."""
        return np.array([perspective in line.perspectives for line in self.lines], bool)

    def of_class(self, *classes: SavingClass) -> NDArray[np.bool_]:
        """Which lines are of some classes, shape (lines,)."""
        return np.array([line.saving_class in classes for line in self.lines], bool)

    def of_payers(self, payers: Iterable[Payer]) -> NDArray[np.bool_]:
        """Which lines some payers pay, shape (lines,)."""
        wanted = frozenset(payers)
        return np.array([line.payer in wanted for line in self.lines], bool)


def price_lines(
    prices: Prices,
    code: str,
    *,
    perspectives: frozenset[Perspective] = frozenset(Perspective),
    payers: Iterable[Payer] | None = None,
) -> Lines:
    """One line for each payer of a priced item, with the factor of its price.

    :raises CostError: nothing is priced under that name, or it is outside the central case.
    """
    item = prices.item(code)
    if not item.central_case:
        raise CostError(
            f"«\u00a0{item.label}\u00a0» n’a pas de coût publié\u00a0: son prix est hors du cas central. Retirez les "
            "lignes [[rate]] qui s’en servent, ou donnez-lui central_case = true et une source."
        )
    factor = Factor.of_price(item)
    lines = tuple(
        Line(code, item.label, payer, item.saving_class, factor.code, perspectives) for payer in payers or item.payers
    )
    return Lines(lines, {factor.code: factor}, item.told)


def _each_once(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))
