"""What an account reads besides lives: dated prices, the index that carries them, who pays. Read by ``price_files``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.costs.codes import Payer, PriceKind, SavingClass, Status, Unit
from convergence.analysis.costs.errors import CostError

Months = NDArray[np.datetime64]
"""Calendar months, datetime64[M]."""

POST_AID: Final = "aci_aide_au_poste_fte"
"""The item that prices the aid for posts; its lines, too."""
EXTRA: Final = "convergence_extra"
"""The item that prices the programme's extra means where no grant is known."""
DAYS_A_YEAR = 365.25
_YEARLY = frozenset({Unit.PLACE_YEAR, Unit.LODGING_YEAR, Unit.PATIENT_YEAR, Unit.FTE_YEAR})


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs from a day on, in euros of that day's year, and where it is written."""

    since: date
    low: float
    central: float
    high: float
    source: str
    status: Status

    @property
    def year(self) -> int:
        return self.since.year


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is priced, with its prices in the order of their dates.

    :param payers: who pays; several share it, as grants or ``[[share]]`` tell.
    :param decreed: an amount fixed by order, in force as it is until the next one; others follow the index.
    :param central_case: false for what is priced by guess alone, and stays outside unless asked for.
    """

    code: str
    label: str
    unit: Unit
    payers: tuple[Payer, ...]
    saving_class: SavingClass
    kind: PriceKind
    prices: tuple[Price, ...]
    decreed: bool = False
    central_case: bool = True
    note: str = ""

    @property
    def a_day(self) -> float:
        """Units in a day: 1 for nights and days, 1/365.25 for what is priced by the year."""
        return 1 / DAYS_A_YEAR if self.unit in _YEARLY else 1.0

    @property
    def spread(self) -> tuple[float, float]:
        """Low and high as shares of the central price: the widest of the item's rows, so that one draw serves all."""
        priced = [price for price in self.prices if price.central > 0]
        if not priced:
            return 1.0, 1.0
        return min(price.low / price.central for price in priced), max(price.high / price.central for price in priced)

    @property
    def flag(self) -> str:
        """That a price was not read in its source, in French; empty when each was."""
        recalled = any(price.status is Status.MEMORY for price in self.prices)
        return f"{self.label}\u00a0: prix {Status.MEMORY.label}" if recalled else ""

    @property
    def told(self) -> tuple[str, ...]:
        """What a reader must be told where the item is used: its note, and its flag."""
        note = f"{self.label}\u00a0: {self.note[0].lower()}{self.note[1:]}" if self.note else ""
        return tuple(sentence for sentence in (self.flag, note) if sentence)


@dataclass(frozen=True, slots=True)
class Stay:
    """The item that prices the days somebody spends in one value of an aspect of her life."""

    aspect: str
    value: str
    item: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Who pays a benefit, or receives a contribution."""

    what: str
    label: str
    payer: Payer
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Rate:
    """Events a year of somebody whose housing has a value, supposed by whoever gives a source for it."""

    item: str
    housing: str
    central: float
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number with its range, which is no price."""

    label: str
    low: float
    central: float
    high: float
    source: str
    status: Status


@dataclass(frozen=True)
class PriceIndex:
    """Consumer prices by year: the one index, which carries every price from its year to another."""

    name: str
    values: Mapping[int, float]
    status: Mapping[int, Status]

    def at(self, year: int) -> float:
        """The annual mean.

        :raises CostError: no value for that year: years are never mixed by guessing.
        """
        if year not in self.values:
            raise CostError(
                f"L’indice des prix n’a pas de valeur pour {year}\u00a0: ajoutez une ligne [[index.year]], avec sa "
                "source, à votre fichier de prix."
            )
        return self.values[year]

    def flag(self, first: int, last: int) -> str:
        """What a reader must be told of the index over some years; empty when it was read in its source."""
        recalled = [year for year in range(first, last + 1) if self.status.get(year) is Status.MEMORY]
        if not recalled:
            return ""
        years = f"{recalled[0]} à {recalled[-1]}" if len(recalled) > 1 else f"{recalled[0]}"
        return f"Indice des prix de {years}\u00a0: {Status.MEMORY.label}"

    def factors(self, months: Months, year: int) -> NDArray[np.float64]:
        """What turns euros of each month's year into euros of ``year``, same shape as ``months``."""
        if not months.size:
            return np.ones(months.shape)
        years = months.astype("datetime64[Y]").astype(int) + 1970
        first = int(years.min())
        ratios = np.array([self.at(year) / self.at(one) for one in range(first, int(years.max()) + 1)])
        return cast(NDArray[np.float64], ratios[years - first])


