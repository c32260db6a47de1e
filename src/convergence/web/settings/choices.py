"""What a territory or a site chooses in the vocabulary; each choice changes what its screens offer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from convergence.intake.cells import visible
from convergence.platform.errors import ChangedMeanwhile
from convergence.territories.choices import ALWAYS_OFFERED, LISTS, choices_of, choose, chosen
from convergence.territories.means import may_keep
from convergence.territories.models import Site, Territory
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import Programme
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS
from convergence.web.handling import answer, retyped
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.settings.forms import SettingForm
from convergence.web.settings.pages import form_page, way
from convergence.web.templatetags.display import and_list

LONGEST_NAME = 160
MOST_BODIES = 200


def _optional(name: str, terms: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, label) for code, label in terms if code not in ALWAYS_OFFERED[name]]


def _aspects() -> list[tuple[str, list[tuple[str, str]]]]:
    """The aspects that may be set aside, domain by domain."""
    kept = ALWAYS_OFFERED["aspects_aside"]
    groups = [
        (domain.label, [(a.code, a.label) for a in ASPECTS.values() if a.domain is domain and a.code not in kept])
        for domain in Domain
    ]
    return [(label, aspects) for label, aspects in groups if aspects]


class ChoicesForm(SettingForm):
    """What is offered is ticked. What is left as the territory has it (or as everybody has it) is not chosen here."""

    aspects_aside = forms.MultipleChoiceField(
        label=gettext_lazy("Aspects de la vie que l’on note"),
        help_text=gettext_lazy("Le logement et l’emploi le sont toujours. Ce qui est décoché n’est plus proposé."),
        required=False,
        choices=_aspects,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "option-columns"}),
    )
    programmes_aside = forms.MultipleChoiceField(
        label=gettext_lazy("Programmes des contrats"),
        required=False,
        choices=_optional("programmes_aside", Programme.choices()),
        widget=forms.CheckboxSelectMultiple,
    )
    contacts_aside = forms.MultipleChoiceField(
        label=gettext_lazy("Sortes de contact et d’entretien"),
        required=False,
        choices=_optional("contacts_aside", ContactKind.choices()),
        widget=forms.CheckboxSelectMultiple,
    )
    bodies = forms.CharField(
        label=gettext_lazy("Organismes proposés pour les référents extérieurs"),
        help_text=gettext_lazy("Un par ligne : centre d’hébergement, service social, mission locale…"),
        required=False,
        max_length=MOST_BODIES * LONGEST_NAME,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, where: Site | Territory, **options: Any) -> None:
        own = choices_of(where)
        self.inherited: dict[str, list[str]] = {
            name: self._of(where.territory, name) if isinstance(where, Site) else [] for name in LISTS
        }
        options["initial"] = {"seen": self.seen_of(own) if own else ""} | self._ticked(
            {name: self._of(where, name) for name in LISTS}
        )
        super().__init__(*args, **options)

    @staticmethod
    def _of(where: Site | Territory, name: str) -> list[str]:
        """What stands in a list at this place, its territory's where it chooses nothing."""
        if isinstance(where, Site):
            return chosen(where, name) or []
        own = choices_of(where)
        return (getattr(own, name) if own else None) or []

    def _ticked(self, values: dict[str, list[str]]) -> dict[str, Any]:
        """Values as the form shows them: codes that are offered, and names one a line."""
        ticked: dict[str, Any] = {
            name: [code for code in _codes(self.base_fields[name]) if code not in values[name]]
            for name in ALWAYS_OFFERED
        }
        return ticked | {"bodies": "\n".join(values["bodies"])}

    def clean_bodies(self) -> list[str]:
        typed = self.cleaned_data["bodies"]
        lines = [" ".join(visible(line).split()) for line in typed.splitlines()]
        names = list(dict.fromkeys(line for line in lines if line))
        if len(names) > MOST_BODIES:
            raise forms.ValidationError(_("La liste compte au plus %d organismes.") % MOST_BODIES)
        if any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError(_("Un nom compte au plus %d caractères.") % LONGEST_NAME)
        return names

    def chosen(self) -> dict[str, list[str] | None]:
        """What the place keeps in each list: None where it says what it would follow anyway."""
        given = self.cleaned_data
        values = {
            name: [code for code in _codes(self.fields[name]) if code not in given[name]] for name in ALWAYS_OFFERED
        } | {"bodies": given["bodies"]}
        return {
            name: None if sorted(value) == sorted(self.inherited[name]) else value for name, value in values.items()
        }

    def told(self, change: ChangedMeanwhile) -> None:
        """Show what the other editor ticked, and let the form be sent again knowingly."""
        theirs = self._ticked(
            {
                name: self.inherited[name] if getattr(change.fresh, name) is None else getattr(change.fresh, name)
                for name in LISTS
            }
        )
        for name, value in theirs.items():
            mine = "\n".join(self.cleaned_data[name]) if name == "bodies" else self.cleaned_data[name]
            if mine != value:
                said = _said(self.fields[name], value) or _("vide")
                self.add_error(name, _("Valeur enregistrée entre-temps : %s") % said)
        retyped(self, seen=self.seen_of(change.fresh))


def _flat(field: forms.Field) -> dict[str, str]:
    """The labels of a field's choices by code, groups opened."""
    pairs: Any = field.choices  # type: ignore[attr-defined]  # a field of choices
    found: dict[str, str] = {}
    for value, label in pairs:
        found |= dict(label) if isinstance(label, list | tuple) else {value: label}
    return found


def _codes(field: forms.Field) -> list[str]:
    return list(_flat(field))


def _said(field: forms.Field, value: Any) -> str:
    """The boxes that are ticked, or the lines that were typed, in one sentence."""
    if isinstance(value, str):
        return and_list(value.splitlines())
    return and_list([label for code, label in _flat(field).items() if code in value])


def _choose(request: Request, where: Site | Territory, after: str) -> HttpResponse:
    if not may_keep(request.identity, where):
        raise Http404
    form = ChoicesForm(request.POST if request.method == "POST" else None, where=where)
    intro = (
        _("Ce qui est décoché n’est plus proposé dans les formulaires du chantier ; ce qui est déjà noté reste.")
        if isinstance(where, Site)
        else _("Vaut pour tous les chantiers du territoire, sauf ceux qui choisissent autre chose.")
    )
    places = way((reverse(after, args=[where.pk]), _("Mise en route · %s") % where))
    page = form_page(
        request, form, _("Les choix de vocabulaire"), _("Enregistrer ces choix"), places, intro=f"{where}. {intro}"
    )

    def work(form: ChoicesForm) -> str:
        choose(where, form.cleaned_data["seen"], form.chosen())
        messages.success(request, _("Les choix sont enregistrés : les formulaires les suivent dès maintenant."))
        return reverse(after, args=[where.pk])

    return answer(request, form, work, page, form.told)


@open_to(Role.ADMINISTRATOR, Role.SITE_MANAGER)
@require_http_methods(["GET", "POST"])
def site_choices(request: Request, site_id: int) -> HttpResponse:
    sites = Site.objects.select_related("choices", "territory__choices")
    return _choose(request, get_object_or_404(sites, pk=site_id), "site-setup")


@open_to(Role.ADMINISTRATOR, Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def territory_choices(request: Request, territory_id: int) -> HttpResponse:
    territories = Territory.objects.select_related("choices")
    return _choose(request, get_object_or_404(territories, pk=territory_id), "territory-setup")
