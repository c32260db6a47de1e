"""Agreements with partners: signed, corrected, ended early; those that end soon."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convergence.network.models import Agreement, Contact, Partner
from convergence.network.partner_models import MOST_PLACES
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.rules.spans import add_months
from convergence.territories.periods import days
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.partners import Renewal

SOON = timedelta(days=90)
"""An agreement that ends within this time, or whose notice begins within it, is shown as ending soon."""
LONGEST_NOTICE = 36


@dataclass(frozen=True)
class AgreementFacts:
    """What is agreed; see ``Agreement``. ``first_day`` and ``last_day`` are both included."""

    subject: str
    first_day: date
    last_day: date | None = None
    domains: Collection[str] = field(default_factory=tuple)
    signed_on: date | None = None
    reserved_places: int | None = None
    contact: UUID | None = None
    renewal: str = Renewal.EXPRESS.value
    notice_months: int | None = None


def add_agreement(partner: Partner, facts: AgreementFacts, *, today: date) -> Agreement:
    """Record what was agreed.

    :raises Refused: no object, an end before the beginning, absurd places or notice, a contact of another partner.
    """
    agreement = Agreement(partner=partner, territory_id=partner.territory_id, **_checked(partner, facts, today))
    agreement.save(force_insert=True)
    return agreement


def correct_agreement(agreement: Agreement, facts: AgreementFacts, *, today: date) -> Agreement:
    """:raises Refused: as ``add_agreement``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    return revise(agreement, **_checked(agreement.partner, facts, today))


def decided_by(agreement: Agreement) -> date | None:
    """The day by which its renewal is to be decided: its last day, less the notice; None without an end."""
    last = agreement.last_day
    if last is None:
        return None
    return add_months(last, -(agreement.notice_months or 0))


def running(agreements: "QuerySet[Agreement]", on: date) -> "QuerySet[Agreement]":
    """Those in force on a day."""
    return agreements.filter(superseded_at=None, valid__contains=on)


def ends_soon(agreement: Agreement, on: date) -> bool:
    """In force, and to be decided on within ``SOON``."""
    decided = decided_by(agreement)
    return on in agreement.valid and decided is not None and decided <= on + SOON


def ending_soon(territory_ids: Collection[int], on: date) -> list[Agreement]:
    """Agreements of these territories to be decided on soon, the first to decide on first; one query."""
    widest = add_months(on + SOON, LONGEST_NOTICE)
    rows = running(Agreement.objects.filter(territory_id__in=territory_ids), on)
    found = rows.filter(valid__endswith__lte=widest + timedelta(days=1)).select_related("partner")
    return sorted((row for row in found if ends_soon(row, on)), key=lambda row: (decided_by(row) or on, row.pk))


def _checked(partner: Partner, facts: AgreementFacts, today: date) -> dict[str, Any]:
    if not facts.subject.strip():
        raise Refused(_("Dites sur quoi porte la convention."))
    if facts.last_day and facts.last_day < facts.first_day:
        raise Refused(_("La fin doit venir après le début."))
    if facts.signed_on and facts.signed_on > today:
        raise Refused(_("La date de signature est dans le futur : vérifiez-la."))
    if facts.reserved_places is not None and not 0 <= facts.reserved_places <= MOST_PLACES:
        raise Refused(_("Le nombre de places réservées va de 0 à 10 000."))
    if facts.notice_months is not None and not 0 <= facts.notice_months <= LONGEST_NOTICE:
        raise Refused(_("Le préavis va de 0 à 36 mois."))
    if not set(facts.domains) <= {domain.value for domain in Domain} or not Renewal.has(facts.renewal):
        raise Refused(_("Choisissez parmi les possibilités proposées."))
    if facts.contact and not Contact.objects.current().filter(partner=partner, series=facts.contact).exists():
        raise Refused(_("Choisissez un contact de ce partenaire."))
    values = {name: value for name, value in vars(facts).items() if name not in {"first_day", "last_day"}}
    return values | {"domains": list(facts.domains), "valid": days(facts.first_day, facts.last_day)}
