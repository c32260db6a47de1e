"""One block told: subject after subject, the tables that each yields."""

import numpy as np

from convergence.simulation.lives.calendar import NEVER, dates
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.paths import Contracts, Paths, draw_paths
from convergence.simulation.lives.people import People, draw_people, people_table
from convergence.simulation.tables import LAYOUT_TABLES, SCHEMA, TRUTH, Table, table


def told(context: Context) -> tuple[dict[str, Table], Table]:
    """Every table about people of the block, and the truth behind them."""
    people = draw_people(context)
    paths, contracts = draw_paths(context, people)
    tables = {
        "people": people_table(context, people),
        "paths": _paths(context, paths),
        "contracts": _contracts(context, contracts),
        "exits": _exits(context, paths),
    }
    for name in SCHEMA.keys() - tables.keys() - set(LAYOUT_TABLES):
        tables[name] = table(SCHEMA[name], {}, 0)
    return tables, _truth(context, people, paths)


def _paths(context: Context, paths: Paths) -> Table:
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


def _contracts(context: Context, contracts: Contracts) -> Table:
    begun = contracts.since <= context.last
    ended = np.where(contracts.ended <= context.last, contracts.ended, NEVER)
    count = int(begun.sum())
    return table(
        SCHEMA["contracts"],
        {
            "contract": context.keys(count),
            "person": context.key(contracts.person)[begun],
            "path": context.key(contracts.path)[begun],
            "site": np.where(contracts.site < 0, -1, contracts.site + 1)[begun],
            "employer_kind": contracts.employer[begun],
            "kind": contracts.kind[begun],
            "programme": contracts.programme[begun],
            "weekly_hours": contracts.weekly_hours[begun],
            "since": dates(contracts.since)[begun],
            "until": dates(contracts.term)[begun],
            "ended_on": dates(ended)[begun],
        },
    )


def _exits(context: Context, paths: Paths) -> Table:
    left = paths.ends <= context.last
    return table(
        SCHEMA["exits"],
        {
            "exit": context.keys(int(left.sum())),
            "person": context.key(paths.person)[left],
            "path": context.key(np.arange(len(paths.person)))[left],
            "on": dates(paths.ends)[left],
            "motive": paths.outcomes.motive[left],
        },
    )


def _truth(context: Context, people: People, paths: Paths) -> Table:
    outcomes = paths.outcomes
    return table(
        TRUTH,
        {
            "path": context.keys(len(paths.person)),
            "person": context.key(paths.person),
            "site": paths.site + 1,
            "scheme": paths.scheme,
            "since": dates(paths.starts),
            "difficulty": people.difficulty[paths.person],
            "dynamic_with": outcomes.dynamic_with,
            "dynamic_without": outcomes.dynamic_without,
            "durable_with": outcomes.durable_with,
            "durable_without": outcomes.durable_without,
        },
    )
