"""What teams write of drawn lives: who wrote what, when, in which versions; nothing that the database would refuse."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from convergence.simulation.filing import Filed, Records, file
from convergence.simulation.following import places
from convergence.simulation.model import blocks
from convergence.simulation.names import STAFF, family_pool
from convergence.simulation.parameters import Parameters, parameters, parameters_from
from convergence.simulation.tables import Block
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.people import NameKind, Sex
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS

UNTIL = date(2026, 11, 23)
LAST = np.datetime64("2026-11-20")  # the Friday before
SEED = 7
FAR = np.datetime64("9999-12-31")


@pytest.fixture(scope="module")
def drawn() -> list[Block]:
    return list(blocks(parameters(), UNTIL, people=900, territories=2, seed=SEED))


@pytest.fixture(scope="module")
def filed(drawn: list[Block]) -> list[Filed]:
    return [file(block, parameters().means, UNTIL, SEED) for block in drawn]


@pytest.fixture(scope="module")
def paris(filed: list[Filed]) -> Filed:
    return filed[0]


def standing(records: Records) -> NDArray[np.bool_]:
    return np.asarray(np.isnat(records.written.closed))


def line_of(records: Records, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(records.person.tolist(), *(records.about[name].tolist() for name in columns), strict=True))


def overlapping(records: Records, *columns: str) -> int:
    """How many facts that stand overlap another of their line."""
    kept = standing(records)
    lines: dict[tuple[Any, ...], list[tuple[Any, Any]]] = {}
    ends = np.where(np.isnat(records.until), FAR, records.until)
    for line, since, until, stands in zip(line_of(records, *columns), records.since, ends, kept, strict=True):
        if stands:
            lines.setdefault(line, []).append((since, until))
    return sum(one[1] > other[0] for periods in lines.values() for one, other in pairwise(sorted(periods)))


def same(one: Any, other: Any) -> bool:
    """Whether two filings hold the same, to the last value."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fM"))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, list):
        return bool(one == other)
    if isinstance(one, int | np.datetime64):
        return bool(one == other)
    if hasattr(one, "missions"):
        return bool(one.missions == other.missions and one.users == other.users)
    return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))


def test_the_same_block_is_filed_the_same_and_another_seed_otherwise(drawn: list[Block], paris: Filed) -> None:
    assert same(file(drawn[0], parameters().means, UNTIL, SEED), paris)
    other = file(drawn[0], parameters().means, UNTIL, SEED + 1)
    assert other.names.family.tolist() != paris.names.family.tolist()


def hired(made: Filed) -> int:
    """How many of the block's people were hired: they come first, candidates after them."""
    return len(set(made.records["supports"].person.tolist()))


def test_everybody_hired_is_filed_once_then_the_candidates_still_read(drawn: list[Block], filed: list[Filed]) -> None:
    for block, made in zip(drawn, filed, strict=True):
        people = block.tables["people"]
        entered = dict(zip(people["person"].tolist(), people["entered_as"].tolist(), strict=True))
        as_hired = people.codes["entered_as"].index("hired")
        count = hired(made)
        assert made.people[:count].tolist() == sorted(key for key, value in entered.items() if value == as_hired)
        assert all(entered[key] != as_hired for key in made.people[count:].tolist())
        assert Counter(made.names.person[made.names.kind == NameKind.USUAL.value].tolist()) == Counter(
            range(len(made.people))
        )
        assert len(made.civil_statuses.sex) == len(made.entered) == len(made.entered_by) == len(made.people)
    assert sum(hired(made) for made in filed) == 900


def test_candidates_are_read_at_one_site_and_not_past_their_retention(filed: list[Filed]) -> None:
    for made in filed:
        count, read = hired(made), made.records["candidates"]
        stands = standing(read)
        unhired = stands & (read.person >= count)
        assert sorted(read.person[unhired].tolist()) == list(range(count, len(made.people)))
        assert np.all(np.isnat(read.until[unhired]) | (read.until[unhired] > LAST))
        taken_on = stands & (read.person < count)
        assert np.all(read.until[taken_on] >= read.since[taken_on])
        candidacies, decisions = made.records["candidacies"], made.records["candidacy_decisions"]
        assert overlapping(candidacies, "site") == 0
        assert overlapping(decisions, "candidacy") == 0
        opened = dict(zip(candidacies.series.tolist(), candidacies.since.tolist(), strict=True))
        for candidacy, since in zip(decisions.about["candidacy"].tolist(), decisions.since.tolist(), strict=True):
            assert opened[candidacy] <= since
        refused = decisions.about["outcome"] == "refused_by_site"
        assert refused.any()
        assert np.all((decisions.about["reason"] != "") == refused)
    assert len(filed[0].people) > hired(filed[0])


