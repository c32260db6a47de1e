"""A referral on a day: what may happen next and by whom, who holds the next step, what becomes due (domain.md §7).

Nothing here knows a person: a referral is read as the dates of its states. What is due by the partner lapses; what
waits for anybody else never does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from convergence.rules.terms import Terms
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.health import CarePath, Disability, YesNo
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.referrals import Holder, ReferralState
from convergence.vocabulary.rights import Benefit, Domiciliation

_S = ReferralState


class Move(StrEnum):
    """What happens to a referral."""

    OFFER = "offer"
    PROPOSE = "propose"
    AGREE = "agree"
    SEND = "send"
    WAIT = "wait"
    ACCEPT = "accept"
    START = "start"
    COMPLETE = "complete"
    INTERRUPT = "interrupt"
    REFUSE_FOR_PERSON = "refuse_for_person"
    REFUSE_FOR_PARTNER = "refuse_for_partner"
    CANCEL = "cancel"
    LAPSE = "lapse"


class Side(StrEnum):
    """Who makes a move: the team that supports the person, the officers, the partner by its link, or time."""

    TEAM = "team"
    OFFICER = "officer"
    PARTNER = "partner"
    TIME = "time"


FINAL: frozenset[ReferralState] = frozenset({_S.COMPLETED, _S.INTERRUPTED, _S.REFUSED, _S.CANCELLED, _S.LAPSED})
"""States after which nothing more happens."""

WITH_PARTNER: frozenset[ReferralState] = frozenset({_S.SENT, _S.WAITING_LIST, _S.ACCEPTED, _S.STARTED})
"""States in which the partner has something to answer or to tell: its link works, and is renewed on demand."""

_TELLS = frozenset({Side.TEAM, Side.OFFICER, Side.PARTNER})

TRANSITIONS: dict[Move, tuple[frozenset[ReferralState], ReferralState, frozenset[Side]]] = {
    Move.OFFER: (frozenset({_S.ASKED}), _S.DRAFT, frozenset({Side.TEAM, Side.OFFICER})),
    Move.PROPOSE: (frozenset({_S.DRAFT}), _S.PROPOSED, frozenset({Side.TEAM})),
    Move.AGREE: (frozenset({_S.DRAFT, _S.PROPOSED}), _S.AGREED, frozenset({Side.TEAM})),
    Move.SEND: (frozenset({_S.AGREED}), _S.SENT, frozenset({Side.TEAM, Side.OFFICER})),
    Move.WAIT: (frozenset({_S.SENT, _S.WAITING_LIST}), _S.WAITING_LIST, _TELLS),
    Move.ACCEPT: (frozenset({_S.SENT, _S.WAITING_LIST}), _S.ACCEPTED, _TELLS),
    Move.START: (frozenset({_S.ACCEPTED}), _S.STARTED, _TELLS),
    Move.COMPLETE: (frozenset({_S.STARTED}), _S.COMPLETED, _TELLS),
    Move.INTERRUPT: (frozenset({_S.STARTED}), _S.INTERRUPTED, _TELLS),
    Move.REFUSE_FOR_PERSON: (
        frozenset({_S.DRAFT, _S.PROPOSED, _S.AGREED, _S.SENT, _S.WAITING_LIST, _S.ACCEPTED}),
        _S.REFUSED,
        frozenset({Side.TEAM}),
    ),
    Move.REFUSE_FOR_PARTNER: (frozenset({_S.SENT, _S.WAITING_LIST, _S.ACCEPTED}), _S.REFUSED, _TELLS),
    Move.CANCEL: (
        frozenset({_S.ASKED, _S.DRAFT, _S.PROPOSED, _S.AGREED, _S.SENT, _S.WAITING_LIST, _S.ACCEPTED}),
        _S.CANCELLED,
        frozenset({Side.TEAM}),
    ),
    Move.LAPSE: (frozenset({_S.SENT}), _S.LAPSED, frozenset({Side.TIME})),
}
"""From which states a move is possible, where it leads, and who makes it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a referral says on a day.

    :param since: day on which the present state began.
    :param with_officer: the officers of the domain read it: they look for places again.
    :param appointment_on: day that the partner proposes for a meeting.
    :param confirmed: that day was agreed with the person.
    :param full_until: day until which the partner said that it has no place.
    :param undelivered: the letter to the partner could not be delivered: it was told nothing.
    """

    state: ReferralState
    since: date
    with_officer: bool = False
    appointment_on: date | None = None
    confirmed: bool = False
    full_until: date | None = None
    undelivered: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """Who holds the next step, and what it is (French, for the screen)."""

    holder: Holder
    what: str


def after(state: ReferralState, move: Move, side: Side) -> ReferralState | None:
    """The state that a move leads to; None where it is not possible, or not that side's."""
    sources, target, sides = TRANSITIONS[move]
    return target if state in sources and side in sides else None


def moves(state: ReferralState, side: Side) -> list[Move]:
    """What this side may do with a referral in a state."""
    return [move for move in Move if after(state, move, side) is not None]


