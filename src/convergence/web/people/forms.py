"""Forms of one person's file."""

from collections.abc import Sequence, Set
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.intake.dates import Calendar, Purpose, read_date
from convergence.people.entry import Newcomer
from convergence.territories.models import Mission, Site
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import HousingStep
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.people import NameKind, Sex
from convergence.vocabulary.situations import Aspect
from convergence.web.fields import A_LIFE_AGO, DayField, HappenedForm, LineField

FURTHEST_START = timedelta(days=2 * 366)
"""A contract is signed at most this long before it starts; a later start is a mistyped year."""


class SituationForm(forms.Form):
    """What is true of one aspect from a day on; "not known" is a choice like the others."""

    code = forms.ChoiceField(widget=forms.RadioSelect)
    since = DayField(label=_("Depuis le"), earliest=A_LIFE_AGO)
    expires_on = DayField(required=False, earliest=A_LIFE_AGO)
    detail = forms.CharField(
        label=_("Précisions"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    doubtful = forms.BooleanField(label=_("Information à vérifier"), required=False)
    # The version that the form shows as running, so that the second of two editors is told.
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, aspect: Aspect, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)  # noqa: S101 - for the type checker
        code.label = aspect.label
        code.choices = [*aspect.values.choices(), *Missing.choices()]
        code.error_messages["required"] = str(_("Choisissez une situation dans la liste."))
        self.fields["since"].initial = today
        if aspect.has_expiry:
            self.fields["expires_on"].label = aspect.expiry_label
        else:
            del self.fields["expires_on"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, expires_on = given.get("since"), given.get("expires_on")
        if since and expires_on and expires_on < since:
            self.add_error("expires_on", _("Cette date vient avant « Depuis le » : vérifiez les deux."))
        return given


class HousingStepForm(SituationForm):
    """Housing in one touch: the five steps of the scale; finer values are a page away."""

    def __init__(self, *args: Any, aspect: Aspect, today: date, **options: Any) -> None:
        super().__init__(*args, aspect=aspect, today=today, **options)
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)  # noqa: S101 - for the type checker
        steps = [(step.value, step.label) for step in HousingStep if step.number]
        code.choices = [*steps, *Missing.choices()]
        del self.fields["detail"], self.fields["doubtful"]


class NewcomerForm(forms.Form):
    """A person made by hand: a name and a site are enough."""

    given_name = LineField(label=_("Prénom"), max_length=80, required=False)
    family_name = LineField(label=_("Nom"), max_length=80, required=False)
    sex = forms.ChoiceField(label=_("Sexe"), required=False, choices=[("", _("non précisé")), *Sex.choices()])
    birth = forms.CharField(
        label=_("Naissance"),
        required=False,
        max_length=20,
        help_text=_("Une date (03/05/1985), un mois (05/1985) ou une année seule : ce que l’on sait."),
    )
    languages = LineField(label=_("Langues parlées"), max_length=200, required=False)
    phone = LineField(label=_("Téléphone"), max_length=30, required=False)
    email = forms.EmailField(label=_("Adresse e-mail"), required=False)
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_birth(self) -> tuple[int | None, int | None, int | None]:
        """(year, month, day), each None when not known."""
        return parse_birth(self.cleaned_data["birth"], self.today)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("given_name") and not given.get("family_name"):
            raise forms.ValidationError(_("Indiquez au moins un prénom ou un nom."))
        return given

    def newcomer(self) -> Newcomer:
        given = self.cleaned_data
        year, month, day = given["birth"]
        return Newcomer(
            given_name=given["given_name"],
            family_name=given["family_name"],
            sex=given["sex"],
            birth_year=year,
            birth_month=month,
            birth_day=day,
            languages=given["languages"],
            phone=given["phone"],
            email=given["email"],
        )


class AdmissionForm(NewcomerForm):
    """The newcomer, the site that supports her, and since when."""

    site = forms.ModelChoiceField(label=_("Chantier"), queryset=Site.objects.none())
    since = DayField(label=_("Début de l’accompagnement"))

    def __init__(self, *args: Any, today: date, site_ids: list[int], **options: Any) -> None:
        super().__init__(*args, today=today, **options)
        site, since = self.fields["site"], self.fields["since"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = Site.objects.filter(pk__in=site_ids)
        site.initial = site_ids[0] if len(site_ids) == 1 else None
        since.initial = today

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > self.today:
            raise forms.ValidationError(_("La date est dans le futur : notez l’entrée le jour où elle a lieu."))
        return since


class OtherNameForm(forms.Form):
    """One more name or spelling."""

    kind = forms.ChoiceField(
        label=_("Sorte de nom"),
        choices=[choice for choice in NameKind.choices() if choice[0] != NameKind.USUAL.value],
    )
    given_name = LineField(label=_("Prénom"), max_length=80, required=False)
    family_name = LineField(label=_("Nom"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("given_name") and not given.get("family_name"):
            raise forms.ValidationError(_("Indiquez au moins un prénom ou un nom."))
        return given


class ContractForm(HappenedForm):
    """A work contract, at a site of the scheme or elsewhere."""

    kind = forms.ChoiceField(label=_("Type de contrat"), choices=ContractKind.choices())
    programme = forms.ChoiceField(label=_("Programme"), choices=Programme.choices(), required=False)
    site = forms.ModelChoiceField(
        label=_("Chantier"), queryset=Site.objects.none(), required=False, empty_label=_("autre employeur")
    )
    employer = LineField(label=_("Nom de l’autre employeur"), max_length=160, required=False)
    starts = DayField(label=_("Premier jour"))
    last_day = DayField(label=_("Dernier jour"), required=False, help_text=_("Vide pour un contrat sans terme."))
    weekly_hours = forms.DecimalField(
        label=_("Heures par semaine"), max_digits=4, decimal_places=1, min_value=0, required=False, localize=True
    )
    recruited_directly = forms.BooleanField(
        label=_("Recrutement direct par le chantier, sans diagnostic d’un prescripteur"),
        help_text=_("Le chantier peut alors décider lui-même d’aller au-delà de 24 mois."),
        required=False,
    )
    exempt_from_minimum = forms.BooleanField(
        label=_("Ce CDDI peut durer moins de quatre mois"),
        help_text=_("La raison ne se note pas ici."),
        required=False,
    )
    field_order = (
        "kind",
        "programme",
        "site",
        "employer",
        "starts",
        "last_day",
        "weekly_hours",
        "recruited_directly",
        "exempt_from_minimum",
        "happened",
    )
    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, site_ids: list[int], today: date, without: Set[str] = frozenset(), **options: Any
    ) -> None:
        """:param without: programmes that are not offered, but the one that ``initial`` names."""
        super().__init__(*args, **options)
        self.today = today
        programme = self.fields["programme"]
        assert isinstance(programme, forms.ChoiceField)  # noqa: S101 - for the type checker
        kept = without - {self.initial.get("programme")}
        programme.choices = [(code, label) for code, label in Programme.choices() if code not in kept]
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = Site.objects.filter(pk__in=site_ids)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, last = given.get("starts"), given.get("last_day")
        if starts and last and last < starts:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        if starts and starts > self.today + FURTHEST_START:
            self.add_error("starts", _("Ce contrat commencerait dans plus de deux ans : vérifiez l’année."))
        if given.get("site") and given.get("employer"):
            self.add_error("employer", _("Indiquez le chantier ou le nom de l’autre employeur, pas les deux."))
        elif not given.get("site") and not given.get("employer") and "site" not in self.errors:
            self.add_error("employer", _("Indiquez le chantier, ou le nom de l’autre employeur."))
        if given.get("kind") != ContractKind.CDDI.value and given.get("programme") not in {"", "none"}:
            self.add_error("programme", _("Seul un CDDI peut relever d’un programme (Convergence, PHC)."))
        hours = given.get("weekly_hours")
        if hours is not None and not 0 < hours <= 35:
            self.add_error("weekly_hours", _("Un contrat compte plus de 0 et au plus 35 heures par semaine."))
        return given


class HandOverForm(forms.Form):
    """Another site that supports the person."""

    site = forms.ModelChoiceField(label=_("Chantier"), queryset=Site.objects.none(), empty_label=_("choisir…"))
    since = DayField(label=_("À partir du"))

    def __init__(self, *args: Any, sites: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        site.queryset = sites
        self.fields["since"].initial = today


class EndSupportForm(forms.Form):
    """The last day on which the site supports the person."""

    last_day = DayField(
        label=_("Dernier jour"),
        help_text=_("L’équipe du chantier lira son dossier jusqu’à ce jour, et plus après."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_day"].initial = today


class ReferentForm(forms.Form):
    """Who follows the person at the site."""

    mission = forms.ModelChoiceField(label=_("Référent"), queryset=Mission.objects.none(), empty_label=_("choisir…"))
    since = DayField(label=_("Depuis le"))

    def __init__(self, *args: Any, missions: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        mission = self.fields["mission"]
        assert isinstance(mission, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        mission.queryset = missions
        mission.label_from_instance = lambda held: f"{held.user} · {held}"  # type: ignore[method-assign, assignment]
        self.fields["since"].initial = today


class OutsideReferentForm(forms.Form):
    """A social referent whom the person already has elsewhere."""

    BODIES = "organismes"
    """Id of the list of names that the page carries for the browser to suggest."""

    role = LineField(label=_("Fonction"), max_length=80, help_text=_("Assistante sociale, référent RSA…"))
    name = LineField(label=_("Nom"), max_length=120, required=False)
    body = LineField(label=_("Organisme"), max_length=160, required=False)
    phone = LineField(label=_("Téléphone"), max_length=30, required=False)
    email = forms.EmailField(label=_("Adresse e-mail"), required=False)
    since = DayField(label=_("Depuis le"), required=False)
    may_contact = forms.TypedChoiceField(
        label=_("Peut-on le contacter ?"),
        required=False,
        empty_value=None,
        coerce=lambda value: value == "yes",
        choices=[("", _("pas encore demandé")), ("yes", _("oui")), ("no", _("non"))],
    )
    comment = forms.CharField(
        label=_("Précisions"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    compartment = forms.ChoiceField(
        label=_("Qui peut le lire"),
        help_text=_("Le nom d’un organisme peut révéler un soin ou une mesure de justice."),
    )

    def __init__(
        self, *args: Any, compartments: list[tuple[str, str]], bodies: Sequence[str] = (), **options: Any
    ) -> None:
        """:param bodies: names that the site suggests; another may be typed."""
        super().__init__(*args, **options)
        self.bodies = bodies
        if bodies:
            self.fields["body"].widget.attrs["list"] = self.BODIES
        compartment = self.fields["compartment"]
        assert isinstance(compartment, forms.ChoiceField)  # noqa: S101 - for the type checker
        compartment.choices = compartments


def parse_birth(text: str, today: date) -> tuple[int | None, int | None, int | None]:
    """(year, month, day) of what is known of a birth; empty text gives three times None.

    :raises ValidationError: not a date, or not the birth of somebody who may be employed.
    """
    born, remarks = read_date(text, Calendar(today, Purpose.BIRTH))
    if remarks:
        raise forms.ValidationError(remarks[0].sentence)
    return (born.year, born.month, born.day) if born else (None, None, None)
