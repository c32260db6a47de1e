"""The directory answers words as they are typed, mistyped or in the plural, within a theme, a public and a distance."""

from typing import Any

import pytest

from convergence.network.directory.models import Town
from convergence.network.directory.search import Wanted, search, town_named, towns_like
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, bring, page, service, structure

HOUSING = "logement-hebergement--se-maintenir-dans-le-logement"
MOVING = "mobilite--acceder-a-un-vehicule"
FAR = {"commune": "Modèleville", "code_insee": "13055", "code_postal": "13001", "latitude": 43.3, "longitude": 5.38}


@pytest.fixture
def directory(world: World, acting_as: Acting, time_machine: Any) -> World:
    """Two structures, in Paris and far from it, with three services; searched by a counsellor."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    structures = [structure(1, nom="Maison Imaginaire"), structure(2, nom="Garage Modèle", **FAR)]
    services = [
        service(1, nom="Hébergement d’urgence", publics=["femmes", "familles"]),
        service(2, of=2, nom="Location de vélos", thematiques=[MOVING], frais="payant"),
        service(3, nom="Atelier budget", description="Pour qui veut louer un vélo et tenir ses comptes.", publics=None),
    ]
    bring(world.users[Role.PARTNERSHIP_OFFICER].pk, acting_as, page(structures), page(services))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return world


def names(**wanted: Any) -> list[str]:
    return [str(each.record) for each in search(Wanted(**wanted)).found]


@pytest.mark.parametrize(
    "words",
    ["hébergement", "HEBERG", "hebergem urgence", "hébergements", "l'urgence", "urgence imaginaire", "heberge\x00ment"],
)
def test_words_find_as_they_are_typed(directory: World, words: str) -> None:
    assert names(words=words)[0] == "Hébergement d’urgence"


def test_a_mistyped_word_is_put_right_and_said(directory: World) -> None:
    results = search(Wanted(words="hebergemant"))
    assert (results.mended, str(results.found[0].record)) == ("hebergement", "Hébergement d’urgence")
    assert search(Wanted(words="hébergement")).mended == ""
    assert search(Wanted(words="zzzzzz")).found == []


def test_a_name_comes_before_a_description(directory: World) -> None:
    assert names(words="vélo") == ["Location de vélos", "Atelier budget"]


def test_a_town_a_theme_and_a_structure_are_words_too(directory: World) -> None:
    assert set(names(words="modeleville")) == {"Location de vélos", "Garage Modèle"}
    assert names(words="garage location") == ["Location de vélos"]
    assert names(words="mobilité véhicule") == ["Location de vélos"]


def test_filters_narrow_and_add_up(directory: World) -> None:
    assert set(names(tags=[f"theme:{HOUSING}"])) == {"Hébergement d’urgence", "Atelier budget"}
    assert names(tags=["category:mobilite"]) == ["Location de vélos"]
    assert names(tags=["public:femmes", f"theme:{HOUSING}"]) == ["Hébergement d’urgence"]
    assert names(tags=["public:femmes", "fee:payant"]) == []


def test_a_town_and_a_distance_around_it(directory: World) -> None:
    here, there = Town.objects.get(insee="75110"), Town.objects.get(insee="13055")
    assert set(names(town=there)) == {"Garage Modèle", "Location de vélos"}
    found = search(Wanted(town=there, radius=10)).found
    assert {str(each.record) for each in found} == {"Garage Modèle", "Location de vélos"}
    assert all(each.kilometres == pytest.approx(0, abs=0.1) for each in found)
    # In Paris, a service without a place of its own stands where its structure does.
    assert len(names(town=here, radius=5)) == 3
    far = search(Wanted(words="vélo", town=here, radius=None)).found
    assert [str(each.record) for each in far] == ["Atelier budget"]


def test_words_that_say_nothing_are_left_out_and_another_script_finds_nothing(directory: World) -> None:
    assert len(names(words="de la")) == 5
    assert names(words="de la location") == ["Location de vélos"]
    assert names(words="مأوى") == []
    assert len(names(words="")) == 5


@pytest.mark.parametrize("words", ["'", "a & b | !", ":*", "\\", "%", "()<->", "x" * 5_000])
def test_signs_are_no_operators(directory: World, words: str) -> None:
    assert isinstance(names(words=words), list)


def test_nobody_finds_nothing(directory: World) -> None:
    assume(None, TODAY)
    assert names(words="vélo") == []


def test_towns_are_proposed_as_they_are_typed(directory: World) -> None:
    assert [town.name for town in towns_like("exemp")] == ["Exempleville"]
    assert [town.name for town in towns_like("750")] == ["Exempleville"]
    assert towns_like("  ") == []
    for typed in ("Exempleville", "exempleville (75010)", "75010"):
        assert getattr(town_named(typed), "insee", None) == "75110"
    assert town_named("Nullepart") is None
