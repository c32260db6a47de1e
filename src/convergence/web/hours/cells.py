"""A cell of hours as people type it: « 7,5 », « 7.5 », « 7 h 30 »."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from convergence.rules.typed_hours import hours_of, said_plainly


class HoursField(forms.Field):
    """Hours typed on the numeric keyboard of a telephone."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12})
        )
        options.setdefault("required", False)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, Decimal):
            return value
        hours = hours_of(str(value).replace("\x00", "?"))
        if hours is None:
            raise forms.ValidationError(
                _("« %(typed)s » n’est pas un nombre d’heures : écrivez par exemple 7,5 ou 7 h 30.")
                % {"typed": str(value).replace("\x00", "")[:20]}
            )
        return hours

    def prepare_value(self, value: Any) -> Any:
        return said_plainly(value) if isinstance(value, Decimal) else value
