"""Who has no referent, and whose referent leaves with nobody after her: what a team is told before it happens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from convergence.access.models import User
from convergence.people.care import FOLLOWING
from convergence.people.handovers.giving import offers_to
from convergence.people.models import Assignment, PersonName, Support
from convergence.territories.models import Mission
from convergence.vocabulary.people import NameKind

SEEN_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Leaving:
    """A mission that ends soon, and how many of those whom it follows have nobody after it."""

    mission: Mission
    people: int


def without_referent(site_ids: Collection[int], today: date) -> "QuerySet[PersonName]":
    """Usual names, in order, of the people of these sites whom nobody follows today; one query.

    A referent whose mission is over, whose account is closed, or whose site no longer supports her follows nobody.
    """
    still = Support.objects.current().valid_on(today)
    still = still.filter(person_id=OuterRef("person_id"), site_id=OuterRef("mission__site_id"))
    follows = Assignment.objects.current().valid_on(today).filter(Exists(still), person_id=OuterRef("person_id"))
    follows = follows.filter(mission__role__in=FOLLOWING, mission__valid__contains=today, mission__user__is_active=True)
    supported = Support.objects.current().valid_on(today).filter(site_id__in=site_ids).values("person_id")
    names = PersonName.objects.current().filter(kind=NameKind.USUAL, person_id__in=supported)
    return names.filter(~Exists(follows)).order_by("sort_key", "pk")


@dataclass(frozen=True)
class Waiting:
    """How many people are handed over to somebody who has not answered, and how many of her sites have no referent."""

    handed_over: int
    unfollowed: int


def waiting(user: User, site_ids: Collection[int], today: date) -> Waiting:
    """What Today says of follow-ups to one colleague; one query."""
    received, unfollowed = (_counted(rows) for rows in (offers_to(user, today), without_referent(site_ids, today)))
    found = User.objects.filter(pk=user.pk).annotate(received=received, unfollowed=unfollowed)
    return Waiting(*found.values_list("received", "unfollowed").get())


def _counted(rows: "QuerySet[Any]") -> Subquery:
    counted = rows.order_by().annotate(n=Func(F("pk"), function="COUNT")).values("n")
    return Subquery(counted, output_field=IntegerField())


def leaving(site_ids: Collection[int], today: date) -> list[Leaving]:
    """Missions of these sites that end within two months with people still to hand over; two queries."""
    last = F("mission__valid__endswith")
    follows = Assignment.objects.current().filter(
        Q(valid__endswith=None) | Q(valid__endswith__gt=last),
        mission__site_id__in=site_ids,
        mission__role__in=FOLLOWING,
        mission__valid__endswith__gt=today,
        mission__valid__endswith__lte=today + SEEN_AHEAD,
    )
    still = Support.objects.current().filter(
        person_id=OuterRef("person_id"),
        site_id=OuterRef("mission__site_id"),
        valid__contains=OuterRef(OuterRef("mission__valid__endswith")),
    )
    after = Assignment.objects.current().filter(
        Exists(still),
        person_id=OuterRef("person_id"),
        mission__role__in=FOLLOWING,
        valid__contains=OuterRef("mission__valid__endswith"),
        mission__valid__contains=OuterRef("mission__valid__endswith"),
    )
    supported = Support.objects.current().filter(
        person_id=OuterRef("person_id"),
        site_id=OuterRef("mission__site_id"),
        valid__contains=OuterRef("mission__valid__endswith"),
    )
    counted = dict(
        follows.filter(Exists(supported), ~Exists(after))
        .values("mission_id")
        .annotate(people=Count("person_id", distinct=True))
        .values_list("mission_id", "people")
    )
    if not counted:
        return []
    missions = Mission.objects.filter(pk__in=counted).select_related("user", "site")
    return [Leaving(mission, counted[mission.pk]) for mission in missions.order_by("valid__endswith", "pk")]


def followed_names(mission: Mission, today: date) -> "QuerySet[PersonName]":
    """Usual names, in order, of the people whom the mission follows today or later, its site supporting them."""
    follows = (
        Assignment.objects.current()
        .filter(Q(valid__endswith=None) | Q(valid__endswith__gt=today), mission=mission)
        .values("person_id")
    )
    supported = Support.objects.current().valid_on(today).filter(site=mission.site).values("person_id")
    names = PersonName.objects.current().filter(kind=NameKind.USUAL, person_id__in=follows)
    return names.filter(person_id__in=supported).order_by("sort_key", "pk")
