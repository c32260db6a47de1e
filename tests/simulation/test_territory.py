"""The drawn territory: the same each time, at the scheme's dates, and nobody real in it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from convergence.simulation.names import MEN, STAFF, SURNAMES, WOMEN, without_accents
from convergence.simulation.records import World
from convergence.simulation.territory import draw
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.people import NameKind, Sex
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role
from convergence.vocabulary.situations import ASPECTS

UNTIL = date(2026, 11, 23)  # a Monday
SEED = 7
FAR = date(9999, 1, 1)
FAMILY_NAMES = set(SURNAMES)


@pytest.fixture(scope="module")
def world() -> World:
    return draw(SEED, UNTIL)


def under_contract(world: World, day: date) -> set[int]:
    return {c.person for c in world.contracts if c.site is not None and c.since <= day < (c.until or FAR)}


def current(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.superseded_at is None]


def overlaps(rows: Iterable[Any], *key: str) -> list[tuple[Any, Any]]:
    lines: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        lines[tuple(getattr(row, name) for name in key)].append(row)
    met = []
    for line in lines.values():
        line.sort(key=lambda row: row.since)
        met += [(one, other) for one, other in pairwise(line) if (one.until or FAR) > other.since]
    return met


def test_the_same_seed_and_date_draw_the_same_world(world: World) -> None:
    assert draw(SEED, UNTIL) == world


def test_another_seed_draws_other_people(world: World) -> None:
    assert draw(SEED + 1, UNTIL).names != world.names


@pytest.mark.parametrize(
    ("seed", "until"),
    [(SEED, UNTIL), (1, date(2026, 11, 22)), (2, date(2024, 2, 29)), (3, date(2020, 1, 1)), (4, date(2028, 12, 31))],
)
def test_some_220_people_are_under_contract(seed: int, until: date) -> None:
    assert 200 <= len(under_contract(draw(seed, until), until)) <= 240


def test_those_who_left_are_modest_in_number(world: World) -> None:
    assert 500 <= len(world.people) <= 700


def test_a_date_before_the_four_sites_were_at_work_is_refused() -> None:
    with pytest.raises(ValueError, match="2019-01-01"):
        draw(SEED, date(2018, 12, 31))


def test_sites_open_at_the_dates_of_the_scheme(world: World) -> None:
    opened = {site.name: (site.opened.year, site.opened.month) for site in world.sites}
    assert opened == {
        "Emmaüs Défi": (2012, 3),
        "Prélude": (2016, 4),
        "Bio-nettoyage": (2018, 1),
        "Rejoué": (2018, 1),
    }
    assert all(c.since >= world.sites[c.site].opened for c in world.contracts if c.site is not None)
    assert all(s.since >= world.sites[s.site].opened for s in world.supports)
    assert world.territories[0].name.endswith("(démonstration)")


def test_a_siret_passes_the_check_and_belongs_to_nobody(world: World) -> None:
    for site in world.sites:
        assert re.fullmatch(r"000\d{11}", site.siret)
        for digits in (site.siret, site.siret[:9]):
            doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
            assert sum(number // 10 + number % 10 for number in doubled) % 10 == 0
    assert len({site.siret for site in world.sites}) == len(world.sites)


def test_authorities_change_names_on_their_day(world: World) -> None:
    renamed = {f.name: (world.funders[f.formerly], f) for f in world.funders if f.formerly is not None}
    assert set(renamed) == {"DRIHL Paris", "DRIEETS Île-de-France", "Fonds social européen plus (FSE+)"}
    assert all(before.named_until == after.named_since for before, after in renamed.values())
    assert renamed["DRIEETS Île-de-France"][1].named_since == date(2021, 4, 1)


def test_every_role_is_held_today_and_some_missions_have_ended(world: World) -> None:
    running = Counter(m.role for m in world.missions if m.until is None)
    assert set(running) == {role.value for role in Role}
    assert running[Role.COORDINATOR] == 1
    assert running[Role.PARTNERSHIP_OFFICER] == 3
    assert running[Role.SITE_MANAGER] == len(world.sites)
    assert any(m.until is not None for m in world.missions)
    for site in world.sites:
        counsellors = [m for m in world.missions if m.site == site.key and m.role == Role.COUNSELLOR and not m.until]
        assert 2 <= len(counsellors) <= 4
    for m in world.missions:
        assert (m.site is not None) == (m.role in SITE_ROLES)
        assert (m.territory is not None) == (m.role in TERRITORY_ROLES)
        assert m.until is None or m.since < m.until


def test_no_phc_contract_before_2023_and_it_starts_at_four_hours(world: World) -> None:
    phc = [c for c in world.contracts if c.programme == Programme.PHC]
    assert phc
    assert min(c.since for c in phc) >= date(2023, 1, 1)
    first: dict[int, Any] = {}
    for c in sorted(phc, key=lambda c: c.since):
        first.setdefault(c.person, c)
    assert {c.weekly_hours for c in first.values()} == {4}


def test_a_path_holds_at_most_sixty_months_of_contracts(world: World) -> None:
    days: Counter[int] = Counter()
    for c in world.contracts:
        if c.kind in (ContractKind.CDDI, ContractKind.EI):
            assert c.until is not None
            days[c.person] += (c.until - c.since).days
    assert max(days.values()) <= 5 * 366


def test_facts_of_one_aspect_never_overlap(world: World) -> None:
    assert overlaps(current(world.situations), "person", "aspect") == []
    assert overlaps(current(world.needs), "person", "need") == []
    assert overlaps(current(world.supports), "person", "site") == []
    assert overlaps(current(world.pathways), "person") == []
    assert overlaps(world.assignments, "person", "mission") == []
    assert overlaps(world.staff_means, "post") == []
    assert overlaps([c for c in world.contracts if c.kind == ContractKind.CDDI], "person") == []


def test_a_period_is_never_empty(world: World) -> None:
    for rows in (world.situations, world.needs, world.supports, world.pathways, world.assignments, world.contracts):
        assert [row for row in rows if row.until is not None and row.until <= row.since] == []
    assert [r for r in world.outside_referents if r.until is not None and r.until <= r.since] == []


def test_codes_belong_to_the_vocabulary(world: World) -> None:
    for s in world.situations:
        assert ASPECTS[s.aspect].values.has(s.value) if s.value else Missing.has(s.missing)
        assert bool(s.value) != bool(s.missing)
        assert s.expires_on is None or ASPECTS[s.aspect].has_expiry
    assert {s.missing for s in world.situations if s.missing} == {kind.value for kind in Missing}
    for n in world.needs:
        assert n.need in NEEDS
        assert n.level in range(5) if n.level is not None else Missing.has(n.missing)
    assert all(ContractKind.has(c.kind) and (not c.programme or Programme.has(c.programme)) for c in world.contracts)
    assert all(ContactKind.has(c.kind) for c in world.contacts)
    compartments = {n.compartment for n in world.notes} | {r.compartment for r in world.outside_referents}
    assert all(Compartment.has(code) for code in compartments)
    assert all(NameKind.has(n.kind) for n in world.names)
    assert all(not c.sex or Sex.has(c.sex) for c in world.civil_statuses)


def test_nothing_is_learnt_on_the_day_itself_or_later(world: World) -> None:
    for f in fields(World):
        for row in getattr(world, f.name):
            for moment in (getattr(row, "recorded_at", None), getattr(row, "superseded_at", None)):
                assert moment is None or moment.date() < UNTIL
    assert all(s.since < UNTIL and (s.until or UNTIL) <= UNTIL for s in world.situations)
    assert all(s.since < UNTIL and (s.until or UNTIL) <= UNTIL for s in current(world.supports))
    assert max(c.day for c in world.contacts) < UNTIL
    assert max(n.day for n in world.notes) < UNTIL


def test_facts_are_noted_in_working_hours(world: World) -> None:
    moments: list[datetime] = [s.recorded_at for s in world.situations] + [n.recorded_at for n in world.notes]
    assert all(9 <= moment.hour < 18 and moment.weekday() < 5 for moment in moments)


def test_two_versions_of_a_fact_follow_each_other_in_time(world: World) -> None:
    for rows in (world.situations, world.needs, world.supports, world.pathways):
        histories: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            histories[row.series].append(row)
        assert any(len(history) > 1 for history in histories.values())
        for history in histories.values():
            for earlier, later in pairwise(history):
                assert earlier.superseded_at == later.recorded_at > earlier.recorded_at
            assert history[-1].superseded_at is None


def test_a_correction_keeps_what_stood_before(world: World) -> None:
    values: dict[int, set[str]] = defaultdict(set)
    for s in world.situations:
        values[s.series].add(s.value)
    assert any(len(told) > 1 for told in values.values())


def test_support_covers_the_contracts_and_a_year_at_most_after_them(world: World) -> None:
    for c in world.contracts:
        if c.site is None:
            continue
        supports = [s for s in current(world.supports) if s.person == c.person and s.site == c.site]
        assert any(s.since <= c.since and (s.until or FAR) >= min(c.until or FAR, UNTIL) for s in supports)
    left = {p.person: p.until for p in current(world.pathways) if p.until}
    assert left
    for s in current(world.supports):
        if s.person in left:
            assert (s.until or UNTIL) <= left[s.person] + timedelta(days=366)


def test_some_have_not_been_met_for_a_month_and_some_papers_lapse(world: World) -> None:
    met: dict[int, date] = {}
    for c in world.contacts:
        if ContactKind(c.kind).reached:
            met[c.person] = max(met.get(c.person, c.day), c.day)
    here = under_contract(world, UNTIL)
    unseen = [p for p in here if (UNTIL - met.get(p, date.min)).days >= 30]
    assert 5 <= len(unseen) <= 60
    assert any(c.kind == ContactKind.CALL_NO_ANSWER for c in world.contacts)
    running = [s.expires_on for s in current(world.situations) if s.person in here and not s.until and s.expires_on]
    assert any(day < UNTIL for day in running)
    assert any(UNTIL <= day <= UNTIL + timedelta(days=60) for day in running)


def test_about_six_in_ten_have_a_referent_elsewhere(world: World) -> None:
    assert 0.5 < len({r.person for r in world.outside_referents}) / len(world.people) < 0.7


def test_a_birth_date_is_partly_unknown_in_about_one_file_in_eight(world: World) -> None:
    partial = sum(c.birth_day is None for c in world.civil_statuses) / len(world.people)
    assert 0.08 < partial < 0.18
    for c in world.civil_statuses:
        assert c.birth_month is None or c.birth_year is not None
        if c.birth_day is not None:
            date(c.birth_year or 0, c.birth_month or 0, c.birth_day)


def test_every_name_comes_from_the_fictitious_lists(world: World) -> None:
    plain = {without_accents(name) for name in SURNAMES} | FAMILY_NAMES
    for name in world.names:
        assert set(name.family_name.split("-")) <= plain or (not name.family_name and name.kind == NameKind.KNOWN_AS)
        if name.kind == NameKind.USUAL:
            assert not name.given_name or name.given_name in WOMEN + MEN
    usual = [n for n in world.names if n.kind == NameKind.USUAL]
    assert len(usual) == len(world.people) == len({n.person for n in usual})
    assert any(not n.given_name for n in usual)
    assert any(n.kind == NameKind.SPELLING for n in world.names)
    for user in world.users:
        assert user.given_name in STAFF
        assert user.family_name in FAMILY_NAMES
    for r in world.outside_referents:
        assert not r.name or r.name.rsplit(maxsplit=1)[1] in FAMILY_NAMES


def test_every_address_and_number_lies_in_a_range_kept_for_fiction(world: World) -> None:
    emails = [u.email for u in world.users] + [c.email for c in world.civil_statuses]
    emails += [r.email for r in world.outside_referents]
    phones = [c.phone for c in world.civil_statuses] + [r.phone for r in world.outside_referents]
    assert all(re.fullmatch(r"[a-z.-]+@[a-z]+\.example", email) for email in emails if email)
    assert all(re.fullmatch(r"(06 39 98|01 99 00) \d\d \d\d", phone) for phone in phones if phone)
    assert any(emails)
    assert any(phones)
    assert len({u.email for u in world.users}) == len(world.users)


def test_notes_are_short_varied_and_complete(world: World) -> None:
    bodies = [note.body for note in world.notes]
    assert all(10 < len(body) < 200 and "{" not in body and body.endswith(".") for body in bodies)
    assert len(set(bodies)) > 200
    assert {note.compartment for note in world.notes} >= {"social", "work", "health"}


def test_rows_name_each_other_by_position(world: World) -> None:
    for rows in (world.sites, world.users, world.missions, world.people, world.funders, world.operators):
        assert [row.key for row in rows] == list(range(len(rows)))
    assert all(world.missions[a.mission].role in (Role.COUNSELLOR, Role.WORK_SUPERVISOR) for a in world.assignments)
    for a in world.assignments:
        mission = world.missions[a.mission]
        assert mission.since <= a.since
        assert (a.until or FAR) <= (mission.until or FAR)
