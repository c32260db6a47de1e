"""Who reads and keeps a territory's network, at the database; a single-purpose link opens its own offer alone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from convergence.network.agreements import AgreementFacts, add_agreement
from convergence.network.exchanges import ExchangeFacts, note_exchange
from convergence.network.models import Agreement, Branch, Capacity, Contact, Exchange, Hold, Offer, Partner
from convergence.network.offers import OfferFacts, add_offer
from convergence.network.partners import ContactFacts, PartnerFacts, add_contact, add_partner
from convergence.network.places import Figures, Speaker, hold, release, say_places
from convergence.network.policies import KEEPERS, READERS, SPEAKERS
from convergence.platform.dated import withdraw
from convergence.platform.identity import assume
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.conftest import AT_HOME, RESIDENCE

OF_A_PARTNER = (Partner, Branch, Offer, Contact, Agreement, Capacity, Hold)
REFERRAL = UUID(int=7)


@pytest.fixture
def filled(offer: Offer) -> Offer:
    """Something in each table."""
    add_contact(offer.partner, ContactFacts("Lou Factice", email="lou@residence.example"), today=TODAY)
    add_agreement(offer.partner, AgreementFacts("Dix places par an", TODAY), today=TODAY)
    note_exchange(offer.partner, ExchangeFacts(TODAY, "call", "On se rappelle."), today=TODAY)
    say_places(offer.pk, Figures(free=3), Speaker("officer"), TODAY, today=TODAY)
    hold(offer.pk, REFERRAL, firm=False, on=TODAY)
    return offer


def refused(work: Any) -> bool:
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except ProgrammingError as error:
        return "row-level security" in str(error)
    return False


@pytest.mark.parametrize("role", list(Role))
def test_whoever_works_on_the_territory_reads_it_and_nobody_else(world: World, filled: Offer, role: Role) -> None:
    for crowd, works in ((world.users, True), (world.former, False)):
        assume(crowd[role].pk, TODAY)
        read = {model.__name__ for model in OF_A_PARTNER if model._default_manager.exists()}
        assert read == ({model.__name__ for model in OF_A_PARTNER} if works and role in READERS else set())
        assert Exchange.objects.exists() is (works and role in KEEPERS)


@pytest.mark.parametrize("role", list(Role))
def test_officers_and_the_coordinator_keep_it_those_who_support_say_places(
    world: World, filled: Offer, role: Role
) -> None:
    withdraw(Capacity.objects.get(offer=filled))
    assume(world.users[role].pk, TODAY)
    keeps: tuple[Callable[[], object], ...] = (
        lambda: add_partner(world.territory.pk, PartnerFacts("Atelier Factice", "employer"), AT_HOME, today=TODAY),
        lambda: add_offer(filled.partner, OfferFacts("Autre offre", "job", "employment")),
        lambda: add_contact(filled.partner, ContactFacts("Ada Exemple"), today=TODAY),
        lambda: add_agreement(filled.partner, AgreementFacts("Objet", TODAY), today=TODAY),
    )
    assert [refused(work) for work in keeps] == [role not in KEEPERS] * len(keeps)
    speaks: tuple[Callable[[], object], ...] = (
        lambda: Capacity(offer=filled, said_by="officer", said_on=TODAY).save(force_insert=True),
        lambda: Hold(offer=filled, referral=uuid4(), held_on=TODAY).save(force_insert=True),
    )
    for work in speaks:
        if role in SPEAKERS:
            work()
        else:
            assert refused(work)


def test_another_territory_is_neither_read_nor_written(
    filled: Offer, other_territory: Territory, acting_as: Any
) -> None:
    assert refused(lambda: add_partner(other_territory.pk, RESIDENCE, AT_HOME, today=TODAY))
    with acting_as("maint"):
        there = Partner.objects.create(territory=other_territory, name="Foyer Imaginaire", kind="landlord")
    assert there not in Partner.objects.all()
    assert filled.partner in Partner.objects.all()

    def smuggle() -> None:
        Branch.objects.create(partner=there, territory=filled.territory, name="Siège")

    assert refused(smuggle)


def test_what_a_partner_says_is_read_back_by_who_wrote_it_even_on_a_site(world: World, filled: Offer) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    mine = note_exchange(filled.partner, ExchangeFacts(TODAY, "call", "Deux places en mars."), today=TODAY)
    assert [row.words for row in Exchange.objects.all()] == [mine.words]
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert not Exchange.objects.exists()


def test_a_link_reads_its_offer_says_its_places_and_holds_for_its_referral_alone(world: World, filled: Offer) -> None:
    other = add_offer(filled.partner, OfferFacts("Chambres", "housing_place", "housing"))
    assume(None, TODAY)
    assert not Offer.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.link', %s, true), set_config('app.offer', %s, true),"
            " set_config('app.partner', %s, true)",
            [str(REFERRAL), str(filled.pk), str(filled.partner_id)],
        )
    assert list(Offer.objects.select_related("partner")) == [filled]
    assert [row.referral for row in Hold.objects.all()] == [REFERRAL]
    assert not Contact.objects.exists()
    assert hold(filled.pk, REFERRAL, firm=True, on=TODAY).firm
    assert say_places(filled.pk, Figures(free=1), Speaker("partner"), TODAY, today=TODAY).free == 1
    assert release(REFERRAL)
    assert refused(lambda: say_places(other.pk, Figures(free=1), Speaker("partner"), TODAY, today=TODAY))
    assert refused(lambda: hold(filled.pk, uuid4(), firm=True, on=TODAY))
