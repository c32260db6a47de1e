"""Settings change one editor at a time; nobody opens a door for herself; dates never run backwards."""

from datetime import date
from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.platform.identity import assume
from convergence.territories import administering
from convergence.territories.models import Funder, Mission, Operator, SettingChange, Site, Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, open_ended


@pytest.fixture
def administrator(world: World) -> User:
    user = world.users[Role.ADMINISTRATOR]
    assume(user.pk, TODAY)
    return user


def test_nobody_gives_herself_a_mission_even_past_the_screens(world: World, administrator: User) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Mission.objects.create(user=administrator, role=Role.COUNSELLOR, site=world.site, valid=open_ended())
    with pytest.raises(Refused, match="ses propres missions"):
        administering.give_mission(
            administrator, Role.COUNSELLOR, TODAY, None, actor_id=administrator.pk, site=world.site
        )


def test_nobody_lengthens_her_own_mission_even_past_the_screens(administrator: User) -> None:
    own = administrator.missions.get()
    assert not Mission.objects.filter(pk=own.pk).update(valid=open_ended(date(2020, 1, 1)))
    with pytest.raises(Refused, match="ses propres missions"):
        administering.date_mission(own, administering.fingerprint(own), TODAY, None, actor_id=administrator.pk)


@pytest.mark.parametrize("column", ["role", "site_id", "user_id"])
def test_a_mission_never_changes_its_holder_role_or_place(world: World, administrator: User, column: str) -> None:
    mission = world.users[Role.COUNSELLOR].missions.get()
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE territories_mission SET {column} = {column} WHERE id = %s", [mission.pk])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_change_settings(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Territory.objects.create(name="Territoire de trop")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Mission.objects.create(user=world.users[Role.FUNDER], role=Role.ADMINISTRATOR, valid=open_ended())
    assert not Site.objects.filter(pk=world.site.pk).update(name="Autre nom")
    with pytest.raises(Refused, match="ne pouvez pas modifier"):
        administering.change(world.site, administering.fingerprint(world.site), name="Autre nom")


def test_a_mission_ends_on_its_last_day_and_not_before(world: World, administrator: User) -> None:
    colleague = world.users[Role.SUPPORT_WORKER]
    mission = colleague.missions.get()
    last = date(2026, 11, 30)
    administering.date_mission(mission, administering.fingerprint(mission), LONG_AGO, last, actor_id=administrator.pk)
    assert Mission.objects.filter(user=colleague).held_on(last).exists()
    assert not Mission.objects.filter(user=colleague).held_on(date(2026, 12, 1)).exists()
    mission.refresh_from_db()
    assert mission.last_day == last


def test_the_second_of_two_editors_is_told_what_the_first_wrote(world: World, administrator: User) -> None:
    seen = administering.fingerprint(world.site)
    administering.change(world.site, seen, name="Chantier des Ormes")
    with pytest.raises(ChangedMeanwhile) as refused:
        administering.change(world.site, seen, name="Chantier des Frênes")
    assert refused.value.fresh.name == "Chantier des Ormes"


def test_signing_in_does_not_count_as_a_change_of_the_account(world: World, administrator: User) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    seen = administering.fingerprint(counsellor)
    User.objects.filter(pk=counsellor.pk).update(last_login="2026-11-23T09:00:00+01:00")
    changed = administering.change_account(counsellor, seen, "neuve@convergence.example", "Neuve", "Exemple")
    assert changed.get_full_name() == "Neuve Exemple"


def test_closing_an_account_ends_the_missions_that_run_and_keeps_the_account(world: World, administrator: User) -> None:
    colleague = world.users[Role.SUPPORT_WORKER]
    administering.close_account(colleague, administering.fingerprint(colleague), TODAY, actor_id=administrator.pk)
    assert list(User.objects.filter(pk=colleague.pk).values_list("is_active", flat=True)) == [False]
    assert colleague.missions.get().last_day == TODAY
    administering.reopen_account(colleague)
    assert list(User.objects.filter(pk=colleague.pk).values_list("is_active", flat=True)) == [True]
    assert colleague.missions.get().last_day == TODAY


def test_nobody_closes_her_own_account(administrator: User) -> None:
    with pytest.raises(Refused, match="votre propre compte"):
        administering.close_account(
            administrator, administering.fingerprint(administrator), TODAY, actor_id=administrator.pk
        )


def test_one_address_has_one_account_whatever_its_capitals(world: World, administrator: User) -> None:
    taken = world.users[Role.FUNDER].email
    with pytest.raises(Refused, match="existe déjà"):
        administering.open_account(taken.upper(), "Autre", "Exemple", actor_id=administrator.pk)
    counsellor = world.users[Role.COUNSELLOR]
    with pytest.raises(Refused, match="utilise déjà"):
        administering.change_account(counsellor, administering.fingerprint(counsellor), taken, "Autre", "Exemple")


def test_an_account_opened_for_somebody_has_no_password(administrator: User) -> None:
    opened = administering.open_account("neuve@convergence.example", "Neuve", "Exemple", actor_id=administrator.pk)
    assert not opened.has_usable_password()


def test_no_mission_on_a_closed_account_nor_at_a_closed_site(world: World, administrator: User) -> None:
    user = world.users[Role.FUNDER]
    administering.change(
        world.other_site, administering.fingerprint(world.other_site), open_over=DateRange(LONG_AGO, TODAY)
    )
    world.other_site.refresh_from_db()
    with pytest.raises(Refused, match="fermé à cette date"):
        administering.give_mission(user, Role.COUNSELLOR, TODAY, None, actor_id=administrator.pk, site=world.other_site)
    administering.change(user, administering.fingerprint(user), is_active=False)
    user.refresh_from_db()
    with pytest.raises(Refused, match="compte est fermé"):
        administering.give_mission(user, Role.COUNSELLOR, TODAY, None, actor_id=administrator.pk, site=world.site)


