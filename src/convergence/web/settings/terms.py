"""How long a territory waits for its partners: the reminder, the lapse, the life of a link."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from convergence.rules.terms import Terms, faults, usual
from convergence.territories.means import may_keep
from convergence.territories.models import ReferralTerms, Territory
from convergence.territories.terms import choose_terms
from convergence.vocabulary.roles import Role
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import SettingForm
from convergence.web.settings.pages import form_page, way


class TermsForm(SettingForm):
    """Three numbers of days."""

    reminder_days = forms.IntegerField(
        label=gettext_lazy("Relancer le partenaire après (jours)"),
        help_text=gettext_lazy("Une seule relance, par e-mail, si rien n’est venu."),
    )
    lapse_days = forms.IntegerField(
        label=gettext_lazy("Demande caduque après (jours)"),
        help_text=gettext_lazy("Sans réponse ce jour-là, la demande se ferme et la place retenue est rendue."),
    )
    link_days = forms.IntegerField(
        label=gettext_lazy("Un lien marche pendant (jours)"),
        help_text=gettext_lazy("Passé ce délai, la page du partenaire lui en envoie un autre sur demande."),
    )

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return asdict(row.said)

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            for field, sentence in faults(self.terms()).items():
                self.add_error(field, sentence)
        return self.cleaned_data

    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def terms(request: Request, territory_id: int) -> HttpResponse:
    """Say the terms of a territory; demands that wait already follow them from today."""
    territory = get_object_or_404(Territory, pk=territory_id)
    if not may_keep(request.identity, territory):
        raise Http404
    common = usual(request.identity.today)
    row = ReferralTerms.objects.filter(territory=territory).first()
    form = TermsForm(request.POST or None, row=row, initial={} if row else asdict(common))
    intro = _(
        "Pour %(territory)s. Sans choix : une relance à %(reminder)s jours, caduque à %(lapse)s, un lien de %(link)s "
        "jours. Ce qui change ici vaut aussi pour les demandes déjà envoyées ; un lien parti garde sa durée."
    ) % {
        "territory": territory,
        "reminder": common.reminder_days,
        "lapse": common.lapse_days,
        "link": common.link_days,
    }
    page = form_page(request, form, _("Délais des mises en relation"), _("Enregistrer ces délais"), way(), intro=intro)

    def work(form: TermsForm) -> str:
        choose_terms(territory, form.terms(), form.cleaned_data["seen"])
        messages.success(request, _("Les délais sont enregistrés."))
        return reverse("referral-terms", args=[territory.pk])

    return answer(request, form, work, page, form.told)
