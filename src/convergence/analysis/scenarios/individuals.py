"""People one by one: the same model drawn person after person, which checks the expected occupancy and adds chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.engine import HOME_OF_PAIR, Setting, Tally, ways_out
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
    """Living people: territory, class, months since the entry, work, pair of housing and care."""

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

    Entries that keep posts filled are rounded at random; those of a flow are Poisson.

    :raises AnalysisError: more than ``MOST_PEOPLE`` people at the start.
    """
    if (people := float(setting.cells.sum())) > MOST_PEOPLE:
        raise AnalysisError(
            f"{people:.0f} personnes\u00a0: une à une, on en suit {MOST_PEOPLE} au plus. Demandez l’effectif attendu."
        )
    chances, out = Chances.of(rates), ways_out(rates, setting.path)
    draws, places = out.shape[:2]
    tally = Tally.empty(draws, setting.months, places)
    for draw in range(draws):
        _life_of(draw, chances, out, setting, generator, tally)
    return tally


def _life_of(
    draw: int, chances: Chances, out: Singles, setting: Setting, generator: np.random.Generator, tally: Tally
) -> None:
    crowd, gone = _start(setting, generator)
    places = setting.posts.shape[0]
    stays = chances.moves[draw, :, :, 0, _SEMI_DURABLE, _SEMI_DURABLE : _SEMI_DURABLE + 2].sum(-1).mean(1)
    placed = np.zeros(places, np.int64)
    _note(tally, draw, 0, crowd, gone)
    for month in range(setting.months):
        before = crowd.work.copy()
        crowd.months = crowd.months + 1
        leaving = _leave(draw, crowd, before == Work.PATH, chances, out, generator, tally, month, gone)
        later = np.isin(before, (Work.NONE, Work.OTHER)).astype(np.int64)
        crowd.pair = _pick(chances.moves[draw, crowd.place, crowd.profile, later, crowd.pair], generator)
        after = before != Work.PATH
        rows = chances.work[draw, crowd.place[after], crowd.profile[after], before[after] - 1]
        crowd.work[after] = _pick(rows, generator) + 1
        crowd = crowd.of(leaving < LOST)
        if setting.places.any():
            placed = generator.binomial(placed, stays)
            placed = placed + _house(crowd, placed, setting, generator)
            tally.placed[draw, month] = placed
        fresh = _entering(draw, crowd, chances, setting, generator, month)
        tally.entries[draw, month] = np.bincount(fresh.place, minlength=places)
        left = _leave(draw, fresh, np.ones(fresh.place.size, np.bool_), chances, out, generator, tally, month, gone)
        crowd = crowd.joined(fresh.of(left < LOST))
        _note(tally, draw, month + 1, crowd, gone)


def _start(setting: Setting, generator: np.random.Generator) -> tuple[_Crowd, Ints]:
    cells = setting.cells.astype(np.float64)
    places, classes, months = cells.shape[:3]
    by_work = cells[..., :LIVING].reshape(places, classes, months, len(Work), PLACES)
    total = by_work.sum(-1)
    number = np.floor(total + generator.random(total.shape)).astype(np.int64)
    share = np.divide(by_work, total[..., None], out=np.full_like(by_work, 1 / PLACES), where=total[..., None] > 0)
    people = generator.multinomial(number, share / share.sum(-1, keepdims=True))
    place, profile, elapsed, work, pair = (np.repeat(axis, people[people > 0]) for axis in np.nonzero(people))
    # Nobody is in a first path beyond the legal limit.
    elapsed = np.where(work == Work.PATH, np.minimum(elapsed, LONGEST - 1), elapsed)
    gone = np.floor(cells[..., [LOST, DECEASED]].sum((1, 2)) + 0.5).astype(np.int64)
    return _Crowd(place, profile, elapsed, work, pair), gone


def _leave(
    draw: int,
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
    rows = out[draw, crowd.place[who], crowd.profile[who], elapsed, HOME_OF_PAIR[crowd.pair[who]]]
    way = _pick(rows, generator)
    leavers, exits = who[way > 0], way[way > 0] - 1
    np.add.at(tally.exits[draw, month], (crowd.place[leavers], exits), 1)
    landed = _pick(chances.landing[draw, exits], generator)
    crowd.work[leavers] = np.where(landed == 1, Work.OTHER, Work.NONE)
    state = np.zeros(crowd.place.size, np.int64)
    state[leavers[landed >= 2]] = LOST + landed[landed >= 2] - 2
    np.add.at(gone, (crowd.place[leavers[landed >= 2]], landed[landed >= 2] - 2), 1)
    return state


def _house(crowd: _Crowd, placed: Ints, setting: Setting, generator: np.random.Generator) -> Ints:
    taken = np.zeros_like(placed)
    below = np.isin(crowd.work, (Work.PATH, Work.AGAIN)) & (crowd.pair < _SEMI_DURABLE)
    free = np.maximum(np.floor(setting.places + generator.random(placed.size)).astype(np.int64) - placed, 0)
    for place in np.flatnonzero(free):
        waiting = np.flatnonzero(below & (crowd.place == place))
        chosen = generator.permutation(waiting)[: free[place]]
        taken[place] = chosen.size
        moving = chosen[generator.random(chosen.size) >= setting.displaced]
        crowd.pair[moving] = _SEMI_DURABLE + crowd.pair[moving] % N_CARE
    return taken


def _entering(
    draw: int, crowd: _Crowd, chances: Chances, setting: Setting, generator: np.random.Generator, month: int
) -> _Crowd:
    places = setting.posts.shape[0]
    if setting.flow is not None:
        number = generator.poisson(setting.flow[:, month])
    else:
        held = np.bincount(crowd.place[np.isin(crowd.work, (Work.PATH, Work.AGAIN))], minlength=places)
        free = np.maximum(setting.posts[:, month] - held, 0.0)
        number = np.floor(free + generator.random(places)).astype(np.int64)
    place = np.repeat(np.arange(places), number)
    profile = _pick(setting.mix[place], generator)
    none = np.zeros(place.size, np.int64)
    return _Crowd(place, profile, none, none.copy(), _pick(chances.entry[draw, profile], generator))


def _pick(chances: NDArray[np.floating[Any]], generator: np.random.Generator) -> Ints:
    """One outcome for each row of probabilities (people, outcomes)."""
    cumulated = chances.cumsum(axis=1, dtype=np.float64)
    drawn = generator.random((chances.shape[0], 1)) * cumulated[:, -1:]
    return np.asarray((drawn >= cumulated[:, :-1]).sum(axis=1))


def _note(tally: Tally, draw: int, month: int, crowd: _Crowd, gone: Ints) -> None:
    places = gone.shape[0]
    state = crowd.place * N_STATES + crowd.work * PLACES + crowd.pair
    counts = np.bincount(state, minlength=places * N_STATES).reshape(places, N_STATES)
    counts[:, LOST:] = gone
    tally.occupancy[draw, month] = counts
