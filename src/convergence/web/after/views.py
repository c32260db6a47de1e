"""What follows a path, on one page: its end, and the support that goes on."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.pathways.exits.reading import told_ends
from convergence.support.after.reading import proposed, told_threads
from convergence.support.funds.reading import told_stages
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.exits import ExitMotive
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


@open_to(*EMPLOYER)
@require_safe
def after(request: Request, person_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    told = told_ends(person.pk)
    exits, pathway = told.exits, told.pathway
    of_path = [each.noted for each in exits if pathway is not None and each.noted.pathway == pathway.series]
    died = any(noted.reason is ExitMotive.DEATH for noted in of_path)
    context: dict[str, Any] = {
        "person": person,
        "exits": exits,
        "turned_back": told.turned_back,
        "pathway": pathway,
        "may_end": pathway is not None and not of_path,
        "may_write": Compartment.WORK.value in reach.written,
        "funds": told_stages(person.pk, pathway, request.identity.today, died=died),
    }
    if Compartment.SOCIAL.value in reach:
        threads = told_threads(person.pk)
        context |= {
            "sees_support": True,
            "threads": threads,
            "proposed": proposed(person.pk, threads, request.identity.today),
            "may_support": Compartment.SOCIAL.value in reach.written,
        }
    return render(request, "after/after.html", context)
