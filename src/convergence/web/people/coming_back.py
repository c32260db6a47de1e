"""Somebody whom the site knew comes back: found by her whole name and the year of her birth, the same file reopened."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from convergence.people.coming_back import Former, Said, formerly_supported, resume_support
from convergence.territories.models import Site
from convergence.web.fields import DayField, LineField
from convergence.web.handling import answer
from convergence.web.people.forms import AdmissionForm
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to


class ComeBackForm(forms.Form):
    """Who she is, and where she comes back; ``person`` once she was found."""

    given_name = LineField(label=gettext_lazy("Prénom"), max_length=80)
    family_name = LineField(label=gettext_lazy("Nom"), max_length=80)
    birth_year = forms.IntegerField(label=gettext_lazy("Année de naissance"), min_value=1900, max_value=2100)
    site = forms.ModelChoiceField(label=gettext_lazy("Chantier"), queryset=Site.objects.none())
    since = DayField(label=gettext_lazy("Reprise de l’accompagnement le"))
    person = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, today: date, site_ids: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = Site.objects.filter(pk__in=site_ids)
        site.initial = site_ids[0] if len(site_ids) == 1 else None
        self.fields["since"].initial = today

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(given["given_name"], given["family_name"], given["birth_year"])


@dataclass(frozen=True)
class ToldFormer:
    """Somebody who was found, as the screen tells of her: the site's name, and nothing of her own."""

    former: Former
    site: str


def formers_of(request: Request, form: AdmissionForm) -> list[ToldFormer]:
    """Those whom the newcomer may be, where the form says enough; told before a second file is made.

    Outside of the form's answer, whose refusal would undo the access records.
    """
    if request.method != "POST" or "not_the_same" in request.POST or not form.is_valid():
        return []
    given = form.cleaned_data
    year, _month, _day = given["birth"]
    if not (year and given["given_name"] and given["family_name"]):
        return []
    return told_formers(Said(given["given_name"], given["family_name"], year))


def told_formers(said: Said) -> list[ToldFormer]:
    """Those whom the actor's sites knew under that name; two queries."""
    found = formerly_supported(said)
    sites = {site.pk: str(site) for site in Site.objects.filter(pk__in=[former.site_id for former in found])}
    return [ToldFormer(former, sites.get(former.site_id, "")) for former in found]


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def come_back(request: Request) -> HttpResponse:
    """Find her, then reopen her file: two touches, and nothing shown of her in between."""
    today = request.identity.today
    form = ComeBackForm(request.POST or None, today=today, site_ids=request.identity.site_ids(*EMPLOYER))

    def work(form: ComeBackForm) -> str:
        given = form.cleaned_data
        resume_support(given["person"], form.said(), given["site"].pk, given["since"], today=today)
        messages.success(
            request, _("Son dossier est rouvert. Son nouveau parcours commencera avec son premier contrat.")
        )
        return reverse("person", args=[given["person"]])

    def page(status: int, **found: Any) -> HttpResponse:
        return render(request, "people/come_back.html", {"form": form} | found, status=status)

    if request.method == "POST" and form.is_valid() and not form.cleaned_data["person"]:
        # A search, answered outside of the form's own answer: a refusal there would undo the access records.
        return page(200, searched=True, formers=told_formers(form.said()))
    return answer(request, form, work, page)
