"""Funders: authorities change names, each name keeps its dates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.territories.administering import correct_funder, names_of, rename_funder
from convergence.territories.models import Funder
from convergence.territories.periods import days
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import FunderForm, FunderNameForm
from convergence.web.settings.history import history_of
from convergence.web.settings.pages import Places, form_page, way, whole_instance
from convergence.web.templatetags.display import period


def _funders() -> Places:
    return way((reverse("funders"), _("Financeurs")))


@open_to(Role.ADMINISTRATOR)
@require_safe
def funders(request: Request) -> HttpResponse:
    whole_instance(request)
    latest = Funder.objects.filter(later_names=None).select_related("formerly")
    rows = [(funder, period(funder.since, funder.last_day, request.identity.today)) for funder in latest]
    return render(request, "settings/funders.html", {"rows": rows, "places": way()})


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def open_funder(request: Request) -> HttpResponse:
    whole_instance(request)
    form = FunderForm(request.POST or None)
    page = form_page(request, form, _("Ajouter un financeur"), _("Ajouter ce financeur"), _funders())

    def work(form: FunderForm) -> str:
        given = form.cleaned_data
        made = Funder.objects.create(name=given["name"], named_over=days(given["since"], given["last_day"]))
        messages.success(request, _("Le financeur est ajouté."))
        return reverse("funder", args=[made.pk])

    return answer(request, form, work, page)


@open_to(Role.ADMINISTRATOR)
@require_safe
def funder(request: Request, funder_id: int) -> HttpResponse:
    whole_instance(request)
    names = names_of(get_object_or_404(Funder, pk=funder_id))
    today = request.identity.today
    context = {
        "funder": names[0],
        "names": [(name, period(name.since, name.last_day, today)) for name in names],
        "places": _funders(),
        "history": history_of(names, today),
    }
    return render(request, "settings/funder.html", context)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change_funder(request: Request, funder_id: int) -> HttpResponse:
    whole_instance(request)
    funder = get_object_or_404(Funder, pk=funder_id)
    form = FunderForm(request.POST or None, row=funder)
    address = reverse("funder", args=[funder.pk])
    page = form_page(
        request,
        form,
        _("Corriger un nom"),
        _("Enregistrer le nom et ses dates"),
        [*_funders(), (address, funder.name)],
        intro=_("Pour un financeur qui change de nom, revenez à sa fiche : l’ancien nom garde ses dates."),
    )

    def work(form: FunderForm) -> str:
        given = form.cleaned_data
        correct_funder(funder, given["seen"], given["name"], given["since"], given["last_day"])
        messages.success(request, _("Le nom est enregistré."))
        return address

    return answer(request, form, work, page, form.told)


@open_to(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def name_funder(request: Request, funder_id: int) -> HttpResponse:
    whole_instance(request)
    funder = get_object_or_404(Funder, pk=funder_id)
    form = FunderNameForm(request.POST or None, row=funder)
    page = form_page(
        request,
        form,
        _("Nouveau nom d’un financeur"),
        _("Enregistrer le nouveau nom"),
        [*_funders(), (reverse("funder", args=[funder.pk]), funder.name)],
        intro=_("« %s » s’arrête la veille.") % funder.name,
    )

    def work(form: FunderNameForm) -> str:
        given = form.cleaned_data
        made = rename_funder(funder, given["seen"], given["name"], given["since"])
        messages.success(request, _("Le nouveau nom est enregistré."))
        return reverse("funder", args=[made.pk])

    return answer(request, form, work, page, form.told)
