"""Health and disability, as far as people chose to say it for something agreed."""

from dataclasses import dataclass

import numpy as np

from convergence.simulation.lives.calendar import MONTH, NEVER, plus_months
from convergence.simulation.lives.chance import between, happens, pick, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.facts import Facts, code, codes, renewed
from convergence.simulation.lives.housing import WITH, WITHOUT
from convergence.simulation.lives.people import People
from convergence.simulation.tables import Array
from convergence.vocabulary.health import CarePath, CheckUp, Disability, HealthCover, Mdph, YesNo
from convergence.vocabulary.structures import Scheme

_NONE, _TO_SET_UP, _UNDER_WAY, _INTERRUPTED, _STABILISED = range(len(CarePath))
_STEPS_OF_CARE = 5
_RENEWALS = 7
_CONVERGENCE = list(Scheme).index(Scheme.CONVERGENCE)
_CSS = codes(HealthCover.CSS_FREE, HealthCover.CSS_PAID)


@dataclass(frozen=True)
class Care:
    """Steps of care of everybody hired: places in ``CarePath`` (people, steps), and the days of each step.

    ``worlds``: days with the scheme and without it (2, people, steps); ``real``: in which each person is (people,).
    """

    worlds: Array
    real: Array
    value: Array
    valid: Array

    @property
    def since(self) -> Array:
        """Days of each step as they happen."""
        return np.asarray(self.worlds[self.real, np.arange(len(self.real))])

    def cared_on(self, person: Array, day: Array, world: int) -> Array:
        """Whether care is under way or stabilised on a day, in one of the two worlds."""
        since = self.worlds[world, person]
        begun = self.valid[person] & (since <= day[:, None])
        last = begun.shape[1] - 1 - np.argmax(begun[:, ::-1], axis=1)
        now = np.where(begun.any(axis=1), self.value[person, last], _NONE)
        return np.isin(now, (_UNDER_WAY, _STABILISED))


def draw_care(context: Context, people: People) -> Care:
    """The care path of everybody hired. The scheme divides the wait until care begins; what follows is the same."""
    rng, health = context.stream("care"), context.parameters.health
    n = people.hired
    in_scheme = context.scheme[people.site[:n]] == _CONVERGENCE
    entered = people.entered[:n]
    start = pick(rng, health.care_at_entry, n)
    waiting = np.isin(start, (_TO_SET_UP, _INTERRUPTED))
    later_need = (start == _NONE) & happens(rng, health.need_said_later, n)
    wait = rng.exponential(1 / max(health.care_begins_monthly, 1e-9), n) * MONTH
    waits = (wait / context.parameters.effects.care, wait)
    need = np.where(later_need, between(rng, 60, 400, n), 0)
    begins = [entered + need + 5 + each.astype(np.int64) for each in waits]
    cared = np.isin(start, (_UNDER_WAY, _STABILISED)) | waiting | later_need
    told = soon(rng, entered, -300, -1)
    value = np.empty((n, _STEPS_OF_CARE + 2), np.int64)
    value[:, 0], value[:, 1], value[:, 2] = start, _TO_SET_UP, _UNDER_WAY
    valid = np.ones(value.shape, bool)
    valid[:, 1], valid[:, 2] = later_need, waiting | later_need
    valid[:, 3:] = cared[:, None]
    delays = between(rng, 90, 420, (n, _STEPS_OF_CARE - 1))
    now = np.where(start == _STABILISED, _STABILISED, _UNDER_WAY)
    for step in range(3, _STEPS_OF_CARE + 2):
        breaks = happens(rng, health.care_interrupted, n)
        following = np.where(breaks, _INTERRUPTED, _STABILISED)
        now = np.where(np.isin(now, (_INTERRUPTED, _STABILISED)), _UNDER_WAY, following)
        value[:, step] = now
        valid[:, step] &= np.where(value[:, step - 1] == _STABILISED, happens(rng, health.care_taken_up_again, n), True)
    valid[:, 3:] = np.logical_and.accumulate(valid[:, 3:], axis=1)
    since = []  # with the scheme, without it
    for begin in begins:
        first = np.where(valid[:, 2], begin, told)
        since.append(
            np.column_stack(
                [told, np.minimum(entered + need, first), first, first[:, None] + np.cumsum(delays, axis=1)]
            )
        )
    return Care(np.stack(since), np.where(in_scheme, WITH, WITHOUT), value, valid)


