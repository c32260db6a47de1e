"""A person's referrals on screen: from the need to what became of it, as the counsellor and the officer see them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from convergence.access.models import User
from convergence.network.models import Contact, Offer
from convergence.network.places import Figures, Speaker, hold, say_places
from convergence.people.models import Sharing
from convergence.referrals.models import Link, Referral, Share
from convergence.situations.models import Situation
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.referrals.conftest import Acting, make_offer

DAY = TODAY.isoformat()


@pytest.fixture
def offer(world: World, acting_as: Acting, time_machine: Any) -> Offer:
    time_machine.move_to(f"{DAY}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        return make_offer(world.territory)[0]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def counsellor(world: World, offer: Offer) -> Client:
    return signed_in(world.users[Role.COUNSELLOR])


@pytest.fixture
def officer(world: World, offer: Offer) -> Client:
    return signed_in(world.users[Role.PARTNERSHIP_OFFICER])


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(plain.split())


def latest(acting_as: Acting) -> Referral:
    with acting_as("maint"):
        return Referral.objects.current().latest("pk")


def send(client: Client, acting_as: Acting, name: str, **fields: Any) -> Any:
    """Send the form at this address about the latest referral, from the page that it was shown on."""
    referral = latest(acting_as)
    address = reverse(name, args=[referral.person_id, referral.pk])
    shown = client.get(address)
    token = (
        re.search(r'name="submission" value="([^"]+)"', shown.content.decode()) if shown.status_code == 200 else None
    )
    extra = {"submission": token[1]} if token else {}
    return client.post(address, {"seen_version": referral.pk} | extra | fields, follow=True)


CONSENT = {"explained": "Nous avons tout lu ensemble.", "how": "spoken", "on": DAY}


def test_an_offer_is_chosen_agreed_on_as_it_will_be_read_and_followed_to_the_end(
    world: World, counsellor: Client, acting_as: Acting, offer: Offer
) -> None:
    person = world.anouk.pk
    empty = counsellor.get(reverse("new-referral", args=[person]))
    assert "Choisissez d’abord le besoin" in text(empty)
    found = counsellor.get(reverse("new-referral", args=[person]), {"besoin": "housing", "mots": "imaginaire"})
    assert "Studios, Pension Imaginaire" in text(found)
    chosen = counsellor.post(
        reverse("new-referral", args=[person]), {"need": "housing", "offer": offer.pk}, follow=True
    )
    assert "Équipe du chantier : en parler avec la personne" in text(chosen)
    shared = {"lines": ["name", "housing"], "message": "Bonjour."} | CONSENT
    look = send(counsellor, acting_as, "agree-referral", look="1", **shared)
    assert "Le partenaire lira exactement ceci" in text(look)
    assert "Nom Anouk Fictive Logement Chez un tiers" in text(look)
    with acting_as("maint"):
        assert latest(acting_as).state == "draft"
    agreed = send(counsellor, acting_as, "agree-referral", **shared)
    assert "L’accord est noté" in text(agreed)
    gone = send(counsellor, acting_as, "send-referral", contact="")
    assert "Le partenaire : répondre à la demande" in text(gone)
    assert "devient caduque le 23 décembre" in text(gone)
    missing = send(counsellor, acting_as, "note-answer", answer="refuse")
    assert "Choisissez pourquoi la demande est refusée" in text(missing)
    accepted = send(counsellor, acting_as, "note-answer", answer="accept")
    assert "Acceptée par le partenaire" in text(accepted)
    started = send(counsellor, acting_as, "note-start", on=DAY)
    assert "Ce début change-t-il la situation" in text(started)
    with acting_as("maint"):
        assert Situation.objects.current().get(person=person, aspect="housing").value == "third_party"
    sure = send(counsellor, acting_as, "confirm-fact", choice="housing:social_residence", on=DAY)
    assert "Ce début change-t-il" not in text(sure)
    with acting_as("maint"):
        assert Situation.objects.current().valid_on(TODAY).get(person=person, aspect="housing").value == (
            "social_residence"
        )
    ended = send(counsellor, acting_as, "note-end", completed="yes", on=DAY)
    assert "Menée à bien" in text(ended)
    listed = text(counsellor.get(reverse("referrals", args=[person])))
    assert "Studios, Pension Imaginaire" in listed
    assert "Le partenaire, pour cette mise en relation" in listed


def test_a_withdrawn_agreement_is_told_with_what_was_sent(world: World, counsellor: Client, acting_as: Acting) -> None:
    referral = sample(world, acting_as)
    address = reverse("withdraw-sharing", args=[world.anouk.pk, referral.pk])
    page = text(counsellor.post(address, follow=True))
    assert "la page du partenaire est fermée" in page
    assert "accueil@partenaire.example" in page
    assert "fermé le 23 novembre" in page
    with acting_as("maint"):
        assert not Sharing.objects.current().filter(referral=referral.series, withdrawn_on=None).exists()


def sample(world: World, acting_as: Acting) -> Referral:
    """The housing referral of tests/builders.py: sent, not answered."""
    with acting_as("maint"):
        return Referral.objects.current().get(person=world.anouk, domain="housing")


def test_who_refused_and_why_is_said(world: World, counsellor: Client, acting_as: Acting) -> None:
    referral = sample(world, acting_as)
    refuse = reverse("refuse-referral", args=[world.anouk.pk, referral.pk])
    assert "Choisissez pourquoi la personne refuse" in text(counsellor.post(refuse, {"seen_version": referral.pk}))
    given = {"seen_version": referral.pk, "reason": "too_far", "on": DAY}
    assert "Refusée par la personne : trop loin" in text(counsellor.post(refuse, given, follow=True))
    again = counsellor.post(refuse, given, follow=True)
    assert again.status_code == 409
    assert "a changé depuis" in text(again)


def test_an_officer_finds_what_she_is_asked_for_and_nobody_who_did_not_agree(
    world: World, counsellor: Client, officer: Client, acting_as: Acting, offer: Offer
) -> None:
    quiet = sample(world, acting_as)
    assert officer.get(reverse("referral", args=[world.anouk.pk, quiet.pk])).status_code == 404
    asked = counsellor.post(
        reverse("ask-officers", args=[world.anouk.pk]),
        {"need": "housing", "words": "Un studio."} | CONSENT,
        follow=True,
    )
    assert "Équipe mutualisée : chercher une place" in text(asked)
    page = officer.get(reverse("referral", args=[world.anouk.pk, latest(acting_as).pk]))
    assert "Un studio." in text(page)
    assert "La personne refuse" not in text(page)
    assert officer.get(reverse("person", args=[world.anouk.pk])).status_code == 403
    offered = send(officer, acting_as, "referral-offer", offer=offer.pk)
    assert "Studios, Pension Imaginaire" in text(offered)
    referral = latest(acting_as)
    assert officer.get(reverse("agree-referral", args=[world.anouk.pk, referral.pk])).status_code == 403
    with acting_as("maint"):
        sharing = Sharing.objects.current().get(person=world.anouk, recipient="officers")
    counsellor.post(reverse("withdraw-agreement", args=[world.anouk.pk, sharing.pk]))
    assert officer.get(reverse("referral", args=[world.anouk.pk, referral.pk])).status_code == 404


def test_a_place_that_went_to_another_meanwhile_is_told_and_nothing_leaves(
    world: World, counsellor: Client, acting_as: Acting, offer: Offer
) -> None:
    counsellor.post(reverse("new-referral", args=[world.anouk.pk]), {"need": "housing", "offer": offer.pk})
    send(counsellor, acting_as, "agree-referral", lines=["name"], **CONSENT)
    with acting_as("maint"):
        contact = str(Contact.objects.current().get(partner=offer.partner_id).series)
        say_places(offer.pk, Figures(free=1), Speaker("officer"), TODAY, today=TODAY)
        hold(offer.pk, uuid4(), firm=False, on=TODAY)
        before = Link.objects.count()
    mail.outbox.clear()
    refused = send(counsellor, acting_as, "send-referral", contact=contact)
    assert refused.status_code == 409
    assert "plus de place libre" in text(refused)
    assert latest(acting_as).state == "agreed"
    with acting_as("maint"):
        assert Link.objects.count() == before
    assert mail.outbox == []


def test_a_message_reaches_those_whom_it_is_for(world: World, counsellor: Client, acting_as: Acting) -> None:
    referral = sample(world, acting_as)
    address = reverse("referral-note", args=[world.anouk.pk, referral.pk])
    written = counsellor.post(address, {"words": "Le studio est prêt.", "audience": "partner"}, follow=True)
    assert "Le studio est prêt." in text(written)
    assert "Équipe mutualisée et partenaire" in text(written)


def test_an_offer_that_is_none_is_not_found(world: World, counsellor: Client) -> None:
    address = reverse("new-referral", args=[world.anouk.pk])
    for offer in ("", "0", "-1", "abc", "9" * 30):
        assert counsellor.post(address, {"need": "housing", "offer": offer}).status_code == 404


def test_the_last_step_is_taken_back_from_its_page(
    world: World, counsellor: Client, acting_as: Acting, offer: Offer
) -> None:
    counsellor.post(reverse("new-referral", args=[world.anouk.pk]), {"need": "housing", "offer": offer.pk})
    send(counsellor, acting_as, "agree-referral", lines=["name"], **CONSENT)
    taken = send(counsellor, acting_as, "undo-referral")
    assert "L’étape est reprise" in text(taken)
    with acting_as("maint"):
        assert not Share.objects.current().filter(referral=latest(acting_as).series).exists()


def test_a_link_goes_to_the_contact_who_agreed_and_to_no_other(
    world: World, counsellor: Client, acting_as: Acting, offer: Offer
) -> None:
    counsellor.post(reverse("new-referral", args=[world.anouk.pk]), {"need": "housing", "offer": offer.pk})
    send(counsellor, acting_as, "agree-referral", lines=["name"], **CONSENT)
    with acting_as("maint"):
        known = Contact.objects.current().get(partner=offer.partner_id)
        Contact.objects.create(
            territory=world.territory, partner=offer.partner, name="Ali Fictif", email="ali@partenaire.example"
        )
    page = text(counsellor.get(reverse("send-referral", args=[world.anouk.pk, latest(acting_as).pk])))
    assert "Léa Factice, accueil@partenaire.example" in page
    assert "Ali Fictif" not in page
    mail.outbox.clear()
    sent = text(send(counsellor, acting_as, "send-referral", contact=str(known.series)))
    assert "Envoi · accueil@partenaire.example" in sent
    (letter,) = mail.outbox
    assert "http://testserver/" in str(letter.body)
    assert "Anouk" not in f"{letter.subject} {letter.body}"
    assert "Pas encore ouvert." in sent
