"""One block told: subject after subject, the tables that each yields."""

import numpy as np

from convergence.simulation.lives.after import (
    draw_jobs,
    draw_supports,
    follow_ups_table,
    known_until,
    supports_table,
)
from convergence.simulation.lives.calendar import MONTH, NEVER, dates
from convergence.simulation.lives.coming import coming_tables
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.facts import Facts
from convergence.simulation.lives.health import Care, draw_care, tell_health
from convergence.simulation.lives.housing import HORIZON, WITH, WITHOUT, Homes, draw_homes, tell_housing
from convergence.simulation.lives.paths import Paths, draw_paths
from convergence.simulation.lives.people import People, draw_people, people_table
from convergence.simulation.lives.rights import tell_rights
from convergence.simulation.lives.support import goals_table, interviews_table, needs_table, referrals_table
from convergence.simulation.lives.work import (
    absences_table,
    contracts_table,
    hours_table,
    placements_table,
    tell_employment,
)
from convergence.simulation.tables import SCHEMA, TRUTH, Table, table
from convergence.vocabulary.structures import Scheme

_NONE = list(Scheme).index(Scheme.NONE)


def told(context: Context) -> tuple[dict[str, Table], Table]:
    """Every table about people of the block, and the truth behind them."""
    people = draw_people(context)
    paths, contracts = draw_paths(context, people)
    homes, care = draw_homes(context, people, paths), draw_care(context, people)
    jobs = draw_jobs(context, paths)
    supports = draw_supports(context, paths, homes)
    known = known_until(context, people.hired, paths, supports)

    facts = Facts(context, people.entered[: people.hired], known)
    tell_housing(facts, homes)
    tell_employment(facts, paths, contracts, jobs)
    tell_health(facts, care)
    tell_rights(facts, people)

    contracts_told, begun = contracts_table(context, paths, contracts, jobs)
    absences, away, kinds = absences_table(context, contracts, begun)
    tables = {
        "people": people_table(context, people),
        **coming_tables(context, people),
        "paths": _paths_table(context, paths),
        "contracts": contracts_told,
        "hours": hours_table(context, contracts, begun, away, kinds),
        "absences": absences,
        "situations": facts.table(),
        "needs": needs_table(context, people, known),
        "goals": goals_table(context, paths, supports),
        "interviews": interviews_table(context, paths, contracts, supports),
        "placements": placements_table(context, contracts, begun, away),
        "referrals": referrals_table(context, paths, supports),
        "exits": _exits_table(context, paths),
        "extended_support": supports_table(context, paths, supports),
        "follow_ups": follow_ups_table(context, paths, homes, jobs, supports),
    }
    return tables, _truth(context, people, paths, homes, care)


def _paths_table(context: Context, paths: Paths) -> Table:
    return table(
        SCHEMA["paths"],
        {
            "path": context.keys(len(paths.person)),
            "person": context.key(paths.person),
            "rank": paths.rank,
            "since": dates(paths.starts),
            "until": dates(np.where(paths.ends <= context.last, paths.ends, NEVER)),
        },
    )


def _exits_table(context: Context, paths: Paths) -> Table:
    left = np.nonzero((paths.ends <= context.last) & (paths.scheme != _NONE))[0]
    return table(
        SCHEMA["exits"],
        {
            "exit": context.keys(len(left)),
            "person": context.key(paths.person[left]),
            "path": context.key(left),
            "on": dates(paths.ends[left]),
            "motive": paths.outcomes.motive[left],
        },
    )


def _truth(context: Context, people: People, paths: Paths, homes: Homes, care: Care) -> Table:
    outcomes, person = paths.outcomes, paths.person
    later = paths.starts + round(HORIZON * MONTH)
    return table(
        TRUTH,
        {
            "path": context.keys(len(person)),
            "person": context.key(person),
            "site": paths.site + 1,
            "scheme": paths.scheme,
            "since": dates(paths.starts),
            "difficulty": people.difficulty[person],
            "dynamic_with": outcomes.dynamic_with,
            "dynamic_without": outcomes.dynamic_without,
            "durable_with": outcomes.durable_with,
            "durable_without": outcomes.durable_without,
            "housed_with": homes.housed_on(person, later, WITH),
            "housed_without": homes.housed_on(person, later, WITHOUT),
            "care_with": care.cared_on(person, later, WITH),
            "care_without": care.cared_on(person, later, WITHOUT),
        },
    )
