"""Where the setting up of a site stands follows from facts; its first day keeps counts, never names."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from convergence.access.models import User
from convergence.people.models import CivilStatus, PersonName
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.models import SiteStart, SiteStartCount
from convergence.support.setup import record_start, say_nothing_to_import, setup_of, take_back_nothing_to_import
from convergence.territories.models import Choices, Mission, NothingToImport, Site, StaffMeans
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person, make_user, open_ended
from tests.territories.elsewhere import build_elsewhere


@pytest.fixture
def site(world: World, acting_as: Any) -> Site:
    """A site that nobody has set up yet."""
    with acting_as("maint"):
        return Site.objects.create(
            territory=world.territory,
            operator=world.site.operator,
            name="Chantier des Ormes",
            open_over=open_ended(),
        )


@pytest.fixture
def counsellor(site: Site, acting_as: Any) -> User:
    with acting_as("maint"):
        user = make_user("Ormes-counsellor")
        Mission.objects.create(user=user, role=Role.COUNSELLOR, site=site, valid=open_ended())
    assume(user.pk, TODAY)
    return user


def counts(start: SiteStart) -> dict[str, tuple[int | None, int | None]]:
    return {count.subject: (count.known, count.unsaid) for count in start.counts.all()}


def test_a_new_site_has_everything_to_do(world: World, site: Site) -> None:
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    found = setup_of([site.pk])[site.pk]
    assert (found.managers, found.counsellors, found.supervisors, found.expected) == (0, 0, 0, 0)
    assert (found.has_means, found.has_chosen, found.has_people) == (False, False, False)
    assert (found.imported_on, found.nothing_since, found.started_on) == (None, None, None)


def test_each_fact_shows_whoever_wrote_it(world: World, site: Site, counsellor: User, acting_as: Any) -> None:
    with acting_as("maint"):
        gone = make_user("Partie")
        User.objects.filter(pk=gone.pk).update(is_active=False)
        Mission.objects.create(user=gone, role=Role.SITE_MANAGER, site=site, valid=open_ended())
        StaffMeans.objects.create(
            site=site, function=Role.COUNSELLOR, full_time_equivalent="1", valid=open_ended(TODAY)
        )
        Choices.objects.create(territory=world.territory)
        ines = make_person("Inès", "Fictive", site)
        PersonName.objects.filter(person=ines).update(source="import:0", recorded_by=counsellor)
    found = setup_of([site.pk])[site.pk]
    assert (found.managers, found.counsellors, found.expected) == (0, 1, 1)
    assert (found.has_means, found.has_chosen, found.has_people) == (True, True, True)
    assert (found.imported_by, found.imported_on is not None) == ("Ormes-counsellor Exemple", True)
    with acting_as("maint"):
        User.objects.filter(pk=counsellor.pk).update(last_login="2026-11-01T09:00Z")
    assert setup_of([site.pk])[site.pk].expected == 0


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_take_part_read_where_it_stands(world: World, site: Site, role: Role, acting_as: Any) -> None:
    assume(world.users[role].pk, TODAY)
    assert (site.pk in setup_of([site.pk])) is (role in {Role.ADMINISTRATOR, Role.COORDINATOR})
    takes_part = {Role.ADMINISTRATOR, Role.COORDINATOR, Role.SITE_MANAGER, Role.COUNSELLOR, Role.SUPPORT_WORKER}
    assert (world.site.pk in setup_of([world.site.pk])) is (role in takes_part)


def test_an_administrator_of_another_territory_reads_nothing_of_it(world: World, site: Site, acting_as: Any) -> None:
    with acting_as("maint"):
        elsewhere = build_elsewhere(world)
    assume(elsewhere.there.pk, TODAY)
    assert set(setup_of([site.pk, elsewhere.site.pk])) == {elsewhere.site.pk}


def test_no_list_to_import_is_said_by_the_team_and_taken_back(world: World, site: Site, counsellor: User) -> None:
    say_nothing_to_import(site)
    found = setup_of([site.pk])[site.pk]
    assert (found.nothing_by, found.nothing_since is not None) == ("Ormes-counsellor Exemple", True)
    with pytest.raises(DatabaseError, match="nothing_to_import_once"), transaction.atomic():
        say_nothing_to_import(site)
    take_back_nothing_to_import(site)
    assert setup_of([site.pk])[site.pk].nothing_since is None
    assert NothingToImport.objects.filter(site=site).count() == 1
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        say_nothing_to_import(site)


def test_the_first_day_counts_what_is_known_and_withholds_small_numbers(
    world: World, site: Site, counsellor: User, acting_as: Any
) -> None:
    with acting_as("maint"):
        team = [make_person(f"Prénom{n}", "Fictive", site) for n in range(7)]
        for person in team[:6]:
            add_situation(person, "housing", "third_party")
        for person in team[:2]:
            add_situation(person, "rqth", "granted")
        for person in team[2:7]:
            Situation.objects.create(
                person=person,
                aspect="rqth",
                compartment="health",
                missing=Missing.PREFERS_NOT_TO_SAY,
                valid=open_ended(),
            )
        for person in team:
            add_situation(person, "judicial_constraint", "appointments")
        CivilStatus.objects.filter(person=team[0]).update(birth_year=None)
    start = record_start(site)
    assert (start.started_on, start.recorded_by) == (TODAY, counsellor)
    found = counts(start)
    assert found["people"] == (7, 0)
    assert (found["birth"], found["phone"], found["under_contract"]) == ((6, 0), (7, 0), (0, 0))
    assert (found["housing"], found["rqth"]) == ((6, 0), (None, 5))
    assert "judicial_constraint" not in found


def test_the_counts_stay_when_facts_change_and_a_second_first_day_keeps_the_first(
    site: Site, counsellor: User, acting_as: Any
) -> None:
    first = record_start(site)
    with acting_as("maint"):
        make_person("Inès", "Fictive", site)
    assert counts(first)["people"] == (0, 0)
    assume(counsellor.pk, TODAY + timedelta(days=20))
    second = record_start(site)
    assert (counts(first)["people"], counts(second)["people"]) == ((0, 0), (1, 0))
    assert list(SiteStart.objects.current().filter(site=site)) == [second]
    assert setup_of([site.pk])[site.pk].started_on == TODAY + timedelta(days=20)
    assume(counsellor.pk, TODAY + timedelta(days=55))
    with pytest.raises(Refused, match="ne se déplace plus"):
        record_start(site)
    assert list(SiteStart.objects.current().filter(site=site)) == [second]


@pytest.mark.parametrize("role", list(Role))
def test_nobody_from_outside_notes_a_first_day_nor_reads_its_counts(
    world: World, site: Site, counsellor: User, role: Role
) -> None:
    start = record_start(site)
    assume(world.users[role].pk, TODAY)
    assert not SiteStartCount.objects.filter(start=start).exists()
    with pytest.raises(Refused):
        record_start(site)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        SiteStart.objects.create(site=site, started_on=TODAY)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        start.counts.update(known=99)
