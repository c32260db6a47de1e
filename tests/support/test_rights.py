"""What is done to keep a right: noted once, for its own time; alerts follow in the same transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from convergence.people.models import Person
from convergence.platform.changes import settle
from convergence.platform.dated import withdraw
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.support.models import Alert, RightAct
from convergence.support.rights.reading import rights_of
from convergence.support.rights.recording import note_act
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation

Acting = Callable[[str], AbstractContextManager[None]]

OCTOBER, JANUARY = date(2026, 10, 31), date(2027, 1, 31)


@pytest.fixture(autouse=True)
def counsellor(world: World, lina: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_situation(lina, "rsa", "open", date(2026, 1, 15))
        add_situation(lina, "domiciliation", "granted", date(2026, 2, 1))
        add_situation(lina, "rqth", "granted", date(2026, 2, 1))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)


def dues(lina: Person, kind: str) -> list[date]:
    settle(TODAY)
    return list(Alert.objects.filter(person=lina, kind=kind).order_by("due_on").values_list("due_on", flat=True))


def test_an_act_moves_its_right_to_the_next_time_and_undoing_brings_it_back(lina: Person) -> None:
    done = note_act(lina.pk, "rsa_declaration", TODAY, occurrence=OCTOBER, today=TODAY)
    assert dues(lina, "rsa_declaration") == [JANUARY]
    withdraw(done)
    assert dues(lina, "rsa_declaration") == [OCTOBER, JANUARY]


def test_a_visit_moves_the_next_one_on(lina: Person) -> None:
    note_act(lina.pk, "domiciliation_visit", date(2026, 11, 20), today=TODAY)
    assert dues(lina, "domiciliation_visit") == [date(2027, 2, 20)]
    note_act(lina.pk, "domiciliation_visit", date(2026, 9, 1), today=TODAY)
    assert dues(lina, "domiciliation_visit") == [date(2027, 2, 20)]


def test_what_cannot_be_is_refused_and_nothing_is_written(lina: Person) -> None:
    note_act(lina.pk, "rsa_declaration", TODAY, occurrence=OCTOBER, today=TODAY)
    for act, day, occurrence, words in (
        ("rsa_declaration", TODAY, OCTOBER, "déjà noté"),
        ("rsa_declaration", TODAY, None, "échéance"),
        ("rsa_declaration", date(2026, 11, 24), JANUARY, "futur"),
        ("ass_renewal", TODAY, JANUARY, "plus noté comme ouvert"),
        ("invented", TODAY, JANUARY, "n’existe pas"),
    ):
        with pytest.raises(Refused, match=words):
            note_act(lina.pk, act, day, occurrence=occurrence, today=TODAY)
    assert RightAct.objects.filter(person=lina).count() == 1


def test_each_line_says_where_it_stands_and_what_is_next(lina: Person) -> None:
    note_act(lina.pk, "domiciliation_visit", date(2026, 11, 20), today=TODAY)
    settle(TODAY)
    lines, silent = rights_of(lina.pk, {"social", "health"}, TODAY)
    by_code = {line.aspect.code: line for line in lines}
    assert list(by_code) == ["domiciliation", "rsa", "rqth", "tax_return"]
    visits = by_code["domiciliation"]
    assert visits.last
    assert visits.last.done_on == date(2026, 11, 20)
    (visit,) = visits.next_acts
    assert (visit.begins_on, visit.due_on) == (date(2027, 1, 20), date(2027, 2, 20))
    assert visit.act
    assert visit.act.done == "Passage fait"
    (declaration,) = by_code["rsa"].next_acts
    assert (declaration.due_on, declaration.occurrence) == (OCTOBER, OCTOBER)
    assert by_code["rqth"].next_acts == []
    assert by_code["tax_return"].fact is None
    assert "health_cover" in {aspect.code for aspect in silent}


def test_health_rights_are_for_their_readers(lina: Person) -> None:
    lines, silent = rights_of(lina.pk, {"social"}, TODAY)
    assert {"rqth", "aah", "mdph", "health_cover"}.isdisjoint(
        {line.aspect.code for line in lines} | {aspect.code for aspect in silent}
    )
