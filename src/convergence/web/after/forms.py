"""Forms of the support that goes on: short, to be filled while the telephone is still warm."""

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.support.after.recording import News
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding, SupportOpener, ThirdPartyRole
from convergence.web.fields import DayField, LineField, VersionForm, WordsField

NO_DATE = {"required": _("Donnez une date.")}


class OpenThreadForm(forms.Form):
    """What was reached, and since when."""

    opener = forms.ChoiceField(
        label=_("Pour que dure"),
        choices=SupportOpener.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si c’est pour un emploi ou un logement.")},
    )
    since = DayField(label=_("Obtenu le"), error_messages=NO_DATE)


class NewsForm(VersionForm):
    """Whether it holds, how it was learnt, in words."""

    result = forms.ChoiceField(
        label=_("Est-ce que cela tient ?"),
        choices=FollowUpResult.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si cela tient.")},
    )
    kind = forms.ChoiceField(
        label=_("Par qui, comment"),
        required=False,
        choices=[
            *((kind.value, kind.label) for kind in ContactKind if kind.reached),
            ("", _("Par quelqu’un d’autre, sans parler à la personne")),
        ],
        initial=ContactKind.CALL.value,
    )
    on = DayField(label=_("Le"), error_messages=NO_DATE)
    words = WordsField(_("En quelques mots"), required=False)

    def news(self) -> News:
        given = self.cleaned_data
        kind = ContactKind(given["kind"]) if given["kind"] else None
        return News(FollowUpResult(given["result"]), given["on"], kind, given["words"])


class StopThreadForm(VersionForm):
    """Why a thread stops, and its last day. What is lost is said with the news."""

    ending = forms.ChoiceField(
        label=_("Pourquoi il s’arrête"),
        choices=[choice for choice in SupportEnding.choices() if choice[0] != SupportEnding.LOST.value],
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites pourquoi cet accompagnement s’arrête.")},
    )
    on = DayField(label=_("Dernier jour"), error_messages=NO_DATE)


class ThirdPartyForm(forms.Form):
    """An employer or a landlord, kept only with the person's agreement."""

    role = forms.ChoiceField(
        label=_("Qui"),
        choices=ThirdPartyRole.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si c’est l’employeur ou le bailleur.")},
    )
    name = LineField(label=_("Nom"), max_length=160, error_messages={"required": _("Dites qui c’est.")})
    reach = LineField(label=_("Téléphone ou adresse e-mail"), max_length=160, required=False)
    agrees = forms.BooleanField(
        label=_("La personne est d’accord pour que nous gardions ce contact et qu’il puisse nous alerter"),
        error_messages={
            "required": _("Sans l’accord de la personne, rien n’est gardé de son employeur ou de son bailleur.")
        },
    )
    agreed_on = DayField(label=_("Accord donné le"), error_messages=NO_DATE)


class WarningForm(forms.Form):
    """What an employer or a landlord says."""

    words = WordsField(
        _("Ce qui est signalé"), error_messages={"required": _("Dites en quelques mots ce qui est signalé.")}
    )
    on = DayField(label=_("Reçu le"), error_messages=NO_DATE)


class AnswerForm(VersionForm):
    """What was done about a warning."""

    answer = WordsField(_("Ce qui est fait"), error_messages={"required": _("Dites en quelques mots ce qui est fait.")})
    on = DayField(label=_("Le"), error_messages=NO_DATE)
