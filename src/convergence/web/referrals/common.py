"""What the screens of referrals share: the referral that an address names, who acts, where one goes next."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convergence.people.models import Person, Support
from convergence.referrals.models import Referral
from convergence.referrals.recording.steps import By
from convergence.rules.referrals import Side
from convergence.territories.models import Site
from convergence.vocabulary.roles import Role
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE

PARTIES = (*CARE, Role.PARTNERSHIP_OFFICER, Role.COORDINATOR)
"""Who takes steps in a referral: the team, and the officers of its domain while the person agrees."""


@dataclass(frozen=True)
class Opened:
    """A referral as it stands, its person, and on whose side the actor is."""

    person: Person
    reach: Reach
    referral: Referral
    side: Side
    today: date

    @property
    def of_team(self) -> bool:
        return self.side is Side.TEAM

    def by(self, seen_version: str) -> By:
        return By(self.side, self.today, seen_version)


def open_referral(request: Request, person_id: int, referral_id: int) -> Opened:
    """The version that stands of the referral that this one belongs to, or its last one; one query after the person's.

    :raises Http404: no such referral of this person, or not for this actor.
    """
    person, reach = open_person(request, person_id)
    named = Referral.objects.filter(person=person, pk=referral_id)
    versions = Referral.objects.filter(series__in=named.values("series")).select_related("offer__partner")
    referral = versions.order_by(F("superseded_at").desc(nulls_first=True), "-pk").first()
    if referral is None:
        raise Http404
    side = Side.TEAM if referral.compartment in reach.written else Side.OFFICER
    return Opened(person, reach, referral, side, request.identity.today)


def site_around(request: Request, person: Person) -> Site:
    """The site at which the actor supports the person today.

    :raises Http404: none: she may consider her, or support her elsewhere.
    """
    supports = Support.objects.current().valid_on(request.identity.today).filter(person=person)
    support = supports.filter(site__in=request.identity.site_ids(*CARE)).select_related("site").order_by("pk").first()
    if support is None:
        raise Http404
    return support.site


def page_of(referral: Referral) -> str:
    """Address of a referral's page."""
    return reverse("referral", args=[referral.person_id, referral.pk])


def list_of(person: Person) -> str:
    return reverse("referrals", args=[person.pk])


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, **more: Any
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button}
    return render(request, more.pop("template", "referrals/form.html"), context | more, status=status)
