"""What a partner may say of a referral, and how it is recorded: one line of ``ACTS`` for each button of the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from convergence.network.models import Capacity
from convergence.network.places import Figures, Speaker, say_places
from convergence.referrals.models import Referral, ReferralNote
from convergence.referrals.recording.answers import (
    accept,
    finish,
    propose_date,
    put_on_waiting_list,
    refuse_for_partner,
    start,
)
from convergence.referrals.recording.notes import note
from convergence.referrals.recording.steps import By
from convergence.rules.referrals import Side
from convergence.vocabulary.offers import USUAL_UNIT, OfferKind, SaidBy, Unit
from convergence.vocabulary.referrals import Audience, ReferralState, RefusedBy
from convergence.web.partner.forms import (
    AcceptForm,
    AnswerForm,
    DayForm,
    MeetingForm,
    MessageForm,
    RefuseForm,
    WaitForm,
)

_S = ReferralState
_ASKED = (_S.SENT, _S.WAITING_LIST)


@dataclass(frozen=True)
class Act:
    """One thing that a partner may say.

    :ivar states: in which it is offered; everywhere where empty.
    :ivar button: what the button of its form says; ``done``: what is said once it is recorded.
    :ivar record: (referral, form, by) → None.
    :ivar already: (referral, form) → whether the referral says this very thing: the same answer sent twice.
    """

    label: str | Promise
    hint: str | Promise
    button: str | Promise
    done: str | Promise
    form: type[AnswerForm]
    states: tuple[ReferralState, ...]
    record: Callable[[Referral, Any, By], None]
    already: Callable[[Referral, Any], bool]


def _accept(referral: Referral, form: AcceptForm, by: By) -> None:
    accept(referral, by, form.moment())


def _propose(referral: Referral, form: MeetingForm, by: By) -> None:
    proposed = form.moment()
    if proposed is not None:
        propose_date(referral, proposed, by)


def _wait(referral: Referral, form: WaitForm, by: By) -> None:
    full_until = form.cleaned_data["full_until"]
    put_on_waiting_list(referral, by, full_until)
    if full_until is not None:
        _say_full(referral, full_until, by)


def _refuse(referral: Referral, form: RefuseForm, by: By) -> None:
    refuse_for_partner(referral, form.cleaned_data["reason"], by)
    if form.says_full:
        _say_full(referral, None, by)
    _add_words(referral, form.cleaned_data["words"], by.today)


def _start(referral: Referral, form: DayForm, by: By) -> None:
    start(referral, form.cleaned_data["day"], by)
    _add_words(referral, form.cleaned_data["words"], by.today)


def _finish(referral: Referral, form: DayForm, by: By, *, completed: bool) -> None:
    finish(referral, form.cleaned_data["day"], by, completed=completed)
    _add_words(referral, form.cleaned_data["words"], by.today)


def _say_full(referral: Referral, until: date | None, by: By) -> None:
    """The partner says that it has no place: the figure of its offer says so too, and who said it."""
    offer = referral.offer
    assert offer is not None  # noqa: S101 - it was sent
    said = Capacity.objects.current().filter(offer=offer).first()
    unit = said.unit if said else USUAL_UNIT.get(OfferKind(offer.kind), Unit.PLACE).value
    figures = Figures(free=0, unit=unit, full_until=until)
    say_places(offer.pk, figures, Speaker(SaidBy.PARTNER.value), by.today, today=by.today)


def _add_words(referral: Referral, words: str, today: date) -> None:
    """A message for the team; the same one sent twice on a day is written once."""
    kept = words.replace("\x00", "").strip()
    same_day = ReferralNote.objects.current().filter(referral=referral.series, side=Side.PARTNER, noted_on=today)
    if kept and kept not in {said.words for said in same_day}:
        note(referral, kept, Side.PARTNER, Audience.PARTNER, today)


def _same_meeting(referral: Referral, form: MeetingForm) -> bool:
    return form.moment() in (None, referral.appointment_at)


ACTS: dict[str, Act] = {
    "accept": Act(
        label=_("Oui, c’est d’accord"),
        hint=_("retenir la place, avec un rendez-vous si vous voulez"),
        button=_("Dire oui"),
        done=_("C’est noté : vous êtes d’accord. L’équipe prévient la personne."),
        form=AcceptForm,
        states=_ASKED,
        record=_accept,
        already=lambda referral, form: referral.state == _S.ACCEPTED and _same_meeting(referral, form),
    ),
    "start": Act(
        label=_("C’est commencé"),
        hint=_("clés remises, premier jour, premier rendez-vous"),
        button=_("Noter le début"),
        done=_("C’est noté : cela a commencé. Vous pourrez dire ici comment cela s’est terminé."),
        form=DayForm,
        states=(_S.ACCEPTED,),
        record=_start,
        already=lambda referral, form: referral.started_on == form.cleaned_data["day"],
    ),
    "complete": Act(
        label=_("C’est mené à bien"),
        hint=_("la personne a obtenu ce qu’elle demandait"),
        button=_("Noter la fin"),
        done=_("C’est noté, merci pour la personne."),
        form=DayForm,
        states=(_S.STARTED,),
        record=lambda referral, form, by: _finish(referral, form, by, completed=True),
        already=lambda referral, form: (referral.state, referral.ended_on) == (_S.COMPLETED, form.cleaned_data["day"]),
    ),
    "date": Act(
        label=_("Je propose un rendez-vous"),
        hint=_("un jour et une heure, à confirmer avec la personne"),
        button=_("Proposer ce rendez-vous"),
        done=_("C’est noté : l’équipe en parle avec la personne et confirme ici."),
        form=MeetingForm,
        states=(*_ASKED, _S.ACCEPTED),
        record=_propose,
        already=_same_meeting,
    ),
    "wait": Act(
        label=_("Pas de place pour l’instant"),
        hint=_("liste d’attente ; dire jusqu’à quand c’est complet"),
        button=_("Mettre sur liste d’attente"),
        done=_("C’est noté : la demande est sur liste d’attente. Dites ici quand une place se libère."),
        form=WaitForm,
        states=_ASKED,
        record=_wait,
        already=lambda referral, form: (
            (referral.state, referral.full_until) == (_S.WAITING_LIST, form.cleaned_data["full_until"])
        ),
    ),
    "interrupt": Act(
        label=_("Cela s’est arrêté avant la fin"),
        hint=_("l’équipe reprendra avec la personne"),
        button=_("Noter l’arrêt"),
        done=_("C’est noté : l’équipe reprend avec la personne."),
        form=DayForm,
        states=(_S.STARTED,),
        record=lambda referral, form, by: _finish(referral, form, by, completed=False),
        already=lambda referral, form: (
            (referral.state, referral.ended_on) == (_S.INTERRUPTED, form.cleaned_data["day"])
        ),
    ),
    "refuse": Act(
        label=_("Non, pas cette fois"),
        hint=_("dire pourquoi : cela nous aide"),
        button=_("Dire non"),
        done=_("C’est noté. L’équipe cherche une autre solution avec la personne."),
        form=RefuseForm,
        states=(*_ASKED, _S.ACCEPTED),
        record=_refuse,
        already=lambda referral, form: (
            (referral.refused_by, referral.refusal_reason) == (RefusedBy.PARTNER, form.cleaned_data["reason"])
        ),
    ),
    "message": Act(
        label=_("Écrire à l’équipe"),
        hint=_("une question, une précision"),
        button=_("Envoyer le message"),
        done=_("Votre message est chez l’équipe."),
        form=MessageForm,
        states=tuple(_S),
        record=lambda referral, form, by: _add_words(referral, form.cleaned_data["words"], by.today),
        already=lambda referral, form: False,
    ),
}
"""Every answer by its code, in the order of the page: the first that is offered is the one that moves things on."""
