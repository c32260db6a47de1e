"""The candidacies of the actor's sites: under way, on the waiting list, closed."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from convergence.pathways.entry.reading import at_sites, closed, tell, under_way, waiting
from convergence.people.search import search_people
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

PAGE = 25

TABS = {
    "en-cours": (_("En cours"), under_way),
    "attente": (_("Liste d’attente"), waiting),
    "fermees": (_("Fermées"), closed),
}


@open_to(*EMPLOYER)
@require_safe
def candidacies(request: Request) -> HttpResponse:
    """One tab of the list, perhaps of one site, perhaps of those whose name is asked for."""
    identity = request.identity
    sites = {site.pk: site for site in identity.sites(*EMPLOYER)}
    tab = request.GET.get("onglet", "")
    tab = tab if tab in TABS else "en-cours"
    asked = request.GET.get("chantier", "")
    only = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    words = request.GET.get("nom", "").replace("\x00", "").strip()[:80]
    rows = at_sites([only] if only in sites else list(sites))
    if words:
        rows = rows.filter(person_id__in=search_people(words))
    _label, kept = TABS[tab]
    page = Paginator(kept(rows), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "lines": tell(list(page.object_list), identity.today),
        "tab": tab,
        "tabs": [(code, label, code == tab) for code, (label, _kept) in TABS.items()],
        "sites": sites.values(),
        "site": only,
        "words": words,
    }
    return render(request, "entry/list.html", context)
