"""What the pages of one person's entry share."""

from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convergence.pathways.entry.reading import Told, tell
from convergence.pathways.models import Candidacy
from convergence.people.models import Person
from convergence.web.people.looking import open_person
from convergence.web.requests import Request


def open_candidacy(request: Request, person_id: int, candidacy_id: int) -> tuple[Person, Candidacy]:
    """The person and the version of her candidacy that stands, whichever version the address names.

    :raises Http404: no such candidacy, or not for this actor.
    """
    person, _reach = open_person(request, person_id)
    named = Candidacy.objects.filter(person=person, pk=candidacy_id).values("series")
    found = Candidacy.objects.current().filter(person=person, series__in=named).select_related("site").first()
    if found is None:
        raise Http404
    return person, found


def told_of(request: Request, candidacy: Candidacy) -> Told:
    """The candidacy with all its words."""
    return tell([candidacy], request.identity.today, with_words=True)[0]


def address_of(candidacy: Candidacy) -> str:
    return reverse("candidacy", args=[candidacy.person_id, candidacy.pk])


def back_to(person_id: int, site_id: int) -> str:
    """Where a form about a person's eligibility leads: her open candidacy at the site, or else her eligibility."""
    running = Candidacy.objects.current().filter(person_id=person_id, site_id=site_id, valid__upper_inf=True).first()
    return address_of(running) if running else reverse("eligibility", args=[person_id])


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, back: str, status: int, **more: Any
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button, "back": back}
    return render(request, "entry/form.html", context | more, status=status)
