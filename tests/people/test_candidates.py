"""A site's candidate: who reads what of her, from when to when, and what nobody writes before her start."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import Readable
from convergence.pathways.recording import Terms, sign
from convergence.people.candidates.recording import admit_candidate, keep_candidate_until, open_candidate, take_on
from convergence.people.entry import Newcomer, open_support
from convergence.people.models import Candidate, CivilStatus, Person, PersonName, Support
from convergence.people.search import search_people
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.support.models import Note
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, one_day

Acting = Callable[[str], AbstractContextManager[None]]
DAY = timedelta(days=1)
NOA = Newcomer(given_name="Noa", family_name="Inventé", birth_year=1991, phone="06 39 98 12 34")
RECEIVERS = {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}


@pytest.fixture
def noa(world: World) -> Person:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return admit_candidate(NOA, world.site.pk, TODAY - 10 * DAY)


def reads(world: World, role: Role, person: Person, day: date = TODAY) -> tuple[bool, bool]:
    """(name, civil status) of the person, read by the role at her site on a day."""
    assume(world.users[role].pk, day)
    return (
        PersonName.objects.filter(person=person).exists(),
        CivilStatus.objects.filter(person=person).exists(),
    )


@pytest.mark.parametrize("role", list(Role))
def test_those_who_may_hire_at_that_site_read_her_name_and_how_to_reach_her(
    world: World, noa: Person, role: Role
) -> None:
    assert reads(world, role, noa) == (role in RECEIVERS, role in RECEIVERS)
    assume(world.elsewhere[role].pk, TODAY)
    assert not PersonName.objects.filter(person=noa).exists()


def cells(person: Person, day: date = TODAY) -> set[tuple[str, bool]]:
    today = Readable.objects.filter(person_id=person.pk, valid__contains=day)
    return set(today.values_list("compartment", "may_write").distinct())


WRITTEN = {("identity", True), ("contact", True), ("candidacy", True)}


def test_her_name_contact_and_candidacy_are_written_and_her_path_read_only(world: World, noa: Person) -> None:
    assert cells(noa) == WRITTEN | {("path", False)}


def test_her_path_is_read_no_more_from_the_day_on_which_her_candidacy_closes(world: World, noa: Person) -> None:
    keep_candidate_until(noa.pk, world.site.pk, TODAY + 730 * DAY)
    assert cells(noa) == WRITTEN
    assume(world.users[Role.SITE_MANAGER].pk, TODAY + 729 * DAY)
    assert cells(noa, TODAY + 729 * DAY) == WRITTEN
    open_candidate(noa.pk, world.site.pk, TODAY)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert cells(noa) == WRITTEN | {("path", False)}


def test_one_closed_on_the_day_she_came_was_never_read_further(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    person = admit_candidate(NOA, world.site.pk, TODAY)
    keep_candidate_until(person.pk, world.site.pk, TODAY + 730 * DAY)
    assert cells(person) == WRITTEN


def test_nothing_of_social_health_or_justice_nor_a_contract_is_written_before_her_start(
    world: World, noa: Person
) -> None:
    for compartment in ("work", "social", "health", "justice"):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Note.objects.create(person=noa, compartment=compartment, body="Mot fictif.", valid=one_day(TODAY))
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        sign(noa.pk, Terms(kind="cddi", starts=TODAY, last_day=TODAY + 200 * DAY, site_id=world.site.pk))


def test_she_is_found_by_name_and_supported_by_nobody(world: World, noa: Person) -> None:
    assert search_people("Noa Inventé") == [noa.pk]
    assert not Support.objects.filter(person=noa).exists()


def test_reading_ends_with_the_day_until_which_she_is_kept(world: World, noa: Person) -> None:
    end = TODAY + 730 * DAY
    keep_candidate_until(noa.pk, world.site.pk, end)
    assert reads(world, Role.COUNSELLOR, noa, end - DAY) == (True, True)
    assert reads(world, Role.COUNSELLOR, noa, end) == (False, False)


def test_another_candidacy_goes_on_with_the_same_file(world: World, noa: Person) -> None:
    keep_candidate_until(noa.pk, world.site.pk, TODAY + 730 * DAY)
    open_candidate(noa.pk, world.site.pk, TODAY)
    (row,) = Candidate.objects.current().filter(person=noa)
    assert (row.starts, row.ends) == (TODAY - 10 * DAY, None)


def test_her_start_makes_the_support_and_ends_the_candidate(world: World, noa: Person) -> None:
    take_on(noa.pk, world.site.pk, TODAY)
    (support,) = Support.objects.current().filter(person=noa)
    assert (support.site_id, support.starts, support.ends) == (world.site.pk, TODAY, None)
    (row,) = Candidate.objects.current().filter(person=noa)
    assert row.ends == TODAY
    Note.objects.create(person=noa, compartment="social", body="Mot fictif.", valid=one_day(TODAY))
    with pytest.raises(Refused):
        take_on(noa.pk, world.site.pk, TODAY)


def test_whoever_only_considers_her_does_not_open_the_whole_of_her_file(world: World, acting_as: Acting) -> None:
    """Anouk, whom the first site supports, was a candidate at the other: its team hands her over to nobody."""
    with acting_as("maint"):
        Candidate.objects.create(person=world.anouk, site=world.other_site, valid=DateRange(LONG_AGO, TODAY + DAY))
    for role in RECEIVERS:
        assume(world.elsewhere[role].pk, TODAY)
        assert PersonName.objects.filter(person=world.anouk).exists()
        with pytest.raises(Refused, match="ne pouvez pas confier"):
            open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
        assert not Note.objects.filter(person=world.anouk, compartment="social").exists()


def test_one_who_starts_on_the_day_of_her_orientation_leaves_no_empty_period(world: World) -> None:
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    person = admit_candidate(NOA, world.site.pk, TODAY)
    take_on(person.pk, world.site.pk, TODAY)
    assert not Candidate.objects.current().filter(person=person).exists()
    assert PersonName.objects.filter(person=person).exists()


@pytest.mark.parametrize("role", list(Role))
def test_others_receive_close_and_take_on_nobody(world: World, noa: Person, role: Role) -> None:
    assume(world.elsewhere[role].pk, TODAY)
    with pytest.raises(Refused):
        open_candidate(noa.pk, world.site.pk, TODAY)
    with pytest.raises(Refused):
        keep_candidate_until(noa.pk, world.site.pk, TODAY)
    with pytest.raises(Refused):
        take_on(noa.pk, world.site.pk, TODAY)
    assume(world.users[role].pk, TODAY)
    if role not in RECEIVERS:
        with pytest.raises(Refused):
            admit_candidate(NOA, world.site.pk, TODAY)
    # A stranger's file is no way in, even for those who receive people at their own site.
    with pytest.raises(Refused):
        open_candidate(world.sami.pk, world.site.pk, TODAY)


@pytest.mark.parametrize("since", [TODAY + DAY, LONG_AGO - DAY])
def test_nobody_is_received_on_a_day_to_come_nor_before_the_site_opened(world: World, since: date) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused):
        admit_candidate(NOA, world.site.pk, since)


def test_readable_made_anew_says_the_same_of_candidates(world: World, noa: Person, acting_as: Acting) -> None:
    with acting_as("maint"), connection.cursor() as cursor:
        before = set(Readable.objects.values_list("scope_id", "person_id", "compartment", "may_write", "valid"))
        cursor.execute("SELECT rebuild_readable()")
        after = set(Readable.objects.values_list("scope_id", "person_id", "compartment", "may_write", "valid"))
    assert noa.pk in {row[1] for row in before}
    assert before == after
