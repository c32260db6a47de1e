"""A structure or a service of the directory: everything that is said of it, its correction, its adoption."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from convergence.network.directory.adopting import as_network
from convergence.network.directory.corrections import CORRECTED, correct, fingerprint, kind_of
from convergence.network.directory.fields import CODE_LISTS, field_label, fields_of, numbers_in, said
from convergence.network.directory.models import DirectoryRecord, Service, Structure
from convergence.network.models import Offer, Partner
from convergence.network.offers import adopt
from convergence.network.partners import Alike, add_partner
from convergence.network.policies import KEEPERS, READERS
from convergence.territories.models import Territory
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import open_to

NOT_SHOWN = ("nom", "description", "date_maj", "source", "id", "structure_id")
_LONG = 200


@open_to(*READERS)
@require_safe
def structure(request: Request, directory_structure_id: int) -> HttpResponse:
    """A structure and its services."""
    shown = get_object_or_404(Structure, pk=directory_structure_id)
    services = shown.services.filter(closed_on=None).order_by("external_id")[:100]
    return _page(request, shown, shown, services=services)


@open_to(*READERS)
@require_safe
def service(request: Request, directory_service_id: int) -> HttpResponse:
    """A service, and the offer that was made from it where there is one."""
    shown = get_object_or_404(Service.objects.select_related("structure"), pk=directory_service_id)
    taken = Offer.objects.filter(directory_id=shown.external_id).first()
    return _page(request, shown, shown.structure, taken=taken)


def _page(request: Request, shown: DirectoryRecord, structure: Structure, **more: Any) -> HttpResponse:
    keeps = bool(request.identity.territory_ids(*KEEPERS))
    context = {
        "record": shown,
        "structure": structure,
        "is_service": isinstance(shown, Service),
        "description": shown.value("description"),
        "facts": _facts(shown),
        "keeps": keeps,
    }
    return render(request, "directory/record.html", context | more)


def _facts(shown: DirectoryRecord) -> list[dict[str, Any]]:
    """Each field that says something, in French, and what the source says where we corrected it."""
    facts = []
    for name in fields_of(kind_of(shown)):
        value = shown.value(name)
        ours = name in shown.corrected
        if name in NOT_SHOWN or (value in (None, "", []) and not ours):
            continue
        facts.append(
            {
                "label": field_label(name),
                "value": _said(name, value),
                "is_link": isinstance(value, str) and value.startswith(("https://", "http://")),
                "theirs": _said(name, shown.theirs.get(name)) if ours else "",
                "ours": ours,
            }
        )
    return facts


def _said(name: str, value: Any) -> str:
    codes = value if isinstance(value, list) else [value]
    return ", ".join(said(name, str(code)) if name in CODE_LISTS else str(code) for code in codes if code is not None)


# -- corrections -------------------------------------------------------------------------------------------------


class CorrectionForm(forms.Form):
    """One text a field; an empty one says that there is nothing to say."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, record: DirectoryRecord, **options: Any) -> None:
        super().__init__(*args, **options)
        self.record = record
        kind = kind_of(record)
        self.fields["seen"].initial = fingerprint(record)
        for name in CORRECTED[kind]:
            value = record.value(name)
            text = "" if value is None else str(value)
            long = name == "description" or len(text) > _LONG
            self.fields[name] = forms.CharField(
                label=field_label(name),
                required=name == "nom",
                initial=text,
                max_length=10_000,
                widget=forms.Textarea(attrs={"rows": 5}) if long else forms.TextInput,
            )
            if name in numbers_in(kind):
                self.fields[name].widget.attrs["inputmode"] = "decimal"

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in CORRECTED[kind_of(self.record)]}


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def correct_structure(request: Request, directory_structure_id: int) -> HttpResponse:
    """Keep our own values of a structure."""
    shown = get_object_or_404(Structure, pk=directory_structure_id)
    return _correct(request, shown, reverse("directory-structure", args=[shown.pk]))


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def correct_service(request: Request, directory_service_id: int) -> HttpResponse:
    """Keep our own values of a service."""
    shown = get_object_or_404(Service, pk=directory_service_id)
    return _correct(request, shown, reverse("directory-service", args=[shown.pk]))


def _correct(request: Request, shown: DirectoryRecord, address: str) -> HttpResponse:
    form = CorrectionForm(request.POST or None, record=shown)

    def work(form: CorrectionForm) -> str:
        changed = correct(shown, form.values(), request.identity.today, seen=form.cleaned_data["seen"])
        if changed:
            messages.success(request, _("C’est corrigé. Les prochains imports garderont ces valeurs."))
        return address

    def page(status: int) -> HttpResponse:
        context = {"form": form, "record": shown, "address": address}
        return render(request, "directory/correct.html", context, status=status)

    return answer(request, form, work, page)


# -- adoption ----------------------------------------------------------------------------------------------------


class TakeForm(forms.Form):
    """Where the service goes; the partner is asked for only when one like its structure exists."""

    territory = forms.ModelChoiceField(
        label=gettext_lazy("Territoire"), queryset=Territory.objects.none(), empty_label=None
    )
    partner = forms.ChoiceField(label=gettext_lazy("Partenaire"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, territory_ids: list[int], alike: list[Partner], **options: Any) -> None:
        super().__init__(*args, **options)
        territories = Territory.objects.filter(pk__in=territory_ids)
        field = self.fields["territory"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = territories
        field.initial = territory_ids[0] if territory_ids else None
        if len(territory_ids) == 1:
            field.widget = forms.HiddenInput()
        self.offer_partners(alike)

    def offer_partners(self, alike: list[Partner]) -> None:
        """Ask which partner it is."""
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(one.pk), one.name) for one in alike] + [("new", _("Un autre partenaire, nouveau"))]
        self.asks = bool(alike)


@open_to(*KEEPERS)
@require_http_methods(["GET", "POST"])
def take(request: Request, directory_service_id: int) -> HttpResponse:
    """Make a partner, a branch and an offer of a service, as far as they are new."""
    shown = get_object_or_404(Service.objects.select_related("structure"), pk=directory_service_id)
    known = [int(pk) for pk in request.POST.getlist("alike") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    alike = list(Partner.objects.filter(pk__in=known)) if known else []
    form = TakeForm(request.POST or None, territory_ids=request.identity.territory_ids(*KEEPERS), alike=alike)

    def work(form: TakeForm) -> str:
        territory, chosen = form.cleaned_data["territory"], form.cleaned_data["partner"]
        facts = as_network(shown)
        partner = next((one for one in alike if str(one.pk) == chosen and one.territory_id == territory.pk), None)
        try:
            if chosen == "new":
                add_partner(
                    territory.pk,
                    facts.partner,
                    facts.branch,
                    another=True,
                    directory_id=facts.structure_id,
                    today=request.identity.today,
                )
            made = adopt(territory.pk, facts, partner=partner, today=request.identity.today)
        except Alike as error:
            alike[:] = error.partners
            form.offer_partners(alike)
            raise
        messages.success(request, _("Le service est dans votre réseau. Dites ses places quand vous les connaissez."))
        return reverse("offer", args=[made.pk])

    def page(status: int) -> HttpResponse:
        context = {"form": form, "record": shown, "alike": alike}
        return render(request, "directory/take.html", context, status=status)

    if request.method == "POST" and (taken := Offer.objects.filter(directory_id=shown.external_id).first()):
        messages.info(request, _("Ce service est déjà dans votre réseau."))
        return redirect("offer", network_offer_id=taken.pk)
    return answer(request, form, work, page)
