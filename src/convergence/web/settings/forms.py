"""Forms of the settings."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.access.models import User
from convergence.platform.errors import ChangedMeanwhile
from convergence.territories.administering import fingerprint
from convergence.territories.identity import Identity
from convergence.territories.means import POOLED_FUNCTIONS, SITE_FUNCTIONS, Given, seen_of
from convergence.territories.models import Funder, Operator, Site, Territory
from convergence.territories.siret import SIREN, clean_siret
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role
from convergence.web.fields import A_LIFE_AGO, DayField, LineField
from convergence.web.handling import retyped
from convergence.web.templatetags.display import day

WHOLE_INSTANCE = "all"


class SettingForm(forms.Form):
    """A form about one row (or a new one): it carries what it showed, so that the second of two editors is told."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: models.Model | None = None, **options: Any) -> None:
        if row is not None:
            options["initial"] = self.values_of(row) | {"seen": self.seen_of(row)} | options.get("initial", {})
        super().__init__(*args, **options)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        """The row's values by field, as ``cleaned_data`` holds them."""
        return {}

    @staticmethod
    def seen_of(row: Any) -> str:
        """The code of what the form shows of the row."""
        return fingerprint(row)

    def told(self, change: ChangedMeanwhile) -> None:
        """Show beside each field what the other editor wrote, and let the form be sent again knowingly."""
        if change.fresh is None:
            return
        for name, value in self.values_of(change.fresh).items():
            if name in self.fields and self.cleaned_data.get(name) != value:
                self.add_error(name, _("Valeur enregistrée entre-temps : %s") % self._said(name, value))
        retyped(self, seen=self.seen_of(change.fresh))

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value in {None, ""}:
            return _("vide")
        if isinstance(value, date):
            return day(value)
        if isinstance(field, forms.ChoiceField) and not isinstance(value, models.Model):
            return str(_labels(field.choices).get(str(value), value))  # type: ignore[arg-type]
        return str(value)

    def check_order(self, first: str, last: str) -> None:
        """The last day does not come before the first."""
        begins, ends = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if begins and ends and ends < begins:
            self.add_error(last, _("Le dernier jour vient avant le premier."))


