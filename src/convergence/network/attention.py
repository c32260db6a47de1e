"""What asks for the attention of whoever keeps a network: places free or soon lost, figures to ask, silent partners.

Each is a list in the order in which it presses, counted with its first rows in one query (``first_of``).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Count, DateField, Exists, F, Func, Max, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, Least

from convergence.network.agreements import SOON as AHEAD
from convergence.network.agreements import running
from convergence.network.models import Agreement, Capacity, Exchange, Offer, Partner
from convergence.network.reading import free_figures, relied_on
from convergence.vocabulary.domains import Domain

Row = TypeVar("Row", bound=Model)

SILENT = timedelta(days=90)
"""A partner with whom nobody noted an exchange for so long is shown as not contacted for long."""
SOON = timedelta(days=14)
"""So far ahead places that are full are said to be free again."""


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The first rows of a list, and how many there are in all."""

    rows: list[Row]
    total: int


def first_of(rows: "QuerySet[Row]", most: int) -> Part[Row]:
    """The first rows of a list and its length; one query."""
    found = list(rows.annotate(total=Window(Count("pk")))[:most])
    return Part(found, getattr(found[0], "total", 0) if found else 0)


def free_places(territory_id: int, domains: "list[Domain]", on: date) -> "QuerySet[Capacity]":
    """Figures by which a place is free, those soon lost first (``lost_on``: the end of figure or offer)."""
    ends = Func(F("offer__open_over"), function="upper", output_field=DateField())
    rows = free_figures(on).filter(_open(territory_id, domains, on, "offer__"))
    return (
        rows.annotate(left=F("free") - F("held"), lost_on=Least("good_until", ends))
        .select_related("offer__partner", "offer__branch")
        .order_by("lost_on", "offer__key", "pk")
    )


def to_ask(territory_id: int, domains: "list[Domain]", on: date) -> "QuerySet[Offer]":
    """Offers of which nobody said the places, or too long ago: those asked about longest ago first."""
    known = relied_on(on).filter(offer=OuterRef("pk"))
    said = Capacity.objects.current().filter(offer=OuterRef("pk")).values("said_on")[:1]
    rows = Offer.objects.filter(~Exists(known), _open(territory_id, domains, on))
    return (
        rows.annotate(last_said=Subquery(said))
        .select_related("partner")
        .order_by(F("last_said").asc(nulls_last=True), "key", "pk")
    )


def free_again(territory_id: int, domains: "list[Domain]", on: date) -> "QuerySet[Capacity]":
    """Offers that said until when they are full, and that are nearly over it, or just."""
    near = Capacity.objects.current().filter(full_until__range=(on - SOON, on + SOON))
    rows = near.filter(_open(territory_id, domains, on, "offer__"))
    return rows.select_related("offer__partner").order_by("full_until", "pk")


def silent_partners(territory_id: int, domains: "list[Domain]", on: date) -> "QuerySet[Partner]":
    """Partners with whom nobody noted an exchange for ``SILENT``: those never spoken to last."""
    its = Exchange.objects.current().filter(partner=OuterRef("pk"))
    latest = its.order_by().values("partner").annotate(day=Max("held_on")).values("day")
    covered = Q(domains__overlap=[domain.value for domain in domains]) | Q(domains=[])
    rows = Partner.objects.filter(covered, ~Exists(its.filter(held_on__gt=on - SILENT)), territory=territory_id)
    return (
        rows.exclude(closed_on__lte=on)
        .annotate(last_exchange=Subquery(latest))
        .order_by(F("last_exchange").asc(nulls_last=True), "key", "pk")
    )


def agreements_ending(territory_id: int, on: date) -> "QuerySet[Agreement]":
    """As ``agreements.ending_soon``, found by the database: ``decided_on`` is the last day less the notice."""
    # upper() is the day after the last one.
    decided = Func(
        F("valid"),
        Coalesce("notice_months", 0),
        template="(upper(%(expressions)s))::date",
        arg_joiner=") - 1 - make_interval(months => ",
        output_field=DateField(),
    )
    rows = running(Agreement.objects.filter(territory=territory_id, valid__endswith__isnull=False), on)
    found = rows.annotate(decided_on=decided).filter(decided_on__lte=on + AHEAD)
    return found.select_related("partner").order_by("decided_on", "pk")


def _open(territory_id: int, domains: "list[Domain]", on: date, offer: str = "") -> Q:
    asked: dict[str, Any] = {
        f"{offer}territory": territory_id,
        f"{offer}domain__in": [domain.value for domain in domains],
        f"{offer}open_over__contains": on,
    }
    return Q(**asked) & (Q((f"{offer}partner__closed_on", None)) | Q((f"{offer}partner__closed_on__gt", on)))
