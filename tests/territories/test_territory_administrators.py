"""Whoever administers one territory keeps its sites, missions and accounts, and no other: the database holds it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from convergence.access.models import User
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.territories import administering
from convergence.territories.identity import Identity
from convergence.territories.models import Mission, Operator, SettingChange, Site, StaffMeans, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, make_user, open_ended
from tests.territories.elsewhere import Elsewhere, build_elsewhere


@pytest.fixture
def elsewhere(world: World, acting_as: Any) -> Elsewhere:
    """The second territory; the administrator of the world's own acts."""
    with acting_as("maint"):
        made = build_elsewhere(world)
    assume(made.here.pk, TODAY)
    return made


def refused(write: Any) -> bool:
    """Whether the policies refuse what it writes."""
    try:
        with transaction.atomic():
            changed = write()
    except DatabaseError as error:
        return "row-level security" in str(error) or "permission denied" in str(error)
    return bool(changed == 0)


def give(user: User, role: Role, **place: Any) -> Mission:
    return Mission.objects.create(user=user, role=role, valid=open_ended(), **place)


def test_she_is_not_an_administrator_of_the_whole(elsewhere: Elsewhere) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.roles'), current_setting('app.scopes')")
        assert cursor.fetchone() == ("{}", "{}")
    identity = Identity.of(elsewhere.here, TODAY)
    assert identity.holds(Role.ADMINISTRATOR)
    assert not identity.administers_all


def test_she_keeps_the_sites_of_her_territory_and_moves_none_away(world: World, elsewhere: Elsewhere) -> None:
    own, other = Site.objects.filter(pk=world.site.pk), Site.objects.filter(pk=elsewhere.site.pk)
    assert own.update(siret="73282932000074") == 1
    assert other.update(siret="73282932000074") == 0
    assert refused(lambda: own.update(territory=elsewhere.territory))
    assert refused(lambda: other.update(territory=world.territory))

    def add(territory: Territory) -> Site:
        return Site.objects.create(
            territory=territory, operator=elsewhere.operator, name="Chantier de trop", open_over=open_ended()
        )

    assert refused(lambda: add(elsewhere.territory))
    assert add(world.territory).pk


def test_she_renames_her_territory_and_makes_no_other(world: World, elsewhere: Elsewhere) -> None:
    assert Territory.objects.filter(pk=world.territory.pk).update(name="Territoire renommé") == 1
    assert Territory.objects.filter(pk=elsewhere.territory.pk).update(name="Pays renommé") == 0
    assert refused(lambda: Territory.objects.create(name="Territoire de trop"))


def test_she_renames_operators_that_run_sites_on_her_territory_only(
    world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    mine = Operator.objects.filter(pk=world.site.operator_id)
    assert mine.update(name="Association renommée") == 1
    assert Operator.objects.filter(pk=elsewhere.operator.pk).update(name="Autre nom") == 0
    new = Operator.objects.create(name="Association Nouvelle")
    assert Operator.objects.filter(pk=new.pk).update(name="Association Neuve") == 1
    with acting_as("maint"):
        Site.objects.filter(pk=elsewhere.site.pk).update(operator=world.site.operator)
    assert mine.update(name="Association encore") == 0


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EVALUATOR, Role.DATA_PROTECTION_OFFICER])
def test_she_gives_no_mission_of_the_whole_instance(world: World, elsewhere: Elsewhere, role: Role) -> None:
    assert refused(lambda: give(world.users[Role.FUNDER], role))


