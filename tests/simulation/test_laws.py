"""What holds in every draw: the law of contracts, the order of dates, nothing known before it could be."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from convergence.simulation.lives.calendar import month_of
from convergence.simulation.parameters import parameters
from convergence.simulation.tables import Block, Table
from convergence.vocabulary.situations import ASPECTS
from tests.simulation.drawn import FAR, SEED, UNTIL, Array, codes, drawn, ends

DRAWS: list[dict[str, Any]] = [
    {},
    {"seed": 1, "until": date(2024, 2, 29)},
    {"seed": 2, "until": date(2013, 1, 5)},
    {"seed": 3, "until": date(2027, 6, 30), "people": 3000, "territories": 3},
    {"seed": 4, "changed": "[comparison]\nordinary_sites = 1\nwaiting = 40\n"},
]


@pytest.fixture(params=range(len(DRAWS)), ids=lambda place: str(DRAWS[place]))
def block(request: pytest.FixtureRequest) -> Block:
    """The last block of each draw: Paris, another territory, people on a waiting list."""
    return drawn(**DRAWS[request.param])[-1]


@pytest.fixture(params=[draw for draw in range(len(DRAWS)) if draw != 4], ids=lambda place: str(DRAWS[place]))
def working(request: pytest.FixtureRequest) -> Block:
    """The same where people have contracts."""
    return drawn(**DRAWS[request.param])[-1]


def until(block: Block) -> np.datetime64:
    """The date of the draw: a running contract or not, no interview and no hour is later."""
    return next(np.datetime64(draw.get("until", UNTIL)) for draw in DRAWS if drawn(**draw)[-1] is block)


def in_order(table: Table, *keys: str) -> Array:
    return np.asarray(np.lexsort([table[key] for key in reversed(keys)]))


def follows(table: Table, order: Array, *keys: str) -> Array:
    """Whether each row in order is of the same keys as the one before; from the second row on."""
    return np.asarray(np.logical_and.reduce([table[key][order][1:] == table[key][order][:-1] for key in keys]))


def on_path(contracts: Table) -> Array:
    return np.nonzero(contracts["path"] > 0)[0]


def test_nothing_is_dated_after_the_draw_but_terms_and_expiries(block: Block) -> None:
    to_come = {("contracts", "until"), ("situations", "expires_on"), ("placements", "until")}
    for name, table in block.tables.items():
        for column, values in table.columns.items():
            if values.dtype.kind == "M" and (name, column) not in to_come:
                assert not (values >= until(block)).any(), (name, column)


def test_no_two_contracts_of_a_person_overlap(working: Block) -> None:
    contracts = working.tables["contracts"]
    order = in_order(contracts, "person", "since")
    overlap = contracts["since"][order][1:] < ends(contracts)[order][:-1]
    assert not (overlap & follows(contracts, order, "person")).any()
    assert (ends(contracts) > contracts["since"]).all()


def test_nobody_is_under_contract_for_more_than_sixty_months(working: Block) -> None:
    contracts = working.tables["contracts"]
    rows = on_path(contracts)
    since, term = contracts["since"][rows].astype(np.int64), contracts["until"][rows].astype(np.int64)
    months = month_of(term) - month_of(since)
    broken = ~np.isnat(contracts["ended_on"][rows])
    kept = np.minimum(months, month_of(ends(contracts)[rows].astype(np.int64)) - month_of(since) + 1)
    total = np.bincount(contracts["person"][rows] % 10_000_000, np.where(broken, kept, months))
    assert total.max() <= 60


def test_contracts_have_lawful_lengths(working: Block) -> None:
    """Four months at least; the first 24 end with a contract, each later one lasts twelve months at most."""
    contracts = working.tables["contracts"]
    rows = on_path(contracts)
    path = contracts["path"][rows]
    months = np.round((contracts["until"] - contracts["since"])[rows].astype(np.int64) / 30.4375).astype(np.int64)
    assert months.min() == 4
    assert months.max() <= 24
    first = np.unique(path, return_index=True)[1]
    before = np.cumsum(months) - months
    before -= np.repeat(before[first], np.diff([*first, len(path)]))
    assert (before + months)[before < 24].max() <= 24
    assert months[before >= 24].max(initial=0) <= 12


def test_hours_a_week_rise_from_four_to_twenty_in_phc_and_phc_begins_in_2023(working: Block) -> None:
    contracts = working.tables["contracts"]
    phc = codes(contracts, "programme") == "phc"
    assert not (contracts["since"][phc] < np.datetime64("2023-01-01")).any()
    assert set(contracts["weekly_hours"][phc]) <= {4.0, 10.0, 16.0}
    order = in_order(contracts, "path", "since")
    of_path = follows(contracts, order, "path") & phc[order][:-1]
    assert (np.diff(contracts["weekly_hours"][order])[of_path] > 0).all()
    others = (codes(contracts, "kind") == "cddi") & ~phc
    assert contracts["weekly_hours"][others].min() >= 20


def test_a_path_ends_with_its_last_contract_and_with_an_exit(working: Block) -> None:
    paths, contracts, exits = (working.tables[name] for name in ("paths", "contracts", "exits"))
    rows = on_path(contracts)
    last = np.zeros(len(paths), "datetime64[D]")
    np.maximum.at(last, np.searchsorted(paths["path"], contracts["path"][rows]), ends(contracts)[rows])
    ended = ~np.isnat(paths["until"])
    assert (last[ended] == paths["until"][ended]).all()
    assert (exits["path"] == paths["path"][ended]).all()
    assert (exits["on"] == paths["until"][ended]).all()
    assert (contracts["since"][rows] >= paths["since"][np.searchsorted(paths["path"], contracts["path"][rows])]).all()


def test_who_comes_back_has_left_before(block: Block) -> None:
    paths = block.tables["paths"]
    order = in_order(paths, "person", "rank")
    again = follows(paths, order, "person")
    assert (np.diff(paths["rank"][order])[again] == 1).all()
    assert (paths["since"][order][1:][again] > paths["until"][order][:-1][again]).all()


def test_a_job_after_the_path_agrees_with_the_motive(working: Block) -> None:
    contracts, exits = working.tables["contracts"], working.tables["exits"]
    kinds = codes(contracts, "kind")
    jobs = contracts["path"] < 0
    left = {
        (person, day): motive for person, day, motive in zip(exits["person"], exits["on"], exits["motive"], strict=True)
    }
    expected = {1: "open_ended", 2: "ei", 3: "open_ended", 9: "fixed_term", 10: "temp", 11: "open_ended"}
    expected |= {13: "open_ended", 14: "fixed_term", 96: "cdi_inclusion"}
    for person, since, kind in zip(contracts["person"][jobs], contracts["since"][jobs], kinds[jobs], strict=True):
        assert expected[int(left[person, since])] == kind


def test_hours_are_within_the_contract_and_add_up(working: Block) -> None:
    hours, contracts = working.tables["hours"], working.tables["contracts"]
    parts = hours["worked"] + hours["sick"] + hours["justified"] + hours["unjustified"]
    assert (parts == hours["planned"]).all()
    assert min(hours[part].min() for part in ("worked", "sick", "justified", "unjustified")) >= 0
    contract = np.searchsorted(contracts["contract"], hours["contract"])
    assert (hours["planned"] <= contracts["weekly_hours"][contract] * 52 / 12 + 0.25).all()
    assert (hours["person"] == contracts["person"][contract]).all()
    month_ends = (hours["month"].astype("datetime64[M]") + 1).astype("datetime64[D]")
    assert (month_ends > contracts["since"][contract]).all()
    assert (hours["month"] < ends(contracts)[contract]).all()
    assert (month_ends <= until(working)).all()
    assert len(np.unique(hours["contract"] * 100_000 + hours["month"].astype(np.int64))) == len(hours)


def test_long_absences_last_fifteen_days_at_least_within_one_contract(working: Block) -> None:
    absences, contracts = working.tables["absences"], working.tables["contracts"]
    contract = np.searchsorted(contracts["contract"], absences["contract"])
    known = ~np.isnat(absences["until"])
    assert ((absences["until"] - absences["since"])[known].astype(np.int64) >= 15).all()
    assert (absences["since"] >= contracts["since"][contract]).all()
    assert (absences["until"][known] <= ends(contracts)[contract][known]).all()
    assert len(np.unique(absences["contract"])) == len(absences)


def test_situations_follow_one_another_without_gap_or_overlap(block: Block) -> None:
    situations = block.tables["situations"]
    order = in_order(situations, "person", "aspect", "since")
    same = follows(situations, order, "person", "aspect")
    assert (situations["until"][order][:-1][same] == situations["since"][order][1:][same]).all()
    last = np.append(~same, True)
    assert np.isnat(situations["until"][order][last]).all()
    assert ((situations["value"] < 0) ^ (situations["missing"] < 0)).all()


def test_nobody_has_a_situation_before_being_born_or_after_the_follow_up(block: Block) -> None:
    situations, people = block.tables["situations"], block.tables["people"]
    person = np.searchsorted(people["person"], situations["person"])
    born = people["birth_year"][person]
    since = 1970 + month_of(situations["since"].astype(np.int64)) // 12
    assert (since[born > 0] > born[born > 0]).all()
    assert (situations["recorded_on"] >= situations["since"]).all()
    assert (situations["recorded_on"] >= people["entered"][person]).all()


def test_values_are_those_of_their_aspect_and_only_papers_expire(block: Block) -> None:
    situations = block.tables["situations"]
    aspects, values = codes(situations, "aspect"), codes(situations, "value")
    for code, aspect in ASPECTS.items():
        rows = aspects == code
        assert set(values[rows]) <= {value.value for value in aspect.values} | {""}
        if not aspect.has_expiry:
            assert np.isnat(situations["expires_on"][rows]).all(), code
    told = set(ASPECTS) - set(aspects)
    assert not told or len(block.tables["people"]) < 1000, told


def test_referrals_are_proposed_agreed_sent_answered_begun_and_ended_in_that_order(block: Block) -> None:
    referrals = block.tables["referrals"]
    steps = ("proposed_on", "agreed_on", "sent_on", "answered_on", "started_on", "ended_on")
    for place, one in enumerate(steps):
        for other in steps[place + 1 :]:
            assert not (referrals[one] > referrals[other]).any(), (one, other)
    answer = codes(referrals, "answer")
    assert ((answer == "") == np.isnat(referrals["answered_on"])).all()
    refused = np.isin(answer, ("refused_by_person", "refused_by_partner"))
    assert ((referrals["refusal_reason"] >= 0) == refused).all()
    assert np.isnat(referrals["started_on"][answer != "accepted"]).all()


def test_candidates_have_a_candidacy_and_no_path(block: Block) -> None:
    people, paths, candidacies = (block.tables[name] for name in ("people", "paths", "candidacies"))
    candidate = codes(people, "entered_as") == "candidate"
    assert np.isin(people["person"][~candidate], paths["person"]).all()
    assert not np.isin(people["person"][candidate], paths["person"]).any()
    assert (np.sort(candidacies["person"]) == people["person"]).all()
    outcome = codes(candidacies, "outcome")
    assert (np.isnat(candidacies["decided_on"]) == (outcome == "waiting")).all()
    assert not (candidacies["opened_on"] > candidacies["decided_on"]).any()
    assert not (outcome[candidate[candidacies["person"] % 10_000_000 - 1]] == "hired").any()


def test_answers_are_given_or_missing_never_both(block: Block) -> None:
    for name in ("people", "follow_ups"):
        table = block.tables[name]
        for column in [column for column in table.columns if column.endswith("_missing")]:
            assert ((table[column] < 0) ^ (table[column.removesuffix("_missing")] < 0)).all(), column
    needs = block.tables["needs"]
    assert ((needs["level"] < 0) ^ (needs["missing"] < 0)).all()
    assert needs["level"].max() <= 4


def test_the_first_review_of_a_need_comes_before_the_second(block: Block) -> None:
    needs = block.tables["needs"]
    order = in_order(needs, "person", "need", "review")
    same = follows(needs, order, "person", "need")
    assert (needs["reviewed_on"][order][1:][same] > needs["reviewed_on"][order][:-1][same]).all()


def test_support_after_the_path_begins_when_it_ends_and_asks_for_news_in_its_months(working: Block) -> None:
    supports, paths, asked = (working.tables[name] for name in ("extended_support", "paths", "follow_ups"))
    path = np.searchsorted(paths["path"], supports["path"])
    assert (supports["since"] == paths["until"][path]).all()
    support = np.searchsorted(supports["support"], asked["support"])
    months = (asked["day"] - supports["since"][support]).astype(np.int64) / 30.4375
    assert (np.abs(months - asked["month_due"]) < 1).all()
    assert not (asked["day"] > supports["until"][support] + 15).any()


def test_people_are_met_while_they_are_supported_at_the_site_of_their_contract(working: Block) -> None:
    interviews, people = working.tables["interviews"], working.tables["people"]
    entered = people["entered"][np.searchsorted(people["person"], interviews["person"])]
    assert (interviews["day"] >= entered).all()
    sites = working.layout.tables["sites"]
    assert (interviews["day"] >= sites["opened"][interviews["site"] - 1]).all()
    own = {(int(p), int(s)) for p, s in zip(*(working.tables["contracts"][c] for c in ("person", "site")), strict=True)}
    met = {(int(p), int(s)) for p, s in zip(interviews["person"], interviews["site"], strict=True)}
    assert met <= own


def test_contracts_are_at_sites_that_are_open(working: Block) -> None:
    contracts, sites = working.tables["contracts"], working.layout.tables["sites"]
    inside = contracts["site"] > 0
    assert (contracts["since"][inside] >= sites["opened"][contracts["site"][inside] - 1]).all()
    assert (sites["territory"][contracts["site"][inside] - 1] == working.territory).all()


def test_everybody_leaves_a_site_that_closes() -> None:
    closing = parameters().paris.sites[1]
    text = f"""
    [[paris.sites]]
    name = "{closing.name}"
    operator = "{closing.operator}"
    scheme = "convergence"
    public_body = false
    opened = 2016-04-01
    closed = 2020-07-01
    sizes = [{{ on = 2016-04-01, people = 40 }}]
    """
    block = drawn(seed=SEED, changed=text)[0]
    assert ends(block.tables["contracts"])[block.tables["contracts"]["site"] == 1].max() <= np.datetime64("2020-07-01")
    assert block.tables["paths"]["until"].max() <= np.datetime64("2020-07-01")
    assert FAR not in block.tables["paths"]["until"]


def test_people_on_a_waiting_list_have_no_contract_of_the_iae_and_no_exit() -> None:
    listed = drawn(**DRAWS[4])[-1]
    assert len(listed.tables["paths"]) > 100
    assert len(listed.tables["exits"]) == len(listed.tables["interviews"]) == len(listed.tables["hours"]) == 0
    assert (listed.tables["contracts"]["path"] == -1).all()
    assert set(codes(listed.tables["candidacies"], "outcome")[: len(listed.tables["paths"])]) == {"waiting"}
    jobs = codes(listed.tables["situations"], "value")[codes(listed.tables["situations"], "aspect") == "employment"]
    assert {"open_ended", "long_term"} <= set(jobs)
