"""What a start changed in the person's life: proposed to the team, recorded only when it confirms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.referrals.models import Referral
from convergence.referrals.recording.steps import By, standing_of
from convergence.rules.referrals import meant
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.referrals import ReferralState
from convergence.vocabulary.situations import ASPECTS


@dataclass(frozen=True)
class Suggestion:
    """Situations of which one may have begun with the referral, and on which day.

    :ivar choices: (« aspect:value », words) pairs.
    """

    choices: list[tuple[str, str]]
    on: date


def fact_meant(referral: Referral, written: Collection[str]) -> Suggestion | None:
    """The situations to put to the team once it started; None where there is nothing to confirm, or no more.

    :param written: compartments that the actor writes of this person.
    """
    if referral.fact_on is not None or referral.started_on is None:
        return None
    kept = {code for code, aspect in ASPECTS.items() if aspect.compartment.value in written}
    found = meant(Domain(referral.domain), ReferralState(referral.state), kept)
    words = [(f"{code}:{value}", _words(code, value)) for code, value in found]
    return Suggestion(words, referral.started_on) if words else None


@transaction.atomic
def confirm_fact(referral: Referral, choice: str, on: date, by: By, written: Collection[str]) -> Situation | None:
    """The team confirms what began: the situation is recorded. An empty choice says that nothing changed.

    :raises Refused: a choice that was not proposed, or a day to come.
    """
    current = standing_of(referral, by)
    suggestion = fact_meant(current, written)
    if suggestion is None or (choice and choice not in dict(suggestion.choices)):
        raise Refused(_("Choisissez ce qui a changé dans la liste."))
    revise(current, fact_on=by.today, source=by.side.value)
    if not choice:
        return None
    aspect, _colon, value = choice.partition(":")
    return record_situation(current.person_id, aspect, value, on, today=by.today, source="referral")


def _words(code: str, value: str) -> str:
    aspect = ASPECTS[code]
    return f"{aspect.label}\u00a0: {aspect.values(value).label}"
