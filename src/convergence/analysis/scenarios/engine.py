"""Expected occupancy: how many people are expected in each state, month by month, for some draws of the rates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.scenarios.classes import N_CLASSES
from convergence.analysis.scenarios.pooling import Floats, probabilities
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.rates import Chances, Rates, Singles
from convergence.analysis.scenarios.scenario import Entries, Path, Scenario
from convergence.analysis.scenarios.states import (
    DECEASED,
    EXITS,
    HOUSED,
    LIVING,
    LONGEST,
    LOST,
    N_EXITS,
    N_STATES,
    N_STEPS,
    PLACES,
    TERM_BANDS,
    Exit,
    Work,
    band_of,
)

HOME_OF_PAIR = np.array([int(HOUSED <= pair // 2 < N_STEPS - 1) for pair in range(PLACES)])
_HOMES = np.eye(2, dtype=np.float32)[HOME_OF_PAIR]
"""(12, 2): which pairs are not housed, housed."""
_BELOW = np.flatnonzero(np.arange(PLACES) // 2 < HOUSED)
_SEMI_DURABLE = HOUSED * 2
_OTHER = EXITS.index(Exit.OTHER)


@dataclass(frozen=True)
class Setting:
    """What a projection starts from and what bounds it; P territories, new ones last; T months.

    ``cells`` (P, classes, 61, states); ``posts`` (P, T); ``flow`` (P, T) or None where posts are kept filled, known
    where it has been observed, else the mean of a Poisson law; ``mix`` (P, classes); ``places`` (P,) of
    housing added, and the share ``displaced`` of them.
    """

    cells: Singles
    posts: Singles
    flow: Singles | None
    mix: Singles
    places: Singles
    displaced: float
    path: Path
    flow_is_known: bool = False

    @classmethod
    def of(cls, population: Population, scenario: Scenario, months: int) -> "Setting":
        new = scenario.new_territories
        today = population.posts
        posts = scenario.posts(today, population.territories, population.month, months)
        mean_mix = population.mix.mean(0) if len(population.mix) else np.full(N_CLASSES, 1 / N_CLASSES)
        mix = np.concatenate([population.mix, np.tile(mean_mix, (new, 1))])
        cells = np.concatenate([population.cells, np.zeros((new, *population.cells.shape[1:]))])
        flow = None
        if scenario.entries is Entries.FLOW:
            size = posts / np.maximum(np.concatenate([today, np.ones(new)]), 1e-9)[:, None]
            per_post = population.flow.sum() / max(today.sum(), 1e-9)
            flow = np.concatenate([population.flow, np.full(new, per_post)])[:, None] * size
        share = posts[:, -1] / max(posts[:, -1].sum(), 1e-9)
        housing = scenario.housing
        return cls(
            cells=cells.astype(np.float32),
            posts=posts.astype(np.float32),
            flow=None if flow is None else flow.astype(np.float32),
            mix=mix.astype(np.float32),
            places=(share * (housing.places if housing else 0.0)).astype(np.float32),
            displaced=housing.displaced if housing else 0.0,
            path=scenario.path,
        )

    @property
    def months(self) -> int:
        return int(self.posts.shape[1])


@dataclass(frozen=True)
class Tally:
    """People expected, float32; R draws, T months, P territories.

    ``occupancy`` (R, T + 1, P, states) at the end of each month, the first being the start; ``exits`` (R, T, P, 6) of
    first paths; ``entries`` (R, T, P); ``placed`` (R, T, P): people in the places of housing added.
    """

    occupancy: Singles
    exits: Singles
    entries: Singles
    placed: Singles

    @classmethod
    def empty(cls, draws: int, months: int, places: int) -> "Tally":
        return cls(
            np.zeros((draws, months + 1, places, N_STATES), np.float32),
            np.zeros((draws, months, places, N_EXITS), np.float32),
            np.zeros((draws, months, places), np.float32),
            np.zeros((draws, months, places), np.float32),
        )

    @classmethod
    def together(cls, parts: list["Tally"]) -> "Tally":
        """The draws of several blocks, one after the other."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