@dataclass(frozen=True)
class Prices:
    """Everything that an account reads besides lives: items, the index, who pays, parameters."""

    items: Mapping[str, Item]
    index: PriceIndex
    stays: tuple[Stay, ...]
    payments: Mapping[str, Payment]
    grants: Mapping[tuple[str, str], Payment]
    shares: Mapping[str, Mapping[Payer, float]]
    rates: tuple[Rate, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    unheard: tuple[str, ...] = ()
    """Labels of items that a file of one's own prices otherwise, though nothing uses them."""

    @property
    def used(self) -> frozenset[str]:
        """Items that some quantity is multiplied by: stays and rates name theirs, the programme has its own."""
        named = [*(stay.item for stay in self.stays), *(rate.item for rate in self.rates)]
        return frozenset({*named, POST_AID, EXTRA})

    def item(self, code: str) -> Item:
        """
        :raises CostError: nothing is priced under that name.
        """
        if code not in self.items:
            raise CostError(
                f"Le poste «\u00a0{code}\u00a0» n’a pas de prix\u00a0: corrigez son nom, ou ajoutez-le à votre fichier "
                f"de prix. Postes connus\u00a0: {', '.join(sorted(self.items))}."
            )
        return self.items[code]

    def parameter(self, code: str) -> Parameter:
        """
        :raises CostError: no parameter of that name.
        """
        if code not in self.parameters:
            raise CostError(
                f"Le paramètre «\u00a0{code}\u00a0» n’existe pas\u00a0: choisissez parmi "
                f"{', '.join(sorted(self.parameters))}."
            )
        return self.parameters[code]

    def granting(self, funder: str, purpose: str) -> Payment:
        """The payer behind a grant; what is said of the purpose goes before what is said of the funder alone.

        :raises CostError: a kind of funder that no row names.
        """
        found = self.grants.get((funder, purpose)) or self.grants.get((funder, ""))
        if found is None:
            raise CostError(
                f"Aucun payeur n’est indiqué pour le financeur «\u00a0{funder}\u00a0»\u00a0: ajoutez une ligne "
                "[[grant]] à votre fichier de prix."
            )
        return found

    def by_month(self, code: str, months: Months) -> NDArray[np.float64]:
        """The central price of a unit in each month, in euros of that month's year; same shape as ``months``.

        The row in force is the last one before the month's end; before the first row, the first. An indexed price is
        carried by the index from its row's year to the month's; a decreed one is taken as it is, but for months before
        its first row.

        >>> import numpy as np
        >>> from convergence.analysis.costs import load_prices
        >>> decreed = load_prices().by_month("aci_aide_au_poste_fte", np.array(["2023-04", "2023-05"], "datetime64[M]"))
        >>> decreed.tolist()
        [22692.0, 23196.0]
        """
        item = self.item(code)
        if not months.size:
            return np.ones(months.shape)
        numbers = months.astype("datetime64[M]").astype(int)
        first = int(numbers.min())
        span = np.arange(first, int(numbers.max()) + 1).astype("datetime64[M]").astype(object)
        values = np.array([self._in_month(item, month) for month in span])
        return cast(NDArray[np.float64], values[numbers - first])

    def before_first(self, code: str, months: Months) -> bool:
        """Whether some month comes before the year of the item's first price, which then stands for it."""
        return bool(months.size) and int(months.min().astype("datetime64[Y]").astype(int)) + 1970 < (
            self.item(code).prices[0].year
        )

    def _in_month(self, item: Item, month: date) -> float:
        past = [price for price in item.prices if (price.since.year, price.since.month) <= (month.year, month.month)]
        price = past[-1] if past else item.prices[0]
        if item.decreed and past:
            return price.central
        return price.central * self.index.at(month.year) / self.index.at(price.year)
