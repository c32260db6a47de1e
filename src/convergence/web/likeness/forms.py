"""The form of a decision about two files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.people.likeness.deciding import MOST_WORDS
from convergence.vocabulary.likeness import Verdict

SAID = (Verdict.SAME, Verdict.APART, Verdict.UNSURE)
"""What a button says; taking back has an address of its own."""


class DecisionForm(forms.Form):
    """One of three buttons, and a few words for whoever looks at the decision later."""

    words = forms.CharField(
        label=_("Ce qui vous fait décider"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Lu par celles et ceux qui décident de cette paire, et par personne d’autre."),
    )
    seen = forms.IntegerField(
        label=_("Version de la page"),
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("rechargez la page avant de décider.")
        ),
    )
    verdict = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[(verdict.value, verdict.label) for verdict in SAID],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choisissez une des trois réponses."),
            "invalid_choice": _("Choisissez une des trois réponses."),
        },
    )