def tell_health(facts: Facts, care: Care) -> None:
    """Cover, doctor, check-up, care and disability; each only where it was spoken of."""
    rng = facts.context.stream("health told")
    _tell_cover(facts)
    _tell_doctor(facts)
    _tell_check_up(facts)
    who = facts.looked_at(rng, "care_path")
    facts.tell(rng, "care_path", who, care.since[who], codes(*CarePath)[care.value[who]], valid=care.valid[who])
    for aspect in ("mental_health_care", "addiction_care"):
        _tell_other_care(facts, aspect)
    _tell_disability(facts)


def _tell_cover(facts: Facts) -> None:
    rng, health = facts.context.stream("health cover"), facts.context.parameters.health
    who = facts.looked_at(rng, "health_cover")
    n, entered = len(who), facts.entered[who]
    start = codes(*HealthCover)[pick(rng, health.cover_at_entry, n)]
    held = np.isin(start, _CSS)
    bounded = np.isin(start, codes(HealthCover.AME, HealthCover.MAINTAINED))
    first = np.where(held, soon(rng, entered, -330, -5), soon(rng, entered, -400, -5))
    opens = ~held & (happens(rng, health.cover_opened, n) & (start != code(HealthCover.EMPLOYER)))
    opened = np.where(held, first + round(12 * MONTH), soon(rng, entered, 20, 260))
    since, expires, valid, let_go = renewed(rng, opened, 12, _RENEWALS, health.cover_renewed)
    kind = np.where(held, start, np.where(happens(rng, 0.7, n), _CSS[0], _CSS[1]))
    ends = np.where(held, plus_months(first, 12), np.where(bounded, plus_months(first, 18), NEVER))
    facts.tell(
        rng,
        "health_cover",
        who,
        np.column_stack([first, since, let_go]),
        np.column_stack([start, np.broadcast_to(kind[:, None], since.shape), np.full(n, code(HealthCover.NONE))]),
        expires=np.column_stack([ends, expires, np.full(n, NEVER)]),
        valid=np.column_stack([np.ones(n, bool), (held | opens)[:, None] & np.column_stack([valid, let_go < NEVER])]),
    )


def _tell_doctor(facts: Facts) -> None:
    rng, health = facts.context.stream("doctor"), facts.context.parameters.health
    who = facts.looked_at(rng, "regular_doctor")
    n, entered = len(who), facts.entered[who]
    held = happens(rng, health.doctor_at_entry, n)
    finds = ~held & happens(rng, health.doctor_found, n)
    facts.tell(
        rng,
        "regular_doctor",
        who,
        np.stack([np.where(held, soon(rng, entered, -500, -5), entered), soon(rng, entered, 30, 500)], axis=1),
        np.stack([np.where(held, code(YesNo.YES), code(YesNo.NO)), np.full(n, code(YesNo.YES))], axis=1),
        valid=np.stack([np.ones(n, bool), finds], axis=1),
    )


def _tell_check_up(facts: Facts) -> None:
    rng = facts.context.stream("check-up")
    who = facts.looked_at(rng, "check_up")
    delays = between(rng, 20, 220, (len(who), 3))
    delays[:, 0] = between(rng, -200, 0, len(who))
    goes_on = happens(rng, facts.context.parameters.health.check_up_goes_on, delays.shape)
    goes_on[:, 0] = True
    since = facts.entered[who][:, None] + np.cumsum(delays, axis=1)
    facts.tell(
        rng,
        "check_up",
        who,
        since,
        codes(CheckUp.TO_DO, CheckUp.BOOKED, CheckUp.DONE)[None, :],
        valid=np.logical_and.accumulate(goes_on, axis=1),
    )


