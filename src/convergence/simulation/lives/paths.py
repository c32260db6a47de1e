"""Paths: how long, by which contracts, at which sites, and how they end with the scheme and without it."""

from dataclasses import dataclass, fields

import numpy as np

from convergence.simulation.entries import planned_months
from convergence.simulation.lives.calendar import NEVER, day_of, plus_months, year_of
from convergence.simulation.lives.chance import between, happens, leaning, pick, place, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.people import People
from convergence.simulation.parameters import Paths as PathParameters
from convergence.simulation.tables import Array
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.exits import DYNAMIC, TABLES, ExitCategory, ExitMotive
from convergence.vocabulary.structures import EmployerKind, Scheme

_MOST_CONTRACTS = 15
"""Sixty months in contracts of four at least."""
_SHORTEST = 4
_FIRST_LIMIT = 24
_EXTENSION = 12
_PHC_HOURS = (4.0, 10.0, 16.0)
_HOURS = (20.0, 22.0, 24.0, 24.0, 26.0, 26.0)
_CODES = np.array([motive.value for motive in ExitMotive])
_TRIAL = [ExitMotive.TRIAL_ENDED_BY_EMPLOYER.value, ExitMotive.TRIAL_ENDED_BY_PERSON.value]
REMOVED = [motive.value for motive, category in TABLES[-1].categories.items() if category is ExitCategory.REMOVED]
_TO_SOMETHING = [motive.value for motive, category in TABLES[-1].categories.items() if category in DYNAMIC]
_WITHOUT_WORK = [motive.value for motive, category in TABLES[-1].categories.items() if category is ExitCategory.OTHER]
_CONVERGENCE, _NONE = (list(Scheme).index(each) for each in (Scheme.CONVERGENCE, Scheme.NONE))
_ACI, _EI = (list(EmployerKind).index(each) for each in (EmployerKind.ACI, EmployerKind.EI))
_CDDI, _EI_CONTRACT = (list(ContractKind).index(each) for each in (ContractKind.CDDI, ContractKind.EI))
_NO_PROGRAMME, _CVG, _PHC = (list(Programme).index(each) for each in Programme)


@dataclass(frozen=True)
class Outcomes:
    """Both potential outcomes of each path (paths,), and the ASP motive of the one that happens."""

    dynamic_with: Array
    dynamic_without: Array
    durable_with: Array
    durable_without: Array
    motive: Array


@dataclass(frozen=True)
class Paths:
    """Paths (paths,) in order: everybody's first, then re-entries; ``ends`` also where it lies in the future."""

    person: Array
    rank: Array
    site: Array
    scheme: Array
    starts: Array
    ends: Array
    months: Array
    by_phc: Array
    outcomes: Outcomes


@dataclass(frozen=True)
class Contracts:
    """Contracts of paths (contracts,), in order of path and date. ``ended``: NEVER where the term was reached."""

    path: Array
    person: Array
    rank: Array
    site: Array
    employer: Array
    kind: Array
    programme: Array
    weekly_hours: Array
    since: Array
    term: Array
    ended: Array

    @property
    def ends(self) -> Array:
        return np.minimum(self.term, self.ended)


def draw_paths(context: Context, people: People) -> tuple[Paths, Contracts]:
    """Everybody's paths, whole: what lies after the date of the draw is cut by whoever writes tables."""
    person = np.arange(people.hired)
    first = _Starts(person, np.ones_like(person), people.site[person], people.entered[person], people.by_phc[person])
    paths, contracts = _drawn(context, people, first, context.stream("paths"), np.full(len(person), 60))
    again = _reentries(context, paths)
    if not len(again.person):
        return paths, contracts
    left = context.parameters.paths.longest - paths.months[again.person]
    more, further = _drawn(context, people, again, context.stream("re-entries"), left)
    shifted = {"path": further.path + len(paths.person)}
    return _joined(paths, more), _contracts_joined(contracts, further, shifted)


@dataclass(frozen=True)
class _Starts:
    """Who starts a path, her how manyth, at which site, on which day, and whether by a PHC contract; all (paths,)."""

    person: Array
    rank: Array
    site: Array
    day: Array
    by_phc: Array


