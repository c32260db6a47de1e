"""Candidacies as a team enters them: sent, met, decided, waiting, started, controlled; every refusal a sentence."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from convergence.pathways.models import Candidacy, CandidacyDecision, Contract, EligibilityControl, Hiring, Pass
from convergence.people.models import PersonName, Support
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

SENT = TODAY - timedelta(days=12)
NOA = {
    "given_name": "Noa",
    "family_name": "Inventé",
    "birth": "03/05/1990",
    "phone": "06 39 98 12 34",
    "referrer": "shelter",
    "body": "Centre Exemple",
    "oriented_on": SENT.isoformat(),
}
CONTRACT = {
    "kind": "cddi",
    "programme": "cvg",
    "starts": TODAY.isoformat(),
    "last_day": (TODAY + timedelta(days=200)).isoformat(),
    "weekly_hours": "26",
    "pass_first_day": TODAY.isoformat(),
}


@pytest.fixture
def clients(world: World, time_machine: Any) -> dict[Role, Client]:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    made = {role: Client() for role in (Role.COUNSELLOR, Role.SITE_MANAGER, Role.WORK_SUPERVISOR)}
    for role, each in made.items():
        each.force_login(world.users[role])
    return made


@pytest.fixture
def elsewhere(world: World) -> Client:
    """The counsellor of another site."""
    signed_in = Client()
    signed_in.force_login(world.elsewhere[Role.COUNSELLOR])
    return signed_in


@pytest.fixture
def client(clients: dict[Role, Client]) -> Client:
    return clients[Role.COUNSELLOR]


@pytest.fixture
def noa(client: Client, world: World) -> Candidacy:
    """Noa Inventé, sent by a shelter twelve days ago."""
    response = client.post(reverse("new-candidacy"), NOA | {"site": world.site.pk})
    assert response.status_code == 302
    return Candidacy.objects.latest("pk")


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words).replace("\u00a0", " "))


def listed(client: Client, tab: str = "") -> str:
    return text_of(client.get(reverse("candidacies"), {"onglet": tab})).partition("Fermées")[2]


def page_of(client: Client, noa: Candidacy) -> str:
    return text_of(client.get(reverse("candidacy", args=[noa.person_id, noa.pk])))


def seen(noa: Candidacy) -> str:
    last = CandidacyDecision.objects.current().filter(candidacy=noa.series).order_by("valid").last()
    return str(last.pk) if last else ""


def decided(client: Client, noa: Candidacy, outcome: str, **said: Any) -> Any:
    told = {"outcome": outcome, "decided_on": TODAY.isoformat(), "seen_version": seen(noa)} | said
    return client.post(reverse("decide-candidacy", args=[noa.person_id, noa.pk]), told)


def started(client: Client, noa: Candidacy, **said: str) -> Any:
    told = CONTRACT | {"seen_version": seen(noa)} | said
    return client.post(reverse("start-candidate", args=[noa.person_id, noa.pk]), told)


def test_an_orientation_waits_on_top_of_the_list_and_is_told_on_today_until_somebody_answers(
    client: Client, noa: Candidacy, world: World
) -> None:
    assert "Noa Inventé" in listed(client)
    assert "à répondre, reçue il y a 12 jours" in listed(client)
    assert "1 orientation sans réponse" in text_of(client.get(reverse("today")))
    meeting = {
        "on": TODAY.isoformat(),
        "came": "yes",
        "colleague": world.users[Role.COUNSELLOR].pk,
        "words": "Motivée par le bois.",
    }
    answer = client.post(reverse("meet-candidate", args=[noa.person_id, noa.pk]), meeting)
    assert answer.status_code == 302
    assert "Motivée par le bois." in page_of(client, noa)
    assert "à répondre" not in listed(client)
    assert "sans réponse" not in text_of(client.get(reverse("today")))


def test_a_candidate_is_not_among_those_whom_the_site_supports(client: Client, noa: Candidacy) -> None:
    assert "Inventé" not in text_of(client.get(reverse("people")))
    assert "Personne ne correspond" in text_of(client.get(reverse("people"), {"q": "Inventé"}))
    answer: Any = client.get(reverse("person", args=[noa.person_id]))
    assert answer.url == reverse("candidacy", args=[noa.person_id, noa.pk])


def test_who_may_not_hire_sees_no_candidacy(elsewhere: Client, clients: dict[Role, Client], noa: Candidacy) -> None:
    supervisor = clients[Role.WORK_SUPERVISOR]
    assert supervisor.get(reverse("candidacies")).status_code == 403
    assert "Candidatures" not in text_of(supervisor.get(reverse("people")))
    assert elsewhere.get(reverse("candidacy", args=[noa.person_id, noa.pk])).status_code == 404
    assert "Inventé" not in listed(elsewhere)


def test_somebody_known_is_shown_before_a_second_file_is_made(client: Client, noa: Candidacy, world: World) -> None:
    told = NOA | {"site": world.site.pk, "oriented_on": TODAY.isoformat()}
    page = client.post(reverse("new-candidacy"), told)
    assert page.status_code == 409
    assert "portent un nom proche" in text_of(page)
    assert f'name="person" value="{noa.person_id}"' in page.content.decode()
    assert PersonName.objects.filter(family_name="Inventé").count() == 1
    # It is her: her candidacy is still open, and no other is made beside it.
    again = client.post(reverse("new-candidacy"), told | {"person": noa.person_id})
    assert "déjà ouverte sur ce chantier" in text_of(again)
    decided(client, noa, "never_came", decided_on=SENT.isoformat())
    assert client.post(reverse("new-candidacy"), told | {"person": noa.person_id}).status_code == 302
    assert Candidacy.objects.current().filter(person_id=noa.person_id).count() == 2
    # It is somebody else.
    assert client.post(reverse("new-candidacy"), told | {"not_the_same": "1"}).status_code == 302
    assert PersonName.objects.filter(family_name="Inventé").count() == 2


def test_nobody_makes_a_candidate_of_a_person_whom_she_does_not_read(client: Client, world: World) -> None:
    told = NOA | {"site": world.site.pk, "person": world.sami.pk}
    page = client.post(reverse("new-candidacy"), told)
    assert page.status_code == 409
    assert "Vous ne pouvez pas recevoir" in text_of(page)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"oriented_on": (TODAY + timedelta(days=1)).isoformat()}, "à venir"),
        ({"oriented_on": "9999-12-31"}, "hors du possible"),
        ({"body": "CSAPA Exemple"}, "peut révéler un soin"),
        ({"given_name": "", "family_name": ""}, "au moins un prénom"),
        ({"referrer": "nobody"}, "Orientée par"),
        ({"person": "9" * 40}, "corriger"),
    ],
)
def test_an_impossible_orientation_is_a_sentence_and_makes_no_file(
    client: Client, world: World, said: dict[str, str], sentence: str
) -> None:
    page = client.post(reverse("new-candidacy"), NOA | {"site": world.site.pk} | said)
    assert page.status_code in {409, 422}
    assert sentence in text_of(page)
    assert not PersonName.objects.filter(family_name="Inventé").exists()


def test_the_same_form_twice_opens_one_candidacy(client: Client, world: World) -> None:
    told = NOA | {"site": world.site.pk, "submission": str(uuid4())}
    first, second = (client.post(reverse("new-candidacy"), told) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert PersonName.objects.filter(family_name="Inventé").count() == 1


def test_the_waiting_list_is_ordered_and_says_how_long(client: Client, noa: Candidacy, world: World) -> None:
    day = TODAY - timedelta(days=10)
    assert decided(client, noa, "waiting", decided_on=day.isoformat()).status_code == 302
    client.post(reverse("new-candidacy"), NOA | {"site": world.site.pk, "given_name": "Ade", "not_the_same": "1"})
    other = Candidacy.objects.latest("pk")
    decided(client, other, "waiting", decided_on=SENT.isoformat())
    page = listed(client, "attente")
    assert page.index("Ade Inventé") < page.index("Noa Inventé")
    assert "10 jours" in page
    assert "Inventé" not in listed(client, "en-cours")
    assert "Inventé" not in text_of(client.get(reverse("candidacies"), {"onglet": "attente", "nom": "Zoé"}))


@pytest.mark.parametrize(
    ("outcome", "said", "sentence"),
    [
        ("waiting", {"decided_on": (SENT - timedelta(days=1)).isoformat()}, "avant l’orientation"),
        ("refused_by_site", {}, "pourquoi le chantier refuse"),
        ("refused_by_site", {"reason": "Il boit de l’alcool."}, "parle peut-être de santé"),
        ("hired", {}, "premier jour"),
        ("waiting", {"first_day": TODAY.isoformat()}, "pas une embauche"),
        ("nothing", {}, "choix"),
    ],
)
def test_an_impossible_decision_is_a_sentence_that_keeps_what_was_typed(
    client: Client, noa: Candidacy, outcome: str, said: dict[str, str], sentence: str
) -> None:
    page = decided(client, noa, outcome, **said)
    assert page.status_code in {409, 422}
    assert sentence in text_of(page)
    assert said.get("reason", "") in unescape(page.content.decode())
    assert not CandidacyDecision.objects.filter(candidacy=noa.series).exists()


def test_the_second_of_two_who_decide_reads_what_the_first_decided(clients: dict[Role, Client], noa: Candidacy) -> None:
    decided(clients[Role.SITE_MANAGER], noa, "waiting")
    page = decided(clients[Role.COUNSELLOR], noa, "refused_by_site", reason="Complet.", seen_version="")
    assert page.status_code == 409
    assert "Quelqu’un a noté une décision" in text_of(page)
    assert "Dernière décision notée : En attente" in text_of(page)
    assert f'value="{seen(noa)}"' in page.content.decode()


def test_a_refusal_says_until_when_it_is_kept_and_is_taken_back(client: Client, noa: Candidacy) -> None:
    decided(client, noa, "refused_by_site", reason="Poste pourvu.")
    noa = Candidacy.objects.current().get(series=noa.series)
    assert "Conservé jusqu’au 22 novembre 2028" in page_of(client, noa)
    assert "22 novembre 2028" in listed(client, "fermees")
    again = decided(client, noa, "waiting")
    assert "s’est fermée" in text_of(again)
    withdrawn = client.post(
        reverse("withdraw-candidacy-decision", args=[noa.person_id, noa.pk]), {"seen_version": seen(noa)}, follow=True
    )
    assert "La décision est retirée" in text_of(withdrawn)
    assert Candidacy.objects.current().get(series=noa.series).ends is None


def test_eligibility_is_told_live_and_a_paper_from_the_future_is_refused(
    client: Client, noa: Candidacy, world: World
) -> None:
    assert "Il faut 1 critère de niveau 1" in page_of(client, noa)
    address = reverse("add-proof", args=[noa.person_id, world.site.pk])
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert "futur" in text_of(client.post(address, {"what": "rsa", "made_on": tomorrow}))
    assert client.post(address, {"what": "rsa", "made_on": SENT.isoformat()}).status_code == 302
    assert "Éligible : 1 critère de niveau 1." in page_of(client, noa)
    twice = client.post(address, {"what": "rsa", "made_on": SENT.isoformat()})
    assert "déjà notée" in text_of(twice)
    assert client.post(address, {"what": "diagnosis:prescriber", "made_on": SENT.isoformat()}).status_code == 302
    assert "diagnostic d’un prescripteur habilité" in page_of(client, noa)


def test_a_hiring_shows_what_is_late_and_the_start_makes_the_whole_file(
    client: Client, noa: Candidacy, world: World
) -> None:
    assert "pas décidée" in text_of(started(client, noa))
    assert decided(client, noa, "hired", first_day=TODAY.isoformat(), foreign_permit="on").status_code == 302
    page = page_of(client, noa)
    assert "Droit de travailler vérifié auprès du préfet · en retard" in page
    hiring = Hiring.objects.current().get(candidacy=noa.series)
    step = reverse("hiring-step", args=[noa.person_id, hiring.pk, "right_to_work"])
    assert client.post(step, {"done_on": TODAY.isoformat(), "seen_version": hiring.pk}).status_code == 302
    assert "après le terme" in page_of(client, noa)
    stale = client.post(step, {"done_on": TODAY.isoformat(), "seen_version": hiring.pk})
    assert "Quelqu’un a noté une démarche" in text_of(stale)
    assert "au plus 35" in text_of(started(client, noa, weekly_hours="40"))
    assert not Contract.objects.filter(person_id=noa.person_id).exists()
    response = started(client, noa)
    assert response.url == reverse("person", args=[noa.person_id])
    assert client.get(response.url).status_code == 200
    assert Support.objects.current().get(person_id=noa.person_id).site_id == world.site.pk
    assert Contract.objects.current().get(person_id=noa.person_id).weekly_hours == 26
    assert Pass.objects.current().get(person_id=noa.person_id).starts == TODAY
    assert "Noa Inventé" in text_of(client.get(reverse("people")))
    assert "Démarrage le 23 novembre 2026" in listed(client, "fermees")
    twice = started(client, noa)
    assert twice.status_code == 409
    assert "s’est fermée" in text_of(twice)


def test_a_control_counts_its_six_weeks_on_today_and_closes_with_its_result(client: Client, world: World) -> None:
    address = reverse("open-control", args=[world.anouk.pk, world.site.pk])
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert "futur" in text_of(client.post(address, {"asked_on": tomorrow}))
    opened = client.post(address, {"asked_on": TODAY.isoformat()}, follow=True)
    assert "le 4 janvier 2027 au plus tard" in text_of(opened)
    # Her paper was made after the day on which she was hired.
    assert "après ce jour" in text_of(opened)
    assert "Contrôle de l’éligibilité demandé le 23" in text_of(client.get(reverse("person", args=[world.anouk.pk])))
    control = EligibilityControl.objects.current().get(person=world.anouk, result="")
    answer = reverse("eligibility-control", args=[world.anouk.pk, control.pk])
    told = {"closed_on": TODAY.isoformat(), "seen_version": control.pk}
    assert "indiquez les deux" in text_of(client.post(answer, told))
    assert client.post(answer, told | {"result": "confirmed"}).status_code == 302
    assert "Contrôle de l’éligibilité" not in text_of(client.get(reverse("person", args=[world.anouk.pk])))
    assert "Éligibilité confirmée" in text_of(client.get(reverse("eligibility", args=[world.anouk.pk])))


def test_another_site_s_pages_of_entry_do_not_exist(client: Client, world: World) -> None:
    for name in ("add-proof", "open-control"):
        assert client.get(reverse(name, args=[world.anouk.pk, world.other_site.pk])).status_code == 404
