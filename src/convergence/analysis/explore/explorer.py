"""The draws of one evaluation, summed under other prices, take-up and effects."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.conventions import TWO_YEARS
from convergence.analysis.explore.about import FIRM, PROGRAMME, SAVING_CLASSES, About
from convergence.analysis.explore.errors import ExploreError
from convergence.analysis.explore.reading import ABOUT, ARRAYS, read_about, read_arrays
from convergence.analysis.explore.results import Balance, Band, BreakEven, Curve, Floats, Interval, Row, Settings

NOTHING = 1e-9
"""What rounding leaves of a balance that is zero, as a share of its largest value."""


def break_even_months(net: Floats) -> NDArray[np.int_]:
    """After how many months each path is at or above zero and stays there; 0 where that never comes.

    :param net: (paths, months), cumulated.
    """
    below = net < -NOTHING * np.maximum(np.abs(net).max(axis=1, keepdims=True), 1.0)
    # The month after the last one below zero; one always below ends below, and never comes.
    last_below = np.where(below.any(axis=1), net.shape[1] - np.argmax(below[:, ::-1], axis=1), 0)
    return np.where(last_below == net.shape[1], 0, last_below + 1)


class Explorer:
    """The draws of one evaluation, and what they come to under other prices, take-up and effects."""

    def __init__(self, about: About, arrays: Mapping[str, Floats]) -> None:
        self.about = about
        self._arrays = arrays
        self._saving = np.array([line.kind != PROGRAMME for line in about.lines])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the two files of a folder that ``./convergence evaluate`` wrote.

        :raises ExploreError: a file is missing or is not what this module describes.
        """
        try:
            return cls.of_bytes((folder / ABOUT).read_bytes(), (folder / ARRAYS).read_bytes())
        except OSError:
            raise ExploreError(
                f"Ce dossier n’a pas de fichier {ABOUT} ou {ARRAYS} lisible : donnez celui que"
                " « ./convergence evaluate … --out DOSSIER » a écrit."
            ) from None

    @classmethod
    def of_bytes(cls, about: bytes, arrays: bytes) -> Self:
        """The same, from the contents of the two files. :raises ExploreError:"""
        told = read_about(about)
        return cls(told, read_arrays(arrays, told))

    @property
    def horizon(self) -> int:
        """Months of the account."""
        return len(self.about.observed)

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self._arrays["price"])

    def curve(self, settings: Settings) -> Curve:
        """Cumulated cost and savings, month after month, with the interval and the break-even.

        :raises ExploreError: an unknown contrast, perspective or item; a number out of its bounds.
        """
        weights, central = self._weights(settings), self._weights(settings, central=True)
        kinds = np.array([line.kind for line in self.about.lines])
        chosen = {"firm": np.isin(kinds, FIRM), "capacity": kinds == "capacity", PROGRAMME: kinds == PROGRAMME}
        drawn, point = (
            {
                name: self._cumulated(settings, weighed * mask, saving=name != PROGRAMME, central=is_central)
                for name, mask in chosen.items()
            }
            for weighed, is_central in ((weights, False), (central, True))
        )
        savings, central_savings = (each["firm"] + each["capacity"] for each in (drawn, point))
        net, central_net = savings - drawn[PROGRAMME], central_savings - point[PROGRAMME]
        cash, central_cash = (each["firm"] - each[PROGRAMME] for each in (drawn, point))
        return Curve(
            months=np.arange(1, self.horizon + 1),
            savings=self._band(central_savings, savings),
            cost=self._band(point[PROGRAMME], drawn[PROGRAMME]),
            net=self._band(central_net, net),
            cash=self._band(central_cash, cash),
            break_even=self._break_even(central_net, net),
            cash_break_even=self._break_even(central_cash, cash),
        )

    def balance(self, settings: Settings, month: int) -> Balance:
        """Who pays and who saves, cumulated at the end of a month, by payer and by line.

        :param month: 1 to the horizon.
        :raises ExploreError: as ``curve``; a month outside the horizon.
        """
        if not 1 <= month <= self.horizon:
            raise ExploreError(f"Ce bilan va du mois 1 au mois {self.horizon} : choisissez un mois entre les deux.")
        drawn = self._by_line(settings, month, central=False) * self._weights(settings)
        point = self._by_line(settings, month, central=True) * self._weights(settings, central=True)[0]
        lines, payers = self.about.lines, self.about.payers
        counted = [settings.perspective in line.perspectives for line in lines]

        def row(code: str, label: str, chosen: Sequence[bool]) -> Row:
            mask = np.array(chosen)

            def amount(*kinds: str) -> tuple[float, Floats]:
                picked = mask & np.array([line.kind in kinds for line in lines])
                return float(point[picked].sum()), drawn[:, picked].sum(axis=1)

            amounts = [amount(kind) for kind in (PROGRAMME, *SAVING_CLASSES)]
            saved, cost = amount(*FIRM, "capacity"), amounts[0]
            net = (saved[0] - cost[0], saved[1] - cost[1])
            return Row(code, label, *(self._interval(*each) for each in (*amounts, net)))

        return Balance(
            month=month,
            payers=tuple(
                row(code, label, chosen)
                for code, label in payers.items()
                if any(chosen := [here and line.payer == code for here, line in zip(counted, lines, strict=True)])
            ),
            lines=tuple(
                row(line.item, line.label, [other is line for other in lines])
                for here, line in zip(counted, lines, strict=True)
                if here
            ),
            total=row("total", "Ensemble", counted),
        )

    # How it is summed ---------------------------------------------------------------------------------------------

    def _weights(self, settings: Settings, *, central: bool = False) -> Floats:
        """What each amount is multiplied by: (draws, lines), or (1, lines) for the point estimate."""
        about = self.about
        _check(settings, about)
        fixed, wanted = np.ones(len(about.lines)), np.ones(len(about.lines))
        most = np.full(len(about.lines), np.inf)
        for place, line in enumerate(about.lines):
            fixed[place] = settings.perspective in line.perspectives
            if line.kind != PROGRAMME:
                fixed[place] *= settings.effect
            if line.kind == "capacity":
                fixed[place] *= settings.capacity_share
            fixed[place] *= settings.price_factors.get(line.item, 1.0)
            if line.take_up is not None:
                wanted[place] = settings.take_up.get(line.item, line.take_up.central) / line.take_up.central
                most[place] = 1 / line.take_up.central
        if central:
            return np.asarray(fixed * wanted)[None, :]
        # A share drawn around what was chosen is still a share.
        return np.asarray(fixed * self._arrays["price"] * np.minimum(wanted * self._arrays["take_up"], most))

    def _amounts(self, settings: Settings, *, saving: bool, central: bool) -> Floats:
        name = f"{'central_' if central else ''}{'savings' if saving else 'cost'}.{settings.contrast}"
        amounts = self._arrays[name]
        return amounts[None] if central else amounts

    def _discounted(self, settings: Settings) -> Floats:
        return np.asarray((1 + settings.discount) ** (-np.arange(self.horizon) / 12))

    def _cumulated(self, settings: Settings, weights: Floats, *, saving: bool, central: bool) -> Floats:
        """(draws, months): the weighted sum over lines, discounted, cumulated."""
        amounts = self._amounts(settings, saving=saving, central=central)
        columns = weights[:, self._saving == saving].astype(amounts.dtype)
        monthly = np.matmul(amounts, columns[:, :, None])[:, :, 0].astype(np.float64)
        return np.asarray(np.cumsum(monthly * self._discounted(settings), axis=1))

    def _by_line(self, settings: Settings, month: int, *, central: bool) -> Floats:
        """(draws, lines) or (lines,): discounted amounts cumulated up to a month, before any weight."""
        discounted = self._discounted(settings)[:month]
        draws = 1 if central else self.draws
        summed = np.empty((draws, len(self.about.lines)))
        for saving in (True, False):
            amounts = self._amounts(settings, saving=saving, central=central)[:, :month]
            summed[:, self._saving == saving] = np.matmul(discounted.astype(amounts.dtype), amounts)
        return summed[0] if central else summed

    def _quantiles(self, drawn: Floats) -> tuple[Floats, Floats]:
        """Both ends of the interval over the draws; by one sort, since numpy's own function is slow on small arrays."""
        ordered: Floats = np.sort(drawn, axis=0).astype(np.float64)
        tail = (1 - self.about.interval) / 2
        return _at(ordered, tail), _at(ordered, 1 - tail)

    def _band(self, central: Floats, drawn: Floats) -> Band:
        low, high = self._quantiles(drawn)
        return Band(central[0], low, high)

    def _interval(self, central: float, drawn: Floats) -> Interval:
        if not drawn.any():
            return Interval(central, 0.0, 0.0)
        low, high = self._quantiles(drawn)
        return Interval(central, float(low), float(high))

    def _break_even(self, central: Floats, net: Floats) -> BreakEven:
        months = break_even_months(net)
        reached = np.sort(np.where(months == 0, math.inf, months))
        tail = (1 - self.about.interval) / 2

        def quantile(share: float) -> int | None:
            found = float(reached[min(math.ceil(share * len(reached)), len(reached)) - 1])
            return None if math.isinf(found) else int(found)

        at_once = int(break_even_months(central)[0])
        return BreakEven(
            central=at_once or None,
            low=quantile(tail),
            median=quantile(0.5),
            high=quantile(1 - tail),
            by_two_years=float(np.mean(reached <= TWO_YEARS)) if self.horizon >= TWO_YEARS else None,
            never=float(np.mean(np.isinf(reached))),
        )


