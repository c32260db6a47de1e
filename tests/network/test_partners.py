"""Partners and what hangs on them: one like it is asked about, coordinates in the sea are told, consent is kept."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from convergence.network.agreements import (
    AgreementFacts,
    add_agreement,
    correct_agreement,
    decided_by,
    ending_soon,
    ends_soon,
)
from convergence.network.exchanges import (
    ExchangeFacts,
    correct_exchange,
    note_exchange,
    steps_to_take,
    take_step,
    telling_words,
)
from convergence.network.models import Agreement, Branch, Contact, Exchange, Offer, Partner
from convergence.network.offers import DirectoryService, OfferFacts, add_offer, adopt, correct_offer
from convergence.network.partners import (
    Alike,
    BranchFacts,
    ContactFacts,
    PartnerFacts,
    add_branch,
    add_contact,
    add_partner,
    alike,
    close_partner,
    contact_to_write_to,
    correct_contact,
    correct_partner,
)
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.territories.administering import fingerprint
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.conftest import AT_HOME, RESIDENCE

SIRET = "35600000000048"
WEEK = timedelta(days=7)


@pytest.mark.parametrize("name", ["Residence fictive", "Fictive Résidence", "La résidence Fictives"])
def test_a_partner_like_one_that_exists_is_asked_about_and_may_be_another(partner: Partner, name: str) -> None:
    with pytest.raises(Alike, match="Résidence Fictive") as asked, transaction.atomic():
        add_partner(partner.territory_id, replace(RESIDENCE, name=name), AT_HOME, today=TODAY)
    assert asked.value.partners == [partner]
    assert add_partner(
        partner.territory_id, replace(RESIDENCE, name=name + " II"), AT_HOME, another=True, today=TODAY
    ).pk


def test_another_name_with_the_same_legal_entity_is_asked_about(partner: Partner) -> None:
    add_branch(partner, BranchFacts("Agence", siret=SIRET))
    assert alike(partner.territory_id, "Tout autre nom", siret="35600000000055") == [partner]
    assert alike(partner.territory_id, "Tout autre nom", siren="356000000") == [partner]
    assert alike(partner.territory_id, "Tout autre nom") == []


def test_the_very_same_name_is_refused_even_knowingly(partner: Partner) -> None:
    same = replace(RESIDENCE, name="RÉSIDENCE fictive")
    with pytest.raises(IntegrityError, match="partner_name_once"), transaction.atomic():
        add_partner(partner.territory_id, same, AT_HOME, another=True, today=TODAY)


@pytest.mark.parametrize(
    ("latitude", "longitude", "sentence"),
    [
        (45.0, -4.5, "en mer"),
        (0.0, 0.0, "en mer"),
        (2.3449, 48.8917, "inversées"),
        (48.9, None, "avec sa latitude et sa longitude"),
        (40.4, -3.7, "hors de France"),
        (999.0, 2.0, "hors de France"),
    ],
)
def test_coordinates_out_of_france_are_told(
    officer: World, latitude: float, longitude: float | None, sentence: str
) -> None:
    before = Partner.objects.count()
    with pytest.raises(Refused, match=sentence), transaction.atomic():
        add_partner(
            officer.territory.pk,
            RESIDENCE,
            replace(AT_HOME, latitude=latitude, longitude=longitude),
            today=TODAY,
        )
    assert Partner.objects.count() == before


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (48.39, -4.49),
        (51.03, 2.37),
        (42.70, 2.90),
        (41.92, 8.74),
        (43.70, 7.26),
        (48.58, 7.75),
        (-20.88, 55.45),
        (16.0, -61.7),
    ],
    ids=["Brest", "Dunkerque", "Perpignan", "Ajaccio", "Nice", "Strasbourg", "Saint-Denis", "Basse-Terre"],
)
def test_the_edges_of_france_are_france(partner: Partner, latitude: float, longitude: float) -> None:
    assert add_branch(partner, BranchFacts("Antenne", latitude=latitude, longitude=longitude)).located


def test_the_second_of_two_editors_is_told(partner: Partner) -> None:
    seen = fingerprint(partner)
    renamed = correct_partner(partner, seen, replace(RESIDENCE, name="Résidence Modèle"), today=TODAY)
    assert (renamed.name, Partner.objects.get(pk=partner.pk).key) == ("Résidence Modèle", "residence modele")
    with pytest.raises(ChangedMeanwhile):
        correct_partner(partner, seen, RESIDENCE, today=TODAY)


def test_a_partner_that_is_one_no_more_keeps_its_history(partner: Partner) -> None:
    assert close_partner(partner, TODAY).closed_on == TODAY
    assert close_partner(Partner.objects.get(pk=partner.pk), None).closed_on is None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (PartnerFacts("  ", "employer"), "Donnez un nom"),
        (PartnerFacts("Atelier Factice", "employer", ["magic"]), "de la liste"),
        (PartnerFacts("Atelier Factice", "employer", since=TODAY + WEEK), "dans le futur"),
    ],
)
def test_what_no_partner_can_be_is_refused(officer: World, facts: PartnerFacts, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        add_partner(officer.territory.pk, facts, AT_HOME, today=TODAY)


def test_no_letter_goes_to_a_contact_who_did_not_agree(partner: Partner) -> None:
    silent = add_contact(partner, ContactFacts("Ada Exemple", email="ada@residence.example", main=True), today=TODAY)
    assert contact_to_write_to(partner) is None
    consented = correct_contact(
        silent,
        ContactFacts("Ada Exemple", email="ada@residence.example", agreed_on=TODAY, agreed_how="spoken"),
        today=TODAY,
    )
    assert contact_to_write_to(partner) == consented
    assert consented.may_be_written_to


def test_the_first_contact_takes_the_place_of_the_one_before(partner: Partner) -> None:
    for name in ("Ada Exemple", "Lou Factice"):
        add_contact(partner, ContactFacts(name, main=True), today=TODAY)
    mains = Contact.objects.current().filter(partner=partner, main=True)
    assert [contact.name for contact in mains] == ["Lou Factice"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (ContactFacts("Ada", agreed_on=TODAY), "quand et comment"),
        (ContactFacts("Ada", agreed_on=TODAY + WEEK, agreed_how="spoken"), "dans le futur"),
        (ContactFacts(" "), "Donnez le nom"),
        (ContactFacts("Ada", branch_id=0), None),
        (ContactFacts("Ada", branch_id=999_999), "établissement de ce partenaire"),
    ],
)
def test_a_contact_is_said_whole(partner: Partner, facts: ContactFacts, sentence: str | None) -> None:
    if sentence is None:
        assert add_contact(partner, replace(facts, branch_id=None), today=TODAY).pk
        return
    with pytest.raises(Refused, match=sentence):
        add_contact(partner, facts, today=TODAY)


def test_an_agreement_is_to_be_decided_on_before_its_notice(partner: Partner) -> None:
    last = TODAY + timedelta(days=150)
    facts = AgreementFacts("Dix places", TODAY - WEEK, last, notice_months=3)
    noted = add_agreement(partner, facts, today=TODAY)
    assert decided_by(noted) is not None
    assert ends_soon(noted, TODAY)
    assert noted in ending_soon([partner.territory_id], TODAY)
    longer = correct_agreement(noted, replace(facts, notice_months=None), today=TODAY)
    assert not ends_soon(longer, TODAY)
    assert ends_soon(longer, last)
    assert not ends_soon(longer, last + timedelta(days=1))
    assert Agreement.objects.filter(series=noted.series).count() == 2


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (AgreementFacts(" ", TODAY), "sur quoi porte"),
        (AgreementFacts("Objet", TODAY, TODAY - WEEK), "après le début"),
        (AgreementFacts("Objet", TODAY, reserved_places=-1), "de 0 à 10 000"),
        (AgreementFacts("Objet", TODAY, reserved_places=99_999), "de 0 à 10 000"),
        (AgreementFacts("Objet", TODAY, notice_months=40), "36 mois"),
        (AgreementFacts("Objet", TODAY, signed_on=TODAY + WEEK), "futur"),
        (AgreementFacts("Objet", TODAY, contact=uuid4()), "contact de ce partenaire"),
        (AgreementFacts("Objet", TODAY, renewal="never"), "possibilités"),
    ],
)
def test_an_impossible_agreement_is_refused(partner: Partner, facts: AgreementFacts, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        add_agreement(partner, facts, today=TODAY)


def test_an_exchange_leads_to_a_next_step_that_is_taken(partner: Partner) -> None:
    noted = note_exchange(
        partner, ExchangeFacts(TODAY, "visit", "Une visite.", next_step="Rappeler", next_on=TODAY + WEEK), today=TODAY
    )
    assert Exchange.objects.get(pk=noted.pk).words == "Une visite."
    assert list(steps_to_take([partner.territory_id])) == [noted]
    done = take_step(noted, TODAY)
    assert not steps_to_take([partner.territory_id])
    with pytest.raises(Refused, match="déjà faite"):
        take_step(done, TODAY)
    corrected = correct_exchange(done, ExchangeFacts(TODAY, "call", "Un appel."), today=TODAY)
    assert (corrected.words, corrected.next_step) == ("Un appel.", "")


def test_the_words_of_an_exchange_are_sealed_in_the_database(partner: Partner) -> None:
    noted = note_exchange(partner, ExchangeFacts(TODAY, "call", "Mots secrets"), today=TODAY)
    raw = Exchange.objects.filter(pk=noted.pk).values_list("words", flat=True).get()
    assert b"Mots secrets" not in bytes(raw)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (ExchangeFacts(TODAY, "call", " "), "ce qui s’est dit"),
        (ExchangeFacts(TODAY + WEEK, "call", "Mots"), "jour à venir"),
        (ExchangeFacts(TODAY, "call", "Mots", next_step="Rappeler"), "avec sa date"),
        (ExchangeFacts(TODAY, "pigeon", "Mots"), "comment"),
        (ExchangeFacts(TODAY, "call", "M" * 10_001), "trop long"),
    ],
)
def test_an_exchange_is_said_whole(partner: Partner, facts: ExchangeFacts, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        note_exchange(partner, facts, today=TODAY)


def test_names_that_the_actor_reads_and_words_of_health_are_asked_about(officer: World) -> None:
    assert telling_words("Madame Imaginaire viendra pour son addiction") == ["addiction"]
    assume(officer.users[Role.COUNSELLOR].pk, TODAY)
    assert telling_words("Madame FICTIVE viendra jeudi") == ["FICTIVE"]
    assert telling_words("Deux places de plus en janvier") == []


def test_a_service_of_the_directory_is_adopted_once_with_its_partner(officer: World) -> None:
    service = DirectoryService(
        "source--1",
        "source--1--a",
        PartnerFacts("Foyer Imaginaire", "shelter", ["housing"]),
        BranchFacts("Foyer Imaginaire", commune="Paris"),
        OfferFacts("Hébergement", "housing_place", "housing"),
    )
    offer = adopt(officer.territory.pk, service, today=TODAY)
    assert (offer.directory_id, offer.branch and offer.branch.directory_id) == ("source--1--a", "source--1")
    with pytest.raises(Refused, match="déjà dans le réseau"):
        adopt(officer.territory.pk, service, today=TODAY)
    second = adopt(
        officer.territory.pk,
        replace(service, service_id="source--1--b", offer=replace(service.offer, name="Accueil de jour")),
        today=TODAY,
    )
    assert second.branch == offer.branch
    elsewhere = replace(service, structure_id="source--2", service_id="source--2--a")
    with pytest.raises(Alike), transaction.atomic():
        adopt(officer.territory.pk, elsewhere, today=TODAY)
    elsewhere = replace(elsewhere, branch=BranchFacts("Antenne"), offer=replace(service.offer, name="Nuitées"))
    assert adopt(officer.territory.pk, elsewhere, partner=offer.partner, today=TODAY).partner == offer.partner


def test_an_offer_is_corrected_and_refuses_what_cannot_be(offer: Offer) -> None:
    facts = OfferFacts("Studios", "housing_place", "housing", first_day=TODAY, last_day=TODAY + WEEK)
    changed = correct_offer(offer, fingerprint(offer), facts)
    assert (changed.name, changed.last_day, changed.sensitive) == ("Studios", TODAY + WEEK, False)
    other = Branch.objects.exclude(partner=offer.partner).first()
    assert other is not None
    for wrong, sentence in (
        (replace(facts, last_day=TODAY - WEEK), "après le début"),
        (replace(facts, kind="castle"), "nature et le domaine"),
        (replace(facts, health_access="spa"), "structure de soin"),
        (replace(facts, branch_id=other.pk), "établissement de ce partenaire"),
    ):
        with pytest.raises(Refused, match=sentence):
            add_offer(offer.partner, wrong)
    assert add_offer(offer.partner, OfferFacts("CSAPA", "care_slot", "health", health_access="csapa")).sensitive


def test_a_correction_of_a_contact_that_another_made_first_is_told(partner: Partner) -> None:
    contact = add_contact(partner, ContactFacts("Ada Exemple"), today=TODAY)
    revise(contact, function="Accueil")
    with pytest.raises(ChangedMeanwhile):
        correct_contact(contact, ContactFacts("Ada Exemple", function="Direction"), today=TODAY)
