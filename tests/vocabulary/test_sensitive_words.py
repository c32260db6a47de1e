"""What is typed where more people read it: words of health and of justice are noticed, ordinary ones are not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.sensitive import beginnings, narrower

WORK, SOCIAL, HEALTH, JUSTICE = Compartment.WORK, Compartment.SOCIAL, Compartment.HEALTH, Compartment.JUSTICE


@pytest.mark.parametrize(
    ("written", "where", "found"),
    [
        ("Elle a vu son psychiatre hier.", SOCIAL, [(HEALTH, "psychiatre")]),
        ("HOSPITALISÉE depuis lundi", WORK, [(HEALTH, "HOSPITALISÉE")]),
        ("Convoqué chez le juge d’application", SOCIAL, [(JUSTICE, "juge")]),
        (
            "Suivi en addictologie, bracelet électronique",
            WORK,
            [(HEALTH, "addictologie"), (JUSTICE, "bracelet électronique")],
        ),
        ("Suivi en addictologie", HEALTH, []),
        ("Sortie de prison, suivi en addictologie", HEALTH, [(JUSTICE, "prison")]),
        ("Le juge l’a reçu", JUSTICE, []),
        ("Elle cherche un logement près de la gare.", WORK, []),
        ("Il préjuge de la suite, à peine arrivé au parquet de la menuiserie.", SOCIAL, []),
    ],
)
def test_words_are_noticed_where_more_people_would_read_them(
    written: str, where: Compartment, found: list[tuple[Compartment, str]]
) -> None:
    assert narrower(written, where) == found


def test_the_list_is_written_plain_and_each_word_once() -> None:
    everything = [word for words in beginnings().values() for word in words]
    assert len(set(everything)) == len(everything)
    for word in everything:
        assert word == unicodedata.normalize("NFD", word.lower()).encode("ascii", "ignore").decode(), word


@given(st.text(max_size=60))
def test_any_text_is_read_and_what_is_shown_is_what_was_typed(written: str) -> None:
    for _compartment, word in narrower(written, WORK):
        assert word in written