def _at(ordered: Floats, share: float) -> Floats:
    """The quantile of sorted draws, between the two nearest."""
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return np.asarray(ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below))


def _check(settings: Settings, about: About) -> None:
    """:raises ExploreError: what is asked names nothing here, or is out of bounds."""
    if settings.contrast not in {each.code for each in about.contrasts}:
        raise ExploreError("Cette évaluation n’a pas cette comparaison : choisissez-en une autre.")
    if settings.perspective not in {each.code for each in about.perspectives}:
        raise ExploreError("Cette évaluation n’a pas ce point de vue : choisissez-en un autre.")
    for label, share in (("La part des places libérées", settings.capacity_share), ("L’effet", settings.effect)):
        if not 0 <= share <= 1:
            raise ExploreError(f"{label} va de 0 à 100 %.")
    if not 0 <= settings.discount <= 0.2:
        raise ExploreError("Le taux d’actualisation va de 0 à 20 % par an.")
    priced = {line.item for line in about.lines if line.price}
    taken = {line.item for line in about.lines if line.take_up}
    if not (set(settings.price_factors) <= priced and set(settings.take_up) <= taken):
        raise ExploreError("Un prix ou un taux de recours ne correspond à aucune ligne de ce bilan.")
    if not all(0 <= factor <= 100 for factor in settings.price_factors.values()):
        raise ExploreError("Un prix ne peut être ni négatif, ni plus de cent fois le prix central.")
    if not all(0 <= share <= 1 for share in settings.take_up.values()):
        raise ExploreError("Un taux de recours va de 0 à 100 %.")
