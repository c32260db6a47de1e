"""People one by one: the same model drawn person after person, which checks the expected occupancy and adds chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.engine import HOME_OF_PAIR, Rules, Setting, Tally
from convergence.analysis.scenarios.observed import Ints
from convergence.analysis.scenarios.rates import Chances, Rates, Singles
from convergence.analysis.scenarios.states import (
    DECEASED,
    HOUSED,
    LIVING,
    LONGEST,
    LOST,
    N_CARE,
    N_STATES,
    PLACES,
    Work,
)

MOST_PEOPLE = 50_000
"""Above, the expected occupancy says the same and costs nothing more."""
_SEMI_DURABLE = HOUSED * N_CARE


@dataclass
class _Crowd:
    """Living people: which draw, territory, class, months since the entry, work, pair of housing and care."""

    draw: Ints
    place: Ints
    profile: Ints
    months: Ints
    work: Ints
    pair: Ints

    def of(self, kept: NDArray[np.bool_]) -> "_Crowd":
        return _Crowd(*(array[kept] for array in vars(self).values()))

    def joined(self, other: "_Crowd") -> "_Crowd":
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return _Crowd(*(np.concatenate(both) for both in pairs))


def simulated(rates: Rates, setting: Setting, generator: np.random.Generator) -> Tally:
    """One life of everybody for each draw of the rates: counts of people, in the shape of the expected ones.

    Entries that keep posts filled are rounded at random; those of a flow are Poisson, unless they were observed.

    :raises AnalysisError: more than ``MOST_PEOPLE`` people at the start.
    """
    if (people := float(setting.cells.sum())) > MOST_PEOPLE:
        raise AnalysisError(
            f"{people:.0f} personnes\u00a0: une à une, on en suit {MOST_PEOPLE} au plus. Demandez l’effectif attendu."
        )
    chances, rules = Chances.of(rates), Rules.of(rates, setting.path)
    out = rules.out
    draws, places = out.shape[:2]
    tally = Tally.empty(draws, setting.months, places)
    crowd, gone = _start(setting, draws, generator)
    stays = chances.moves[:, :, :, 0, _SEMI_DURABLE, _SEMI_DURABLE : _SEMI_DURABLE + 2].sum(-1).mean(2)
    stays = np.clip(stays.astype(np.float64), 0.0, 1.0)
    placed = np.zeros((draws, places), np.int64)
    _note(tally, 0, crowd, gone)
    for month in range(setting.months):
        rules.enter(month)
        before = crowd.work.copy()
        crowd.months = crowd.months + 1
        leaving = _leave(crowd, before == Work.PATH, chances, out, generator, tally, month, gone)
        later = np.isin(before, (Work.NONE, Work.OTHER)).astype(np.int64)
        crowd.pair = _pick(chances.moves[crowd.draw, crowd.place, crowd.profile, later, crowd.pair], generator)
        after = before != Work.PATH
        who = crowd.draw[after], crowd.place[after], crowd.profile[after]
        crowd.work[after] = _pick(chances.work[(*who, before[after] - 1)], generator) + 1
        crowd = crowd.of(leaving < LOST)
        if setting.places.any():
            placed = generator.binomial(placed, stays)
            placed = placed + _house(crowd, placed, setting, generator)
            tally.placed[:, month] = placed
        fresh = _entering(draws, crowd, chances, setting, generator, month)
        tally.entries[:, month] = _counted(fresh, draws, places)
        everybody = np.ones(fresh.place.size, np.bool_)
        left = _leave(fresh, everybody, chances, out, generator, tally, month, gone)
        crowd = crowd.joined(fresh.of(left < LOST))
        _note(tally, month + 1, crowd, gone)
    return tally


def _counted(crowd: _Crowd, draws: int, places: int) -> Ints:
    """People by draw and territory."""
    counts = np.bincount(crowd.draw * places + crowd.place, minlength=draws * places)
    return np.asarray(counts.reshape(draws, places))


def _start(setting: Setting, draws: int, generator: np.random.Generator) -> tuple[_Crowd, Ints]:
    cells = setting.cells.astype(np.float64)
    places, classes, months = cells.shape[:3]
    by_work = cells[..., :LIVING].reshape(places, classes, months, len(Work), PLACES)
    total = by_work.sum(-1)
    number = np.floor(total + generator.random((draws, *total.shape))).astype(np.int64)
    share = np.divide(by_work, total[..., None], out=np.full_like(by_work, 1 / PLACES), where=total[..., None] > 0)
    people = generator.multinomial(number, share / share.sum(-1, keepdims=True))
    there = np.nonzero(people)
    draw, place, profile, elapsed, work, pair = (np.repeat(axis, people[there]) for axis in there)
    # Nobody is in a first path beyond the legal limit.
    elapsed = np.where(work == Work.PATH, np.minimum(elapsed, LONGEST - 1), elapsed)
    gone = np.floor(cells[..., [LOST, DECEASED]].sum((1, 2)) + 0.5).astype(np.int64)
    return _Crowd(draw, place, profile, elapsed, work, pair), np.repeat(gone[None], draws, axis=0)


def _leave(
    crowd: _Crowd,
    in_path: NDArray[np.bool_],
    chances: Chances,
    out: Singles,
    generator: np.random.Generator,
    tally: Tally,
    month: int,
    gone: Ints,
) -> Ints:
    """Who leaves her first path this month, and lands: ``work`` of the crowd is changed; return (people,) of the state
    of whoever is lost or deceased, 0 for the others."""
    who = np.flatnonzero(in_path)
    elapsed = np.minimum(crowd.months[who], LONGEST)
    draw = crowd.draw[who]
    rows = out[draw, crowd.place[who], crowd.profile[who], elapsed, HOME_OF_PAIR[crowd.pair[who]]]
    way = _pick(rows, generator)
    leavers, exits = who[way > 0], way[way > 0] - 1
    draw, place = crowd.draw[leavers], crowd.place[leavers]
    np.add.at(tally.exits[:, month], (draw, place, exits), 1)
    landed = _pick(chances.landing[draw, exits], generator)
    crowd.work[leavers] = np.where(landed == 1, Work.OTHER, Work.NONE)
    left = landed >= 2
    state = np.zeros(crowd.place.size, np.int64)
    state[leavers[left]] = LOST + landed[left] - 2
    np.add.at(gone, (draw[left], place[left], landed[left] - 2), 1)
    return state


def _house(crowd: _Crowd, placed: Ints, setting: Setting, generator: np.random.Generator) -> Ints:
    """Fill the places that are free with people drawn at random; return how many are taken (draws, territories)."""
    draws, places = placed.shape
    below = np.isin(crowd.work, (Work.PATH, Work.AGAIN)) & (crowd.pair < _SEMI_DURABLE)
    free = np.maximum(np.floor(setting.places + generator.random((draws, places))).astype(np.int64) - placed, 0)
    waiting = np.flatnonzero(below)
    group = crowd.draw[waiting] * places + crowd.place[waiting]
    order = np.lexsort((generator.random(waiting.size), group))
    waiting, group = waiting[order], group[order]
    rank = np.arange(waiting.size) - np.searchsorted(group, group)
    chosen = waiting[rank < free.ravel()[group]]
    moving = chosen[generator.random(chosen.size) >= setting.displaced]
    crowd.pair[moving] = _SEMI_DURABLE + crowd.pair[moving] % N_CARE
    taken = np.bincount(crowd.draw[chosen] * places + crowd.place[chosen], minlength=draws * places)
    return np.asarray(taken.reshape(draws, places))


def _entering(
    draws: int, crowd: _Crowd, chances: Chances, setting: Setting, generator: np.random.Generator, month: int
) -> _Crowd:
    places = setting.posts.shape[0]
    if setting.flow is not None:
        awaited = np.broadcast_to(setting.flow[:, month].astype(np.float64), (draws, places))
        number = awaited.astype(np.int64) if setting.flow_is_known else generator.poisson(awaited)
    else:
        held = _counted(crowd.of(np.isin(crowd.work, (Work.PATH, Work.AGAIN))), draws, places)
        free = np.maximum(setting.posts[:, month] - held, 0.0)
        number = np.floor(free + generator.random((draws, places))).astype(np.int64)
    draw, place = (np.repeat(axis.ravel(), number.ravel()) for axis in np.indices((draws, places)))
    profile = _pick(setting.mix[place], generator)
    none = np.zeros(place.size, np.int64)
    return _Crowd(draw, place, profile, none, none.copy(), _pick(chances.entry[draw, profile], generator))


def _pick(chances: NDArray[np.floating[Any]], generator: np.random.Generator) -> Ints:
    """One outcome for each row of probabilities (people, outcomes)."""
    cumulated = chances.cumsum(axis=1, dtype=np.float64)
    drawn = generator.random((chances.shape[0], 1)) * cumulated[:, -1:]
    return np.asarray((drawn >= cumulated[:, :-1]).sum(axis=1))


def _note(tally: Tally, month: int, crowd: _Crowd, gone: Ints) -> None:
    draws, places = gone.shape[:2]
    state = (crowd.draw * places + crowd.place) * N_STATES + crowd.work * PLACES + crowd.pair
    counts = np.bincount(state, minlength=draws * places * N_STATES).reshape(draws, places, N_STATES)
    counts[..., LOST:] = gone
    tally.occupancy[:, month] = counts
