"""Where people sleep: a monthly Markov process with memory, with and without the scheme, then what is told of it."""

from dataclasses import dataclass

import numpy as np

from convergence.simulation.lives.calendar import MONTH, NEVER, plus_months
from convergence.simulation.lives.chance import between, happens, pick, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.facts import Facts, code, codes, renewed
from convergence.simulation.lives.paths import Paths
from convergence.simulation.lives.people import People
from convergence.simulation.parameters import Housing as HousingParameters
from convergence.simulation.tables import Array
from convergence.vocabulary.housing import Housing, HousingStep
from convergence.vocabulary.rights import DaloRequest, HousingRequest
from convergence.vocabulary.structures import Scheme

SUPPORT_AFTER = 12
"""Months after a path during which the scheme still helps to find a home."""
WITH, WITHOUT = 0, 1
"""The two worlds: everybody in the scheme, nobody in it."""
HORIZON = 24
"""Months after a path's start at which the potential outcomes are read."""
_VALUES = list(Housing)
_STEP = np.array([value.step.number for value in _VALUES], np.int8)
_CONVERGENCE = list(Scheme).index(Scheme.CONVERGENCE)
_SEMI_DURABLE = HousingStep.SEMI_DURABLE.number
_INSTITUTION = 0
_AFTER_INSTITUTION = HousingStep.COLLECTIVE_SHELTER.number
_SETTLED = 6
_TOLD = codes(*_VALUES)


@dataclass(frozen=True)
class Homes:
    """Where everybody hired sleeps, month by month since the first entry.

    ``worlds``: places in ``Housing`` (2, months, people) with the scheme and without it, -1 beyond what is drawn;
    ``real``: which of the two worlds each person is in; ``months``: how many months are drawn (people,).
    """

    entered: Array
    worlds: Array
    real: Array
    months: Array

    @property
    def value(self) -> Array:
        """What happens, (months, people)."""
        return np.where(self.real == WITHOUT, self.worlds[WITHOUT], self.worlds[WITH])

    def housed_on(self, person: Array, day: Array, world: int | None = None) -> Array:
        """Whether in semi-durable or autonomous housing on a day, really or in one of the two worlds."""
        month = np.clip(((day - self.entered[person]) / MONTH).astype(np.int64), 0, self.months[person] - 1)
        value = self.worlds[self.real[person] if world is None else world, month, person]
        return np.asarray(_STEP[value] >= _SEMI_DURABLE)


def draw_homes(context: Context, people: People, paths: Paths) -> Homes:
    """Housing of everybody hired, from the entry until a year and a half after the last path, in both worlds."""
    rng, housing = context.stream("housing"), context.parameters.housing
    n = people.hired
    entered = people.entered[:n]
    leaves = np.zeros(n, np.int64)
    np.maximum.at(leaves, paths.person, np.maximum(paths.ends, paths.starts + round(HORIZON * MONTH)))
    months = ((leaves - entered) / MONTH).astype(np.int64) + SUPPORT_AFTER + 6
    months = np.minimum(months, ((context.last - entered) / MONTH).astype(np.int64) + HORIZON + 2)
    longest = int(months.max(initial=1))
    helped = _helped(paths, entered, longest)
    order = np.argsort(-months, kind="stable")
    counts = np.searchsorted(-months[order], -np.arange(longest), side="left")  # people with more months than this
    value = np.full((2, longest, n), -1, np.int8)
    start = pick(rng, housing.at_entry, n).astype(np.int8)
    value[:, 0] = start[order]
    ease = np.exp(-housing.slope * people.shown[order]).astype(np.float32)
    since = np.full((2, n), _SETTLED, np.int16)
    moving = _Moves(housing, context.parameters.effects.housing)
    for month in range(1, longest):
        count = int(counts[month])
        now = value[:, month - 1, :count]
        chances = rng.random((3, count), dtype=np.float32)
        value[:, month, :count] = moving.next(
            now, since[:, :count], ease[:count], helped[month, order[:count]], chances
        )
        since[:, :count] = np.where(_STEP[value[:, month, :count]] == _STEP[now], since[:, :count] + 1, 0)
    back = np.empty(n, np.int64)
    back[order] = np.arange(n)
    real = np.where(context.scheme[people.site[:n]] == _CONVERGENCE, WITH, WITHOUT)
    return Homes(entered, value[:, :, back], real, months)


def _helped(paths: Paths, entered: Array, longest: int) -> Array:
    """Whether the scheme would help, (months, people): during a path and a year after."""
    helped = np.zeros((longest, len(entered)), bool)
    month = np.arange(longest)[:, None]
    for rank in (1, 2):
        rows = np.nonzero(paths.rank == rank)[0]
        who = paths.person[rows]
        first = (paths.starts[rows] - entered[who]) // 30
        last = ((paths.ends[rows] - entered[who]) / MONTH).astype(np.int64) + SUPPORT_AFTER
        helped[:, who] |= (month >= first) & (month < last)
    return helped