def _drawn(
    context: Context, people: People, starts: _Starts, rng: np.random.Generator, most: Array
) -> tuple[Paths, Contracts]:
    """The paths that begin so, whole, and their contracts; ``most``: months that each may last at most."""
    chosen, scheme = context.parameters.paths, context.scheme[starts.site]
    n = len(starts.person)
    uniform = rng.random(n)
    months = np.minimum(planned_months(rng, context.parameters, scheme), most)
    months = np.where(starts.by_phc, np.minimum(np.maximum(months, 3 * _SHORTEST), most), months)
    months = np.where((months > _FIRST_LIMIT) & (months < _FIRST_LIMIT + _SHORTEST), _FIRST_LIMIT, months)
    outcomes = _outcomes(context, people, starts, rng, uniform, plus_months(starts.day, months))
    trial = np.isin(outcomes.motive, _TRIAL)
    since, term, used = _terms(rng, starts, np.where(trial, np.minimum(months, _FIRST_LIMIT), months), chosen)
    used[:, 1:] &= ~trial[:, None]
    ends = _ends(context, rng, starts, outcomes, (since, term, used), months)
    paths = Paths(starts.person, starts.rank, starts.site, scheme, starts.day, ends, months, starts.by_phc, outcomes)
    return paths, _contracts(context, rng, paths, (since, term, used & (since < ends[:, None])))


def _ends(
    context: Context,
    rng: np.random.Generator,
    starts: _Starts,
    outcomes: Outcomes,
    spans: tuple[Array, Array, Array],
    months: Array,
) -> Array:
    """First day after each path: the term of its last contract, or earlier: for a job, a trial that failed, a site
    that closes. On a waiting list, the end of the follow-up."""
    since, term, used = spans
    chosen, n = context.parameters.paths, len(starts.person)
    trial = np.isin(outcomes.motive, _TRIAL)
    rows, last = np.arange(n), used.sum(axis=1) - 1
    begun, due = since[rows, last], term[rows, last]
    early = rng.random(n) < np.where(
        np.isin(outcomes.motive, _TO_SOMETHING), chosen.leaves_early_for_a_job, chosen.leaves_early
    )
    early |= np.isin(outcomes.motive, REMOVED)
    waits = context.scheme[starts.site] == _NONE
    early &= ~waits
    due = np.where(waits, plus_months(starts.day, months), due)
    broken = begun + 20 + (rng.random(n) * np.maximum(due - begun - 25, 1)).astype(np.int64)
    broken = np.where(trial, begun + between(rng, 4, 28, n), broken)
    ended = np.where(early, broken, NEVER)
    return np.asarray(np.minimum(np.minimum(due, ended), np.maximum(context.closed[starts.site], starts.day + 1)))


def _terms(
    rng: np.random.Generator, starts: _Starts, months: Array, chosen: PathParameters
) -> tuple[Array, Array, Array]:
    """First days, terms and existence of contracts (paths, 15): lawful lengths that add up to ``months``.

    A contract lasts four months at least; the first 24 months end with a contract, each later one is an extension
    of twelve months at most.
    """
    lengths, gap = chosen.lengths, chosen.gap
    n = len(months)
    since = np.zeros((n, _MOST_CONTRACTS), np.int64)
    term, used = since.copy(), np.zeros((n, _MOST_CONTRACTS), bool)
    day, done = starts.day.copy(), np.zeros(n, np.int64)
    for rank in range(_MOST_CONTRACTS):
        left = months - done
        active = left > 0
        if not active.any():
            break
        before = done < _FIRST_LIMIT
        limit = np.where(before, np.minimum(left, _FIRST_LIMIT - done), left)
        length = np.minimum(_SHORTEST + pick(rng, lengths, n), np.where(before, limit, _EXTENSION))
        length = np.where(starts.by_phc & (rank < 2), _SHORTEST, np.minimum(length, limit))
        rest = limit - length
        short = (rest > 0) & (rest < _SHORTEST)
        length = np.where(short & (before | (limit <= _EXTENSION)), limit, length)
        length = np.where(short & ~before & (limit > _EXTENSION), limit - _SHORTEST, length)
        since[:, rank], used[:, rank] = day, active
        term[:, rank] = plus_months(day, np.where(active, length, 0))
        done = done + np.where(active, length, 0)
        waits = np.where(happens(rng, gap, n), between(rng, 8, 60, n), 0)
        day = np.where(active, np.where(waits > 0, soon(rng, term[:, rank] + waits, 0, 2), term[:, rank]), day)
    return since, term, used


