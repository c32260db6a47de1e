"""A person's dated facts as marks of her life line; each leads to its source and history."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.pathways.models import Contract
from convergence.pathways.placements.reading import PLACEMENT, Learning
from convergence.platform.dated import DatedFact
from convergence.referrals.models import Referral
from convergence.referrals.reading import said as referral_said
from convergence.referrals.reading import title_of as referral_title
from convergence.situations.models import Situation
from convergence.support.models import Contact
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.referrals import ReferralState
from convergence.web.lifeline import Mark
from convergence.web.templatetags.display import number, period

Fact = TypeVar("Fact", bound=DatedFact)

# Aspects whose every value says "nothing to tell" would only fill the line with empty bars.
# But in the aspects that their lane is named after, nothing is something to tell.
LANE_ASPECTS = {"housing", "employment"}
ENDINGS = {ReferralState.REFUSED, ReferralState.COMPLETED, ReferralState.INTERRUPTED}
"""Ends of a referral that the line tells; one that nobody answered, or without object, changed nothing."""
QUIET_VALUES = {"none", "not_needed", "to_do"}


def last_day(ends: date | None) -> date | None:
    """The last day of a period whose end is excluded."""
    return ends - timedelta(days=1) if ends else None


def in_words(fact: Fact, today: date) -> Fact:
    """The same fact, with its period in words for the template (``period_words``)."""
    fact.period_words = period(fact.starts, last_day(fact.ends), today)  # type: ignore[attr-defined]
    return fact


def situation_marks(situations: Iterable[Situation]) -> list[Mark]:
    """Bars of the situations, less those that only say that there is nothing."""
    return [
        Mark(
            lane=fact.subject.domain.value,
            kind="spell",
            start=fact.starts,
            end=last_day(fact.ends),
            label=fact.label if fact.missing else in_its_lane(fact),
            shade=Housing(fact.value).shade if fact.aspect == "housing" and fact.value else 3,
            doubt=fact.doubtful,
            missing=bool(fact.missing),
            href=reverse("fact", args=[fact.person_id, fact.pk]),
            wording=in_its_lane(fact),
        )
        for fact in situations
        if worth_a_mark(fact)
    ]


def worth_a_mark(fact: Situation) -> bool:
    """Whether the fact says something that the line does not show otherwise: a CDDI is told by its contract."""
    if fact.aspect in LANE_ASPECTS:
        return fact.value != Employment.CDDI
    return fact.value not in QUIET_VALUES and not fact.missing


def in_its_lane(fact: Situation) -> str:
    """« CHRS » in the lane of housing, « Titre de séjour : carte d’un an » in that of rights."""
    return fact.label if fact.aspect in LANE_ASPECTS else f"{fact.subject.label}\u00a0: {fact.label}"


def contract_marks(contracts: Iterable[Contract]) -> list[Mark]:
    """Bars of the contracts: kind, hours, employer."""
    return [
        Mark(
            lane="employment",
            kind="spell",
            start=contract.starts,
            end=last_day(contract.ends),
            label=contract_words(contract),
            shade=4 if contract.kind == ContractKind.CDDI else 5,
            href=reverse("contract", args=[contract.person_id, contract.pk]),
        )
        for contract in contracts
    ]


def learning_marks(person_id: int, learnt: Iterable[Learning]) -> list[Mark]:
    """Bars of placements, trainings and workshops, in the lane of employment."""
    return [
        Mark(
            lane="employment",
            kind="spell",
            start=line.first_day,
            end=line.last_day,
            label=f"{_('Immersion') if line.kind == PLACEMENT else line.what} · {line.where}",
            shade=2,
            href=reverse(line.kind, args=[person_id, line.pk]),
        )
        for line in learnt
    ]


def referral_marks(referrals: Iterable[Referral]) -> list[Mark]:
    """Dots of what happened to her referrals, in the lane of their domain: sent, accepted, begun, over."""
    return [
        Mark(
            lane=str(referral.domain),
            kind="event",
            start=on,
            end=None,
            label=happened,
            wording=f"{happened}\u00a0: {referral_title(referral)}",
            href=reverse("referral", args=[referral.person_id, referral.pk]),
        )
        for referral in referrals
        for happened, on in _steps(referral)
        if on is not None
    ]


def _steps(referral: Referral) -> list[tuple[str, date | None]]:
    """What happened to a referral, as it stands, and when."""
    ended = referral.ended_on if referral.state in ENDINGS else None
    return [
        (_("Demande envoyée"), referral.sent_on),
        (_("Demande acceptée"), referral.accepted_on),
        (_("Demande qui aboutit"), referral.started_on),
        (referral_said(referral), ended),
    ]


def hours_words(hours: Decimal | None) -> str:
    """« 26 », « 17,5 »; empty where they are not known."""
    return number(hours, 1).removesuffix(",0")


def contract_words(contract: Contract) -> str:
    """« CDDI 26 h · Chantier des Saules », « PHC 4 h · … »."""
    name = "PHC" if contract.programme == Programme.PHC else ContractKind(contract.kind).label
    hours = f" {hours_words(contract.weekly_hours)} h" if contract.weekly_hours else ""
    return f"{name}{hours} · {contract.site if contract.site else contract.employer}"


def contact_marks(contacts: Iterable[Contact]) -> list[Mark]:
    """Dots of the days on which somebody met, called or wrote."""
    return [
        Mark(lane="contacts", kind="event", start=contact.starts, end=None, label=str(contact), wording=str(contact))
        for contact in contacts
        if contact.starts
    ]
