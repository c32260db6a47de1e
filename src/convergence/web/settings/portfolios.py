"""What each partnership officer of a territory covers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from convergence.territories.means import may_keep
from convergence.territories.models import Mission, Territory
from convergence.territories.portfolios import choose_domains, domains_of, portfolio_of
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import SettingForm
from convergence.web.settings.pages import actor_of, form_page, way
from convergence.web.templatetags.display import and_list


class PortfolioForm(SettingForm):
    """The domains that are ticked."""

    domains = forms.MultipleChoiceField(
        label=gettext_lazy("Domaines couverts"),
        choices=Domain.choices(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un domaine dans la liste.")},
        help_text=gettext_lazy("Dans ces domaines, elle ou il lit le nom et le besoin de qui a donné son accord."),
    )

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"domains": row.domains}

    def _said(self, name: str, value: Any) -> str:
        return and_list([domain.label for domain in Domain if domain in value])


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_safe
def portfolios(request: Request, territory_id: int) -> HttpResponse:
    """The officers of a territory today or to come, and what each covers."""
    territory = get_object_or_404(Territory, pk=territory_id)
    if not may_keep(request.identity, territory):
        raise Http404
    officers = _officers().filter(territory=territory).exclude(valid__fully_lt=DateRange(request.identity.today, None))
    actor_id = actor_of(request).pk
    covered = [(mission, and_list([each.label for each in domains_of(mission)])) for mission in officers]
    context = {
        "territory": territory,
        "places": way(),
        "lines": [(mission, said, mission.user_id != actor_id) for mission, said in covered],
    }
    return render(request, "settings/portfolios.html", context)


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def portfolio(request: Request, mission_id: int) -> HttpResponse:
    """Say what an officer covers; nobody says it of herself."""
    mission = get_object_or_404(_officers(), pk=mission_id)
    territory = mission.territory
    if territory is None or not may_keep(request.identity, territory) or mission.user_id == actor_of(request).pk:
        raise Http404
    initial = {"domains": [domain.value for domain in domains_of(mission)]}
    form = PortfolioForm(request.POST or None, row=portfolio_of(mission), initial=initial)
    address = reverse("portfolios", args=[territory.pk])
    places = way((address, _("Domaines de l’équipe")))
    title = _("Ce que couvre %(who)s") % {"who": mission.user}
    page = form_page(request, form, title, _("Enregistrer ces domaines"), places)

    def work(form: PortfolioForm) -> str:
        choose_domains(mission, form.cleaned_data["domains"], form.cleaned_data["seen"])
        messages.success(request, _("C’est enregistré : ce qui n’est plus couvert n’est plus lu."))
        return address

    return answer(request, form, work, page, form.told)


def _officers() -> Any:
    missions = Mission.objects.filter(role=Role.PARTNERSHIP_OFFICER)
    return missions.select_related("user", "territory", "portfolio").order_by("user__family_name", "pk")
