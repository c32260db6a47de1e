"""The account: what a contrast saves, with people, prices and effects drawn together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from convergence.analysis.costs import (
    Account,
    BeforeAfter,
    CostError,
    Counterfactual,
    Law,
    Payer,
    Perspective,
    Resampling,
    account_of,
    discounting,
    load_prices,
)
from convergence.analysis.costs.drawing import Group, generator
from convergence.analysis.costs.panel import Floats
from tests.analysis.costs import made

NAME = "Contre d’autres personnes, sans pondération"


def counterfactual(amounts: Floats, **options: object) -> Counterfactual:
    treated, controls = made.halves(len(amounts))
    return Counterfactual(made.ledger(amounts, **options), treated, controls, NAME)  # type: ignore[arg-type]


def account(amounts: Floats, draws: int = 50, **options: object) -> Account:
    return account_of(counterfactual(amounts), seed=5, draws=draws, **options)  # type: ignore[arg-type]


def test_a_saving_is_what_the_comparison_costs_less_what_the_scheme_costs() -> None:
    amounts = np.zeros((24, 2, 6))
    amounts[:12, :, 0], amounts[12:, :, 0] = 10, 60
    amounts[:12, :, 2] = 30
    found = account(amounts)
    assert found.saving[0, :6].tolist() == [50, 0, -30, 0, 0, 0]
    assert found.curve().central.tolist() == [20, 40]
    assert (found.treated, found.controls) == (12, 12)


def test_weights_of_the_comparison_are_followed() -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[12:, 0, 0] = np.arange(12)
    treated, _ = made.halves()
    weights = np.where(treated, 0.0, np.r_[np.zeros(12), np.arange(12)])
    found = account_of(Counterfactual(made.ledger(amounts), treated, np.where(weights > 3, weights, 0), NAME), seed=1)
    kept = np.arange(4, 12)
    assert found.saving[0, 0] == pytest.approx((kept * kept).sum() / kept.sum())


def test_before_and_after_hold_the_same_people_together() -> None:
    """Each person saves exactly ten: drawing people again changes nothing, as it would with two separate samples."""
    after = made.random_amounts(2)
    contrast = BeforeAfter(made.ledger(after), made.ledger(after + 10), np.ones(24, bool))
    found = account_of(contrast, seed=1, draws=20)
    assert np.allclose(found.draws[:, :, :6], 10, atol=1e-4)
    assert found.controls is None
    assert "jour d’entrée" in found.name


def test_draws_before_and_after_are_those_of_each_side_apart() -> None:
    """Summed once for both sides or side by side: a person known in fewer months before than after changes the way."""
    amounts, counted = made.random_amounts(3, people=12), np.ones((12, 6), bool)
    counted[10:, 3:] = False
    after, same = made.ledger(amounts), made.ledger(amounts / 2)
    less = made.ledger(amounts / 2, counted=counted)
    draws = 150  # more than are drawn at once
    stream = generator(7, "people:0")
    group = Group.of(np.ones(12, bool), np.ones(12, np.int64))
    times = np.concatenate([group.counts(stream, 100), group.counts(stream, 50)])
    for before, known in ((same, np.ones((12, 6))), (less, counted.astype(float))):
        found = account_of(BeforeAfter(after, before, np.ones(12, bool)), seed=7, draws=draws)
        held = np.einsum("di,iml,im->dml", times, amounts / 2, known) / (times @ known)[:, :, None]
        expected = held - np.einsum("di,iml->dml", times, amounts) / times.sum(axis=1)[:, None, None]
        assert np.allclose(found.draws[:, :, :6], expected, atol=1e-3)


def test_a_month_of_which_a_sample_has_nobody_left_takes_the_mean_of_everybody() -> None:
    counted = np.ones((40, 3), bool)
    counted[5:20, 2] = False
    treated, controls = made.halves(40)
    contrast = Counterfactual(made.ledger(made.random_amounts(4, 40, 3), counted=counted), treated, controls, NAME)
    found = account_of(contrast, seed=1, draws=2_000)
    assert np.isfinite(found.draws).all()
    missing = (found.draws[:, 2] == found.saving[2].astype(np.float32)).all(axis=1)
    assert 0 < missing.sum() < 40  # (15 / 20) ** 20 of the samples, three in a thousand


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_no_effect_saves_nothing(seed: int) -> None:
    amounts = made.random_amounts(seed)
    same = BeforeAfter(made.ledger(amounts), made.ledger(amounts), np.ones(24, bool))
    found = account_of(same, seed=seed, draws=10)
    assert np.abs(found.saving).max() == 0
    assert np.abs(found.draws).max() < 1e-4
    assert np.abs(found.curve().draws).max() < 1e-3


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1_000), more=st.floats(1, 3))
def test_a_higher_price_never_lowers_its_line(seed: int, more: float) -> None:
    """Nights avoided cost more: the saving of the line grows in the same proportion; spent, the cost does."""
    amounts = np.abs(made.random_amounts(seed))
    amounts[:12, :, 1] = 0
    dearer = amounts.copy()
    dearer[:, :, 1] *= more
    saved, dear = account(amounts, 5), account(dearer, 5)
    assert (dear.saving[:, 1] >= saved.saving[:, 1]).all()
    assert np.allclose(dear.saving[:, 1], more * saved.saving[:, 1])
    assert np.allclose(dear.saving[:, [0, 2, 3, 4, 5]], saved.saving[:, [0, 2, 3, 4, 5]])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_balances_add_up_over_payers_and_months(seed: int) -> None:
    found = account(made.random_amounts(seed), 5)
    whole = found.curve(foundations=True)
    parts = [found.curve(foundations=True, payers=[payer]) for payer in Payer]
    assert np.allclose(whole.central, sum(part.central for part in parts))
    assert np.allclose(whole.draws, sum(part.draws for part in parts), atol=1e-6)
    lines = found.weights(foundations=True)
    assert whole.central[-1] == pytest.approx(float((found.saving @ lines).sum()))


def test_capacity_is_counted_by_its_share_and_deferred_rights_never() -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[12:, 0] = [1, 10, 0, 0, 1_000, 0]
    found = account(amounts)
    assert [found.curve(capacity=share).central[0] for share in (0.0, 0.5, 1.0)] == [1, 6, 11]
    with pytest.raises(CostError, match="0 à 1"):
        found.curve(capacity=1.5)


def test_foundations_pay_apart_from_public_funding() -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[:12, 0] = [0, 0, 20, 5, 0, 0]
    found = account(amounts)
    assert found.curve().central[0] == -20
    assert found.curve(foundations=True).central[0] == -25


def test_society_nets_transfers_out_and_counts_production() -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[:12, 0] = [-100, -10, 50, 0, 0, -70]
    found = account(amounts)
    assert found.curve(Perspective.SOCIETY).central[0] == 80
    assert found.curve(Perspective.PUBLIC_FINANCE).central[0] == 60


def test_a_discounted_euro_is_worth_less_each_month() -> None:
    assert discounting(0.0, 3).tolist() == [1, 1, 1]
    assert discounting(0.05, 25)[[0, 12, 24]] == pytest.approx([1, 1 / 1.05, 1 / 1.05**2])
    amounts = np.zeros((24, 13, 6))
    amounts[12:, [0, 12], 0] = 105
    assert account(amounts, 2).curve(rate=0.05).central[-1] == pytest.approx(205)
    for rate in (-0.01, 0.5):
        with pytest.raises(CostError, match="actualisation"):
            account(amounts, 2).curve(rate=rate)


def test_the_same_seed_gives_the_same_draws_and_another_gives_others() -> None:
    amounts = made.random_amounts(4)
    one, again = account(amounts), account(amounts)
    other = account_of(counterfactual(amounts), seed=6, draws=50)
    assert np.array_equal(one.draws, again.draws)
    assert np.array_equal(one.factors, again.factors)
    assert not np.array_equal(one.draws, other.draws)


def test_the_spread_of_the_draws_is_that_of_a_difference_of_means() -> None:
    amounts = np.zeros((200, 1, 6))
    amounts[:, 0, 0] = np.random.default_rng(8).normal(0, 10, 200)
    treated, controls = made.halves(200)
    found = account_of(Counterfactual(made.ledger(amounts), treated, controls, NAME), seed=1, draws=4_000)
    values = amounts[:, 0, 0]
    expected = np.sqrt(values[:100].var() / 100 + values[100:].var() / 100)
    assert found.draws[:, 0, 0].std() == pytest.approx(expected, rel=0.05)


def test_sites_are_drawn_first_where_there_are_two() -> None:
    """People of a site are alike: drawing people alone would give an interval far too narrow."""
    amounts = np.zeros((200, 1, 6))
    site = np.arange(200) // 25
    amounts[:, 0, 0] = 10.0 * np.array([0, 3, 1, 4, 2, 0, 3, 1])[site]
    treated, controls = made.halves(200)
    contrast = Counterfactual(made.ledger(amounts, site=site), treated, controls, NAME)
    by_site = account_of(contrast, seed=1, draws=2_000)
    alone = Counterfactual(made.ledger(amounts, site=np.zeros(200, np.int64)), treated, controls, NAME)
    by_person = account_of(alone, seed=1, draws=2_000)
    assert by_site.draws[:, 0, 0].std() > 4 * by_person.draws[:, 0, 0].std()
    means = 10.0 * np.array([0, 3, 1, 4]), 10.0 * np.array([2, 0, 3, 1])
    expected = np.sqrt(means[0].var() / 4 + means[1].var() / 4)
    assert by_site.draws[:, 0, 0].std() == pytest.approx(expected, rel=0.1)
    assert by_site.resampling == Resampling.SITES.value
    assert by_person.resampling == "personnes"


def test_few_sites_are_said() -> None:
    amounts = made.random_amounts(1)
    assert any("pas d’autres" in note for note in account(amounts, 2).notes)


def test_groups_of_people_stand_for_people_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    amounts = np.zeros((3_000, 1, 6))
    amounts[:, 0, 0] = np.random.default_rng(8).normal(0, 10, 3_000)
    exact = account(amounts, 1_000)
    monkeypatch.setattr("convergence.analysis.costs.accounting._MOST_UNITS", 100)
    monkeypatch.setattr("convergence.analysis.costs.accounting._GROUPS", 300)
    grouped = account(amounts, 1_000)
    assert np.allclose(grouped.saving, exact.saving)
    assert grouped.draws[:, 0, 0].std() == pytest.approx(exact.draws[:, 0, 0].std(), rel=0.12)


def test_weights_worked_out_again_on_each_sample_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[12:, 0, 0] = np.arange(12)
    treated, controls = made.halves()
    seen = []

    def again(counts: NDArray[np.int64]) -> Floats:
        seen.append((counts[:12].sum(), counts[12:].sum()))
        last = np.where(np.arange(24) == 23, float(counts[23] > 0), 0.0)
        weights: Floats = last + np.where(treated, 0.0, 1e-9)
        return weights

    contrast = Counterfactual(made.ledger(amounts), treated, controls, NAME, reweighting=again)
    found = account_of(contrast, seed=3, draws=30)
    assert set(seen) == {(12, 12)}
    assert len(seen) == 30
    # Wherever the last person was drawn she is the whole comparison; elsewhere everybody counts alike.
    assert np.isclose(found.draws[:, 0, 0], 11, atol=1e-4).sum() > 10
    fixed = account_of(Counterfactual(made.ledger(amounts), treated, controls, NAME), seed=3, draws=30)
    one = replace(contrast, reweighting=lambda counts: np.full(24, 1e-9))
    assert np.allclose(account_of(one, seed=3, draws=30).draws, fixed.draws, atol=1e-4)
    monkeypatch.setattr("convergence.analysis.costs.accounting._MOST_UNITS", 5)
    assert np.allclose(account_of(contrast, seed=3, draws=30).draws, found.draws, atol=1e-4)


def test_people_of_no_weight_may_be_drawn_where_they_may_get_one() -> None:
    """The nearest of the comparison is the only one that counts: without her, the next."""
    amounts = np.zeros((24, 1, 6))
    amounts[12:, 0, 0] = np.arange(12)
    treated, compared = made.halves()
    nearest = np.where(np.arange(24) == 23, 1.0, 0.0)

    def match(counts: NDArray[np.int64]) -> Floats:
        return np.where(np.arange(24) == np.flatnonzero(counts)[-1], 1.0, 0.0)

    with pytest.raises(CostError, match=r"Personnes de comparaison.: 1\."):
        Counterfactual(made.ledger(amounts), treated, nearest, NAME, match)
    contrast = Counterfactual(made.ledger(amounts), treated, compared, NAME, match, pool=compared > 0)
    drawn = np.round(account_of(contrast, seed=3, draws=100).draws[:, 0, 0])
    assert set(drawn.tolist()) > {11, 10, 9}


def test_weights_of_a_sample_that_explode_are_refused() -> None:
    treated, controls = made.halves()
    contrast = Counterfactual(
        made.ledger(made.random_amounts(1)), treated, controls, NAME, reweighting=lambda counts: counts / 0.0
    )
    with np.errstate(all="ignore"), pytest.raises(CostError, match="infinis"):
        account_of(contrast, seed=1, draws=3)


def test_one_draw_serves_every_line_of_a_price_within_its_range() -> None:
    found = account(made.random_amounts(1), 2_000)
    hotel, aid = found.factors[:, 0], found.factors[:, 1]
    assert 0.8 <= hotel.min() < hotel.max() <= 1.3
    assert aid.min() >= 1.0
    assert hotel.mean() == pytest.approx((0.8 + 4 + 1.3) / 6, abs=0.01)
    assert np.array_equal(found.multipliers[:, 1], hotel)
    assert (found.multipliers[:, 0] == 1).all()
    triangular = account_of(counterfactual(made.random_amounts(1)), seed=5, draws=2_000, law=Law.TRIANGULAR)
    assert triangular.factors[:, 0].mean() == pytest.approx((0.8 + 1 + 1.3) / 3, abs=0.01)


def test_prices_enter_linearly() -> None:
    found = account(made.random_amounts(6), 40)
    by_hand = np.cumsum((found.draws * found.multipliers[:, None, :] * found.weights()).sum(axis=2), axis=1)
    assert np.allclose(found.curve().draws, by_hand, atol=1e-3)


def test_the_account_stops_where_a_side_counts_fewer_than_five() -> None:
    counted = np.ones((24, 6), bool)
    counted[:8, 4:] = False
    found = account_of(counterfactual(made.random_amounts(1), counted=counted), seed=1, draws=5)
    assert found.months == 4
    assert any("s’arrête à 4 mois" in note for note in found.notes)
    assert found.observed.tolist() == [12] * 4
    with pytest.raises(CostError, match="premier mois"):
        account_of(counterfactual(made.random_amounts(1), counted=np.zeros((24, 6), bool)), seed=1)


def test_means_are_over_the_people_counted_in_the_month() -> None:
    amounts = np.zeros((24, 2, 6))
    amounts[:12, :, 0] = 6
    counted = np.ones((24, 2), bool)
    counted[:6, 1] = False
    found = account_of(counterfactual(amounts, counted=counted), seed=1, draws=5)
    assert found.saving[:, 0].tolist() == [-6, -6]


def test_an_ordinary_site_whose_cost_is_not_known_costs_the_scheme_less_its_published_share() -> None:
    amounts = np.zeros((24, 1, 6))
    amounts[:12, 0, 2], amounts[12:, 0, 2] = 115, 999
    extra = load_prices().item("convergence_extra")
    found = account_of(counterfactual(amounts), seed=1, draws=500, extra=extra)
    assert found.saving[0, 2] == pytest.approx(-15)
    drawn = found.curve().draws[:, 0]
    assert -115 * 0.2 / 1.2 <= drawn.min() < drawn.max() <= -115 * 0.1 / 1.1
    before = BeforeAfter(made.ledger(amounts), made.ledger(amounts), np.ones(24, bool))
    with pytest.raises(CostError, match="trompeur"):
        account_of(before, seed=1, extra=extra)


def test_the_table_has_an_interval_for_every_line() -> None:
    found = account(made.random_amounts(1), 200)
    table = found.table(months=3)
    assert table.columns == ["item", "label", "payer", "class", "perspectives", "saving", "low", "high"]
    assert table["saving"].to_list() == pytest.approx(found.saving[:3].sum(axis=0).tolist())
    certain = table.row(0, named=True)
    assert certain["low"] < certain["saving"] < certain["high"]
    with pytest.raises(CostError, match="entre 1 et 6"):
        found.table(months=7)


def test_few_people_overlapping_sides_and_unlike_ledgers_are_refused() -> None:
    amounts, (treated, controls) = made.random_amounts(1), made.halves()
    whole = made.ledger(amounts)
    with pytest.raises(CostError, match=r"Personnes du dispositif.: 4\. Sous 5, rien n’est montré"):
        Counterfactual(whole, np.arange(24) < 4, controls, NAME)
    with pytest.raises(CostError, match=r"Personnes de comparaison.: 3\."):
        Counterfactual(whole, treated, np.where(np.arange(24) > 20, 1.0, 0.0), NAME)
    with pytest.raises(CostError, match="des deux côtés"):
        Counterfactual(whole, treated, np.ones(24), NAME)
    with pytest.raises(CostError, match="infinis"):
        Counterfactual(whole, treated, np.where(treated, 0, np.inf), NAME)
    with pytest.raises(CostError, match="pas de nom"):
        Counterfactual(whole, treated, controls, " ")
    with pytest.raises(CostError, match="mêmes personnes"):
        BeforeAfter(whole, made.ledger(amounts[:23]), treated)
    with pytest.raises(CostError, match="mêmes euros"):
        BeforeAfter(whole, whole.constant(2024), treated)
    with pytest.raises(CostError, match="mêmes lignes"):
        BeforeAfter(whole, made.ledger(amounts[:, :, :2], made.LINES[:2]), treated)
    with pytest.raises(CostError, match="deux tirages"):
        account_of(Counterfactual(whole, treated, controls, NAME), seed=1, draws=1)


def test_by_month_payers_have_rows_of_their_own_that_add_up() -> None:
    found = account(made.random_amounts(1), 20)
    rows = found.by_month("payer")
    assert set(rows["by"]) == {"departement", "etat_p177", "etat_p102", "fondations"}
    last = rows.filter(rows["elapsed"] == 5)
    assert last["cumulated"].sum() == pytest.approx(found.curve(foundations=True).central[-1])
    assert (rows["low"] <= rows["high"]).all()
    assert set(found.by_month("class", Perspective.SOCIETY)["by"]) == {"capacity", "production"}
    with pytest.raises(CostError, match="payer, class, item"):
        found.by_month("colour")


def test_what_concerns_fewer_than_five_people_is_not_shown_by_name() -> None:
    """Three people slept in a hotel: the balance keeps their nights, no line tells of them."""
    amounts = np.zeros((24, 2, 6))
    amounts[:, :, 0] = 7
    amounts[12:15, :, 1] = 100
    found = account(amounts, 20)
    named = found.lines.lines[-1]
    assert (named.item, named.saving_class) == ("other_capacity", "capacity")
    assert np.abs(found.saving[:, 1]).max() == np.abs(found.draws[:, :, 1]).max() == 0
    assert found.saving[0, -1] == pytest.approx(300 / 12)
    assert found.curve().central[0] == pytest.approx(25)
    assert any("moins de 5 personnes" in note for note in found.notes)
    assert set(found.by_month("item")["by"]) == {"other_capacity"}
    amounts[12:17, :, 1] = 100
    shown = account(amounts, 20)
    assert shown.saving[0, 1] == pytest.approx(500 / 12)
    assert not any("moins de 5" in note for note in shown.notes)


def test_nor_found_again_by_subtraction() -> None:
    lines = (made.NIGHTS, replace(made.NIGHTS, item="chrs_night"), replace(made.NIGHTS, item="lhss_day"))
    amounts = np.zeros((24, 1, 3))
    amounts[12:14, 0, 0], amounts[12:18, 0, 1], amounts[12:, 0, 2] = 10, 20, 30
    treated, controls = made.halves()
    found = account_of(Counterfactual(made.ledger(amounts, lines), treated, controls, NAME), seed=1, draws=5)
    assert found.saving[0].tolist() == pytest.approx([0, 0, 30, 0, 20 / 12 + 10])
