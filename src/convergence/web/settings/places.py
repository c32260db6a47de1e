"""Territories, operators and sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.platform.errors import Refused
from convergence.territories.administering import change, may_rename
from convergence.territories.models import Choices, Operator, ReferralTerms, Site, Territory
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.accounts import WITH_PLACES
from convergence.web.settings.forms import NameForm, SiteForm
from convergence.web.settings.history import history_of
from convergence.web.settings.pages import (
    Places,
    administered_or_404,
    form_page,
    mission_rows,
    way,
    whole_instance,
)
from convergence.web.settings.steps import open_steps
from convergence.web.templatetags.display import period

Row = TypeVar("Row", Site, Operator)

PAGE = 50


def _territories() -> Places:
    return way((reverse("territories"), _("Territoires")))


def _operators() -> Places:
    return way((reverse("operators"), _("Structures porteuses")))


def _sites() -> Places:
    return way((reverse("sites"), _("Chantiers")))


@dataclass(frozen=True)
class SiteRow:
    """A site as the tables show it; ``left``: steps of its setting up that are open, None once it closed."""

    site: Site
    dates: str
    left: int | None


@open_to(Role.ADMINISTRATOR)
@require_safe
def territories(request: Request) -> HttpResponse:
    open_today = Count("sites", filter=Q(sites__open_over__contains=request.identity.today))
    rows = _administered(request).annotate(sites_today=open_today).order_by("name")
    context = {"territories": rows, "places": way(), "may_add": request.identity.administers_all}
    return render(request, "settings/territories.html", context)


def _administered(request: Request) -> QuerySet[Territory]:
    """The territories that the actor administers."""
    if request.identity.administers_all:
        return Territory.objects.all()
    return Territory.objects.filter(pk__in=request.identity.territory_ids(Role.ADMINISTRATOR))


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_territory(request: Request) -> HttpResponse:
    whole_instance(request)
    form = NameForm(request.POST or None)
    page = form_page(request, form, _("Ajouter un territoire"), _("Ajouter ce territoire"), _territories())

    def work(form: NameForm) -> str:
        made = Territory.objects.create(name=form.cleaned_data["name"])
        messages.success(request, _("Le territoire est ajouté. Voici ce qui reste à faire pour qu’il démarre."))
        return reverse("territory-setup", args=[made.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def territory(request: Request, territory_id: int) -> HttpResponse:
    territory = get_object_or_404(_administered(request), pk=territory_id)
    sites = territory.sites.select_related("territory", "operator", "antenna_of")
    own = (*Choices.objects.filter(territory=territory), *ReferralTerms.objects.filter(territory=territory))
    context = {
        "territory": territory,
        "places": _territories(),
        "sites": _with_dates(request, sites),
        "rows": mission_rows(WITH_PLACES.filter(territory=territory), request),
        "history": history_of([territory, *own], request.identity.today),
    }
    return render(request, "settings/territory.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_territory(request: Request, territory_id: int) -> HttpResponse:
    territory = get_object_or_404(_administered(request), pk=territory_id)
    form = NameForm(request.POST or None, row=territory)
    address = reverse("territory", args=[territory.pk])
    places = [*_territories(), (address, territory.name)]
    page = form_page(request, form, _("Renommer le territoire"), _("Enregistrer le nom"), places)

    def work(form: NameForm) -> str:
        change(territory, form.cleaned_data["seen"], name=form.cleaned_data["name"])
        messages.success(request, _("Le nom est enregistré."))
        return address

    return answer(request, form, work, page, form.told)


@open_to(Role.ADMINISTRATOR)
@require_safe
def operators(request: Request) -> HttpResponse:
    open_today = Count("sites", filter=Q(sites__open_over__contains=request.identity.today))
    words = _words(request)
    rows = _holding(Operator.objects.annotate(sites_today=open_today).order_by("name"), words, "name")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "settings/operators.html", {"page": page, "words": words, "places": way()})


def _words(request: Request) -> str:
    """What is looked for in a list."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_operator(request: Request) -> HttpResponse:
    form = NameForm(request.POST or None)
    page = form_page(request, form, _("Ajouter une structure porteuse"), _("Ajouter cette structure"), _operators())

    def work(form: NameForm) -> str:
        Operator.objects.create(name=form.cleaned_data["name"])
        messages.success(request, _("La structure porteuse est ajoutée."))
        return reverse("operators")

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_operator(request: Request, operator_id: int) -> HttpResponse:
    operator = get_object_or_404(Operator, pk=operator_id)
    if not may_rename(request.identity, operator):
        raise Refused(_("Cette structure porte aussi des chantiers ailleurs : demandez à qui administre l’instance."))
    form = NameForm(request.POST or None, row=operator)
    page = form_page(request, form, _("Renommer la structure porteuse"), _("Enregistrer le nom"), _operators())

    def work(form: NameForm) -> str:
        change(operator, form.cleaned_data["seen"], name=form.cleaned_data["name"])
        messages.success(request, _("Le nom est enregistré."))
        return reverse("operators")

    return answer(request, form, work, page, form.told)


