"""Whoever coordinates or administers a territory says what each of its officers covers."""

import pytest
from django.test import Client
from django.urls import reverse

from convergence.territories.models import Mission, Portfolio
from convergence.vocabulary.roles import Role
from tests.builders import World
from tests.referrals.conftest import Acting
from tests.web.test_referrals import signed_in, text


@pytest.fixture
def mission(world: World, acting_as: Acting) -> Mission:
    with acting_as("maint"):
        return Mission.objects.get(user=world.users[Role.PARTNERSHIP_OFFICER])


def given(acting_as: Acting) -> list[list[str]]:
    with acting_as("maint"):
        return [portfolio.domains for portfolio in Portfolio.objects.all()]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_the_domains_of_an_officer_are_said_and_changed(
    world: World, mission: Mission, acting_as: Acting, role: Role
) -> None:
    client, address = signed_in(world.users[role]), reverse("portfolio", args=[mission.pk])
    listed = text(client.get(reverse("portfolios", args=[world.territory.pk])))
    assert "Emploi, Logement, Droits et Vie quotidienne" in listed
    assert "Choisissez au moins un domaine" in text(client.post(address, {"seen": ""}))
    client.post(address, {"domains": ["health", "housing"], "seen": ""})
    assert given(acting_as) == [["housing", "health"]]
    stale = client.post(address, {"domains": ["rights"], "seen": ""})
    assert stale.status_code == 409
    shown = client.get(address).context["form"]["seen"].value()
    client.post(address, {"domains": ["rights"], "seen": shown})
    assert given(acting_as) == [["rights"]]
    assert "Droits" in text(client.get(reverse("portfolios", args=[world.territory.pk])))


@pytest.mark.parametrize(
    ("role", "status"), [(Role.PARTNERSHIP_OFFICER, 403), (Role.COUNSELLOR, 403), (Role.SITE_MANAGER, 403)]
)
def test_nobody_else_says_it(world: World, mission: Mission, acting_as: Acting, role: Role, status: int) -> None:
    client: Client = signed_in(world.users[role])
    address = reverse("portfolio", args=[mission.pk])
    assert client.post(address, {"domains": ["health"], "seen": ""}).status_code == status
    assert given(acting_as) == []


def test_an_officer_who_coordinates_too_does_not_say_it_of_herself(
    world: World, mission: Mission, acting_as: Acting
) -> None:
    with acting_as("maint"):
        Mission.objects.create(user=mission.user, role=Role.COORDINATOR, territory=world.territory, valid=mission.valid)
    client = signed_in(mission.user)
    assert client.post(reverse("portfolio", args=[mission.pk]), {"domains": ["health"], "seen": ""}).status_code == 404
    assert given(acting_as) == []
