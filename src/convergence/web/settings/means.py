"""Staff means of a site, or of a territory's pooled team."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.platform.errors import ChangedMeanwhile
from convergence.territories import means as keeping
from convergence.territories.models import Site, StaffMeans, Territory
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import MeansChangeForm, MeansForm
from convergence.web.settings.pages import Places, form_page, way
from convergence.web.templatetags.display import period

KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.SITE_MANAGER)


@dataclass(frozen=True)
class MeansRow:
    """A fact about a post as the tables show it."""

    fact: StaffMeans
    function: str
    dates: str

    @property
    def superseded_at(self) -> datetime | None:
        return self.fact.superseded_at


def _row(fact: StaffMeans, today: date) -> MeansRow:
    return MeansRow(fact, str(Role(fact.function).label), period(fact.starts, fact.last_day, today))


def _place_or_404(request: Request, site_id: int | None = None, territory_id: int | None = None) -> Site | Territory:
    """The place, where the actor keeps its means."""
    where: Site | Territory
    if site_id is not None:
        where = get_object_or_404(Site, pk=site_id)
    else:
        where = get_object_or_404(Territory, pk=territory_id)
    if not keeping.may_keep(request.identity, where):
        raise Http404
    return where


def _address(where: Site | Territory) -> str:
    return reverse("site-means" if isinstance(where, Site) else "territory-means", args=[where.pk])


def _way_to(where: Site | Territory) -> Places:
    return way((_address(where), _("Moyens humains · %s") % where))


def _list(request: Request, where: Site | Territory) -> HttpResponse:
    today = request.identity.today
    rows = [_row(fact, today) for fact in keeping.posts_of(where).order_by("function", "valid")]
    running = [row for row in rows if today in row.fact.valid]
    context = {
        "where": where,
        "is_pooled": isinstance(where, Territory),
        "places": way(),
        "running": running,
        "to_come": [row for row in rows if row.fact.starts and row.fact.starts > today],
        "ended": [row for row in rows if row.fact.last_day and row.fact.last_day < today],
        "total": sum((row.fact.full_time_equivalent for row in running), Decimal()),
        "add": reverse("open-site-post" if isinstance(where, Site) else "open-territory-post", args=[where.pk]),
    }
    return render(request, "settings/means.html", context)


@open_to(Role.ADMINISTRATOR, Role.SITE_MANAGER)
@require_safe
def site_means(request: Request, site_id: int) -> HttpResponse:
    return _list(request, _place_or_404(request, site_id=site_id))


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_safe
def territory_means(request: Request, territory_id: int) -> HttpResponse:
    return _list(request, _place_or_404(request, territory_id=territory_id))


def _open_post(request: Request, where: Site | Territory) -> HttpResponse:
    form = MeansForm(request.POST or None, where=where, today=request.identity.today)
    page = form_page(request, form, _("Ajouter un poste"), _("Ajouter ce poste"), _way_to(where))

    def work(form: MeansForm) -> str:
        given = form.cleaned_data
        keeping.open_post(where, form.given(), given["since"], given["last_day"])
        messages.success(request, _("Le poste est ajouté."))
        return _address(where)

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR, Role.SITE_MANAGER)
@require_http_methods(["GET", "POST"])
def open_site_post(request: Request, site_id: int) -> HttpResponse:
    return _open_post(request, _place_or_404(request, site_id=site_id))


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def open_territory_post(request: Request, territory_id: int) -> HttpResponse:
    return _open_post(request, _place_or_404(request, territory_id=territory_id))


def _versions(post: UUID) -> list[StaffMeans]:
    """Every version of the post's facts, current or not, the latest period first; none for who may not read them."""
    versions = StaffMeans.objects.filter(post=post).select_related(
        "site", "territory", "user", "employer", "funder", "recorded_by"
    )
    return list(versions.order_by("-valid", "-recorded_at"))


def _where(fact: StaffMeans) -> Site | Territory:
    where = fact.site or fact.territory
    assert where is not None  # noqa: S101 - staff_means_of_one_place holds it
    return where


@open_to(*KEEPERS)
@require_safe
def post(request: Request, post: UUID) -> HttpResponse:
    versions = _versions(post)
    if not versions:
        raise Http404
    today = request.identity.today
    rows = [_row(version, today) for version in versions]
    current = [row for row in rows if row.superseded_at is None]
    context = {
        "post": post,
        "title": str(versions[0]),
        "places": _way_to(_where(versions[0])),
        "current": current,
        "earlier": sorted(
            (row for row in rows if row.superseded_at), key=lambda row: str(row.superseded_at), reverse=True
        ),
        "may_change": any(today in row.fact.valid for row in current),
    }
    return render(request, "settings/post.html", context)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def change_post(request: Request, post: UUID) -> HttpResponse:
    current = [version for version in _versions(post) if version.superseded_at is None]
    if not current:
        raise Http404
    today = request.identity.today
    running = next((fact for fact in current if today in fact.valid), current[0])
    form = MeansChangeForm(request.POST or None, row=running, where=_where(running), today=today)
    address = reverse("post", args=[post])
    page = form_page(
        request,
        form,
        _("Noter un changement"),
        _("Enregistrer le changement"),
        [*_way_to(_where(running)), (address, str(running))],
        intro=_("Ce qui valait avant cette date reste lisible."),
    )

    def work(form: MeansChangeForm) -> str:
        keeping.change_post(post, form.cleaned_data["seen"], form.given(), form.cleaned_data["since"])
        messages.success(request, _("Le changement est enregistré."))
        return address

    return answer(request, form, work, page, form.told)


def _current_or_404(means_id: int) -> StaffMeans:
    facts = StaffMeans.objects.current().select_related("site", "territory", "user", "employer", "funder")
    return get_object_or_404(facts, pk=means_id)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def correct_means(request: Request, means_id: int) -> HttpResponse:
    fact = StaffMeans.objects.select_related("site", "territory", "user").filter(pk=means_id).first()
    if fact is None:
        raise Http404
    form = MeansForm(request.POST or None, row=fact, where=_where(fact), today=request.identity.today)
    address = reverse("post", args=[fact.post])
    page = form_page(
        request,
        form,
        _("Corriger, ou donner une fin"),
        _("Enregistrer la correction"),
        [*_way_to(_where(fact)), (address, str(fact))],
        intro=_("Ce qui était écrit avant reste lisible dans les versions antérieures."),
    )

    def work(form: MeansForm) -> str:
        given = form.cleaned_data
        keeping.correct(fact, given["seen"], form.given(), given["since"], given["last_day"])
        messages.success(request, _("La correction est enregistrée."))
        return address

    return answer(request, form, work, page, form.told)


@open_to(*KEEPERS)
@require_POST
def withdraw_means(request: Request, means_id: int) -> HttpResponse:
    fact = _current_or_404(means_id)
    try:
        keeping.take_back(fact)
        messages.success(request, _("La ligne est retirée ; elle reste lisible dans les versions antérieures."))
    except ChangedMeanwhile as error:
        messages.error(request, str(error))
    return redirect("post", post=fact.post)
