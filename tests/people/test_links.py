"""What a link shares, with whom, and that nothing of it is left when it is undone."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import AccessRecord, User
from convergence.pathways.linked import Shared, shared_by_links
from convergence.pathways.models import Contract, OfficialPass
from convergence.people.likeness.deciding import decide
from convergence.people.likeness.files import look_at
from convergence.people.likeness.models import Likeness, LikenessDecision
from convergence.people.likeness.searching import search
from convergence.people.models import CivilStatus, Person, Support
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.territories.models import Site, Territory
from convergence.vocabulary.likeness import LikenessState, Verdict
from convergence.vocabulary.roles import Role
from tests.access.test_table_matrix import readable_tables, rows_about
from tests.builders import LONG_AGO, TODAY, World, fill_file
from tests.people.pairs import pair_of, rename, say, searched, someone
from tests.platform.conftest import Committed, committed

__all__ = ["committed"]

Acting = Callable[[str], AbstractContextManager[None]]
DAY = timedelta(days=1)


@pytest.fixture
def here(world: World, acting_as: Acting) -> Person:
    """At the first site, under contract since June 2025."""
    with acting_as("maint"):
        person = someone("Souleymane", "Maquette", world.site)
        fill_file(person, world.site, TODAY)
        Contract.objects.filter(person=person).update(valid=DateRange(date(2025, 6, 1), None))
    return person


@pytest.fixture
def there(world: World, acting_as: Acting) -> Person:
    """At the second site: a contract from January to the end of June 2025, a PASS."""
    with acting_as("maint"):
        person = someone("Suleiman", "Maquette", world.other_site, birth_day=None)
        fill_file(person, world.other_site, TODAY)
        Contract.objects.filter(person=person).update(valid=DateRange(date(2025, 1, 1), date(2025, 7, 1)))
        OfficialPass.objects.filter(person=person).delete()
        OfficialPass.objects.create(
            person=person,
            number="999992400001",
            state="valid",
            said_on=TODAY,
            valid=DateRange(date(2025, 1, 1), date(2027, 1, 1)),
        )
    return person


@pytest.fixture
def pair(world: World, acting_as: Acting, here: Person, there: Person) -> Likeness:
    searched(world, acting_as)
    return pair_of(acting_as, here, there)


def shared(user: User, person: Person, day: date = TODAY) -> Shared:
    """Everything that a link shares with somebody about a person."""
    assume(user.pk, day)
    return shared_by_links(person.pk, "person")


NOTHING = Shared()


def test_a_link_shares_identity_pass_and_days_used_with_each_side(world: World, pair: Likeness, here: Person) -> None:
    say(world.users[Role.COORDINATOR], pair, Verdict.SAME)
    found = shared(world.users[Role.COUNSELLOR], here)
    (other,) = found.files
    assert other.file.name == "Suleiman Maquette"
    assert other.file.birth == "05/1985"
    assert [(stay.site, stay.first_day, stay.last_day) for stay in other.file.sites] == [
        ("Chantier des Tilleuls", LONG_AGO, None)
    ]
    assert other.linked_by == "Ici-coordinator Exemple"
    assert found.days == [(date(2025, 1, 1), TODAY)]
    assert found.days_used == (TODAY - date(2025, 1, 1)).days + 1
    assert [(one.number, one.first_day, one.last_day) for one in found.passes] == [
        ("999992400001", date(2025, 1, 1), date(2026, 12, 31))
    ]


def test_days_are_counted_once_and_only_up_to_today(world: World, pair: Likeness, there: Person) -> None:
    say(world.users[Role.COORDINATOR], pair, Verdict.SAME)
    march = date(2025, 3, 31)
    assert shared(world.elsewhere[Role.COUNSELLOR], there, march).days == [(date(2025, 1, 1), march)]


def test_each_role_gets_of_a_link_what_it_reads_of_the_person(world: World, pair: Likeness, here: Person) -> None:
    say(world.users[Role.COORDINATOR], pair, Verdict.SAME)
    got = {role for role in Role if shared(world.users[role], here) != NOTHING}
    assert got == {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}
    for role in Role:
        assert shared(world.elsewhere[role], here) == NOTHING, role
        assert shared(world.former[role], here) == NOTHING, role
    assert shared(User(pk=None), here) == NOTHING


def test_a_link_opens_no_row_of_the_other_file_to_anybody(world: World, pair: Likeness, there: Person) -> None:
    say(world.users[Role.COORDINATOR], pair, Verdict.SAME)
    for role in Role:
        assume(world.users[role].pk, TODAY)
        assert [table for table in readable_tables() if rows_about(table, there)] == [], role


def test_a_link_undone_leaves_nothing_shared_on_either_side(
    world: World, pair: Likeness, here: Person, there: Person
) -> None:
    sides = [(world.users[role], here) for role in Role] + [(world.elsewhere[role], there) for role in Role]
    before = [shared(user, person) for user, person in sides]
    coordinator = world.users[Role.COORDINATOR]
    say(coordinator, pair, Verdict.SAME)
    assert [shared(user, person) for user, person in sides] != before
    say(coordinator, pair, Verdict.UNDONE)
    assert before == [NOTHING] * len(sides)
    assert [shared(user, person) for user, person in sides] == before
    history = list(LikenessDecision.objects.filter(likeness=pair).values_list("verdict", "decided_by"))
    assert history == [(Verdict.UNDONE, coordinator.pk), (Verdict.SAME, coordinator.pk)]


def test_what_is_shared_of_a_file_is_a_look_at_it_on_record(
    world: World, pair: Likeness, here: Person, there: Person, acting_as: Acting
) -> None:
    say(world.users[Role.COORDINATOR], pair, Verdict.SAME)
    counsellor = world.users[Role.COUNSELLOR]
    shared(counsellor, here)
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(actor_id=counsellor.pk, person_id=there.pk)
        assert [(look.page, look.compartments) for look in looks] == [("person", ["contact", "identity", "work"])]


def test_undoing_one_link_of_a_group_leaves_the_others(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        one, two, three = (someone("Bintou", "Illusion", world.site) for _ in range(3))
    searched(world, acting_as)
    counsellor = world.users[Role.COUNSELLOR]
    first, second = pair_of(acting_as, one, two), pair_of(acting_as, two, three)
    say(counsellor, first, Verdict.SAME)
    say(counsellor, second, Verdict.SAME)
    assert {other.file.person_id for other in shared(counsellor, one).files} == {two.pk, three.pk}
    say(counsellor, first, Verdict.UNDONE)
    assert shared(counsellor, one).files == []
    assert {other.file.person_id for other in shared(counsellor, three).files} == {two.pk}


def test_undoing_one_of_three_links_that_go_round_tells_that_the_two_others_still_join(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        files = [someone("Bintou", "Illusion", world.site) for _ in range(3)]
    searched(world, acting_as)
    counsellor = world.users[Role.COUNSELLOR]
    pairs = [pair_of(acting_as, files[one], files[two]) for one, two in ((0, 1), (1, 2), (0, 2))]
    for pair in pairs:
        say(counsellor, pair, Verdict.SAME)
    told = []
    for pair in pairs:
        assume(counsellor.pk, TODAY)
        told.append(decide(pair, Likeness.objects.get(pk=pair.pk).version, Verdict.UNDONE))
    assert told == [True, False, False]
    assert [shared(counsellor, person).files for person in files] == [[], [], []]


def test_a_link_between_files_that_no_longer_look_alike_can_still_be_undone_once_a_site_hands_over(
    world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        one, two = (someone("Bintou", "Illusion", world.site) for _ in range(2))
    searched(world, acting_as)
    pair = pair_of(acting_as, one, two)
    say(world.users[Role.COUNSELLOR], pair, Verdict.SAME)
    with acting_as("maint"):
        rename(two, "Perrine", "Autrement")
        CivilStatus.objects.filter(person=two).update(birth_year=1961, birth_month=1, birth_day=2)
        Support.objects.filter(person=two).update(site=world.other_site)
    searched(world, acting_as)
    assert pair_of(acting_as, one, two).state == LikenessState.LINKED
    say(world.users[Role.COORDINATOR], pair, Verdict.UNDONE)
    assert shared(world.users[Role.COUNSELLOR], one) == NOTHING


def test_the_pairs_of_a_site_that_passes_to_another_territory_pass_with_it(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        one, two = (someone("Bintou", "Illusion", site) for site in (world.site, world.other_site))
    searched(world, acting_as)
    pair = pair_of(acting_as, one, two)
    with acting_as("maint"):
        far = Territory.objects.create(name="Territoire lointain")
        Site.objects.filter(territory=world.territory).update(territory=far)
        world.elsewhere[Role.COORDINATOR].missions.update(territory=far)
    with acting_as("worker"):
        search(far.pk, TODAY)
    assume(world.users[Role.COORDINATOR].pk, TODAY)
    assert not Likeness.objects.exists()
    assert look_at("likeness", [pair]) == {}
    assume(world.elsewhere[Role.COORDINATOR].pk, TODAY)
    assert Likeness.objects.filter(pk=pair.pk).exists()


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        (somebody,) = cursor.fetchone()
    return bool(somebody)


def at_the_same_time(committed: Committed, first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Two coordinators in two transactions: the second begins while the first is not yet committed."""
    began = Event()

    def leading() -> str:
        with transaction.atomic():
            assume(committed.world.users[Role.COORDINATOR].pk, today())
            first()
            began.set()
            deadline = time.monotonic() + 20
            while not waiting():
                assert time.monotonic() < deadline, "nobody came second"
                time.sleep(0.02)
        return "done"

    def following() -> str:
        assert began.wait(20)
        try:
            with transaction.atomic():
                assume(committed.world.elsewhere[Role.COORDINATOR].pk, today())
                second()
        except Refused as refusal:
            return str(refusal)
        return "done"

    running = [committed.start(leading), committed.start(following)]
    return [one.result(60) for one in running]


