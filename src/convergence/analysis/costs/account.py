"""The account of a contrast: what is saved and spent, month by month and line by line, with its joint uncertainty."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.costs.codes import Payer, Perspective, SavingClass
from convergence.analysis.costs.contrasts import Contrast, Counterfactual
from convergence.analysis.costs.drawing import Group, Law, Resampling, draw_factors, generator, line_factors
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.ledger import FEWEST
from convergence.analysis.costs.lines import Factor, Line, Lines
from convergence.analysis.costs.panel import Booleans, Floats
from convergence.analysis.costs.prices import Item

LEVEL = 0.95
HIGHEST_RATE = 0.20
_MOST_UNITS = 4_000
"""People of a side beyond whom groups of people drawn at random are drawn again instead of people."""
_GROUPS = 2_000
_DRAWS_AT_ONCE = 100


@dataclass(frozen=True)
class Curve:
    """A cumulated balance by month since entry, € a person: central case, draws, and interval.

    :param central: (months,); :param draws: (draws, months); :param name: the contrast, the perspective, what counts.
    """

    name: str
    central: Floats
    draws: Floats

    @property
    def months(self) -> int:
        return len(self.central)

    def band(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The interval of each month, by the quantiles of the draws: low (months,), high (months,)."""
        low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high


@dataclass(frozen=True)
class Account:
    """Mean monthly savings of the people of the scheme, € a person: positive where the payer spends less than without.

    :param name: of the contrast: the counterfactual, and how it was built.
    :param saving: (months, lines), central case. Lines of the programme are savings below zero.
    :param draws: (draws, months, lines): people and effects drawn again, factors at their central value.
    :param factors: (draws, factors of ``lines``): prices and take-up drawn, 1 at the centre. The draws of a line are
        ``draws`` × the draws of its factor: prices enter linearly.
    :param observed: (months,) people counted, of the smaller side.
    :param year: None: current euros; else constant euros of that year.
    :param resampling: what was drawn again, in French.
    """

    name: str
    lines: Lines
    saving: Floats
    draws: NDArray[np.float32]
    factors: Floats
    treated: int
    controls: int | None
    observed: NDArray[np.int64]
    seed: int
    law: Law
    resampling: str
    year: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def months(self) -> int:
        return int(self.saving.shape[0])

    @property
    def multipliers(self) -> Floats:
        """Draws of the factor of each line, (draws, lines)."""
        return line_factors(self.lines, self.factors)

    def weights(
        self,
        perspective: Perspective = Perspective.PUBLIC_FINANCE,
        *,
        capacity: float = 1.0,
        foundations: bool = False,
        payers: Iterable[Payer] | None = None,
    ) -> Floats:
        """How much of each line a balance counts, (lines,).

        Cashable lines, the programme, and production (society) count whole; capacity by the share that is really
        saved; deferred rights never. Foundations pay apart: the published sentence is about public funding.

        :raises CostError: a share out of 0 to 1.
        """
        if not 0 <= capacity <= 1:
            raise CostError("La part des capacités comptée va de 0 à 1\u00a0: donnez 0, 0,5 ou 1.")
        lines = self.lines
        counted = lines.chosen(perspective) & ~lines.of_class(SavingClass.DEFERRED)
        if not foundations:
            counted &= ~lines.of_payers([Payer.FOUNDATIONS])
        if payers is not None:
            counted &= lines.of_payers(payers)
        shares = np.where(lines.of_class(SavingClass.CAPACITY), capacity, 1.0)
        return cast(Floats, counted * shares)

    def curve(
        self,
        perspective: Perspective = Perspective.PUBLIC_FINANCE,
        *,
        capacity: float = 1.0,
        foundations: bool = False,
        payers: Iterable[Payer] | None = None,
        rate: float = 0.0,
    ) -> Curve:
        """The cumulated balance, savings less programme; see :meth:`weights`. ``rate``: discount rate, a year.

        :raises CostError: a share or a rate out of range.
        """
        counted = self.weights(perspective, capacity=capacity, foundations=foundations, payers=payers)
        monthly, drawn = self.balance(counted)
        discount = discounting(rate, self.months)
        share = f"{100 * capacity:.0f}\u00a0% des capacités"
        return Curve(
            f"{self.name} · {perspective.label} · {share}",
            np.cumsum(monthly * discount),
            np.cumsum(drawn * discount, axis=1),
        )

    def balance(self, weights: Floats) -> tuple[Floats, Floats]:
        """A weighted sum of lines: the central case (months,), and its draws (draws, months)."""
        return self.saving @ weights, np.einsum("dml,dl->dm", self.draws, self.multipliers * weights, optimize=True)

    def table(self, *, months: int | None = None, rate: float = 0.0) -> pl.DataFrame:
        """Savings cumulated over the first months, by line: `item`, `label`, `payer`, `class`, `perspectives`, then
        `saving` and its interval `low`, `high`, in € a person.

        :raises CostError: more months than the account has, or a rate out of range.
        """
        number = self.months if months is None else months
        if not 1 <= number <= self.months:
            raise CostError(f"Le compte a {self.months} mois\u00a0: demandez-en entre 1 et {self.months}.")
        discount = discounting(rate, self.months)[:number]
        central = discount @ self.saving[:number]
        drawn = np.einsum("dml,m->dl", self.draws[:, :number], discount, optimize=True) * self.multipliers
        low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        lines = self.lines.lines
        return pl.DataFrame(
            {
                "item": [line.item for line in lines],
                "label": [line.label for line in lines],
                "payer": [line.payer.value for line in lines],
                "class": [line.saving_class.value for line in lines],
                "perspectives": ["+".join(sorted(one.value for one in line.perspectives)) for line in lines],
                "saving": central,
                "low": low,
                "high": high,
            }
        )


