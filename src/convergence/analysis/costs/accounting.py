"""Making an account: people and effects drawn again on both sides of a contrast, prices and take-up with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.costs.account import Account
from convergence.analysis.costs.codes import SavingClass
from convergence.analysis.costs.contrasts import Contrast, Counterfactual
from convergence.analysis.costs.drawing import Group, Law, draw_factors, generator
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.ledger import Ledger, check_weights
from convergence.analysis.costs.lines import Factor, Lines
from convergence.analysis.costs.panel import Booleans, Floats
from convergence.analysis.costs.pooling import pooled, together
from convergence.analysis.costs.prices import Item

_MOST_UNITS = 4_000
"""People of a side beyond whom groups of people drawn at random are drawn again instead of people."""
_GROUPS = 2_000
_DRAWS_AT_ONCE = 100
"""Samples drawn at once: random numbers follow from it."""
_SUMMED_AT_ONCE = 10 * _DRAWS_AT_ONCE
"""Samples whose sums are one product of matrices."""
_FEW_SITES = 4
SMALL = "Les postes qui concernent moins de 5 personnes d’un côté sont comptés ensemble, à leur prix central."


@dataclass(frozen=True)
class _Side:
    """Sums of one side by unit: people, or groups of them.

    :param amounts: (units, months × lines); :param counted: (units, months) weights counted.
    """

    units: Group
    amounts: Floats
    counted: Floats

    @classmethod
    def of(cls, ledger: Ledger, weights: Floats, group: Group, seed: int, months: int) -> "_Side":
        unit, units = _units(group, seed)
        places = np.zeros(ledger.panel.people, np.int64)
        places[group.place] = unit
        amounts, counted = ledger.grouped(weights, places, len(units.place))
        return cls(units, amounts[:, :months].reshape(len(units.place), -1), counted[:, :months])

    @property
    def amounting(self) -> NDArray[np.bool_]:
        """Whether each unit has an amount on each line, (units, lines)."""
        found: NDArray[np.bool_] = (self.amounts.reshape(*self.counted.shape, -1) != 0).any(axis=1)
        return found

    def means(self, counts: NDArray[np.float32]) -> Floats:
        """Means a person of some samples, (samples, months, lines), in single precision, as draws are kept."""
        places, amounts, counted = self._held
        sums = np.zeros((len(counts), self.amounts.shape[1]), np.float32)
        sums[:, places] = counts @ amounts
        return _means(sums, counts @ counted)

    @cached_property
    def _held(self) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """Columns where somebody has an amount, which are few, and these amounts; people counted."""
        places = np.flatnonzero(self.amounts.any(axis=0))
        return places, self.amounts[:, places].astype(np.float32), self.counted.astype(np.float32)

    @property
    def mean(self) -> Floats:
        """Means a person, (1, months, lines)."""
        return _means(self.amounts.sum(axis=0, keepdims=True), self.counted.sum(axis=0, keepdims=True))


def account_of(
    contrast: Contrast,
    *,
    seed: int,
    draws: int = 1_000,
    law: Law = Law.PERT,
    extra: Item | None = None,
) -> Account:
    """The account of a contrast: central case, and joint draws of people, effects, prices and take-up.

    Means of a month are over the people counted in it. People are drawn again on each side; where a side has at least
    two sites, sites are drawn first, then people in each, as often as it was drawn. Beyond 4,000 people of a side,
    2,000 random groups of them stand for people. The account stops before the first month in which a side counts fewer
    than 5 people. Lines to which from one to four people of a side contribute are counted together, at their central
    price: see :func:`~convergence.analysis.costs.pooling.pooled`.

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
    controls = contrast.treated.astype(np.float64) if contrast.controls is None else contrast.controls
    observed = np.minimum(_people(contrast.treated, one.panel.counted), _people(controls > 0, other.panel.counted))
    short = np.flatnonzero(observed < SMALLEST)
    months = int(short[0]) if short.size else len(observed)
    if not months:
        raise CostError(
            f"Moins de {SMALLEST} personnes sont connues le premier mois d’un des deux côtés\u00a0: rien n’est montré."
        )
    lines, difference = (one.lines, _difference) if extra is None else _with_extra(one.lines, extra)
    groups = [Group.of(contrast.treated, one.panel.site)]
    if isinstance(contrast, Counterfactual):
        groups.append(Group.of(contrast.drawn, other.panel.site))
    sides = (
        _Side.of(one, contrast.treated.astype(np.float64), groups[0], seed, months),
        _Side.of(other, controls, groups[-1], seed, months),
    )
    target = pooled(lines, _contributors(sides, paired=len(groups) == 1))
    central = together(difference(sides[0].mean, sides[1].mean), target)
    if isinstance(contrast, Counterfactual) and contrast.reweighting is not None:
        samples = _reweighted(contrast, groups, sides[0], seed, draws, months)
    else:
        samples = _resampled(sides, len(groups) == 1, seed, draws)
    drawn = np.empty((draws, months, len(one.lines)), np.float32)
    for rows, with_scheme, without in samples:
        apart = difference(with_scheme, without)
        drawn[rows] = found = together(apart, target)
        # A month of which a sample has nobody left takes the mean of the whole sample.
        sample, month = np.nonzero(np.isnan(apart[:, :, 0]))
        known = found[sample, month]
        drawn[rows][sample, month] = np.where(np.isfinite(known), known, central[0, month])
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
        notes=_notes(groups, months, len(observed)) + ((SMALL,) if (target != np.arange(len(lines))).any() else ()),
    )


