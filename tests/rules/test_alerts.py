"""What asks for attention, when it begins, when it is due: the laws of the rules, and the cases of the field."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.rules.alerts import Alert, alerts_of, pressing, stage
from convergence.rules.calendars import all_calendars
from convergence.rules.facts import ActionFact, AppointmentFact, ContactFact, ContractFact, Facts, SituationFact, Spell
from convergence.rules.sentences import sentence
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.goals import ActionBy
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS

TODAY = date(2026, 11, 23)
ENTRY = date(2026, 1, 5)
HERE = (Spell(ENTRY, None),)
HOUSED = SituationFact("housing", "hotel", "", Spell(ENTRY, None), None)
MET = ContactFact(ContactKind.INTERVIEW, TODAY)

DAYS = st.dates(date(2016, 1, 1), date(2034, 12, 31))


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    starts = draw(DAYS)
    length = draw(st.none() | st.integers(1, 2000))
    return Spell(starts, starts + timedelta(days=length) if length else None)


@st.composite
def situations(draw: st.DrawFn) -> SituationFact:
    aspect = draw(st.sampled_from(list(ASPECTS.values())))
    value = draw(st.sampled_from([term.value for term in aspect.values]) | st.just(""))
    missing = "" if value else draw(st.sampled_from([kind.value for kind in Missing]))
    expiry = draw(st.none() | DAYS) if aspect.has_expiry and value else None
    return SituationFact(aspect.code, value, missing, draw(spells()), expiry)


@st.composite
def facts_of_somebody(draw: st.DrawFn) -> Facts:
    unlike = {situation.aspect: situation for situation in draw(st.lists(situations(), max_size=12))}
    kinds = st.sampled_from([kind.value for kind in ContractKind])
    contracts = draw(st.lists(st.builds(ContractFact, kinds, spells()), max_size=4))
    users = st.sampled_from([None, 1, 2])
    actions = draw(st.lists(st.builds(action_of, st.sampled_from(Compartment), users, DAYS), max_size=2))
    contacts = draw(st.lists(st.builds(ContactFact, st.sampled_from(ContactKind), DAYS), max_size=6))
    return Facts(
        supports=tuple(draw(st.lists(spells(), max_size=3))),
        pathways=tuple(draw(st.lists(spells(), max_size=2, unique_by=lambda spell: spell.starts))),
        contracts=tuple(contracts),
        situations=tuple(unlike.values()),
        contacts=tuple(contacts),
        actions=tuple(actions),
    )


def action_of(compartment: Compartment, user: int | None, due_on: date) -> ActionFact:
    return ActionFact(compartment, ActionBy.USER.value if user else ActionBy.PERSON.value, user, due_on)


def only(alerts: list[Alert], kind: str) -> Alert:
    (found,) = [alert for alert in alerts if alert.kind == kind]
    return found


def lasting(alerts: list[Alert]) -> list[Alert]:
    recurring = {row.kind for row in all_calendars() if row.every or row.counted == "campaign"}
    return [alert for alert in alerts if alert.kind not in recurring]


def kinds(facts: Facts, today: date = TODAY) -> set[str]:
    """Without what is asked of everybody each spring (test_rights.py)."""
    return {alert.kind for alert in alerts_of(facts, today)} - {"tax_return"}


def somebody(**more: object) -> Facts:
    known: dict[str, object] = {"supports": HERE, "situations": (HOUSED,), "contacts": (MET,)}
    return Facts(**(known | more))  # type: ignore[arg-type]


# Laws ---------------------------------------------------------------------------------------------


@given(facts_of_somebody(), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(facts: Facts, today: date, shuffle: random.Random) -> None:
    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(shuffle.sample(items, len(items)))

    other = Facts(
        *(
            mixed(getattr(facts, name))
            for name in ("supports", "pathways", "contracts", "situations", "contacts", "actions")
        )  # type: ignore[arg-type]
    )
    assert alerts_of(other, today) == alerts_of(facts, today)


@given(facts_of_somebody(), DAYS)
def test_an_alert_never_begins_after_it_is_due(facts: Facts, today: date) -> None:
    for alert in alerts_of(facts, today):
        assert alert.begins_on <= alert.due_on
        assert stage(alert, today).due <= alert.due_on


@given(facts_of_somebody(), st.dates(date(2021, 5, 1), date(2034, 1, 1)), st.integers(0, 2000))
def test_what_was_stored_stays_right_as_days_go_by(facts: Facts, today: date, days: int) -> None:
    later = today + timedelta(days=days)
    stored = alerts_of(facts, today)
    # Of what recurs for ever only the times near a day are stored: test_rights.py has its law.
    assert lasting(alerts_of(facts, later)) == lasting(stored)
    for alert in stored:
        assert stage(alert, today).due <= stage(alert, later).due


@given(facts_of_somebody(), DAYS)
def test_each_alert_is_of_the_compartment_of_the_facts_it_follows_from(facts: Facts, today: date) -> None:
    for alert in alerts_of(facts, today):
        if "aspect" in alert.about or "right" in alert.about:
            assert alert.compartment is ASPECTS[alert.about.get("aspect") or alert.about["right"]].compartment
        elif alert.kind == "action_due":
            assert alert.compartment in {action.compartment for action in facts.actions}
        else:
            assert alert.compartment is (Compartment.WORK if "contract" in alert.kind else Compartment.SOCIAL)


@given(facts_of_somebody(), DAYS, st.sampled_from([Compartment.WORK, Compartment.HEALTH, Compartment.JUSTICE]))
def test_somebody_who_does_not_read_a_compartment_makes_the_others_the_same(
    facts: Facts, today: date, hidden: Compartment
) -> None:
    seen = Facts(
        supports=facts.supports,
        pathways=() if hidden is Compartment.WORK else facts.pathways,
        contracts=() if hidden is Compartment.WORK else facts.contracts,
        situations=tuple(fact for fact in facts.situations if ASPECTS[fact.aspect].compartment is not hidden),
        contacts=facts.contacts,
        actions=tuple(action for action in facts.actions if action.compartment is not hidden),
    )
    assert alerts_of(seen, today) == [alert for alert in alerts_of(facts, today) if alert.compartment is not hidden]


# Contracts ----------------------------------------------------------------------------------------


def cddi(starts: date, last_day: date | None) -> ContractFact:
    return ContractFact("cddi", Spell(starts, last_day + timedelta(days=1) if last_day else None))


def test_a_contract_of_two_years_asks_for_more_as_its_end_comes_near() -> None:
    facts = somebody(contracts=(cddi(ENTRY, date(2028, 3, 14)),))
    alert = only(alerts_of(facts, TODAY), "contract_ending")
    assert (alert.begins_on, alert.due_on) == (date(2027, 3, 14), date(2028, 3, 14))
    dues = [
        stage(alert, day).due
        for day in (date(2027, 3, 14), date(2027, 9, 14), date(2027, 12, 14), date(2028, 2, 14), date(2028, 4, 1))
    ]
    assert dues == [
        date(2027, 9, 14),
        date(2027, 12, 14),
        date(2028, 2, 14),
        date(2028, 3, 14),
        date(2028, 3, 14),
    ]


@pytest.mark.parametrize(
    ("starts", "last_day", "begins"),
    [
        (date(2026, 1, 5), date(2026, 6, 30), date(2026, 3, 30)),
        (date(2026, 1, 5), date(2026, 5, 31), date(2026, 2, 28)),
        (date(2028, 1, 5), date(2028, 5, 31), date(2028, 2, 29)),
        (date(2026, 1, 5), date(2026, 1, 20), date(2026, 1, 5)),
    ],
)
def test_a_short_contract_skips_the_steps_that_would_come_before_it(starts: date, last_day: date, begins: date) -> None:
    alerts = alerts_of(somebody(contracts=(cddi(starts, last_day),)), TODAY)
    assert only(alerts, "contract_ending").begins_on == begins


def test_a_contract_that_another_follows_asks_nothing() -> None:
    first, second = cddi(ENTRY, date(2026, 12, 4)), cddi(date(2026, 12, 5), date(2027, 6, 4))
    alerts = alerts_of(somebody(contracts=(first, second)), TODAY)
    assert only(alerts, "contract_ending").on == date(2027, 6, 4)


def test_a_path_whose_end_is_noted_asks_nothing_of_its_contract() -> None:
    facts = somebody(contracts=(cddi(ENTRY, date(2026, 12, 4)),), pathways=(Spell(ENTRY, date(2026, 12, 5)),))
    assert kinds(facts) == {"no_contact"}


def test_a_fixed_term_contract_without_a_known_end_asks_for_it_and_an_open_ended_one_does_not() -> None:
    assert "contract_end_unknown" in kinds(somebody(contracts=(cddi(ENTRY, None),)))
    assert kinds(somebody(contracts=(ContractFact("open_ended", Spell(ENTRY, None)),))) == {"no_contact"}


# Papers -------------------------------------------------------------------------------------------


def permit(expires_on: date | None, value: str = "one_year", ends: date | None = None) -> SituationFact:
    return SituationFact("residence_permit", value, "", Spell(ENTRY, ends), expires_on)


def test_a_residence_permit_is_prepared_at_150_days_asked_for_at_120_and_urgent_at_60() -> None:
    alert = only(
        alerts_of(somebody(situations=(HOUSED, permit(date(2027, 6, 30)))), TODAY), "residence_permit_expiring"
    )
    assert alert.begins_on == date(2027, 6, 30) - timedelta(days=150)
    words = [stage(alert, date(2027, 6, 30) - timedelta(days=days)).do for days in (150, 120, 60, -1)]
    assert words == [
        "Dossier de renouvellement à préparer",
        "Renouvellement à demander",
        "Renouvellement à demander sans attendre",
        "Renouvellement à demander sans attendre",
    ]


@pytest.mark.parametrize(
    "situation",
    [
        permit(None),
        permit(date(2026, 12, 31), value="none"),
        permit(date(2026, 12, 31), ends=date(2026, 11, 1)),
    ],
)
def test_a_paper_without_expiry_not_held_or_no_longer_true_asks_nothing(situation: SituationFact) -> None:
    assert kinds(somebody(situations=(HOUSED, situation))) == {"no_contact"}


@pytest.mark.parametrize("aspect", [aspect.code for aspect in ASPECTS.values() if aspect.has_expiry])
def test_every_paper_that_expires_asks_for_attention(aspect: str) -> None:
    values = [term.value for term in ASPECTS[aspect].values]
    asked = {
        value
        for value in values
        if f"{aspect}_expiring"
        in kinds(somebody(situations=(HOUSED, SituationFact(aspect, value, "", Spell(ENTRY, None), TODAY))))
    }
    assert asked
    assert "none" not in asked


def test_four_months_of_silence_from_the_mdph_count_as_a_refusal_told_once() -> None:
    lodged = Spell(date(2026, 6, 30), None)
    file = SituationFact("mdph", "lodged", "", lodged, None)
    asked = SituationFact("rqth", "asked", "", lodged, None)
    alert = only(alerts_of(somebody(situations=(HOUSED, file, asked)), TODAY), "mdph_silence")
    assert (alert.begins_on, alert.due_on) == (date(2026, 10, 30), date(2026, 12, 30))
    assert alert.about["aspect"] == "mdph"
    alone = only(alerts_of(somebody(situations=(HOUSED, asked)), TODAY), "mdph_silence")
    assert alone.about["aspect"] == "rqth"
    assert alone.compartment is Compartment.HEALTH


# Contacts and housing -----------------------------------------------------------------------------


def test_thirty_days_without_a_meeting_count_from_the_last_one_or_from_the_entry() -> None:
    never = only(alerts_of(somebody(contacts=()), TODAY), "no_contact")
    assert never.begins_on == ENTRY + timedelta(days=30)
    met = (ContactFact(ContactKind.MEETING, date(2026, 10, 22)),)
    tried = (*met, ContactFact(ContactKind.CALL_NO_ANSWER, date(2026, 11, 14)))
    alert = only(alerts_of(somebody(contacts=tried), TODAY), "no_contact")
    assert alert.begins_on == date(2026, 11, 21)
    assert (alert.about["met"], alert.about["tried"]) == ("2026-10-22", "2026-11-14")


def test_a_meeting_before_the_stay_is_not_a_meeting_of_this_stay() -> None:
    before = (ContactFact(ContactKind.MEETING, ENTRY - timedelta(days=100)),)
    alert = only(alerts_of(somebody(contacts=before), TODAY), "no_contact")
    assert alert.on == ENTRY
    assert "met" not in alert.about


@pytest.mark.parametrize(
    ("missing", "asks"),
    [
        (Missing.NOT_ASSESSED, True),
        (Missing.PREFERS_NOT_TO_SAY, False),
        (Missing.DOES_NOT_KNOW, False),
        (Missing.CANNOT_BE_DETERMINED, False),
    ],
)
def test_not_wishing_to_say_where_one_sleeps_is_an_answer(missing: Missing, asks: bool) -> None:
    told = SituationFact("housing", "", missing.value, Spell(ENTRY, None), None)
    assert ("housing_unknown" in kinds(somebody(situations=(told,)))) is asks


def test_nothing_begins_once_support_has_ended_and_moving_to_another_site_is_one_stay() -> None:
    ended = somebody(supports=(Spell(ENTRY, date(2026, 2, 1)),), contacts=())
    assert kinds(ended) == set()
    moved = somebody(supports=(Spell(date(2026, 6, 1), None), Spell(ENTRY, date(2026, 6, 1))), contacts=())
    assert only(alerts_of(moved, TODAY), "no_contact").on == ENTRY
    assert alerts_of(Facts(contacts=(MET,)), TODAY) == []


def test_what_is_late_comes_first_and_then_what_is_due_soonest() -> None:
    facts = somebody(
        contracts=(cddi(ENTRY, date(2026, 12, 4)),),
        situations=(
            permit(date(2026, 11, 1)),
            SituationFact("identity_document", "valid", "", Spell(ENTRY, None), date(2025, 1, 1)),
            SituationFact("protection", "masp", "", Spell(ENTRY, None), date(2026, 11, 25)),
            HOUSED,
        ),
        contacts=(ContactFact(ContactKind.VISIT, date(2026, 10, 1)),),
    )
    asked = [alert for alert in alerts_of(facts, TODAY) if "right" not in alert.about]
    order = [alert.kind for alert in sorted(asked, key=lambda alert: pressing(alert, TODAY))]
    assert order == [
        "residence_permit_expiring",
        "identity_document_expiring",
        "no_contact",
        "protection_expiring",
        "contract_ending",
    ]


def test_an_appointment_whose_day_is_over_asks_whoever_went_whether_the_person_came() -> None:
    awaited = (
        AppointmentFact(Compartment.HEALTH, 7, date(2026, 11, 19)),
        AppointmentFact(Compartment.SOCIAL, 7, date(2026, 11, 23)),
        AppointmentFact(Compartment.SOCIAL, 7, date(2026, 11, 23)),
    )
    kind = "appointment_unanswered"
    found = [alert for alert in alerts_of(somebody(appointments=awaited), TODAY) if alert.kind == kind]
    assert [(alert.compartment, alert.begins_on, alert.due_on, alert.about["colleague"]) for alert in found] == [
        (Compartment.HEALTH, date(2026, 11, 20), date(2026, 11, 22), "7"),
        (Compartment.SOCIAL, date(2026, 11, 24), date(2026, 11, 26), "7"),
    ]
    assert sentence(found[0], TODAY).replace("\u00a0", " ") == "Rendez-vous du 19 novembre : présence à noter."


def test_what_was_agreed_asks_for_whoever_does_it_from_its_day_on() -> None:
    agreed = (
        ActionFact(Compartment.SOCIAL, "user", 7, date(2026, 11, 20)),
        ActionFact(Compartment.SOCIAL, "user", 7, date(2026, 11, 20)),
        ActionFact(Compartment.HEALTH, "partner", None, date(2026, 11, 25)),
    )
    found = [alert for alert in alerts_of(somebody(actions=agreed), TODAY) if alert.kind == "action_due"]
    assert [(alert.compartment, alert.begins_on, alert.due_on) for alert in found] == [
        (Compartment.SOCIAL, date(2026, 11, 20), date(2026, 11, 20)),
        (Compartment.HEALTH, date(2026, 11, 25), date(2026, 11, 25)),
    ]
    assert [alert.about.get("colleague") for alert in found] == ["7", None]
    late, to_come = (sentence(alert, date(2026, 11, 23)) for alert in found)
    assert (
        late.replace("\u00a0", " ")
        == "Action convenue pour le 20 novembre, date passée. À faire, ou à revoir ensemble."
    )
    assert to_come.replace("\u00a0", " ") == "Action convenue pour le 25 novembre. Nouvelles à prendre."
