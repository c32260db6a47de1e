"""The list of partners, one partner's page, and the forms that add and correct it and its establishments."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.network.agreements import ends_soon
from convergence.network.models import Branch, Partner
from convergence.network.nearness import Point, note_travel, place_site
from convergence.network.partners import (
    Alike,
    add_branch,
    add_partner,
    close_partner,
    correct_branch,
    correct_partner,
)
from convergence.network.policies import KEEPERS, READERS
from convergence.network.reading import Filters, partner_lines, partner_page, partners
from convergence.territories.models import Site, Territory
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.partners import PartnerKind
from convergence.web.handling import act, answer
from convergence.web.network.common import form_page, keeps, kept_or_404, partner_or_404, speaks, to_partner, way
from convergence.web.network.forms import BranchForm, NewPartnerForm, PartnerForm, SitePointForm, TravelForm
from convergence.web.network.saying import said_of_places
from convergence.web.requests import Request
from convergence.web.rules import open_to

PAGE = 25


@open_to(*READERS)
@require_safe
def network(request: Request) -> HttpResponse:
    """Partners of the territories where the actor works, searched and filtered."""
    today = request.identity.today
    filters = Filters.of(request.GET, PartnerKind)
    page = Paginator(partners(filters, today), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "lines": partner_lines(list(page.object_list), today),
        "domains": Domain.choices(),
        "kinds": PartnerKind.choices(),
        "may_keep": bool(request.identity.territory_ids(*KEEPERS)),
        "today": today,
    }
    template = "network/partners.html" if request.htmx else "network/list.html"
    return render(request, template, context)


@open_to(*READERS)
@require_safe
def partner(request: Request, partner_id: int) -> HttpResponse:
    """All that the network knows of a partner, as far as the actor reads."""
    shown = partner_page(partner_or_404(partner_id), request.identity.today)
    today = request.identity.today
    context: dict[str, Any] = {
        "shown": shown,
        "partner": shown.partner,
        "kind": PartnerKind(shown.partner.kind).label,
        "offers": [(line, said_of_places(line.places, line.capacity, today)) for line in shown.offers],
        "agreements": [(row, ends_soon(row, today), today in row.valid) for row in shown.agreements],
        "may_keep": keeps(request, shown.partner.territory_id),
        "may_speak": speaks(request, shown.partner.territory_id),
        "today": today,
    }
    return render(request, "network/partner.html", context)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def new_partner(request: Request) -> HttpResponse:
    """A partner and its first establishment; those like it that exist are shown before it is added."""
    today = request.identity.today
    territories = Territory.objects.filter(pk__in=request.identity.territory_ids(*KEEPERS))
    form = NewPartnerForm(request.POST or None, territories=territories)
    like: list[Partner] = []

    def work(form: NewPartnerForm) -> str:
        given = form.cleaned_data
        try:
            made = add_partner(
                given["territory"],
                form.facts(),
                form.place(given["name"]),
                another=given["another"],
                today=today,
            )
        except Alike as error:
            like.extend(error.partners)
            form.ask_whether_another()
            raise
        messages.success(request, _("%(name)s est dans le réseau.") % {"name": made.name})
        return reverse("partner", args=[made.pk])

    def page(status: int) -> HttpResponse:
        intro = _("Un nom et une nature suffisent pour commencer ; le reste se complète quand on le sait.")
        title, action = _("Ajouter un partenaire"), _("Ajouter au réseau")
        return form_page(request, form, title, action, way(), intro=intro, like=like)(status)

    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_partner(request: Request, partner_id: int) -> HttpResponse:
    """Correct who the partner is."""
    row = kept_or_404(request, partner_or_404(partner_id))
    form = PartnerForm(request.POST or None, row=row)

    def work(form: PartnerForm) -> str:
        correct_partner(row, form.cleaned_data["seen"], form.facts(), today=request.identity.today)
        messages.success(request, _("La fiche est enregistrée."))
        return to_partner(row)[0]

    page = form_page(request, form, _("Corriger la fiche"), _("Enregistrer la fiche"), way(to_partner(row)))
    return answer(request, form, work, page, form.told)


@open_to(*KEEPERS)
@require_POST
def end_partner(request: Request, partner_id: int) -> HttpResponse:
    """It is no longer a partner from today on; pressed again, it is one anew."""
    row = kept_or_404(request, partner_or_404(partner_id))
    ended = row.closed_on is None
    done = _("%(name)s n’est plus dans le réseau ; son histoire reste.") if ended else _("%(name)s est de retour.")
    act(request, partial(close_partner, row, request.identity.today if ended else None), done % {"name": row.name})
    return redirect("partner", partner_id=row.pk)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def new_branch(request: Request, partner_id: int) -> HttpResponse:
    """One more body or branch of the partner."""
    row = kept_or_404(request, partner_or_404(partner_id))
    form = BranchForm(request.POST or None)

    def work(form: BranchForm) -> str:
        add_branch(row, form.facts())
        messages.success(request, _("L’établissement est ajouté."))
        return to_partner(row)[0]

    page = form_page(request, form, _("Ajouter un établissement"), _("Ajouter l’établissement"), way(to_partner(row)))
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_branch(request: Request, branch_id: int) -> HttpResponse:
    """Correct where a branch is and how to reach it."""
    row = _branch(request, branch_id)
    form = BranchForm(request.POST or None, row=row)

    def work(form: BranchForm) -> str:
        correct_branch(row, form.cleaned_data["seen"], form.facts())
        messages.success(request, _("L’établissement est enregistré."))
        return to_partner(row.partner)[0]

    page = form_page(
        request, form, _("Corriger l’établissement"), _("Enregistrer l’établissement"), way(to_partner(row.partner))
    )
    return answer(request, form, work, page, form.told)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def travel(request: Request, branch_id: int) -> HttpResponse:
    """Minutes by public transport from a site to a branch."""
    row = _branch(request, branch_id)
    sites = {site.pk: site for site in Site.objects.filter(territory_id=row.territory_id)}
    form = TravelForm(request.POST or None, sites=sites.values())

    def work(form: TravelForm) -> str:
        given = form.cleaned_data
        note_travel(sites[given["site"]], row, given["minutes"], given["said_by"])
        messages.success(request, _("Le temps de trajet est noté."))
        return to_partner(row.partner)[0]

    title = _("Temps de trajet vers %(place)s") % {"place": row.name}
    page = form_page(request, form, title, _("Noter ce temps"), way(to_partner(row.partner)))
    return answer(request, form, work, page)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def locate_site(request: Request, site_id: int) -> HttpResponse:
    """Where a site is: the map and the distances start from there."""
    site = kept_or_404(request, get_object_or_404(Site, pk=site_id))
    point = getattr(site, "point", None)
    initial = {"latitude": point.latitude, "longitude": point.longitude} if point else {}
    form = SitePointForm(request.POST or None, initial=initial)
    back = f"{reverse('network-map')}?chantier={site.pk}"

    def work(form: SitePointForm) -> str:
        place_site(site, Point(**form.cleaned_data))
        messages.success(request, _("Le chantier est situé : les distances partent de là."))
        return back

    title = _("Où est %(site)s ?") % {"site": site}
    page = form_page(request, form, title, _("Situer le chantier"), way((back, _("Carte"))))
    return answer(request, form, work, page)


def _branch(request: Request, branch_id: int) -> Branch:
    found: Branch = kept_or_404(request, get_object_or_404(Branch.objects.select_related("partner"), pk=branch_id))
    return found
