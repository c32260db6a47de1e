"""Setting up a site or a territory: what is done, what is left and whose it is; the first day and its counts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.platform.errors import Refused
from convergence.support import setup as setting_up
from convergence.support.models import SiteStart
from convergence.support.setup import setup_of
from convergence.territories.models import Site, Territory
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.settings.forms import SettingForm
from convergence.web.settings.means import KEEPERS
from convergence.web.settings.pages import Places, way
from convergence.web.settings.steps import (
    DONE,
    LATER,
    OPEN,
    OPTIONAL,
    TAKING_BACK,
    Step,
    may_do,
    not_started,
    open_steps,
    steps_of_site,
    steps_of_territory,
)

PAGE = 50
MOVES_WITHIN = timedelta(days=28)
"""The screen offers to note the first day anew this long; the database refuses after a month."""

STATES = {
    DONE: gettext_lazy("fait"),
    OPEN: gettext_lazy("à faire"),
    OPTIONAL: gettext_lazy("facultatif"),
    LATER: gettext_lazy("plus tard"),
}


@dataclass(frozen=True)
class ShownStep:
    """A step as its page shows it; its links are for those whose step it is."""

    step: Step
    state: str
    mine: bool


def _shown(request: Request, where: Site | Territory, steps: list[Step]) -> dict[str, Any]:
    return {
        "steps": [ShownStep(step, str(STATES[step.state]), may_do(request.identity, where, step)) for step in steps],
        "left": sum(step.state in {OPEN, LATER} for step in steps),
    }


def _way(request: Request) -> Places:
    """The way back: the settings, or Today for those who have none."""
    if request.identity.holds(*KEEPERS):
        return way((reverse("setup"), _("Mise en route"))) if _sees_several(request) else way()
    return [(reverse("today"), _("Aujourd’hui"))]


def _sees_several(request: Request) -> bool:
    return request.identity.holds(Role.ADMINISTRATOR, Role.COORDINATOR)


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_safe
def setup(request: Request) -> HttpResponse:
    """The actor's territories, and their sites whose first day is not noted yet."""
    identity = request.identity
    territories = Territory.objects.all()
    if not identity.administers_all:
        territories = territories.filter(pk__in=identity.territory_ids(Role.ADMINISTRATOR, Role.COORDINATOR))
    waiting = not_started(Site.objects.filter(territory__in=territories), identity.today)
    page = Paginator(
        waiting.select_related("territory", "operator").order_by("territory__name", "name", "pk"), PAGE
    ).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    left = open_steps(shown, identity.today)
    context = {
        "page": page,
        "rows": [(site, left.get(site.pk, 0)) for site in shown],
        "territories": territories,
        "may_add": identity.administers_all,
        "places": way(),
    }
    return render(request, "settings/setup.html", context)


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR, *EMPLOYER)
@require_safe
def site_setup(request: Request, site_id: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.select_related("territory", "operator"), pk=site_id)
    found = setup_of([site.pk])
    if site.pk not in found:
        raise Http404
    steps = steps_of_site(site, found[site.pk], request.identity.today)
    context = {"where": site, "beside": site.territory, "places": _way(request)} | _shown(request, site, steps)
    if request.identity.administers(site):
        context["page_of_it"] = reverse("site", args=[site.pk])
    return render(request, "settings/steps.html", context)


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_safe
def territory_setup(request: Request, territory_id: int) -> HttpResponse:
    territory = get_object_or_404(Territory, pk=territory_id)
    identity = request.identity
    if not identity.administers(territory) and territory.pk not in identity.territory_ids(Role.COORDINATOR):
        raise Http404
    steps = steps_of_territory(territory, identity.today)
    waiting = list(not_started(territory.sites.all(), identity.today).select_related("territory", "operator"))
    left = open_steps(waiting, identity.today)
    context = {"where": territory, "places": _way(request)} | _shown(request, territory, steps)
    context["waiting"] = [(site, left.get(site.pk, 0)) for site in waiting]
    context["started"] = territory.sites.filter(starts__superseded_at=None, starts__isnull=False).count()
    if identity.administers(territory):
        context["page_of_it"] = reverse("territory", args=[territory.pk])
    return render(request, "settings/steps.html", context)


