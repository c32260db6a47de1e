"""What each answer of a partner asks for: as little as possible, a tap or two on a telephone."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convergence.referrals.recording.notes import LONGEST
from convergence.support.meetings.recording import moment
from convergence.vocabulary.referrals import PARTNER_REFUSALS, RefusalReason
from convergence.web.fields import DayField, VersionForm


class AnswerForm(VersionForm):
    """Starts from the version of the referral that the partner saw.

    :param today: no day asked for lies on the wrong side of it.
    """

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    def bound_days(self, name: str, *, coming: bool) -> None:
        """The browser's calendar offers the days that make sense; the server judges all the same."""
        self.fields[name].widget.attrs["min" if coming else "max"] = self.today.isoformat()


def hour_field(*, required: bool) -> forms.TimeField:
    return forms.TimeField(
        label=_("À quelle heure"),
        required=required,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Donnez une heure."), "invalid": _("Donnez une heure, par exemple 14:30.")},
    )


class MeetingForm(AnswerForm):
    """A day and an hour on which to meet."""

    day = DayField(label=_("Quel jour"), error_messages={"required": _("Donnez un jour.")})
    hour = hour_field(required=True)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bound_days("day", coming=True)

    def moment(self) -> datetime | None:
        """:raises Refused: an hour that does not exist on that day."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        return moment(day, hour) if day is not None and hour is not None else None


class AcceptForm(MeetingForm):
    """Yes; with a meeting, or without."""

    day = DayField(
        label=_("Un rendez-vous, si vous voulez"),
        required=False,
        help_text=_("L’équipe en parle avec la personne et confirme."),
    )
    hour = hour_field(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, hour = cleaned.get("day"), cleaned.get("hour")
        # A browser may fill an hour by itself; a day alone leaves nobody knowing when to come.
        if day is not None and hour is None and "hour" not in self.errors:
            self.add_error("hour", _("Donnez aussi l’heure du rendez-vous."))
        if isinstance(hour, time) and day is None and "day" not in self.errors:
            self.add_error("day", _("Donnez aussi le jour du rendez-vous."))
        return cleaned


class WaitForm(AnswerForm):
    """No place now; until when, where it is known."""

    full_until = DayField(
        label=_("Complet jusqu’au"), required=False, help_text=_("Laissez vide si vous ne savez pas encore.")
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bound_days("full_until", coming=True)


def words_field(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Écrivez un message.")},
    )


class RefuseForm(AnswerForm):
    """No, and why."""

    reason = forms.ChoiceField(
        label=_("Pourquoi"),
        choices=[(reason.value, reason.label) for reason in PARTNER_REFUSALS],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez pourquoi."),
            "invalid_choice": _("Choisissez pourquoi, dans la liste."),
        },
    )
    words = words_field(_("Un mot de plus"))

    @property
    def says_full(self) -> bool:
        return bool(self.cleaned_data["reason"] == RefusalReason.NO_PLACE)


class DayForm(AnswerForm):
    """On which day it happened: today unless told otherwise."""

    day = DayField(label=_("Quel jour"), error_messages={"required": _("Donnez un jour.")})
    words = words_field(_("Un mot de plus"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["day"].initial = self.today
        self.bound_days("day", coming=False)


class MessageForm(AnswerForm):
    """Words to the team."""

    words = words_field(_("Votre message"), required=True)