def test_hours_are_of_months_over_under_a_contract_at_a_site_and_closed_by_its_manager(filed: list[Filed]) -> None:
    for made in filed:
        hours, contracts = made.records["hours"], made.records["contracts"]
        person = dict(zip(contracts.series.tolist(), contracts.person.tolist(), strict=True))
        since = dict(zip(contracts.series.tolist(), contracts.since.tolist(), strict=True))
        site = dict(zip(contracts.series.tolist(), contracts.about["site"].tolist(), strict=True))
        assert len(hours.person) > 1000
        assert len(set(zip(hours.about["contract"].tolist(), hours.since.tolist(), strict=True))) == len(hours.person)
        for who, contract, at, ends in zip(
            hours.person.tolist(),
            hours.about["contract"].tolist(),
            hours.about["site"].tolist(),
            hours.until.tolist(),
            strict=True,
        ):
            assert (person[contract], site[contract]) == (who, at)
            assert since[contract] < ends <= UNTIL
        typed = set(zip(hours.about["site"].tolist(), hours.since.tolist(), strict=True))
        closed = list(zip(made.closings.site.tolist(), made.closings.month.tolist(), strict=True))
        assert set(closed) < typed
        assert len(set(closed)) == len(closed)
        assert {made.staff.missions[by].role for by in made.closings.by.tolist()} == {Role.SITE_MANAGER}


def test_each_path_that_ended_has_its_exit_and_the_job_that_it_led_to_begins_soon_after(filed: list[Filed]) -> None:
    jobs = 0
    for made in filed:
        exits, paths, contracts = made.records["exits"], made.records["pathways"], made.records["contracts"]
        stands = standing(paths)
        ends = dict(zip(paths.series[stands].tolist(), paths.until[stands].tolist(), strict=True))
        assert sorted(exits.about["pathway"].tolist()) == sorted(path for path, end in ends.items() if end is not None)
        begins = dict(zip(contracts.series.tolist(), contracts.since.tolist(), strict=True))
        whose = dict(zip(contracts.series.tolist(), contracts.person.tolist(), strict=True))
        for who, until, path, job in zip(
            exits.person.tolist(),
            exits.until.tolist(),
            exits.about["pathway"].tolist(),
            exits.about["job"].tolist(),
            strict=True,
        ):
            assert ends[path] == until
            if job >= 0:
                jobs += 1
                assert whose[job] == who
                assert until <= begins[job] <= until + timedelta(days=31)
    assert jobs > 50


def test_goals_have_words_and_a_result_once_they_are_settled_placements_once_they_are_over(filed: list[Filed]) -> None:
    for made in filed:
        goals, placements = made.records["goals"], made.records["placements"]
        assert all(goals.about["words"])
        assert np.all((goals.about["result"] == "") == np.isnat(goals.until))
        assert np.all((placements.about["result"] != "") == (placements.until <= LAST))
        assert np.all(placements.since < placements.until)


def test_support_that_goes_on_stops_for_a_reason_and_news_come_while_it_runs(filed: list[Filed]) -> None:
    for made in filed:
        threads, news = made.records["threads"], made.records["follow_ups"]
        assert overlapping(threads, "opener") == 0
        assert np.all((threads.about["ending"] == "") == np.isnat(threads.until))
        since = dict(zip(threads.series.tolist(), threads.since.tolist(), strict=True))
        assert len(news.person) > 10
        assert all(since[thread] <= on for thread, on in zip(news.about["thread"], news.since.tolist(), strict=True))


def test_appointments_to_come_are_of_people_followed_on_days_when_people_work(filed: list[Filed]) -> None:
    for made in filed:
        appointments, supports = made.records["appointments"], made.records["supports"]
        running = set(supports.person[standing(supports) & np.isnat(supports.until)].tolist())
        assert len(appointments.person) > 5
        assert set(appointments.person.tolist()) <= running
        assert np.all(np.is_busday(appointments.since))
        assert np.all(appointments.since >= np.datetime64(UNTIL))