def made(committed: Committed, count: int, **civil: Any) -> list[Likeness]:
    """Pairs of files alternately at the two sites, all alike; committed, as they stand."""
    world = committed.world

    def build() -> None:
        for number in range(count):
            someone("Bintou", "Illusion", (world.site, world.other_site)[number % 2], **civil)

    committed.as_maint(build)
    committed.run(lambda: search(world.territory.pk, today()), "worker")
    return committed.run(lambda: list(Likeness.objects.order_by("low_id", "high_id")), "maint")


def test_two_coordinators_decide_the_same_pair_and_the_second_is_told(committed: Committed) -> None:
    (pair,) = made(committed, 2)
    answers = at_the_same_time(
        committed,
        lambda: decide(pair, pair.version, Verdict.SAME, "Vérifié."),
        lambda: decide(pair, pair.version, Verdict.APART, "Non."),
    )
    assert answers[0] == "done"
    assert "Ici-coordinator Exemple a décidé" in answers[1]
    states = committed.run(lambda: list(Likeness.objects.values_list("state", flat=True)), "maint")
    assert states == [LikenessState.LINKED]
    assert committed.run(LikenessDecision.objects.count, "maint") == 1


def test_two_links_made_at_once_never_join_three_people_of_different_years(committed: Committed) -> None:
    pairs = made(committed, 3)
    # The first and the third stand at one site: what joins them goes over the second, at the other.
    one, two = (pair for pair in pairs if pair.across)

    def change_year() -> None:
        ends = {one.low_id, one.high_id} ^ {two.low_id, two.high_id}
        Person.objects.get(pk=max(ends)).civil_statuses.update(birth_year=1986)

    committed.as_maint(change_year)
    answers = at_the_same_time(
        committed,
        lambda: decide(one, one.version, Verdict.SAME),
        lambda: decide(two, two.version, Verdict.SAME),
    )
    assert answers[0] == "done"
    assert "années de naissance" in answers[1]
    linked = committed.run(lambda: Likeness.objects.filter(state=LikenessState.LINKED).count(), "maint")
    assert linked == 1