def _own_site_or_404(request: Request, site_id: int) -> Site:
    """A site of whose team the actor is."""
    if site_id not in request.identity.site_ids(*EMPLOYER):
        raise Http404
    return get_object_or_404(Site.objects.select_related("territory"), pk=site_id)


@open_to(*EMPLOYER)
@require_POST
def nothing_to_import(request: Request, site_id: int) -> HttpResponse:
    """Say that the site has no list to bring in, or take it back; a button sent twice does what it says once."""
    site = _own_site_or_404(request, site_id)
    if TAKING_BACK in request.GET:
        setting_up.take_back_nothing_to_import(site)
        messages.success(request, _("C’est noté : il reste une liste à importer."))
    else:
        # Somebody else of the team may have said so, a moment ago or at this very moment.
        with suppress(IntegrityError), transaction.atomic():
            setting_up.say_nothing_to_import(site)
        messages.success(request, _("C’est noté : pas de liste à importer, les personnes s’accueillent une à une."))
    return redirect("site-setup", site_id=site.pk)


@dataclass(frozen=True)
class CountRow:
    """For how many people something was known; None where the count is withheld."""

    label: str
    known: int | None
    unsaid: int | None
    nothing: int | None


CIVIL = {
    "under_contract": gettext_lazy("Contrat en cours sur ce chantier"),
    "birth": gettext_lazy("Année de naissance"),
    "phone": gettext_lazy("Téléphone"),
}


def _counts(start: SiteStart) -> dict[str, Any]:
    found = {count.subject: count for count in start.counts.all()}
    people = found["people"].known if "people" in found else 0

    def row(subject: str, label: str) -> CountRow:
        count = found.get(subject)
        known, unsaid = (count.known, count.unsaid) if count else (0, 0)
        told = known is not None and unsaid is not None
        return CountRow(label, known, unsaid, (people or 0) - (known or 0) - (unsaid or 0) if told else None)

    rows = [row(code, str(label)) for code, label in CIVIL.items()]
    for aspect in ASPECTS.values():
        if aspect.compartment is not Compartment.JUSTICE:
            rows.append(row(aspect.code, aspect.label))
    return {"start": start, "people": people, "rows": rows}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def site_start(request: Request, site_id: int) -> HttpResponse:
    """The first day of a site with its counts; noted by one button, and noted anew within the month."""
    site = _own_site_or_404(request, site_id)
    form = SettingForm(request.POST if request.method == "POST" else None)
    steps = {step.code: step for step in steps_of_site(site, setup_of([site.pk])[site.pk], request.identity.today)}
    address = reverse("site-start", args=[site.pk])

    def work(form: SettingForm) -> str:
        if steps["start"].state == LATER:
            raise Refused(_("Il est trop tôt : %s") % steps["start"].said)
        setting_up.record_start(site)
        messages.success(request, _("Le premier jour est noté, avec l’état de ce que l’on sait aujourd’hui."))
        return address

    def page(status: int) -> HttpResponse:
        starts = list(setting_up.starts_of(site).prefetch_related("counts"))
        current = next((start for start in starts if start.superseded_at is None), None)
        context = {
            "site": site,
            "form": form,
            "places": [*_way(request), (reverse("site-setup", args=[site.pk]), str(site))],
            "step": steps["start"],
            "shown": _counts(current) if current else None,
            "earlier": [_counts(start) for start in starts if start.superseded_at],
            "may_move": current and request.identity.today - current.started_on <= MOVES_WITHIN,
            "too_early": steps["start"].state == LATER,
        }
        return render(request, "settings/site_start.html", context, status=status)

    return answer(request, form, work, page)
