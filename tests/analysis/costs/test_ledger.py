"""The ledger: one person added up by hand, then what holds for everybody."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.analysis.benefits.results import Benefits
from convergence.analysis.costs import (
    CostError,
    Ledger,
    Payer,
    Perspective,
    SavingClass,
    costs_of,
    countable,
    held_at_entry,
    load_prices,
    stays_as_held,
    stays_of,
)
from convergence.analysis.costs.panel import Floats, Panel
from convergence.analysis.costs.pooling import TOGETHER
from convergence.analysis.costs.stays import stay_costs
from convergence.analysis.dataset import Tables
from convergence.analysis.months import Lost, person_months
from tests.analysis.costs import made
from tests.analysis.made import AS_OF, small_world

MONTHS = 12


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables.cast(small_world())


@pytest.fixture(scope="module")
def months(tables: Tables) -> pl.DataFrame:
    return person_months(tables, AS_OF, months=MONTHS, lost=Lost.CARRIED)


@pytest.fixture(scope="module")
def ledger(tables: Tables, months: pl.DataFrame) -> Ledger:
    amounts = made.benefits(2, MONTHS, rsa=400, employer_contributions=20, income_tax=5)
    days = stays_of(tables, months, load_prices())
    return costs_of(tables, months, days, load_prices(), benefits=amounts, take_up=made.take_ups(), lost=Lost.CARRIED)


def cell(ledger: Ledger, person: int, elapsed: int, item: str, payer: Payer | None = None) -> float:
    """The amount of an item, by all payers unless one is given."""
    chosen = [
        place for place, line in enumerate(ledger.lines.lines) if line.item == item and payer in (None, line.payer)
    ]
    assert chosen, item
    return float(ledger.amounts[person - 1, elapsed, chosen].sum())


def test_one_person_added_up_by_hand_in_january_2015(ledger: Ledger) -> None:
    # 100 h worked and 5.67 h missed with a reason, at 19 354 € for 1 820 h; no post-aid grant: 12 % supposed.
    aid = 105.67 * 19_354 / 1_820
    assert aid == pytest.approx(1_123.702, abs=0.001)
    assert cell(ledger, 1, 0, "aci_aide_au_poste_fte", Payer.STATE_P102) == pytest.approx(0.88 * aid)
    assert cell(ledger, 1, 0, "aci_aide_au_poste_fte", Payer.COUNTY) == pytest.approx(0.12 * aid)
    # 100 000 € of the county for the year's support, January's 31 days of 365, for two people in a path.
    assert cell(ledger, 1, 0, "grant_support", Payer.COUNTY) == pytest.approx(100_000 * 31 / 365 / 2)
    # A counsellor at 32 000 € a year; the coordinator's cost is not known.
    assert cell(ledger, 1, 0, "staff_site") == pytest.approx(32_000 * 31 / 365.25 / 2)
    # Nobody knows whether RSA is open: half of those entitled, as supposed.
    assert cell(ledger, 1, 0, "rsa") == pytest.approx(200)
    assert cell(ledger, 1, 0, "employer_contributions") == -20
    assert cell(ledger, 1, 0, "income_tax", Payer.STATE_TAX) == -5
    # Sleeping rough has no price.
    assert cell(ledger, 1, 0, "emergency_shelter_night") == 0
    # Wages of 27 days in 31, with the rights that they create.
    gross = 1_100 * 27 / 31
    assert cell(ledger, 1, 0, "pension_rights") == pytest.approx(0.278 * gross)
    # What the employer pays beyond the aid: here less than nothing, so nothing.
    assert cell(ledger, 1, 0, "production") == 0


def test_and_from_the_day_on_which_she_has_a_home(ledger: Ledger) -> None:
    index = load_prices().index
    assert cell(ledger, 1, 7, "pension_de_famille_day") == 0
    assert cell(ledger, 1, 8, "pension_de_famille_day") == pytest.approx(30 * 18 * index.at(2015) / index.at(2021))
    # No hours were recorded in September: no aid, and production is the whole labour cost.
    assert cell(ledger, 1, 8, "production") == pytest.approx(-(1_100 + 20))


def test_constant_euros_are_current_ones_carried_by_the_index(ledger: Ledger) -> None:
    index = load_prices().index
    constant = ledger.constant(2024)
    assert np.allclose(constant.amounts, ledger.amounts * index.at(2024) / index.at(2015), equal_nan=True)
    with pytest.raises(CostError, match="2050"):
        ledger.constant(2050)


def test_capacity_and_averages_never_stand_in_a_cashable_line(ledger: Ledger) -> None:
    prices = load_prices()
    for line in ledger.lines.lines:
        if line.item in prices.items and prices.item(line.item).kind == "average":
            assert line.saving_class is not SavingClass.CASHABLE
    assert {line.payer for line in ledger.lines.lines if line.saving_class is SavingClass.CAPACITY} >= {
        Payer.STATE_P177,
        Payer.HEALTH_INSURANCE,
        Payer.STATE_JUSTICE,
    }


def test_transfers_are_not_in_the_account_of_society_nor_production_in_that_of_public_finance(ledger: Ledger) -> None:
    society = {line.item for line in ledger.lines.lines if Perspective.SOCIETY in line.perspectives}
    public = {line.item for line in ledger.lines.lines if Perspective.PUBLIC_FINANCE in line.perspectives}
    assert society.isdisjoint({"rsa", "employer_contributions", "income_tax", "aci_aide_au_poste_fte", "grant_support"})
    assert {"production", "staff_site"} <= society
    assert public.isdisjoint({"production", "staff_site"})
    assert "hotel_night" in society & public


def test_every_line_is_of_an_item_that_could_be_named_before_the_dataset_was_read(
    ledger: Ledger, tables: Tables, months: pl.DataFrame
) -> None:
    bare = Tables.cast(small_world() | {"grants": small_world()["grants"].clear()})
    days = stays_of(bare, months, load_prices())
    alone = costs_of(
        bare, months, days, load_prices(), benefits=made.benefits(2, MONTHS), take_up=made.take_ups(), lost=Lost.CARRIED
    )
    items = {line.item for each in (ledger, alone) for line in each.lines.lines}
    assert {"convergence_extra", "grant_support"} <= items
    assert items - {line.item for line in TOGETHER.lines} <= countable(load_prices())
    assert "emergency_visit" not in countable(load_prices())


def test_what_is_from_memory_is_flagged_and_what_is_not_counted_is_said(ledger: Ledger) -> None:
    flags = " ".join(ledger.lines.flags)
    assert "Pension de famille\u00a0: prix de mémoire" in flags
    assert "Journée de détention" not in flags
    assert "CSAPA" not in flags
    assert "Pension de famille\u00a0: coût moyen\u00a0: rangé parmi les capacités" in flags
    assert "la dernière situation connue dure" in flags
    told = " ".join(ledger.lines.not_counted)
    assert [word in told for word in ("urgences", "maraudes", "chômage", "EI, ETTI, AI", "locaux")] == [True] * 5


def test_a_right_that_the_file_tells_is_believed(tables: Tables) -> None:
    frame = made.months_frame(3, 1, rsa=["open", "to_ask", None])
    amounts = made.benefits(3, 1, rsa=600)
    days = stays_as_held(frame, load_prices())

    def paid(observed: bool) -> list[float]:
        found = costs_of(
            tables,
            frame,
            days,
            load_prices(),
            benefits=amounts,
            take_up=made.take_ups(0.5),
            observed_take_up=observed,
        )
        return [cell(found, person, 0, "rsa") for person in (1, 2, 3)]

    assert paid(True) == [600, 0, 300]
    assert paid(False) == [300, 300, 300]


def test_modulation_adds_to_the_aid_and_is_no_longer_drawn(tables: Tables) -> None:
    frame = made.months_frame(1, 1, paid=182.0)
    days = stays_as_held(frame, load_prices())

    def made_with(modulation: float | None) -> Ledger:
        return costs_of(
            tables,
            frame,
            days,
            load_prices(),
            benefits=made.benefits(1, 1),
            take_up=made.take_ups(),
            modulation=modulation,
        )

    assert cell(made_with(None), 1, 0, "aci_aide_au_poste_fte") == pytest.approx(1_935.4)
    assert cell(made_with(0.05), 1, 0, "aci_aide_au_poste_fte") == pytest.approx(1_935.4 * 1.05)
    aid = [line.factor for line in made_with(0.05).lines.lines if line.item == "aci_aide_au_poste_fte"]
    assert aid == ["", ""]
    with pytest.raises(CostError, match="0 à 10"):
        made_with(0.2)


def test_grants_for_posts_say_how_the_aid_is_shared() -> None:
    world = small_world()
    posts = pl.DataFrame(
        {
            "grant": [8, 9],
            "funder": ["state", "county"],
            "territory": [1, 1],
            "site": [1, 1],
            "object": ["post_aid", "post_aid"],
            "amount": [75_000.0, 25_000.0],
            "since": [date(2015, 1, 1)] * 2,
            "until": [date(2016, 1, 1)] * 2,
        }
    ).cast(world["grants"].schema)
    tables = Tables.cast(world | {"grants": pl.concat([world["grants"], posts])})
    frame = made.months_frame(1, 1, paid=182.0)
    found = costs_of(
        tables,
        frame,
        stays_as_held(frame, load_prices()),
        load_prices(),
        benefits=made.benefits(1, 1),
        take_up=made.take_ups(),
    )
    assert cell(found, 1, 0, "aci_aide_au_poste_fte", Payer.COUNTY) == pytest.approx(0.25 * 1_935.4)


def test_without_any_grant_the_extra_means_are_a_published_share_of_the_aid() -> None:
    world = small_world()
    tables = Tables.cast(world | {"grants": world["grants"].clear()})
    frame = made.months_frame(1, 1, paid=182.0)
    found = costs_of(
        tables,
        frame,
        stays_as_held(frame, load_prices()),
        load_prices(),
        benefits=made.benefits(1, 1),
        take_up=made.take_ups(),
    )
    assert cell(found, 1, 0, "convergence_extra") == pytest.approx(0.15 * 1_935.4)
    assert cell(found, 1, 0, "convergence_extra", Payer.FOUNDATIONS) == pytest.approx(0.15 * 0.15 * 1_935.4)
    assert any("15\u00a0% de l’aide au poste" in flag for flag in found.lines.flags)


def test_rates_of_ones_own_count_events_that_the_dataset_does_not_have(tables: Tables, tmp_path: Path) -> None:
    file = tmp_path / "taux.toml"
    rate = '[[rate]]\nitem = "{}"\nhousing = "rough"\ncentral = 3.6525\nsource = "enquête fictive"\nstatus = "read"\n'
    file.write_text(rate.format("emergency_visit"), encoding="utf-8")
    prices = load_prices(file)
    frame = made.months_frame(1, 1, housing="rough")
    found = costs_of(
        tables, frame, stays_as_held(frame, prices), prices, benefits=made.benefits(1, 1), take_up=made.take_ups()
    )
    each = 161.5 * prices.index.at(2015) / prices.index.at(2011)
    assert cell(found, 1, 0, "emergency_visit") == pytest.approx(31 * 0.01 * each)
    assert any("enquête fictive" in flag for flag in found.lines.flags)
    idle = tmp_path / "urgences.toml"
    idle.write_text(
        "[[item.emergency_visit.price]]\nfrom = 2011-01-01\nlow = 1\ncentral = 2\nhigh = 3\n"
        'source = "enquête fictive"\nstatus = "read"\n',
        encoding="utf-8",
    )
    ignored = stay_costs(Panel.of(frame, None), stays_as_held(frame, prices), load_prices(idle))
    assert any("le prix donné ne change rien" in flag for flag in ignored.lines.flags)
    assert not any("le prix donné ne change rien" in flag for flag in found.lines.flags)
    custody = tmp_path / "garde.toml"
    custody.write_text(rate.format("police_custody"), encoding="utf-8")
    with pytest.raises(CostError, match="hors du cas central"):
        costs_of(
            tables,
            frame,
            stays_as_held(frame, prices),
            load_prices(custody),
            benefits=made.benefits(1, 1),
            take_up=made.take_ups(),
        )


def test_before_is_the_day_of_entry_held_on_without_work(tables: Tables, months: pl.DataFrame) -> None:
    held = held_at_entry(tables, months)
    assert held.columns == months.columns
    assert held.filter(pl.col("person") == 1)["housing"].to_list() == ["rough"] * MONTHS
    assert held["employment"].unique().to_list() == ["none"]
    assert held["gross"].sum() == held["paid"].sum() == 0
    assert not held["in_path"].any()
    days = stays_as_held(held, load_prices())
    assert days.filter(pl.col("person") == 1)["days"].sum() == 365


def test_nobody_is_supposed_to_stay_in_a_hospital_from_which_no_news_came(tables: Tables) -> None:
    lost: dict[str, Any] = {"observed": [True, False, False], "lost": [False, True, True]}
    for place, stays in (("hospital", False), ("chrs", True)):
        frame = made.months_frame(1, 3, housing=place, **lost)
        days = stays_of(tables, frame, load_prices()).filter(pl.col("elapsed") > 0)
        assert bool(days.height) is stays


def test_without_an_assumption_only_known_months_count_and_it_is_said(tables: Tables) -> None:
    frame = made.months_frame(1, 3, observed=[True, True, False], lost=[False, False, True])
    found = costs_of(
        tables,
        frame,
        stays_as_held(frame, load_prices()),
        load_prices(),
        benefits=made.benefits(1, 3, rsa=100),
        take_up=made.take_ups(),
    )
    assert np.isnan(found.amounts[0, 2]).all()
    assert not np.isnan(found.amounts[0, :2]).any()
    assert any("sans nouvelles ne sont pas comptés" in flag for flag in found.lines.flags)


@pytest.mark.parametrize(
    ("frame", "amounts", "said"),
    [
        (made.months_frame(1, 3).clear(), made.benefits(1, 3), "Aucune personne"),
        (made.months_frame(2, 3, person=[1, 1, 2, 1, 2, 2]), made.benefits(2, 3), "mois manquent"),
        (made.months_frame(2, 3)[:-1], made.benefits(2, 3), "mois manquent"),
        (made.months_frame(1, 3, month=date(2015, 1, 1)), made.benefits(1, 3), "ne se suivent pas"),
        (made.months_frame(1, 3).drop("paid"), made.benefits(1, 3), "manque au tableau"),
        (made.months_frame(1, 3, gross=None), made.benefits(1, 3), "salaires ou des heures manquent"),
        (made.months_frame(1, 3, in_path=True), made.benefits(1, 3), "Aucune heure payée n’est connue"),
        (made.months_frame(1, 3), made.benefits(1, 2), "mêmes mois"),
        (made.months_frame(1, 3), made.benefits(1, 3, rsa=-1), "négatifs"),
        (made.months_frame(1, 3), made.benefits(1, 3, income_tax=np.nan), "manquent dans des mois"),
        (made.months_frame(1, 3, first=date(2031, 1, 1)), made.benefits(1, 3), "indice des prix"),
    ],
)
def test_what_cannot_be_counted_is_refused(tables: Tables, frame: pl.DataFrame, amounts: Benefits, said: str) -> None:
    with pytest.raises(CostError, match=said):
        costs_of(
            tables,
            frame,
            stays_as_held(frame, load_prices()),
            load_prices(),
            benefits=amounts,
            take_up=made.take_ups(),
        )


def test_days_that_cannot_be_are_refused(tables: Tables) -> None:
    frame = made.months_frame(1, 3, housing="hotel")
    days = stays_as_held(frame, load_prices())
    for wrong in (-1.0, 32.0):
        with pytest.raises(CostError, match="négatif, ou dépasse"):
            costs_of(
                tables,
                frame,
                days.with_columns(days=pl.lit(wrong)),
                load_prices(),
                benefits=made.benefits(1, 3),
                take_up=made.take_ups(),
            )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1_000), cut=st.integers(1, 23))
def test_totals_add_up_over_people_months_and_payers(seed: int, cut: int) -> None:
    amounts = made.random_amounts(seed)
    whole = made.ledger(amounts)
    everybody, _ = whole.totals(np.ones(24))
    parts = sum(made.ledger(part).totals(np.ones(len(part)))[0] for part in (amounts[:cut], amounts[cut:]))
    assert np.allclose(everybody, parts)
    frame = whole.frame()
    assert frame["amount"].sum() == pytest.approx(amounts.sum())
    by_payer = frame.group_by("payer").agg(pl.col("amount").sum())["amount"].sum()
    assert by_payer == pytest.approx(amounts.sum())
    split, counted = whole.grouped(np.ones(24), np.arange(24) % 5, 5)
    assert np.allclose(split.sum(axis=0), everybody[0])
    assert counted.sum(axis=0).tolist() == [24] * 6


def test_blocks_of_people_give_what_all_at_once_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    amounts = made.random_amounts(3)
    weights = np.arange(24, dtype=float)
    at_once = made.ledger(amounts).totals(weights)[0]
    monkeypatch.setattr("convergence.analysis.costs.ledger._CELLS_HELD", 0)
    monkeypatch.setattr("convergence.analysis.costs.ledger._BLOCK", 7)
    in_blocks = made.ledger(amounts)
    assert np.allclose(in_blocks.totals(weights)[0], at_once)
    with pytest.raises(CostError, match="trop grand"):
        _ = in_blocks.amounts


def test_a_table_leaves_out_groups_under_five() -> None:
    whole = made.ledger(made.random_amounts(1))
    names = np.array(["petit"] * 4 + ["grand"] * 20)
    assert whole.frame(names)["group"].unique().to_list() == ["grand"]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.full(24, np.inf), "infinis"),
        (np.r_[np.nan, np.ones(23)], "infinis"),
        (np.r_[-1, np.ones(23)], "négatifs"),
        (np.zeros(24), "nuls"),
        (np.ones(5), "5 poids pour 24"),
    ],
)
def test_weights_that_are_no_weights_are_refused(weights: Floats, said: str) -> None:
    with pytest.raises(CostError, match=said):
        made.ledger(made.random_amounts(1)).totals(weights)


def test_three_years_cost_about_what_was_published(tables: Tables) -> None:
    """32 000 € of public money a person over three years (ASH 3088), for a mean path of two years at 26 h a week.

    Seven hours in a hundred missed without pay; no grant known, so that the published extra share of means stands.
    """
    world = small_world()
    none = Tables.cast(world | {"grants": world["grants"].clear()})
    paid = [26 * 52 / 12 * 0.93] * 24 + [0.0] * 12
    frame = made.months_frame(1, 36, first=date(2016, 1, 1), paid=paid)
    found = costs_of(
        none,
        frame,
        stays_as_held(frame, load_prices()),
        load_prices(),
        benefits=made.benefits(1, 36),
        take_up=made.take_ups(),
    )
    public = [line.saving_class is SavingClass.PROGRAMME and line.payer.public for line in found.lines.lines]
    assert found.amounts[0][:, public].sum() == pytest.approx(32_000, rel=0.1)


@pytest.mark.parametrize(("table", "column"), [("grants", "amount"), ("staff_means", "yearly_cost")])
def test_money_that_is_negative_is_refused(table: str, column: str) -> None:
    world = small_world()
    wrong = Tables.cast(world | {table: world[table].with_columns(pl.lit(-1.0).alias(column))})
    frame = made.months_frame(1, 1)
    with pytest.raises(CostError, match="négatif"):
        costs_of(
            wrong,
            frame,
            stays_as_held(frame, load_prices()),
            load_prices(),
            benefits=made.benefits(1, 1),
            take_up=made.take_ups(),
        )


def test_a_table_counts_lines_of_few_people_together() -> None:
    amounts = np.zeros((24, 2, 6))
    amounts[:, :, 0] = 1
    amounts[:3, :, 1] = 10
    rows = made.ledger(amounts).frame()
    assert rows.filter(pl.col("item") == "hotel_night")["amount"].sum() == 0
    assert rows.filter(pl.col("item") == "other_capacity")["amount"].to_list() == [30, 30]
