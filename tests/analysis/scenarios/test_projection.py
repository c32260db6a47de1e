"""Projections: paired with today, told with intervals, in people, euros and months; the same wherever they are made."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from convergence.analysis.costs.codes import Payer, SavingClass
from convergence.analysis.costs.lines import Line
from convergence.analysis.costs.prices import POST_AID
from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.backtest import MEASURES, BackTest
from convergence.analysis.scenarios.blocks import Stream, block_sizes, run_blocks
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.money import ADDED, StateCosts
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.projection import Projection, project
from convergence.analysis.scenarios.rates import Kind
from convergence.analysis.scenarios.reading import read_scenario, standard
from convergence.analysis.scenarios.scenario import (
    TODAY,
    Effect,
    HousingPlaces,
    Officers,
    Path,
    Price,
    Ratio,
    Reform,
    Scenario,
    Site,
)
from convergence.analysis.scenarios.states import EXITS, IN_PATH, LIVING, N_STATES, WORK_OF, Exit, Work
from tests.analysis.scenarios import drawn

LINES = (
    Line(POST_AID, "Aide au poste", Payer.STATE_P102, SavingClass.PROGRAMME),
    Line("rsa", "RSA", Payer.COUNTY, SavingClass.CASHABLE),
)


def costs() -> StateCosts:
    """1,200 € for a month in a path, 450 € for a month without work."""
    amounts = np.zeros((1, N_STATES, 2))
    amounts[0, :LIVING, 0] = 1_200 * IN_PATH
    amounts[0, :LIVING, 1] = 450 * (WORK_OF == Work.NONE)
    return StateCosts(LINES, amounts, hours=24)


def projected(*scenarios: Scenario, months: int = 24, draws: int = 20, **options: object) -> dict[str, Projection]:
    made = project(
        drawn.model(),
        drawn.population(),
        scenarios,
        months=months,
        draws=draws,
        seed=5,
        costs=costs(),
        **options,  # type: ignore[arg-type]
    )
    return made


def same(name: str, **changes: object) -> Scenario:
    return replace(TODAY, name=name, label=name, **changes)  # type: ignore[arg-type]


def test_every_standard_scenario_can_be_projected() -> None:
    made = projected(*(read_scenario(name) for name in standard()), months=12, draws=3)
    assert set(made) == set(standard())
    for projection in made.values():
        assert np.isfinite(projection.outcomes()["value"].drop_nulls().to_numpy()).all()
        assert projection.summary()


def test_an_effect_of_nothing_is_today() -> None:
    one = Ratio(1, 1, "", assumption=True)
    nothing = same(
        "rien",
        officers=Officers(1, one, (Kind.DURABLE, Kind.HOUSING_UP)),
        housing=HousingPlaces(0),
        effect=Effect(0.5, {Kind.DURABLE: one}),
        prices=(Price("rsa", 1.0),),
        hours=24,
    )
    made = projected(nothing)
    difference = made["rien"].against(made["today"])
    assert np.allclose(difference.select("value", "low", "high").to_numpy(), 0, atol=2e-2)


def test_scenarios_are_compared_draw_by_draw() -> None:
    more = same("plus", officers=Officers(1, Ratio(1.2, 1.2, "étude"), (Kind.DURABLE,)))
    made = projected(more)
    difference = made["plus"].against(made["today"]).filter(pl.col("outcome") == "durable", pl.col("year") == 2)
    alone = made["plus"].outcomes().filter(pl.col("outcome") == "durable", pl.col("year") == 2)
    assert difference["low"][0] > 0
    assert difference["high"][0] - difference["low"][0] < (alone["high"][0] - alone["low"][0]) / 2


def test_new_territories_do_not_move_those_that_are_known() -> None:
    opens = same("ouvre", sites=(Site("Chantier Fictif", 30, date(2025, 7, 1), ramp=6, fixed_cost=60_000),))
    made = projected(opens)
    with_new, today = made["ouvre"].tally, made["today"].tally
    assert np.array_equal(with_new.occupancy[:, :, :1], today.occupancy)
    there = with_new.occupancy[:, :, 1, :LIVING][..., IN_PATH].sum(-1)
    assert np.allclose(there[:, 5], 0)
    assert np.allclose(there[:, 12:], 30, rtol=0.05)
    assert made["ouvre"].costs is not None
    fixed = made["ouvre"].costs[..., len(LINES) + 2]
    assert np.allclose(fixed[:, :6], 0)
    assert np.allclose(fixed[:, 6:], 5_000)


def test_costs_are_people_times_prices() -> None:
    made = projected(same("hôtel", prices=(Price("rsa", 2.0),)), same("heures", hours=12))
    today, dearer, shorter = made["today"], made["hôtel"], made["heures"]
    assert today.costs is not None
    people = today.tally.occupancy[:, 1:].sum(2)
    assert np.allclose(today.costs[..., 0], 1_200 * people[..., :LIVING][..., IN_PATH].sum(-1), rtol=1e-4)
    assert dearer.costs is not None
    assert shorter.costs is not None
    assert np.allclose(dearer.costs[..., 1], 2 * today.costs[..., 1])
    assert np.array_equal(dearer.costs[..., 0], today.costs[..., 0])
    assert np.array_equal(shorter.costs[..., 1], today.costs[..., 1])
    assert np.allclose(shorter.costs[..., 0], today.costs[..., 0] / 2, rtol=1e-5)
    budget = today.budget().filter(pl.col("outcome") == "public")
    assert budget["value"][0] == pytest.approx(today.costs[:, :12].sum(axis=(1, 2)).mean(), rel=1e-5)
    assert len(today.lines) == len(LINES) + len(ADDED)


def test_a_price_that_no_line_has_is_said() -> None:
    with pytest.raises(AnalysisError, match="qu’aucune ligne ne compte"):
        projected(same("prix", prices=(Price("licorne", 2.0),)))


def test_an_effect_without_anything_to_measure_it_on_is_said() -> None:
    with pytest.raises(AnalysisError, match="effect_ratios"):
        projected(same("moitié", effect=Effect(0.5)))


def test_a_site_on_a_territory_that_nobody_knows_is_said() -> None:
    with pytest.raises(AnalysisError, match="territoire 9"):
        projected(same("ailleurs", sites=(Site("Chantier Fictif", 3, date(2026, 1, 1), territory=9),)))


@pytest.mark.parametrize(("months", "draws"), [(0, 10), (500, 10), (12, 0)])
def test_months_and_draws_out_of_range_are_said(months: int, draws: int) -> None:
    with pytest.raises(AnalysisError):
        projected(months=months, draws=draws)


def test_one_more_month_is_worth_what_the_cohort_says() -> None:
    table = projected(months=12)["today"].marginal().table()
    assert table.height == 60
    assert np.allclose(table["most"][:58], (table["there"] * table["hazard"])[:58], rtol=0.05, atol=1e-4)
    assert (table["there"].diff().drop_nulls() <= 1e-9).all()
    assert (table["net"] <= table["cost"]).all()
    assert table["per_durable"][24] > 0


def test_more_months_in_the_path_never_bring_fewer_durable_exits_if_leaving_helps_nobody() -> None:
    made = projected(
        *(same(f"{m}", path=Path(longest=m, forced=(0, 0))) for m in (12, 24, 36, 48)), months=12, draws=10
    )
    ever = [made[f"{m}"].cohort.exits[..., 0].sum((1, 2)) for m in (12, 24, 36, 48)]
    for shorter, longer in pairwise(ever):
        assert (longer >= shorter).all()


def test_fewer_than_five_people_are_never_shown() -> None:
    outcomes = projected()["today"].outcomes()
    shown = outcomes["value"].drop_nulls()
    assert (shown >= 5).all()
    assert outcomes["value"].null_count() > 0


def test_states_add_up_to_everybody() -> None:
    today = projected()["today"]
    states = today.states()
    assert states["outcome"].n_unique() == N_STATES
    assert (states["value"].drop_nulls() >= 5).all()
    everybody = today.tally.occupancy[:, 12].sum((1, 2)).mean()
    shown = states.filter(pl.col("year") == 1)["value"].sum()
    assert 0.8 * everybody < shown <= everybody * 1.0001


def test_numbers_do_not_depend_on_how_many_work() -> None:
    alone, together = (projected(draws=25, months=12, workers=n)["today"].tally for n in (1, 2))
    for name in vars(alone):
        assert getattr(alone, name).tobytes() == getattr(together, name).tobytes(), name


def test_blocks_come_in_order_and_tell_their_progress() -> None:
    told: list[tuple[int, int]] = []
    made = run_blocks(str, range(5), workers=2, progress=lambda done, whole: told.append((done, whole)))
    assert made == ["0", "1", "2", "3", "4"]
    assert told == [(n, 5) for n in range(1, 6)]
    assert sum(block_sizes(47)) == 47


@pytest.mark.parametrize("scheduler", ["http://127.0.0.1:1", "tcp://127.0.0.1:1"])
def test_a_scheduler_that_is_not_there_is_said(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from convergence.analysis.scenarios import blocks

    monkeypatch.setattr(blocks, "_SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(AnalysisError, match="ordonnanceur"):
        run_blocks(str, range(2), scheduler=scheduler)


def test_means_by_state_follow_people_and_borrow_where_little_is_seen() -> None:
    _, lives = drawn.known()
    amounts = np.full((*lives.work.shape, 1), 100.0)
    amounts[lives.path] = 900.0
    made = StateCosts.of(lives, lives.person, amounts, LINES[:1], draws=20)
    mean = made.amounts.mean(0)[:LIVING, 0]
    assert np.allclose(mean[WORK_OF == Work.PATH], 900, rtol=0.02)
    assert (mean[WORK_OF == Work.NONE] < 250).all()
    with pytest.raises(AnalysisError, match="d’autres personnes"):
        StateCosts.of(lives, lives.person + 10**6, amounts, LINES[:1])
    amounts[0, 0] = np.inf
    with pytest.raises(AnalysisError, match="forme"):
        StateCosts(LINES, amounts)


def test_what_was_predicted_is_what_happened() -> None:
    """Paris: fitted up to 2021, three years predicted. Intervals hold about as often as they say."""
    test = BackTest.run(drawn.paris(), date(2021, 12, 31), date(2024, 12, 31), draws=60)
    assert test.observed.shape == (36, len(MEASURES))
    ended = drawn.paris().paths.filter(pl.col("rank") == 1, pl.col("until") > date(2022, 1, 1)).collect()
    assert abs(test.observed[-1, 1:7].sum() - ended.height) < 3, "every first path that ended is counted"
    assert (np.diff(test.observed[:, 1:7], axis=0) >= 0).all()
    covered = {level: share for name, level, share in test.calibration().rows() if name == "Ensemble"}
    assert covered[0.95] > 0.8
    assert covered[0.5] < covered[0.8] < covered[0.95]
    assert "couverts" in test.summary()
    axes = Figure().subplots()
    test.plot(axes)
    assert axes.lines
    with pytest.raises(AnalysisError, match="avancez la date"):
        BackTest.run(drawn.paris(), date(2024, 6, 30), date(2024, 12, 31))


def test_projections_and_months_are_drawn() -> None:
    projection = projected()["today"]
    axes = Figure().subplots()
    projection.plot(axes)
    projection.marginal().plot(axes)
    assert len(axes.lines) == 2
    with pytest.raises(AnalysisError, match="n’est pas un résultat"):
        projection.plot(axes, "licorne")


def test_what_begins_after_the_end_is_said() -> None:
    with pytest.raises(AnalysisError, match="après la fin de la projection"):
        projected(same("tard", sites=(Site("Chantier Fictif", 3, date(2040, 1, 1)),)))
    reform = Reform("prestations.rsa", 700, date(2031, 1, 1))
    with pytest.raises(AnalysisError, match=r"prestations\.rsa commence"):
        projected(same("tard", reforms=(reform,)))


def test_what_a_scenario_adds_is_paid_for() -> None:
    more = same(
        "plus",
        officers=Officers(2, Ratio(1, 1, "étude"), (Kind.DURABLE,), yearly_cost=60_000),
        housing=HousingPlaces(10, yearly_cost=6_000),
        sites=(Site("Chantier Fictif", 12, date(2025, 1, 1), ramp=1, territory=1, variable_cost=50),),
    )
    made = projected(more, months=12, draws=3)
    added, today = made["plus"].costs, made["today"].costs
    assert added is not None
    assert today is not None
    assert np.allclose(added[..., len(LINES) :], [10_000, 5_000, 0, 600])
    assert np.allclose(today[..., len(LINES) :], 0)
    before = made["plus"].against(made["today"]).filter(pl.col("outcome") == "etat_p177.programme")
    assert before["value"].to_list() == pytest.approx([60_000])


def test_posts_double_where_they_are_scaled() -> None:
    made = projected(same("double", scale=2.0, scale_ramp=6), months=12, draws=3)
    there = [made[name].tally.occupancy[:, -1, :, :LIVING][..., IN_PATH].sum((1, 2)) for name in ("double", "today")]
    assert np.allclose(there[0], 2 * there[1], rtol=0.02)


def test_the_effect_kept_is_the_one_that_the_data_show() -> None:
    """Ordinary sites made of the scheme's people, half of whose durable exits led to nothing: an odds ratio near 2."""
    _, lives = drawn.known()
    durable, other = EXITS.index(Exit.DURABLE), EXITS.index(Exit.OTHER)
    exits = lives.exit.copy()
    places = np.flatnonzero(exits == durable)
    exits[places[::2]] = other
    ratio = (exits == other).sum() / (lives.exit == other).sum() * 2
    model = drawn.model().against(replace(lives, exit=exits))
    contrast = model.draw_contrast(Stream(1, 0), 400)
    assert contrast is not None
    assert np.median(contrast[:, Kind.DURABLE]) == pytest.approx(ratio, rel=0.12)
    assert np.median(contrast[:, Kind.HOUSING_UP]) == pytest.approx(1, abs=0.06)
    assert (contrast[:, [Kind.OTHER, Kind.REMOVED, Kind.LOST, Kind.JOB]] == 1).all(), "rules are no effect"
    half = same("moitié", effect=Effect(0.5))
    made = project(model, drawn.population(), [half], months=24, draws=10, seed=5)
    difference = made["moitié"].against(made["today"]).filter(pl.col("outcome") == "durable", pl.col("year") == 2)
    assert difference["high"][0] < 0


