"""The multi-state model: what it counts, what it draws, and that it finds known rates again."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios import observed as seen
from convergence.analysis.scenarios.blocks import Stream
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import N_HOMES, Moves
from convergence.analysis.scenarios.pooling import Pooled, SiteEffects, intensities, probabilities
from convergence.analysis.scenarios.rates import N_KINDS, Chances, Kind, aspect_shape, exits_shape
from convergence.analysis.scenarios.states import (
    EXITS,
    LONGEST,
    N_BANDS,
    N_EXITS,
    N_STATES,
    N_STEPS,
    Exit,
    Work,
    band_of,
    labels,
)
from tests.analysis.scenarios import drawn


@given(arrays(np.float64, (4, 5), elements=st.floats(0, 30)))
def test_probabilities_sum_to_one_and_intensities_are_found_again(given_intensities: np.ndarray) -> None:
    chances = probabilities(given_intensities)
    assert np.allclose(chances.sum(-1), 1)
    assert (chances >= 0).all()
    small = given_intensities / 20
    assert np.allclose(intensities(probabilities(small)), small, atol=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_every_drawn_row_sums_to_one(seed: int) -> None:
    chances = Chances.of(drawn.model().draw(Stream(seed, 0), 2, new=1))
    for name in ("exits", "moves", "work", "landing", "entry"):
        table = getattr(chances, name)
        assert np.allclose(table.sum(-1), 1, atol=1e-5), name
        assert (table >= 0).all(), name


def test_exits_and_months_in_the_path_are_counted_once() -> None:
    _, lives = drawn.known()
    moves = seen.exits(lives)
    table = moves.table(6 * N_BANDS * N_HOMES, 1 + N_EXITS)
    assert table[:, 1:].sum() == pytest.approx((lives.left >= 0).sum())
    began_in_path = lives.path.sum() + (lives.left >= 0).sum()
    assert table.sum() == pytest.approx(began_in_path)
    lost = (drawn.paris().exits.collect()["motive"] == 8).sum()
    assert table[:, 1 + EXITS.index(Exit.LOST)].sum() <= lost


def test_a_path_that_gaps_carry_past_sixty_months_ends_there() -> None:
    _, lives = drawn.known()
    paths = drawn.paris().paths.filter(pl.col("rank") == 1, pl.col("until") <= drawn.AS_OF).collect()
    assert (lives.left >= 0).sum() == paths.height
    assert not lives.path[:, LONGEST].any()
    assert (lives.left <= LONGEST).all()


def test_an_exit_without_a_motive_is_shared_among_the_exits() -> None:
    _, lives = drawn.known()
    first = int(np.flatnonzero(lives.left >= 0)[0])
    one = lives.of(np.arange(lives.person.size) == first)
    one.exit[0] = -1
    table = seen.exits(one).table(6 * N_BANDS * N_HOMES, 1 + N_EXITS)
    assert table[:, 1:].sum() == pytest.approx(1)
    assert (table[:, 1:].sum(0) > 0).all()


def test_months_that_nobody_knows_contribute_nothing() -> None:
    _, lives = drawn.known()
    few = lives.of(np.arange(lives.person.size) < 50)
    before = seen.housing(few).row.size
    few.step[:, 3] = -1
    after = seen.housing(few)
    assert after.row.size < before
    few.step[:] = -1
    assert seen.housing(few).row.size == 0


def test_the_model_finds_the_observed_rates_again() -> None:
    model = drawn.model()
    band = exits_shape().margins[0][:, 0] // N_EXITS
    for number in (4, 5, 7, 8):
        here = band == number
        months, left = model.exits.counts[here].sum(), model.exits.counts[here, 1:].sum(0)
        chances = probabilities(model.exits.expected())[here, 1:]
        fitted = (model.exits.counts[here].sum(1)[:, None] * chances).sum(0)
        assert np.allclose(fitted, left, atol=3 + 0.1 * left.max()), number
        assert months > 500


def test_rows_seen_little_are_drawn_to_the_others_and_rows_seen_much_are_not() -> None:
    shape = aspect_shape("care")
    rng = np.random.default_rng(3)
    rows = np.repeat(np.arange(24), 2_000)
    begins = rng.random(rows.size) < np.where(rows // 4 == 5, 0.20, 0.05)
    before = rows % 2
    moves = Moves(
        rows, np.where(begins, 1 - before, before), np.arange(rows.size), np.zeros_like(rows), np.ones(rows.size)
    )
    kept = (rows // 4 != 4) | (rng.random(rows.size) < 0.002)
    part = Moves(*(array[kept] for array in vars(moves).values()))
    chances = probabilities(Pooled.fit(shape, part).expected())[:, 1].reshape(6, 2, 2)
    assert chances[5].mean() == pytest.approx(0.20, abs=0.02)
    assert 0.03 < chances[4].mean() < 0.13


def test_intervals_of_rates_hold_the_truth_as_often_as_they_say() -> None:
    """Forty worlds with known rates: the 90 % interval of a row holds its probability in 85 % to 97 % of rows."""
    shape, rng = aspect_shape("care"), np.random.default_rng(5)
    inside = total = 0
    for world in range(40):
        truth = 0.04 * np.exp(0.4 * rng.standard_normal(24))
        rows = np.repeat(np.arange(24), 150)
        begins, before = rng.random(rows.size) < truth[rows], rows % 2
        outcome = np.where(begins, 1 - before, before)
        pooled = Pooled.fit(shape, Moves(rows, outcome, np.arange(rows.size), np.zeros_like(rows), np.ones(rows.size)))
        chances = probabilities(pooled.draw(np.random.default_rng(world), 200))[..., 1]
        low, high = np.quantile(chances, [0.05, 0.95], axis=0)
        inside += ((low <= truth) & (truth <= high)).sum()
        total += truth.size
    assert 0.85 < inside / total < 0.97, inside / total


def test_sites_alike_are_drawn_together_and_a_new_one_is_as_uncertain_as_they_differ() -> None:
    expected = np.full((12, N_KINDS), 50.0)
    rng = np.random.default_rng(1)
    alike = SiteEffects.fit(rng.poisson(expected).astype(float), expected)
    apart = SiteEffects.fit(rng.poisson(expected * rng.gamma(4, 1 / 4, (12, 1))).astype(float), expected)
    assert alike.mean_deviation.mean() < 0.15
    assert 0.3 < apart.mean_deviation.mean() < 0.8
    new = apart.draw_new(np.random.default_rng(2), 2_000, 1)[:, 0, Kind.DURABLE]
    assert new.mean() == pytest.approx(1, abs=0.1)
    assert new.std() == pytest.approx(apart.mean_deviation[Kind.DURABLE], abs=0.15)
    ratios = apart.draw(np.random.default_rng(2), 500).mean(0)
    observed = apart.observed / expected
    assert (np.abs(ratios - 1) <= np.abs(observed - 1) + 0.05).all(), "drawn towards 1"
    assert np.corrcoef(ratios.ravel(), observed.ravel())[0, 1] > 0.9


def test_too_few_people_is_said_in_a_sentence() -> None:
    classes, lives = drawn.known()
    with pytest.raises(AnalysisError, match="12 personnes seulement"):
        Model.fit_lives(lives.of(np.arange(lives.person.size) < 12), classes, date(2024, 12, 31))


def test_the_summary_names_people_bands_and_exits() -> None:
    text = drawn.model().summary()
    for word in ("personnes", "24 à 25", "durable", "Écart entre chantiers"):
        assert word in text


def test_states_and_bands_are_numbered_without_a_gap() -> None:
    assert len(set(labels())) == N_STATES
    bands = band_of(range(LONGEST + 1))
    assert bands[0] == 0
    assert bands[-1] == N_BANDS - 1
    assert set(np.diff(bands)) <= {0, 1}


def test_moves_of_housing_are_counted_by_phase_and_told_by_their_direction() -> None:
    _, lives = drawn.known()
    moves = seen.housing(lives)
    phase = moves.row // N_STEPS % 2
    known = (lives.step[:, :-1] != -1) & (lives.step[:, 1:] != -1)
    in_path = np.isin(lives.work[:, :-1], (Work.PATH, Work.AGAIN))
    assert (phase == 0).sum() == (known & in_path).sum()
    assert (phase == 1).sum() == (known & ~in_path).sum()
    shape = aspect_shape("housing")
    kinds = np.take_along_axis(shape.kinds[:N_STEPS], np.argsort(shape.column[:N_STEPS, 1:], axis=1), axis=1)
    assert (kinds[0] == [Kind.HOUSING_UP] * 4 + [Kind.INSTITUTION]).all()
    assert (kinds[4] == [Kind.HOUSING_DOWN] * 4 + [Kind.INSTITUTION]).all()
    assert kinds[2].tolist() == [Kind.HOUSING_DOWN] * 2 + [Kind.HOUSING_UP] * 2 + [Kind.INSTITUTION]


def test_streams_of_two_purposes_differ_and_one_of_them_starts_again() -> None:
    stream = Stream(1, 0)
    first = stream.of("model").random(4)
    assert np.array_equal(first, stream.of("model").random(4))
    for other in (stream.of("lives"), Stream(1, 1).of("model"), Stream(2, 0).of("model")):
        assert not np.array_equal(first, other.random(4))


def test_those_who_enter_are_of_the_classes_of_the_last_two_years() -> None:
    _, lives = drawn.known()
    population = drawn.population()
    recent = (lives.began > population.month - 24) & (lives.began <= population.month)
    shares = np.bincount(lives.profile[recent], minlength=6) / recent.sum()
    assert np.allclose(population.mix[0], shares, atol=0.01)
    assert population.flow.sum() == pytest.approx(recent.sum() / 24)
    in_path = lives.path[np.arange(lives.person.size), np.maximum(lives.within.sum(1) - 1, 0)]
    assert population.posts.sum() >= (in_path & (lives.began + lives.within.sum(1) - 1 == population.month)).sum()
