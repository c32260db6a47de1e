"""One step of a referral: the version shown still stands, the rules allow the move, the place follows the state."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from convergence.network.places import hold, release
from convergence.platform.dated import hold as wait_for
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.referrals.models import Referral
from convergence.rules.referrals import FINAL, Move, Side, after, keeps_place
from convergence.vocabulary.referrals import ReferralState


@dataclass(frozen=True)
class By:
    """Who takes the step, and on which day.

    :ivar seen_version: version of the referral that was shown (its primary key, as text).
    """

    side: Side
    today: date
    seen_version: str


def standing_of(referral: Referral, by: By) -> Referral:
    """The version that stands, where it is the one that was shown; others who change it wait.

    :raises ChangedMeanwhile: somebody took another step first.
    """
    wait_for(referral.person_id)
    current = Referral.objects.current().filter(series=referral.series).first()
    if current is None or str(current.pk) != by.seen_version:
        raise ChangedMeanwhile(
            _("Cette mise en relation a changé depuis l’affichage de la page : relisez avant de continuer."), current
        )
    return current


def take(referral: Referral, move: Move, by: By, **changes: Any) -> Referral:
    """The referral after a move; ``changes`` are the fields that go with it.

    :raises Refused: the move is not possible from this state, or not for this side, or no place is left.
    :raises ChangedMeanwhile: another step was taken since the referral was shown.
    """
    current = standing_of(referral, by)
    state = after(ReferralState(current.state), move, by.side)
    if state is None:
        raise Refused(why_not(current))
    renewed = revise(current, **{"undelivered_on": None, **changes}, state=state.value, source=by.side.value)
    settle_place(renewed, by.today)
    return renewed


def settle_place(referral: Referral, today: date) -> None:
    """Keep the place that the referral's state keeps, or free it.

    :raises Refused: no place is left.
    """
    if referral.offer_id is None:
        return
    firm = keeps_place(ReferralState(referral.state))
    if firm is None:
        release(referral.series)
    else:
        hold(referral.offer_id, referral.series, firm=firm, on=today)


def why_not(referral: Referral) -> str:
    """Why a move is refused, in a sentence that tells what stands."""
    state = ReferralState(referral.state)
    said = {"state": state.label.lower(), "day": referral.since.strftime("%d/%m/%Y")}
    if state in FINAL:
        return _("Cette mise en relation est terminée depuis le %(day)s (%(state)s) : rien n’est changé.") % said
    return _("Cette mise en relation en est à une autre étape depuis le %(day)s (%(state)s).") % said


def past(on: date, today: date) -> date:
    """:raises Refused: a day to come."""
    if on > today:
        raise Refused(_("La date est dans le futur : notez-la le jour venu."))
    return on
