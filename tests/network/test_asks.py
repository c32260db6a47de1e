"""One letter a partner asks whether places are free; its link answers for its own offers, and dead tells nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from convergence.network.asks import answer_ask, ask_places, open_ask, renew_ask
from convergence.network.models import Capacity, CapacityAsk, Offer
from convergence.network.offers import OfferFacts, add_offer
from convergence.network.partners import ContactFacts, add_contact, correct_contact
from convergence.network.places import Figures
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from tests.builders import TODAY


def page(token: str) -> str:
    return f"https://convergence.example/places/{token}/"


def token() -> str:
    found = re.search(r"/places/([\w-]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def _letters_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def asked(offer: Offer) -> CapacityAsk:
    add_contact(
        offer.partner,
        ContactFacts("Lou Factice", email="lou@residence.example", agreed_on=TODAY, agreed_how="spoken"),
        today=TODAY,
    )
    return ask_places([offer.pk], "Équipe fictive", page, today=TODAY).asks[0]


def test_one_letter_a_partner_to_whoever_agreed_and_once_a_day(offer: Offer, asked: CapacityAsk) -> None:
    second = add_offer(offer.partner, OfferFacts("Chambres", "housing_place", "housing"))
    assert [letter.to for letter in mail.outbox] == [["lou@residence.example"]]
    assert "Studios meublés" in mail.outbox[0].body
    again = ask_places([offer.pk, second.pk], "Équipe fictive", page, today=TODAY)
    assert (again.asks, again.waiting) == ([], [offer.partner])
    tomorrow = ask_places([offer.pk, second.pk], "Équipe fictive", page, today=TODAY + timedelta(days=1))
    assert [sorted(ask.offers) for ask in tomorrow.asks] == [sorted([offer.pk, second.pk])]
    assert len(mail.outbox) == 2


def test_a_partner_without_anybody_who_agreed_is_named_and_not_written_to(offer: Offer) -> None:
    asked = ask_places([offer.pk], "Équipe fictive", page, today=TODAY)
    assert (asked.asks, asked.unreachable, mail.outbox) == ([], [offer.partner], [])
    with pytest.raises(Refused, match="entre une et"):
        ask_places([], "Équipe fictive", page, today=TODAY)


def test_the_link_answers_its_own_offers_until_it_expires(offer: Offer, asked: CapacityAsk) -> None:
    other = add_offer(offer.partner, OfferFacts("Chambres", "housing_place", "housing"))
    link = token()
    assume(None, TODAY)
    opened = open_ask(link, TODAY)
    assert opened == asked
    answer_ask(asked, offer.pk, Figures(free=3), today=TODAY)
    answer_ask(asked, offer.pk, Figures(free=1), today=TODAY)
    said = Capacity.objects.current().get(offer=offer)
    assert (said.free, said.said_by, said.said_on, said.recorded_by) == (1, "partner", TODAY, None)
    assert CapacityAsk.objects.get(pk=asked.pk).answered_on == TODAY
    assert list(Offer.objects.all()) == [offer]
    with pytest.raises(Refused, match="pas dans la question"):
        answer_ask(asked, other.pk, Figures(free=3), today=TODAY)
    assert open_ask(link, asked.expires_on) == asked
    assert open_ask(link, asked.expires_on + timedelta(days=1)) is None
    assert not Offer.objects.exists()
    assert open_ask("adresse-inconnue", TODAY) is None


def test_a_dead_link_is_renewed_once_a_day_to_the_same_contact_and_says_nothing(asked: CapacityAsk) -> None:
    link = token()
    assume(None, TODAY)
    renew_ask("adresse-inconnue", page, today=TODAY)
    renew_ask(link, page, today=TODAY)
    assert len(mail.outbox) == 1
    later = asked.expires_on + timedelta(days=1)
    for _twice in range(2):
        renew_ask(link, page, today=later)
    assert [letter.to for letter in mail.outbox] == [["lou@residence.example"]] * 2
    assert open_ask(token(), later) is not None


def test_a_contact_who_took_her_consent_back_receives_no_other_link(offer: Offer, asked: CapacityAsk) -> None:
    link = token()
    contact = offer.partner.contacts.get(series=asked.contact, superseded_at=None)
    correct_contact(contact, ContactFacts("Lou Factice", email="lou@residence.example"), today=TODAY)
    assume(None, TODAY)
    renew_ask(link, page, today=asked.expires_on + timedelta(days=1))
    assert len(mail.outbox) == 1
