"""Offers of a partner: recorded, corrected with history, closed; and taken from the public directory in one act."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.network.models import Branch, Offer, Partner
from convergence.network.partners import BranchFacts, PartnerFacts, add_branch, add_partner
from convergence.platform.errors import Refused
from convergence.territories.administering import change
from convergence.territories.periods import days
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import HealthAccess, OfferKind


@dataclass(frozen=True)
class OfferFacts:
    """What is known of an offer; see ``Offer``. ``first_day`` and ``last_day`` are both included."""

    name: str
    kind: str
    domain: str
    branch_id: int | None = None
    health_access: str = ""
    description: str = ""
    conditions: str = ""
    publics: Collection[str] = field(default_factory=tuple)
    themes: Collection[str] = field(default_factory=tuple)
    area_insee: Collection[str] = field(default_factory=tuple)
    first_day: date | None = None
    last_day: date | None = None
    shelf_life_days: int | None = None


@dataclass(frozen=True)
class DirectoryService:
    """A service of the public directory and its structure, as an officer takes them into the network.

    :ivar structure_id, service_id: identifiers of the directory (``source--…``).
    """

    structure_id: str
    service_id: str
    partner: PartnerFacts
    branch: BranchFacts
    offer: OfferFacts


def add_offer(partner: Partner, facts: OfferFacts, *, directory_id: str = "") -> Offer:
    """An offer without any figure of places yet: it is shown as « places non connues ».

    :raises Refused: a code out of its list, a branch of another partner, an end before its beginning.
    :raises IntegrityError: the partner has an offer of this name.
    """
    return Offer.objects.create(
        partner=partner, territory_id=partner.territory_id, directory_id=directory_id, **_checked(partner, facts)
    )


def correct_offer(offer: Offer, seen: str, facts: OfferFacts) -> Offer:
    """:raises Refused: as ``add_offer``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    return change(offer, seen, **_checked(offer.partner, facts))


@transaction.atomic
def adopt(territory_id: int, service: DirectoryService, *, partner: Partner | None = None, today: date) -> Offer:
    """Take a service of the directory into the network: its partner, branch and offer, as far as they are new.

    :param partner: the partner that runs it, where the officer chose one that exists.
    :raises Refused: the service is there already, or as ``add_partner`` and ``add_offer``.
    :raises Alike: partners like its structure exist; call again with one of them, or after adding the partner.
    """
    if Offer.objects.filter(territory_id=territory_id, directory_id=service.service_id).exists():
        raise Refused(_("Ce service de l’annuaire est déjà dans le réseau."))
    branch = Branch.objects.filter(territory_id=territory_id, directory_id=service.structure_id).first()
    if branch is None:
        branch = _adopt_branch(territory_id, service, partner, today)
    return add_offer(branch.partner, replace(service.offer, branch_id=branch.pk), directory_id=service.service_id)


def _adopt_branch(territory_id: int, service: DirectoryService, partner: Partner | None, today: date) -> Branch:
    if partner is not None:
        return add_branch(partner, service.branch, directory_id=service.structure_id)
    return add_partner(
        territory_id, service.partner, service.branch, directory_id=service.structure_id, today=today
    ).branches.get()


def _checked(partner: Partner, facts: OfferFacts) -> dict[str, Any]:
    if not facts.name.strip():
        raise Refused(_("Donnez un nom à cette offre."))
    if not (OfferKind.has(facts.kind) and Domain.has(facts.domain)):
        raise Refused(_("Choisissez la nature et le domaine de l’offre."))
    if facts.health_access and not HealthAccess.has(facts.health_access):
        raise Refused(_("Choisissez une structure de soin de la liste."))
    if facts.branch_id and not Branch.objects.filter(pk=facts.branch_id, partner=partner).exists():
        raise Refused(_("Choisissez un établissement de ce partenaire."))
    if facts.first_day and facts.last_day and facts.last_day < facts.first_day:
        raise Refused(_("La fin doit venir après le début."))
    values = {name: value for name, value in vars(facts).items() if name not in {"first_day", "last_day"}}
    lists = {name: list(values[name]) for name in ("publics", "themes", "area_insee")}
    period: DateRange = days(facts.first_day, facts.last_day)
    return values | lists | {"open_over": period}
