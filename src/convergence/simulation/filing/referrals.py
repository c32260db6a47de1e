"""Referrals step by step: those of the dataset, and a few more that are open today, so that each state is there.

The dataset counts from the proposal to the person. Before it, somebody began to look: the team asked the officers, or
had an offer in mind. After it, what waits too long for a place, or never starts, is cancelled.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.filing.desk import Desk, Places, Records, Written, codes_of, rows_of
from convergence.simulation.following import Stays
from convergence.simulation.lives.chance import pick
from convergence.simulation.moments import (
    NEVER,
    Days,
    followed_by,
    later,
    one_after_the_other,
    worked,
)
from convergence.simulation.names import Texts
from convergence.simulation.words import draw_explained, draw_sought
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import (
    PARTNER_REFUSALS,
    PERSON_REFUSALS,
    ReferralAnswer,
    ReferralOutcome,
    ReferralState,
    RefusalReason,
    RefusedBy,
)

BY_TEAM, BY_PARTNER, BY_TIME = "team", "partner", "time"
"""Who took a step, as the application notes it."""

_S = ReferralState
_STEPS = 7
_OPENED, _PROPOSED, _AGREED, _SENT, _ANSWERED, _STARTED, _ENDED = range(_STEPS)

_OPEN: tuple[tuple[ReferralState, float, int, int], ...] = (
    (_S.ASKED, 0.08, 1, 40),
    (_S.DRAFT, 0.04, 1, 12),
    (_S.PROPOSED, 0.02, 1, 9),
    (_S.AGREED, 0.02, 1, 8),
    (_S.SENT, 0.04, 5, 28),
    (_S.WAITING_LIST, 0.02, 20, 120),
)
"""Share of the people supported who have one more referral open, in which state, begun so many days ago."""
_FOLLOWED_UP = 2
"""Level from which a need is looked for."""
_TOLD_TO_OFFICERS = 0.75
"""Share of people who agree that the officers of a domain know of them."""
_GIVEN_UP_AFTER = 240
"""Days on a waiting list, at most."""
_NEVER_STARTED_AFTER = 60
_SETTLED_AFTER = 12
"""Days within which the team settles what a start changed."""
_ANSWERED_BY_LINK = 0.6
_MEETS, _CONFIRMED = 0.35, 0.5
_FULL = 0.4
_SAID_WITH_IT = 0.8

_OTHER_REASON = {
    (RefusedBy.PERSON, RefusalReason.NO_PLACE): RefusalReason.TOO_FAR,
    (RefusedBy.PERSON, RefusalReason.NOT_ELIGIBLE): RefusalReason.DOES_NOT_MEET_THE_NEED,
    (RefusedBy.PERSON, RefusalReason.INCOMPLETE_FILE): RefusalReason.NOT_READY,
    (RefusedBy.PARTNER, RefusalReason.TOO_FAR): RefusalReason.NOT_ELIGIBLE,
    (RefusedBy.PARTNER, RefusalReason.NOT_READY): RefusalReason.INCOMPLETE_FILE,
    (RefusedBy.PARTNER, RefusalReason.TOO_EXPENSIVE): RefusalReason.NOT_ELIGIBLE,
}
"""What stands for a drawn reason that is not one of those which the person, or the partner, may give."""


class Course(NamedTuple):
    """Referrals, a row each: the day of each of the seven steps (NaT where not taken), and the state that it led to.

    ``need``: its code; ``chance``: which offer it goes to, by a number from 0 to 1 (``network.choosing``).
    """

    person: Places
    need: Texts
    days: NDArray[np.datetime64]
    states: NDArray[np.object_]
    reason: Texts
    chance: NDArray[np.float64]


def referrals(desk: Desk, stays: Stays, needs: Records) -> dict[str, Records]:
    """``referrals`` in versions, a step each; what was agreed to share in ``sharings``; ``sought``: words for officers.

    :param needs: the records of needs.
    """
    told = _of_the_dataset(desk)
    more = _open_today(desk, stays, needs, told)
    course = Course(*(np.concatenate([one, other]) for one, other in zip(told, more, strict=True)))
    written = _versions(desk, stays, course)
    return {"referrals": written, "sharings": _sharings(desk, course), "sought": _sought(desk, course)}


def _of_the_dataset(desk: Desk) -> Course:
    rng, last = desk.rng, desk.last
    table, person = desk.about("referrals")
    kept = np.flatnonzero((person >= 0) & (table["proposed_on"] <= last))
    table, person = rows_of(table, kept), person[kept]
    count = len(kept)
    answer, outcome = codes_of(table, "answer"), codes_of(table, "outcome")
    days, states = _nothing_yet(count)
    for step, column, state in (
        (_PROPOSED, "proposed_on", _S.PROPOSED),
        (_AGREED, "agreed_on", _S.AGREED),
        (_SENT, "sent_on", _S.SENT),
        (_ANSWERED, "answered_on", _S.LAPSED),
        (_STARTED, "started_on", _S.STARTED),
        (_ENDED, "ended_on", _S.COMPLETED),
    ):
        days[:, step] = np.where(table[column] <= last, table[column], NEVER)
        states[:, step] = state.value
    for said, state in (
        (ReferralAnswer.ACCEPTED, _S.ACCEPTED),
        (ReferralAnswer.WAITING_LIST, _S.WAITING_LIST),
        (ReferralAnswer.REFUSED_BY_PERSON, _S.REFUSED),
        (ReferralAnswer.REFUSED_BY_PARTNER, _S.REFUSED),
    ):
        states[answer == said.value, _ANSWERED] = state.value
    states[outcome == ReferralOutcome.STOPPED.value, _ENDED] = _S.INTERRUPTED.value
    # What waits for a place is given up in the end; what nobody came to, too.
    answered = days[:, _ANSWERED]
    waited = np.where(answer == ReferralAnswer.WAITING_LIST.value, later(rng, answered, 30, _GIVEN_UP_AFTER), NEVER)
    missed = np.where(outcome == ReferralOutcome.NEVER_STARTED.value, worked(answered + _NEVER_STARTED_AFTER), NEVER)
    given_up = np.fmin(waited, missed).astype("datetime64[D]")
    given_up[given_up > last] = NEVER
    days[:, _ENDED] = np.where(np.isnat(given_up), days[:, _ENDED], given_up)
    states[~np.isnat(given_up), _ENDED] = _S.CANCELLED.value
    return Course(
        person,
        _needs_of(rng, codes_of(table, "domain")),
        days,
        states,
        _reasons(answer, codes_of(table, "refusal_reason")),
        rng.random(count),
    )


def _open_today(desk: Desk, stays: Stays, needs: Records, told: Course) -> Course:
    """For some people whom a site supports: their greatest need, where no referral is open in its domain."""
    rng, last = desk.rng, desk.last
    supported = np.unique(stays.person[np.isnat(stays.supported_until)])
    stands = np.isnat(needs.written.closed) & np.isin(needs.person, supported)
    stands &= (needs.about["level"] >= _FOLLOWED_UP) & (needs.about["need"] != "justice")
    row = np.flatnonzero(stands)
    row = row[np.lexsort((rng.random(len(row)), -needs.about["level"][row], needs.person[row]))]
    row = row[np.r_[True, needs.person[row][1:] != needs.person[row][:-1]][: len(row)]]
    which = np.searchsorted(np.cumsum([share for _, share, _, _ in _OPEN]), rng.random(len(row)), side="right")
    is_open = np.isnat(told.days[:, _ENDED]) & ~np.isin(_latest(told), [_S.REFUSED.value, _S.LAPSED.value])
    busy = set(zip(told.person[is_open].tolist(), _domains(told.need[is_open]).tolist(), strict=True))
    domains = _domains(needs.about["need"][row])
    free = [pair not in busy for pair in zip(needs.person[row].tolist(), domains.tolist(), strict=True)]
    kept = np.flatnonzero((which < len(_OPEN)) & np.array(free, dtype=bool))
    row, which, count = row[kept], which[kept], len(kept)
    person = needs.person[row]
    state = np.array([each.value for each, *_ in _OPEN], dtype=object)[which]
    least, most = (np.array([each[column] for each in _OPEN])[which] for column in (2, 3))
    begun = np.maximum(worked(last - rng.integers(least, most + 1)), desk.entered[person])
    agreed = np.minimum(begun + rng.integers(0, 4, count), last)
    sent = np.minimum(agreed + rng.integers(0, 3, count), last)
    days, states = _nothing_yet(count)
    begins = np.isin(state, [_S.ASKED.value, _S.DRAFT.value])
    steps = ((_PROPOSED, begun), (_AGREED, agreed), (_SENT, sent), (_ANSWERED, np.minimum(sent + 9, last)))
    reached = {_S.PROPOSED: _PROPOSED, _S.AGREED: _AGREED, _S.SENT: _SENT, _S.WAITING_LIST: _ANSWERED}
    far = np.array([reached.get(each, _OPENED) for each, *_ in _OPEN])[which]
    days[begins, _OPENED] = begun[begins]
    states[begins, _OPENED] = state[begins]
    for (step, day), passed in zip(steps, reached, strict=True):
        days[far >= step, step] = day[far >= step]
        states[:, step] = passed.value
    return Course(person, needs.about["need"][row], days, states, np.full(count, "", dtype=object), rng.random(count))


def _nothing_yet(count: int) -> tuple[NDArray[np.datetime64], NDArray[np.object_]]:
    return np.full((count, _STEPS), NEVER, dtype="datetime64[D]"), np.full((count, _STEPS), "", dtype=object)


def _versions(desk: Desk, stays: Stays, course: Course) -> Records:
    """A version for each step taken, with the dates known by then."""
    rng, last = desk.rng, desk.last
    fact, step = np.nonzero(~np.isnat(course.days))
    person, day = course.person[fact], course.days[fact, step]
    state = course.states[fact, step]
    at = one_after_the_other(fact, desk.known(np.maximum(day, desk.entered[person])))
    closed = followed_by(fact, at)
    latest = _latest(course)
    answered, answer = course.days[:, _ANSWERED], course.states[:, _ANSWERED]
    by_partner = np.isin(answer, [_S.ACCEPTED.value, _S.WAITING_LIST.value]) | (
        (answer == _S.REFUSED.value) & ~np.isnat(course.days[:, _SENT])
    )

    def reached(days: Days, wanted: int) -> Days:
        return np.where(step >= wanted, days[fact], NEVER).astype("datetime64[D]")

    def only(where: NDArray[np.bool_], days: Days) -> Days:
        return np.where(where, days, NEVER).astype("datetime64[D]")

    final = (answer == _S.REFUSED.value) | (answer == _S.LAPSED.value)
    started = course.days[:, _STARTED]
    waits, accepted = latest == _S.WAITING_LIST.value, latest == _S.ACCEPTED.value
    meets = (accepted | (latest == _S.SENT.value)) & (rng.random(len(latest)) < _MEETS)
    meeting = worked(last + rng.integers(3, 16, len(latest))).astype("datetime64[m]")
    meeting = meeting + (9 * 60 + 30 * rng.integers(0, 15, len(latest))).astype("timedelta64[m]")
    confirmed = accepted & meets & (rng.random(len(latest)) < _CONFIRMED)
    full = waits & (rng.random(len(latest)) < _FULL)
    stands = np.isnat(closed)
    linked = by_partner & (rng.random(len(latest)) < _ANSWERED_BY_LINK)
    by = np.where((step == _ANSWERED) & linked[fact], BY_PARTNER, BY_TEAM).astype(object)
    by[state == _S.LAPSED.value] = BY_TIME
    authors = np.where(by == BY_TEAM, desk.authors.on(person, at), -1)
    needs = course.need[fact]
    domains = _domains(needs)
    refused = state == _S.REFUSED.value
    side = np.where(np.isnat(course.days[:, _SENT]), RefusedBy.PERSON.value, RefusedBy.PARTNER.value).astype(object)
    return Records(
        person,
        fact,
        day,
        day + 1,
        Written(at, closed, authors),
        {
            "site": _sites(stays, course)[fact],
            "compartment": _compartments(domains),
            "domain": domains,
            "need": needs,
            "state": state,
            "source": by,
            "opened_on": np.fmin.reduce(course.days, axis=1)[fact],
            "proposed_on": reached(course.days[:, _PROPOSED], _PROPOSED),
            "agreed_on": reached(course.days[:, _AGREED], _AGREED),
            "sent_on": reached(course.days[:, _SENT], _SENT),
            "answered_on": reached(only(by_partner, answered), _ANSWERED),
            "waiting_since": reached(only(answer == _S.WAITING_LIST.value, answered), _ANSWERED),
            "full_until": only(stands & full[fact], worked(last + rng.integers(-9, 60, len(latest)))[fact]),
            "appointment_at": np.where(stands & meets[fact], meeting[fact], NEVER).astype("datetime64[m]"),
            "confirmed_on": only(stands & confirmed[fact], at.astype("datetime64[D]")),
            "accepted_on": reached(only(answer == _S.ACCEPTED.value, answered), _ANSWERED),
            "started_on": reached(started, _STARTED),
            "ended_on": np.where(
                step == _ENDED, course.days[fact, _ENDED], reached(only(final, answered), _ANSWERED)
            ).astype("datetime64[D]"),
            "refused_by": np.where(refused, side[fact], ""),
            "refusal_reason": np.where(refused, course.reason[fact], ""),
            "fact_on": reached(only(started <= last - _SETTLED_AFTER, started), _STARTED),
            "chance": course.chance[fact],
        },
    )


def _sharings(desk: Desk, course: Course) -> Records:
    """With the partner of each referral agreed to; with the officers of a domain, once for each person.

    ``referral``: the fact among ``referrals``, -1 with the officers; ``withdrawn_on`` of some that were given up.
    """
    rng = desk.rng
    agreed = np.flatnonzero(~np.isnat(course.days[:, _AGREED]))
    domains = _domains(course.need)
    looked_for = course.states[:, _OPENED] == _S.ASKED.value
    first = np.fmin(np.where(looked_for, course.days[:, _OPENED], NEVER), course.days[:, _AGREED]).astype(
        "datetime64[D]"
    )
    with_officers = np.flatnonzero(~np.isnat(first))
    codes = [domain.value for domain in Domain]
    line = course.person * len(codes) + np.searchsorted(sorted(codes), domains.astype(str))
    with_officers = with_officers[np.lexsort((first[with_officers], line[with_officers]))]
    once = with_officers[np.r_[True, line[with_officers][1:] != line[with_officers][:-1]][: len(with_officers)]]
    # Whoever is looked for has agreed to it.
    asked = np.unique(line[looked_for])
    once = once[np.isin(line[once], asked) | (rng.random(len(once)) < _TOLD_TO_OFFICERS)]
    fact = np.r_[agreed, once]
    days = np.r_[course.days[agreed, _AGREED], first[once]]
    given_up = course.days[agreed, _ENDED]
    given_up = np.where(
        (course.states[agreed, _ENDED] == _S.CANCELLED.value) & (rng.random(len(agreed)) < 0.25), given_up, NEVER
    )
    withdrawn = np.r_[given_up, np.full(len(once), NEVER, dtype="datetime64[D]")].astype("datetime64[D]")
    person = course.person[fact]
    noted = np.where(np.isnat(withdrawn), days, withdrawn)
    at = desk.known(np.maximum(noted, desk.entered[person]))
    how = np.array([each.value for each in AgreementHow], dtype=object)
    return desk.once(
        person,
        days,
        Written(at, np.full(len(at), NEVER, dtype="datetime64[m]"), desk.authors.on(person, at)),
        compartment=_compartments(domains[fact]),
        domain=domains[fact],
        referral=np.r_[agreed, np.full(len(once), -1)],
        how=how[pick(rng, (0.7, 0.15, 0.05, 0.1), len(fact))],
        explained=draw_explained(rng, len(fact)),
        withdrawn_on=withdrawn,
    )


def _sought(desk: Desk, course: Course) -> Records:
    """What the officers are told of what they are asked to find; ``referral`` is a fact of ``referrals``."""
    asked = np.flatnonzero(course.states[:, _OPENED] == _S.ASKED.value)
    asked = asked[desk.rng.random(len(asked)) < _SAID_WITH_IT]
    person, days = course.person[asked], course.days[asked, _OPENED]
    at = desk.known(days)
    domains = _domains(course.need[asked])
    return desk.once(
        person,
        days,
        Written(at, np.full(len(at), NEVER, dtype="datetime64[m]"), desk.authors.on(person, at)),
        compartment=_compartments(domains),
        referral=asked,
        words=draw_sought(desk.rng, domains),
    )


def _latest(course: Course) -> Texts:
    """The state in which each referral is."""
    steps = _STEPS - 1 - np.argmax(~np.isnat(course.days)[:, ::-1], axis=1)
    return np.asarray(course.states[np.arange(len(steps)), steps])


def _sites(stays: Stays, course: Course) -> Places:
    """The site that supports each person when her referral begins; her first one before any."""
    order = np.lexsort((stays.since, stays.person))
    far = np.int64(1) << 20
    keys = stays.person[order] * far + stays.since[order].astype(np.int64)
    began = np.fmin.reduce(course.days, axis=1).astype(np.int64)
    found = np.searchsorted(keys, course.person * far + began, side="right") - 1
    first = np.searchsorted(stays.person[order], course.person)
    return np.asarray(stays.site[order][np.maximum(found, first)])


def _needs_of(rng: np.random.Generator, domains: Texts) -> Texts:
    """A need of each domain, among those that may be told outside the team."""
    by_domain = {
        domain.value: [
            need.code
            for need in NEEDS.values()
            if need.domain is domain and need.compartment is not Compartment.JUSTICE
        ]
        for domain in Domain
    }
    chances = rng.random(len(domains)).tolist()
    return np.array(
        [
            by_domain[domain][int(chance * len(by_domain[domain]))]
            for domain, chance in zip(domains.tolist(), chances, strict=True)
        ],
        dtype=object,
    )


def _domains(needs: Texts) -> Texts:
    of_need = {code: need.domain.value for code, need in NEEDS.items()}
    return np.array([of_need[need] for need in needs.tolist()], dtype=object)


def _compartments(domains: Texts) -> Texts:
    health = np.isin(domains, [Domain.HEALTH.value, Domain.DISABILITY.value])
    return np.where(health, Compartment.HEALTH.value, Compartment.SOCIAL.value).astype(object)


def _reasons(answer: Texts, drawn: Texts) -> Texts:
    """The reasons drawn, or those that stand for them where whoever refused may not give them."""
    said = {
        ReferralAnswer.REFUSED_BY_PERSON.value: RefusedBy.PERSON,
        ReferralAnswer.REFUSED_BY_PARTNER.value: RefusedBy.PARTNER,
    }
    may = {RefusedBy.PERSON: PERSON_REFUSALS, RefusedBy.PARTNER: PARTNER_REFUSALS}
    reasons = drawn.copy()
    for place in np.flatnonzero(drawn != "").tolist():
        side, reason = said[answer[place]], RefusalReason(drawn[place])
        if reason not in may[side]:
            reasons[place] = _OTHER_REASON[side, reason].value
    return reasons
