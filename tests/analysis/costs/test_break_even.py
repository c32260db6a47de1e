"""When savings have paid the programme back, and what it would take."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.pyplot import close, subplots

from convergence.analysis.costs import (
    Account,
    CostError,
    Counterfactual,
    Curve,
    account_of,
    break_even,
    break_evens,
    conditions,
    months_to_break_even,
    readings,
    summary,
    tornado,
)
from tests.analysis.costs import made


@pytest.mark.parametrize(
    ("curve", "month"),
    [
        ([-5, -2, 0, 1], 3),
        ([-5, 3, -1, 2], 4),
        ([-5, 3, 2, -1], 0),
        ([0, 0, 0, 0], 1),
        ([5, 6, 7, 8], 1),
        ([5, -6, 7, 8], 3),
        ([-1, -1, -1, -1], 0),
        ([-1, -1, -1, 0], 4),
        ([-1_000, -1e-9, 5, 8], 2),
    ],
)
def test_it_is_the_first_month_from_which_the_balance_is_never_below_zero(curve: list[float], month: int) -> None:
    assert months_to_break_even(np.array(curve, float)) == month


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_it_is_so_for_any_curve(values: list[int]) -> None:
    stays = [all(value >= 0 for value in values[place:]) for place in range(len(values))]
    expected = stays.index(True) + 1 if any(stays) else 0
    assert months_to_break_even(np.array(values, float)) == expected


def test_never_is_an_answer_with_its_probability() -> None:
    draws = np.array([[-1.0, 1, 2, 3], [-1, -1, 2, 3], [-3, -2, -1, -1], [-1, -1, -1, 0]])
    found = break_even(Curve("Contre rien", draws.mean(axis=0), draws))
    assert found.distribution.tolist() == [0.25, 0, 0.25, 0.25, 0.25]
    assert (found.month, found.never, found.within(3)) == (3, 0.25, 0.5)
    assert found.by_second_year is None
    assert found.interval() == (2, None)
    assert str(found) == (
        "Contre rien\u00a0: 3 mois (intervalle à 95\u00a0%\u00a0: de 2 mois à jamais en 4 mois)\u00a0; "
        "jamais en 4 mois\u00a0: 25\u00a0%."
    )


def test_the_probability_by_the_second_year_is_printed_where_it_is_known() -> None:
    curve = np.linspace(-23, 6, 30)
    found = break_even(Curve("Contre rien", curve, np.stack([curve, curve - 2])))
    assert found.month == 24
    assert found.by_second_year == 0.5
    assert "probabilité au plus tard à 24 mois\u00a0: 50\u00a0%" in str(found)


def account(cashable: float = 60, nights: float = 40, cost: float = 100, months: int = 30) -> Account:
    """A programme that costs so much the first year, and saves so much each month from the second on."""
    random = np.random.default_rng(2)
    amounts = np.zeros((80, months, 6))
    amounts[:40, :12, 2] = cost
    amounts[40:, 12:, 0], amounts[40:, 12:, 1] = cashable, nights
    amounts[:, :, 0] += random.normal(0, 5, (80, months))
    treated, controls = made.halves(80)
    return account_of(Counterfactual(made.ledger(amounts), treated, controls, "Contre rien"), seed=1, draws=300)


def test_cashable_alone_then_half_then_all_of_the_capacity() -> None:
    found = break_evens(account())
    months = [found[share].month for share in (0.0, 0.5, 1.0)]
    # 1 200 € to pay back from the 13th month on: 60, 80 then 100 € a month.
    assert months[2] is not None
    assert months[2] <= 25
    assert months[1] in (27, 28)
    assert months[0] is None
    assert found[0.0].never > 0.9
    assert "0\u00a0% des capacités" in found[0.0].name


def test_the_widest_bar_stands_first_and_prices_move_the_balance_by_their_range() -> None:
    found = account()
    bars = {bar.code: bar for bar in tornado(found, capacity=1.0)}
    widths = [bar.width for bar in tornado(found, capacity=1.0)]
    assert widths == sorted(widths, reverse=True)
    # 12 months of 40 € of nights, at 0.8 to 1.3 times their price; the aid is only ever dearer.
    assert bars["price:hotel_night"].width == pytest.approx(12 * 40 * 0.5)
    assert (bars["price:hotel_night"].low_value, bars["price:hotel_night"].high_value) == (16, 26)
    assert bars["price:aid"].high - bars["price:aid"].low == pytest.approx(-1_200 * 0.1)
    assert bars["capacity"].width == pytest.approx(12 * 40)
    assert bars["people"].low < bars["people"].high
    with pytest.raises(CostError, match="le mois 31 n’y est pas"):
        tornado(found, month=31)


def test_what_must_be_true_is_the_value_at_which_half_of_the_draws_break_even() -> None:
    found = {one.code: one for one in conditions(account(cashable=80, nights=40, cost=100), capacity=0.5)}
    effect = found["effect"]
    assert effect.crossing is not None
    # About 12 × 100 € saved by month 24 with half of the capacity, for 1 200 to 1 320 € spent.
    assert effect.crossing == pytest.approx(1.0, abs=0.08)
    assert effect.rises
    assert str(effect).startswith("Économies, en nombre de fois celles de ce compte (l’effet)\u00a0: au moins 1")
    programme = found["programme"]
    assert programme.crossing == pytest.approx(1 / effect.crossing, abs=0.05)
    assert not programme.rises
    assert re.fullmatch(r".*\u00a0: au plus (0,9\d+|1(,0\d*)?)\u00a0fois, 1 dans ce compte\.", str(programme))
    nights = found["price:hotel_night"]
    assert nights.now == 20
    assert nights.crossing == pytest.approx(21, abs=3)


def test_or_that_no_value_does() -> None:
    found = {one.code: one for one in conditions(account(cashable=5, nights=1))}
    assert found["price:hotel_night"].crossing is None
    assert not found["price:hotel_night"].always
    assert str(found["price:hotel_night"]).endswith("ne suffit.")
    rich = {one.code: one for one in conditions(account(cashable=500, nights=1))}
    assert rich["price:hotel_night"].always
    assert "toute valeur" in str(rich["price:hotel_night"])
    assert {one.code for one in conditions(account())} == {
        "price:hotel_night",
        "price:aid",
        "capacity",
        "effect",
        "programme",
    }


def test_other_readings_of_public_funding_give_other_months() -> None:
    """The made account's programme is all aid for posts: a sentence that leaves it out breaks even at once."""
    amounts = np.zeros((40, 30, 6))
    amounts[:20, :12, 2], amounts[:20, :12, 3] = 90, 30
    amounts[20:, :, 0] = 60.2 + np.tile([-1, 1], 10)[:, None]
    lines = tuple(
        replace(line, item="aci_aide_au_poste_fte") if line is made.PROGRAMME else line for line in made.LINES
    )
    treated, controls = made.halves(40)
    ledger = made.ledger(amounts, lines)
    found = readings(
        account_of(Counterfactual(ledger, treated, controls, "Contre rien"), seed=1, draws=100), rate=0.032
    )
    # 90 € for a year, in part up to a tenth more, paid back by 60.20 € a month; with the foundations 120 €.
    months = [one.month for one in found.values()]
    assert months[:3] == [18, 24, 1]
    assert months[3] == 19
    assert list(found)[2].startswith("sans compter l’aide au poste")


def test_a_summary_names_the_comparison_the_draws_and_the_answers() -> None:
    told = summary(account())
    assert (
        told.splitlines()[0]
        == "Contre rien\u00a0— Finances publiques, euros courants, 40 personnes et 40 en comparaison"
    )
    assert "300 tirages (personnes\u00a0; prix\u00a0: loi PERT), graine 1" in told
    assert "Capacités comptées à 0\u00a0%\u00a0: solde à 24 mois −4" in told
    assert "jamais\u00a0: " in told
    assert "ces chantiers, pas d’autres" in told


def test_a_curve_draws_itself_with_its_interval() -> None:
    figure, axes = subplots()
    curve = account().curve()
    assert curve.plot(axes) is axes
    assert np.array_equal(axes.lines[0].get_ydata(), curve.central)
    assert len(axes.collections) == 1
    close(figure)
