"""Expected occupancy: nobody appears or vanishes, rules of length hold, and people drawn one by one agree."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.engine import Cohort, Tally, expected, ways_out
from convergence.analysis.scenarios.individuals import simulated
from convergence.analysis.scenarios.rates import N_KINDS, Kind
from convergence.analysis.scenarios.scenario import TODAY, Entries, HousingPlaces, Path
from convergence.analysis.scenarios.states import (
    DECEASED,
    EXITS,
    HOUSED,
    IN_PATH,
    LIVING,
    LONGEST,
    LOST,
    STEP_OF,
    TERM_BANDS,
    Exit,
)
from tests.analysis.scenarios import drawn

DURABLE, OTHER = EXITS.index(Exit.DURABLE), EXITS.index(Exit.OTHER)


def housed(tally: Tally) -> np.ndarray:
    return np.asarray(tally.occupancy[..., :LIVING][..., np.isin(STEP_OF, (HOUSED, HOUSED + 1))].sum((2, 3)))


def in_path(tally: Tally) -> np.ndarray:
    return np.asarray(tally.occupancy[..., :LIVING][..., IN_PATH].sum((2, 3)))


@pytest.mark.parametrize(
    "scenario",
    [
        TODAY,
        replace(TODAY, entries=Entries.FLOW),
        replace(TODAY, path=Path(longest=24)),
        replace(TODAY, housing=HousingPlaces(15, displaced=0.3)),
        replace(TODAY, scale=2.0),
    ],
    ids=["today", "flow", "24 months", "places", "scale"],
)
def test_people_are_conserved(scenario: object) -> None:
    tally = expected(drawn.rates(), drawn.setting(scenario, months=36))  # type: ignore[arg-type]
    people = tally.occupancy.sum((2, 3))
    assert np.allclose(people[:, 1:], people[:, :1] + tally.entries.sum(2).cumsum(1), rtol=1e-4)
    assert (tally.occupancy >= 0).all()


def test_posts_stay_filled() -> None:
    tally = expected(drawn.rates(), drawn.setting(months=36))
    posts = drawn.population().posts.sum()
    assert np.allclose(in_path(tally), posts, rtol=0.01)


def test_nobody_stays_beyond_the_longest_path() -> None:
    out = ways_out(drawn.rates(), Path(longest=24))
    assert np.allclose(out[:, :, :, 24:, :, 0], 0)
    cohort = Cohort.of(drawn.rates(), drawn.population().mix, Path(longest=24))
    assert np.allclose(cohort.there[:, :, 24:], 0)
    assert np.allclose(cohort.exits.sum((2, 3)), 1, atol=1e-5)


def test_nobody_leaves_without_a_solution_before_the_shortest_path() -> None:
    exits = Cohort.of(drawn.rates(), drawn.population().mix, Path(shortest=12)).exits
    assert np.allclose(exits[:, :, :12, OTHER], 0)
    assert (exits[:, :, 12:, OTHER].sum(2) > 0).all()


def test_a_longer_path_means_fewer_entries_and_longer_stays() -> None:
    lengths = [24, 36, 60]
    there = [Cohort.of(drawn.rates(), drawn.population().mix, Path(longest=m)).there.sum(2) for m in lengths]
    assert (there[0] < there[1]).all()
    assert (there[1] < there[2]).all()
    entries = [
        expected(drawn.rates(), drawn.setting(replace(TODAY, path=Path(longest=m)), months=60)).entries.sum((1, 2))
        for m in lengths
    ]
    assert (entries[0] > entries[1]).all()
    assert (entries[1] > entries[2]).all()


def test_more_durable_exits_where_their_rate_is_multiplied() -> None:
    ratios = np.ones((3, 1, N_KINDS))
    ratios[..., Kind.DURABLE] = 1.5
    today = expected(drawn.rates(), drawn.setting())
    more = expected(drawn.rates().times(ratios), drawn.setting())
    assert (more.exits[..., DURABLE].sum((1, 2)) > 1.2 * today.exits[..., DURABLE].sum((1, 2))).all()


def test_whoever_is_lost_is_lost_and_nobody_else_and_some_removed_exits_are_deaths() -> None:
    rates = drawn.rates()
    tally = expected(rates, drawn.setting())
    lost, deceased = (np.diff(tally.occupancy[:, :, 0, state], axis=1) for state in (LOST, DECEASED))
    removed = EXITS.index(Exit.REMOVED)
    assert np.allclose(lost, tally.exits[:, :, 0, EXITS.index(Exit.LOST)], atol=2e-3)
    assert np.allclose(deceased, tally.exits[:, :, 0, removed] * rates.landing[:, [removed], 3], atol=2e-3)
    assert rates.landing[:, removed, 3].min() > 0


def test_places_of_housing_house_people_and_no_more_than_there_are() -> None:
    today, places = expected(drawn.rates(), drawn.setting()), replace(TODAY, housing=HousingPlaces(12))
    more = expected(drawn.rates(), drawn.setting(places))
    half = expected(drawn.rates(), drawn.setting(replace(TODAY, housing=HousingPlaces(12, displaced=0.5))))
    assert (housed(more)[:, 1:] > housed(today)[:, 1:]).all()
    assert (housed(more)[:, 1:] > housed(half)[:, 1:]).all()
    assert more.placed.sum(2).max() <= 12.001
    assert (housed(more)[:, 1] - housed(today)[:, 1] <= 12.001).all()


@pytest.mark.parametrize(
    "scenario",
    [
        TODAY,
        replace(TODAY, path=Path(longest=24, shortest=6, newcomers=False), housing=HousingPlaces(40, displaced=0.2)),
    ],
    ids=["today", "changed"],
)
def test_people_drawn_one_by_one_agree_with_what_is_expected(scenario: object) -> None:
    """Forty draws of everybody: the mean of each state and month lies within Monte-Carlo error of the expectation."""
    draws = 40
    setting = drawn.setting(scenario, months=24, people=1_500)  # type: ignore[arg-type]
    people = simulated(drawn.repeated(drawn.rates(1), draws), setting, np.random.default_rng(4))
    whole = expected(drawn.rates(1), setting)
    total = people.occupancy.sum((2, 3))
    assert np.array_equal(total[:, 1:], total[:, :1] + people.entries.sum(2).cumsum(1)), "people are whole"
    assert (people.placed <= np.ceil(setting.places)).all()
    for counted, awaited in ((people.occupancy[:, 1:], whole.occupancy[0, 1:]), (people.exits, whole.exits[0])):
        error = np.maximum(counted.std(0), np.sqrt(awaited)).clip(0.3) / np.sqrt(draws)
        z = (counted.mean(0) - awaited) / error
        assert np.abs(z).max() < 5.5
        assert (z**2).mean() < 1.5


def test_one_by_one_is_for_fifty_thousand_at_most() -> None:
    with pytest.raises(AnalysisError, match="50000 au plus"):
        simulated(drawn.rates(1), drawn.setting(people=60_000), np.random.default_rng(1))


def test_the_law_bounds_what_no_scenario_bounds() -> None:
    cohort = Cohort.of(drawn.rates(), drawn.population().mix, Path())
    assert np.allclose(cohort.there[:, :, LONGEST], 0)


def test_whoever_the_longest_path_puts_out_leaves_as_is_supposed() -> None:
    as_observed = drawn.rates()
    unhelped = replace(as_observed, forced=np.zeros(3))
    mix, path = drawn.population().mix, Path(longest=24)
    helped, left_alone = (Cohort.of(rates, mix, path).exits[:, :, 24] for rates in (as_observed, unhelped))
    assert (helped[..., DURABLE] > 0).all()
    assert np.allclose(left_alone[..., DURABLE], 0)
    assert np.allclose(helped.sum(-1), left_alone.sum(-1))


def test_keeping_part_of_an_effect_moves_exits_without_moving_how_many_leave() -> None:
    odds = np.full((3, 1, 3), 0.5)
    today, less = drawn.rates(), drawn.rates().with_mix(odds)
    assert np.allclose(today.exits.sum(-1), less.exits.sum(-1))
    ratio = less.exits[..., DURABLE] / less.exits[..., OTHER] / (today.exits[..., DURABLE] / today.exits[..., OTHER])
    assert np.allclose(ratio, 0.5)


def test_rules_for_newcomers_leave_those_who_are_there_alone() -> None:
    rates, path = drawn.rates(), Path(longest=12)
    today = expected(rates, drawn.setting(months=18))
    newcomers = expected(rates, drawn.setting(replace(TODAY, path=path), months=18))
    everybody = expected(rates, drawn.setting(replace(TODAY, path=replace(path, newcomers=False)), months=18))
    exits = [tally.exits.sum((2, 3)) for tally in (today, newcomers, everybody)]
    assert np.allclose(exits[0][:, :12], exits[1][:, :12], rtol=1e-4)
    assert (exits[1][:, 12:].sum(1) > exits[0][:, 12:].sum(1)).all()
    assert (exits[2][:, 0] > 3 * exits[0][:, 0]).all()


@given(arrays(np.float64, (5,), elements=st.floats(0, 5)), st.integers(4, 60), st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_whatever_the_rates_and_rules_nobody_appears_or_vanishes(
    factors: np.ndarray, longest: int, share: float
) -> None:
    ratios = np.ones((1, 1, N_KINDS))
    ratios[0, 0, [Kind.DURABLE, Kind.OTHER, Kind.HOUSING_UP, Kind.HOUSING_DOWN, Kind.CARE]] = factors
    rates = replace(drawn.rates(1).times(ratios), forced=np.array([share]))
    places = HousingPlaces(50 * share, displaced=share)
    scenario = replace(TODAY, path=Path(longest=longest, newcomers=share < 0.5), housing=places)
    tally = expected(rates, drawn.setting(scenario, months=4))
    people = tally.occupancy.sum((2, 3))
    assert np.allclose(people[:, 1:], people[:, :1] + tally.entries.sum(2).cumsum(1), rtol=1e-4)
    assert (tally.occupancy >= -1e-3).all()
    assert np.isfinite(tally.exits).all()


def test_a_term_that_no_longer_binds_stops_nobody() -> None:
    """At month 24 five times as many leave as around it; a longer path keeps those whom it is said to keep."""
    rates = drawn.rates()
    bump = rates.exits.copy()
    bump[:, :, :, TERM_BANDS[24]] *= 5
    rates = replace(rates, exits=bump)
    stays = {
        extended: ways_out(rates, Path(longest=60, extended=extended))[:, :, :, 24, :, 0]
        for extended in (0.0, 0.5, 1.0)
    }
    today = ways_out(rates, Path())[:, :, :, 24, :, 0]
    assert np.allclose(stays[0.0], today)
    assert (stays[0.5] > today).all()
    assert (stays[1.0] > stays[0.5]).all()
    assert np.allclose(ways_out(rates, Path(longest=24))[:, :, :, :24], ways_out(rates, Path())[:, :, :, :24])


def test_a_flow_of_entries_comes_whatever_the_posts() -> None:
    scenario = replace(TODAY, entries=Entries.FLOW)
    awaited = drawn.population().flow.sum() * 24
    assert expected(drawn.rates(), drawn.setting(scenario)).entries.sum((1, 2)) == pytest.approx(awaited, rel=1e-3)
    people = simulated(drawn.rates(3), drawn.setting(scenario), np.random.default_rng(1)).entries.sum((1, 2))
    assert people == pytest.approx(awaited, rel=0.3)
    assert len(set(people.tolist())) > 1, "a flow is drawn"
