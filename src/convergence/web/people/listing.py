"""The list of people: filters kept in the address, a fixed number of queries whatever the number of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from convergence.access.models import Readable
from convergence.pathways.models import Contract
from convergence.people.models import Assignment, PersonName, Support
from convergence.people.search import search_people
from convergence.situations.models import Situation
from convergence.support.models import Need
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.roles import Role

STAGES = {
    "before": _("avant le premier contrat"),
    "under_contract": _("sous contrat"),
    "after": _("après le contrat"),
}
URGENT_NEED = 3
"""A person "has a need" from this level on: 3 important, 4 urgent."""


@dataclass(frozen=True)
class Filters:
    """What the address asks for; an unknown or malformed value filters nothing."""

    words: str = ""
    site: int | None = None
    counsellor: int | None = None
    housing: str = ""
    need: str = ""
    stage: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Filters":
        def number(name: str) -> int | None:
            text = str(query.get(name, ""))
            return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

        stage = str(query.get("etape", ""))
        return cls(
            words=str(query.get("q", "")).replace("\x00", "").strip()[:80],
            site=number("chantier"),
            counsellor=number("referent"),
            housing=str(query.get("logement", ""))[:40].replace("\x00", ""),
            need=str(query.get("besoin", ""))[:40].replace("\x00", ""),
            stage=stage if stage in STAGES else "",
        )

    @property
    def any(self) -> bool:
        return self != Filters()


def listing(filters: Filters, today: date) -> QuerySet[Any]:
    """One row per person whom the actor reads and whom the filters keep, by name or by likeness.

    Each row is the person's usual name, annotated with ``sites``, ``counsellor``, ``contract_ends``,
    ``housing``, ``housing_missing`` and ``stage``. What the actor may not read comes out empty.
    """
    person = OuterRef("person_id")
    supports = Support.objects.current().valid_on(today).filter(person_id=person)
    follows = (
        Assignment.objects.current()
        .valid_on(today)
        .filter(person_id=person, mission__role__in=[Role.COUNSELLOR, Role.SUPPORT_WORKER])
        .order_by("mission__role", "pk")
    )
    contracts = Contract.objects.current().filter(person_id=person)
    housing = Situation.objects.current().valid_on(today).filter(person_id=person, aspect="housing")
    # The policies say the same; said here too, the database starts from the few whom the actor reads.
    # Candidates have a list of their own: nobody supports them.
    read = Readable.objects.filter(compartment=Compartment.IDENTITY, valid__contains=today).exclude(origin="candidacy")
    rows: QuerySet[Any] = (
        PersonName.objects.current()
        .filter(kind=NameKind.USUAL, person_id__in=read.values("person_id"))
        .annotate(
            sites=Subquery(
                supports.values("person_id")
                .annotate(names=ArrayAgg("site__label", order_by="site__label"))
                .values("names")
            ),
            counsellor=Subquery(
                follows.annotate(
                    name=Concat("mission__user__given_name", Value(" "), "mission__user__family_name")
                ).values("name")[:1]
            ),
            contract_ends=Subquery(contracts.valid_on(today).order_by("-valid").values("valid__endswith")[:1]),
            housing=Subquery(housing.values("value")[:1]),
            housing_missing=Subquery(housing.values("missing")[:1]),
            stage=Case(
                When(Exists(contracts.valid_on(today)), then=Value("under_contract")),
                When(Exists(contracts.filter(valid__startswith__lte=today)), then=Value("after")),
                default=Value("before"),
            ),
        )
        .order_by("sort_key", "pk")
    )
    kept = Q()
    if filters.site is not None:
        kept &= Q(Exists(supports.filter(site_id=filters.site)))
    if filters.counsellor is not None:
        kept &= Q(Exists(follows.order_by().filter(mission__user_id=filters.counsellor)))
    if filters.housing:
        kept &= Q(housing=filters.housing) | Q(housing_missing=filters.housing)
    if filters.need:
        needs = Need.objects.current().valid_on(today).filter(person_id=person, need=filters.need)
        kept &= Q(Exists(needs.filter(level__gte=URGENT_NEED)))
    if filters.stage:
        kept &= Q(stage=filters.stage)
    rows = rows.filter(kept)
    if filters.words:
        found = search_people(filters.words)
        likeness = Case(*(When(person_id=pk, then=rank) for rank, pk in enumerate(found)), default=len(found))
        rows = rows.filter(person_id__in=found).annotate(likeness=likeness).order_by("likeness", "sort_key")
    return rows
