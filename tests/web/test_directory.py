"""The directory's pages: found as one types, corrected, taken into the network, exported."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.network.directory.corrections import differences
from convergence.network.directory.models import Service, Structure
from convergence.network.models import Branch, Offer, Partner
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, bring, page, service, structure
from tests.web.team import enter, text

BICYCLE = "mobilite--acceder-a-un-vehicule"


@pytest.fixture
def directory(world: World, acting_as: Acting, time_machine: Any) -> World:
    """One structure in Paris with two services."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    services = [
        service(1, nom="Hébergement d’essai", publics=["femmes"]),
        service(2, nom="Location de vélos", thematiques=[BICYCLE], frais="payant"),
    ]
    bring(world.users[Role.PARTNERSHIP_OFFICER].pk, acting_as, page([structure(1)]), page(services))
    return world


@pytest.fixture
def officer(directory: World) -> Client:
    return enter(directory.users[Role.PARTNERSHIP_OFFICER])


@pytest.fixture
def counsellor(directory: World) -> Client:
    return enter(directory.users[Role.COUNSELLOR])


def the(external_id: str) -> Any:
    return (Service if "service" in external_id else Structure).objects.get(external_id=f"fictif--{external_id}")


def test_words_place_and_filters_are_kept_in_the_address(counsellor: Client) -> None:
    shown = counsellor.get(
        reverse("directory"), {"mots": "vel", "lieu": "Exempleville (75010)", "rayon": "10", "categorie": "mobilite"}
    )
    said = text(shown)
    assert "Location de vélos" in said
    assert "Hébergement d’essai" not in said
    assert "0,0 km" in said
    html = shown.content.decode()
    assert '<option value="mobilite" selected' in html
    assert 'value="Exempleville (75010)"' in html


def test_as_one_types_only_the_results_come(counsellor: Client) -> None:
    part = counsellor.get(reverse("directory"), {"mots": "heberg"}, headers={"HX-Request": "true"}).content.decode()
    assert "Hébergement d’essai" in part
    assert "<html" not in part


def test_a_mistyped_word_is_told_and_nothing_found_is_said(counsellor: Client) -> None:
    assert "voici ce qui correspond à « hebergement »" in text(
        counsellor.get(reverse("directory"), {"mots": "hebergemant"})
    )
    assert "Rien dans l’annuaire" in text(counsellor.get(reverse("directory"), {"mots": "zzzz"}))
    assert "n’est pas dans l’annuaire" in text(counsellor.get(reverse("directory"), {"lieu": "Nullepart"}))


@pytest.mark.parametrize(
    "query", [{"page": "999"}, {"rayon": "x", "theme": "y", "public": "\x00", "page": "-1"}, {"mots": "'\"<&%" * 60}]
)
def test_a_strange_address_is_answered(counsellor: Client, query: dict[str, str]) -> None:
    assert counsellor.get(reverse("directory"), query).status_code == 200


def test_free_places_are_those_of_our_network_alone(counsellor: Client) -> None:
    shown = text(counsellor.get(reverse("directory"), {"places": "libres"}))
    assert "Seules les offres de notre réseau disent leurs places" in shown
    assert "Location de vélos" not in shown


def test_our_own_offers_come_first_with_their_places(officer: Client, directory: World) -> None:
    ours = Offer.objects.filter(territory=directory.territory).first()
    assert ours is not None
    shown = text(officer.get(reverse("directory"), {"mots": ours.name}))
    assert "Dans notre réseau" in shown
    assert ours.name in shown


def test_towns_are_proposed(counsellor: Client) -> None:
    assert '"Exempleville (75010)"' in counsellor.get(reverse("directory-towns"), {"lieu": "exem"}).content.decode()