class _Moves:
    """One month of everybody's housing, with the scheme (row 0) and without it (row 1), from the same chances."""

    def __init__(self, housing: HousingParameters, effect: float) -> None:
        self._up = np.array([0.0, *housing.up, 0.0], np.float32)
        self._down = np.array([0.0, 0.0, *housing.down], np.float32)
        self._housing, self._effect = housing, np.float32(effect)
        weights = np.array(housing.arrives)
        self._values = [np.nonzero((step == _STEP) & (weights > 0))[0] for step in range(6)]
        self._ends = [np.cumsum(weights[values]) / weights[values].sum() for values in self._values]

    def next(self, now: Array, settled: Array, ease: Array, helped: Array, chances: Array) -> Array:
        """The values of the month after ``now`` (2, people); ``settled``: months on the same step; three chances."""
        housing = self._housing
        chance, skips, kind = chances
        step = _STEP[now]
        recent = settled < _SETTLED
        up = self._up[step] * ease * np.where(recent, np.float32(housing.recent_up), np.float32(1))
        up[0] *= np.where(helped, self._effect, np.float32(1))
        down = self._down[step] * np.where(recent, np.float32(housing.recent_down), np.float32(1))
        goes_up, goes_down = chance < up, chance > 1 - down
        outside = step != _INSTITUTION
        middle = np.abs(chance - np.float32(0.5)) * 2
        stays = outside & ~goes_up & ~goes_down
        confined = stays & (middle < housing.institution)
        aside = stays & ~confined & (middle < housing.institution + housing.sideways)
        leaves = ~outside & (chance < housing.leaves_institution)
        target = np.where(goes_up, np.minimum(step + 1 + (skips < housing.skips), 5), step - goes_down)
        target = np.where(confined, _INSTITUTION, np.where(leaves, _AFTER_INSTITUTION, target))
        following = now.copy()
        rows, places = np.nonzero(goes_up | goes_down | confined | aside | leaves)
        reached, finer = target[rows, places], kind[places]
        for number in range(6):
            here = reached == number
            if here.any():
                chosen = self._values[number][np.searchsorted(self._ends[number], finer[here], side="right")]
                following[rows[here], places[here]] = chosen
        return following


def tell_housing(facts: Facts, homes: Homes) -> None:
    """Housing month by month as spells, the first begun before the entry; then what was asked for."""
    rng = facts.context.stream("housing told")
    n = len(homes.entered)
    value = homes.value.T
    began = np.ones(value.shape, bool)
    began[:, 1:] = value[:, 1:] != value[:, :-1]
    person, month = np.nonzero(began & (value >= 0))
    day = homes.entered[person] + (month * MONTH).astype(np.int64) + between(rng, 1, 26, len(person))
    since = np.where(month == 0, homes.entered[person] - between(rng, 3, 700, len(person)), day)
    told = _TOLD[value[person, month]]
    facts.tell_flat(rng, "housing", person, since, told, np.full(len(person), NEVER))
    _tell_requests(facts, rng, homes.housed_on(np.arange(n), facts.known), _first_home(homes, value))


def _first_home(homes: Homes, value: Array) -> Array:
    """Day of the first semi-durable or autonomous home, NEVER without one."""
    housed = (_STEP[value] >= _SEMI_DURABLE) & (value >= 0)
    month = np.argmax(housed, axis=1)
    return np.where(housed.any(axis=1), homes.entered + (month * MONTH).astype(np.int64) + 27, NEVER)


def _tell_requests(facts: Facts, rng: np.random.Generator, housed: Array, first_home: Array) -> None:
    entered = facts.entered
    who = facts.looked_at(rng, "siao")
    asked = soon(rng, entered[who], -200, 90)
    answered = np.minimum(first_home[who] - 10, asked + between(rng, 90, 700, len(who)))
    answered = np.maximum(answered, asked + 20)
    outcome = np.where(first_home[who] < NEVER, code(HousingRequest.ACCEPTED), code(HousingRequest.CLOSED))
    shown = (first_home[who] < NEVER) | happens(rng, 0.2, len(who))
    facts.tell(
        rng,
        "siao",
        who,
        np.stack([asked, answered], axis=1),
        np.stack([np.full(len(who), code(HousingRequest.LODGED)), outcome], axis=1),
        valid=np.stack([np.ones(len(who), bool), shown], axis=1),
    )
    who = facts.looked_at(rng, "social_housing")
    since, expires, valid, let_go = renewed(rng, soon(rng, entered[who], -120, 300), 12, 7, 0.92)
    facts.tell(
        rng,
        "social_housing",
        who,
        np.column_stack([since, let_go]),
        np.append(np.full(since.shape[1], code(HousingRequest.LODGED)), code(HousingRequest.CLOSED))[None, :],
        expires=np.column_stack([expires, np.full(len(who), NEVER)]),
        valid=np.column_stack([valid, let_go < NEVER]),
    )
    who = facts.looked_at(rng, "priority_label")
    asked = soon(rng, entered[who], 30, 400)
    facts.tell(
        rng,
        "priority_label",
        who,
        np.stack([asked, soon(rng, asked, 30, 200)], axis=1),
        codes(HousingRequest.LODGED, HousingRequest.ACCEPTED)[None, :],
        valid=np.stack([np.ones(len(who), bool), happens(rng, 0.7, len(who))], axis=1),
    )
    _tell_dalo(facts, rng)


def _tell_dalo(facts: Facts, rng: np.random.Generator) -> None:
    who = facts.looked_at(rng, "dalo")
    n = len(who)
    lodged = soon(rng, facts.entered[who], 30, 500)
    decided = soon(rng, lodged, 90, 200)
    refused = happens(rng, 0.3, n)
    offered = ~refused & happens(rng, 0.4, n)
    decision = np.where(refused, code(DaloRequest.REFUSED), code(DaloRequest.PRIORITY))
    facts.tell(
        rng,
        "dalo",
        who,
        np.stack([lodged, decided, soon(rng, decided, 60, 300)], axis=1),
        np.stack([np.full(n, code(DaloRequest.LODGED)), decision, np.full(n, code(DaloRequest.OFFER))], axis=1),
        expires=np.stack(
            [np.full(n, NEVER), np.where(refused, NEVER, plus_months(decided, 6)), np.full(n, NEVER)], axis=1
        ),
        valid=np.stack([np.ones(n, bool), np.ones(n, bool), offered], axis=1),
    )
