"""From an orientation to a start: judged before it is written, whole or not at all, kept as long as it may be."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from convergence.pathways.entry.eligibility import Paper, answer_control, closed_on, open_control, prove
from convergence.pathways.entry.reading import Told, at_sites, closed, tell, unanswered, under_way, waiting
from convergence.pathways.entry.recording import (
    Choice,
    NewPass,
    Orientation,
    correct_orientation,
    decide,
    meet,
    note_step,
    receive,
    start,
    take_back_decision,
    version_of,
)
from convergence.pathways.models import (
    Candidacy,
    CandidacyDecision,
    CandidacyMeeting,
    Contract,
    EligibilityControl,
    EligibilityProof,
    Hiring,
    Pass,
    Pathway,
)
from convergence.pathways.recording import Terms
from convergence.people.entry import Newcomer, open_support
from convergence.people.models import Candidate, PersonName, Support
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.models import Alert
from convergence.vocabulary.orientations import CandidacyOutcome
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

DAY = timedelta(days=1)
SENT = TODAY - 20 * DAY
NOA = Newcomer(given_name="Noa", family_name="Inventé", birth_year=1990, birth_month=5, birth_day=3)
BY_A_SHELTER = Orientation(referrer="shelter", oriented_on=SENT, body="Centre Exemple")
HIRED = Choice(CandidacyOutcome.HIRED, TODAY, first_day=TODAY, registered_at_france_travail=True)
WAITS = Choice(CandidacyOutcome.WAITING, TODAY - 15 * DAY)
REFUSED = Choice(CandidacyOutcome.REFUSED_BY_SITE, TODAY, reason="Plus de poste à temps très partiel.")


@pytest.fixture
def candidacy(world: World) -> Candidacy:
    """Noa Inventé, sent by a shelter twenty days ago; the counsellor of the site acts."""
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return receive(NOA, world.site.pk, BY_A_SHELTER, TODAY)


def told(candidacy: Candidacy) -> Told:
    (row,) = tell([Candidacy.objects.current().get(series=candidacy.series)], TODAY, with_words=True)
    return row


def seen(candidacy: Candidacy) -> str:
    return version_of(list(CandidacyDecision.objects.current().filter(candidacy=candidacy.series).order_by("valid")))


def decided(candidacy: Candidacy, *choices: Choice) -> Told:
    for choice in choices:
        decide(candidacy, choice, seen(candidacy), TODAY)
    return told(candidacy)


def refused(work: Any) -> str:
    """The sentence with which something is refused; nothing of it is kept."""
    with pytest.raises(Refused) as error, transaction.atomic():
        work()
    return str(error.value)


def terms(world: World, **changes: Any) -> Terms:
    last_day = TODAY + timedelta(days=200)
    return replace(
        Terms("cddi", TODAY, last_day, programme="cvg", site_id=world.site.pk, weekly_hours=Decimal(26)), **changes
    )


# Orientation ---------------------------------------------------------------------------------------


def test_an_orientation_opens_a_candidacy_that_waits_for_an_answer(world: World, candidacy: Candidacy) -> None:
    row = told(candidacy)
    assert (row.is_open, row.unanswered, row.outcome) == (True, True, None)
    assert [each.name for each in tell([candidacy], TODAY)] == ["Noa Inventé"]
    assert unanswered([world.site.pk]).count() == 1
    meet(candidacy, TODAY, came=True, words="Motivée.", colleague_id=world.users[Role.COUNSELLOR].pk, today=TODAY)
    assert unanswered([world.site.pk]).count() == 0
    assert not told(candidacy).unanswered


@pytest.mark.parametrize(
    ("orientation", "said"),
    [
        (replace(BY_A_SHELTER, oriented_on=TODAY + DAY), "à venir"),
        (replace(BY_A_SHELTER, body="CSAPA Exemple"), "révéler un soin"),
    ],
)
def test_an_orientation_that_cannot_be_is_refused(world: World, orientation: Orientation, said: str) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert said in refused(lambda: receive(NOA, world.site.pk, orientation, TODAY))
    assert not PersonName.objects.filter(family_name="Inventé").exists()


def test_two_open_candidacies_of_one_person_at_one_site_are_refused(world: World, candidacy: Candidacy) -> None:
    again = replace(BY_A_SHELTER, oriented_on=TODAY)
    assert "déjà ouverte" in refused(lambda: receive(candidacy.person_id, world.site.pk, again, TODAY))


def test_a_former_candidate_comes_back_in_the_same_file(world: World, candidacy: Candidacy) -> None:
    decided(candidacy, replace(REFUSED, decided_on=TODAY - 10 * DAY))
    too_early = replace(BY_A_SHELTER, oriented_on=TODAY - 12 * DAY)
    assert "vient après" in refused(lambda: receive(candidacy.person_id, world.site.pk, too_early, TODAY))
    second = receive(candidacy.person_id, world.site.pk, replace(BY_A_SHELTER, oriented_on=TODAY), TODAY)
    assert second.person_id == candidacy.person_id
    assert Candidacy.objects.current().filter(person_id=candidacy.person_id).count() == 2


def test_a_corrected_orientation_keeps_what_stood_and_never_follows_a_meeting(
    world: World, candidacy: Candidacy
) -> None:
    meet(candidacy, SENT + DAY, came=False, words="", colleague_id=world.users[Role.COUNSELLOR].pk, today=TODAY)
    later = replace(BY_A_SHELTER, oriented_on=SENT + 2 * DAY)
    assert "vient avant" in refused(lambda: correct_orientation(candidacy, later, str(candidacy.pk), TODAY))
    fresh = correct_orientation(candidacy, replace(BY_A_SHELTER, referrer="outreach"), str(candidacy.pk), TODAY)
    assert (fresh.referrer, fresh.series) == ("outreach", candidacy.series)
    with pytest.raises(ChangedMeanwhile):
        correct_orientation(candidacy, BY_A_SHELTER, str(candidacy.pk), TODAY)


# Meetings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "said"), [(TODAY + DAY, "futur"), (SENT - DAY, "avant l’orientation")])
def test_a_meeting_happens_between_the_orientation_and_today(
    world: World, candidacy: Candidacy, on: date, said: str
) -> None:
    colleague = world.users[Role.COUNSELLOR].pk
    assert said in refused(lambda: meet(candidacy, on, came=True, words="", colleague_id=colleague, today=TODAY))


def test_the_words_of_a_meeting_are_sealed(world: World, candidacy: Candidacy) -> None:
    meeting = meet(
        candidacy, TODAY, came=True, words="Mots fictifs.", colleague_id=world.users[Role.COUNSELLOR].pk, today=TODAY
    )
    (stored,) = CandidacyMeeting.objects.filter(pk=meeting.pk).values_list("words", flat=True)
    assert b"Mots fictifs." not in bytes(stored)
    assert told(candidacy).meetings[0].words == "Mots fictifs."


# Decision and waiting list -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (replace(WAITS, decided_on=SENT - DAY), "avant l’orientation"),
        (replace(WAITS, decided_on=TODAY + DAY), "à venir"),
        (replace(REFUSED, reason=" "), "pourquoi"),
        (replace(HIRED, first_day=None), "premier jour"),
        (replace(HIRED, first_day=SENT - DAY), "avant l’orientation"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(candidacy: Candidacy, choice: Choice, said: str) -> None:
    assert said in refused(lambda: decide(candidacy, choice, "", TODAY))
    assert told(candidacy).decisions == []


def test_several_spells_of_waiting_are_kept_and_added_up(world: World, candidacy: Candidacy) -> None:
    row = decided(
        candidacy,
        WAITS,
        replace(HIRED, decided_on=TODAY - 10 * DAY, first_day=TODAY - 9 * DAY),
        replace(WAITS, decided_on=TODAY - 4 * DAY),
    )
    assert row.days_waited == 5 + 4
    assert [spell.starts for spell in row.spells] == [TODAY - 15 * DAY, TODAY - 4 * DAY]
    # Put back on the list, she is no longer being hired.
    assert row.hiring is None
    rows = at_sites([world.site.pk])
    assert candidacy.series in {found.series for found in waiting(rows)}
    assert candidacy.series not in {found.series for found in under_way(rows)}


def test_who_has_waited_for_longest_is_first_on_the_list(world: World, candidacy: Candidacy) -> None:
    other = receive(replace(NOA, given_name="Ade"), world.site.pk, BY_A_SHELTER, TODAY)
    decide(candidacy, WAITS, "", TODAY)
    decide(other, replace(WAITS, decided_on=SENT), "", TODAY)
    assert [row.series for row in waiting(at_sites([world.site.pk]))] == [other.series, candidacy.series]


def test_a_second_decision_of_one_day_replaces_the_first_and_an_earlier_one_is_refused(candidacy: Candidacy) -> None:
    row = decided(candidacy, WAITS, replace(WAITS, reason="Chantier complet."))
    assert [(d.outcome, d.reason) for d in row.decisions] == [("waiting", "Chantier complet.")]
    earlier = replace(WAITS, decided_on=WAITS.decided_on - DAY)
    assert "déjà notée" in refused(lambda: decide(candidacy, earlier, seen(candidacy), TODAY))


def test_the_second_of_two_who_decide_is_told_of_the_first(candidacy: Candidacy) -> None:
    decide(candidacy, WAITS, "", TODAY)
    with pytest.raises(ChangedMeanwhile):
        decide(candidacy, REFUSED, "", TODAY)


@pytest.mark.parametrize(
    "choice", [REFUSED, Choice(CandidacyOutcome.REFUSED_BY_PERSON, TODAY), Choice(CandidacyOutcome.NEVER_CAME, TODAY)]
)
def test_a_candidacy_closed_without_hiring_stays_on_record_until_its_own_day(
    world: World, candidacy: Candidacy, choice: Choice
) -> None:
    row = decided(candidacy, WAITS, choice)
    assert (row.closed_on, row.outcome, row.kept_until) == (TODAY, choice.outcome, date(2028, 11, 22))
    assert [found.series for found in closed(at_sites([world.site.pk]))] == [candidacy.series]
    assert "s’est fermée" in refused(lambda: decide(candidacy, WAITS, seen(candidacy), TODAY))
    counsellor = world.users[Role.COUNSELLOR].pk
    for day, read in ((date(2028, 11, 22), True), (date(2028, 11, 23), False)):
        assume(counsellor, day)
        assert Candidacy.objects.filter(series=candidacy.series).exists() is read
        assert CandidacyDecision.objects.filter(candidacy=candidacy.series).exists() is read


def test_a_closing_noted_by_mistake_is_taken_back(candidacy: Candidacy) -> None:
    decided(candidacy, WAITS, REFUSED)
    take_back_decision(candidacy, seen(candidacy))
    row = told(candidacy)
    assert (row.is_open, row.outcome, row.latest.ends if row.latest else TODAY) == (
        True,
        CandidacyOutcome.WAITING,
        None,
    )
    assert row.kept_until is None
    with pytest.raises(ChangedMeanwhile):
        take_back_decision(candidacy, "0")


def test_a_closing_is_not_taken_back_over_a_candidacy_opened_since(world: World, candidacy: Candidacy) -> None:
    decided(candidacy, replace(REFUSED, decided_on=TODAY - timedelta(days=2)))
    receive(candidacy.person_id, world.site.pk, replace(BY_A_SHELTER, oriented_on=TODAY), TODAY)
    assert "ouverte depuis" in refused(lambda: take_back_decision(candidacy, seen(candidacy)))


def test_another_team_that_supports_the_person_learns_nothing_of_her_candidacy(world: World) -> None:
    """Anouk's second site reads her working side, and not what the first decided of her coming."""
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert Candidacy.objects.filter(person=world.anouk).exists()
    assert Candidate.objects.filter(person=world.anouk).exists()
    open_support(world.anouk.pk, world.other_site.pk, TODAY, today=TODAY)
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert Contract.objects.filter(person=world.anouk).exists()
    assert Hiring.objects.filter(person=world.anouk).exists()
    for model in (Candidate, Candidacy, CandidacyDecision, CandidacyMeeting, EligibilityProof):
        assert not model.objects.filter(person=world.anouk).exists(), model


