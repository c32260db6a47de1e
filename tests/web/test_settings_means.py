"""Staff means, as a site manager and a coordinator use the pages."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from convergence.territories.models import StaffMeans
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, World
from tests.web.test_settings import _on_that_day, page_of, seen_at, signed_in

__all__ = ["_on_that_day"]

GIVEN = {
    "function": Role.COUNSELLOR.value,
    "user": "",
    "full_time_equivalent": "0,5",
    "support_share": "80",
    "yearly_cost": "45 000,50",
    "funder": "",
    "since": "2026-11-01",
    "last_day": "",
}


@pytest.fixture
def client(world: World) -> Client:
    """The site manager's browser."""
    return signed_in(world.users[Role.SITE_MANAGER])


def test_a_site_manager_adds_a_post_with_a_function_only(client: Client, world: World) -> None:
    address = reverse("open-site-post", args=[world.site.pk])
    shown = page_of(client.post(address, GIVEN, follow=True))
    made = StaffMeans.objects.exclude(pk=world.means.pk).get()
    assert (made.full_time_equivalent, made.support_share, made.yearly_cost) == (
        Decimal("0.50"),
        80,
        Decimal("45000.50"),
    )
    assert made.user is None
    assert "1,30 ETP aujourd’hui." in shown


def test_a_coordinator_adds_a_pooled_post_with_somebody_and_an_employer(world: World) -> None:
    coordinator = world.users[Role.COORDINATOR]
    client = signed_in(coordinator)
    given = GIVEN | {"function": "coordinator", "user": coordinator.pk, "employer": world.site.operator_id}
    shown = page_of(client.post(reverse("open-territory-post", args=[world.territory.pk]), given, follow=True))
    assert "Ici-coordinator Exemple" in shown
    assert "Association Exemple" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"full_time_equivalent": "0"}, "plus grand que zéro"),
        ({"full_time_equivalent": "NaN"}, "nombre"),
        ({"full_time_equivalent": "1e30"}, "chiffres"),
        ({"support_share": "101"}, "100"),
        ({"support_share": "-1"}, "0"),
        ({"yearly_cost": "-5"}, "0"),
        ({"yearly_cost": "beaucoup"}, "nombre"),
        ({"last_day": "2026-10-31"}, "Le dernier jour vient avant le premier."),
        ({"since": "3026-01-01"}, "vérifiez l’année"),
        ({"function": ""}, "obligatoire"),
        ({"function": "funder"}, "choix"),
        ({"user": "999999999999999999999"}, "choix"),
    ],
)
def test_a_post_that_makes_no_sense_is_refused_in_a_sentence(
    client: Client, world: World, changed: dict[str, str], sentence: str
) -> None:
    response = client.post(reverse("open-site-post", args=[world.site.pk]), GIVEN | changed)
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert StaffMeans.objects.count() == 1


def test_a_change_is_dated_and_what_was_stays_readable(client: Client, world: World) -> None:
    address = reverse("change-post", args=[world.means.post])
    given = GIVEN | {"since": "2026-11-01", "seen": seen_at(client, address)}
    shown = page_of(client.post(address, given, follow=True))
    current, earlier = shown.split('<details class="folded"', 1)
    assert "0,50 ETP" in current
    assert "du 8 janvier 2024 au 31 octobre 2026" in current
    assert "Une version antérieure" in earlier
    assert "depuis le 8 janvier 2024" in earlier


def test_a_post_ends_on_a_day(client: Client, world: World) -> None:
    address = reverse("correct-means", args=[world.means.pk])
    given = GIVEN | {"since": LONG_AGO.isoformat(), "last_day": "2026-11-20", "seen": seen_at(client, address)}
    client.post(address, given)
    shown = page_of(client.get(reverse("site-means", args=[world.site.pk])))
    assert "Aucun poste aujourd’hui" in shown
    assert "Ce qui valait auparavant" in shown


def test_the_second_of_two_editors_sees_what_the_first_wrote_and_may_go_on(client: Client, world: World) -> None:
    address = reverse("correct-means", args=[world.means.pk])
    given = GIVEN | {"since": LONG_AGO.isoformat(), "seen": seen_at(client, address)}
    assert client.post(address, given | {"support_share": "50"}).status_code == 302
    response = client.post(address, given | {"support_share": "60"})
    shown = page_of(response)
    assert response.status_code == 409
    assert "Quelqu’un a modifié ce poste" in shown
    assert "Valeur enregistrée entre-temps : 50" in shown
    renewed = shown.split('name="seen" value="', 1)[1].split('"', 1)[0]
    assert client.post(address, given | {"support_share": "60", "seen": renewed}).status_code == 302
    assert StaffMeans.objects.filter(post=world.means.post).current().get().support_share == 60


def test_a_line_withdrawn_stays_readable_and_is_not_withdrawn_twice(client: Client, world: World) -> None:
    address = reverse("withdraw-means", args=[world.means.pk])
    shown = page_of(client.post(address, follow=True))
    assert "Ce poste a été retiré." in shown
    assert "Une version antérieure" in shown
    assert client.post(address).status_code == 404


def test_dates_that_meet_another_line_of_the_post_are_refused_in_a_sentence(client: Client, world: World) -> None:
    address = reverse("change-post", args=[world.means.post])
    client.post(address, GIVEN | {"since": "2026-11-01", "seen": seen_at(client, address)})
    later = StaffMeans.objects.filter(post=world.means.post).current().order_by("-valid")[0]
    address = reverse("correct-means", args=[later.pk])
    response = client.post(address, GIVEN | {"since": "2026-10-01", "seen": seen_at(client, address)})
    assert response.status_code == 409
    assert "Ce poste a déjà d’autres valeurs à ces dates." in page_of(response)


@pytest.mark.parametrize("role", [Role.SITE_MANAGER, Role.COORDINATOR])
def test_another_place_s_means_do_not_exist_for_her(world: World, role: Role) -> None:
    client = signed_in(world.elsewhere[Role.SITE_MANAGER] if role is Role.SITE_MANAGER else world.users[role])
    assert client.get(reverse("post", args=[world.means.post])).status_code == 404
    for name, argument in (
        ("change-post", world.means.post),
        ("correct-means", world.means.pk),
    ):
        assert client.get(reverse(name, args=[argument])).status_code == 404, name
        assert client.post(reverse(name, args=[argument]), GIVEN).status_code == 404, name
    assert client.post(reverse("withdraw-means", args=[world.means.pk])).status_code == 404
    if role is Role.SITE_MANAGER:
        assert client.get(reverse("site-means", args=[world.site.pk])).status_code == 404
        assert client.post(reverse("open-site-post", args=[world.site.pk]), GIVEN).status_code == 404


def test_the_settings_of_a_site_manager_lead_to_her_site_only(client: Client, world: World) -> None:
    shown = client.get(reverse("settings")).content.decode()
    assert reverse("site-means", args=[world.site.pk]) in shown
    assert reverse("site-means", args=[world.other_site.pk]) not in shown
    assert reverse("accounts") not in shown