def _with_dates(request: Request, sites: Iterable[Site]) -> dict[str, list[SiteRow]]:
    """The sites as rows, those that closed apart."""
    today = request.identity.today
    shown = list(sites)
    left = open_steps([site for site in shown if not _closed(site, today)], today)
    rows = [SiteRow(site, period(site.opened_on, site.last_day, today), left.get(site.pk)) for site in shown]
    return {
        "present": [row for row in rows if not _closed(row.site, today)],
        "closed": [row for row in rows if _closed(row.site, today)],
    }


def _closed(site: Site, today: date) -> bool:
    return site.last_day is not None and site.last_day < today


def _holding(rows: QuerySet[Row], words: str, *columns: str) -> QuerySet[Row]:
    """The rows of which one of the columns contains each of the words."""
    for word in words.split()[:8]:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__unaccent__icontains": word})
        rows = rows.filter(found)
    return rows


@open_to(Role.ADMINISTRATOR)
@require_safe
def sites(request: Request) -> HttpResponse:
    words, closed = _words(request), request.GET.get("chantiers") == "fermes"
    past = Q(open_over__endswith__lte=request.identity.today)
    present = Q(open_over__upper_inf=True) | Q(open_over__endswith__gt=request.identity.today)
    found = _holding(
        Site.objects.filter(territory__in=_administered(request)), words, "name", "territory__name", "operator__name"
    )
    counted = found.aggregate(closed=Count("pk", filter=past), open=Count("pk", filter=present))
    shown = found.filter(past if closed else present).select_related("territory", "operator", "antenna_of")
    page = Paginator(shown.order_by("territory__name", "name", "pk"), PAGE).get_page(request.GET.get("page"))
    rows = _with_dates(request, page.object_list)
    context = {
        "page": page,
        "rows": [*rows["present"], *rows["closed"]],
        "words": words,
        "closed": closed,
        "counted": counted,
        "places": way(),
    }
    return render(request, "settings/sites.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_site(request: Request) -> HttpResponse:
    asked = {"territory": request.GET.get("territoire", "")[:18]}
    form = SiteForm(request.POST or None, identity=request.identity, initial=asked)
    page = form_page(request, form, _("Ajouter un chantier"), _("Ajouter ce chantier"), _sites())

    def work(form: SiteForm) -> str:
        made = Site.objects.create(**_site_values(form))
        messages.success(request, _("Le chantier est ajouté. Voici ce qui reste à faire pour qu’il démarre."))
        return reverse("site-setup", args=[made.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def site(request: Request, site_id: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.select_related("territory", "operator", "antenna_of"), pk=site_id)
    administered_or_404(request, site)
    today = request.identity.today
    context = {
        "site": site,
        "dates": period(site.opened_on, site.last_day, today),
        "antennas": site.antennas.all(),
        "places": _sites(),
        "steps_left": open_steps([site], today).get(site.pk, 0),
        "rows": mission_rows(WITH_PLACES.filter(site=site), request),
        "history": history_of([site, *Choices.objects.filter(site=site)], today),
    }
    return render(request, "settings/site.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_site(request: Request, site_id: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.select_related("territory", "operator", "antenna_of"), pk=site_id)
    administered_or_404(request, site)
    form = SiteForm(request.POST or None, identity=request.identity, row=site)
    address = reverse("site", args=[site.pk])
    page = form_page(
        request, form, _("Modifier le chantier"), _("Enregistrer le chantier"), [*_sites(), (address, site.name)]
    )

    def work(form: SiteForm) -> str:
        change(site, form.cleaned_data["seen"], **_site_values(form))
        messages.success(request, _("Le chantier est modifié."))
        return address

    return answer(request, form, work, page, form.told)


def _site_values(form: SiteForm) -> dict[str, object]:
    given = form.cleaned_data
    values = {name: given[name] for name in ("name", "territory", "operator", "antenna_of", "siret")}
    return values | {"open_over": days(given["opened_on"], given["last_day"])}
