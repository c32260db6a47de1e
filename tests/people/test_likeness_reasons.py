"""Why two files look alike, in words that fit what was compared."""

from typing import Any

import pytest

from convergence.people.likeness.reasons import how_sure, reasons
from convergence.vocabulary.likeness import DayAgreement, NameAgreement, NameOrder, SexAgreement, YearAgreement

SAME = {
    "given": "equal",
    "family": "equal",
    "order": "straight",
    "year": "equal",
    "day": "equal",
    "sex": "equal",
    "written_alike": [True, True],
    "under_another_name": False,
}


@pytest.mark.parametrize(
    ("changed", "agree", "differ", "unknown"),
    [
        ({}, ["même prénom et même nom", "même date de naissance"], [], []),
        (
            {"written_alike": [True, False]},
            ["même prénom et même nom, à un accent, une majuscule ou un tiret près", "même date de naissance"],
            [],
            [],
        ),
        (
            {"family": "close", "written_alike": [False, False]},
            [
                "même prénom, à un accent, une majuscule ou un tiret près",
                "noms à une ou deux lettres près",
                "même date de naissance",
            ],
            [],
            [],
        ),
        ({"order": "swapped"}, ["prénom et nom inversés", "même date de naissance"], [], []),
        (
            {"order": "swapped", "given": "sound"},
            ["prénom et nom inversés", "prénoms qui se prononcent pareil", "même date de naissance"],
            [],
            [],
        ),
        (
            {"order": "together"},
            ["mêmes mots, répartis autrement entre prénom et nom", "même date de naissance"],
            [],
            [],
        ),
        (
            {"family": "different", "day": "swapped"},
            ["même prénom", "même année de naissance", "jour et mois de naissance inversés"],
            ["noms différents"],
            [],
        ),
        (
            {"year": "missing", "day": "missing"},
            ["même prénom et même nom"],
            [],
            ["naissance non notée d’un côté"],
        ),
        (
            {"day": "missing"},
            ["même prénom et même nom", "même année de naissance"],
            [],
            ["jour et mois de naissance non notés d’un côté"],
        ),
        (
            {"year": "different", "day": "half", "sex": "different"},
            ["même prénom et même nom"],
            ["années de naissance différentes", "jour ou mois de naissance différent"],
            [],
        ),
        (
            {"under_another_name": True},
            [
                "même prénom et même nom",
                "par un autre nom noté dans l’un des deux dossiers",
                "même date de naissance",
            ],
            [],
            [],
        ),
    ],
)
def test_what_was_compared_is_told_as_people_say_it(
    changed: dict[str, Any], agree: list[str], differ: list[str], unknown: list[str]
) -> None:
    said = reasons(SAME | changed, with_sex=False)
    assert (said.agree, said.differ, said.unknown) == (agree, differ, unknown)


def test_sex_is_told_to_those_who_keep_the_files_only() -> None:
    assert "même sexe noté" in reasons(SAME, with_sex=True).agree
    assert "sexe noté différemment" in reasons(SAME | {"sex": "different"}, with_sex=True).differ
    assert "sexe" not in str(reasons(SAME | {"sex": "different"}, with_sex=False))


def test_every_agreement_has_its_words() -> None:
    for part, levels in (
        ("given", NameAgreement),
        ("family", NameAgreement),
        ("order", NameOrder),
        ("year", YearAgreement),
        ("day", DayAgreement),
        ("sex", SexAgreement),
    ):
        for level in levels:
            said = reasons(SAME | {part: level.value}, with_sex=True)
            assert all([*said.agree, *said.differ, *said.unknown]), level


@pytest.mark.parametrize(
    ("probability", "words"), [(99, "très probable"), (95, "très probable"), (94, "probable"), (69, "possible")]
)
def test_a_probability_is_told_in_words(probability: int, words: str) -> None:
    assert how_sure(probability) == words
