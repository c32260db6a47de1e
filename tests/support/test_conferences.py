"""Case conferences: nobody is discussed without her agreement, and what is decided has its readers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from convergence.people.models import Person
from convergence.platform.dated import withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.support.conferences.reading import agenda_of, decisions_of
from convergence.support.conferences.recording import (
    Agreement,
    cancel_conference,
    decide,
    move_up,
    plan_conference,
    put_on_agenda,
    take_off_agenda,
)
from convergence.support.goals.recording import Task
from convergence.support.models import Action, Conference, ConferenceDecision, Discussion, Goal
from convergence.vocabulary.goals import ActionBy
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_person

Acting = Callable[[str], AbstractContextManager[None]]
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
SPOKEN = Agreement(TODAY, "spoken")
WRITES = {"social", "health", "justice"}


@pytest.fixture
def conference(world: World) -> Conference:
    counsellor = world.users[Role.COUNSELLOR]
    assume(counsellor.pk, TODAY)
    return plan_conference([world.site.pk], TODAY, [counsellor.pk], "", today=TODAY)


@pytest.fixture
def lise(world: World, acting_as: Acting) -> Person:
    with acting_as("maint"):
        return make_person("Lise-Marie", "Modèle", world.site)


@pytest.mark.parametrize(
    ("agreement", "sentence"),
    [
        (Agreement(TODAY, ""), "comment la personne a donné son accord"),
        (Agreement(TOMORROW, "spoken"), "dans le futur"),
    ],
)
def test_without_her_agreement_nobody_is_put_on_the_agenda(
    world: World, conference: Conference, agreement: Agreement, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        put_on_agenda(conference, world.anouk.pk, agreement, "", today=TODAY)
    assert agenda_of(conference) == []


def test_an_agreement_given_after_the_conference_is_none(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    past = plan_conference([world.site.pk], YESTERDAY, [], "", today=TODAY)
    with pytest.raises(Refused, match="vient après la réunion"):
        put_on_agenda(past, world.anouk.pk, SPOKEN, "", today=TODAY)


@pytest.mark.parametrize("lacking", [{"agreed_on": None}, {"agreed_how": ""}])
def test_the_database_holds_to_it(world: World, conference: Conference, lacking: dict[str, object]) -> None:
    given = {"person": world.anouk, "conference": conference.series, "rank": 1, "agreed_on": TODAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Discussion.objects.create(**given | {"agreed_how": "spoken"} | lacking)


def test_people_are_discussed_in_the_order_that_one_chooses(world: World, conference: Conference, lise: Person) -> None:
    put_on_agenda(conference, world.anouk.pk, SPOKEN, "Le logement.", today=TODAY)
    second = put_on_agenda(conference, lise.pk, SPOKEN, "", today=TODAY)
    assert [(line.name, line.initials) for line in agenda_of(conference)] == [
        ("Anouk Fictive", "A. F."),
        ("Lise-Marie Modèle", "L. M. M."),
    ]
    move_up(second)
    assert [line.name for line in agenda_of(conference)] == ["Lise-Marie Modèle", "Anouk Fictive"]
    move_up(agenda_of(conference)[0].discussion)
    assert [line.name for line in agenda_of(conference)] == ["Lise-Marie Modèle", "Anouk Fictive"]
    with pytest.raises(Refused, match="déjà à l’ordre du jour"):
        put_on_agenda(conference, lise.pk, SPOKEN, "", today=TODAY)


def test_a_decision_is_read_by_its_readers_in_the_file_and_an_action_follows(
    world: World, conference: Conference
) -> None:
    discussion = put_on_agenda(conference, world.anouk.pk, SPOKEN, "", today=TODAY)
    goal = Goal.objects.current().get(person=world.anouk)
    task = Task("Appeler la résidence fictive.", ActionBy.PERSON, TOMORROW)
    decide(conference, discussion, "Demande faite.", "social", written=WRITES, today=TODAY, goal=goal, task=task)
    decide(conference, discussion, "Avec le juge fictif.", "justice", written=WRITES, today=TODAY)

    def reads(role: Role) -> list[str]:
        assume(world.users[role].pk, TODAY)
        return [row.words for row in decisions_of(world.anouk.pk) if row.conference == conference.series]

    assert reads(Role.COUNSELLOR) == ["Avec le juge fictif.", "Demande faite."]
    assert reads(Role.SUPPORT_WORKER) == ["Demande faite."]
    assert reads(Role.SITE_MANAGER) == []
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    decision = ConferenceDecision.objects.get(conference=conference.series, compartment="social")
    assert decision.action is not None
    assert Action.objects.get(series=decision.action).what == "Appeler la résidence fictive."
    with pytest.raises(Refused, match="retirez d’abord la décision"):
        take_off_agenda(discussion)
    with pytest.raises(Refused, match="ne s’annule plus"):
        cancel_conference(conference)


@pytest.mark.parametrize(
    ("words", "compartment", "written", "sentence"),
    [
        (" ", "social", WRITES, "Écrivez ce qui est décidé"),
        ("Mots.", "work", WRITES, "Choisissez qui peut lire"),
        ("Mots.", "justice", {"social"}, "Choisissez qui peut lire"),
        ("x" * 2001, "social", WRITES, "trop long"),
    ],
)
def test_what_cannot_be_decided_is_a_sentence(
    world: World, conference: Conference, words: str, compartment: str, written: set[str], sentence: str
) -> None:
    discussion = put_on_agenda(conference, world.anouk.pk, SPOKEN, "", today=TODAY)
    with pytest.raises(Refused, match=sentence):
        decide(conference, discussion, words, compartment, written=written, today=TODAY)


def test_nothing_is_decided_before_the_day_nor_for_somebody_who_took_her_agreement_back(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    ahead = plan_conference([world.site.pk], TOMORROW, [], "", today=TODAY)
    discussion = put_on_agenda(ahead, world.anouk.pk, SPOKEN, "", today=TODAY)
    with pytest.raises(Refused, match="pas encore eu lieu"):
        decide(ahead, discussion, "Mots.", "social", written=WRITES, today=TODAY)
    take_off_agenda(discussion)
    with pytest.raises(ChangedMeanwhile, match="plus à l’ordre du jour"):
        decide(ahead, discussion, "Mots.", "social", written=WRITES, today=TOMORROW)


def test_a_conference_is_read_by_those_who_support_at_its_sites(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    own = plan_conference([world.site.pk], TODAY, [], "", today=TODAY)
    shared = plan_conference([world.site.pk, world.other_site.pk], TODAY, [], "", today=TODAY)
    put_on_agenda(shared, world.anouk.pk, SPOKEN, "", today=TODAY)
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    seen = set(Conference.objects.current().values_list("pk", flat=True))
    assert shared.pk in seen
    assert own.pk not in seen
    assert agenda_of(shared) == []
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    assert not Conference.objects.exists()


def test_a_conference_at_which_another_site_decided_is_not_cancelled(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    shared = plan_conference([world.site.pk, world.other_site.pk], TODAY, [], "", today=TODAY)
    put_on_agenda(shared, world.anouk.pk, SPOKEN, "", today=TODAY)
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    discussion = put_on_agenda(shared, world.sami.pk, SPOKEN, "", today=TODAY)
    decision = decide(shared, discussion, "Mots.", "social", written=WRITES, today=TODAY)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused, match="par votre équipe ou une autre"):
        cancel_conference(shared)
    assert len(agenda_of(shared)) == 1

    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    withdraw(decision)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    cancel_conference(shared)
    assert not Conference.objects.current().filter(pk=shared.pk).exists()
    assert agenda_of(shared) == []
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert agenda_of(shared) == []


def test_the_agenda_of_a_conference_is_closed_by_those_who_take_part(world: World, conference: Conference) -> None:
    put_on_agenda(conference, world.anouk.pk, SPOKEN, "", today=TODAY)
    for stranger in (world.elsewhere[Role.COUNSELLOR], world.users[Role.SITE_MANAGER]):
        assume(stranger.pk, TODAY)
        with pytest.raises(ProgrammingError, match="takes no part"), transaction.atomic():
            cancel_conference(conference)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert len(agenda_of(conference)) == 1


@pytest.mark.parametrize("held_on", [date(1990, 1, 1), date(2100, 1, 1)])
def test_a_day_of_another_age_is_a_sentence(world: World, held_on: date) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(Refused, match="vérifiez la date"):
        plan_conference([world.site.pk], held_on, [], "", today=TODAY)
