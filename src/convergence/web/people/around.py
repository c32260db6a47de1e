"""The head and the side of a person’s page, asked for in one query: who she is, and who is around her."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Concat, JSONObject, Lower

from convergence.network.models import Offer, Partner
from convergence.pathways.models import Pathway
from convergence.pathways.placements.reading import Learning, learnt, lines
from convergence.people.models import Assignment, CivilStatus, OutsideReferent, Person, PersonName, Support
from convergence.referrals.models import Referral
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.roles import Role


@dataclass(frozen=True)
class SupportingSite:
    """A site that supports the person today, and since when."""

    site_id: int
    site: str
    starts: date | None


@dataclass(frozen=True)
class Referent:
    """Somebody of her site who follows her today, and as what."""

    name: str
    role: str


@dataclass(frozen=True)
class Around:
    """Within what the actor reads; ``began`` is the first day of her pathway, or of her first support.

    ``referrals``: those that a partner was told of, with what their marks say.
    ``has_other_files``: a link joins this file to others of the same person, and the actor keeps this one.
    """

    civil: CivilStatus | None
    other_names: list[PersonName]
    began: date | None
    supports: list[SupportingSite]
    referents: list[Referent]
    outside_referents: list[OutsideReferent]
    has_other_files: bool
    learnt: list[Learning]
    referrals: list[Referral]


def around(person_id: int, today: date) -> Around:
    """Everything of ``Around`` in one query."""
    hers = {"person_id": OuterRef("pk")}
    name = Concat("mission__user__given_name", Value(" "), "mission__user__family_name")
    supports = Support.objects.current().filter(**hers)
    gathered = Person.objects.filter(pk=person_id).annotate(
        civil=_rows(CivilStatus.objects.current().filter(**hers), *_CIVIL),
        other_names=_rows(
            PersonName.objects.current().filter(**hers).exclude(kind=NameKind.USUAL).order_by("pk"), *_NAME
        ),
        pathway_starts=ArraySubquery(
            Pathway.objects.current().filter(**hers).order_by("-valid").values(starts=Lower("valid"))[:1]
        ),
        support_starts=ArraySubquery(supports.values(starts=Lower("valid"))),
        supports_today=_rows(
            supports.valid_on(today).order_by("valid"), "site_id", site=F("site__label"), starts=Lower("valid")
        ),
        follows=_rows(
            Assignment.objects.current().valid_on(today).filter(**hers).order_by("mission__role", "pk"),
            name=name,
            role=F("mission__role"),
        ),
        outside=_rows(
            OutsideReferent.objects.current().valid_on(today).filter(**hers).order_by("role", "pk"), *_OUTSIDE
        ),
        sent=_rows(
            Referral.objects.current().filter(**hers, sent_on__isnull=False).order_by("sent_on", "pk"),
            *_REFERRAL,
            *_DAYS,
            offer=F("offer__name"),
            partner=F("offer__partner__name"),
        ),
        **learnt(),
        has_other_files=Func(F("pk"), function="has_other_files", output_field=BooleanField()),
    )
    found: Any = gathered.get()
    began: Iterable[date | None] = found.pathway_starts or found.support_starts
    return Around(
        civil=CivilStatus(**found.civil[0]) if found.civil else None,
        other_names=[PersonName(**row) for row in found.other_names],
        began=min(filter(None, began), default=None),
        supports=[SupportingSite(**row | {"starts": _day(row["starts"])}) for row in found.supports_today],
        referents=[Referent(row["name"], Role(row["role"]).label) for row in found.follows],
        outside_referents=[OutsideReferent(**row | {"comment": _sealed(row["comment"])}) for row in found.outside],
        has_other_files=found.has_other_files,
        learnt=lines(found.placements_held, found.trainings_held),
        referrals=[_referral(**row) for row in found.sent],
    )


_NAME = ("kind", "given_name", "family_name")
_CIVIL = ("sex", "birth_year", "birth_month", "birth_day", "languages", "phone", "email")
_REFERRAL = ("id", "person_id", "domain", "need", "state", "refused_by", "refusal_reason")
_DAYS = ("sent_on", "accepted_on", "started_on", "ended_on")
_OUTSIDE = ("id", "person_id", "role", "name", "body", "phone", "email", "may_contact", "comment")


def _rows(rows: QuerySet[Any], *columns: str, **named: Any) -> ArraySubquery:
    """The rows as an array of objects with these columns."""
    return ArraySubquery(rows.values(row=JSONObject(**{column: F(column) for column in columns}, **named)))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _referral(offer: str | None, partner: str | None, **row: Any) -> Referral:
    """A referral that was sent, as far as the life line tells it."""
    days = {name: _day(row[name]) for name in _DAYS}
    named = Offer(name=offer, partner=Partner(name=partner)) if offer and partner else None
    return Referral(**row | days, offer=named)


def _sealed(written: str | None) -> bytes | None:
    """Bytes as JSON writes them: ``\\x`` and hexadecimal digits."""
    return bytes.fromhex(written.removeprefix("\\x")) if written else None