def account_of(
    contrast: Contrast,
    *,
    seed: int,
    draws: int = 1_000,
    law: Law = Law.PERT,
    resample: Resampling | None = None,
    extra: Item | None = None,
) -> Account:
    """The account of a contrast: central case, and joint draws of people, effects, prices and take-up.

    Means of a month are over the people counted in it. People are drawn again on each side; where a side has at least
    two sites, sites are drawn first, then people in each, as often as it was drawn; ``resample`` imposes one of the
    two. Beyond 4,000 people of a side, 2,000 random groups of them stand for people. The account stops before the
    first month in which a side counts fewer than 5 people.

    :param seed: of every draw; streams depend on it and on names alone.
    :param extra: the item ``convergence_extra``, for people of ordinary sites whose programme's cost is not known: it
        is then that of the scheme without the published share of means that the scheme adds.
    :raises CostError: too few people in the first month, fewer than 2 draws, weights that are no weights; ``extra``
        for people compared with themselves, whose savings are those of the whole job.
    """
    if extra is not None and contrast.controls is None:
        raise CostError(
            "Un avant-après compte les économies de tout l’emploi\u00a0: lui opposer le seul surcroît de moyens serait "
            "trompeur. Comparez à des personnes d’un chantier ordinaire."
        )
    if draws < 2:
        raise CostError("Il faut au moins deux tirages\u00a0: un intervalle ne vient pas d’un seul.")
    one, other = contrast.with_scheme, contrast.without
    nobody = np.zeros(len(contrast.treated), np.int64)
    treated, controls = contrast.treated.astype(np.float64), contrast.weights(nobody + 1)
    observed = np.minimum(_people(contrast.treated, one.panel.counted), _people(controls > 0, other.panel.counted))
    short = np.flatnonzero(observed < FEWEST)
    months = int(short[0]) if short.size else len(observed)
    if not months:
        raise CostError(
            f"Moins de {FEWEST} personnes sont connues le premier mois d’un des deux côtés\u00a0: rien n’est montré."
        )
    lines, difference = (one.lines, _difference) if extra is None else _with_extra(one.lines, extra)
    central = difference(_means(*one.totals(treated), months), _means(*other.totals(controls), months))
    drawn = np.empty((draws, months, len(one.lines)), np.float32)
    groups = [Group.of(contrast.treated, one.panel.site, resample)]
    if contrast.controls is not None:
        groups.append(Group.of(contrast.controls > 0, other.panel.site, resample))
    for rows, with_scheme, without in _resampled(contrast, groups, seed, draws, months):
        found = difference(with_scheme, without)
        # A month of which a sample has nobody left takes the mean of the whole sample.
        drawn[rows] = np.where(np.isfinite(found), found, central[0])
    return Account(
        name=contrast.name,
        lines=lines,
        saving=central[0],
        draws=drawn,
        factors=draw_factors(lines, seed, draws, law),
        treated=int(contrast.treated.sum()),
        controls=None if contrast.controls is None else int((contrast.controls > 0).sum()),
        observed=observed[:months],
        seed=seed,
        law=law,
        resampling=" ; ".join(dict.fromkeys(group.by.value for group in groups)).replace(" ;", "\u00a0;"),
        year=one.year,
        notes=_notes(groups, months, len(observed)),
    )


def discounting(rate: float, months: int) -> Floats:
    """What a euro of each month is worth in the month of entry, (months,).

    :raises CostError: a rate below 0 or above 20 % a year.
    """
    if not 0 <= rate <= HIGHEST_RATE:
        raise CostError("Le taux d’actualisation va de 0 à 20\u00a0% par an\u00a0: écrivez 0,03 pour 3\u00a0%.")
    return (1 + rate) ** (-np.arange(months) / 12)


def _difference(with_scheme: Floats, without: Floats) -> Floats:
    return without - with_scheme


def _with_extra(lines: Lines, extra: Item) -> tuple[Lines, Callable[[Floats, Floats], Floats]]:
    """Lines whose programme is drawn by the share that it adds, and the saving that goes with them."""
    price, programme = extra.prices[-1], lines.of_class(SavingClass.PROGRAMME)
    low, central, high = (share / (1 + share) for share in (price.low, price.central, price.high))
    factor = replace(Factor.of_price(extra), low=low / central, high=high / central)
    changed = tuple(replace(line, factor=factor.code) if line.programme else line for line in lines.lines)
    flag = f"{extra.label}\u00a0: {price.source}."
    drawn = Lines(changed, {**lines.factors, factor.code: factor}, (*lines.flags, flag), lines.not_counted)

    def difference(with_scheme: Floats, without: Floats) -> Floats:
        return np.where(programme, -central * with_scheme, without - with_scheme)

    return drawn, difference