# Eligibility ---------------------------------------------------------------------------------------


def test_eligibility_is_read_live_from_the_papers_noted(candidacy: Candidacy, world: World) -> None:
    assert not told(candidacy).standing.eligible
    prove(candidacy.person_id, world.site.pk, Paper(TODAY - 30 * DAY, criterion="rsa"), TODAY)
    assert told(candidacy).standing.sentence == "Éligible\u00a0: 1 critère de niveau 1."
    # A hiring planned beyond the age of the paper is not covered by it.
    decided(candidacy, replace(HIRED, first_day=TODAY + 80 * DAY))
    assert not told(candidacy).standing.eligible


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (Paper(TODAY + DAY, criterion="rsa"), "futur"),
        (Paper(TODAY, criterion="disabled_worker", valid_until=TODAY - DAY), "expirer avant"),
    ],
)
def test_a_paper_of_an_impossible_date_is_refused(world: World, candidacy: Candidacy, paper: Paper, said: str) -> None:
    assert said in refused(lambda: prove(candidacy.person_id, world.site.pk, paper, TODAY))


def test_a_control_is_asked_of_somebody_hired_and_warns_until_the_papers_are_sent(
    world: World, candidacy: Candidacy
) -> None:
    def ask(person_id: int) -> EligibilityControl:
        return open_control(person_id, world.site.pk, TODAY, TODAY)

    assert "Aucun contrat" in refused(lambda: ask(candidacy.person_id))
    control = ask(world.anouk.pk)

    def warned() -> bool:
        settle(TODAY)
        return Alert.objects.filter(person=world.anouk, kind="eligibility_control").exists()

    assert warned()
    control = answer_control(control, TODAY, None, "", str(control.pk), TODAY)
    assert not warned()
    assert "indiquez les deux" in refused(lambda: answer_control(control, TODAY, TODAY, "", str(control.pk), TODAY))
    control = answer_control(control, TODAY, TODAY, "confirmed", str(control.pk), TODAY)
    assert closed_on(control) == TODAY


