"""Territories, operators and sites."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.territories.administering import change
from convergence.territories.models import Operator, Site, Territory
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.accounts import WITH_PLACES
from convergence.web.settings.forms import NameForm, SiteForm
from convergence.web.settings.history import history_of
from convergence.web.settings.pages import Places, actor_of, form_page, mission_rows, way
from convergence.web.templatetags.display import period


def _territories() -> Places:
    return way((reverse("territories"), _("Territoires")))


def _operators() -> Places:
    return way((reverse("operators"), _("Structures porteuses")))


def _sites() -> Places:
    return way((reverse("sites"), _("Chantiers")))


@open_to(Role.ADMINISTRATOR)
@require_safe
def territories(request: Request) -> HttpResponse:
    open_today = Count("sites", filter=Q(sites__open_over__contains=request.identity.today))
    rows = Territory.objects.annotate(sites_today=open_today)
    return render(request, "settings/territories.html", {"territories": rows, "places": way()})


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_territory(request: Request) -> HttpResponse:
    form = NameForm(request.POST or None)
    page = form_page(request, form, _("Ajouter un territoire"), _("Ajouter ce territoire"), _territories())

    def work(form: NameForm) -> str:
        made = Territory.objects.create(name=form.cleaned_data["name"])
        messages.success(request, _("Le territoire est ajouté."))
        return reverse("territory", args=[made.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def territory(request: Request, territory_id: int) -> HttpResponse:
    territory = get_object_or_404(Territory, pk=territory_id)
    today, actor = request.identity.today, actor_of(request)
    context = {
        "territory": territory,
        "places": _territories(),
        "sites": _with_dates(request, territory.sites.select_related("operator", "antenna_of")),
        "rows": mission_rows(WITH_PLACES.filter(territory=territory), today, actor.pk),
        "history": history_of([territory], today),
    }
    return render(request, "settings/territory.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_territory(request: Request, territory_id: int) -> HttpResponse:
    territory = get_object_or_404(Territory, pk=territory_id)
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
    rows = Operator.objects.annotate(sites_today=open_today)
    return render(request, "settings/operators.html", {"operators": rows, "places": way()})


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
    form = NameForm(request.POST or None, row=operator)
    page = form_page(request, form, _("Renommer la structure porteuse"), _("Enregistrer le nom"), _operators())

    def work(form: NameForm) -> str:
        change(operator, form.cleaned_data["seen"], name=form.cleaned_data["name"])
        messages.success(request, _("Le nom est enregistré."))
        return reverse("operators")

    return answer(request, form, work, page, form.told)


def _with_dates(request: Request, sites: QuerySet[Site]) -> dict[str, list[tuple[Site, str]]]:
    today = request.identity.today
    shown = [(site, period(site.opened_on, site.last_day, today)) for site in sites]
    return {
        "present": [(site, dates) for site, dates in shown if not site.last_day or site.last_day >= today],
        "closed": [(site, dates) for site, dates in shown if site.last_day and site.last_day < today],
    }


@open_to(Role.ADMINISTRATOR)
@require_safe
def sites(request: Request) -> HttpResponse:
    rows = Site.objects.select_related("territory", "operator", "antenna_of")
    return render(request, "settings/sites.html", {"sites": _with_dates(request, rows), "places": way()})


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_site(request: Request) -> HttpResponse:
    form = SiteForm(request.POST or None, initial={"territory": request.GET.get("territoire", "")[:18]})
    page = form_page(request, form, _("Ajouter un chantier"), _("Ajouter ce chantier"), _sites())

    def work(form: SiteForm) -> str:
        made = Site.objects.create(**_site_values(form))
        messages.success(request, _("Le chantier est ajouté."))
        return reverse("site", args=[made.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def site(request: Request, site_id: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.select_related("territory", "operator", "antenna_of"), pk=site_id)
    today = request.identity.today
    context = {
        "site": site,
        "dates": period(site.opened_on, site.last_day, today),
        "antennas": site.antennas.all(),
        "places": _sites(),
        "rows": mission_rows(WITH_PLACES.filter(site=site), today, actor_of(request).pk),
        "history": history_of([site], today),
    }
    return render(request, "settings/site.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_site(request: Request, site_id: int) -> HttpResponse:
    site = get_object_or_404(Site.objects.select_related("territory", "operator", "antenna_of"), pk=site_id)
    form = SiteForm(request.POST or None, row=site)
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
