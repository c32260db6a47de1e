"""A path that goes on at another structure: opened and closed from the path page, read by the host and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.people.models import Host, Person
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter
from tests.web.test_path import client, milo, page_of, post, text_of

__all__ = ["client", "milo"]

HOST = {
    "structure": "Entreprise d’insertion Imaginaire",
    "given_name": "Inès",
    "family_name": "Imaginaire",
    "email": "ines@accueil.example",
    "first_day": TODAY.isoformat(),
    "last_day": "2027-05-22",
    "agreed_on": TODAY.isoformat(),
}


def opened(client: Client, milo: Person) -> User:
    assert post(client, "new-host", milo.pk, **HOST).status_code == 302
    return User.objects.get(email="ines@accueil.example")


def test_an_access_is_opened_invited_listed_and_closed(client: Client, milo: Person, mailoutbox: Any) -> None:
    opened(client, milo)
    said = page_of(client, milo)
    assert "Entreprise d’insertion Imaginaire , Inès Imaginaire" in said
    assert "accord du 23 novembre 2026" in said
    assert [letter.to for letter in mailoutbox] == [["ines@accueil.example"]]
    host = Host.objects.current().get(person=milo)
    closed = client.post(reverse("end-host", args=[milo.pk, host.pk]), follow=True)
    assert "L’accès est fermé" in text_of(closed)
    again = client.post(reverse("end-host", args=[milo.pk, host.pk]), follow=True)
    assert "Cet accès est déjà fermé" in text_of(again)


def test_a_host_reads_one_work_path_and_no_other_page(world: World, client: Client, milo: Person) -> None:
    host = enter(opened(client, milo))
    home: Any = host.get("/", follow=True)
    assert home.redirect_chain[-1][0] == reverse("hosted")
    assert "Milo Modèle" in text_of(home)
    page = text_of(host.get(reverse("hosted-person", args=[milo.pk])))
    for words in ("CDDI 26 h · Chantier des Saules", "PASS IAE : encore", "06 39 98 00 01", "avec son accord du 23"):
        assert words in page
    for name in ("people", "care-balance"):
        assert host.get(reverse(name)).status_code == 403
    for name in ("person", "path", "needs", "new-contract", "new-host", "new-placement"):
        assert host.get(reverse(name, args=[milo.pk])).status_code == 403
    for other in (world.anouk, world.sami, world.rosa):
        assert host.get(reverse("hosted-person", args=[other.pk])).status_code == 404


def test_a_host_reads_nothing_once_the_access_is_over(client: Client, milo: Person, time_machine: Any) -> None:
    account = opened(client, milo)
    time_machine.move_to("2027-05-23T10:00:00+02:00", tick=False)
    host = enter(account)
    assert host.get(reverse("hosted-person", args=[milo.pk])).status_code == 404
    assert "Personne n’est accueilli en ce moment" in text_of(host.get(reverse("hosted")))
    assert "Aucune mission en cours" in text_of(host.get("/", follow=True))


def test_whoever_supports_a_person_does_not_read_her_as_a_host(world: World, client: Client, milo: Person) -> None:
    assert client.get(reverse("hosted-person", args=[milo.pk])).status_code == 404
    officer = enter(world.users[Role.PARTNERSHIP_OFFICER])
    assert officer.get(reverse("hosted-person", args=[milo.pk])).status_code == 404
    assert officer.get(reverse("new-host", args=[milo.pk])).status_code == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agreed_on": ""}, "Ce champ est obligatoire"),
        ({"agreed_on": (TODAY + timedelta(days=1)).isoformat()}, "une fois qu’elle l’a donné"),
        ({"email": "ines"}, "adresse"),
        ({"last_day": "2029-01-01"}, "Un accès dure au plus 12 mois"),
        ({"first_day": "2026-11-01"}, "aujourd’hui ou un jour à venir"),
        ({"email": "ici-counsellor.exemple@convergence.example"}, "Cette adresse ne peut pas recevoir d’accès"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_opened(
    client: Client, milo: Person, changes: dict[str, str], sentence: str
) -> None:
    response = post(client, "new-host", milo.pk, **HOST | changes)
    assert response.status_code in {409, 422}
    assert sentence in text_of(response)
    assert response.context["form"]["structure"].value() == HOST["structure"]
    assert not Host.objects.filter(person=milo).exists()


def test_the_same_access_twice_is_refused(client: Client, milo: Person) -> None:
    opened(client, milo)
    again = post(client, "new-host", milo.pk, **HOST)
    assert again.status_code == 409
    assert "Ce compte a déjà accès au parcours de cette personne" in text_of(again)
    assert Host.objects.filter(person=milo).count() == 1