def _resampled(
    contrast: Contrast, groups: list[Group], seed: int, draws: int, months: int
) -> Iterator[tuple[slice, Floats, Floats]]:
    """Draws, with the means of both sides, (draws of the slice, months, lines)."""
    if isinstance(contrast, Counterfactual) and contrast.reweighting is not None:
        yield from _reweighted(contrast, groups, seed, draws, months)
        return
    sides = [(contrast.with_scheme, contrast.treated.astype(np.float64), groups[0])]
    sides.append((contrast.without, contrast.weights(np.ones(len(contrast.treated), np.int64)), groups[-1]))
    summed = []
    for ledger, weights, group in sides:
        unit, units = _units(group, seed)
        places = np.zeros(ledger.panel.people, np.int64)
        places[group.place] = unit
        amounts, counted = ledger.grouped(weights, places, len(units.place))
        # Draws are kept in single precision: so are their sums.
        single = amounts[:, :months].reshape(len(units.place), -1).astype(np.float32)
        summed.append((units, single, counted[:, :months].astype(np.float32)))
    streams = [generator(seed, f"people:{place}") for place in range(2)]
    for start in range(0, draws, _DRAWS_AT_ONCE):
        rows = slice(start, min(start + _DRAWS_AT_ONCE, draws))
        means, counts = [], None
        for place, (units, amounts, counted) in enumerate(summed):
            if counts is None or len(groups) == 2:
                counts = units.counts(streams[place], rows.stop - rows.start).astype(np.float32)
            sums = (counts @ amounts).reshape(len(counts), months, -1)
            means.append(_means(sums, counts @ counted, months))
        yield rows, means[0], means[1]


def _reweighted(
    contrast: Counterfactual, groups: list[Group], seed: int, draws: int, months: int
) -> Iterator[tuple[slice, Floats, Floats]]:
    people = contrast.ledger.panel.people
    streams = [generator(seed, f"people:{place}") for place in range(2)]
    for start in range(0, draws, _DRAWS_AT_ONCE):
        rows = slice(start, min(start + _DRAWS_AT_ONCE, draws))
        counts = np.zeros((rows.stop - rows.start, people), np.int64)
        for group, stream in zip(groups, streams, strict=True):
            counts[:, group.place] = group.counts(stream, len(counts))
        weights = np.stack([contrast.weights(one) for one in counts])
        treated = counts * contrast.treated
        yield (
            rows,
            _means(*contrast.ledger.totals(treated.astype(np.float64)), months),
            _means(*contrast.ledger.totals(weights), months),
        )


def _units(group: Group, seed: int) -> tuple[NDArray[np.int64], Group]:
    """The unit of each member, and the group of units: members themselves, or random groups of them within sites."""
    number = len(group.place)
    if number <= _MOST_UNITS:
        return np.arange(number), Group(np.arange(number), group.site, group.by)
    random = generator(seed, "units")
    unit, sites, first = np.zeros(number, np.int64), [], 0
    for site in np.unique(group.site):
        inside = np.flatnonzero(group.site == site)
        count = max(2, round(_GROUPS * len(inside) / number))
        unit[random.permutation(inside)] = first + np.arange(len(inside)) % count
        sites += [site] * count
        first += count
    return unit, Group(np.arange(first), np.array(sites), group.by)


def _means(sums: Floats, counted: Floats, months: int) -> Floats:
    """Means a person, (sets, months, lines); NaN where nobody counts."""
    people = counted[:, :months, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:, :months] / people


def _people(members: Booleans, counted: Booleans) -> NDArray[np.int64]:
    return cast(NDArray[np.int64], counted[members].sum(axis=0, dtype=np.int64))


def _notes(groups: list[Group], months: int, asked: int) -> tuple[str, ...]:
    notes = []
    if months < asked:
        notes.append(
            f"Le compte s’arrête à {months} mois\u00a0: au-delà, moins de {FEWEST} personnes sont connues d’un côté."
        )
    fewest = min(np.unique(group.site).size for group in groups)
    if fewest < _FEW_SITES:
        sites = f"{fewest} chantiers" if fewest > 1 else "Un seul chantier"
        notes.append(f"{sites} d’un des deux côtés\u00a0: ce résultat est celui de ces chantiers, pas d’autres.")
    return tuple(notes)


_FEW_SITES = 4


def lines_by(lines: Lines, key: str) -> dict[str, list[int]]:
    """Places of lines by payer, class or item: ``key`` is the name of a field of :class:`Line`."""
    found: dict[str, list[int]] = {}
    for place, line in enumerate(lines.lines):
        found.setdefault(_key(line, key), []).append(place)
    return found


def _key(line: Line, key: str) -> str:
    return str({"payer": line.payer, "class": line.saving_class, "item": line.item}[key])
