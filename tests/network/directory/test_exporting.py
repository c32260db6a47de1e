"""The network and the directory go out as data·inclusion, accepted by its package with warnings, and as HSDS 3."""

import json
from pathlib import Path
from typing import Any

import pytest
from data_inclusion.schema import v1
from django.db.backends.postgresql.psycopg_any import DateRange
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from convergence.network.directory import hsds
from convergence.network.directory.corrections import correct
from convergence.network.directory.exporting import Export, export, not_expressed
from convergence.network.directory.models import Service, Structure
from convergence.network.models import Branch, Offer
from convergence.network.offers import OfferFacts, add_offer
from convergence.network.partners import BranchFacts, ContactFacts, PartnerFacts, add_contact, add_partner
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, bring, page, service, structure

OURS = "Deux pièces pour l’essai"
HOUSING = "logement-hebergement--se-maintenir-dans-le-logement"
SCHEMAS = json.loads((Path(__file__).parent / "hsds" / "schemas.json").read_text(encoding="utf-8"))


def validator(name: str) -> Any:
    """Of a published schema of HSDS 3, stripped to its constraints (see hsds/strip.py)."""
    resources = [(key, DRAFT202012.create_resource(schema)) for key, schema in SCHEMAS.items()]
    registry: Any = Registry().with_resources(resources)
    return Draft202012Validator({"$ref": name}, registry=registry, format_checker=FormatChecker())


@pytest.fixture
def network(world: World, acting_as: Acting, time_machine: Any) -> World:
    """A partner of ours with a contact and an offer; two services of the public directory, one of them corrected."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk
    services = [
        service(1, zone_eligibilite=["75"], contact_nom_prenom="Lou Factice", telephone="01 99 00 00 03"),
        service(2, nom="À distance.", modes_accueil=["a-distance"], frais=None, horaires_accueil="Mo 09:00-12:00"),
    ]
    bring(officer, acting_as, page([structure(1, siret="13003013300016")]), page(services))
    assume(officer, TODAY)
    correct(Service.objects.get(external_id="fictif--service-1"), {"nom": "Atelier corrigé"}, TODAY)
    place = BranchFacts("Antenne", "", "2 rue de l’Exemple", "75010", "Paris", "75110", 48.87, 2.36, "01 99 00 00 02")
    partner = add_partner(world.territory.pk, PartnerFacts("Bailleur d’essai.", "landlord"), place, today=TODAY)
    add_contact(partner, ContactFacts("Lou Imaginaire", email="lou@bailleur.example"), today=TODAY)
    branch = partner.branches.get()
    facts = OfferFacts(OURS, "housing_place", "housing", branch.pk, themes=[HOUSING], publics=["jeunes"])
    add_offer(partner, facts)
    return world


def exported() -> Export:
    ours = Offer.objects.filter(name=OURS).select_related("partner", "branch")
    branches = Branch.objects.filter(pk__in=ours.values("branch")).select_related("partner")
    return export(branches, ours, Service.objects.select_related("structure"), TODAY)


def test_every_row_is_accepted_by_the_package_with_its_warnings(network: World) -> None:
    made = exported()
    for row in made.structures:
        v1.Structure.model_validate(row, context={"ignore_warnings": False})
    for row in made.services:
        v1.Service.model_validate(row, context={"ignore_warnings": False})
    assert [row["nom"] for row in made.structures] == ["Bailleur d’essai., Antenne", "Maison Imaginaire 1"]
    assert {row["nom"] for row in made.services} == {OURS, "Atelier corrigé", "À distance"}
    assert made.left_out == []


def test_nobody_to_contact_is_exported(network: World) -> None:
    made = exported()
    text = json.dumps([made.structures, made.services], ensure_ascii=False)
    assert "Imaginaire 1" in text
    assert "Lou" not in text
    assert "lou@" not in text
    assert any("Personnes à contacter" in line for line in not_expressed())


def test_what_the_package_refuses_is_left_out_and_told(network: World) -> None:
    # As a correction of before the schema changed would be.
    broken = {"site_web": {"ours": "pas une adresse", "seen": None}, "courriel": {"ours": "x", "seen": None}}
    Structure.objects.update(corrected=broken)
    Service.objects.filter(external_id="fictif--service-2").update(
        corrected={"description": {"ours": "non", "seen": None}}
    )
    made = exported()
    assert "site_web" not in next(row for row in made.structures if row["source"] == "fictif")
    assert {row["id"] for row in made.services if row["source"] == "fictif"} == {"fictif--service-1"}
    assert (
        "fictif--structure-1",
        "Site web\u00a0: Une adresse web complète est attendue (https://…).",
    ) in made.left_out
    assert ("fictif--service-2", "Description\u00a0: 5 caractères au moins sont attendus.") in made.left_out


def test_an_offer_taken_from_the_directory_goes_out_once_and_one_without_a_place_is_told(network: World) -> None:
    offer = Offer.objects.get(name=OURS)
    taken = Offer.objects.create(
        partner=offer.partner, territory=network.territory, branch=offer.branch, domain="housing", kind="other",
        name="Pris", directory_id="fictif--service-1", open_over=DateRange(TODAY, None),
    )  # fmt: skip
    nowhere = Offer.objects.create(
        partner=offer.partner, territory=network.territory, domain="housing", kind="other", name="Nulle part",
        open_over=DateRange(TODAY, None),
    )  # fmt: skip
    made = export([], [taken, nowhere], Service.objects.select_related("structure"), TODAY)
    assert [row["id"] for row in made.services] == ["fictif--service-1", "fictif--service-2"]
    assert made.left_out[0][0] == f"convergence--offre-{nowhere.pk}"


def test_services_and_organizations_follow_the_published_schemas_of_hsds(network: World) -> None:
    made = exported()
    services, organizations = hsds.services(made.services, made.structures), hsds.organizations(made.structures)
    assert (services["total_items"], organizations["total_items"]) == (3, 2)
    for one in services["contents"]:
        validator("service.json").validate(one)
    for one in organizations["contents"]:
        validator("organization.json").validate(one)


def test_hsds_says_where_how_and_for_whom(network: World) -> None:
    made = exported()
    by_name = {one["name"]: one for one in hsds.services(made.services, made.structures)["contents"]}
    here, far = by_name[OURS], by_name["À distance"]
    location = here["service_at_locations"][0]["location"]
    assert (location["location_type"], location["addresses"][0]["state_province"]) == ("physical", "75")
    assert far["service_at_locations"][0]["location"]["location_type"] == "virtual"
    assert far["schedules"][0]["description"] == "Mo 09:00-12:00"
    assert by_name["Atelier corrigé"]["cost_options"][0]["amount"] == 0
    assert {one["taxonomy_term"]["code"] for one in here["attributes"]} == {HOUSING, "jeunes"}
    assert far["organization"]["organization_identifiers"][0]["identifier"] == "13003013300016"
    assert hsds.services(made.services, made.structures) == hsds.services(made.services, made.structures)


def test_a_schema_that_validates_nothing_would_be_seen() -> None:
    service = {"id": "pas un uuid", "name": "Sans état"}
    assert {error.validator for error in validator("service.json").iter_errors(service)} == {"required", "format"}
