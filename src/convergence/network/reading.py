"""Lists of partners and offers as pages show them, and a partner's whole page, each in a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, DateField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from convergence.network.counting import Places
from convergence.network.models import (
    Agreement,
    Branch,
    Capacity,
    CapacityAsk,
    Contact,
    Exchange,
    Hold,
    Offer,
    Partner,
)
from convergence.network.places import count
from convergence.network.shelf_life import shelf_lives
from convergence.people.likeness.spelling import plain
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import OfferKind
from convergence.vocabulary.partners import PartnerKind

LONGEST_SEARCH = 80


@dataclass(frozen=True)
class Filters:
    """What an address asks for, of partners or of offers; an unknown or malformed value filters nothing.

    :ivar area: a commune's name, or the beginning of a postcode.
    :ivar closed: partners and offers that are over, too.
    """

    words: str = ""
    domain: str = ""
    kind: str = ""
    area: str = ""
    free: bool = False
    to_ask: bool = False
    closed: bool = False

    @classmethod
    def of(cls, query: Mapping[str, Any], kinds: "type[PartnerKind] | type[OfferKind]") -> "Filters":
        def text(name: str) -> str:
            return str(query.get(name, "")).replace("\x00", "").strip()[:LONGEST_SEARCH]

        domain, kind = text("domaine"), text("nature")
        return cls(
            words=text("mots"),
            domain=domain if Domain.has(domain) else "",
            kind=kind if kinds.has(kind) else "",
            area=text("lieu"),
            free=text("places") == "libres",
            to_ask=text("places") == "a-demander",
            closed=text("fermes") == "oui",
        )

    @property
    def any(self) -> bool:
        return self != Filters()

    @property
    def keys(self) -> list[str]:
        """The words searched for, without accents or capitals."""
        return plain(self.words).split()


def partners(filters: Filters, on: date) -> "QuerySet[Partner]":
    """Partners that the actor reads and the filters keep, by name."""
    rows = Partner.objects.all() if filters.closed else Partner.objects.exclude(closed_on__lte=on)
    for word in filters.keys:
        rows = rows.filter(key__contains=word)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.domain:
        rows = rows.filter(domains__contains=[filters.domain])
    if filters.area:
        rows = rows.filter(pk__in=_in_area(Branch.objects.filter(closed_on=None), filters.area).values("partner"))
    if filters.free:
        rows = rows.filter(pk__in=free_figures(on).values("offer__partner"))
    if filters.to_ask:
        rows = rows.filter(
            pk__in=_open(Offer.objects.exclude(pk__in=relied_on(on).values("offer")), on).values("partner")
        )
    return rows


def offers(filters: Filters, on: date) -> "QuerySet[Offer]":
    """Offers that the actor reads and the filters keep, by name, with their partner and branch."""
    rows = Offer.objects.all() if filters.closed else _open(Offer.objects.all(), on)
    for word in filters.keys:
        rows = rows.filter(Q(key__contains=word) | Q(partner__key__contains=word))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.domain:
        rows = rows.filter(domain=filters.domain)
    if filters.area:
        rows = rows.filter(branch__in=_in_area(Branch.objects.all(), filters.area))
    if filters.free:
        rows = rows.filter(pk__in=free_figures(on).values("offer"))
    if filters.to_ask:
        rows = rows.exclude(pk__in=relied_on(on).values("offer"))
    return rows.select_related("partner", "branch")


def relied_on(on: date) -> "QuerySet[Capacity]":
    """Figures of free places that still hold on a day, annotated with the places ``held`` that they do not count."""
    days = Coalesce("offer__shelf_life_days", _usual_days())
    good_until = Func(F("said_on"), days, template="(%(expressions)s)", arg_joiner=" + ", output_field=DateField())
    rows = Capacity.objects.current().filter(free__isnull=False, said_on__lte=on)
    not_counted = (
        Q(firm=False)
        | Q(held_on__gt=OuterRef("said_on"))
        | Q(held_on=OuterRef("said_on"), recorded_at__gt=OuterRef("recorded_at"))
    )
    held = Hold.objects.current().filter(not_counted, offer=OuterRef("offer")).order_by().values("offer")
    return rows.annotate(
        good_until=good_until,
        held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
    ).filter(Q(full_until__isnull=True, good_until__gte=on) | Q(full_until__gte=on))


def free_figures(on: date) -> "QuerySet[Capacity]":
    """Figures by which a place is free on a day, those held taken off."""
    return relied_on(on).filter(free__gt=F("held"))


def _usual_days() -> Case:
    rows = [
        When(offer__kind=row.kind.value, said_on__gte=row.since, then=Value(row.days))
        for row in reversed(shelf_lives())
    ]
    oldest = [When(offer__kind=row.kind.value, then=Value(row.days)) for row in shelf_lives()]
    return Case(*rows, *oldest, default=Value(0), output_field=IntegerField())


def _open(rows: "QuerySet[Offer]", on: date) -> "QuerySet[Offer]":
    # Few partners are closed: they are left out without joining all the others.
    return rows.filter(open_over__contains=on).exclude(partner__in=Partner.objects.filter(closed_on__lte=on))


def _in_area(branches: "QuerySet[Branch]", area: str) -> "QuerySet[Branch]":
    if area.isdigit():
        return branches.filter(postcode__startswith=area)
    return branches.annotate(place=Func(F("commune"), function="plain")).filter(place__contains=plain(area))


@dataclass
class OfferLine:
    """An offer as lists show it, with what one may say of its places."""

    offer: Offer
    places: Places
    capacity: Capacity | None = None


@dataclass
class PartnerLine:
    """A partner as the list shows it."""

    partner: Partner
    communes: list[str] = field(default_factory=list)
    offers: list[OfferLine] = field(default_factory=list)
    agreement: Agreement | None = None

    @property
    def free(self) -> int:
        """Places known to be free in all its offers."""
        return sum(line.places.free or 0 for line in self.offers)

    @property
    def to_ask(self) -> bool:
        """Whether one of its offers has no figure that one may rely on."""
        return any(not line.places.known for line in self.offers)


def offer_lines(rows: Iterable[Offer], on: date) -> list[OfferLine]:
    """Offers with their places; three queries."""
    listed = list(rows)
    said = {row.offer_id: row for row in Capacity.objects.current().filter(offer__in=listed)}
    places = count(listed, said, on)
    return [OfferLine(offer, places[offer.pk], said.get(offer.pk)) for offer in listed]


def partner_lines(rows: Collection[Partner], on: date) -> list[PartnerLine]:
    """Partners with their communes, open offers with places, and the agreement in force; five queries."""
    lines = {partner.pk: PartnerLine(partner) for partner in rows}
    branches = Branch.objects.filter(partner__in=lines, closed_on=None).exclude(commune="")
    for partner_id, commune in branches.values_list("partner_id", "commune").distinct().order_by("commune"):
        lines[partner_id].communes.append(commune)
    for line in offer_lines(_open(Offer.objects.filter(partner__in=lines), on), on):
        lines[line.offer.partner_id].offers.append(line)
    in_force = Agreement.objects.current().filter(partner__in=lines, valid__contains=on)
    for agreement in in_force.order_by("-valid", "pk"):
        lines[agreement.partner_id].agreement = agreement
    return list(lines.values())


@dataclass
class PartnerPage:
    """All that the network knows of a partner, as far as the actor reads."""

    partner: Partner
    branches: list[Branch]
    contacts: list[Contact]
    agreements: list[Agreement]
    offers: list[OfferLine]
    exchanges: list[Exchange]
    asks: list[CapacityAsk]

    @property
    def next_step(self) -> Exchange | None:
        """The next step to take with it, the first due of those that stand."""
        steps = [row for row in self.exchanges if row.next_on and row.next_done_on is None]
        return min(steps, key=lambda row: (row.next_on, row.pk), default=None)

    @property
    def last_exchange(self) -> Exchange | None:
        return self.exchanges[0] if self.exchanges else None

    @property
    def main_contact(self) -> Contact | None:
        return next((contact for contact in self.contacts if contact.main), None)


MOST_EXCHANGES = 200
"""Exchanges shown on a partner's page, the latest first."""


def partner_page(partner: Partner, on: date) -> PartnerPage:
    """Eight queries."""
    contacts = Contact.objects.current().filter(partner=partner).select_related("branch")
    agreements = Agreement.objects.current().filter(partner=partner)
    exchanges = Exchange.objects.current().filter(partner=partner).select_related("recorded_by")
    its_offers = Offer.objects.filter(partner=partner).select_related("branch")
    return PartnerPage(
        partner=partner,
        branches=list(partner.branches.order_by("closed_on", "pk")),
        contacts=list(contacts.order_by("-main", "name", "pk")),
        agreements=list(agreements.order_by("-valid", "pk")),
        offers=offer_lines(its_offers, on),
        exchanges=list(exchanges.order_by("-held_on", "-pk")[:MOST_EXCHANGES]),
        asks=list(CapacityAsk.objects.filter(partner=partner).order_by("-asked_on", "-pk")[:5]),
    )
