"""Employment as it was told, hours month by month, long absences and placements."""

import numpy as np

from convergence.simulation.lives.after import Jobs
from convergence.simulation.lives.calendar import NEVER, dates, day_of, first_of, month_of
from convergence.simulation.lives.chance import between, happens, pick, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.facts import Facts, code
from convergence.simulation.lives.paths import Contracts, Paths
from convergence.simulation.tables import SCHEMA, Array, Table, table
from convergence.vocabulary.absences import AbsenceKind
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.placements import PlacementPurpose
from convergence.vocabulary.structures import Scheme

WEEKS = 52 / 12
"""Weeks in a paid month."""
_NONE = list(Scheme).index(Scheme.NONE)
_EMPLOYMENT = {
    ExitMotive.OPEN_ENDED_HERE: Employment.OPEN_ENDED,
    ExitMotive.FIXED_TERM_IN_IAE: Employment.CDDI,
    ExitMotive.OPEN_ENDED: Employment.OPEN_ENDED,
    ExitMotive.OWN_BUSINESS: Employment.OWN_BUSINESS,
    ExitMotive.TRAINING: Employment.TRAINING,
    ExitMotive.LONG_TERM: Employment.LONG_TERM,
    ExitMotive.SHORT_TERM: Employment.SHORT_TERM,
    ExitMotive.CIVIL_SERVICE: Employment.OPEN_ENDED,
    ExitMotive.SUBSIDISED_OPEN_ENDED: Employment.OPEN_ENDED,
    ExitMotive.SUBSIDISED_OUTSIDE_IAE: Employment.LONG_TERM,
    ExitMotive.RETIREMENT: Employment.RETIRED,
    ExitMotive.CDI_INCLUSION: Employment.OPEN_ENDED,
    ExitMotive.NO_NEWS: Missing.CANNOT_BE_DETERMINED,
}


def contracts_table(context: Context, paths: Paths, contracts: Contracts, jobs: Jobs) -> tuple[Table, Array]:
    """The table ``contracts``, of paths and then of jobs found; and the rows of ``contracts`` that had begun."""
    begun = np.nonzero(contracts.since <= context.last)[0]
    since = np.concatenate([contracts.since[begun], jobs.since])
    hours = np.concatenate([contracts.weekly_hours[begun], jobs.weekly_hours])
    ended = np.concatenate([contracts.ended[begun], np.where(jobs.ended < jobs.term, jobs.ended, NEVER)])
    jobless = np.full(len(jobs.path), -1)
    site = np.concatenate([np.where(contracts.site < 0, -1, contracts.site + 1)[begun], jobless])
    drawn = table(
        SCHEMA["contracts"],
        {
            "contract": context.keys(len(since)),
            "person": context.key(np.concatenate([contracts.person[begun], paths.person[jobs.path]])),
            "path": context.key(np.concatenate([contracts.path[begun], jobless])),
            "site": site,
            "employer_kind": np.concatenate([contracts.employer[begun], jobs.employer]),
            "kind": np.concatenate([contracts.kind[begun], jobs.kind]),
            "programme": np.concatenate([contracts.programme[begun], jobless]),
            "weekly_hours": hours,
            "monthly_gross": np.round(hours * WEEKS * _minimum_wage(context, since), 2),
            "since": dates(since),
            "until": dates(np.concatenate([contracts.term[begun], jobs.term])),
            "ended_on": dates(np.where(ended <= context.last, ended, NEVER)),
        },
    )
    return drawn, begun


def _minimum_wage(context: Context, days: Array) -> Array:
    """Euros an hour on each day."""
    wages = context.parameters.wages.minimum
    since = np.array([day_of(wage.since) for wage in wages])
    euros = np.array([wage.euros for wage in wages])
    return np.asarray(euros[np.maximum(np.searchsorted(since, days, side="right") - 1, 0)])


def tell_employment(facts: Facts, paths: Paths, contracts: Contracts, jobs: Jobs) -> None:
    """Without work before, then what the contracts, the exit and the job after it say."""
    context = facts.context
    rng = context.stream("employment")
    n, count = len(facts.entered), len(contracts.path)
    none, cddi = code(Employment.NONE), code(Employment.CDDI)
    ends = contracts.ends
    follows = np.append(contracts.path[1:] == contracts.path[:-1], False) if count else np.zeros(0, bool)
    pause = follows & (np.append(contracts.since[1:], 0) > ends)
    left = np.nonzero((paths.ends <= context.last) & (paths.scheme != _NONE))[0]
    waiting = np.nonzero(paths.scheme[jobs.path] == _NONE)[0]
    motive = paths.outcomes.motive
    reached = np.full(len(motive), none)
    for known, employment in _EMPLOYMENT.items():
        reached = np.where(motive == known.value, code(employment), reached)
    lost = jobs.ended < NEVER
    training = left[motive[left] == ExitMotive.TRAINING.value]
    person = np.concatenate(
        [
            np.arange(n),
            contracts.person,
            contracts.person[pause],
            paths.person[left],
            paths.person[jobs.path[waiting]],
            paths.person[jobs.path[lost]],
            paths.person[training],
        ]
    )
    since = np.concatenate(
        [
            soon(rng, facts.entered, -1400, -20),
            contracts.since,
            ends[pause],
            paths.ends[left],
            jobs.since[waiting],
            jobs.ended[lost],
            soon(rng, paths.ends[training], 90, 280),
        ]
    )
    value = np.concatenate(
        [
            np.full(n, none),
            np.full(count, cddi),
            np.full(int(pause.sum()), none),
            reached[left],
            reached[jobs.path[waiting]],
            np.full(int(lost.sum()), none),
            np.full(len(training), none),
        ]
    )
    order = np.lexsort((since, person))
    person, since, value = person[order], since[order], value[order]
    same = np.append(False, (person[1:] == person[:-1]) & (value[1:] == value[:-1]))
    person, since, value = person[~same], since[~same], value[~same]
    facts.tell_flat(rng, "employment", person, since, value, np.full(len(person), NEVER))