def test_sites_outside_the_scheme_are_left_to_the_dataset() -> None:
    compared = parameters_from("[comparison]\nordinary_sites = 1\n", "test")
    made = [file(block, compared.means, UNTIL, SEED) for block in blocks(compared, UNTIL, people=60, seed=SEED)]
    assert [hired(each) for each in made] == [60, 0]
    assert len(made[1].people) == len(made[1].staff.missions) == 0
    assert all(len(records.person) == 0 for records in made[1].records.values())


def test_names_and_civil_status_are_true_to_the_dataset(drawn: list[Block], paris: Filed) -> None:
    people = drawn[0].tables["people"]
    rows = places(people["person"], paris.people)
    civil = paris.civil_statuses
    once = ~np.isin(np.arange(len(paris.people)), [second for _, second in paris.doubles])
    assert civil.birth_year[once].tolist() == people["birth_year"][rows][once].tolist()
    sexes = [*people.codes["sex"], ""]
    assert civil.sex[once].tolist() == [sexes[code] for code in people["sex"][rows][once]]
    assert set(civil.sex) <= {*(sex.value for sex in Sex), ""}
    unknown_year = civil.birth_year < 0
    assert unknown_year.any()
    assert (civil.birth_month[unknown_year] < 0).all()
    assert (civil.birth_day[civil.birth_month < 0] < 0).all()
    assert 0.8 < np.mean(civil.birth_day > 0) < 0.97
    assert {kind.value for kind in NameKind} == set(paris.names.kind)


def test_nothing_overlaps_on_a_line_where_one_thing_is_true_at_a_time(filed: list[Filed]) -> None:
    for made in filed:
        records = made.records
        assert overlapping(records["supports"], "site") == 0
        assert overlapping(records["pathways"]) == 0
        assert overlapping(records["situations"], "aspect") == 0
        assert overlapping(records["needs"], "need") == 0
        contracts = records["contracts"]
        assert overlapping(contracts, "site") - overlapping(at_no_site(contracts), "site") == 0


def at_no_site(records: Records) -> Records:
    kept = records.about["site"] < 0
    return records._replace(
        person=records.person[kept],
        since=records.since[kept],
        until=records.until[kept],
        written=records.written._replace(closed=records.written.closed[kept]),
        about={name: column[kept] for name, column in records.about.items()},
    )


def test_periods_end_after_they_begin(filed: list[Filed]) -> None:
    for made in filed:
        for records in made.records.values():
            assert (np.isnat(records.until) | (records.until > records.since)).all()
        assert (np.isnat(made.followings.until) | (made.followings.until > made.followings.since)).all()
        assert (np.isnat(made.referents.until) | (made.referents.until > made.referents.since)).all()


def test_versions_of_a_fact_follow_one_another_and_the_last_stands(paris: Filed) -> None:
    replaced = 0
    for name in ("supports", "pathways", "contracts", "situations", "needs"):
        records = paris.records[name]
        facts: dict[int, list[tuple[Any, Any, int]]] = {}
        for place, number in enumerate(records.series.tolist()):
            facts.setdefault(number, []).append((records.written.at[place], records.written.closed[place], place))
        for versions in facts.values():
            versions.sort()
            for (at, closed, _), (following, _, _) in pairwise(versions):
                assert at < closed == following
            assert np.isnat(versions[-1][1])
            assert len({records.person[place] for _, _, place in versions}) == 1
            assert len({records.since[place] for _, _, place in versions}) == 1
            replaced += len(versions) > 1
    assert replaced > 1000


def test_an_end_was_unknown_before_it_was_learnt(paris: Filed) -> None:
    for name in ("supports", "pathways", "situations", "needs"):
        records = paris.records[name]
        assert np.isnat(records.until[~standing(records)]).all()
        assert (~np.isnat(records.until[standing(records)])).any()


def test_a_contract_broken_off_was_first_noted_with_its_term(drawn: list[Block], paris: Filed) -> None:
    contracts, table = paris.records["contracts"], drawn[0].tables["contracts"]
    drawn_as = {
        (person, site, since): (term, ended)
        for person, site, since, term, ended in zip(
            table["person"], table["site"], table["since"], table["until"], table["ended_on"], strict=True
        )
        if site >= 0
    }
    told = 0
    for place, stands in enumerate(standing(contracts)):
        key = paris.people[contracts.person[place]], contracts.about["site"][place], contracts.since[place]
        if key in drawn_as:
            term, ended = drawn_as[key]
            assert contracts.until[place] == (ended if stands and not np.isnat(ended) else term)
            told += not stands
    assert told > 10