def ways_out(rates: Rates, path: Path) -> Singles:
    """Probabilities (R, P, classes, months 0 … 60, 2, 7) of staying or leaving in each month of the first path.

    Whoever is still there in the last month allowed leaves in it: a share ``rates.forced`` by the exits that people of
    that month take, the others without a solution.
    """
    by_month = np.take(rates.exits, band_of(range(LONGEST + 1)), axis=3)
    longest = min(path.longest or LONGEST, LONGEST)
    for term, band in TERM_BANDS.items():
        if path.longest is None or term >= longest:
            continue
        around = (rates.exits[:, :, :, band - 1] + rates.exits[:, :, :, min(band + 1, rates.exits.shape[3] - 1)]) / 2
        # Only what the term adds goes; a term that nobody seemed to stop at is left as it is.
        bound = np.minimum(rates.exits[:, :, :, band], around)
        here = band_of(range(LONGEST + 1)) == band
        kept = path.extended * bound + (1 - path.extended) * rates.exits[:, :, :, band]
        by_month[:, :, :, here] = kept[:, :, :, None]
    by_month[:, :, :, : path.shortest, :, _OTHER] = 0.0
    chances = probabilities(by_month)
    last = chances[:, :, :, longest:].copy()
    leaving = np.maximum(last[..., 1:].sum(-1, keepdims=True), 1e-12)
    forced = rates.forced[:, None, None, None, None, None]
    ways = forced * last[..., 1:] / leaving + (1 - forced) * (np.arange(N_EXITS) == _OTHER)
    chances[:, :, :, longest:] = np.concatenate([np.zeros_like(leaving), ways], axis=-1)
    return np.asarray(chances.astype(np.float32))


@dataclass(frozen=True)
class Rules:
    """Ways out in force, by month since the entry, as those who entered under new rules grow older.

    ``out`` of everybody this month, ``newcomers`` of those under the new rules: :func:`ways_out`.
    """

    out: Singles
    newcomers: Singles

    @classmethod
    def of(cls, rates: Rates, path: Path) -> "Rules":
        """:param path: the rules of a scenario."""
        newcomers = ways_out(rates, path)
        return cls(ways_out(rates, Path()) if path.newcomers else newcomers.copy(), newcomers)

    def enter(self, month: int) -> None:
        """A month later (0: the first): whoever entered since the beginning has been there ``month`` months at most."""
        self.out[:, :, :, month : month + 1] = self.newcomers[:, :, :, month : month + 1]


