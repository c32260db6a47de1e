"""What the team does with the person: needs reviewed, goals agreed, meetings, referrals to partners."""

import numpy as np

from convergence.simulation.lives.after import Supports
from convergence.simulation.lives.calendar import MONTH, NEVER, dates, worked
from convergence.simulation.lives.chance import between, happens, pick, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.paths import Contracts, Paths
from convergence.simulation.lives.people import People
from convergence.simulation.tables import SCHEMA, Array, Table, table
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import ReferralAnswer
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.structures import Scheme

_CONVERGENCE, _NONE = (list(Scheme).index(each) for each in (Scheme.CONVERGENCE, Scheme.NONE))
_MOST_REVIEWS = 14
_CHANGES = (-2, -1, 0, 1)
_REACHED = np.array([kind.value not in {"call_no_answer", "message"} for kind in SessionKind])
_NO_ANSWER = list(SessionKind).index(SessionKind.CALL_NO_ANSWER)
_ACCEPTED, _NO_BY_PERSON, _NO_BY_PARTNER, _WAITS, _LAPSED = range(len(ReferralAnswer))
_LAPSES_AFTER = 30
"""Days after which a proposal that nobody answers lapses (domain.md §7)."""


def needs_table(context: Context, people: People, known: Array) -> Table:
    """The table ``needs``: a full look at the entry, then what is still open every six to twelve months.

    ``known``: last day on which anything is learnt of each person hired (people,).
    """
    rng, needs = context.stream("needs"), context.parameters.needs
    n, kinds = len(known), len(NEEDS)
    day = soon(rng, people.entered[:n], 5, 35)
    harder = needs.slope * people.difficulty[:n, None]
    level = np.clip(np.rint(needs.level_mean + harder + rng.normal(0, needs.level_deviation, (n, kinds))), 0, 4)
    rated = happens(rng, needs.rated, (n, kinds))
    columns: list[tuple[Array, ...]] = []
    for review in range(1, _MOST_REVIEWS + 1):
        looked_at = rated & (day <= known)[:, None]
        if review > 1:
            looked_at &= happens(rng, needs.reviewed_again, (n, kinds)) & (level > 0)
            change = np.array(_CHANGES)[pick(rng, needs.changes, (n, kinds))]
            level = np.where(looked_at, np.clip(level + change, 0, 4), level)
        who, need = np.nonzero(looked_at)
        columns.append((who, need, level[who, need], day[who], np.full(len(who), review)))
        day = soon(rng, day, 170, 370)
        if not (day <= known).any():
            break
    person, need, rating, reviewed, review_number = (np.concatenate(column) for column in zip(*columns, strict=True))
    missing = happens(rng, sum(needs.missing), len(person))
    kind = pick(rng, needs.missing, len(person)) if sum(needs.missing) else np.zeros(len(person), np.int64)
    return table(
        SCHEMA["needs"],
        {
            "person": context.key(person),
            "need": need,
            "level": np.where(missing, -1, rating),
            "missing": np.where(missing, kind, -1),
            "reviewed_on": dates(reviewed),
            "review": review_number,
        },
    )


def _spread(rng: np.random.Generator, counts: Array) -> tuple[Array, Array]:
    """So many moments for each path, in order: the path's row and where in its span (0 to 1)."""
    path = np.repeat(np.arange(len(counts)), counts)
    place = np.sort(path + rng.random(len(path)))
    return path, np.clip(place - path, 0, 0.999999)


def _rhythm(rng: np.random.Generator, expected: Array) -> tuple[Array, Array]:
    """The same for what has a rhythm, as appointments do: one in each equal part of the span, near its middle."""
    counts = np.floor(expected + rng.random(len(expected))).astype(np.int64)
    path = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(path)) - np.repeat(np.cumsum(counts) - counts, counts)
    return path, (rank + 0.25 + rng.random(len(path)) / 2) / counts[path]


def _spans(context: Context, paths: Paths, supports: Supports) -> tuple[Array, Array]:
    """Ends of each path, and of the support after it, as far as they are known (one past the last day)."""
    ends = np.minimum(paths.ends, context.last + 1)
    supported = ends.copy()
    supported[supports.path] = np.minimum(np.maximum(supports.until, supports.since), context.last + 1)
    begun = (paths.starts <= context.last) & (paths.scheme != _NONE)
    return np.where(begun, ends, paths.starts), np.where(begun, np.maximum(supported, ends), paths.starts)


def interviews_table(context: Context, paths: Paths, contracts: Contracts, supports: Supports) -> Table:
    """The table ``interviews``: every way of meeting, or of trying to; some people have not been met for a while."""
    rng, met = context.stream("interviews"), context.parameters.meetings
    ends, supported = _spans(context, paths, supports)
    rate = np.where(paths.scheme == _CONVERGENCE, met.a_month, met.a_month_ordinary)
    path, place = _rhythm(rng, rate * (ends - paths.starts) / MONTH)
    day = paths.starts[path] + (place * (ends - paths.starts)[path]).astype(np.int64)
    later, after = _rhythm(rng, met.a_month_after * (supported - ends) / MONTH)
    path = np.concatenate([path, later])
    day = np.concatenate([day, ends[later] + (after * (supported - ends)[later]).astype(np.int64)])
    day = np.maximum(worked(day), paths.starts[path])
    kind = pick(rng, met.kinds, len(path))
    unseen = (paths.ends > context.last) & happens(rng, met.unseen, len(paths.starts))
    silent = np.where(unseen, context.last - between(rng, 33, 95, len(paths.starts)), NEVER)[path]
    kind = np.where(day > silent, _NO_ANSWER, kind)
    kept = (day <= silent) | happens(rng, 0.5, len(path))
    path, day, kind = path[kept], day[kept], kind[kept]
    order = np.argsort(path * 1_000_000 + day, kind="stable")
    path, day, kind = path[order], day[order], kind[order]
    return table(
        SCHEMA["interviews"],
        {
            "interview": context.keys(len(path)),
            "person": context.key(paths.person[path]),
            "site": _site_on(paths, contracts, path, day) + 1,
            "kind": kind,
            "day": dates(day),
            "reached": _REACHED[kind],
            "by": pick(rng, met.by, len(path)),
        },
    )