def test_nothing_is_written_later_than_the_last_working_day_nor_before_the_entry(filed: list[Filed]) -> None:
    for made in filed:
        for records in made.records.values():
            assert (records.written.at.astype("datetime64[D]") <= LAST).all()
            closed = records.written.closed[~standing(records)]
            assert (closed.astype("datetime64[D]") <= LAST).all()
        assert (made.entered.astype("datetime64[D]") <= LAST).all()
        for name in ("situations", "needs", "contacts", "notes"):
            records = made.records[name]
            day = made.entered[records.person].astype("datetime64[D]")
            assert (records.written.at.astype("datetime64[D]") >= day).all()


def test_things_are_written_on_working_days_and_hours(paris: Filed) -> None:
    for records in paris.records.values():
        days = records.written.at.astype("datetime64[D]")
        assert np.is_busday(days).mean() > 0.999
        hours = (records.written.at - days).astype("timedelta64[h]").astype(int)
        assert hours.min() >= 9
        assert hours.max() <= 17


def test_some_facts_were_first_noted_wrongly_or_are_to_be_checked(paris: Filed) -> None:
    situations = paris.records["situations"]
    versions = Counter(situations.series.tolist())
    firsts: dict[int, tuple[str, str]] = {}
    corrected = 0
    for place, number in enumerate(situations.series.tolist()):
        value = situations.about["value"][place], situations.about["missing"][place]
        corrected += firsts.setdefault(number, value) != value
    assert 0.005 < corrected / len(versions) < 0.05
    assert 0.01 < situations.about["doubtful"].mean() < 0.05


def test_codes_belong_to_their_vocabulary(filed: list[Filed]) -> None:
    for made in filed:
        situations = made.records["situations"].about
        for aspect in set(situations["aspect"].tolist()):
            values = {value.value for value in ASPECTS[aspect].values}
            told = set(situations["value"][situations["aspect"] == aspect].tolist()) - {""}
            assert told <= values
        assert ((situations["value"] == "") != (situations["missing"] == "")).all()
        needs = made.records["needs"].about
        assert set(needs["need"].tolist()) <= set(NEEDS)
        assert ((needs["level"] >= 0) == (needs["missing"] == "")).all()
        assert set(made.records["contacts"].about["kind"].tolist()) <= {kind.value for kind in ContactKind}
        contracts = made.records["contracts"].about
        assert ((contracts["site"] >= 0) == (contracts["employer"] == "")).all()
        assert (contracts["weekly_hours"] <= 35).all()


def test_a_review_that_found_nothing_new_writes_nothing(drawn: list[Block], paris: Filed) -> None:
    needs = paris.records["needs"]
    lines: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for place in np.flatnonzero(standing(needs)):
        line = needs.person[place], needs.about["need"][place]
        told = needs.about["level"][place], needs.about["missing"][place]
        lines.setdefault(line, []).append((needs.since[place], *told))
    reviews = len(drawn[0].tables["needs"])
    written = sum(map(len, lines.values()))
    assert written < reviews
    for ratings in lines.values():
        assert all(one[1:] != other[1:] for one, other in pairwise(sorted(ratings)))


def test_everybody_is_followed_by_a_counsellor_of_the_site_as_long_as_it_supports_her(filed: list[Filed]) -> None:
    for made in filed:
        missions = made.staff.missions
        supports = made.records["supports"]
        held: dict[tuple[int, int], list[tuple[Any, Any]]] = {}
        for person, mission, since, until in zip(
            made.followings.person.tolist(),
            made.followings.mission.tolist(),
            made.followings.since,
            np.where(np.isnat(made.followings.until), FAR, made.followings.until),
            strict=True,
        ):
            who = missions[mission]
            assert who.since <= since.item()
            assert who.until is None or until.item() <= who.until
            if who.role is Role.COUNSELLOR and who.site is not None:
                held.setdefault((person, who.site), []).append((since, until))
        for place in np.flatnonzero(standing(supports)):
            line = held[int(supports.person[place]), int(supports.about["site"][place])]
            until = FAR if np.isnat(supports.until[place]) else supports.until[place]
            days = sum(
                (min(until, end) - max(supports.since[place], start)).astype(int)
                for start, end in line
                if end > supports.since[place] and start < until
            )
            assert days == (until - supports.since[place]).astype(int)