def test_a_funder_takes_another_name_and_keeps_the_earlier_one_s_dates(world: World, administrator: User) -> None:
    seen = administering.fingerprint(world.funder)
    renamed = administering.rename_funder(world.funder, seen, "Financeur Modèle", date(2026, 4, 1))
    assert [(name.name, name.since, name.last_day) for name in administering.names_of(renamed)] == [
        ("Financeur Modèle", date(2026, 4, 1), None),
        ("Financeur Exemple", LONG_AGO, date(2026, 3, 31)),
    ]
    world.funder.refresh_from_db()
    with pytest.raises(Refused, match="déjà changé de nom"):
        administering.rename_funder(
            world.funder, administering.fingerprint(world.funder), "Encore un nom", date(2026, 5, 1)
        )
    with pytest.raises(Refused, match="après l’ancien"):
        administering.rename_funder(renamed, administering.fingerprint(renamed), "Plus tôt", date(2026, 4, 1))


def test_two_names_of_one_funder_never_run_at_once(world: World, administrator: User) -> None:
    seen = administering.fingerprint
    later = administering.rename_funder(world.funder, seen(world.funder), "Financeur Modèle", date(2026, 4, 1))
    earlier = administering.names_of(later)[1]
    with pytest.raises(Refused, match="avant que le suivant commence"):
        administering.correct_funder(earlier, seen(earlier), earlier.name, LONG_AGO, date(2026, 4, 1))
    with pytest.raises(Refused, match="après la fin du précédent"):
        administering.correct_funder(later, seen(later), later.name, date(2026, 3, 31), None)
    administering.correct_funder(later, seen(later), "Financeur Inventé", date(2026, 4, 2), None)
    assert [name.name for name in administering.names_of(earlier)] == ["Financeur Inventé", "Financeur Exemple"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda world: Territory.objects.create(name="TERRITOIRE exemple"), "Un territoire porte déjà ce nom."),
        (
            lambda world: Operator.objects.create(name="association EXEMPLE"),
            "Une structure porteuse porte déjà ce nom.",
        ),
        (
            lambda world: Site.objects.create(
                territory=world.territory, operator=world.site.operator, name=world.site.name, open_over=open_ended()
            ),
            "Un chantier de ce territoire porte déjà ce nom.",
        ),
        (
            lambda world: Funder.objects.create(name=world.funder.name, named_over=open_ended()),
            "Un financeur porte déjà ce nom à ces dates.",
        ),
        (
            lambda world: Mission.objects.create(
                user=world.users[Role.COUNSELLOR], role=Role.COUNSELLOR, site=world.site, valid=open_ended()
            ),
            "Cette personne exerce déjà cette fonction à cet endroit à ces dates.",
        ),
        (
            lambda world: Mission.objects.create(
                user=world.users[Role.COUNSELLOR], role=Role.COORDINATOR, site=world.site, valid=open_ended()
            ),
            "Cette fonction s’exerce sur un chantier ou sur un territoire : choisissez le lieu qui convient.",
        ),
        (
            lambda world: Funder.objects.create(name="Éphémère", named_over=DateRange(TODAY, TODAY)),
            "La fin doit venir après le début.",
        ),
    ],
)
def test_the_database_s_refusal_is_a_sentence(world: World, administrator: User, make: Any, sentence: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make(world)
    assert sentence_of(refused.value) == sentence


def test_dates_that_run_backwards_never_reach_a_table(world: World, administrator: User) -> None:
    with pytest.raises(DataError), transaction.atomic():
        Funder.objects.create(name="À l’envers", named_over=DateRange(TODAY, LONG_AGO))


def test_what_a_mission_said_before_is_kept_with_who_changed_it_and_nobody_rewrites_it(
    world: World, administrator: User
) -> None:
    mission = world.users[Role.SUPPORT_WORKER].missions.get()
    administering.date_mission(mission, administering.fingerprint(mission), LONG_AGO, TODAY, actor_id=administrator.pk)
    kept = SettingChange.objects.get(setting="territories_mission", row_id=mission.pk)
    assert (kept.actor, kept.before) == (administrator, {"valid": "[2024-01-08,)"})
    with connection.cursor() as cursor:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            cursor.execute("SELECT has_table_privilege('convergence_web', 'territories_settingchange', %s)", [verb])
            assert cursor.fetchone() == (False,), verb


def test_the_history_of_an_account_holds_no_password_and_no_sign_in(world: World, administrator: User) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    User.objects.filter(pk=counsellor.pk).update(password="!", last_login="2026-11-23T09:00:00+01:00")
    assert not SettingChange.objects.filter(setting="access_user").exists()
    User.objects.filter(pk=counsellor.pk).update(password="?", given_name="Neuve")
    assert SettingChange.objects.get(setting="access_user").before == {"given_name": "Ici-counsellor"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_the_history(world: World, administrator: User, role: Role) -> None:
    administering.change(world.site, administering.fingerprint(world.site), name="Chantier des Ormes")
    assert SettingChange.objects.count() == 1
    assume(world.users[role].pk, TODAY)
    assert SettingChange.objects.count() == 0
