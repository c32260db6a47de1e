"""What the partner says of a referral, by its link or as it told the team: an answer, a date, a start, an end."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.referrals.models import Referral
from convergence.referrals.recording.steps import By, past, standing_of, take, why_not
from convergence.rules.referrals import WITH_PARTNER, Move
from convergence.vocabulary.referrals import PARTNER_REFUSALS, ReferralState, RefusedBy

FURTHEST_DAYS = 730


@transaction.atomic
def accept(referral: Referral, by: By, appointment_at: datetime | None = None) -> Referral:
    """The partner accepts, possibly with a day on which to meet; the place is held firmly.

    :raises Refused: no place is left, a day that is over, or a referral at another step.
    """
    changes = _of_appointment(appointment_at, by.today) if appointment_at else {}
    return take(referral, Move.ACCEPT, by, accepted_on=by.today, answered_on=_first(referral, by), **changes)


@transaction.atomic
def put_on_waiting_list(referral: Referral, by: By, full_until: date | None = None) -> Referral:
    """The partner has no place now; ``full_until``: the day until which it is full. The place kept is freed.

    :raises Refused: a day that is over, or a referral at another step.
    """
    if full_until is not None and not 0 <= (full_until - by.today).days <= FURTHEST_DAYS:
        raise Refused(_("Choisissez un jour à venir, dans les deux ans."))
    since = referral.waiting_since or by.today
    first = _first(referral, by)
    return take(referral, Move.WAIT, by, waiting_since=since, full_until=full_until, answered_on=first)


@transaction.atomic
def propose_date(referral: Referral, appointment_at: datetime, by: By) -> Referral:
    """The partner proposes a day on which to meet the person; the team confirms it with her.

    :raises Refused: a moment that is over or too far, or a partner that has nothing to answer any more.
    """
    changes = _of_appointment(appointment_at, by.today)
    current = standing_of(referral, by)
    if current.state not in WITH_PARTNER or current.state == ReferralState.STARTED:
        raise Refused(why_not(current))
    return revise(current, answered_on=_first(current, by), source=by.side.value, undelivered_on=None, **changes)


@transaction.atomic
def refuse_for_partner(referral: Referral, reason: str, by: By) -> Referral:
    """The partner says no, and why; the place kept is freed.

    :raises Refused: a reason that is not one of a partner's, or a referral at another step.
    """
    if reason not in PARTNER_REFUSALS:
        raise Refused(_("Choisissez pourquoi la demande est refusée."))
    return take(
        referral,
        Move.REFUSE_FOR_PARTNER,
        by,
        refused_by=RefusedBy.PARTNER.value,
        refusal_reason=reason,
        answered_on=_first(referral, by),
        ended_on=by.today,
    )


@transaction.atomic
def start(referral: Referral, on: date, by: By) -> Referral:
    """It began: keys handed over, a first day at work or at the desk.

    :raises Refused: a day to come, or a referral that nobody accepted.
    """
    return take(referral, Move.START, by, started_on=past(on, by.today))


@transaction.atomic
def finish(referral: Referral, on: date, by: By, *, completed: bool) -> Referral:
    """It came to its end: done, or interrupted.

    :raises Refused: a day to come, or a referral that did not start.
    """
    move = Move.COMPLETE if completed else Move.INTERRUPT
    return take(referral, move, by, ended_on=past(on, by.today))


def _first(referral: Referral, by: By) -> date:
    return referral.answered_on or by.today


def _of_appointment(at: datetime, today: date) -> dict[str, object]:
    if not 0 <= (timezone.localdate(at) - today).days <= FURTHEST_DAYS:
        raise Refused(_("Choisissez un jour à venir, dans les deux ans."))
    return {"appointment_at": at, "confirmed_on": None}
