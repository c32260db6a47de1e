"""Threads of support after a job or a home: opened, followed, stopped; whoever may warn, and what is done then."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.situations.recording import record_situation
from convergence.support.after.models import ExtendedSupport, FollowUp, ThirdParty, ThirdPartyWarning
from convergence.support.after.reading import proposed, told_threads
from convergence.support.after.recording import (
    News,
    agree_third_party,
    answer_warning,
    end_agreement,
    note_news,
    note_warning,
    open_thread,
    reopen_thread,
    stop_thread,
    withdraw_news,
    withdraw_thread,
)
from convergence.support.models import Alert, Contact
from convergence.territories.periods import days
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding, SupportOpener, ThirdPartyRole
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]

OPENED = TODAY - timedelta(days=40)
HOLDS = News(FollowUpResult.HOLDS, TODAY, ContactKind.CALL, "Tout va bien, des mots fictifs.")


@pytest.fixture(autouse=True)
def counsellor(world: World) -> int:
    user = world.users[Role.COUNSELLOR]
    assume(user.pk, TODAY)
    return user.pk


def opened(lina: Person, opener: SupportOpener = SupportOpener.JOB, since: date = OPENED) -> ExtendedSupport:
    return open_thread(lina.pk, opener, since, today=TODAY)


def told(thread: ExtendedSupport, news: News = HOLDS) -> FollowUp:
    return note_news(thread, news, seen_version=str(thread.pk), actor_id=None, today=TODAY)


def alerts(lina: Person) -> set[str]:
    settle(TODAY)
    return set(Alert.objects.filter(person=lina, compartment="social").values_list("kind", flat=True))


def landlord(thread: ExtendedSupport) -> ThirdParty:
    return agree_third_party(thread, ThirdPartyRole.LANDLORD, "Bailleur Factice", "01 99 00 00 01", OPENED, TODAY)


def test_a_home_of_her_own_is_proposed_then_opened_once(lina: Person) -> None:
    record_situation(lina.pk, "housing", "social_lease", OPENED, today=TODAY)
    assert "home_reached" in alerts(lina)
    (access,) = proposed(lina.pk, told_threads(lina.pk), TODAY)
    assert (access.opener, access.since) == (SupportOpener.HOME, OPENED)
    opened(lina, access.opener, access.since)
    assert proposed(lina.pk, told_threads(lina.pk), TODAY) == []
    assert alerts(lina) >= {"follow_up_due", "no_contact"}
    assert "home_reached" not in alerts(lina)
    with pytest.raises(Refused, match="déjà ouvert"):
        opened(lina, access.opener, TODAY)
    opened(lina)  # one thread each: the job has its own
    assert "no_contact" not in alerts(lina)


def test_news_by_a_call_is_a_contact_too_and_answers_what_was_due(lina: Person) -> None:
    thread = opened(lina)
    (before,) = told_threads(lina.pk)
    assert before.due
    assert before.due.months == 1
    had = told(thread)
    assert Contact.objects.current().get(person=lina).series == had.contact
    (after,) = told_threads(lina.pk)
    assert after.due
    assert after.due.months == 3
    withdraw_news(had)
    assert not Contact.objects.current().filter(person=lina).exists()
    assert told_threads(lina.pk)[0].due == before.due


def test_the_words_of_the_news_are_sealed(lina: Person) -> None:
    had = told(opened(lina))
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM support_followup WHERE id = %s", [had.pk])
        stored = bytes(cursor.fetchone()[0])
    assert b"Tout va bien" not in stored
    assert FollowUp.objects.get(pk=had.pk).words == HOLDS.words


def test_what_is_lost_ends_the_thread_until_it_is_taken_back(lina: Person) -> None:
    thread = opened(lina)
    had = told(thread, News(FollowUpResult.LOST, TODAY))
    ended = ExtendedSupport.objects.current().get(series=thread.series)
    assert (ended.ending, ended.valid) == ("lost", days(OPENED, TODAY))
    assert "follow_up_due" not in alerts(lina)
    withdraw_news(had)
    assert ExtendedSupport.objects.current().get(series=thread.series).ends is None


def test_a_thread_stops_for_a_reason_and_goes_on_if_that_was_a_mistake(lina: Person) -> None:
    thread = opened(lina)
    ended = stop_thread(thread, SupportEnding.YEAR_OVER, TODAY, seen_version=str(thread.pk), today=TODAY)
    with pytest.raises(ChangedMeanwhile):
        told(thread)
    with pytest.raises(Refused, match="terminé"):
        told(ended)
    assert reopen_thread(ended).ends is None


def test_a_thread_with_news_is_not_taken_back(lina: Person) -> None:
    thread = opened(lina)
    had = told(thread)
    with pytest.raises(Refused, match="notez plutôt sa fin"):
        withdraw_thread(thread)
    withdraw_news(had)
    withdraw_thread(thread)
    assert told_threads(lina.pk) == []


def test_an_employer_or_landlord_is_kept_with_agreement_only_and_hidden_once_it_is_withdrawn(lina: Person) -> None:
    thread = opened(lina)
    with pytest.raises(Refused, match="Sans l’accord"):
        agree_third_party(thread, ThirdPartyRole.EMPLOYER, "Usine Factice", "", None, TODAY)
    assert not ThirdParty.objects.exists() or not ThirdParty.objects.filter(person=lina).exists()
    known = landlord(thread)
    assert [each.name for each in told_threads(lina.pk)[0].third_parties] == ["Bailleur Factice"]
    ended = end_agreement(known, TODAY)
    assert told_threads(lina.pk)[0].third_parties == []
    with pytest.raises(ChangedMeanwhile):
        end_agreement(known, TODAY)
    with pytest.raises(ChangedMeanwhile, match="déjà retiré"):
        end_agreement(ended, TODAY)


def test_a_warning_is_an_alert_until_somebody_says_what_was_done(lina: Person, counsellor: int) -> None:
    known = landlord(opened(lina))
    said = note_warning(known, "Deux loyers en retard, fictifs.", TODAY, TODAY)
    said.refresh_from_db()
    assert said.recorded_by_id == counsellor
    assert "third_party_warning" in alerts(lina)
    with pytest.raises(Refused, match="avant l’alerte"):
        answer_warning(said, "Appelé.", OPENED, seen_version=str(said.pk), today=TODAY)
    answer_warning(said, "Appelé, un rendez-vous est pris.", TODAY, seen_version=str(said.pk), today=TODAY)
    assert "third_party_warning" not in alerts(lina)
    with pytest.raises(ChangedMeanwhile):
        answer_warning(said, "Encore.", TODAY, seen_version=str(said.pk), today=TODAY)


def test_nobody_warns_outside_the_agreement(lina: Person) -> None:
    known = landlord(opened(lina))
    with pytest.raises(Refused, match="son accord"):
        note_warning(known, "Des mots fictifs.", OPENED - timedelta(days=1), TODAY)
    assert not ThirdPartyWarning.objects.filter(person=lina).exists()


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (News(FollowUpResult.HOLDS, TODAY + timedelta(days=1)), "futur"),
        (News(FollowUpResult.HOLDS, OPENED - timedelta(days=1)), "avant le début"),
        (News(FollowUpResult.HOLDS, TODAY, ContactKind.CALL_NO_ANSWER), "sans réponse"),
        (News(FollowUpResult.HOLDS, TODAY, None, "x" * 2001), "trop long"),
    ],
)
def test_news_that_cannot_be_is_refused_and_nothing_is_written(lina: Person, news: News, said: str) -> None:
    thread = opened(lina)
    with pytest.raises(Refused, match=said):
        told(thread, news)
    assert not FollowUp.objects.filter(person=lina).exists()
    assert not Contact.objects.filter(person=lina).exists()


def test_two_threads_of_one_sort_never_run_at_once_in_the_database(lina: Person) -> None:
    opened(lina)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtendedSupport(person=lina, opener="job", valid=days(TODAY, None)).save()
