"""What the forms of goals and actions share."""

from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convergence.access.models import User
from convergence.people.models import OutsideReferent, Person, Support
from convergence.territories.models import Mission
from convergence.vocabulary.compartments import Compartment
from convergence.web.requests import Request
from convergence.web.rules import CARE


def goals_of(person: Person) -> str:
    """Address of the person's goals."""
    return f"{reverse('needs', args=[person.pk])}#objectifs"


def team_around(person: Person, actor: User | None, today: date) -> list[User]:
    """Those who support the person at her sites today, the actor first; one query."""
    sites = Support.objects.current().valid_on(today).filter(person=person).values("site_id")
    missions = Mission.objects.held_on(today).filter(site_id__in=sites, role__in=CARE).select_related("user")
    team = {mission.user_id: mission.user for mission in missions}
    return sorted(team.values(), key=lambda user: (user != actor, str(user)))


def referents_around(person: Person, compartment: str, today: date) -> list[OutsideReferent]:
    """Those whom the person has elsewhere today, but those whose very name more people would learn; one query."""
    hers = OutsideReferent.objects.current().valid_on(today).filter(person=person)
    return list(hers.filter(compartment__in={compartment, Compartment.SOCIAL.value}).defer("comment").order_by("pk"))


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, **more: Any
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button}
    return render(request, "goals/form.html", context | more, status=status)
