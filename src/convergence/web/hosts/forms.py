"""The form that opens one person's work path to somebody at another structure."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.people.hosts.recording import Hosting
from convergence.web.fields import DayField, LineField


class HostForm(forms.Form):
    """Who, at which structure, from when to when, and since when the person agrees."""

    structure = LineField(label=_("Structure où le parcours continue"), max_length=160)
    given_name = LineField(label=_("Prénom de la personne qui l’accompagne là-bas"), max_length=80)
    family_name = LineField(label=_("Nom"), max_length=80)
    email = forms.EmailField(
        label=_("Adresse e-mail professionnelle"),
        help_text=_("Elle y recevra de quoi choisir un mot de passe, si elle n’a pas encore de compte."),
    )
    first_day = DayField(label=_("Accès à partir du"))
    last_day = DayField(label=_("Dernier jour d’accès"))
    agreed_on = DayField(
        label=_("La personne a donné son accord le"),
        help_text=_("Sans accord, rien n’est ouvert. Refuser ou revenir en arrière ne change rien à son contrat."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["first_day"].initial = today

    def hosting(self) -> Hosting:
        return Hosting(**self.cleaned_data)
