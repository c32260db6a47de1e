"""Territories and sites: Paris at its dates, the others fictitious, as many as were asked for."""

from datetime import date

import numpy as np
import pytest

from convergence.simulation.model import layout
from convergence.simulation.parameters import parameters, parameters_from
from convergence.simulation.tables import Layout, Table
from tests.simulation.drawn import UNTIL, codes, drawn, ends


@pytest.fixture(scope="module")
def national() -> Layout:
    return layout(parameters(), UNTIL, people=100_000, territories=13)


def test_paris_has_its_four_sites_at_their_dates() -> None:
    paris = layout(parameters(), UNTIL)
    opened = dict(zip(paris.site_names, paris.tables["sites"]["opened"].astype("datetime64[M]"), strict=True))
    assert opened == {
        "Emmaüs Défi": np.datetime64("2012-03"),
        "Prélude": np.datetime64("2016-04"),
        "Bio-nettoyage": np.datetime64("2018-01"),
        "Rejoué": np.datetime64("2018-01"),
    }
    public = dict(zip(paris.operator_names, paris.tables["operators"]["public_body"], strict=True))
    assert [name for name, is_public in public.items() if is_public] == ["CASVP"]
    assert paris.tables["territories"]["name"][0].endswith("(démonstration)")


def test_more_than_two_hundred_people_are_at_work_since_2018() -> None:
    contracts = drawn()[0].tables["contracts"]
    for year in range(2019, 2027):
        day = np.datetime64(f"{year}-01-01")
        at_work = (contracts["site"] > 0) & (contracts["since"] <= day) & (ends(contracts) > day)
        assert 185 <= at_work.sum() <= 245, year


def test_a_national_draw_has_four_hundred_sites_on_thirteen_territories(national: Layout) -> None:
    sites = national.tables["sites"]
    assert len(national.tables["territories"]) == 13
    assert 390 <= len(sites) <= 410
    assert np.bincount(sites["territory"])[2:].min() >= 20
    assert sites["opened"].min() == np.datetime64("2012-03-01")
    assert sites["opened"][4:].min() >= np.datetime64("2019-01-01")
    assert len(set(national.site_names)) == len(sites)


def test_nothing_outside_paris_bears_a_real_name(national: Layout) -> None:
    assert all("fictif" in name for name in national.site_names[4:])
    assert all("fictive" in name for name in national.operator_names[4:])
    assert all("fictif" in name for name in national.tables["territories"]["name"][1:])


def test_blocks_share_out_the_sites_within_territories(national: Layout) -> None:
    rows = [row for block in national.block_sites for row in block]
    assert sorted(rows) == list(range(len(national.site_names)))
    territory = national.tables["sites"]["territory"]
    assert all(len(set(territory[list(block)])) == 1 for block in national.block_sites)
    assert max(len(block) for block in national.block_sites) <= 8


def test_comparison_sites_and_waiting_lists_come_on_top() -> None:
    changed = parameters_from("[comparison]\nordinary_sites = 2\nwaiting = 30\n", "essai.toml")
    compared = layout(changed, UNTIL, people=3000, territories=2)
    schemes = codes(compared.tables["sites"], "scheme")
    plain = layout(parameters(), UNTIL, people=3000, territories=2)
    assert (schemes == "ordinary").sum() == 4
    assert (schemes == "none").sum() == 2
    assert (schemes == "convergence").sum() == len(plain.site_names)
    assert (compared.tables["sites"]["operator"][schemes == "none"] == -1).all()


def test_a_later_date_keeps_the_sites_that_stood_before() -> None:
    early, late = (layout(parameters(), date(year, 1, 1)) for year in (2015, 2026))
    assert early.site_names == late.site_names
    assert (early.tables["sites"]["opened"] == late.tables["sites"]["opened"]).all()


def staff_of(found: Layout) -> Table:
    return found.tables["staff_means"]


def test_each_site_has_its_staff_and_each_territory_a_shared_team(national: Layout) -> None:
    staff = staff_of(national)
    functions = codes(staff, "function")
    for function in ("site_manager", "counsellor", "support_worker", "work_supervisor"):
        assert set(staff["site"][functions == function]) == set(national.tables["sites"]["site"])
    assert ((staff["site"] > 0) ^ (staff["territory"] > 0)).all()
    assert np.bincount(staff["territory"][functions == "coordinator"], minlength=14)[1:].tolist() == [1] * 13
    assert (staff["fte"] <= 1).all()
    assert (staff["fte"] > 0).all()


def test_an_ordinary_site_has_fewer_counsellors_and_nobody_of_the_scheme() -> None:
    changed = parameters_from("[comparison]\nordinary_sites = 1\npeople_per_site = 82\n", "essai.toml")
    found = layout(changed, UNTIL)
    staff, functions = staff_of(found), codes(staff_of(found), "function")
    full_time = {
        (site, function): staff["fte"][(staff["site"] == site) & (functions == function)].sum()
        for site in (1, 5)
        for function in ("counsellor", "support_worker", "work_supervisor")
    }
    assert full_time[5, "counsellor"] < full_time[1, "counsellor"]
    assert full_time[5, "support_worker"] == 0
    assert full_time[5, "work_supervisor"] == full_time[1, "work_supervisor"]


def test_grants_pay_for_posts_everywhere_and_for_support_in_the_scheme() -> None:
    changed = parameters_from("[comparison]\nordinary_sites = 1\n", "essai.toml")
    found = layout(changed, UNTIL)
    grants, objects = found.tables["grants"], codes(found.tables["grants"], "object")
    assert set(grants["site"][objects == "post_aid"]) == {1, 2, 3, 4, 5}
    assert set(grants["site"][objects == "support"]) == {1, 2, 3, 4}
    assert (grants["site"][objects == "coordination"] == -1).all()
    assert (grants["amount"] > 0).all()
    assert (grants["since"] < np.datetime64(UNTIL)).all()
    year = (grants["until"] - grants["since"]).astype(np.int64)
    assert year.max() <= 366
