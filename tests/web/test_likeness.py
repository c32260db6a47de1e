"""The screens of files that look alike: the list, two files side by side, a decision, its undoing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.urls import reverse

from convergence.people.likeness.models import Likeness, LikenessDecision
from convergence.people.likeness.searching import KIND
from convergence.people.models import Person
from convergence.platform.models import Job
from convergence.vocabulary.likeness import LikenessState, Verdict
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.people.pairs import pair_of, say, searched, someone
from tests.web.team import enter, text

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def on_the_day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def across(world: World, acting_as: Acting) -> Likeness:
    with acting_as("maint"):
        one = someone("Souleymane", "Maquette", world.site)
        other = someone("Suleiman", "Maquette", world.other_site, birth_day=None)
    searched(world, acting_as)
    return pair_of(acting_as, one, other)


@pytest.fixture
def within(world: World, acting_as: Acting) -> Likeness:
    with acting_as("maint"):
        one = someone("Aïcha", "Chimère", world.site, sex="woman")
        other = someone("CHIMERE", "AICHA", world.site, sex="woman")
    searched(world, acting_as)
    return pair_of(acting_as, one, other)


def address(pair: Likeness) -> str:
    return reverse("likeness", args=[pair.pk])


def state_of(acting_as: Acting, pair: Likeness) -> str:
    return str(pair_of(acting_as, pair.low, pair.high).state)


def sent(pair: Likeness, verdict: str, **more: Any) -> dict[str, Any]:
    return {"verdict": verdict, "seen": pair.version, "words": ""} | more


def test_the_coordinator_finds_the_pair_with_its_reasons_and_opens_it(world: World, across: Likeness) -> None:
    coordinator = enter(world.users[Role.COORDINATOR])
    assert "1 paire de dossiers qui se ressemblent" in text(coordinator.get(reverse("today")))
    listed = text(coordinator.get(reverse("likenesses")))
    assert "Souleymane Maquette et Suleiman Maquette" in listed
    assert "prénoms qui se prononcent pareil · même nom" in listed
    opened = text(coordinator.get(address(across)))
    for words in ("03/05/1985", "05/1985", "Chantier des Saules", "Chantier des Tilleuls", "même année de naissance"):
        assert words in opened
    assert "même mois de naissance, jour non noté d’un côté" in opened
    assert "sexe" not in opened
    assert reverse("person", args=[across.low_id]) not in opened


def test_the_team_finds_its_own_pair_with_the_way_to_both_files(world: World, within: Likeness) -> None:
    counsellor = enter(world.users[Role.COUNSELLOR])
    assert "1 paire de dossiers qui se ressemblent" in text(counsellor.get(reverse("today")))
    opened = text(counsellor.get(address(within)))
    assert "prénom et nom inversés" in opened
    assert "même sexe noté" in opened
    assert reverse("person", args=[within.high_id]) in opened


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_the_pairs_that_it_may_decide_and_no_other(
    world: World, across: Likeness, within: Likeness, role: Role
) -> None:
    expected = {
        across: role is Role.COORDINATOR,
        within: role in {Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER},
    }
    client = enter(world.users[role])
    for pair, may in expected.items():
        opened = client.get(address(pair))
        assert (opened.status_code == 200) is may
        assert ("Maquette" in text(opened) or "Chimère" in text(opened)) is may
        decided = client.post(address(pair), sent(pair, "apart"))
        assert decided.status_code == (302 if may else 403 if opened.status_code == 403 else 404)
    assert enter(world.elsewhere[role]).get(address(within)).status_code in {403, 404}
    assert enter(world.former[role]).get(address(within)).status_code == 403


def test_linking_shows_the_other_file_on_each_person_s_page_and_undoing_shows_nothing(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    coordinator = enter(world.users[Role.COORDINATOR])
    answered = coordinator.post(address(across), sent(across, "same", words="Vérifié auprès des équipes."), follow=True)
    assert "Les deux dossiers sont liés" in text(answered)
    assert "Vérifié auprès des équipes." in text(answered)
    here = Person.objects.filter(pk__in=[across.low_id, across.high_id])
    enter(world.users[Role.COUNSELLOR])
    mine = here.get().pk
    page = reverse("person", args=[mine])
    shown = text(enter(world.users[Role.COUNSELLOR]).get(page))
    assert "Notée là-bas : Suleiman Maquette" in shown
    assert "05/1985" in shown
    assert "Chantier des Tilleuls" in shown
    assert "Tout le reste demande l’accord de la personne." in shown
    assert "Notée là-bas" not in text(enter(world.users[Role.WORK_SUPERVISOR]).get(page))
    linked = pair_of(acting_as, across.low, across.high)
    undo = f"{reverse('undo-likeness', args=[across.pk])}?version={linked.version}"
    undone = enter(world.users[Role.COORDINATOR]).post(undo, follow=True)
    assert "plus rien n’est partagé" in text(undone)
    shown = text(enter(world.users[Role.COUNSELLOR]).get(page))
    assert "Suleiman" not in shown
    assert "Tilleuls" not in shown


def test_undoing_a_link_that_others_go_round_says_what_stays_shared(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        files = [someone("Bintou", "Illusion", world.site) for _ in range(3)]
    searched(world, acting_as)
    pairs = [pair_of(acting_as, files[one], files[two]) for one, two in ((0, 1), (1, 2), (0, 2))]
    counsellor = enter(world.users[Role.COUNSELLOR])
    for pair in pairs:
        counsellor.post(address(pair), sent(pair, "same"))
    undo = f"{reverse('undo-likeness', args=[pairs[0].pk])}?version={pairs[0].version + 1}"
    told = text(counsellor.post(undo, follow=True))
    assert "restent partagés" in told
    assert "plus rien n’est partagé" not in told


def test_a_decision_is_undone_from_its_own_message(world: World, within: Likeness, acting_as: Acting) -> None:
    counsellor = enter(world.users[Role.COUNSELLOR])
    told = counsellor.post(address(within), sent(within, "apart"), follow=True)
    undo = f"{reverse('undo-likeness', args=[within.pk])}?version={within.version + 1}"
    assert f'action="{undo}"' in told.content.decode()
    counsellor.post(undo)
    assert state_of(acting_as, within) == LikenessState.OPEN


def test_two_people_are_listed_without_their_names(world: World, across: Likeness) -> None:
    coordinator = enter(world.users[Role.COORDINATOR])
    coordinator.post(address(across), sent(across, "apart"))
    listed = text(coordinator.get(reverse("likenesses"), {"etat": "deux-personnes"}))
    assert "par Ici-coordinator Exemple" in listed
    assert "Maquette" not in listed
    assert "Maquette" not in text(coordinator.get(address(across)))


def test_whoever_decides_second_reads_who_decided_and_loses_no_word(
    world: World, across: Likeness, acting_as: Acting
) -> None:
    say(world.elsewhere[Role.COORDINATOR], across, Verdict.UNSURE)
    answered = enter(world.users[Role.COORDINATOR]).post(address(across), sent(across, "same", words="Mes mots à moi."))
    assert answered.status_code == 409
    told = text(answered)
    assert "Ailleurs-coordinator Exemple a décidé le" in told
    assert "pas encore tranché" in told
    assert "Mes mots à moi." in told
    assert state_of(acting_as, across) == LikenessState.UNSURE
    assert LikenessDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verdict": "merge"}, "choisissez une des trois réponses"),
        ({"verdict": ""}, "choisissez une des trois réponses"),
        ({"verdict": "undone"}, "choisissez une des trois réponses"),
        ({"seen": ""}, "rechargez la page"),
        ({"seen": "99999999999999999999"}, "rechargez la page"),
        ({"seen": "un"}, "rechargez la page"),
        ({"words": "x" * 1_001}, "1000"),
        ({"words": "a\x00b"}, "nul"),
    ],
)
def test_bad_input_is_told_in_a_sentence_and_decides_nothing(
    world: World, within: Likeness, acting_as: Acting, changed: dict[str, Any], said: str
) -> None:
    answered = enter(world.users[Role.COUNSELLOR]).post(address(within), sent(within, "same") | changed)
    assert answered.status_code == 422
    assert said in text(answered)
    assert state_of(acting_as, within) == LikenessState.OPEN


@pytest.mark.parametrize("version", ["", "un", "-1", "1" * 30, "²"])
def test_an_undoing_without_its_version_is_refused_in_a_sentence(
    world: World, within: Likeness, acting_as: Acting, version: str
) -> None:
    say(world.users[Role.COUNSELLOR], within, Verdict.SAME)
    undo = f"{reverse('undo-likeness', args=[within.pk])}?version={version}"
    answered = enter(world.users[Role.COUNSELLOR]).post(undo)
    assert answered.status_code == 409
    assert "n’est pas reconnue" in text(answered)
    assert state_of(acting_as, within) == LikenessState.LINKED


def test_undoing_twice_tells_that_it_is_done(world: World, within: Likeness) -> None:
    counsellor = world.users[Role.COUNSELLOR]
    say(counsellor, within, Verdict.SAME)
    undo = f"{reverse('undo-likeness', args=[within.pk])}?version={within.version + 1}"
    client = enter(counsellor)
    assert client.post(undo).status_code == 302
    again = client.post(undo)
    assert again.status_code == 409
    assert "relisez" in text(again)


def test_a_pair_that_does_not_exist_and_one_of_others_look_the_same(world: World, across: Likeness) -> None:
    counsellor = enter(world.users[Role.COUNSELLOR])
    hidden, missing = counsellor.get(address(across)), counsellor.get(reverse("likeness", args=[10**12]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    told = [text(page).partition("<main")[2].partition("</main>")[0] for page in (hidden, missing)]
    assert told[0] == told[1] != ""


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SITE_MANAGER])
def test_files_are_compared_on_demand_once_at_a_time(world: World, role: Role) -> None:
    client = enter(world.users[role])
    page = client.get(reverse("likenesses"))
    assert "Comparer les dossiers maintenant" in text(page)
    ask = reverse("compare-files")
    first = client.post(ask, {"territory": world.territory.pk}, follow=True)
    assert "La comparaison est lancée" in text(first)
    second = client.post(ask, {"territory": world.territory.pk}, follow=True)
    assert "déjà en cours" in text(second)
    assert Job.objects.filter(kind=KIND).count() == 1
    for wrong in ("", "abc", str(world.territory.pk + 1)):
        assert client.post(ask, {"territory": wrong}).status_code == 404


def test_a_list_in_a_state_that_does_not_exist_shows_those_to_decide(world: World, across: Likeness) -> None:
    page = enter(world.users[Role.COORDINATOR]).get(reverse("likenesses"), {"etat": "n’importe quoi", "page": "zéro"})
    assert "Souleymane" in text(page)


def test_data_protection_reads_who_linked_what_and_who_undid_it_without_a_name(world: World, across: Likeness) -> None:
    coordinator = world.users[Role.COORDINATOR]
    say(coordinator, across, Verdict.SAME, "Des mots qui ne regardent qu’eux.")
    say(world.elsewhere[Role.COORDINATOR], across, Verdict.UNDONE)
    client = enter(world.users[Role.DATA_PROTECTION_OFFICER])
    assert reverse("likeness-decisions") in text(client.get(reverse("today")))
    journal = text(client.get(reverse("likeness-decisions")))
    undone, linked = journal.index("Décision défaite"), journal.index("C’est la même personne")
    assert undone < linked
    for words in (
        "Ici-coordinator Exemple",
        "Ailleurs-coordinator Exemple",
        f"n° {across.low_id} et n° {across.high_id}",
    ):
        assert words in journal
    for words in ("Maquette", "Des mots"):
        assert words not in journal
    for role in set(Role) - {Role.DATA_PROTECTION_OFFICER}:
        assert enter(world.users[role]).get(reverse("likeness-decisions")).status_code == 403


def test_an_empty_list_says_what_comes_next(world: World) -> None:
    page = text(enter(world.users[Role.COORDINATOR]).get(reverse("likenesses")))
    assert "Aucune paire à décider" in page
    assert "chaque nuit" in page
    assert "jamais comparés encore" in page
