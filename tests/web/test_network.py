"""The network on screen: bad input gets a sentence, roles see what is theirs, a partner answers without an account."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from convergence.network.models import Agreement, Branch, Capacity, CapacityAsk, Contact, Exchange, Offer, Partner
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.web.team import enter, text

NAME, KIND = "Foyer Imaginaire", "shelter"


@pytest.fixture(autouse=True)
def the_day(time_machine: Any, settings: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def officer(world: World) -> Client:
    return enter(world.users[Role.PARTNERSHIP_OFFICER])


def seen(client: Client, branch_id: int) -> str:
    """What the form of a branch says that it shows."""
    page = client.get(reverse("change-branch", args=[branch_id])).content.decode()
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def count(acting_as: Any, model: Any) -> int:
    with acting_as("maint"):
        return int(model.objects.count())


def test_a_partner_is_added_found_again_without_accents_and_read_by_the_sites(world: World, officer: Client) -> None:
    given = {"territory": world.territory.pk, "name": "Épicerie Modèle", "kind": "employer", "commune": "Paris"}
    made = officer.post(reverse("new-partner"), given)
    page = text(officer.get(made["Location"]))
    assert "Épicerie Modèle est dans le réseau." in page
    assert "Aucune offre notée" in page
    found = text(officer.get(reverse("network"), {"mots": "epicerie"}))
    assert "Épicerie Modèle" in found
    assert "Bailleur Factice" not in found
    assert "Épicerie Modèle" in text(officer.get(reverse("network"), {"fermes": "oui"}))
    counsellor = enter(world.users[Role.COUNSELLOR])
    read = text(counsellor.get(made["Location"]))
    assert "Épicerie Modèle" in read
    assert "Corriger la fiche" not in read
    assert counsellor.get(reverse("new-partner")).status_code == 403
    assert enter(world.users[Role.FUNDER]).get(reverse("network")).status_code == 403


def test_a_partner_like_one_that_exists_is_a_question_with_what_exists(
    world: World, officer: Client, acting_as: Any
) -> None:
    before = count(acting_as, Partner)
    given = {"territory": world.territory.pk, "name": "Baileur factice 0", "kind": "landlord"}
    asked = officer.post(reverse("new-partner"), given)
    assert asked.status_code == 409
    assert reverse("partner", args=[world.network["partner_id"]]) in asked.content.decode()
    assert "C’est un autre partenaire" in text(asked)
    assert count(acting_as, Partner) == before
    assert officer.post(reverse("new-partner"), given | {"another": "on"}).status_code == 302
    assert count(acting_as, Partner) == before + 1


@pytest.mark.parametrize(
    ("wrong", "sentence", "status"),
    [
        ({"latitude": "45,0", "longitude": "-4,5"}, "tombent en mer ou hors de France", 409),
        ({"latitude": "2.35", "longitude": "48.85"}, "semblent inversées", 409),
        ({"latitude": "nord"}, "nombre", 422),
        ({"latitude": "nan", "longitude": "nan"}, "nombre", 422),
        ({"siret": "12345678901234"}, "SIRET", 422),
        ({"postcode": "75"}, "5 chiffres", 422),
        ({"kind": "castle"}, "choix", 422),
        ({"name": "Bailleur Factice 0", "another": "on"}, "porte déjà ce nom", 409),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_nothing_is_written(
    world: World, officer: Client, acting_as: Any, wrong: dict[str, str], sentence: str, status: int
) -> None:
    before = count(acting_as, Partner), count(acting_as, Branch)
    given = {"territory": world.territory.pk, "name": NAME, "kind": KIND}
    refused = officer.post(reverse("new-partner"), given | wrong)
    assert (refused.status_code, sentence in text(refused)) == (status, True)
    assert (count(acting_as, Partner), count(acting_as, Branch)) == before


def test_an_offer_without_places_is_shown_so_and_absurd_places_are_refused(
    world: World, officer: Client, acting_as: Any
) -> None:
    partner = world.network["partner_id"]
    given = {"name": "Chambres", "kind": "housing_place", "domain": "housing"}
    here = officer.post(reverse("new-offer", args=[partner]), given)["Location"]
    assert "places non connues" in text(officer.get(here))
    say = f"{here}places/"
    figures = {"unit": "place", "said_on": TODAY.isoformat(), "said_by": "partner"}
    for wrong, sentence in (
        ({"free": "-3"}, "de 0 à 10 000"),
        ({"free": "999999999999"}, "de 0 à 10 000"),
        ({"free": "5", "places": "2"}, "plus de places libres que de places"),
        ({}, "au moins un chiffre"),
        ({"free": "1", "said_on": "2999-01-01"}, "hors du possible"),
    ):
        refused = officer.post(say, figures | wrong)
        assert refused.status_code in {409, 422}
        assert sentence in text(refused)
    with acting_as("maint"):
        assert not Capacity.objects.filter(offer__name="Chambres").exists()
    assert officer.post(say, figures | {"free": "2"}).status_code == 302
    assert "2 places libres" in text(officer.get(here))


def test_a_counsellor_says_places_and_a_work_supervisor_only_reads(world: World) -> None:
    say = reverse("say-places", args=[world.network["network_offer_id"]])
    counsellor = enter(world.users[Role.COUNSELLOR])
    given = {"unit": "place", "said_on": TODAY.isoformat(), "said_by": "counsellor", "free": "0", "places": "10"}
    assert "complet" in text(counsellor.post(say, given, follow=True))
    assert counsellor.post(say, given | {"said_by": "officer"}).status_code == 422
    assert enter(world.users[Role.WORK_SUPERVISOR]).get(say).status_code == 403


def test_the_thread_of_exchanges_asks_before_a_person_is_named(world: World, acting_as: Any) -> None:
    counsellor = enter(world.users[Role.COUNSELLOR])
    address = reverse("new-exchange", args=[world.network["partner_id"]])
    given = {"held_on": TODAY.isoformat(), "kind": "call", "words": "Mme Fictive aura un studio."}
    asked = counsellor.post(address, given)
    assert asked.status_code == 409
    assert "« Fictive »" in text(asked)
    assert counsellor.post(address, given | {"nobody_named": "on"}).status_code == 302
    half = counsellor.post(address, given | {"words": "Rien.", "next_step": "Rappeler"})
    assert half.status_code == 422
    assert "se note avec sa date" in text(half)
    with acting_as("maint"):
        assert Exchange.objects.filter(partner=world.network["partner_id"]).count() == 2


def test_what_hangs_on_a_partner_is_corrected_and_the_second_editor_is_told(world: World, officer: Client) -> None:
    ids = world.network
    home = reverse("partner", args=[ids["partner_id"]])
    contact = {"name": "Lou Inventé", "function": "Accueil", "seen_version": ids["partner_contact_id"]}
    address = reverse("change-partner-contact", args=[ids["partner_contact_id"]])
    assert officer.post(address, contact)["Location"] == home
    late = officer.post(address, contact | {"function": "Direction"})
    assert late.status_code == 409
    assert "pendant que vous écriviez" in text(late)
    agreement = {
        "subject": "Vingt places",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "renewal": "express",
        "seen_version": ids["agreement_id"],
    }
    assert officer.post(reverse("change-agreement", args=[ids["agreement_id"]]), agreement).status_code == 302
    page = text(officer.get(home))
    assert "Vingt places" in page
    assert "à décider bientôt" in page
    assert "aucun courrier ne part" in page
    assert officer.post(reverse("remove-agreement", args=[Agreement.objects.latest("pk").pk])).status_code == 302
    assert officer.get(reverse("change-agreement", args=[ids["agreement_id"]])).status_code == 404
    branch = {
        "name": "Siège",
        "closed_on": TODAY.isoformat(),
        "commune": "Paris",
        "seen": seen(officer, ids["branch_id"]),
    }
    assert officer.post(reverse("change-branch", args=[ids["branch_id"]]), branch).status_code == 302
    assert "fermé depuis le 23 novembre 2026" in text(officer.get(home))
    assert "n’est plus dans le réseau" in text(
        officer.post(reverse("end-partner", args=[ids["partner_id"]]), follow=True)
    )


def test_another_territory_is_not_found(world: World, officer: Client, acting_as: Any) -> None:
    with acting_as("maint"):
        elsewhere = type(world.territory).objects.create(name="Autre territoire")
        partner = Partner.objects.create(territory=elsewhere, name=NAME, kind=KIND)
        contact = Contact.objects.create(partner=partner, name="Ada Exemple")
    for address in (
        reverse("partner", args=[partner.pk]),
        reverse("change-partner", args=[partner.pk]),
        reverse("change-partner-contact", args=[contact.pk]),
    ):
        assert officer.get(address).status_code == 404
    assert NAME not in text(officer.get(reverse("network")))


def test_is_it_still_free_is_asked_of_many_and_answered_in_one_tap(
    world: World, officer: Client, acting_as: Any
) -> None:
    offer_id = world.network["network_offer_id"]
    with acting_as("maint"):
        CapacityAsk.objects.all().delete()
    sent = officer.post(reverse("ask-places"), {"offre": [offer_id, "x", "999999"]}, follow=True)
    assert "La question part vers un partenaire." in text(sent)
    (letter,) = mail.outbox
    assert letter.to == ["lou@bailleur.example"]
    found = re.search(r"http://testserver(/places/\S+)", str(letter.body))
    assert found
    partner, address = Client(), found[1]
    # A mail scanner follows the link: nothing changes.
    page = partner.get(address)
    assert "Oui, toujours 2 libres" in text(page)
    assert page["Cache-Control"] == "no-store, private"
    assert page["Referrer-Policy"] == "strict-origin"
    with acting_as("maint"):
        assert Capacity.objects.filter(offer=offer_id).count() == 1
        assert CapacityAsk.objects.get().answered_on is None
    thanks = partner.post(address, {"offre": offer_id, "libres": "2", "unite": "place"}, follow=True)
    assert "C’est noté, merci." in text(thanks)
    assert "Votre réponse : 2 libres." in text(thanks)
    for wrong in ("-1", "deux", "99999"):
        refused = partner.post(address, {"offre": offer_id, "libres": wrong}, follow=True)
        assert refused.status_code == 200
        assert "places" in text(refused)
    with acting_as("maint"):
        said = Capacity.objects.current().get(offer=offer_id)
        assert (said.free, said.said_by, said.said_on) == (2, "partner", TODAY)
        assert CapacityAsk.objects.get().answered_on == TODAY


def test_every_dead_link_shows_the_same_page(world: World, time_machine: Any, officer: Client) -> None:
    unknown = Client().get(reverse("answer-places", args=["adresse-inconnue"]))
    officer.post(reverse("ask-places"), {"offre": world.network["network_offer_id"]})
    time_machine.move_to("2026-12-20T10:00:00+01:00", tick=False)
    expired = Client().get(reverse("answer-places", args=["autre-adresse"]))
    assert unknown.status_code == expired.status_code == 404
    strip = re.compile(r"csrf\w* value=\S+|X-CSRFToken\S+ \S+|value=\"\w{64}\"|places/[\w-]+/")
    assert strip.sub("", unknown.content.decode()) == strip.sub("", expired.content.decode())
    renewed = Client().post(reverse("renew-answer-places", args=["adresse-inconnue"]))
    assert "Si ce lien était le vôtre" in text(renewed)


def test_the_map_and_its_list_say_the_same_from_a_site_or_a_town(world: World, officer: Client) -> None:
    page = officer.get(reverse("network-map"), {"chantier": world.site.pk}).content.decode()
    assert 'aria-label="1. Bailleur Factice 0"' in page
    assert "25 min en transports en commun" in page
    from_town = officer.get(reverse("network-map"), {"lieu": "paris", "rayon": "2"}).content.decode()
    assert 'aria-label="1. Bailleur Factice 0"' in from_town
    assert "0,0\u00a0km" in from_town or "0,0 km" in from_town
    assert "ne connaît rien dans cette commune" in text(officer.get(reverse("network-map"), {"lieu": "Atlantide"}))
    other = text(officer.get(reverse("network-map"), {"chantier": world.other_site.pk}))
    assert "n’est pas encore situé" in other
    located = officer.post(
        reverse("locate-site", args=[world.other_site.pk]), {"latitude": "48,90", "longitude": "2,35"}, follow=True
    )
    assert "à vol d’oiseau" in text(located)
    sea = officer.post(reverse("locate-site", args=[world.other_site.pk]), {"latitude": "46", "longitude": "-5"})
    assert "tombent en mer" in text(sea)


def test_an_offer_page_tells_who_said_what_before(world: World, officer: Client) -> None:
    here = reverse("offer", args=[world.network["network_offer_id"]])
    given = {
        "unit": "place",
        "said_on": TODAY.isoformat(),
        "said_by": "partner",
        "said_by_name": "Lou Inventé",
        "free": "4",
    }
    officer.post(f"{here}places/", given)
    page = text(officer.get(here))
    assert "3 places libres" in page
    assert "dit par le partenaire (Lou Inventé)" in page
    assert "Ce qui a été dit avant" in page


def test_an_offer_says_for_whom_about_what_and_where_and_a_wrong_commune_is_told(
    world: World, officer: Client, acting_as: Any
) -> None:
    with acting_as("maint"):
        known = Offer.objects.get(pk=world.network["network_offer_id"])
        Offer.objects.filter(pk=known.pk).update(publics=["jeunes", "public-d-hier"])
    address = reverse("change-offer", args=[known.pk])
    form = officer.get(address).context["form"]
    themes = [code for _label, group in form.fields["themes"].choices for code, _words in group][:2]
    shown = {name: form[name].value() or "" for name in form.fields} | {"publics": ["jeunes", "public-d-hier"]}
    refused = officer.post(address, shown | {"themes": themes, "area_insee": "75118 Paris"})
    assert "« PARIS » n’est pas un code de commune" in text(refused)
    officer.post(address, shown | {"themes": themes, "area_insee": "75118, 2a004\n75118"})
    with acting_as("maint"):
        known.refresh_from_db()
    assert (known.publics, known.themes) == (["jeunes", "public-d-hier"], themes)
    assert known.area_insee == ["75118", "2A004"]
    page = text(officer.get(reverse("offer", args=[known.pk])))
    assert "Communes desservies" in page
    assert "75118, 2A004" in page
    assert "Jeunes" in page
    fresh = officer.get(address).context["form"]["seen"].value()
    officer.post(address, shown | {"seen": fresh, "publics": [], "themes": [], "area_insee": ""})
    with acting_as("maint"):
        known.refresh_from_db()
    assert (known.publics, known.themes, known.area_insee) == ([], [], [])