def _tell_other_care(facts: Facts, aspect: str) -> None:
    rng, health = facts.context.stream(aspect), facts.context.parameters.health
    who = facts.looked_at(rng, aspect)
    n = len(who)
    start = pick(rng, health.care_at_entry, n)
    first = soon(rng, facts.entered[who], -300, -1)
    begins = (
        facts.entered[who]
        + 5
        + (rng.exponential(1 / max(health.care_begins_monthly, 1e-9), n) * MONTH).astype(np.int64)
    )
    then = begins + between(rng, 120, 500, n)
    after = np.where(happens(rng, health.care_interrupted, n), _INTERRUPTED, _STABILISED)
    waiting = np.isin(start, (_TO_SET_UP, _INTERRUPTED))
    facts.tell(
        rng,
        aspect,
        who,
        np.stack([first, begins, then], axis=1),
        codes(*CarePath)[np.stack([start, np.full(n, _UNDER_WAY), after], axis=1)],
        valid=np.stack([np.ones(n, bool), waiting, waiting | (start == _UNDER_WAY)], axis=1),
    )


def _tell_disability(facts: Facts) -> None:
    """A file at the MDPH, and what it asks for; four months' silence is a refusal, which the answer may follow."""
    rng, health = facts.context.stream("disability"), facts.context.parameters.health
    who = facts.looked_at(rng, "rqth")
    n, entered = len(who), facts.entered[who]
    held = happens(rng, health.disability_at_entry, n)
    thought_of = soon(rng, entered, 5, 50)
    lodged = soon(rng, entered, 60, 500)
    decided = soon(rng, lodged, 90, 260)
    granted = happens(rng, health.disability_granted, n)
    months = np.array([12, 24, 36, 60])[between(rng, 0, 3, n)]
    for_good = happens(rng, 0.2, n)
    begun = soon(rng, entered, -900, -20)
    ends_held = np.where(for_good, NEVER, plus_months(np.maximum(begun, entered - 200), months + 12))
    facts.tell(
        rng,
        "rqth",
        who,
        np.stack([np.where(held, begun, entered), lodged, decided], axis=1),
        np.stack(
            [
                np.where(held, code(Disability.GRANTED), code(Disability.TO_ASK)),
                np.full(n, code(Disability.ASKED)),
                np.where(granted, code(Disability.GRANTED), code(Disability.REFUSED)),
            ],
            axis=1,
        ),
        expires=np.stack(
            [
                np.where(held, ends_held, NEVER),
                np.full(n, NEVER),
                np.where(granted & ~for_good, plus_months(decided, months), NEVER),
            ],
            axis=1,
        ),
        valid=np.stack([np.ones(n, bool), ~held, ~held], axis=1),
    )
    files = ~held
    facts.tell(
        rng,
        "mdph",
        who[files],
        np.stack([thought_of, lodged, decided], axis=1)[files],
        codes(Mdph.BEING_WRITTEN, Mdph.LODGED, Mdph.DECIDED)[None, :],
    )
    asks = files & happens(rng, health.allowance_asked, n)
    allowed = granted & happens(rng, health.allowance_granted, n)
    facts.tell(
        rng,
        "aah",
        who[asks],
        np.stack([lodged, decided], axis=1)[asks],
        np.stack(
            [
                np.full(n, code(Disability.ASKED)),
                np.where(allowed, code(Disability.GRANTED), code(Disability.REFUSED)),
            ],
            axis=1,
        )[asks],
        expires=np.stack([np.full(n, NEVER), np.where(allowed, plus_months(decided, 36), NEVER)], axis=1)[asks],
    )