def test_she_gives_missions_on_her_territory_to_those_who_worked_there_or_whose_account_she_opened(
    world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    known = world.users[Role.WORK_SUPERVISOR]
    assert give(known, Role.COUNSELLOR, site=world.other_site).pk
    assert give(known, Role.ADMINISTRATOR, territory=world.territory).pk
    assert refused(lambda: give(known, Role.COUNSELLOR, site=elsewhere.site))
    assert refused(lambda: give(known, Role.COORDINATOR, territory=elsewhere.territory))
    assert refused(lambda: give(elsewhere.here, Role.COUNSELLOR, site=world.site))
    assert refused(lambda: give(elsewhere.counsellor, Role.COUNSELLOR, site=world.site))
    opened = administering.open_account("neuve@convergence.example", "Neuve", "Exemple", actor_id=elsewhere.here.pk)
    assert give(opened, Role.COUNSELLOR, site=world.site).pk
    with acting_as("maint"):
        fresh = make_user("Ouverte-ailleurs")
        User.objects.filter(pk=fresh.pk).update(opened_by=elsewhere.there)
    assert refused(lambda: give(fresh, Role.COUNSELLOR, site=world.site))


def test_she_dates_the_missions_of_her_territory_but_her_own(world: World, elsewhere: Elsewhere) -> None:
    theirs = Mission.objects.filter(pk=world.counsellor_mission_id)
    assert theirs.update(valid=open_ended(TODAY)) == 1
    assert elsewhere.counsellor.missions.update(valid=open_ended(TODAY)) == 0
    assert elsewhere.here.missions.update(valid=open_ended(TODAY)) == 0
    assert world.users[Role.ADMINISTRATOR].missions.update(valid=open_ended(TODAY)) == 0


def test_an_account_that_signs_in_elsewhere_too_is_not_hers_to_change(
    world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    counsellor = User.objects.filter(pk=world.users[Role.COUNSELLOR].pk)
    assert counsellor.update(email="autre@convergence.example") == 1
    for other in (elsewhere.counsellor, elsewhere.there, world.users[Role.ADMINISTRATOR]):
        assert User.objects.filter(pk=other.pk).update(email="prise@convergence.example") == 0
    with acting_as("maint"):
        give(world.users[Role.COUNSELLOR], Role.COUNSELLOR, site=elsewhere.site)
    assert counsellor.update(email="encore@convergence.example") == 0
    with pytest.raises(Refused, match="travaille aussi ailleurs"):
        administering.check_may_change(Identity.of(elsewhere.here, TODAY), world.users[Role.COUNSELLOR])


def test_an_account_just_opened_by_another_is_out_of_her_reach(elsewhere: Elsewhere, acting_as: Any) -> None:
    with acting_as("maint"):
        fresh = make_user("Ouverte-ailleurs")
        User.objects.filter(pk=fresh.pk).update(opened_by=elsewhere.there)
    assert User.objects.filter(pk=fresh.pk).update(email="prise@convergence.example") == 0
    own = administering.open_account("neuve@convergence.example", "Neuve", "Exemple", actor_id=elsewhere.here.pk)
    assert User.objects.filter(pk=own.pk).update(given_name="Nouvelle") == 1
    assert refused(lambda: User.objects.create(email="x@convergence.example", given_name="X", family_name="Y").pk and 1)


def test_she_keeps_the_means_of_her_territory_and_reads_no_other(
    world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    def note(**place: Any) -> StaffMeans:
        return StaffMeans.objects.create(
            function=Role.COUNSELLOR, full_time_equivalent="1", valid=open_ended(), **place
        )

    with acting_as("maint"):
        note(site=elsewhere.site)
    assert set(StaffMeans.objects.values_list("site", flat=True)) == {world.site.pk}
    assert note(territory=world.territory).pk
    assert refused(lambda: note(site=elsewhere.site))


def test_she_reads_the_history_of_her_territory_and_no_other(
    world: World, elsewhere: Elsewhere, acting_as: Any
) -> None:
    Site.objects.filter(pk=world.site.pk).update(siret="73282932000074")
    Mission.objects.filter(pk=world.counsellor_mission_id).update(valid=open_ended(TODAY))
    with acting_as("maint"):
        Site.objects.filter(pk=elsewhere.site.pk).update(siret="35600000000048")
        elsewhere.counsellor.missions.update(valid=open_ended(TODAY))
        User.objects.filter(pk=elsewhere.there.pk).update(given_name="Autre")
        assert SettingChange.objects.count() == 5
    assert set(SettingChange.objects.values_list("setting", "row_id")) == {
        ("territories_site", world.site.pk),
        ("territories_mission", world.counsellor_mission_id),
    }


def test_her_mission_ends_and_her_rights_with_it(world: World, elsewhere: Elsewhere, acting_as: Any) -> None:
    with acting_as("maint"):
        elsewhere.here.missions.update(valid=(LONG_AGO, TODAY))
    assume(elsewhere.here.pk, TODAY)
    assert Site.objects.filter(pk=world.site.pk).update(siret="73282932000074") == 0
    assert User.objects.filter(pk=world.users[Role.COUNSELLOR].pk).update(given_name="Autre") == 0
