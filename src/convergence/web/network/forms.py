"""Forms of the network. Each is given what it shows of a row, and says the facts that the recording functions take."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.network.agreements import AgreementFacts
from convergence.network.directory.fields import category_choices, choices_of, said, themes_of
from convergence.network.exchanges import LONGEST, LONGEST_STEP, ExchangeFacts
from convergence.network.models import Agreement, Branch, Capacity, Contact, Exchange, Offer, Partner
from convergence.network.offers import OfferFacts
from convergence.network.partner_models import MOST_PLACES
from convergence.network.partners import BranchFacts, ContactFacts, PartnerFacts
from convergence.network.places import LONGEST_WAIT, Figures
from convergence.territories.models import Site, Territory
from convergence.territories.siret import clean_siret
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import USUAL_UNIT, HealthAccess, OfferKind, SaidBy, Unit
from convergence.vocabulary.partners import ConsentHow, ExchangeKind, PartnerKind, Renewal
from convergence.web.fields import DayField, LineField, VersionForm
from convergence.web.settings.forms import SettingForm

MOST_COMMUNES = 500
COLUMNS = {"class": "option-columns"}
CHOOSE = [("", gettext_lazy("Choisir…"))]


def choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give a field of choice its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = list(choices)


class CoordinateField(forms.FloatField):
    """Degrees, typed with a comma or a point."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "data-short": True}))
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class CountField(forms.IntegerField):
    """A number of places."""

    def __init__(self, most: int, sentence: Any, **options: Any) -> None:
        options.setdefault("widget", forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": most}))
        super().__init__(required=False, min_value=0, max_value=most, **options)
        for code in ("min_value", "max_value"):
            self.error_messages[code] = sentence
        for validator in self.validators:
            validator.message = sentence  # type: ignore[attr-defined]  # both are limits


class DomainsField(forms.MultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Domaines"),
            choices=Domain.choices(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **options,
        )


class BranchFields(forms.Form):
    """Where a body or a branch is, and how to reach it."""

    siret = LineField(label=gettext_lazy("SIRET"), required=False, max_length=20)
    address = LineField(label=gettext_lazy("Adresse"), required=False, max_length=200)
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Code postal"),
        required=False,
        error_messages={"invalid": gettext_lazy("Un code postal compte 5 chiffres.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-short": True}),
    )
    commune = LineField(label=gettext_lazy("Commune"), required=False, max_length=80)
    latitude = CoordinateField(
        label=gettext_lazy("Latitude"), help_text=gettext_lazy("Par exemple 48,8917 : pour la carte et les distances.")
    )
    longitude = CoordinateField(label=gettext_lazy("Longitude"), help_text=gettext_lazy("Par exemple 2,3449."))
    phone = LineField(label=gettext_lazy("Téléphone"), required=False, max_length=30)
    email = forms.EmailField(label=gettext_lazy("E-mail de l’établissement"), required=False)

    def clean_siret(self) -> str:
        return clean_siret(self.cleaned_data["siret"])

    def place(self, name: str, insee: str = "") -> BranchFacts:
        fields = ("siret", "address", "postcode", "commune", "latitude", "longitude", "phone", "email")
        return BranchFacts(name=name, insee=insee, **{field: self.cleaned_data[field] for field in fields})


class PartnerForm(SettingForm):
    """Who the partner is."""

    name = LineField(label=gettext_lazy("Nom du partenaire"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=[*CHOOSE, *PartnerKind.choices()])
    domains = DomainsField()
    sensitive = forms.BooleanField(
        label=gettext_lazy("Son nom seul dit quelque chose de la santé ou de la justice"),
        help_text=gettext_lazy("Il ne sera montré, auprès d’une personne, qu’à ceux qui lisent ce volet."),
        required=False,
    )
    siren = forms.RegexField(
        r"^\d{9}$",
        label=gettext_lazy("SIREN"),
        required=False,
        error_messages={"invalid": gettext_lazy("Un SIREN compte 9 chiffres.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-short": True}),
    )
    website = forms.URLField(label=gettext_lazy("Site internet"), required=False, max_length=300, assume_scheme="https")
    since = DayField(label=gettext_lazy("Partenaire depuis le"), required=False)

    @staticmethod
    def values_of(row: Partner) -> dict[str, Any]:
        return {name: getattr(row, name) for name in PartnerFacts.__dataclass_fields__}

    def facts(self) -> PartnerFacts:
        return PartnerFacts(**{name: self.cleaned_data[name] for name in PartnerFacts.__dataclass_fields__})


class NewPartnerForm(BranchFields, PartnerForm):
    """A partner and its first establishment; asked whether it is another one where one like it exists."""

    territory = forms.TypedChoiceField(label=gettext_lazy("Territoire"), coerce=int)
    another = forms.BooleanField(
        label=gettext_lazy("C’est un autre partenaire : l’ajouter quand même"),
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ("territory", "name", "kind", "domains", "another")

    def __init__(self, *args: Any, territories: Iterable[Territory], **options: Any) -> None:
        super().__init__(*args, **options)
        places = [(territory.pk, str(territory)) for territory in territories]
        choose(self, "territory", places)
        if len(places) == 1:
            self.fields["territory"].initial = places[0][0]
            self.fields["territory"].widget = forms.HiddenInput()

    def ask_whether_another(self) -> None:
        self.fields["another"].widget = forms.CheckboxInput()


class BranchForm(BranchFields, SettingForm):
    """A body or a branch of a partner."""

    name = LineField(label=gettext_lazy("Nom de l’établissement"), max_length=160)
    insee = forms.RegexField(
        r"^(\d{2}|2A|2B)\d{3}$",
        label=gettext_lazy("Code commune de l’Insee"),
        required=False,
        error_messages={"invalid": gettext_lazy("Un code commune de l’Insee compte 5 signes.")},
        widget=forms.TextInput(attrs={"data-short": True}),
    )
    closed_on = DayField(
        label=gettext_lazy("Fermé depuis le"),
        required=False,
        help_text=gettext_lazy("Un établissement fermé quitte la carte et les listes ; son histoire reste."),
    )
    field_order = ("name",)

    @staticmethod
    def values_of(row: Branch) -> dict[str, Any]:
        return {name: getattr(row, name) for name in BranchFacts.__dataclass_fields__}

    def facts(self) -> BranchFacts:
        place = self.place(self.cleaned_data["name"], self.cleaned_data["insee"])
        return replace(place, closed_on=self.cleaned_data["closed_on"])


class OfPartnerForm(VersionForm):
    """A form about a version that hangs on a partner: its branches and contacts are offered as choices."""

    def __init__(self, *args: Any, partner: Partner, row: Any = None, **options: Any) -> None:
        if row is not None:
            options["initial"] = self.values_of(row) | {"seen_version": row.pk} | options.get("initial", {})
        super().__init__(*args, **options)
        if "branch_id" in self.fields:
            branches = Branch.objects.filter(partner=partner, closed_on=None)
            choose(self, "branch_id", [("", _("Tout le partenaire")), *((row.pk, row.name) for row in branches)])
        if "contact" in self.fields:
            contacts = Contact.objects.current().filter(partner=partner).order_by("-main", "name")
            choose(self, "contact", [("", _("Sans précision")), *((row.series, row.name) for row in contacts)])

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        """The row's values by field."""
        return {}


class BranchChoice(forms.TypedChoiceField):
    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Établissement"), coerce=int, empty_value=None, required=False)


class ContactChoice(forms.TypedChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(label=label, coerce=UUID, empty_value=None, required=False)


class ContactForm(OfPartnerForm):
    """Somebody who works there, and her consent."""

    name = LineField(label=gettext_lazy("Nom"), max_length=120)
    function = LineField(label=gettext_lazy("Fonction"), max_length=120, required=False)
    branch_id = BranchChoice()
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = LineField(label=gettext_lazy("Téléphone"), max_length=30, required=False)
    agreed_on = DayField(
        label=gettext_lazy("A accepté d’être contactée par notre équipe le"),
        required=False,
        help_text=gettext_lazy("Sans cet accord, aucun courrier ne part vers cette personne."),
    )
    agreed_how = forms.ChoiceField(
        label=gettext_lazy("Comment"),
        choices=[("", gettext_lazy("Pas encore d’accord")), *ConsentHow.choices()],
        required=False,
    )
    main = forms.BooleanField(label=gettext_lazy("Premier contact : on lui écrit d’abord"), required=False)

    @staticmethod
    def values_of(row: Contact) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ContactFacts.__dataclass_fields__}

    def facts(self) -> ContactFacts:
        return ContactFacts(**{name: self.cleaned_data[name] for name in ContactFacts.__dataclass_fields__})


class AgreementForm(OfPartnerForm):
    """What is agreed with the partner."""

    subject = LineField(label=gettext_lazy("Objet"), max_length=300)
    first_day = DayField(label=gettext_lazy("Premier jour"))
    last_day = DayField(label=gettext_lazy("Dernier jour"), required=False)
    domains = DomainsField()
    signed_on = DayField(label=gettext_lazy("Signée le"), required=False)
    reserved_places = CountField(
        MOST_PLACES,
        gettext_lazy("Le nombre de places réservées va de 0 à 10 000."),
        label=gettext_lazy("Places réservées"),
    )
    contact = ContactChoice(gettext_lazy("Qui la suit chez le partenaire"))
    renewal = forms.ChoiceField(label=gettext_lazy("À son terme"), choices=Renewal.choices())
    notice_months = CountField(36, gettext_lazy("Le préavis va de 0 à 36 mois."), label=gettext_lazy("Préavis (mois)"))

    @staticmethod
    def values_of(row: Agreement) -> dict[str, Any]:
        values = {name: getattr(row, name, None) for name in AgreementFacts.__dataclass_fields__}
        return values | {"first_day": row.starts, "last_day": row.last_day}

    def facts(self) -> AgreementFacts:
        return AgreementFacts(**{name: self.cleaned_data[name] for name in AgreementFacts.__dataclass_fields__})


class CommunesField(forms.CharField):
    """Communes by their INSEE codes, as they are typed: between spaces, commas or lines; nothing means everywhere."""

    CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}")

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else " ".join(value)

    def clean(self, value: Any) -> list[str]:
        typed = re.split(r"[\s,;]+", super().clean(value).strip().upper())
        codes = [code for code in dict.fromkeys(typed) if code]
        for code in codes:
            if not self.CODE.fullmatch(code):
                raise ValidationError(
                    _("« %(code)s » n’est pas un code de commune : cinq caractères, par exemple 75118."),
                    params={"code": code[:20]},
                )
        if len(codes) > MOST_COMMUNES:
            raise ValidationError(_("Notez au plus %(most)s communes."), params={"most": MOST_COMMUNES})
        return codes


class OfferForm(SettingForm):
    """What the partner offers; its places are said apart, and may stay unknown."""

    name = LineField(label=gettext_lazy("Nom de l’offre"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=[*CHOOSE, *OfferKind.choices()])
    domain = forms.ChoiceField(label=gettext_lazy("Domaine"), choices=[*CHOOSE, *Domain.choices()])
    branch_id = BranchChoice()
    health_access = forms.ChoiceField(
        label=gettext_lazy("Structure de soin"),
        choices=[("", gettext_lazy("Aucune de celles-ci")), *HealthAccess.choices()],
        required=False,
        help_text=gettext_lazy("Son nom ne sera montré, auprès d’une personne, qu’à ceux qui lisent son volet Santé."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions d’admission"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    publics = forms.MultipleChoiceField(
        label=gettext_lazy("Publics"), required=False, widget=forms.CheckboxSelectMultiple(attrs=COLUMNS)
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Thèmes"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=gettext_lazy("Plusieurs à la fois : avec la touche Ctrl, ou Cmd sur un Mac."),
    )
    area_insee = CommunesField(
        label=gettext_lazy("Communes desservies"),
        required=False,
        help_text=gettext_lazy("Leurs codes Insee, par exemple 75118 93066. Vide : pas de limite."),
    )
    first_day = DayField(label=gettext_lazy("Ouverte du"), required=False)
    last_day = DayField(label=gettext_lazy("Au"), required=False)
    shelf_life_days = forms.IntegerField(
        label=gettext_lazy("Un chiffre de places vaut (jours)"),
        required=False,
        min_value=1,
        max_value=730,
        help_text=gettext_lazy(
            "Au-delà, il est montré « à redemander ». Vide : la durée habituelle de cette nature d’offre."
        ),
    )

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        super().__init__(*args, **options)
        branches = Branch.objects.filter(partner=partner, closed_on=None)
        choose(self, "branch_id", [("", _("Tout le partenaire")), *((row.pk, row.name) for row in branches)])
        # A code that the list of today no longer has stays, as it was imported, until somebody unticks it.
        row = options.get("row")
        publics = choices_of("publics")
        choose(self, "publics", [*publics, *_older("publics", row.publics if row else [], publics)])
        themes = [(label, themes_of(category)) for category, label in category_choices()]
        known = [choice for _label, group in themes for choice in group]
        choose(self, "themes", [*themes, *_older("thematiques", row.themes if row else [], known)])

    @staticmethod
    def values_of(row: Offer) -> dict[str, Any]:
        values = {name: getattr(row, name, None) for name in OfferFacts.__dataclass_fields__}
        return values | {"first_day": row.open_over.lower, "last_day": row.last_day}

    def clean(self) -> dict[str, Any]:
        self.check_order("first_day", "last_day")
        return self.cleaned_data

    def facts(self) -> OfferFacts:
        return OfferFacts(**{name: self.cleaned_data[name] for name in OfferFacts.__dataclass_fields__})

    def _said(self, name: str, value: Any) -> str:
        lists = {"publics": "publics", "themes": "thematiques"}
        if isinstance(value, list):
            return ", ".join(said(lists[name], code) if name in lists else code for code in value) or _("vide")
        return super()._said(name, value)


def _older(field: str, codes: Iterable[str], known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    listed = {code for code, _label in known}
    return [(code, said(field, code)) for code in codes if code not in listed]


class PlacesForm(VersionForm):
    """How many places are free, who says so and when."""

    free = CountField(
        MOST_PLACES, gettext_lazy("Un nombre de places va de 0 à 10 000."), label=gettext_lazy("Libres maintenant")
    )
    places = CountField(
        MOST_PLACES, gettext_lazy("Un nombre de places va de 0 à 10 000."), label=gettext_lazy("En tout")
    )
    unit = forms.ChoiceField(label=gettext_lazy("Ce que l’on compte"), choices=Unit.choices())
    waiting_days = CountField(
        LONGEST_WAIT,
        gettext_lazy("Le délai d’attente va de 0 à 3 650 jours."),
        label=gettext_lazy("Délai d’attente (jours)"),
    )
    full_until = DayField(
        label=gettext_lazy("Complet jusqu’au"),
        required=False,
        help_text=gettext_lazy("Si le partenaire l’a dit : jusque-là, aucune place n’est comptée libre."),
    )
    said_on = DayField(label=gettext_lazy("Dit le"))
    said_by = forms.ChoiceField(label=gettext_lazy("Qui le dit"))
    said_by_name = LineField(label=gettext_lazy("Son nom"), max_length=120, required=False)

    def __init__(
        self, *args: Any, offer: Offer, capacity: Capacity | None, own_side: SaidBy, today: date, **options: Any
    ) -> None:
        unit = capacity.unit if capacity else USUAL_UNIT.get(OfferKind(offer.kind), Unit.PLACE).value
        options["initial"] = {
            "unit": unit,
            "places": capacity.places if capacity else None,
            "said_on": today,
            "said_by": SaidBy.PARTNER.value,
        } | options.get("initial", {})
        super().__init__(*args, **options)
        choose(self, "said_by", [(side.value, side.label) for side in (SaidBy.PARTNER, own_side)])

    def clean(self) -> dict[str, Any]:
        free, places = self.cleaned_data.get("free"), self.cleaned_data.get("places")
        if free is not None and places is not None and free > places:
            self.add_error("free", _("Il ne peut pas y avoir plus de places libres que de places."))
        return self.cleaned_data

    def figures(self) -> Figures:
        return Figures(**{name: self.cleaned_data[name] for name in Figures.__dataclass_fields__})


class ExchangeForm(OfPartnerForm):
    """What was said; asked again where a word may tell of a person."""

    held_on = DayField(label=gettext_lazy("Le"))
    kind = forms.ChoiceField(label=gettext_lazy("Comment"), choices=ExchangeKind.choices())
    contact = ContactChoice(gettext_lazy("Avec"))
    branch_id = BranchChoice()
    words = forms.CharField(
        label=gettext_lazy("Ce qui s’est dit, ou l’e-mail collé"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy(
            "Toute l’équipe partenariats lit ce fil : n’y nommez aucune personne accompagnée. Ce qui la concerne va "
            "dans sa mise en relation."
        ),
        error_messages={"required": gettext_lazy("Écrivez ce qui s’est dit.")},
    )
    next_step = LineField(label=gettext_lazy("Prochaine étape"), required=False, max_length=LONGEST_STEP)
    next_on = DayField(label=gettext_lazy("Pour le"), required=False)
    nobody_named = forms.BooleanField(
        label=gettext_lazy("J’ai relu : ce texte ne dit rien d’une personne accompagnée"),
        required=False,
        widget=forms.HiddenInput,
    )

    @staticmethod
    def values_of(row: Exchange) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ExchangeFacts.__dataclass_fields__}

    def clean(self) -> dict[str, Any]:
        if bool(self.cleaned_data.get("next_step")) != bool(self.cleaned_data.get("next_on")):
            missing = "next_on" if self.cleaned_data.get("next_step") else "next_step"
            if missing not in self.errors:
                self.add_error(missing, _("Une prochaine étape se note avec sa date."))
        return self.cleaned_data

    def ask_whether_named(self, words: list[str]) -> None:
        """Show the question: these words may tell of a person."""
        self.fields["nobody_named"].widget = forms.CheckboxInput()
        said = ", ".join(f"« {word} »" for word in words[:5])
        self.add_error(
            "nobody_named",
            ValidationError(
                _("%(words)s : ces mots parlent peut-être d’une personne. Retirez-les, ou confirmez.") % {"words": said}
            ),
        )

    def facts(self) -> ExchangeFacts:
        return ExchangeFacts(**{name: self.cleaned_data[name] for name in ExchangeFacts.__dataclass_fields__})


class TravelForm(forms.Form):
    """Minutes by public transport from a site to a branch."""

    site = forms.TypedChoiceField(label=gettext_lazy("Depuis le chantier"), coerce=int)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes en transports en commun, de porte à porte"), min_value=1, max_value=600
    )
    said_by = LineField(
        label=gettext_lazy("D’où vient ce temps"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Par exemple le nom du calculateur, ou « trajet fait ensemble »."),
    )

    def __init__(self, *args: Any, sites: Iterable[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "site", [(site.pk, str(site)) for site in sites])


class SitePointForm(forms.Form):
    """Where a site is, for the map and the distances."""

    latitude = CoordinateField(label=gettext_lazy("Latitude"), help_text=gettext_lazy("Par exemple 48,8917."))
    longitude = CoordinateField(label=gettext_lazy("Longitude"), help_text=gettext_lazy("Par exemple 2,3449."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.required = True
