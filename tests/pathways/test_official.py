"""What the State's tool says: held by the database, noted once, compared with our contracts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from convergence.pathways.models import Contract, OfficialHire, OfficialPass, number_in_groups
from convergence.pathways.official import (
    HireSaid,
    PassSaid,
    differs,
    note,
    noted_hires,
    sayings_of,
    told_contract,
)
from convergence.platform.errors import sentence_of
from convergence.platform.identity import assume
from convergence.territories.periods import days
from convergence.vocabulary.passes import HireState, PassState
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]
SITE = 7
START = date(2024, 1, 8)
SAID = PassSaid("999992400042", START, START + timedelta(days=729), PassState.VALID, TODAY, "Anouk Fictive")


@pytest.fixture
def counsellor(world: World, acting_as: Acting) -> World:
    with acting_as("maint"):
        OfficialPass.objects.all().delete()
        OfficialHire.objects.all().delete()
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return world


def note_pass(person_id: int, said: PassSaid, source: str = "import:one") -> OfficialPass:
    """The version that stands after it."""
    note([(person_id, said)], source=source)
    return OfficialPass.objects.current().get(person_id=person_id, number=said.number)


def hire(starts: date = START, last_day: date | None = None, **more: Any) -> HireSaid:
    told: dict[str, Any] = {"employer": "Chantier", "state": HireState.ACCEPTED, "said_on": TODAY, "site_id": SITE}
    return HireSaid(starts=starts, last_day=last_day, **told | more)


def contract(starts: date, last_day: date | None = None, site_id: int | None = SITE) -> Contract:
    return Contract(site_id=site_id, kind="cddi", valid=days(starts, last_day))


# -- the database ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"number": "99999 24 00042"[:12]}, "douze chiffres"),
        ({"number": "9999924"}, "douze chiffres"),
        ({"number": "99999240004z"}, "douze chiffres"),
        ({"valid": DateRange(START, None)}, "une date de début, et une fin"),
        ({"valid": DateRange(None, START)}, "une date de début, et une fin"),
        ({"valid": DateRange(START, START)}, "une date de début, et une fin"),
    ],
)
def test_the_database_refuses_what_cannot_be_a_pass(counsellor: World, columns: dict[str, Any], sentence: str) -> None:
    whole: dict[str, Any] = {"number": SAID.number, "valid": days(SAID.starts, SAID.last_day), "state": "valid"}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        OfficialPass.objects.create(person=counsellor.anouk, said_on=TODAY, **whole | columns)
    assert sentence in sentence_of(refusal.value)


def test_a_number_stands_once_for_a_person_and_says_nothing_of_the_others(counsellor: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        note_pass(counsellor.sami.pk, SAID, source="import:test")
    note_pass(counsellor.anouk.pk, SAID, source="import:test")
    twice = OfficialPass(person=counsellor.anouk, number=SAID.number, state="valid", said_on=TODAY)
    twice.valid = days(SAID.starts, SAID.last_day)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        twice.save()
    assert "déjà noté pour cette personne" in sentence_of(refusal.value)


def test_a_number_is_shown_as_the_tool_writes_it() -> None:
    assert number_in_groups("999992400042") == "99999 24 00042"


# -- noting ------------------------------------------------------------------------------------------------------


def test_the_same_said_again_is_no_new_version_and_an_older_saying_changes_nothing(counsellor: World) -> None:
    person = counsellor.anouk.pk
    first = note_pass(person, SAID, source="import:one")
    assert note_pass(person, SAID, source="import:two") == first
    older = PassSaid(SAID.number, START, START + timedelta(days=99), PassState.EXPIRED, date(2026, 1, 1))
    assert note_pass(person, older, source="import:two") == first
    later = PassSaid(SAID.number, START, START + timedelta(days=899), PassState.VALID, TODAY, SAID.holder)
    second = note_pass(person, later, source="import:two")
    assert (second.series, second.source) == (first.series, "import:two")
    assert OfficialPass.objects.filter(person=person).count() == 2


def test_a_hiring_is_found_again_by_its_application_and_among_several_by_its_start(counsellor: World) -> None:
    applied = date(2023, 12, 5)
    told = [hire(applied_on=applied, site_id=None), hire(date(2024, 6, 3), applied_on=applied, site_id=None)]
    note([(counsellor.anouk.pk, one) for one in told], source="import:one")
    rows = list(OfficialHire.objects.order_by("pk"))
    assert noted_hires(told, rows) == rows
    assert noted_hires(told[::-1], rows) == rows[::-1]
    assert noted_hires([hire(date(2024, 1, 15), applied_on=applied)], rows[:1]) == rows[:1]
    assert noted_hires(told[::-1], rows[:1]) == [None, rows[0]], "one that is noted is spoken of once"
    assert noted_hires([hire(applied_on=date(2024, 3, 1))], rows) == [None]
    assert noted_hires([hire(employer="Un autre", applied_on=applied)], rows) == [None]


def test_everything_said_of_somebody_is_one_query(
    counsellor: World, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    person = counsellor.anouk.pk
    earlier = PassSaid("999991900001", date(2019, 1, 7), date(2021, 1, 5), PassState.EXPIRED, TODAY)
    for said in (earlier, SAID):
        note_pass(person, said, source="import:one")
    told = hire(last_day=date(2025, 1, 7), site_id=counsellor.site.pk, applied_on=date(2023, 12, 5))
    note([(person, told)], source="import:one")
    with django_assert_num_queries(1):
        found = sayings_of(person)
    assert [said for _pk, said in found.passes] == [SAID, earlier]
    assert [said for _pk, said in found.hires] == [told]


def test_many_people_are_noted_in_a_few_statements(
    counsellor: World, django_assert_max_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    person = counsellor.anouk.pk
    many = [replace(SAID, number=f"9999924{rank:05d}") for rank in range(40)]
    with django_assert_max_num_queries(9):
        note([(person, said) for said in many], source="import:one")
    later = [replace(said, state=PassState.EXPIRED) for said in many]
    with django_assert_max_num_queries(9):
        assert note([(person, said) for said in later], source="import:two") == 40
    assert OfficialPass.objects.current().filter(person=person, state="expired").count() == 40


def test_nothing_said_is_read_of_somebody_of_another_site(counsellor: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        note_pass(counsellor.sami.pk, SAID, source="import:test")
    assert sayings_of(counsellor.sami.pk).passes == []


# -- held against our contracts ----------------------------------------------------------------------------------


def test_the_contract_told_is_that_of_the_same_start_else_the_nearest_that_overlaps() -> None:
    first, second = contract(START, date(2024, 6, 30)), contract(date(2024, 7, 1), date(2025, 7, 1))
    assert told_contract(SITE, START, None, [second, first]) is first
    assert told_contract(SITE, date(2024, 7, 8), date(2024, 9, 1), [first, second]) is second
    assert told_contract(SITE, date(2024, 1, 15), None, [second, first]) is first
    assert told_contract(SITE, date(2026, 1, 5), None, [first, second]) is None
    assert told_contract(8, START, None, [first, second]) is None
    assert told_contract(None, START, None, [contract(START, None, None)]) is None


@pytest.mark.parametrize(
    ("told", "ours", "other"),
    [
        (hire(last_day=date(2025, 1, 7)), contract(START, date(2025, 1, 7)), False),
        (hire(), contract(START, date(2025, 1, 7)), False),
        (hire(last_day=date(2025, 1, 7)), contract(START, date(2025, 1, 8)), True),
        (hire(last_day=date(2025, 1, 7)), contract(START), True),
        (hire(date(2024, 1, 9)), contract(START), True),
        (hire(), None, True),
        (hire(site_id=None), None, False),
        (hire(state=HireState.CANCELLED), contract(START), True),
        (hire(state=HireState.CANCELLED), contract(date(2024, 1, 9)), False),
        (hire(state=HireState.CANCELLED), None, False),
    ],
)
def test_a_hiring_differs_by_its_start_its_end_or_our_having_no_contract(
    told: HireSaid, ours: Contract | None, other: bool
) -> None:
    assert differs(told, ours) is other


DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))


@given(starts=st.lists(DAYS, min_size=1, max_size=4), length=st.integers(0, 400), at=st.integers(0, 3))
def test_one_s_own_contract_never_differs_from_the_hiring_that_tells_it(
    starts: list[date], length: int, at: int
) -> None:
    contracts = [contract(day, day + timedelta(days=length)) for day in dict.fromkeys(starts)]
    ours = contracts[at % len(contracts)]
    told = hire(ours.valid.lower, ours.valid.lower + timedelta(days=length))
    found = told_contract(SITE, told.starts, told.last_day, contracts)
    assert found is ours
    assert not differs(told, found)