# Start ---------------------------------------------------------------------------------------------


def test_a_start_makes_the_support_the_path_the_contract_and_the_pass_at_once(
    world: World, candidacy: Candidacy
) -> None:
    decided(candidacy, HIRED)
    contract = start(candidacy, terms(world), NewPass(TODAY), seen(candidacy), TODAY)
    person_id = candidacy.person_id
    assert contract.site_id == world.site.pk
    assert Support.objects.current().get(person_id=person_id).starts == TODAY
    assert Pathway.objects.current().get(person_id=person_id).starts == TODAY
    assert Pass.objects.current().get(person_id=person_id).starts == TODAY
    row = told(candidacy)
    assert (row.started, row.closed_on, row.kept_until) == (True, TODAY, None)
    assert "démarré" in refused(lambda: take_back_decision(candidacy, seen(candidacy)))


@pytest.mark.parametrize("choices", [(), (WAITS,)])
def test_a_start_before_the_decision_is_refused(
    world: World, candidacy: Candidacy, choices: tuple[Choice, ...]
) -> None:
    decided(candidacy, *choices)
    said = refused(lambda: start(candidacy, terms(world), None, seen(candidacy), TODAY))
    assert "pas décidée" in said


def test_a_start_is_noted_on_its_day_and_not_before(world: World, candidacy: Candidacy) -> None:
    decided(candidacy, replace(HIRED, first_day=TODAY + DAY))
    tomorrow = terms(world, starts=TODAY + DAY)
    assert "à venir" in refused(lambda: start(candidacy, tomorrow, None, seen(candidacy), TODAY))