def _outcomes(
    context: Context, people: People, starts: _Starts, rng: np.random.Generator, uniform: Array, ends: Array
) -> Outcomes:
    """One uniform number a path decides what happens in both worlds, so that the effects are exactly those named."""
    base, effects = context.parameters.outcomes, context.parameters.effects
    harder = base.difficulty_slope * people.shown[starts.person] + base.hidden * people.difficulty[starts.person]
    share = np.where(ends >= day_of(effects.matures_on), 1.0, effects.share_before)
    durable, dynamic = leaning(base.durable, -1.0, harder), leaning(base.dynamic, -1.0, harder)
    durable_with, dynamic_with = durable + share * effects.durable, dynamic + share * effects.dynamic
    removed = uniform > 1 - base.removed
    in_scheme = context.scheme[starts.site] == _CONVERGENCE
    is_durable = uniform < np.where(in_scheme, durable_with, durable)
    is_dynamic = uniform < np.where(in_scheme, dynamic_with, dynamic)
    second = rng.random(len(uniform))
    motive = _CODES[place(second, base.other_motives)]
    motive = np.where(removed, _CODES[place(second, base.removed_motives)], motive)
    motive = np.where(is_dynamic & ~removed, _CODES[place(second, base.other_dynamic_motives)], motive)
    motive = np.where(is_durable & ~removed, _CODES[place(second, base.durable_motives)], motive)
    young = year_of(ends) - people.birth_year[starts.person] < 60
    motive = np.where(young & (motive == ExitMotive.RETIREMENT.value), ExitMotive.TRAINING.value, motive)
    return Outcomes(
        dynamic_with=(uniform < dynamic_with) & ~removed,
        dynamic_without=(uniform < dynamic) & ~removed,
        durable_with=(uniform < durable_with) & ~removed,
        durable_without=(uniform < durable) & ~removed,
        motive=motive,
    )


def _contracts(
    context: Context, rng: np.random.Generator, paths: Paths, spans: tuple[Array, Array, Array]
) -> Contracts:
    since, term, used = spans
    used &= (paths.scheme != _NONE)[:, None]
    path, rank = np.nonzero(used)
    chosen = context.parameters.paths
    n, count = len(paths.person), used.sum(axis=1)
    in_scheme = paths.scheme == _CONVERGENCE
    moves_at = np.where(in_scheme & (count > 1) & happens(rng, chosen.moves, n), between(rng, 1, 3, n), _MOST_CONTRACTS)
    elsewhere = _another_site(context, rng, paths, since[np.arange(n), np.minimum(moves_at, count - 1)])
    site = np.where(rank >= moves_at[path], elsewhere[path], paths.site[path])
    outside = in_scheme & (count > 2) & ~paths.by_phc & happens(rng, chosen.other_siae, n)
    is_outside = outside[path] & (rank == count[path] - 1)
    own_hours = np.array(_HOURS)[between(rng, 0, len(_HOURS) - 1, n)]
    is_phc = paths.by_phc[path] & (rank < len(_PHC_HOURS))
    hours = np.where(is_phc, np.array(_PHC_HOURS)[np.minimum(rank, len(_PHC_HOURS) - 1)], own_hours[path])
    hours = np.where(is_outside, 30.0, np.where(paths.by_phc[path] & (rank == len(_PHC_HOURS)), 20.0, hours))
    ends = paths.ends[path]
    return Contracts(
        path=path,
        person=paths.person[path],
        rank=rank,
        site=np.where(is_outside, -1, site),
        employer=np.where(is_outside, _EI, _ACI),
        kind=np.where(is_outside, _EI_CONTRACT, _CDDI),
        programme=np.where(is_outside, -1, np.where(is_phc, _PHC, np.where(in_scheme[path], _CVG, _NO_PROGRAMME))),
        weekly_hours=hours,
        since=since[used],
        term=term[used],
        ended=np.where(ends < term[used], ends, NEVER),
    )


def _another_site(context: Context, rng: np.random.Generator, paths: Paths, day: Array) -> Array:
    """A site of the block that is open from the day on, as long as the path; the path's own where none was found."""
    chosen = context.sites[between(rng, 0, len(context.sites) - 1, len(day))]
    is_open = (context.opened[chosen] <= day) & (paths.ends <= context.closed[chosen])
    return np.where(is_open, chosen, paths.site)


def _reentries(context: Context, paths: Paths) -> _Starts:
    rng, chosen = context.stream("who comes back"), context.parameters.paths
    n = len(paths.person)
    again = happens(rng, chosen.reentry, n) & np.isin(paths.outcomes.motive, _WITHOUT_WORK)
    day = soon(rng, paths.ends, 183, 730)
    again &= (day <= context.last) & (paths.months <= chosen.longest - _SHORTEST) & (paths.scheme != _NONE)
    again &= day < context.closed[paths.site]
    person = paths.person[again]
    return _Starts(person, np.full(len(person), 2), paths.site[again], day[again], np.zeros(len(person), bool))


def _joined(one: Paths, other: Paths) -> Paths:
    plain = [field.name for field in fields(Paths) if field.name != "outcomes"]
    held = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in plain}
    outcomes = {
        field.name: np.concatenate([getattr(one.outcomes, field.name), getattr(other.outcomes, field.name)])
        for field in fields(Outcomes)
    }
    return Paths(**held, outcomes=Outcomes(**outcomes))


def _contracts_joined(one: Contracts, other: Contracts, shifted: dict[str, Array]) -> Contracts:
    held = {
        field.name: np.concatenate([getattr(one, field.name), shifted.get(field.name, getattr(other, field.name))])
        for field in fields(Contracts)
    }
    return Contracts(**held)