def expected(rates: Rates, setting: Setting) -> Tally:
    """Expected occupancy by cell (territory, class, months since the entry, state), month after month.

    A month: whoever is in a first path stays or leaves, and lands; everybody's housing and care move; those after
    their path find work, lose it or come back; people enter where posts are free. All within float32; memory grows
    with draws × territories, not with people. Every product is too small for the library of linear algebra to share it
    between threads, so that sums are made in the same order on any number of processors.
    """
    chances = Chances.of(rates)
    rules = Rules.of(rates, setting.path)
    draws, places = rules.out.shape[:2]
    tally = Tally.empty(draws, setting.months, places)
    by_pair, of_newcomers = _by_pair(rules.out, chances.landing), _by_pair(rules.newcomers, chances.landing)
    stay, no_work, work, *leaving_life = by_pair
    in_path, later = chances.moves[:, :, :, 0], chances.moves[:, :, :, 1]
    taken_up = chances.work.swapaxes(-1, -2)
    leaves_place = 1 - in_path[..., _SEMI_DURABLE, _SEMI_DURABLE : _SEMI_DURABLE + 2].sum(-1).mean(2)
    first, after, gone = _split(setting.cells, draws)
    placed = np.zeros((draws, places), np.float32)
    spread = np.empty((*first.shape[:3], 3, *first.shape[3:]), np.float32)
    _note(tally, 0, _summed(first), _summed(after), gone)
    for month in range(setting.months):
        rules.enter(month)
        for now, new in zip(by_pair, of_newcomers, strict=True):
            now[:, :, :, month : month + 1] = new[:, :, :, month : month + 1]
        ways = rules.out[:, :, :, 1:, :, 1:].reshape(draws, places, -1, N_EXITS)
        homes = np.matmul(first, _HOMES).reshape(draws, places, 1, -1)
        tally.exits[:, month] = np.matmul(homes, ways)[:, :, 0]
        for number, part in enumerate(leaving_life):
            gone[..., number] += _times_all(first, part[:, :, :, 1:])
        for number, part in enumerate((stay, no_work, work)):
            np.multiply(first, part[:, :, :, 1:], out=spread[:, :, :, number])
        moved = _times(spread, in_path)
        settled = np.concatenate([_times(after[:, :, :, :2], later), _times(after[:, :, :, 2:], in_path)], axis=3)
        mixed = np.matmul(taken_up, settled.reshape(*settled.shape[:4], -1)).reshape(after.shape)
        first[:, :, :, 1:] = moved[:, :, :, 0, :-1]
        first[:, :, :, 0] = 0.0
        after = _older(mixed)
        after[:, :, :, :2, 1:] += moved[:, :, :, 1:]
        if setting.places.any():
            placed = _house(first, after, placed * (1 - leaves_place), setting)
            tally.placed[:, month] = placed
        in_first, out_of_it = _summed(first), _summed(after)
        tally.entries[:, month] = entering = _entering(in_first, out_of_it, setting, month)
        cohort = (entering[:, :, None] * setting.mix)[..., None] * chances.entry[:, None]
        first[:, :, :, 0] = cohort * stay[:, :, :, 0]
        in_first += first[:, :, :, 0].sum(2)
        for number, part in enumerate((no_work, work)):
            left = cohort * part[:, :, :, 0]
            after[:, :, :, number, 0] += left
            out_of_it[:, :, number] += left.sum(2)
        for number, part in enumerate(leaving_life):
            gone[..., number] += (cohort * part[:, :, :, 0]).sum((2, 3))
        at_once = rules.out[:, :, :, 0, :, 1:].reshape(draws, places, -1, N_EXITS)
        tally.exits[:, month] += np.matmul(np.matmul(cohort, _HOMES).reshape(draws, places, 1, -1), at_once)[:, :, 0]
        _note(tally, month + 1, in_first, out_of_it, gone)
    return tally