def absences_table(context: Context, contracts: Contracts, begun: Array) -> tuple[Table, Array, Array]:
    """The table ``absences``: 15 days and more, one a contract at most.

    :returns: the table; first days and ends (2, contracts begun), NEVER without one; kinds, -1 without one.
    """
    rng, work = context.stream("absences"), context.parameters.work
    since, ends = contracts.since[begun], np.minimum(contracts.ends[begun], context.last + 1)
    n = len(begun)
    first = since + 10 + (rng.random(n) * np.maximum(ends - since - 26, 1)).astype(np.int64)
    days = 15 + rng.geometric(1 / max(work.long_absence_days - 14, 1), n) - 1
    until = np.minimum(first + days, contracts.ends[begun])
    held = happens(rng, work.long_absence, n) & (until - first >= 15) & (first <= context.last)
    first, until = np.where(held, first, NEVER), np.where(held, until, NEVER)
    row = np.nonzero(held)[0]
    kind = pick(rng, work.long_absence_kinds, len(row))
    drawn = table(
        SCHEMA["absences"],
        {
            "absence": context.keys(len(row)),
            "contract": context.key(row),
            "person": context.key(contracts.person[begun][row]),
            "kind": kind,
            "since": dates(first[row]),
            "until": dates(np.where(until[row] <= context.last, until[row], NEVER)),
        },
    )
    kinds = np.full(n, -1)
    kinds[row] = kind
    return drawn, np.stack([first, until]), kinds


def hours_table(context: Context, contracts: Contracts, begun: Array, away: Array, kinds: Array) -> Table:
    """The table ``hours``: each whole month of each contract at a site, in quarters of an hour.

    ``away``: first day and end of each contract's long absence (2, contracts begun); ``kinds``: its kind.
    """
    rng, work = context.stream("hours"), context.parameters.work
    since = contracts.since[begun]
    ends = np.minimum(contracts.ends[begun], first_of(month_of(np.array([context.last + 1])))[0])
    first = month_of(since)
    at_site = contracts.site[begun] >= 0
    count = np.where(at_site & (ends > since), month_of(ends - 1) - first + 1, 0)
    row = np.repeat(np.arange(len(begun)), count)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    month = first[row] + rank
    start = first_of(month)
    length = first_of(month + 1) - start
    from_day, to_day = np.maximum(since[row], start), np.minimum(ends[row], start + length)
    planned = np.rint(contracts.weekly_hours[begun][row] * WEEKS * 4 * (to_day - from_day) / length)
    n = len(row)
    missed = np.maximum(0, np.minimum(away[1][row], to_day) - np.maximum(away[0][row], from_day))
    long = np.where(missed > 0, np.rint(planned * missed / (to_day - from_day)), 0)
    present = planned - long
    sick, justified, unjustified = (
        np.rint(present * np.where(happens(rng, chance, n), rng.random(n, dtype=np.float32) * 2 * share, 0))
        for chance, share in (
            (work.sick_months, work.sick_share),
            (work.justified_months, work.justified_share),
            (work.unjustified_months, work.unjustified_share),
        )
    )
    ill = np.isin(kinds[row], _SICK)
    unexplained = kinds[row] == list(AbsenceKind).index(AbsenceKind.UNEXPLAINED)
    sick = np.minimum(sick, present)
    justified = np.minimum(justified, present - sick)
    unjustified = np.minimum(unjustified, present - sick - justified)
    worked = present - sick - justified - unjustified
    return table(
        SCHEMA["hours"],
        {
            "contract": context.key(row),
            "person": context.key(contracts.person[begun][row]),
            "month": dates(start),
            "planned": planned / 4,
            "worked": worked / 4,
            "sick": (sick + np.where(ill, long, 0)) / 4,
            "justified": (justified + np.where(ill | unexplained, 0, long)) / 4,
            "unjustified": (unjustified + np.where(unexplained, long, 0)) / 4,
        },
    )


_SICK = [list(AbsenceKind).index(each) for each in (AbsenceKind.SICK_LEAVE, AbsenceKind.WORK_ACCIDENT)]


def placements_table(context: Context, contracts: Contracts, begun: Array, away: Array) -> Table:
    """The table ``placements``: PMSMP of a month at most, within a contract and not during its long absence."""
    rng, work = context.stream("placements"), context.parameters.work
    since, ends = contracts.since[begun], np.minimum(contracts.ends[begun], context.last + 1)
    n = len(begun)
    first = soon(rng, since + 30 + (rng.random(n) * np.maximum(ends - since - 60, 1)).astype(np.int64), 0, 2)
    until = first + between(rng, 5, 30, n)
    held = happens(rng, work.placement, n) & (until <= contracts.ends[begun]) & (first <= context.last)
    held &= (until <= away[0]) | (first >= away[1])
    row = np.nonzero(held)[0]
    purpose = pick(rng, work.placement_purposes, len(row))
    for_job = purpose == list(PlacementPurpose).index(PlacementPurpose.RECRUITMENT)
    over = until[row] <= context.last
    hired = happens(rng, np.where(for_job, work.hired_after_recruitment, work.hired_after_other), len(row))
    return table(
        SCHEMA["placements"],
        {
            "placement": context.keys(len(row)),
            "person": context.key(contracts.person[begun][row]),
            "contract": context.key(row),
            "since": dates(first[row]),
            "until": dates(until[row]),
            "purpose": purpose,
            "hired_after": hired & over,
        },
    )
