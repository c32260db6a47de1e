"""Support that goes on, on the tab « Après » and on Today, as a team fills it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Exit
from convergence.people.models import Person
from convergence.support.after.models import ExtendedSupport, FollowUp, ThirdParty, ThirdPartyWarning
from convergence.support.models import Contact
from tests.builders import TODAY
from tests.web.test_exits import client, manager, milo, proposed, screen, send, text_of

__all__ = ["client", "manager", "milo"]

SINCE = TODAY - timedelta(days=40)


def post(client: Client, address: str, person: Person, *more: int, **told: str) -> Any:
    return client.post(reverse(address, args=[person.pk, *more]), told)


def tab(client: Client, person: Person) -> str:
    return text_of(client.get(reverse("after", args=[person.pk])))


@pytest.fixture
def thread(client: Client, milo: Person) -> ExtendedSupport:
    assert post(client, "new-thread", milo, opener="home", since=SINCE.isoformat()).status_code == 302
    return ExtendedSupport.objects.current().get(person=milo)


def test_a_home_is_proposed_on_the_tab_and_on_today_and_opened_in_a_touch(client: Client, milo: Person) -> None:
    shown = client.get(reverse("record-situation", args=[milo.pk, "housing"])).context["form"]
    moved = {"code": "social_lease", "since": SINCE.isoformat(), "seen_version": str(shown["seen_version"].value())}
    assert client.post(reverse("record-situation", args=[milo.pk, "housing"]), moved).status_code == 302
    assert "Ouvrir l’accompagnement" in text_of(client.get(reverse("today")))
    page = client.get(reverse("after", args=[milo.pk]))
    assert "Logement autonome depuis le 14 octobre 2026" in text_of(page)
    touch = {"opener": "home", "since": SINCE.isoformat()}
    for name, value in touch.items():
        assert f'name="{name}" value="{value}"' in page.content.decode()
    assert post(client, "new-thread", milo, **touch).status_code == 302
    assert "Prochaines nouvelles : à 1 mois, vers le 14 novembre 2026" in tab(client, milo)
    assert "Noter des nouvelles" in text_of(client.get(reverse("today")))
    assert post(client, "new-thread", milo, **touch).status_code == 409


def test_an_exit_to_a_durable_job_opens_the_thread_and_its_undoing_takes_it_back(client: Client, milo: Person) -> None:
    send(client, milo, proposed(screen(client, milo, 3), employer="Boulangerie Factice"))
    noted = Exit.objects.current().get(person=milo)
    thread = ExtendedSupport.objects.current().get(person=milo)
    assert (thread.opener, thread.starts, thread.exit) == ("job", noted.starts, noted.series)
    told = {"result": "holds", "kind": "call", "on": TODAY.isoformat(), "seen_version": str(thread.pk)}
    assert post(client, "thread-news", milo, thread.pk, **told).status_code == 302
    refused = client.post(reverse("undo-exit", args=[milo.pk, noted.pk]), follow=True)
    assert "Des nouvelles y sont déjà notées" in text_of(refused)
    assert Exit.objects.current().filter(person=milo).exists()
    had = FollowUp.objects.current().get(person=milo)
    post(client, "withdraw-news", milo, had.pk)
    undone = client.post(reverse("undo-exit", args=[milo.pk, noted.pk]), follow=True)
    assert "comme avant" in text_of(undone)
    assert not ExtendedSupport.objects.current().filter(person=milo).exists()


def test_the_manager_opens_no_thread_and_reads_none(client: Client, manager: Client, milo: Person) -> None:
    send(manager, milo, proposed(screen(manager, milo, 3), employer="Boulangerie Factice"))
    assert not ExtendedSupport.objects.filter(person=milo).exists()
    assert "Accompagnement pour que cela dure" not in tab(manager, milo)
    assert "CDI non aidé ailleurs" in tab(manager, milo)


def test_news_are_noted_in_a_minute_and_what_is_lost_leads_to_a_new_path(
    client: Client, milo: Person, thread: ExtendedSupport
) -> None:
    address = reverse("thread-news", args=[milo.pk, thread.pk])
    shown = client.get(address).context["form"]
    told = {"on": shown["on"].value().isoformat(), "kind": shown["kind"].value(), "seen_version": str(thread.pk)}
    assert told["kind"] == "call"
    assert "Dites si cela tient" in text_of(client.post(address, told))
    lost = told | {"result": "lost", "words": "Expulsion fictive."}
    assert "un nouveau parcours peut commencer" in text_of(client.post(address, lost, follow=True))
    said = tab(client, milo)
    assert "Perdu · Expulsion fictive." in said
    assert "arrêté : l’emploi ou le logement est perdu" in said
    assert Contact.objects.current().filter(person=milo, kind="call").count() == 1
    late = client.post(address, lost)
    assert late.status_code == 409
    assert "Quelqu’un a changé cela" in text_of(late)


def test_a_landlord_is_kept_with_agreement_warns_and_is_answered(
    client: Client, milo: Person, thread: ExtendedSupport
) -> None:
    told = {"role": "landlord", "name": "Bailleur Factice", "reach": "01 99 00 00 01", "agreed_on": SINCE.isoformat()}
    without = post(client, "new-third-party", milo, thread.pk, **told)
    assert without.status_code == 422
    assert "Sans l’accord de la personne" in text_of(without)
    assert not ThirdParty.objects.filter(person=milo).exists()
    post(client, "new-third-party", milo, thread.pk, **told, agrees="on")
    known = ThirdParty.objects.get(person=milo)
    assert "Bailleur, Bailleur Factice 01 99 00 00 01 · accord du 14 octobre 2026" in tab(client, milo)
    post(client, "new-warning", milo, known.pk, words="Deux loyers en retard.", on=TODAY.isoformat())
    warned = ThirdPartyWarning.objects.get(person=milo)
    said = tab(client, milo)
    assert "reçue par Ici-counsellor Exemple : « Deux loyers en retard. »" in said
    assert "Alerte d’un employeur ou d’un bailleur" in text_of(client.get(reverse("person", args=[milo.pk])))
    answered = {"answer": "Rendez-vous pris.", "on": TODAY.isoformat(), "seen_version": str(warned.pk)}
    assert post(client, "answer-warning", milo, warned.pk, **answered).status_code == 302
    assert "répondu le 23 novembre 2026 : Rendez-vous pris." in tab(client, milo)
    post(client, "end-third-party", milo, known.pk)
    assert "01 99 00 00 01" not in tab(client, milo)


def test_a_thread_is_stopped_and_the_stop_undone(client: Client, milo: Person, thread: ExtendedSupport) -> None:
    told = {"ending": "year_over", "on": TODAY.isoformat(), "seen_version": str(thread.pk)}
    assert post(client, "stop-thread", milo, thread.pk, **told).status_code == 302
    ended = ExtendedSupport.objects.current().get(person=milo)
    assert "arrêté : l’année est passée" in tab(client, milo)
    assert post(client, "stop-thread", milo, thread.pk, **told).status_code == 409
    post(client, "reopen-thread", milo, ended.pk)
    running = ExtendedSupport.objects.current().get(person=milo)
    assert running.ends is None
    post(client, "withdraw-thread", milo, running.pk)
    assert "Aucun accompagnement ouvert" in tab(client, milo)


def test_a_thread_does_not_go_on_over_another_of_its_sort_opened_since(
    client: Client, milo: Person, thread: ExtendedSupport
) -> None:
    ended = (TODAY - timedelta(days=9)).isoformat()
    post(
        client, "thread-news", milo, thread.pk, result="lost", on=ended, kind="", words="", seen_version=str(thread.pk)
    )
    post(client, "new-thread", milo, opener="home", since=TODAY.isoformat())
    assert ExtendedSupport.objects.current().filter(person=milo).count() == 2
    news = FollowUp.objects.current().get(person=milo)
    answers = [
        client.post(
            reverse(
                "reopen-thread", args=[milo.pk, ExtendedSupport.objects.current().get(person=milo, ending="lost").pk]
            ),
            follow=True,
        ),
        client.post(reverse("withdraw-news", args=[milo.pk, news.pk]), follow=True),
    ]
    assert ["déjà ouvert" in text_of(answer) for answer in answers] == [True, True]
    assert FollowUp.objects.current().filter(pk=news.pk).exists()
