"""Every code list: codes that last, words that people can read."""

import importlib
import pkgutil
import re

import pytest

from convergence import vocabulary
from convergence.vocabulary.base import Term
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role


def _lists() -> list[type[Term]]:
    for module in pkgutil.iter_modules(vocabulary.__path__):
        importlib.import_module(f"{vocabulary.__name__}.{module.name}")
    # Rooms that another test imported have lists of their own, whose codes are those of their files.
    ours = [terms for terms in Term.__subclasses__() if terms.__module__.startswith(f"{vocabulary.__name__}.")]
    return sorted(ours, key=lambda terms: terms.__name__)


LISTS = _lists()
every_list = pytest.mark.parametrize("terms", LISTS, ids=lambda terms: terms.__name__)


@every_list
def test_codes_are_short_english_snake_case(terms: type[Term]) -> None:
    odd = [term.value for term in terms if not re.fullmatch(r"[a-z]+(_[a-z]+)*", term.value)]
    assert odd == []


@every_list
def test_no_two_codes_of_a_list_read_the_same(terms: type[Term]) -> None:
    labels = [term.label for term in terms]
    assert len(set(labels)) == len(labels)


@every_list
def test_a_code_is_text_found_again_from_text(terms: type[Term]) -> None:
    for term in terms:
        assert terms(str(term)) is term
        assert terms.has(f"{term}")
    assert not terms.has("no_such_code")


@every_list
def test_choices_keep_the_order_of_the_list(terms: type[Term]) -> None:
    assert terms.choices() == [(term.value, term.label) for term in terms]


@every_list
def test_labels_follow_french_typography(terms: type[Term]) -> None:
    for term in terms:
        assert term.label.strip(), term
        assert "'" not in term.label, term
        assert not re.search(r" [:;?!»]|« ", term.label), term


@every_list
def test_no_code_can_be_taken_for_a_way_of_not_knowing(terms: type[Term]) -> None:
    if terms is not Missing:
        assert not {term.value for term in terms} & {kind.value for kind in Missing}


def test_there_are_four_ways_of_not_knowing() -> None:
    assert len(Missing) == 4


def test_a_role_is_held_at_a_site_or_on_a_territory_or_over_the_whole_instance() -> None:
    assert not set(SITE_ROLES) & set(TERRITORY_ROLES)
    assert set(Role) - {*SITE_ROLES, *TERRITORY_ROLES} == {
        Role.EVALUATOR,
        Role.ADMINISTRATOR,
        Role.DATA_PROTECTION_OFFICER,
    }


@pytest.mark.parametrize("kind", [ContactKind.CALL_NO_ANSWER, ContactKind.MESSAGE])
def test_trying_to_reach_someone_is_not_meeting_them(kind: ContactKind) -> None:
    assert not kind.reached


@pytest.mark.parametrize(
    "kind",
    [
        ContactKind.CALL,
        ContactKind.MEETING,
        ContactKind.INTERVIEW,
        ContactKind.ACCOMPANIMENT,
        ContactKind.VISIT,
    ],
)
def test_speaking_with_someone_is_news_of_them(kind: ContactKind) -> None:
    assert kind.reached
