"""What comes after a path: jobs, and the support that goes on so that a job or a home lasts."""

from dataclasses import dataclass

import numpy as np

from convergence.simulation.lives.calendar import MONTH, NEVER, dates, plus_months
from convergence.simulation.lives.chance import between, happens, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.housing import Homes
from convergence.simulation.lives.paths import REMOVED, Paths
from convergence.simulation.tables import SCHEMA, Array, Table, table
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS, FollowUpResult, SupportOpener
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.structures import EmployerKind, Scheme

_CONVERGENCE, _NONE = (list(Scheme).index(each) for each in (Scheme.CONVERGENCE, Scheme.NONE))
_ORDINARY, _EI = (list(EmployerKind).index(each) for each in (EmployerKind.ORDINARY, EmployerKind.EI))
_KINDS = {
    ExitMotive.OPEN_ENDED_HERE: ContractKind.OPEN_ENDED,
    ExitMotive.OPEN_ENDED: ContractKind.OPEN_ENDED,
    ExitMotive.CIVIL_SERVICE: ContractKind.OPEN_ENDED,
    ExitMotive.SUBSIDISED_OPEN_ENDED: ContractKind.OPEN_ENDED,
    ExitMotive.CDI_INCLUSION: ContractKind.CDI_INCLUSION,
    ExitMotive.LONG_TERM: ContractKind.FIXED_TERM,
    ExitMotive.SHORT_TERM: ContractKind.TEMP,
    ExitMotive.SUBSIDISED_OUTSIDE_IAE: ContractKind.FIXED_TERM,
    ExitMotive.FIXED_TERM_IN_IAE: ContractKind.EI,
}
_NO_TERM = [list(ContractKind).index(each) for each in (ContractKind.OPEN_ENDED, ContractKind.CDI_INCLUSION)]
_SUPPORTED = [motive.value for motive in (*_KINDS, ExitMotive.OWN_BUSINESS)]
_HOLDS, _CHANGED, _LOST = range(len(FollowUpResult))
_JOB, _HOME = range(len(SupportOpener))


@dataclass(frozen=True)
class Jobs:
    """Work contracts that begin when a path ends (jobs,). ``term``: NEVER without one; ``ended``: the true last day."""

    path: Array
    kind: Array
    employer: Array
    weekly_hours: Array
    since: Array
    term: Array
    ended: Array


@dataclass(frozen=True)
class Supports:
    """Support after a path (supports,). ``until``: NEVER or in the future while it runs."""

    path: Array
    opened_by: Array
    since: Array
    until: Array


def draw_jobs(context: Context, paths: Paths) -> Jobs:
    """The job that each exit to employment begins."""
    rng, after = context.stream("jobs"), context.parameters.after
    codes = [motive.value for motive in _KINDS]
    path = np.nonzero(np.isin(paths.outcomes.motive, codes) & (paths.ends <= context.last))[0]
    motive, n = paths.outcomes.motive[path], len(path)
    kinds = np.array([list(ContractKind).index(kind) for kind in _KINDS.values()])
    order = np.argsort(codes)
    kind = kinds[order][np.searchsorted(np.array(codes)[order], motive)]
    # On a waiting list nobody leaves for a job: it is found at any time.
    found = paths.starts[path] + (rng.random(n) * (paths.ends - paths.starts)[path]).astype(np.int64)
    since = np.where(paths.scheme[path] == _NONE, found, paths.ends[path])
    long = motive == ExitMotive.LONG_TERM.value
    iae = motive == ExitMotive.FIXED_TERM_IN_IAE.value
    months = np.where(long | iae, between(rng, 6, 12, n), between(rng, 1, 5, n))
    subsidised = motive == ExitMotive.SUBSIDISED_OUTSIDE_IAE.value
    months = np.where(subsidised, between(rng, 6, 10, n), months)
    lasting = np.isin(kind, _NO_TERM)
    term = np.where(lasting, NEVER, plus_months(since, months))
    lost_in_month = rng.geometric(max(after.job_lost_monthly, 1e-9), n)
    lost = since + (lost_in_month * MONTH).astype(np.int64) - between(rng, 0, 20, n)
    return Jobs(
        path,
        kind,
        np.where(iae, _EI, _ORDINARY),
        np.array([24.0, 30.0, 35.0, 35.0])[between(rng, 0, 3, n)],
        since,
        term,
        np.minimum(np.maximum(lost, since + 5), term),
    )


