"""Exploring an evaluation: linear, additive, monotonous; a file that makes no sense is refused in a sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as random_arrays

from convergence.analysis.costs import months_to_break_even
from convergence.analysis.costs.account import discounting
from convergence.analysis.explore import ExploreError, Explorer, Settings, break_even_months
from tests.analysis.explored import COSTS, LINES, MONTHS, about, arrays, packed, told, write


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer.of_bytes(told(about()), packed(arrays()))


def public(**chosen: Any) -> Settings:
    return Settings(**{"contrast": "ordinary", "perspective": "public"} | chosen)


shares = st.floats(0, 1)
chosen = st.builds(
    Settings,
    contrast=st.sampled_from(["ordinary", "before_after"]),
    perspective=st.sampled_from(["public", "society"]),
    capacity_share=shares,
    effect=shares,
    discount=st.floats(0, 0.1),
    price_factors=st.fixed_dictionaries({"night": st.floats(0.5, 2)}),
    take_up=st.fixed_dictionaries({"rsa": shares}),
)


def test_the_central_curve_is_the_sum_that_a_person_would_make(explorer: Explorer) -> None:
    made = arrays()
    curve = explorer.curve(public(capacity_share=0.5))
    saved = made["central_savings.ordinary"].astype(float) @ [1.0, 0.5, 0.5, 0.0, 0.0]
    spent = made["central_cost.ordinary"].astype(float) @ [1.0, 1.0, 0.0]
    assert curve.net.central == pytest.approx(np.cumsum(saved - spent), rel=1e-5)
    assert curve.cash.central == pytest.approx(
        np.cumsum(made["central_savings.ordinary"][:, 0].astype(float) - spent), rel=1e-5
    )


def test_the_band_is_that_of_the_draws_prices_and_take_up_included(explorer: Explorer) -> None:
    made = arrays()
    weights = made["price"] * made["take_up"] * np.array([1, 0.5, 0.5, 0, 0, 1, 1, 0])
    every = np.concatenate([made["savings.ordinary"], -made["cost.ordinary"]], axis=2).astype(float)
    net = np.cumsum((every * weights[:, None, :]).sum(axis=2), axis=1)
    low, high = np.quantile(net, [0.025, 0.975], axis=0)
    curve = explorer.curve(public())
    assert curve.net.low == pytest.approx(low, rel=1e-4, abs=0.05)
    assert curve.net.high == pytest.approx(high, rel=1e-4, abs=0.05)
    assert curve.break_even.never == np.mean(break_even_months(net) == 0)


@given(chosen, st.integers(1, MONTHS))
@settings(max_examples=25)
def test_payers_and_lines_add_up_to_the_curve(explorer: Explorer, asked: Settings, month: int) -> None:
    curve, balance = explorer.curve(asked), explorer.balance(asked, month)
    net = curve.net.at(month)
    for rows in (balance.payers, balance.lines, (balance.total,)):
        assert sum(row.net.central for row in rows) == pytest.approx(net.central, rel=1e-4, abs=0.5)
        assert sum(row.cost.central for row in rows) == pytest.approx(curve.cost.at(month).central, rel=1e-4, abs=0.5)
    assert (balance.total.net.low, balance.total.net.high) == pytest.approx((net.low, net.high), rel=1e-4, abs=0.5)


@given(chosen)
@settings(max_examples=25)
def test_no_effect_saves_nothing_and_costs_as_much(explorer: Explorer, asked: Settings) -> None:
    nothing = explorer.curve(Settings(**vars(asked) | {"effect": 0.0}))
    assert not nothing.savings.high.any()
    assert nothing.cost.central == pytest.approx(explorer.curve(asked).cost.central)


@given(chosen, st.floats(0.5, 2), st.floats(1, 2))
@settings(max_examples=25)
def test_raising_a_price_never_lowers_what_is_avoided_here(
    explorer: Explorer, asked: Settings, price: float, times: float
) -> None:
    low, high = (
        explorer.curve(Settings(**vars(asked) | {"price_factors": {"night": factor}})).savings.central[-1]
        for factor in (price, price * times)
    )
    assert high >= low - 1e-3


def test_a_take_up_of_all_is_never_more_than_all(explorer: Explorer) -> None:
    amounts = arrays()["savings.ordinary"][:, :, 0].astype(float)
    cash = explorer.curve(public(take_up={"rsa": 1.0})).cash
    spent = np.cumsum(arrays()["central_cost.ordinary"][:, :2].astype(float).sum(axis=1))
    most = np.quantile(np.cumsum(amounts, axis=1)[:, -1] / 0.66, 0.975) - spent[-1]
    assert cash.high[-1] <= most * 1.001


def test_what_work_produces_counts_for_society_alone(explorer: Explorer) -> None:
    public_row, society_row = (explorer.balance(public(perspective=code), 24).total for code in ("public", "society"))
    assert public_row.production.high == 0
    assert society_row.production.low > 0
    assert society_row.cashable.high == 0  # minimum incomes are transfers
    assert society_row.net.central == pytest.approx(
        society_row.production.central + society_row.capacity.central - society_row.cost.central
    )


def test_rights_created_for_later_stand_apart_from_the_balance(explorer: Explorer) -> None:
    total = explorer.balance(public(), 24).total
    assert total.deferred.central > 0
    assert total.net.central == pytest.approx(total.cashable.central + total.capacity.central - total.cost.central)


def test_discounting_weighs_later_months_less(explorer: Explorer) -> None:
    plain, discounted = (explorer.curve(public(discount=rate)).cost for rate in (0.0, 0.05))
    assert discounted.central[0] == pytest.approx(plain.central[0])
    last = plain.central[-1] - plain.central[-2]
    assert discounted.central[-1] - discounted.central[-2] == pytest.approx(last * 1.05 ** (-(MONTHS - 1) / 12))


@pytest.mark.parametrize(
    ("net", "month"),
    [
        ([-1, -2, 1, 2], 3),
        ([-1, 1, -1, 1], 4),
        ([1, 1, 1, -1], 0),
        ([0, 0, 0, 0], 1),
        ([-1, -1, -1, -1], 0),
        ([-1, -1, -1, 0], 4),
    ],
)
def test_break_even_is_the_first_month_from_which_the_balance_stays_above_zero(net: list[float], month: int) -> None:
    assert break_even_months(np.array([net], float)).tolist() == [month]


@given(random_arrays(np.float64, (7, 9), elements=st.integers(-3, 3).map(float)))
def test_break_even_agrees_with_its_definition_read_month_by_month(net: Any) -> None:
    for path, found in zip(net, break_even_months(net), strict=True):
        stays = [month for month in range(1, 10) if (path[month - 1 :] >= 0).all()]
        assert found == (min(stays) if stays else 0)


@given(random_arrays(np.float64, (5, 8), elements=st.integers(-2, 2).map(float)))
def test_break_even_is_that_of_the_account(net: Any) -> None:
    assert break_even_months(net).tolist() == months_to_break_even(net).tolist()


def test_discounting_is_that_of_the_account(explorer: Explorer) -> None:
    plain, discounted = (np.diff(explorer.curve(public(discount=rate)).cost.central) for rate in (0.0, 0.03))
    assert discounted / plain == pytest.approx(discounting(0.03, MONTHS)[1:])


def test_break_even_says_never_and_its_chance_by_two_years(explorer: Explorer) -> None:
    nothing = explorer.curve(public(effect=0.0)).break_even
    assert (nothing.central, nothing.low, nothing.high, nothing.never, nothing.by_two_years) == (None, None, None, 1, 0)
    soon = explorer.curve(public(contrast="before_after", capacity_share=1.0)).break_even
    assert soon.low is not None
    assert soon.by_two_years is not None
    assert soon.median is not None
    assert soon.low <= soon.median <= (soon.high or MONTHS)
    assert 0 < soon.by_two_years <= 1


def test_a_short_account_says_nothing_of_two_years() -> None:
    made = Explorer.of_bytes(told(about(observed=[30] * 12)), packed(arrays(months=12)))
    assert made.curve(public()).break_even.by_two_years is None


def test_a_folder_is_read_like_its_bytes(explorer: Explorer, tmp_path: Path) -> None:
    write(tmp_path)
    assert Explorer.load(tmp_path).curve(public()).net.central == pytest.approx(explorer.curve(public()).net.central)
    (tmp_path / "explore.npz").unlink()
    with pytest.raises(ExploreError, match=r"explore\.npz"):
        Explorer.load(tmp_path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"contrast": "none"}, "comparaison"),
        ({"perspective": "mine"}, "point de vue"),
        ({"capacity_share": 1.2}, "places libérées"),
        ({"effect": float("nan")}, "effet"),
        ({"discount": -0.1}, "actualisation"),
        ({"price_factors": {"rsa": 1.0}}, "aucune ligne"),
        ({"price_factors": {"night": -1.0}}, "négatif"),
        ({"price_factors": {"night": float("inf")}}, "négatif"),
        ({"take_up": {"rsa": 1.1}}, "recours"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(explorer: Explorer, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ExploreError, match=said):
        explorer.curve(public(**asked))
    with pytest.raises(ExploreError):
        explorer.balance(public(), 0)


def _line_changed(place: int, **changed: Any) -> dict[str, Any]:
    return about(lines=[line | (changed if at == place else {}) for at, line in enumerate(LINES)])


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (about(version=2), "autre version"),
        (about(format="other"), "n’est pas celui"),
        (about(observed=[212, 4]), "moins de 5 personnes"),
        (about(observed=[212, True]), "moins de 5 personnes"),
        (about(interval=95), "interval"),
        (about(people="212"), "people"),
        (about(contrasts=[]), "contrasts"),
        (about(contrasts=about()["contrasts"] * 2), "différents"),
        (about(lines=[line for line, cost in zip(LINES, COSTS, strict=True) if not cost]), "coûte"),
        (about(lines=[line for line, cost in zip(LINES, COSTS, strict=True) if cost]), "évité"),
        (_line_changed(0, payer="nobody"), "payeur"),
        (_line_changed(0, item="#rsa, *"), "un code"),
        (_line_changed(0, perspectives=["mine"]), "point de vue"),
        (_line_changed(0, **{"class": "other"}), "classe"),
        (_line_changed(1, price={"low": 5}), "price.central"),
        (_line_changed(1, price=LINES[1]["price"] | {"low": 40}), "ordre"),
        (_line_changed(1, price=LINES[1]["price"] | {"low": float("nan")}), "nombre"),
        (_line_changed(0, take_up=LINES[0]["take_up"] | {"high": 1.2}), "recours"),
        (_line_changed(2, item="night"), "même prix"),
        ([], "objet"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(made: Any, said: str) -> None:
    with pytest.raises(ExploreError, match=said):
        Explorer.of_bytes(told(made), packed(arrays()))


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in arrays().items() if key != name}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (packed(_without("price")), "tirages"),
        (packed(_without("central_cost.before_after")), "central_cost.before_after"),
        (packed(arrays(months=12)), "forme"),
        (packed(arrays() | {"take_up": np.full((40, 8), np.nan, np.float32)}), "pas un nombre"),
        (packed(arrays() | {"price": np.full((40, 8), -1, np.float32)}), "négatif"),
        (packed(arrays() | {"price": np.array([["a"] * 8] * 40)}), "price"),
        (b"", "abîmé"),
        (packed(arrays())[:900], "abîmé"),
        (packed({"price": np.array([[{}] * 8] * 2, object)}), "abîmé"),
    ],
)
def test_arrays_that_are_not_what_is_said_are_refused(made: bytes, said: str) -> None:
    with pytest.raises(ExploreError, match=said):
        Explorer.of_bytes(told(about()), made)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_damaged_description_is_refused(content: bytes) -> None:
    with pytest.raises(ExploreError):
        Explorer.of_bytes(content, packed(arrays()))
