"""Accounts and missions: nobody changes another's account, opens a door for herself, or turns one role into another."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, transaction

from convergence.access.models import Scope, User
from convergence.platform.identity import assume
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, open_ended

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_changes_somebody_else_s_account(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    theirs = User.objects.filter(pk=world.elsewhere[Role.COUNSELLOR].pk)
    changed = theirs.update(email="autre@convergence.example")
    assert changed == (role is Role.ADMINISTRATOR)
    assert User.objects.filter(pk=world.users[role].pk).update(given_name="Nouveau") == 1


@pytest.mark.parametrize("role", list(Role))
def test_nobody_gives_herself_a_mission_and_only_an_administrator_gives_one(world: World, role: Role) -> None:
    actor, other = world.users[role], world.former[Role.COUNSELLOR]
    assume(actor.pk, TODAY)

    def give(user: User) -> bool:
        try:
            with transaction.atomic():
                Mission.objects.create(user=user, role=Role.COUNSELLOR, site=world.other_site, valid=open_ended())
        except DatabaseError as refused:
            return "row-level security" not in str(refused)
        return True

    assert not give(actor)
    assert give(other) == (role is Role.ADMINISTRATOR)


@pytest.mark.parametrize("change", [{"role": "work_supervisor"}, {"user_id": 1}, {"site_id": 1}])
def test_a_mission_changes_its_dates_and_nothing_else(world: World, change: dict[str, object]) -> None:
    assume(world.users[Role.ADMINISTRATOR].pk, TODAY)
    mission = Mission.objects.filter(pk=world.counsellor_mission_id)
    assert mission.update(valid=open_ended(TODAY)) == 1
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        mission.update(**change)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_makes_a_scope(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Scope.objects.create(kind="site", holder_id=world.site.pk, role=role)
