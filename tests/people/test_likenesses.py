"""Who is proposed to whom, who decides, what is kept of it; and what the search may do that nobody else may."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from convergence.access.models import AccessRecord, User
from convergence.people.entry import open_support
from convergence.people.likeness.deciding import decide, lend_key
from convergence.people.likeness.files import look_at
from convergence.people.likeness.models import Likeness, LikenessDecision, LikenessSearch
from convergence.people.likeness.searching import KIND, may_ask, search_all, search_newcomers
from convergence.people.models import Person, Support
from convergence.platform import jobs
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.platform.models import Job
from convergence.territories.models import Site, Territory
from convergence.vocabulary.likeness import LikenessState, Verdict
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, open_ended
from tests.people.pairs import pair_of, rename, say, searched, someone

Acting = Callable[[str], AbstractContextManager[None]]
KEEPERS = {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER}
DAY = timedelta(days=1)


def reads(user: User, day: Any = TODAY) -> set[tuple[int, int]]:
    assume(user.pk, day)
    return set(Likeness.objects.values_list("low_id", "high_id"))


@pytest.fixture
def within(world: World, acting_as: Acting) -> Likeness:
    """Two files at the first site."""
    with acting_as("maint"):
        one = someone("Aïcha", "Chimère", world.site)
        other = someone("Aicha", "CHIMERE", world.site)
    searched(world, acting_as)
    return pair_of(acting_as, one, other)


@pytest.fixture
def across(world: World, acting_as: Acting) -> Likeness:
    """A file at each of the two sites."""
    with acting_as("maint"):
        one = someone("Souleymane", "Maquette", world.site)
        other = someone("Suleiman", "Maquette", world.other_site)
    searched(world, acting_as)
    return pair_of(acting_as, one, other)


# -- who sees what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_a_pair_within_a_site_is_seen_by_those_who_keep_its_files(world: World, within: Likeness, role: Role) -> None:
    sees = role in KEEPERS or role is Role.DATA_PROTECTION_OFFICER
    assert not within.across
    assert reads(world.users[role]) == ({(within.low_id, within.high_id)} if sees else set())
    assert reads(world.former[role]) == set()
    if role is not Role.DATA_PROTECTION_OFFICER:
        assert reads(world.elsewhere[role]) == set()


@pytest.mark.parametrize("role", list(Role))
def test_a_pair_across_two_sites_is_seen_by_the_territory_s_coordinator_only(
    world: World, across: Likeness, role: Role
) -> None:
    sees = role in {Role.COORDINATOR, Role.DATA_PROTECTION_OFFICER}
    assert across.across
    for user in (world.users[role], world.elsewhere[role]):
        assert reads(user) == ({(across.low_id, across.high_id)} if sees else set())
    assert reads(world.former[role]) == set()


def test_the_coordinator_of_another_territory_sees_nothing(world: World, across: Likeness, acting_as: Acting) -> None:
    with acting_as("maint"):
        far = Territory.objects.create(name="Territoire lointain")
        world.users[Role.COORDINATOR].missions.update(territory=far)
    assert reads(world.users[Role.COORDINATOR]) == set()
    assert look_at("likeness", [across]) == {}
    with pytest.raises(Refused, match="plus à comparer"):
        decide(across, across.version, Verdict.SAME)


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_may_decide_are_shown_the_two_files_and_each_look_is_on_record(
    world: World, across: Likeness, acting_as: Acting, role: Role
) -> None:
    assume(world.users[role].pk, TODAY)
    shown = look_at("likeness", [across])
    with acting_as("maint"):
        looks = AccessRecord.objects.filter(actor_id=world.users[role].pk, page="likeness")
        seen = {(look.person_id, tuple(look.compartments), tuple(look.acting_as)) for look in looks}
    if role is not Role.COORDINATOR:
        assert (shown, seen) == ({}, set())
        return
    low, high = shown[across.pk]
    assert {low.name, high.name} == {"Souleymane Maquette", "Suleiman Maquette"}
    assert {low.birth, high.birth} == {"03/05/1985"}
    assert {low.sites[0].site, high.sites[0].site} == {"Chantier des Saules", "Chantier des Tilleuls"}
    assert low.sites[0].first_day == LONG_AGO
    assert low.sites[0].last_day is None
    assert seen == {(person, ("contact", "identity"), ("coordinator",)) for person in (across.low_id, across.high_id)}


def test_the_coordinator_sees_names_birth_and_sites_and_nothing_else(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    assume(world.users[Role.COORDINATOR].pk, TODAY)
    (files,) = look_at("likeness", [across]).values()
    assert {field for file in files for field in vars(file)} == {"person_id", "names", "birth", "sites"}
    assert not Person.objects.filter(pk__in=[across.low_id, across.high_id]).exists()


def test_a_pair_said_to_be_two_people_is_shown_to_the_coordinator_no_more(world: World, across: Likeness) -> None:
    coordinator = world.users[Role.COORDINATOR]
    say(coordinator, across, Verdict.APART)
    assert look_at("likeness", [across]) == {}
    say(coordinator, across, Verdict.UNDONE)
    assert len(look_at("likeness", [across])) == 1


def test_two_sites_that_come_to_share_a_person_pass_the_pair_to_the_team(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    mine = across.low_id
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    if not Support.objects.filter(person_id=mine).exists():
        mine = across.high_id
    open_support(mine, world.other_site.pk, TODAY, today=TODAY)
    searched(world, acting_as)
    assert reads(world.elsewhere[Role.COUNSELLOR]) == {(across.low_id, across.high_id)}
    assert reads(world.users[Role.COORDINATOR]) == set()


# -- what the search proposes ------------------------------------------------------------------------------------


def test_people_of_two_territories_are_never_compared(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        far = Territory.objects.create(name="Territoire lointain")
        site = Site.objects.create(
            territory=far, operator=world.site.operator, name="Chantier lointain", open_over=open_ended()
        )
        someone("Aïcha", "Chimère", world.site)
        someone("Aïcha", "Chimère", site)
    assume(None, TODAY)
    with acting_as("worker"):
        search_all(TODAY)
    with acting_as("maint"):
        assert Likeness.objects.count() == 0
        assert LikenessSearch.objects.count() == 2


def test_somebody_whose_support_ended_is_still_compared(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        former = someone("Aïcha", "Chimère", world.other_site)
        Support.objects.filter(person=former).update(valid=(LONG_AGO, TODAY - DAY))
        now = someone("Aïcha", "Chimère", world.other_site)
    searched(world, acting_as)
    assert pair_of(acting_as, former, now).across


def test_what_was_compared_is_told_by_ids_and_codes_without_a_name(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    with acting_as("maint"):
        names = {name.pk for person in (across.low, across.high) for name in person.names.all()}
    assert set(across.compared["names"]) == names
    assert across.compared["given"] == "sound"
    assert across.compared["family"] == "equal"
    assert "aquette" not in str(across.compared)
    assert 50 < across.probability < 100


def test_newcomers_are_compared_within_minutes_and_the_others_are_left_as_they_are(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    with acting_as("maint"):
        one, other = (someone("Aïcha", "Chimère", world.site) for _ in range(2))
        Likeness.objects.filter(pk=across.pk).update(probability=60)
    assume(None, TODAY)
    with acting_as("worker"):
        search_newcomers(TODAY)
    assert pair_of(acting_as, one, other).state == LikenessState.OPEN


def test_a_pair_that_no_longer_looks_alike_is_closed_and_comes_back_when_it_does(
    world: World, within: Likeness, acting_as: Acting
) -> None:
    with acting_as("maint"):
        rename(within.high, "Gontran", "Prototype")
    searched(world, acting_as, only=[within.high_id])
    assert pair_of(acting_as, within.low, within.high).state == LikenessState.GONE
    with acting_as("maint"):
        rename(within.high, "Aicha", "Chimère")
    searched(world, acting_as)
    assert pair_of(acting_as, within.low, within.high).state == LikenessState.OPEN


def test_two_people_are_proposed_again_only_if_one_of_them_goes_by_another_name(
    world: World, within: Likeness, acting_as: Acting
) -> None:
    say(world.users[Role.COUNSELLOR], within, Verdict.APART, "Deux sœurs fictives.")
    searched(world, acting_as)
    assert pair_of(acting_as, within.low, within.high).state == LikenessState.APART
    with acting_as("maint"):
        rename(within.high, "Aïcha", "Chimère")
    searched(world, acting_as)
    again = pair_of(acting_as, within.low, within.high)
    assert (again.state, again.decided_by) == (LikenessState.OPEN, None)


@pytest.mark.parametrize("function", ["likeness_identities(1)", "likeness_territories()", "likeness_changed(1, now())"])
def test_whoever_serves_people_may_not_read_across_sites(world: World, function: str) -> None:
    assume(world.users[Role.COORDINATOR].pk, TODAY)
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}")


def test_the_web_role_proposes_and_decides_nothing_by_itself(world: World, within: Likeness) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    for statement in (
        "UPDATE people_likeness SET state = 'linked'",
        "DELETE FROM people_likeness",
        "INSERT INTO people_likenessdecision (likeness_id, verdict) VALUES (1, 'same')",
        "SELECT keep_likenesses(1, now()::date, '[]', NULL)",
        "SELECT linked_people(1)",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("role", list(Role))
def test_the_coordinator_and_a_site_s_manager_have_their_territory_compared_on_demand(world: World, role: Role) -> None:
    user = world.users[role]
    assume(user.pk, TODAY)
    asked = role in {Role.COORDINATOR, Role.SITE_MANAGER}
    assert may_ask(user.pk, world.territory.pk, TODAY) is asked
    assert not may_ask(world.former[role].pk, world.territory.pk, TODAY)
    assert not may_ask(user.pk, world.territory.pk + 999, TODAY)


@pytest.mark.parametrize(("role", "state"), [(Role.COORDINATOR, Job.State.DONE), (Role.EVALUATOR, Job.State.FAILED)])
def test_the_job_reads_again_what_its_initiator_may(
    world: World, acting_as: Acting, role: Role, state: str, time_machine: Any
) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        one, other = (someone("Aïcha", "Chimère", site) for site in (world.site, world.other_site))
    assume(world.users[role].pk, TODAY)
    job = jobs.ask(KIND, world.users[role].pk, territory_id=world.territory.pk, day=TODAY.isoformat())
    with acting_as("worker"):
        work = jobs._works[KIND]
        job.state = Job.State.RUNNING
        if state == Job.State.FAILED:
            with pytest.raises(Refused, match="ne pouvez plus"):
                work(job, lambda done, total: None)
        else:
            assert "1 paire de dossiers" in work(job, lambda done, total: None).replace("\u00a0", " ")
    with acting_as("maint"):
        assert Likeness.objects.filter(low=one, high=other).exists() is (state == Job.State.DONE)


# -- deciding ----------------------------------------------------------------------------------------------------


def test_a_decision_keeps_who_when_how_alike_and_the_words_sealed(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    coordinator = world.users[Role.COORDINATOR]
    say(coordinator, across, Verdict.SAME, "Vue avec les deux équipes.")
    decision = LikenessDecision.objects.get(likeness=across)
    assert (decision.decided_by, decision.verdict) == (coordinator, Verdict.SAME)
    assert decision.probability == across.probability
    assert decision.compared == across.compared
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM people_likenessdecision WHERE id = %s", [decision.pk])
        assert b"quipes" not in bytes(cursor.fetchone()[0])
    assume(coordinator.pk, TODAY)
    lend_key(across)
    assert LikenessDecision.objects.get(likeness=across).words == "Vue avec les deux équipes."
    for role in Role:
        assume(world.elsewhere[role].pk, TODAY)
        seen = LikenessDecision.objects.filter(likeness=across).exists()
        assert seen is (role in {Role.COORDINATOR, Role.DATA_PROTECTION_OFFICER}), role


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_nobody_else_decides_on_a_pair_across_sites(
    world: World, across: Likeness, acting_as: Acting, role: Role
) -> None:
    assume(world.users[role].pk, TODAY)
    with pytest.raises(Refused, match="plus à comparer"):
        decide(across, across.version, Verdict.SAME)
    assert pair_of(acting_as, across.low, across.high).state == LikenessState.OPEN


def test_whoever_decides_second_is_told_who_decided_and_when(world: World, across: Likeness, acting_as: Acting) -> None:
    first, second = world.users[Role.COORDINATOR], world.elsewhere[Role.COORDINATOR]
    say(first, across, Verdict.APART)
    assume(second.pk, TODAY)
    with pytest.raises(ChangedMeanwhile, match=r"Ici-coordinator Exemple a décidé le .*deux personnes"):
        decide(across, across.version, Verdict.SAME)
    assert pair_of(acting_as, across.low, across.high).state == LikenessState.APART
    assert LikenessDecision.objects.filter(likeness=across).count() == 1


def test_a_decision_on_an_identity_corrected_meanwhile_is_not_taken(
    world: World, within: Likeness, acting_as: Acting
) -> None:
    with acting_as("maint"):
        rename(within.high, "Aïcha", "Chimère")
    searched(world, acting_as)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(ChangedMeanwhile, match="relisez"):
        decide(within, within.version, Verdict.SAME)


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ([], Verdict.UNDONE),
        ([Verdict.SAME], Verdict.SAME),
        ([Verdict.SAME], Verdict.APART),
        ([Verdict.APART], Verdict.UNSURE),
        ([Verdict.UNSURE], Verdict.UNSURE),
    ],
)
def test_a_decision_that_does_not_follow_from_the_one_before_is_refused(
    world: World, within: Likeness, before: list[Verdict], then: Verdict
) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    for verdict in before:
        say(counsellor, within, verdict)
    with pytest.raises(ChangedMeanwhile):
        say(counsellor, within, then)
    assert LikenessDecision.objects.filter(likeness=within).count() == len(before)


def three(world: World, acting_as: Acting, years: tuple[int | None, int | None, int | None]) -> list[Likeness]:
    """Three files at one site that look alike two by two: the pairs of the first and second, second and third, both
    ends."""
    with acting_as("maint"):
        people = [someone("Bintou", "Illusion", world.site, birth_year=1985) for _ in years]
    searched(world, acting_as)
    pairs = [pair_of(acting_as, people[one], people[other]) for one, other in ((0, 1), (1, 2), (0, 2))]
    with acting_as("maint"):
        for person, year in zip(people, years, strict=True):
            rest = {} if year else {"birth_month": None, "birth_day": None}
            person.civil_statuses.update(birth_year=year, **rest)
    return pairs


@pytest.mark.parametrize("years", [(1985, 1985, 1986), (1985, None, 1986), (1986, 1985, 1985)])
def test_a_link_that_would_join_three_people_of_different_birth_years_is_refused(
    world: World, acting_as: Acting, years: tuple[int | None, int | None, int | None]
) -> None:
    first, second, _ends = three(world, acting_as, years)
    say(world.users[Role.COUNSELLOR], first, Verdict.SAME)
    with pytest.raises(Refused, match="années de naissance ne sont pas les mêmes"):
        say(world.users[Role.COUNSELLOR], second, Verdict.SAME)
    assert pair_of(acting_as, second.low, second.high).state == LikenessState.OPEN


def test_three_files_of_one_birth_year_make_a_group_and_two_people_are_not_joined_by_a_third(
    world: World, acting_as: Acting
) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    first, second, ends = three(world, acting_as, (1985, None, 1985))
    say(counsellor, first, Verdict.SAME)
    say(counsellor, second, Verdict.SAME)
    with pytest.raises(Refused, match="réunissent déjà"):
        say(counsellor, ends, Verdict.APART)
    say(counsellor, second, Verdict.UNDONE)
    say(counsellor, ends, Verdict.APART)
    with pytest.raises(Refused, match="deux personnes"):
        say(counsellor, second, Verdict.SAME)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "merged"},
        {"probability": 101},
        {"state": "linked"},
        {"decided_at": "2026-11-23T10:00:00Z"},
    ],
)
def test_the_database_refuses_a_pair_that_cannot_be(
    world: World, within: Likeness, acting_as: Acting, wrong: dict[str, Any]
) -> None:
    with acting_as("maint"), pytest.raises(IntegrityError), transaction.atomic():
        Likeness.objects.filter(pk=within.pk).update(**wrong)


def test_a_pair_is_kept_once_in_order_and_never_of_one_file(world: World, within: Likeness, acting_as: Acting) -> None:
    same = {"territory": world.territory, "across": False, "probability": 80, "compared": {}}
    for low, high in ((within.low, within.high), (within.high, within.low), (within.low, within.low)):
        with acting_as("maint"), pytest.raises(IntegrityError), transaction.atomic():
            Likeness.objects.create(low=low, high=high, **same)


def test_words_too_long_are_cut_and_empty_ones_are_none(world: World, within: Likeness) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    say(counsellor, within, Verdict.UNSURE, "x" * 3_000)
    say(counsellor, within, Verdict.UNDONE, "   ")
    latest, first = LikenessDecision.objects.filter(likeness=within)
    assert len(first.words) == 1_000
    assert latest.words == ""
