"""A partner with an offer, and a person whose counsellor is at work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from django.core import mail

from convergence.network.models import Branch, Contact, Offer, Partner
from convergence.platform.identity import assume
from convergence.referrals.models import Referral
from convergence.referrals.recording.steps import By
from convergence.referrals.recording.team import Consent, agree, draft, send
from convergence.rules.referrals import Side
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, TODAY, World, open_ended

Acting = Callable[[str], AbstractContextManager[None]]
CONSENT = Consent("spoken", "Nous avons lu ensemble ce que le partenaire verra.", TODAY)


@dataclass
class Network:
    """A world with a landlord's offer; ``tokens``: of the links sent, the latest last."""

    world: World
    offer: Offer
    contact: UUID
    tokens: list[str] = field(default_factory=list)

    def counsellor(self) -> None:
        assume(self.world.users[Role.COUNSELLOR].pk, TODAY)

    def officer(self) -> None:
        assume(self.world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)

    def page(self, token: str) -> str:
        self.tokens.append(token)
        return f"https://convergence.example/partenaire/{token}"

    def drafted(self) -> Referral:
        self.counsellor()
        return draft(self.world.anouk.pk, self.world.site, "housing", self.offer, TODAY)

    def agreed(self) -> Referral:
        return agree(row := self.drafted(), ["name", "housing"], "Bonjour, voici Anouk.", CONSENT, team(row))

    def sent(self) -> Referral:
        return send(row := self.agreed(), self.contact, self.page, team(row))


def team(referral: Referral, today: date = TODAY) -> By:
    return By(Side.TEAM, today, str(referral.pk))


def partner(referral: Referral, today: date = TODAY) -> By:
    return By(Side.PARTNER, today, str(referral.pk))


def make_offer(territory: Territory, name: str = "Pension Imaginaire", **more: object) -> tuple[Offer, Contact]:
    who = Partner.objects.create(territory=territory, name=name, kind="landlord", domains=["housing"])
    Branch.objects.create(territory=territory, partner=who, name="Siège")
    contact = Contact.objects.create(
        territory=territory,
        partner=who,
        name="Léa Factice",
        email="accueil@partenaire.example",
        agreed_on=LONG_AGO,
        agreed_how="spoken",
    )
    facts = {"domain": "housing", "kind": "housing_place", "name": f"Studios, {name}"} | more
    return Offer.objects.create(territory=territory, partner=who, open_over=open_ended(), **facts), contact


@pytest.fixture
def network(world: World, acting_as: Acting) -> Network:
    with acting_as("maint"):
        offer, contact = make_offer(world.territory)
    mail.outbox.clear()
    return Network(world, offer, contact.series)