def test_a_start_that_the_rules_refuse_leaves_everything_as_it_was(world: World, candidacy: Candidacy) -> None:
    decided(candidacy, HIRED)
    too_long = terms(world, last_day=TODAY + timedelta(days=900))
    refused(lambda: start(candidacy, too_long, NewPass(TODAY), seen(candidacy), TODAY))
    refused(lambda: start(candidacy, terms(world, weekly_hours=Decimal(10)), None, seen(candidacy), TODAY))
    assert told(candidacy).is_open
    for model in (Support, Contract, Pass, Pathway):
        assert not model.objects.filter(person_id=candidacy.person_id).exists(), model


def test_what_a_hiring_still_asks_for_warns_from_the_start_on(world: World, candidacy: Candidacy) -> None:
    decided(candidacy, HIRED)
    start(candidacy, terms(world), None, seen(candidacy), TODAY)
    hiring = Hiring.objects.current().get(candidacy=candidacy.series)

    def warned() -> set[str]:
        settle(TODAY)
        alerts = Alert.objects.filter(person_id=candidacy.person_id, kind="hiring_step")
        return {alert.about["value"] for alert in alerts}

    assert warned() == {"declaration", "contract_handed_over", "health_visit"}
    fresh = note_step(hiring, "declaration", TODAY - DAY, str(hiring.pk), TODAY)
    assert warned() == {"contract_handed_over", "health_visit"}
    with pytest.raises(ChangedMeanwhile):
        note_step(hiring, "health_visit", TODAY, str(hiring.pk), TODAY)
    assert "futur" in refused(lambda: note_step(fresh, "health_visit", TODAY + DAY, str(fresh.pk), TODAY))
    assert "existe pas" in refused(lambda: note_step(fresh, "nothing", TODAY, str(fresh.pk), TODAY))
    note_step(fresh, "declaration", None, str(fresh.pk), TODAY)
    assert "declaration" in warned()
