"""Referrals: worked cases read like a story, and laws that hold in every state."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.rules.law import rules_on
from convergence.rules.referrals import (
    FINAL,
    MEANT,
    TRANSITIONS,
    WITH_PARTNER,
    Move,
    Side,
    Standing,
    after,
    keeps_place,
    lapses_on,
    meant,
    moves,
    next_step,
    reminder_on,
    waits_for_partner_since,
)
from convergence.rules.terms import Terms, faults, usual
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.referrals import (
    PARTNER_REFUSALS,
    PERSON_REFUSALS,
    Holder,
    ReferralState,
    RefusalReason,
)
from convergence.vocabulary.situations import ASPECTS

S = ReferralState
TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
STANDINGS = st.builds(
    Standing,
    state=st.sampled_from(S),
    since=DAYS,
    with_officer=st.booleans(),
    appointment_on=st.none() | DAYS,
    confirmed=st.booleans(),
    full_until=st.none() | DAYS,
)

STORY: list[tuple[Move, Side, ReferralState, Holder]] = [
    (Move.OFFER, Side.OFFICER, S.DRAFT, Holder.COUNSELLOR),
    (Move.PROPOSE, Side.TEAM, S.PROPOSED, Holder.PERSON),
    (Move.AGREE, Side.TEAM, S.AGREED, Holder.COUNSELLOR),
    (Move.SEND, Side.TEAM, S.SENT, Holder.PARTNER),
    (Move.WAIT, Side.PARTNER, S.WAITING_LIST, Holder.PARTNER),
    (Move.ACCEPT, Side.PARTNER, S.ACCEPTED, Holder.COUNSELLOR),
    (Move.START, Side.PARTNER, S.STARTED, Holder.COUNSELLOR),
    (Move.COMPLETE, Side.TEAM, S.COMPLETED, Holder.NOBODY),
]


def test_a_need_told_to_the_officers_ends_in_keys_handed_over() -> None:
    state, first = S.ASKED, next_step(Standing(S.ASKED, TODAY, with_officer=True), TODAY)
    assert first.holder is Holder.OFFICER
    for move, side, expected, holder in STORY:
        reached = after(state, move, side)
        assert reached is expected
        state = reached
        assert next_step(Standing(state, TODAY), TODAY).holder is holder


@pytest.mark.parametrize(
    ("state", "moved", "sides"),
    [
        (S.SENT, Move.REFUSE_FOR_PERSON, {Side.TEAM}),
        (S.SENT, Move.REFUSE_FOR_PARTNER, {Side.TEAM, Side.OFFICER, Side.PARTNER}),
        (S.SENT, Move.LAPSE, {Side.TIME}),
        (S.DRAFT, Move.AGREE, {Side.TEAM}),
        (S.ASKED, Move.OFFER, {Side.TEAM, Side.OFFICER}),
        (S.WAITING_LIST, Move.LAPSE, set()),
        (S.DRAFT, Move.SEND, set()),
        (S.SENT, Move.START, set()),
        (S.COMPLETED, Move.CANCEL, set()),
    ],
)
def test_who_may_do_what_when(state: ReferralState, moved: Move, sides: set[Side]) -> None:
    assert {side for side in Side if after(state, moved, side)} == sides


@pytest.mark.parametrize(
    ("standing", "today", "holder", "reminded", "lapses"),
    [
        # Sent on a Monday: reminded ten days later, lapsed thirty days later.
        (Standing(S.SENT, date(2026, 11, 2)), TODAY, Holder.PARTNER, date(2026, 11, 12), date(2026, 12, 2)),
        # A date is proposed: the team confirms it with the person, and nothing lapses meanwhile.
        (Standing(S.SENT, TODAY, appointment_on=date(2026, 12, 1)), TODAY, Holder.COUNSELLOR, None, None),
        # Confirmed: the answer is awaited from the meeting on.
        (
            Standing(S.SENT, TODAY, appointment_on=date(2026, 12, 1), confirmed=True),
            TODAY,
            Holder.PARTNER,
            date(2026, 12, 11),
            date(2026, 12, 31),
        ),
        # Full until a day: the partner's until then, afterwards somebody asks again.
        (Standing(S.WAITING_LIST, TODAY, full_until=TODAY), TODAY, Holder.PARTNER, None, None),
        (
            Standing(S.WAITING_LIST, TODAY, full_until=TODAY),
            TODAY + timedelta(days=1),
            Holder.COUNSELLOR,
            None,
            None,
        ),
        (
            Standing(S.WAITING_LIST, TODAY, full_until=TODAY, with_officer=True),
            TODAY + timedelta(days=1),
            Holder.OFFICER,
            None,
            None,
        ),
        (Standing(S.PROPOSED, date(2020, 1, 1)), TODAY, Holder.PERSON, None, None),
        # The agreement with the officers is withdrawn: they look for nothing more.
        (Standing(S.ASKED, TODAY), TODAY, Holder.COUNSELLOR, None, None),
    ],
)
def test_whose_turn_it_is_and_what_becomes_due(
    standing: Standing, today: date, holder: Holder, reminded: date | None, lapses: date | None
) -> None:
    assert next_step(standing, today).holder is holder
    assert (reminder_on(standing, usual(today)), lapses_on(standing, usual(today))) == (reminded, lapses)


@pytest.mark.parametrize("state", list(S))
def test_no_state_is_a_dead_end_but_the_final_ones(state: ReferralState) -> None:
    ways = {move for side in Side for move in moves(state, side)}
    assert bool(ways) is (state not in FINAL)
    if state not in FINAL:
        # The team always has a way on that does not wait for somebody else's word.
        assert moves(state, Side.TEAM)


def test_every_state_is_reached_from_the_first_ones_and_leads_to_an_end() -> None:
    reached = {S.ASKED, S.DRAFT}
    for _round in S:
        reached |= {target for sources, target, _sides in TRANSITIONS.values() if sources & reached}
    assert reached == set(S)
    ends = set(FINAL)
    for _round in S:
        ends |= {source for sources, target, _sides in TRANSITIONS.values() if target in ends for source in sources}
    assert ends == set(S)


@given(STANDINGS, DAYS)
def test_somebody_always_holds_the_next_step_and_it_is_said(standing: Standing, today: date) -> None:
    step = next_step(standing, today)
    assert (step.holder is Holder.NOBODY) is (standing.state in FINAL)
    assert bool(step.what) is (standing.state not in FINAL)


TERMS = st.builds(Terms, *[st.integers(-3, 190)] * 3)


@given(STANDINGS, DAYS, TERMS.filter(lambda terms: not faults(terms)))
def test_what_lapses_waits_for_the_partner_and_is_reminded_before(
    standing: Standing, today: date, terms: Terms
) -> None:
    lapse, reminder = lapses_on(standing, terms), reminder_on(standing, terms)
    assert (lapse is None) == (reminder is None) == (waits_for_partner_since(standing) is None)
    if lapse is not None and reminder is not None:
        assert next_step(standing, today).holder is Holder.PARTNER
        assert standing.since < reminder < lapse
        assert after(standing.state, Move.LAPSE, Side.TIME) is S.LAPSED


@given(st.sampled_from(S), st.sampled_from(Move), st.sampled_from(Side))
def test_a_partner_never_speaks_for_the_person_nor_before_it_was_asked(
    state: ReferralState, move: Move, side: Side
) -> None:
    reached = after(state, move, side)
    if side is Side.PARTNER and reached is not None:
        assert state in WITH_PARTNER
        assert move not in {Move.REFUSE_FOR_PERSON, Move.AGREE, Move.CANCEL}
    assert reached is not state or move is Move.WAIT


def test_a_place_is_kept_from_the_sending_firmly_from_the_acceptance_and_freed_by_a_refusal() -> None:
    assert [keeps_place(state) for state in (S.AGREED, S.SENT, S.ACCEPTED, S.STARTED)] == [None, False, True, True]
    assert {keeps_place(state) for state in (S.REFUSED, S.CANCELLED, S.LAPSED, S.WAITING_LIST)} == {None}


def test_refusals_have_two_lists_which_together_are_the_datasets() -> None:
    assert set(PERSON_REFUSALS) | set(PARTNER_REFUSALS) == set(RefusalReason)
    assert RefusalReason.NO_PLACE not in PERSON_REFUSALS
    assert RefusalReason.TOO_EXPENSIVE not in PARTNER_REFUSALS


def test_what_a_start_may_mean_is_in_the_vocabulary_and_kept_by_who_confirms() -> None:
    assert set(MEANT) == set(Domain)
    for pairs in MEANT.values():
        for aspect, value in pairs:
            assert ASPECTS[aspect].values.has(value)
    assert ("housing", "social_lease") in meant(Domain.HOUSING, S.STARTED, ["housing"])
    assert meant(Domain.HOUSING, S.STARTED, ["employment"]) == []
    assert meant(Domain.HOUSING, S.ACCEPTED, ["housing"]) == []


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        (Terms(10, 30, 8), set()),
        (Terms(1, 2, 1), set()),
        (Terms(179, 180, 60), set()),
        (Terms(0, 30, 8), {"reminder_days"}),
        (Terms(30, 30, 8), {"reminder_days"}),
        (Terms(10, 181, 8), {"lapse_days"}),
        (Terms(1, 1, 0), {"reminder_days", "lapse_days", "link_days"}),
        (Terms(10, 30, 61), {"link_days"}),
    ],
)
def test_terms_that_do_not_hold_together_are_told_field_by_field(terms: Terms, wrong: set[str]) -> None:
    assert set(faults(terms)) == wrong


def test_terms_are_dated_data_with_their_source() -> None:
    terms = {row.name: row for row in rules_on(TODAY) if row.name.startswith("referral.")}
    assert {name: row.value for name, row in terms.items()} == {
        "referral.reminder_days": 10,
        "referral.lapse_days": 30,
        "referral.link_days": 8,
    }
    assert all(row.source for row in terms.values())
