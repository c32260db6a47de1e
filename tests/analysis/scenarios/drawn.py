"""A drawn Paris and the model fitted on it, made once for the tests that look at them."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from convergence.analysis.dataset import SCHEMAS, Tables
from convergence.analysis.dataset.arrays import as_frame
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios.blocks import Stream
from convergence.analysis.scenarios.classes import Classes
from convergence.analysis.scenarios.engine import Setting
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import Lives, lives
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.rates import Rates
from convergence.analysis.scenarios.scenario import TODAY, Scenario
from convergence.simulation.model import blocks, layout
from convergence.simulation.parameters import parameters

AS_OF = date(2024, 12, 31)
SEED = 11


@cache
def paris(ordinary_sites: int = 0) -> Tables:
    """The tables of a drawn Paris."""
    drawn = parameters()
    drawn = replace(drawn, comparison=replace(drawn.comparison, ordinary_sites=ordinary_sites))
    until = date.fromordinal(AS_OF.toordinal() + 1)
    whole = layout(drawn, until).tables
    parts = [block.tables for block in blocks(drawn, until, seed=SEED)]
    frames = {}
    for table, schema in SCHEMAS.items():
        arrays = [whole[table]] if table in whole else [part[table] for part in parts]
        frames[table] = as_frame(arrays, schema, table)
    return Tables.cast(frames)


@cache
def known(ordinary_sites: int = 0, scheme: str = "convergence") -> tuple[Classes, Lives]:
    """The states of everybody, month by month."""
    tables = paris(ordinary_sites)
    people = profiles(tables)
    classes = Classes.fit(people)
    return classes, lives(tables, person_months(tables, AS_OF, months=61), people, classes, scheme)


@cache
def model() -> Model:
    classes, seen = known()
    return Model.fit_lives(seen, classes, AS_OF)


@cache
def population() -> Population:
    return Population.of(model(), known()[1])


def setting(scenario: Scenario = TODAY, *, months: int = 24, people: float | None = None) -> Setting:
    whole = population() if people is None else population().sized(people)
    return Setting.of(whole, scenario, months)


def rates(draws: int = 3, *, new: int = 0, block: int = 0) -> Rates:
    return model().draw(Stream(SEED, block), draws, new=new)


def repeated(drawn: Rates, times: int) -> Rates:
    """The first draw, many times over."""
    return Rates(*(np.repeat(array[:1], times, axis=0) for array in vars(drawn).values()))
