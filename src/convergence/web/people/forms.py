"""Forms of one person's page."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import Aspect


class SituationForm(forms.Form):
    """What is true of one aspect from a day on; "not known" is a choice like the others."""

    code = forms.ChoiceField(widget=forms.RadioSelect)
    since = forms.DateField(
        label=_("Depuis le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    detail = forms.CharField(
        label=_("Précisions"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
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
