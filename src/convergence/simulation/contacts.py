"""Meetings and calls, regular for most; some people have not been met for a while."""

from collections.abc import Iterator
from datetime import date, timedelta

from convergence.simulation.days import at_work
from convergence.simulation.life import Life
from convergence.simulation.records import Contact, Note
from convergence.simulation.words import Writer
from convergence.vocabulary.base import Term
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind

_KINDS: dict[Term, int] = {
    ContactKind.INTERVIEW: 40,
    ContactKind.MEETING: 28,
    ContactKind.CALL: 12,
    ContactKind.ACCOMPANIMENT: 9,
    ContactKind.MESSAGE: 6,
    ContactKind.CALL_NO_ANSWER: 4,
    ContactKind.VISIT: 1,
}
_COMPARTMENTS: dict[Term, int] = {Compartment.SOCIAL: 60, Compartment.WORK: 28, Compartment.HEALTH: 12}
_UNSEEN = 0.13
_RECENT = timedelta(days=120)


def tell_contacts(life: Life, writer: Writer) -> None:
    """Every contact of the follow-up, a note after some; then, for some, calls that nobody answers."""
    silent_since = None
    if life.leaves is None and life.chance(_UNSEEN):
        silent_since = life.soon(life.ends, -95, -33)
    for day in _days(life):
        if silent_since and day > silent_since:
            break
        kind = life.pick(_KINDS)
        _append(life, kind, day)
        if ContactKind(kind.value).reached and life.chance(0.3):
            _note(life, writer, day)
    if silent_since and life.chance(0.7):
        called = silent_since
        for _ in range(life.rng.randint(1, 3)):
            called = life.soon(called, 9, 16)
            if life.starts <= called <= life.ends:
                _append(life, ContactKind.CALL_NO_ANSWER, called)


def _days(life: Life) -> Iterator[date]:
    day = life.soon(life.starts, 2, 9)
    while day <= life.ends:
        yield day
        after = life.leaves is not None and day > life.leaves
        recent = not after and life.ends - day < _RECENT
        day = life.soon(day, *((8, 21) if recent else (26, 60) if after else (22, 46)))


def _append(life: Life, kind: Term, day: date) -> None:
    life.world.contacts.append(Contact(life.person, kind.value, day, at_work(life.rng, day), life.author(day)))


def _note(life: Life, writer: Writer, day: date) -> None:
    compartment = life.pick(_COMPARTMENTS)
    body = writer.note(Compartment(compartment.value), day, working=any(a <= day < b for a, b in life.worked))
    life.world.notes.append(Note(life.person, compartment.value, body, day, at_work(life.rng, day), life.author(day)))
