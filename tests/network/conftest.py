"""An officer at work, and a partner with an offer, for the tests of the network."""

from typing import Any

import pytest

from convergence.network.models import Offer, Partner
from convergence.network.offers import OfferFacts, add_offer
from convergence.network.partners import BranchFacts, PartnerFacts, add_partner
from convergence.platform.identity import assume
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

RESIDENCE = PartnerFacts("Résidence Fictive", "landlord", ["housing"])
AT_HOME = BranchFacts("Siège", commune="Paris", postcode="75018", latitude=48.8917, longitude=2.3449)


@pytest.fixture
def officer(world: World) -> World:
    """The world, with its partnership officer asking."""
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    return world


@pytest.fixture
def partner(officer: World) -> Partner:
    return add_partner(officer.territory.pk, RESIDENCE, AT_HOME, today=TODAY)


@pytest.fixture
def offer(partner: Partner) -> Offer:
    return add_offer(partner, OfferFacts("Studios meublés", "housing_place", "housing"))


@pytest.fixture
def other_territory(acting_as: Any) -> Territory:
    with acting_as("maint"):
        return Territory.objects.create(name="Autre territoire")