def _labels(choices: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value, label in choices:
        found |= _labels(label) if isinstance(label, list | tuple) else {str(value): label}
    return found


def _model_field(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
    return field


def _choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    return field


class AmountField(forms.DecimalField):
    """A number as people type it: a comma or a point, spaces between thousands."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "data-short": True}))
        super().__init__(localize=True, **options)

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


class AccountForm(SettingForm):
    """Whose account it is; the password is never typed by somebody else."""

    given_name = LineField(label=gettext_lazy("Prénom"), max_length=80)
    family_name = LineField(label=gettext_lazy("Nom"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"), max_length=254)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"given_name": row.given_name, "family_name": row.family_name, "email": row.email}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OwnNameForm(SettingForm):
    """One's own name, as colleagues read it."""

    given_name = LineField(label=gettext_lazy("Prénom"), max_length=80)
    family_name = LineField(label=gettext_lazy("Nom"), max_length=80)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"given_name": row.given_name, "family_name": row.family_name}


class ClosingForm(SettingForm):
    """When somebody leaves."""

    last_day = DayField(
        label=gettext_lazy("Dernier jour de ses missions"),
        help_text=gettext_lazy("Ses missions en cours ce jour-là s’arrêtent le soir."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["last_day"].initial = today

    def clean_last_day(self) -> date:
        last: date = self.cleaned_data["last_day"]
        if last > self.today:
            raise forms.ValidationError(
                _("Pour un départ à venir, donnez une fin à ses missions et revenez ce jour-là.")
            )
        return last


class MissionForm(SettingForm):
    """What somebody does, where, from when to when; the places that the actor administers."""

    role = forms.ChoiceField(label=gettext_lazy("Fonction"))
    place = forms.ChoiceField(label=gettext_lazy("Lieu"))
    since = DayField(label=gettext_lazy("Premier jour"))
    last_day = DayField(
        label=gettext_lazy("Jusqu’au"), required=False, help_text=gettext_lazy("Vide si la fin n’est pas connue.")
    )

    def __init__(self, *args: Any, identity: Identity, **options: Any) -> None:
        super().__init__(*args, **options)
        sites = Site.objects.select_related("territory").order_by("territory__name", "name")
        territories = Territory.objects.all()
        roles = list(Role)
        if not identity.administers_all:
            own = identity.territory_ids(Role.ADMINISTRATOR)
            sites, territories = sites.filter(territory__in=own), territories.filter(pk__in=own)
            roles = [*SITE_ROLES, *TERRITORY_ROLES, Role.ADMINISTRATOR]
        self.sites = {f"site-{site.pk}": site for site in sites}
        self.territories = {f"territory-{territory.pk}": territory for territory in territories}
        _choice_field(self, "role").choices = [("", _("choisir…")), *((role.value, role.label) for role in roles)]
        # A territory's own missions first, then those of its sites, so that a long list is read by territory.
        groups: dict[str, list[tuple[str, str]]] = {
            str(territory): [(key, _("Tout le territoire"))] for key, territory in self.territories.items()
        }
        for key, site in self.sites.items():
            groups[str(site.territory)].append((key, site.name))
        everywhere = [(WHOLE_INSTANCE, _("Toute l’instance"))] if identity.administers_all else []
        _choice_field(self, "place").choices = [("", _("choisir…")), *groups.items(), *everywhere]
        self.fields["since"].initial = identity.today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.check_order("since", "last_day")
        role, place = given.get("role"), given.get("place")
        if role and place:
            if role in SITE_ROLES and place not in self.sites:
                self.add_error("place", _("Cette fonction s’exerce sur un chantier : choisissez-en un."))
            elif role in TERRITORY_ROLES and place not in self.territories:
                self.add_error("place", _("Cette fonction s’exerce sur un territoire : choisissez-en un."))
            elif role == Role.ADMINISTRATOR and place in self.sites:
                self.add_error("place", _("On administre un territoire, ou toute l’instance : choisissez-en un."))
            elif role not in {*SITE_ROLES, *TERRITORY_ROLES, Role.ADMINISTRATOR} and place != WHOLE_INSTANCE:
                self.add_error(
                    "place", _("Cette fonction vaut pour toute l’instance : choisissez « Toute l’instance ».")
                )
        return given


class MissionDatesForm(SettingForm):
    """From when to when a mission is held; its holder, role and place never change."""

    since = DayField(label=gettext_lazy("Premier jour"))
    last_day = DayField(
        label=gettext_lazy("Jusqu’au"),
        required=False,
        help_text=gettext_lazy("Le dernier jour de la mission ; vide si la fin n’est pas connue."),
    )

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"since": row.since, "last_day": row.last_day}

    def clean(self) -> dict[str, Any]:
        self.check_order("since", "last_day")
        return super().clean() or {}


class NameForm(SettingForm):
    """The name of a territory or of an operator."""

    name = LineField(label=gettext_lazy("Nom"), max_length=120)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"name": row.name}


class SiteForm(SettingForm):
    """A site, and the site whose State agreement it shares when it is an antenna."""

    name = LineField(label=gettext_lazy("Nom"), max_length=120)
    territory = forms.ModelChoiceField(
        label=gettext_lazy("Territoire"), queryset=Territory.objects.all(), empty_label=gettext_lazy("choisir…")
    )
    operator = forms.ModelChoiceField(
        label=gettext_lazy("Structure porteuse"),
        queryset=Operator.objects.all(),
        empty_label=gettext_lazy("choisir…"),
    )
    antenna_of = forms.ModelChoiceField(
        label=gettext_lazy("Antenne de"),
        queryset=Site.objects.filter(antenna_of=None),
        required=False,
        empty_label=gettext_lazy("ce n’est pas une antenne"),
        help_text=gettext_lazy("Une antenne partage la convention avec l’État du chantier dont elle dépend."),
    )
    siret = forms.CharField(
        label=gettext_lazy("SIRET"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("14 chiffres, avec ou sans espaces."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-short": True}),
    )
    opened_on = DayField(label=gettext_lazy("Ouvert le"), earliest=A_LIFE_AGO)
    last_day = DayField(
        label=gettext_lazy("Fermé après le"),
        required=False,
        help_text=gettext_lazy("Le dernier jour d’ouverture ; vide tant que le chantier est ouvert."),
    )

    def __init__(self, *args: Any, identity: Identity, row: Site | None = None, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        self.row = row
        mains = Site.objects.filter(antenna_of=None).exclude(pk=row.pk if row else 0)
        if not identity.administers_all:
            own = identity.territory_ids(Role.ADMINISTRATOR)
            _model_field(self, "territory").queryset = Territory.objects.filter(pk__in=own)
            mains = mains.filter(territory__in=own)
        _model_field(self, "antenna_of").queryset = mains

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        names = ("name", "territory", "operator", "antenna_of", "siret", "opened_on", "last_day")
        return {name: getattr(row, name) for name in names}

    def clean_siret(self) -> str:
        return clean_siret(self.cleaned_data["siret"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.check_order("opened_on", "last_day")
        parent = given.get("antenna_of")
        if parent and given.get("operator") and parent.operator_id != given["operator"].pk:
            self.add_error("antenna_of", _("Une antenne a la même structure porteuse que son chantier."))
        if parent and self.row and self.row.antennas.exists():
            self.add_error("antenna_of", _("Ce chantier a lui-même des antennes : il ne peut pas en être une."))
        if given.get("siret") and given.get("operator"):
            self._check_whose_siret(given["siret"], given["operator"])
        return given

    def _check_whose_siret(self, siret: str, operator: Operator) -> None:
        """The first nine digits are those of the legal entity: another operator's number was copied."""
        theirs = Site.objects.filter(siret__startswith=siret[:SIREN]).exclude(operator=operator)
        if self.row:
            theirs = theirs.exclude(pk=self.row.pk)
        other = theirs.select_related("operator").first()
        if other:
            self.add_error(
                "siret",
                _("Ce SIRET est celui d’un établissement d’une autre structure, %(operator)s : vérifiez-le.")
                % {"operator": other.operator},
            )


class FunderForm(SettingForm):
    """A funder under one of its names."""

    name = LineField(label=gettext_lazy("Nom"), max_length=160)
    since = DayField(
        label=gettext_lazy("Sous ce nom depuis le"),
        required=False,
        help_text=gettext_lazy("Vide si on ne le sait pas."),
    )
    last_day = DayField(label=gettext_lazy("Jusqu’au"), required=False)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"name": row.name, "since": row.since, "last_day": row.last_day}

    def clean(self) -> dict[str, Any]:
        self.check_order("since", "last_day")
        return super().clean() or {}


class FunderNameForm(SettingForm):
    """The name that a funder takes, and from when."""

    name = LineField(label=gettext_lazy("Nouveau nom"), max_length=160)
    since = DayField(label=gettext_lazy("À partir du"))

    def told(self, change: ChangedMeanwhile) -> None:
        """The earlier name's own dates are shown on its page: only the code is renewed."""
        retyped(self, seen=self.seen_of(change.fresh))


class MeansForm(SettingForm):
    """What a post gives."""

    function = forms.ChoiceField(label=gettext_lazy("Fonction"))
    user = forms.ModelChoiceField(
        label=gettext_lazy("Personne"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("seulement la fonction"),
    )
    employer = forms.ModelChoiceField(
        label=gettext_lazy("Employeur"),
        queryset=Operator.objects.all(),
        required=False,
        empty_label=gettext_lazy("non précisé"),
    )
    full_time_equivalent = AmountField(
        label=gettext_lazy("Équivalents temps plein (ETP)"),
        max_digits=4,
        decimal_places=2,
        validators=[
            MinValueValidator(Decimal("0.01"), gettext_lazy("Indiquez un temps de travail plus grand que zéro."))
        ],
        help_text=gettext_lazy("Par exemple 0,8."),
    )
    support_share = forms.IntegerField(
        label=gettext_lazy("Part d’accompagnement (%)"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=gettext_lazy("Le reste est de l’encadrement."),
    )
    yearly_cost = AmountField(
        label=gettext_lazy("Coût annuel (€)"),
        required=False,
        max_digits=9,
        decimal_places=2,
        min_value=0,
        help_text=gettext_lazy("Pour ce temps de travail, cotisations de l’employeur comprises."),
    )
    funder = forms.ModelChoiceField(
        label=gettext_lazy("Financeur"),
        queryset=Funder.objects.all(),
        required=False,
        empty_label=gettext_lazy("non précisé"),
    )
    since = DayField(label=gettext_lazy("Premier jour"))
    last_day = DayField(
        label=gettext_lazy("Jusqu’au"), required=False, help_text=gettext_lazy("Vide si la fin n’est pas connue.")
    )

    def __init__(self, *args: Any, where: Site | Territory, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        is_site = isinstance(where, Site)
        functions = SITE_FUNCTIONS if is_site else POOLED_FUNCTIONS
        _choice_field(self, "function").choices = [
            ("", _("choisir…")),
            *((role.value, role.label) for role in functions),
        ]
        here = Q(missions__site=where) if is_site else Q(missions__territory=where)
        shown = self.initial.get("user")
        _model_field(self, "user").queryset = User.objects.filter(here | Q(pk=shown.pk if shown else None)).distinct()
        # The means of a site are its operator's own; a pooled post may have any of the operators as employer.
        if is_site:
            del self.fields["employer"]
        self.fields["since"].initial = today

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        names = [*Given.__dataclass_fields__, "last_day"]
        return {name: getattr(row, name) for name in names} | {"since": row.starts}

    @staticmethod
    def seen_of(row: Any) -> str:
        return seen_of(row.post)

    def clean(self) -> dict[str, Any]:
        self.check_order("since", "last_day")
        return super().clean() or {}

    def given(self) -> Given:
        given: dict[str, Any] = {name: self.cleaned_data.get(name) for name in Given.__dataclass_fields__}
        return Given(**given)


class MeansChangeForm(MeansForm):
    """From a day on, the post gives something else; its end stays as foreseen."""

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, today=today, **options)
        del self.fields["last_day"]
        self.fields["since"].label = gettext_lazy("À partir du")
        self.initial["since"] = today