def _site_on(paths: Paths, contracts: Contracts, path: Array, day: Array) -> Array:
    """Row of the site that follows the person on a day: that of her last contract at a site."""
    inside = contracts.site >= 0
    keys = contracts.path[inside] * 1_000_000 + contracts.since[inside]
    order = np.argsort(keys, kind="stable")
    held = np.searchsorted(keys[order], path * 1_000_000 + day, side="right") - 1
    if not len(order):
        return paths.site[path]
    last = order[np.maximum(held, 0)]
    return np.where(contracts.path[inside][last] == path, contracts.site[inside][last], paths.site[path])


def goals_table(context: Context, paths: Paths, supports: Supports) -> Table:
    """The table ``goals``, agreed during paths."""
    rng, goals = context.stream("goals"), context.parameters.goals
    ends, supported = _spans(context, paths, supports)
    path, place = _spread(rng, rng.poisson(goals.a_month * (ends - paths.starts) / MONTH))
    agreed = np.maximum(
        worked(paths.starts[path] + (place * (ends - paths.starts)[path]).astype(np.int64)), paths.starts[path]
    )
    closed = soon(rng, agreed, 20, 330)
    # What is still open when the support ends is closed with it.
    closed = np.where(supported[path] <= context.last, np.minimum(closed, supported[path]), closed)
    closed = np.maximum(closed, agreed)
    over = closed <= context.last
    n = len(path)
    return table(
        SCHEMA["goals"],
        {
            "goal": context.keys(n),
            "person": context.key(paths.person[path]),
            "domain": pick(rng, goals.domains, n),
            "agreed_on": dates(agreed),
            "closed_on": dates(np.where(over, closed, NEVER)),
            "result": np.where(over, pick(rng, goals.results, n), -1),
        },
    )


def referrals_table(context: Context, paths: Paths, supports: Supports) -> Table:
    """The table ``referrals``: proposed, agreed by the person, sent, answered, begun, ended; in that order."""
    rng, asked = context.stream("referrals"), context.parameters.referrals
    ends, _ = _spans(context, paths, supports)
    rate = np.where(paths.scheme == _CONVERGENCE, asked.a_month, asked.a_month_ordinary)
    path, place = _spread(rng, rng.poisson(rate * (ends - paths.starts) / MONTH))
    proposed = np.maximum(
        worked(paths.starts[path] + (place * (ends - paths.starts)[path]).astype(np.int64)), paths.starts[path]
    )
    n = len(path)
    answer = pick(rng, asked.answers, n)
    agreed = np.where(answer == _NO_BY_PERSON, NEVER, np.maximum(soon(rng, proposed, 0, 10), proposed))
    sent = np.where(agreed < NEVER, np.maximum(soon(rng, agreed, 0, 6), agreed), NEVER)
    answered = np.where(sent < NEVER, np.maximum(soon(rng, sent, 1, _LAPSES_AFTER - 2), sent), NEVER)
    answered = np.where(answer == _NO_BY_PERSON, np.maximum(soon(rng, proposed, 0, 8), proposed), answered)
    answered = np.where(answer == _LAPSED, sent + _LAPSES_AFTER, answered)
    accepted = answer == _ACCEPTED
    outcome = pick(rng, asked.outcomes, n)
    never = outcome == len(asked.outcomes) - 1
    started = np.where(accepted & ~never, np.maximum(soon(rng, answered, 1, 60), answered), NEVER)
    going_on = outcome == 0
    ended = np.where((started < NEVER) & ~going_on, np.maximum(soon(rng, started, 20, 300), started), NEVER)
    told = np.where(never, answered + 60, ended)
    known_answer = answered <= context.last
    refused = np.isin(answer, (_NO_BY_PERSON, _NO_BY_PARTNER)) & known_answer
    begun = started <= context.last
    result = np.where(told <= context.last, outcome, np.where(begun, 0, -1))
    days = {"proposed_on": proposed, "agreed_on": agreed, "sent_on": sent, "answered_on": answered}
    days |= {"started_on": started, "ended_on": ended}
    return table(
        SCHEMA["referrals"],
        {
            "referral": context.keys(n),
            "person": context.key(paths.person[path]),
            "domain": pick(rng, asked.domains, n),
            **{name: dates(np.where(day <= context.last, day, NEVER)) for name, day in days.items()},
            "answer": np.where(known_answer, answer, -1),
            "refusal_reason": np.where(refused, pick(rng, asked.reasons, n), -1),
            "outcome": np.where(accepted & known_answer, result, -1),
        },
    )