def test_many_results_take_no_more_queries_than_few(directory: World, acting_as: Acting, counsellor: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            counsellor.get(reverse("directory"), {"mots": "atelier", "lieu": "exempleville", "rayon": "50"})
        return len(asked)

    officer = directory.users[Role.PARTNERSHIP_OFFICER].pk
    bring(officer, acting_as, page([service(3, nom="Atelier cuisine")]))
    few = queries()
    bring(officer, acting_as, page([service(number, nom=f"Atelier {number}") for number in range(10, 40)]))
    assert queries() == few <= 15


# -- records -----------------------------------------------------------------------------------------------------


def test_a_record_says_everything_in_french(counsellor: Client) -> None:
    shown = text(counsellor.get(reverse("directory-service", args=[the("service-1").pk])))
    assert "Se maintenir dans le logement" in shown
    assert "Femmes" in shown
    assert "Corriger" not in shown
    there = text(counsellor.get(reverse("directory-structure", args=[the("structure-1").pk])))
    assert "01 99 00 00 01" in there
    assert "Location de vélos" in there


def test_a_correction_is_kept_checked_and_taken_back(officer: Client, directory: World) -> None:
    one = the("structure-1")
    address = reverse("correct-structure", args=[one.pk])
    form = officer.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert officer.post(address, values | {"telephone": "06 39"}).status_code == 409
    assert officer.post(address, values | {"telephone": "01 99 00 00 42"}).status_code == 302
    shown = text(officer.get(reverse("directory-structure", args=[one.pk])))
    assert "corrigé par nous" in shown
    assert "La source dit : 01 99 00 00 01" in shown.replace("\u00a0", " ")
    # The page that was shown before is out of date.
    assert officer.post(address, values | {"telephone": "01 99 00 00 43"}).status_code == 409
    fresh = {name: officer.get(address).context["form"][name].value() or "" for name in form.fields}
    officer.post(address, fresh | {"telephone": "01 99 00 00 01"})
    assert the("structure-1").corrected == {}


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_a_difference_is_settled_by_a_choice(officer: Client, directory: World, acting_as: Acting, whose: str) -> None:
    corrected = {"telephone": {"ours": "01 99 00 00 42", "seen": "01 99 00 00 01"}}
    assume(directory.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    Structure.objects.update(corrected=corrected)
    assert "Aucun écart" in text(officer.get(reverse("directory-differences")))
    changed = structure(1, telephone="01 99 00 00 77", date_maj="2026-06-30")
    bring(directory.users[Role.PARTNERSHIP_OFFICER].pk, acting_as, page([changed]))
    said = text(officer.get(reverse("directory-differences")))
    assert "01 99 00 00 42" in said
    assert "01 99 00 00 77" in said
    pk = the("structure-1").pk
    officer.post(reverse("directory-differences"), {"choix": f"structure:{pk}:telephone:{whose}"})
    assume(directory.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    kept = {"ours": "01 99 00 00 42", "theirs": "01 99 00 00 77"}[whose]
    assert the("structure-1").value("telephone") == kept
    assert list(differences()) == []
    assert officer.post(reverse("directory-differences"), {"choix": "n’importe:quoi"}).status_code == 302


# -- into the network --------------------------------------------------------------------------------------------


def test_a_service_is_taken_into_the_network_in_one_act(officer: Client, directory: World) -> None:
    one = the("service-2")
    address = reverse("take-service", args=[one.pk])
    assert officer.post(address, {"territory": directory.territory.pk}).status_code == 302
    offer = Offer.objects.get(directory_id=one.external_id)
    assert (offer.name, offer.partner.name) == ("Location de vélos", "Maison Imaginaire 1")
    assert (offer.branch.commune, offer.branch.directory_id) == ("Exempleville", "fictif--structure-1")  # type: ignore[union-attr]
    assert "est dans notre réseau" in text(officer.get(reverse("directory-service", args=[one.pk])))
    officer.post(address, {"territory": directory.territory.pk})
    assert Offer.objects.filter(directory_id=one.external_id).count() == 1
    # Its other service joins the same partner.
    officer.post(reverse("take-service", args=[the("service-1").pk]), {"territory": directory.territory.pk})
    assert Branch.objects.filter(directory_id="fictif--structure-1").count() == 1


@pytest.mark.parametrize("answer", ["same", "new"])
def test_a_partner_like_it_is_asked_about(officer: Client, directory: World, answer: str) -> None:
    like = Partner.objects.create(territory=directory.territory, name="Maison imaginaire 1", kind="association")
    address = reverse("take-service", args=[the("service-1").pk])
    asked = officer.post(address, {"territory": directory.territory.pk})
    assert asked.status_code == 409
    assert "est-ce le même partenaire" in text(asked)
    chosen = str(like.pk) if answer == "same" else "new"
    given = {"territory": directory.territory.pk, "alike": like.pk, "partner": chosen}
    response = officer.post(address, given)
    offers = Offer.objects.filter(directory_id="fictif--service-1")
    if answer == "same":
        assert response.status_code == 302
        assert offers.get().partner == like
    else:
        # The very same name cannot stand twice in a territory: it is said, and nothing is half made.
        assert response.status_code == 409
        assert not offers.exists()


# -- taken away --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["data-inclusion", "hsds"])
def test_the_network_and_a_search_are_taken_away(officer: Client, form: str) -> None:
    response = officer.get(reverse("directory-export", args=[form]), {"mots": "vélo"})
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        services = json.loads(archive.read("services.json"))
        said = archive.read("LISEZ-MOI.txt").decode()
    rows = services["contents"] if form == "hsds" else services
    assert "Location de vélos" in {row.get("nom", row.get("name")) for row in rows}
    assert "Places libres" in said
    assert officer.get(reverse("directory-export", args=["pdf"])).status_code == 404


def test_who_keeps_no_network_takes_nothing_away(counsellor: Client) -> None:
    assert counsellor.get(reverse("directory-export", args=["hsds"])).status_code == 403
    assert counsellor.get(reverse("import-directory")).status_code == 403
