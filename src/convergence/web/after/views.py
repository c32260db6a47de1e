"""What follows a path, on one page: its end, and the support that goes on."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergence.pathways.exits.reading import told_exits
from convergence.pathways.exits.recording import latest_pathway
from convergence.support.after.reading import proposed, told_threads
from convergence.support.funds.reading import told_stages
from convergence.vocabulary.compartments import Compartment
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


@open_to(*EMPLOYER)
@require_safe
def after(request: Request, person_id: int) -> HttpResponse:
    person, reach = open_person(request, person_id)
    exits, turned_back = told_exits(person.pk)
    pathway = latest_pathway(person.pk)
    context: dict[str, Any] = {
        "person": person,
        "exits": exits,
        "turned_back": turned_back,
        "pathway": pathway,
        "may_end": pathway is not None and all(told.noted.pathway != pathway.series for told in exits),
        "may_write": Compartment.WORK.value in reach.written,
        "funds": told_stages(person.pk, pathway, request.identity.today),
    }
    if Compartment.SOCIAL.value in reach:
        context |= {
            "sees_support": True,
            "threads": told_threads(person.pk),
            "proposed": proposed(person.pk, request.identity.today),
            "may_support": Compartment.SOCIAL.value in reach.written,
        }
    return render(request, "after/after.html", context)