def draw_supports(context: Context, paths: Paths, homes: Homes) -> Supports:
    """Support that the scheme opens at the end of a path that led to a job, or else to a home."""
    rng, after = context.stream("extended support"), context.parameters.after
    path = np.nonzero((paths.scheme == _CONVERGENCE) & (paths.ends <= context.last))[0]
    job = np.isin(paths.outcomes.motive[path], _SUPPORTED)
    removed = np.isin(paths.outcomes.motive[path], REMOVED)
    home = homes.housed_on(paths.person[path], paths.ends[path]) & ~removed
    opened = (job | home) & happens(rng, after.supported, len(path))
    path, job = path[opened], job[opened]
    since, n = paths.ends[path], len(path)
    until = plus_months(since, 12)
    until = np.where(happens(rng, after.support_cut_short, n), soon(rng, since, 60, 300), until)
    again = _starts_again(paths)[path]
    return Supports(path, np.where(job, _JOB, _HOME), since, np.minimum(until, again))


def _starts_again(paths: Paths) -> Array:
    """Day on which the same person's next path starts, NEVER without one; (paths,)."""
    following = np.full(len(paths.person), NEVER)
    second = np.nonzero(paths.rank == 2)[0]
    following[paths.person[second]] = paths.starts[second]
    following[second] = NEVER
    return following


def known_until(context: Context, people: int, paths: Paths, supports: Supports) -> Array:
    """Last day on which anything is learnt of each person hired: while her path or the support after it runs."""
    ends = paths.ends.copy()
    ends[supports.path] = np.maximum(ends[supports.path], supports.until)
    known = np.zeros(people, np.int64)
    np.maximum.at(known, paths.person, ends)
    return np.minimum(known, context.last)


def supports_table(context: Context, paths: Paths, supports: Supports) -> Table:
    """The table ``extended_support``."""
    return table(
        SCHEMA["extended_support"],
        {
            "support": context.keys(len(supports.path)),
            "person": context.key(paths.person[supports.path]),
            "path": context.key(supports.path),
            "opened_by": supports.opened_by,
            "since": dates(supports.since),
            "until": dates(np.where(supports.until <= context.last, supports.until, NEVER)),
        },
    )


def follow_ups_table(context: Context, paths: Paths, homes: Homes, jobs: Jobs, supports: Supports) -> Table:
    """The table ``follow_ups``: news asked for at 1, 3, 6 and 12 months, as far as the support goes."""
    rng, after = context.stream("follow-ups"), context.parameters.after
    months = np.array(FOLLOW_UP_MONTHS)
    due = np.stack([plus_months(supports.since, month) for month in FOLLOW_UP_MONTHS], axis=1)
    asked = (due <= np.minimum(supports.until, context.last)[:, None]) & (due <= context.last)
    support, rank = np.nonzero(asked)
    day = np.minimum(soon(rng, due[asked], 0, 12), context.last)
    n = len(support)
    reached = happens(rng, np.array(after.reached)[rank], n)
    person = paths.person[supports.path[support]]
    job_ends = np.full(len(paths.person), NEVER)
    job_ends[jobs.path] = jobs.ended
    holds = np.where(
        supports.opened_by[support] == _JOB,
        job_ends[supports.path[support]] > day,
        homes.housed_on(person, day),
    )
    result = np.where(holds, np.where(happens(rng, after.changed, n), _CHANGED, _HOLDS), _LOST)
    answered = reached & ~happens(rng, after.not_said, n)
    kind = np.where(reached, list(Missing).index(Missing.PREFERS_NOT_TO_SAY), list(Missing).index(Missing.NOT_ASSESSED))
    return table(
        SCHEMA["follow_ups"],
        {
            "support": context.key(support),
            "month_due": months[rank],
            "day": dates(day),
            "reached": reached,
            "still_holds": np.where(answered, result, -1),
            "still_holds_missing": np.where(answered, -1, kind),
        },
    )