def _contributors(sides: tuple[_Side, _Side], *, paired: bool) -> list[NDArray[np.int64]]:
    """How many people have an amount on each line: of each side, or of the same people before and after."""
    one, other = (side.amounting for side in sides)
    return [(one | other).sum(axis=0)] if paired else [one.sum(axis=0), other.sum(axis=0)]


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
    sides: tuple[_Side, _Side], paired: bool, seed: int, draws: int
) -> Iterator[tuple[slice, Floats, Floats]]:
    """Draws, with the means of both sides, (draws of the slice, months, lines); ``paired``: the same people drawn."""
    streams = [generator(seed, f"people:{place}") for place in range(2)]
    one, other = sides
    # The same people in the same months: what sets the two sides apart is summed once.
    alike = paired and np.array_equal(one.counted, other.counted)
    apart = replace(other, amounts=other.amounts - one.amounts) if alike else None
    for start in range(0, draws, _SUMMED_AT_ONCE):
        rows = slice(start, min(start + _SUMMED_AT_ONCE, draws))
        counts = [
            _counts(side.units, stream, rows.stop - rows.start)
            for side, stream in zip(sides[: 1 if paired else 2], streams, strict=False)
        ]
        if apart is not None:
            yield rows, np.zeros(1, np.float32), apart.means(counts[0])
        else:
            yield rows, one.means(counts[0]), other.means(counts[-1])


def _counts(units: Group, stream: np.random.Generator, draws: int) -> NDArray[np.float32]:
    """How many times each unit is drawn, (draws, units)."""
    sizes = (min(_DRAWS_AT_ONCE, draws - start) for start in range(0, draws, _DRAWS_AT_ONCE))
    return np.concatenate([units.counts(stream, size) for size in sizes]).astype(np.float32)


def _reweighted(
    contrast: Counterfactual, groups: list[Group], treated: _Side, seed: int, draws: int, months: int
) -> Iterator[tuple[slice, Floats, Floats]]:
    """The same where each sample has weights of its own: sums of people are held when they are few enough."""
    ledger = contrast.ledger
    held = all(len(group.place) <= _MOST_UNITS for group in groups)
    other = _Side.of(ledger, contrast.drawn.astype(np.float64), groups[1], seed, months) if held else None
    streams = [generator(seed, f"people:{place}") for place in range(2)]
    for start in range(0, draws, _DRAWS_AT_ONCE):
        rows = slice(start, min(start + _DRAWS_AT_ONCE, draws))
        counts = np.zeros((rows.stop - rows.start, ledger.panel.people), np.int64)
        for group, stream in zip(groups, streams, strict=True):
            counts[:, group.place] = group.counts(stream, len(counts))
        weights = np.stack([contrast.weights(one) for one in counts])
        check_weights(weights)
        copies = np.where(contrast.treated, counts, 0).astype(np.float64)
        if other is None:
            yield rows, _weighted(ledger, copies, months), _weighted(ledger, weights, months)
        else:
            drawn = weights[:, groups[1].place]
            # Weights may be tiny: they are brought to a common size before single precision.
            drawn = drawn / drawn.mean(axis=1, keepdims=True)
            with_scheme = treated.means(copies[:, groups[0].place].astype(np.float32))
            yield rows, with_scheme, other.means(drawn.astype(np.float32))


def _weighted(ledger: Ledger, weights: Floats, months: int) -> Floats:
    sums, counted = ledger.totals(weights)
    return _means(sums[:, :months].reshape(len(sums), -1), counted[:, :months])


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


def _means(sums: NDArray[Any], counted: NDArray[Any]) -> Floats:
    """Means a person, (samples, months, lines), of sums (samples, months × lines); NaN where nobody counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = sums.reshape(*counted.shape, -1) / counted[:, :, None]
    return means


def _people(members: Booleans, counted: Booleans) -> NDArray[np.int64]:
    return cast(NDArray[np.int64], counted[members].sum(axis=0, dtype=np.int64))


def _notes(groups: list[Group], months: int, asked: int) -> tuple[str, ...]:
    notes = []
    if months < asked:
        notes.append(
            f"Le compte s’arrête à {months} mois\u00a0: au-delà, moins de {SMALLEST} personnes sont connues d’un côté."
        )
    fewest = min(np.unique(group.site).size for group in groups)
    if fewest < _FEW_SITES:
        sites = f"{fewest} chantiers" if fewest > 1 else "Un seul chantier"
        notes.append(f"{sites} d’un des deux côtés\u00a0: ce résultat est celui de ces chantiers, pas d’autres.")
    return tuple(notes)
