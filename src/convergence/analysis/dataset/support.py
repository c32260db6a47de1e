"""Tables of support: what is true of a person, what is agreed with her, who met her, where she was sent."""

import dataframely as dy
import polars as pl

from convergence.analysis.dataset.columns import (
    code,
    day,
    in_order,
    key,
    known_or_missing,
    one_of,
    one_stands,
    only_if,
    refers_to,
    rule,
    since_before,
    together,
    truth,
    whole,
    why_missing,
)
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS, FollowUpResult, SupportOpener
from convergence.vocabulary.goals import GoalResult
from convergence.vocabulary.needs import LEVELS, NEEDS
from convergence.vocabulary.referrals import ReferralAnswer, ReferralOutcome, RefusalReason
from convergence.vocabulary.roles import Role
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.situations import ASPECTS

VALUES = tuple(dict.fromkeys(term.value for aspect in ASPECTS.values() for term in aspect.values))
"""Values of all aspects in one list, each once: several aspects may use one."""


def _value_of_its_aspect() -> pl.Expr:
    """Whether (aspect, value) is a pair of the vocabulary, told from the places of both in their lists."""
    places = {value: place for place, value in enumerate(VALUES)}
    pairs = [
        rank * len(places) + places[term.value]
        for rank, aspect in enumerate(ASPECTS.values())
        for term in aspect.values
    ]
    pair = pl.col("aspect").to_physical().cast(pl.UInt32) * len(places) + pl.col("value").to_physical()
    return pair.is_in(pairs)


class Situations(dy.Schema):
    """Dated facts, one thing true at a time for each aspect: spells that never overlap.

    The dataset holds what is known at its date: of a fact that was corrected, the last version.
    """

    person = refers_to("people", "of whom it is true", primary_key=True)
    aspect = one_of(ASPECTS, "which side of her life", primary_key=True)
    value = one_of(VALUES, "what is true; the codes allowed depend on the aspect", nullable=True)
    missing = why_missing("why the value is not known")
    since = day("first day on which it is true", primary_key=True)
    until = day("first day on which it no longer is; empty while it lasts", nullable=True)
    recorded_on = day("the day on which it was written down")
    expires_on = day("last day of a paper, right or order, where one is known", nullable=True)
    dates_in_order = since_before()
    known_or_said_missing = one_stands("value", "missing")
    value_of_its_aspect = rule(_value_of_its_aspect())
    expires_only_where_it_may = only_if(
        "expires_on", pl.col("aspect").is_in([aspect.code for aspect in ASPECTS.values() if aspect.has_expiry])
    )


class Needs(dy.Schema):
    """The fourteen needs, rated again at each review; the change from one to the next is the distance travelled."""

    person = refers_to("people", "whose need it is", primary_key=True)
    need = one_of(NEEDS, "which of the fourteen", primary_key=True)
    level = whole("0 no difficulty … 4 urgent, first to deal with", least=0, most=max(LEVELS), nullable=True)
    missing = why_missing("why it is not rated")
    reviewed_on = day("the day of the review")
    review = whole("1 for the first review of the person", least=1, most=200, unit="rank", primary_key=True)
    known_or_said_missing = one_stands("level", "missing")


class Goals(dy.Schema):
    """Goals agreed with the person."""

    goal = key("the goal")
    person = refers_to("people", "whose goal it is")
    domain = code(Domain, "domain of life")
    agreed_on = day("the day of the agreement")
    closed_on = day("the day on which it was closed; empty while it is pursued", nullable=True)
    result = code(GoalResult, "what became of it", nullable=True)
    dates_in_order = in_order("agreed_on", "closed_on")
    result_when_closed = together("closed_on", "result")


class Interviews(dy.Schema):
    """Every contact, meeting, accompaniment, workshop: what support is made of. No text."""

    interview = key("the contact")
    person = refers_to("people", "who is met, or tried to be")
    site = refers_to("sites", "the site whose team did it")
    kind = code(SessionKind, "how")
    day = day("when")
    reached = truth("whether she was really met or spoken to")
    by = code(Role, "function of whoever did it")
    unanswered_is_not_reached = rule(
        ~pl.col("reached") | ~pl.col("kind").is_in([SessionKind.CALL_NO_ANSWER, SessionKind.MESSAGE])
    )


class Referrals(dy.Schema):
    """A proposal of a partner's offer, from its first word to what came of it."""

    referral = key("the referral")
    person = refers_to("people", "who is referred")
    domain = code(Domain, "domain of life")
    proposed_on = day("the day on which it was proposed to her")
    agreed_on = day("the day on which she agreed; empty when not", nullable=True)
    sent_on = day("the day on which it went to the partner", nullable=True)
    answered_on = day("the day of the answer, or on which it lapsed", nullable=True)
    answer = code(ReferralAnswer, "the answer; empty while awaited", nullable=True)
    refusal_reason = code(RefusalReason, "why she or the partner said no", nullable=True)
    started_on = day("first day of what was offered", nullable=True)
    ended_on = day("first day after it", nullable=True)
    outcome = code(ReferralOutcome, "what came of it", nullable=True)
    dates_in_order = in_order("proposed_on", "agreed_on", "sent_on", "answered_on", "started_on", "ended_on")
    answer_is_dated = together("answered_on", "answer")
    reason_of_a_refusal = only_if(
        "refusal_reason",
        pl.col("answer").is_in([ReferralAnswer.REFUSED_BY_PERSON, ReferralAnswer.REFUSED_BY_PARTNER]),
    )
    started_once_accepted = only_if("started_on", pl.col("answer") == ReferralAnswer.ACCEPTED)
    outcome_once_accepted = only_if("outcome", pl.col("answer") == ReferralAnswer.ACCEPTED)


class ExtendedSupport(dy.Schema):
    """Support that goes on after access to a job or to a home."""

    support = key("the support")
    person = refers_to("people", "who is supported")
    path = refers_to("paths", "the path it follows")
    opened_by = code(SupportOpener, "what it is there to make last")
    since = day("first day")
    until = day("first day after it; empty while it lasts", nullable=True)
    dates_in_order = since_before()


class FollowUps(dy.Schema):
    """News asked for during extended support."""

    support = refers_to("extended_support", "the support", primary_key=True)
    month_due = whole("months after its first day", among=FOLLOW_UP_MONTHS, unit="months", primary_key=True)
    day = day("when news was had, or sought; empty when nobody tried", nullable=True)
    reached = truth("whether there was news")
    still_holds = code(FollowUpResult, "whether the job or the home holds", missing=True)
    still_holds_missing = why_missing()
    known_or_said_missing = known_or_missing("still_holds")
    news_is_dated = rule(~pl.col("reached") | pl.col("day").is_not_null())
