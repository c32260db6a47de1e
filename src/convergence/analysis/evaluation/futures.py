"""What a change of rules or means would do: the scenarios, each beside today, with the costs of these data."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits import Benefits, Change, Factorised, History, Reform, circumstances_of
from convergence.analysis.costs import CostError, Ledger, SavingClass, countable, load_prices
from convergence.analysis.costs.prices import POST_AID
from convergence.analysis.costs.transfers import Transfers
from convergence.analysis.errors import AnalysisError
from convergence.analysis.evaluation.material import Material
from convergence.analysis.evaluation.money import CENTRAL, Money
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios.backtest import BackTest
from convergence.analysis.scenarios.blocks import ClusterError, connected
from convergence.analysis.scenarios.classes import Classes
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.money import StateCosts, refuse_other_prices
from convergence.analysis.scenarios.observed import Lives, lives
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.projection import Projection, project
from convergence.analysis.scenarios.reading import read_scenario
from convergence.analysis.scenarios.scenario import TODAY, Scenario
from convergence.analysis.scenarios.states import LONGEST
from convergence.vocabulary.structures import Scheme

Floats = NDArray[np.float64]

STANDARD = ("path_36", "effect_75", "effect_50", "places")
"""Scenarios that come with the software, projected when none is asked for."""
DRAWS = 200
MONTHS = 60
PREDICTED_YEARS = 3
"""Years of the data that the back-test keeps apart, to predict them."""


@dataclass(frozen=True)
class Futures:
    """Projections by name, today among them; ``priced``: with the costs of these data.

    :ivar asked: the scenarios were asked for, not the standard ones.
    :ivar reworked: the scenarios for which benefits were worked out again: under another law, or with other hours.
    :ivar back_test: the last years of the data predicted from those before; why not, where that cannot be done.
    """

    projections: dict[str, Projection]
    model: Model
    priced: bool
    asked: bool
    reworked: tuple[Scenario, ...]
    back_test: BackTest | str

    @property
    def today(self) -> Projection:
        return self.projections[TODAY.name]

    @property
    def others(self) -> list[Projection]:
        return [each for name, each in self.projections.items() if name != TODAY.name]


def scenarios_of(material: Material) -> list[Scenario]:
    """The scenarios asked for, read before anything is computed; else the standard ones.

    :raises AnalysisError: one that cannot be read, contradicts itself or changes the price of nothing; a cluster to
        project them on that does not answer.
    """
    request = material.request
    scenarios = [read_scenario(name) for name in request.scenarios or STANDARD]
    items = countable(load_prices(request.prices))
    for scenario in scenarios:
        refuse_other_prices(scenario, items)
    if request.scheduler is not None:
        connected(request.scheduler).close()
    return scenarios


def futures_of(material: Material, scenarios: list[Scenario], money: Money) -> Futures | str:
    """Project the scenarios; why there are none, where the data do not allow a model and nobody asked for one.

    :raises AnalysisError: the scenarios were asked for and cannot be projected, or the cluster was lost.
    """
    asked = bool(material.request.scenarios)
    try:
        return _projected(material, scenarios, money, asked=asked)
    except ClusterError:
        raise  # it is no flaw of the data: without the cluster the same run has its scenarios
    except AnalysisError as error:
        if asked:
            raise
        return str(error)


def _projected(material: Material, scenarios: list[Scenario], money: Money, *, asked: bool) -> Futures:
    people = profiles(material.tables).filter(pl.col("entered") <= material.as_of)
    months = person_months(material.tables, material.as_of, months=LONGEST + 1)
    classes = Classes.fit(people.filter(pl.col("scheme") == Scheme.CONVERGENCE.value))
    ours = lives(material.tables, months, people, classes, Scheme.CONVERGENCE.value)
    model = Model.fit_lives(ours, classes, material.as_of)
    if not people.filter(pl.col("scheme") == Scheme.ORDINARY.value).is_empty():
        model = model.against(lives(material.tables, months, people, classes, Scheme.ORDINARY.value))
    population = Population.of(model, ours)
    costs = _state_costs(material, money, ours)
    moved = [each for each in scenarios if each.reforms or (each.hours is not None and ours.weekly_hours > 0)]
    reworked = tuple(moved if costs is not None else ())
    again = {each.name: _state_costs(material, money, ours, _added(material, money, ours, each)) for each in reworked}
    priced = {name: each for name, each in {TODAY.name: costs, **again}.items() if each is not None}
    found = project(
        model,
        population,
        scenarios,
        months=MONTHS,
        draws=DRAWS,
        seed=material.request.seed,
        costs=priced or None,
        scheduler=material.request.scheduler,
    )
    return Futures(found, model, costs is not None, asked, reworked, _back_test(material))


def _back_test(material: Material) -> BackTest | str:
    cut = pl.Series([material.as_of]).dt.offset_by(f"-{PREDICTED_YEARS}y").item()
    try:
        return BackTest.run(material.tables, cut, material.as_of, seed=material.request.seed)
    except AnalysisError as error:
        return str(error)


def _added(material: Material, money: Money, ours: Lives, scenario: Scenario) -> Floats:
    """What a reform or other hours add to each line of the account (people, months, lines), in euros of its year.

    The same lives are lived again from January of the year of the account on, once as they were under its law held, and
    once with the scenario in force all along: what differs is the scenario, whatever the law was when these people
    were followed. Hours in a path, and the wages that go with them, are multiplied by those of the scenario over
    today's mean; so are the aid for posts, production and rights to come.
    """
    ledger = money.ledger
    people = material.people.filter(pl.col("person").is_in(pl.Series(ledger.panel.person).implode()))
    months = person_months(material.tables, material.as_of, months=material.protocol.months, lost=CENTRAL)
    months = months.filter(pl.col("person").is_in(people["person"].implode()))
    lives = circumstances_of(months, people, history=History.NO_INCOME)
    january = np.datetime64(f"{money.year}-01")
    held = replace(
        lives,
        first_month=np.full_like(lives.first_month, january),
        birth=lives.birth + (january - lives.first_month),
    )
    more = 1.0 if scenario.hours is None else scenario.hours / ours.weekly_hours
    times = np.where(months["in_path"].to_numpy().reshape(held.gross.shape), more, 1.0)
    moved = replace(held, gross=held.gross * times, hours=held.hours * times)
    since = date(money.year, 1, 1)
    reform = Reform(tuple(Change(each.parameter, each.value, since) for each in scenario.reforms))
    law = material.request.law
    before, after = (
        _with_benefits(ledger, Factorised(law, each).compute(lived)).amounts
        for each, lived in ((None, held), (reform if scenario.reforms else None, moved))
    )
    by_hours = ledger.lines.of_class(SavingClass.PRODUCTION, SavingClass.DEFERRED)
    by_hours |= np.array([line.item == POST_AID for line in ledger.lines.lines])
    scaled = ledger.amounts * by_hours * (times[:, :, None] - 1)
    return np.asarray(np.where(by_hours, scaled, after - before))


def _with_benefits(ledger: Ledger, benefits: Benefits) -> Ledger:
    """The ledger with other benefits, in the euros in which they are."""
    sources = tuple(
        replace(source, benefits=benefits) if isinstance(source, Transfers) else source for source in ledger.sources
    )
    return replace(ledger, sources=sources, year=None)


def _state_costs(material: Material, money: Money, ours: Lives, added: Floats | float = 0.0) -> StateCosts | None:
    """What each state costs, from the months of the account in which people were followed, with what a scenario adds;
    None where the account is too large to be held person by person."""
    ledger = money.ledger
    try:
        amounts = np.where(money.observed[:, :, None], ledger.amounts + added, np.nan)
    except CostError:
        return None
    # Draws of prices and take-up come from the account, so that both speak of the same uncertainty.
    multipliers = money.bills[0].account.multipliers[:DRAWS] if money.bills else None
    return StateCosts.of(
        ours,
        ledger.panel.person,
        amounts,
        ledger.lines.lines,
        multipliers=multipliers if multipliers is not None and len(multipliers) == DRAWS else None,
        draws=DRAWS,
        seed=material.request.seed,
    )