def test_a_model_of_few_people_has_wider_intervals_and_no_holes() -> None:
    classes, lives = drawn.known()
    few = lives.of(np.arange(lives.person.size) % 20 == 0)
    model = Model.fit_lives(few, classes, drawn.AS_OF)
    rates = model.draw(Stream(1, 0), 200)
    for name, array in vars(rates).items():
        assert np.isfinite(array).all(), name
        assert (array >= 0).all(), name
    spread = [made.exits[:, :, :, 4, :, 0].mean((1, 2, 3)).std() for made in (rates, drawn.rates(200))]
    assert spread[0] > 2 * spread[1]
    projection = project(model, Population.of(model, few), months=12, draws=5, seed=1)["today"]
    assert np.isfinite(projection.tally.occupancy).all()


def test_nobody_whose_housing_or_care_is_known_still_makes_a_model() -> None:
    classes, lives = drawn.known()
    silent = replace(lives, step=np.full_like(lives.step, -1), care=np.full_like(lives.care, -1))
    model = Model.fit_lives(silent, classes, drawn.AS_OF)
    population = Population.of(model, silent)
    assert population.posts.sum() == pytest.approx(drawn.population().posts.sum())
    tally = project(model, population, months=6, draws=3, seed=1)["today"].tally
    assert np.isfinite(tally.occupancy).all()


def test_what_is_supposed_is_written_with_its_scenario() -> None:
    made = projected(
        *(read_scenario(name) for name in ("path_24", "officers", "places", "effect_50")), months=12, draws=2
    )
    notes = {name: "\n".join(projection.notes) for name, projection in made.items()}
    assert (
        "«\u00a0Parcours de 24 mois au plus\u00a0»\u00a0: au dernier mois permis, de 0 à 100\u00a0%" in notes["path_24"]
    )
    assert "par 1 à 1,15 (hypothèse)" in notes["officers"]
    assert "30\u00a0% des places" in notes["places"]
    assert notes["effect_50"].count("par 1,7 à 4,2 (cotes de 47\u00a0%") == 1
    assert "hypothèse" not in notes["today"]