@dataclass(frozen=True)
class Cohort:
    """What becomes of one person who enters, over classes; R draws, P territories, months 0 … 60.

    ``there`` (R, P, 61): still in the first path at the end of the month; ``exits`` (R, P, 61, 6): leaves in the month;
    ``last`` (R, P, 61, 6): would leave in the month, were it the last allowed.
    """

    there: Floats
    exits: Floats
    last: Floats

    @classmethod
    def together(cls, parts: list["Cohort"]) -> "Cohort":
        """The draws of several blocks, one after the other."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))

    @classmethod
    def of(cls, rates: Rates, mix: NDArray[np.floating[Any]], path: Path) -> "Cohort":
        """:param mix: classes of the people who enter (P, classes)."""
        chances, out = Chances.of(rates), ways_out(rates, path).astype(np.float64)
        people = mix[None, :, :, None] * chances.entry[:, None]
        there, exits, last = [], [], []
        for month in range(LONGEST + 1):
            here = out[:, :, :, month][..., HOME_OF_PAIR, :]
            leaving = np.maximum(here[..., 1:].sum(-1, keepdims=True), 1e-12)
            exits.append(np.einsum("rpkx,rpkxe->rpe", people, here[..., 1:]))
            last.append(np.einsum("rpkx,rpkxe->rpe", people, here[..., 1:] / leaving))
            people = people * here[..., 0]
            there.append(people.sum((2, 3)))
            people = np.matmul(people[..., None, :], chances.moves[:, :, :, 0])[..., 0, :]
        return cls(np.stack(there, axis=2), np.stack(exits, axis=2), np.stack(last, axis=2))


def _split(cells: Singles, draws: int) -> tuple[Singles, Singles, Singles]:
    """First path (R, P, K, 60, 12), after it (R, P, K, 3, 61, 12), lost and deceased (R, P, 2)."""
    by_work = cells[..., :LIVING].reshape(*cells.shape[:3], 4, PLACES)
    first, after = by_work[:, :, :LONGEST, Work.PATH], by_work[:, :, :, Work.NONE :].transpose(0, 1, 3, 2, 4)
    gone = cells[..., [LOST, DECEASED]].sum((1, 2))
    # Nobody is in a first path beyond the legal limit; should the data say so, she counts as in her last month.
    first = first.copy()
    first[:, :, -1] += by_work[:, :, LONGEST, Work.PATH]
    return (
        np.repeat(first[None], draws, axis=0),
        np.repeat(after[None], draws, axis=0),
        np.repeat(gone[None], draws, axis=0),
    )


def _by_pair(out: Singles, landing: Singles) -> list[Singles]:
    """(R, P, K, 61, 12), by month and pair of housing and care: stays, lands without work, in work, lost, deceased."""
    landed = np.einsum("rpkmhe,rel->lrpkmh", out[..., 1:], landing, optimize=True)
    return [np.ascontiguousarray(part[..., HOME_OF_PAIR]) for part in (out[..., 0], *landed)]


def _summed(people: Singles) -> Singles:
    """People over classes and months: (R, P, K, months, 12) to (R, P, 12), (R, P, K, 3, months, 12) to (R, P, 3, 12).

    A product with ones is several times faster than a sum over axes in the middle.
    """
    ones = np.ones((1, people.shape[-2]), np.float32)
    return np.asarray(np.matmul(ones, people)[..., 0, :].sum(2))


def _times_all(people: Singles, chances: Singles) -> Singles:
    """Sum over classes, months and pairs of people × chances (R, P)."""
    flat = (*people.shape[:2], 1, -1)
    return np.asarray(np.matmul(people.reshape(flat), chances.reshape(flat).swapaxes(-1, -2))[..., 0, 0])


def _times(people: Singles, moves: Singles) -> Singles:
    """People (R, P, K, …, 12) after a month of moves (R, P, K, 12, 12): one product for each cell's matrix."""
    return np.asarray(np.matmul(people.reshape(*people.shape[:3], -1, PLACES), moves).reshape(people.shape))


def _older(after: Singles) -> Singles:
    """A month later; the last bin holds sixty months and more."""
    older = np.empty_like(after)
    older[..., 0, :] = 0.0
    older[..., 1:, :] = after[..., :-1, :]
    older[..., -1, :] += after[..., -1, :]
    return older


def _house(first: Singles, after: Singles, placed: Singles, setting: Setting) -> Singles:
    """Fill the places of housing that are free; return how many are taken (R, P)."""
    below = [first[..., _BELOW], after[:, :, :, Work.AGAIN - 1][..., _BELOW]]
    eligible = below[0].sum((2, 3, 4)) + below[1].sum((2, 3, 4))
    taking = np.minimum(np.maximum(setting.places - placed, 0.0), eligible)
    share = taking * (1 - setting.displaced) / np.maximum(eligible, 1e-9)
    for people, part in ((first, below[0]), (after[:, :, :, Work.AGAIN - 1], below[1])):
        moving = part * share[:, :, None, None, None]
        people[..., _BELOW] -= moving
        for care in (0, 1):
            people[..., _SEMI_DURABLE + care] += moving[..., care::2].sum(-1)
    return np.asarray(placed + taking)


def _entering(in_first: Singles, out_of_it: Singles, setting: Setting, month: int) -> Singles:
    if setting.flow is not None:
        return np.broadcast_to(setting.flow[:, month], in_first.shape[:2]).astype(np.float32)
    held = in_first.sum(-1) + out_of_it[:, :, Work.AGAIN - 1].sum(-1)
    return np.asarray(np.maximum(setting.posts[:, month] - held, 0.0))


def _note(tally: Tally, month: int, in_first: Singles, out_of_it: Singles, gone: Singles) -> None:
    occupancy = tally.occupancy[:, month]
    occupancy[..., :PLACES] = in_first
    occupancy[..., PLACES:LIVING] = out_of_it.reshape(*out_of_it.shape[:2], -1)
    occupancy[..., LOST:] = gone