def test_authors_are_counsellors_who_were_there(paris: Filed) -> None:
    missions = paris.staff.missions
    situations = paris.records["situations"].written
    written = list(zip(situations.by.tolist(), situations.at.astype("datetime64[D]").tolist(), strict=True))
    assert all(missions[by].role is Role.COUNSELLOR for by, _ in written)
    there = [missions[by].since <= on and (missions[by].until or date.max) >= on for by, on in written]
    assert np.mean(there) > 0.98  # a few write on the day on which another has taken over


def test_teams_are_as_large_as_their_people_ask_for_and_those_who_leave_are_replaced(filed: list[Filed]) -> None:
    means = parameters().means
    for made in filed:
        today = [mission for mission in made.staff.missions if mission.until is None]
        sites = {mission.site for mission in today}
        by_role = Counter((mission.site, mission.role) for mission in today)
        for site in sites:
            assert by_role[site, Role.SITE_MANAGER] == 1
            assert by_role[site, Role.COUNSELLOR] <= by_role[site, Role.WORK_SUPERVISOR]
        followed = Counter(
            mission
            for mission, until in zip(made.followings.mission.tolist(), made.followings.until, strict=True)
            if np.isnat(until) and made.staff.missions[mission].role is Role.COUNSELLOR
        )
        assert max(followed.values()) < 3 * means.people_per_counsellor
        left = [mission for mission in made.staff.missions if mission.until is not None]
        assert left
        assert all(timedelta(700) <= mission.until - mission.since for mission in left if mission.until)
    users = [user for made in filed for user in made.staff.users]
    assert all(user.given_name in STAFF for user in users)


def test_every_name_is_of_fiction(filed: list[Filed]) -> None:
    pool = set(family_pool())

    def fictitious(families: Iterable[str]) -> bool:
        return all(set(name.replace("-", " ").split(" ")) & pool for name in families if name)

    for made in filed:
        # A second file may misspell the word of fiction; it stays that of somebody fictitious.
        once = ~np.isin(made.names.person, [second for _, second in made.doubles])
        usual = once & (made.names.kind == NameKind.USUAL.value)
        assert fictitious(made.names.family[usual])
        assert fictitious(user.family_name for user in made.staff.users)
        assert fictitious(name.partition(" ")[2] for name in made.referents.name.tolist())
        for address in (*made.civil_statuses.email, *made.referents.email):
            assert address == "" or address.endswith(".example")


def test_second_files_are_of_people_who_had_left_another_site(filed: list[Filed]) -> None:
    found = 0
    for made in filed:
        supports = made.records["supports"]
        stands = standing(supports)
        until = np.where(np.isnat(supports.until), FAR, supports.until)
        for first, second in made.doubles:
            left = until[stands & (supports.person == first)].max()
            assert left < made.entered[second].astype("datetime64[D]")
            sites = [set(supports.about["site"][supports.person == each].tolist()) for each in (first, second)]
            assert sites[0] != sites[1]
        files = [file for pair in made.doubles for file in pair]
        assert len(files) == len(set(files))
        assert len(made.doubles) <= 0.02 * len(made.people) + 1
        found += len(made.doubles)
    assert found > 5


def test_most_second_files_are_written_otherwise_and_some_alike() -> None:
    block = next(blocks(parameters(), UNTIL, seed=SEED))
    made = file(block, parameters().means, UNTIL, SEED)
    usual = {
        person: (given, family)
        for person, kind, given, family in zip(*made.names, strict=True)
        if kind == NameKind.USUAL.value
    }
    alike = [usual[first] == usual[second] for first, second in made.doubles]
    assert 0.05 < np.mean(alike) < 0.8
    years = made.civil_statuses.birth_year
    near = [years[second] < 0 or abs(years[first] - years[second]) <= 1 for first, second in made.doubles]
    assert all(near)


def test_notes_are_sentences_about_meetings(filed: list[Filed]) -> None:
    for made in filed:
        notes, contacts = made.records["notes"], made.records["contacts"]
        met = set(zip(contacts.person.tolist(), contacts.since.tolist(), strict=True))
        assert set(zip(notes.person.tolist(), notes.since.tolist(), strict=True)) <= met
        assert all(body[0].isupper() and body.endswith((".", "!")) for body in notes.about["body"])
        assert set(notes.about["compartment"]) <= {"social", "work", "health"}


def test_a_date_before_the_second_site_opens_still_files_the_first() -> None:
    early: Parameters = parameters()
    (block,) = blocks(early, date(2013, 1, 7), people=20, seed=1)
    made = file(block, early.means, date(2013, 1, 7), 1)
    assert hired(made) == 20
    assert len(made.people) >= 20