_PLAIN: dict[ReferralState, NextStep] = {
    _S.ASKED: NextStep(Holder.OFFICER, "Chercher une place ou un partenaire"),
    _S.DRAFT: NextStep(Holder.COUNSELLOR, "En parler avec la personne"),
    _S.PROPOSED: NextStep(Holder.PERSON, "Dire si elle est d’accord"),
    _S.AGREED: NextStep(Holder.COUNSELLOR, "Envoyer au partenaire"),
    _S.SENT: NextStep(Holder.PARTNER, "Répondre à la demande"),
    _S.WAITING_LIST: NextStep(Holder.PARTNER, "Prévenir quand une place se libère"),
    _S.ACCEPTED: NextStep(Holder.COUNSELLOR, "Préparer le début avec la personne"),
    _S.STARTED: NextStep(Holder.COUNSELLOR, "Prendre des nouvelles et noter la suite"),
    **dict.fromkeys(FINAL, NextStep(Holder.NOBODY, "")),
}


def next_step(referral: Standing, today: date) -> NextStep:
    """Who holds the next step of a referral on a day, and what it is."""
    proposed = referral.appointment_on is not None and not referral.confirmed
    if proposed and referral.state in (_S.SENT, _S.WAITING_LIST, _S.ACCEPTED):
        return NextStep(Holder.COUNSELLOR, "Confirmer la date proposée par le partenaire")
    if referral.undelivered and referral.state in (_S.SENT, _S.WAITING_LIST):
        return NextStep(Holder.COUNSELLOR, "Appeler le partenaire, ou corriger l’adresse de son contact")
    if referral.state is _S.ASKED and not referral.with_officer:
        return NextStep(Holder.COUNSELLOR, "Chercher une place : l’équipe mutualisée ne lit plus ce besoin")
    if referral.state is _S.WAITING_LIST and referral.full_until is not None and today > referral.full_until:
        asks = Holder.OFFICER if referral.with_officer else Holder.COUNSELLOR
        return NextStep(asks, "Redemander si une place s’est libérée")
    return _PLAIN[referral.state]


def waits_for_partner_since(referral: Standing) -> date | None:
    """From when the partner's answer is awaited; None while somebody else holds the next step.

    A meeting on a day agreed with the person comes before the answer.
    """
    if referral.state is not _S.SENT or referral.undelivered:
        return None
    if referral.appointment_on is None:
        return referral.since
    return max(referral.since, referral.appointment_on) if referral.confirmed else None


def reminder_on(referral: Standing, terms: Terms) -> date | None:
    """The day on which a partner that has not answered is reminded, by the territory's terms of today."""
    return _after_days(referral, terms.reminder_days)


def lapses_on(referral: Standing, terms: Terms) -> date | None:
    """The day on which a demand that its partner never answered lapses, by the territory's terms of today."""
    return _after_days(referral, terms.lapse_days)


def _after_days(referral: Standing, days: int) -> date | None:
    since = waits_for_partner_since(referral)
    return None if since is None else since + timedelta(days=days)


def keeps_place(state: ReferralState) -> bool | None:
    """Whether a place of the offer is kept for it: True firmly, False for the time of the answer, None not at all."""
    if state is _S.SENT:
        return False
    return True if state in (_S.ACCEPTED, _S.STARTED, _S.COMPLETED, _S.INTERRUPTED) else None


MEANT: dict[Domain, tuple[tuple[str, str], ...]] = {
    Domain.HOUSING: tuple(
        ("housing", value.value)
        for value in (
            Housing.EMERGENCY_SHELTER,
            Housing.CHRS,
            Housing.STABILISATION,
            Housing.SOCIAL_RESIDENCE,
            Housing.YOUNG_WORKERS,
            Housing.SUBLET,
            Housing.PENSION_DE_FAMILLE,
            Housing.SOCIAL_LEASE,
            Housing.PRIVATE_LEASE,
        )
    ),
    Domain.EMPLOYMENT: tuple(
        ("employment", value.value)
        for value in (Employment.TRAINING, Employment.SHORT_TERM, Employment.LONG_TERM, Employment.OPEN_ENDED)
    ),
    Domain.HEALTH: (
        ("regular_doctor", YesNo.YES.value),
        ("care_path", CarePath.UNDER_WAY.value),
        ("mental_health_care", CarePath.UNDER_WAY.value),
        ("addiction_care", CarePath.UNDER_WAY.value),
    ),
    Domain.DISABILITY: (("rqth", Disability.GRANTED.value), ("aah", Disability.GRANTED.value)),
    Domain.RIGHTS: (("domiciliation", Domiciliation.GRANTED.value), ("rsa", Benefit.OPEN.value)),
    Domain.DAILY_LIFE: (),
}
"""Situations, as (aspect, value), that a start may mean in each domain: a lease signed is a housing fact."""


def meant(domain: Domain, state: ReferralState, kept: Collection[str]) -> list[tuple[str, str]]:
    """Situations to propose to the team once something started; only those of compartments that it keeps.

    :param kept: codes of the aspects that the actor writes.
    """
    if state not in (_S.STARTED, _S.COMPLETED, _S.INTERRUPTED):
        return []
    return [(aspect, value) for aspect, value in MEANT[domain] if aspect in kept]
