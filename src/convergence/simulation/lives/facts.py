"""Situations told as spells: what was true of a person in an aspect, since when, and when the team learnt it."""

import numpy as np

from convergence.simulation.lives.calendar import MONTH, NEVER, dates
from convergence.simulation.lives.chance import between, happens, pick
from convergence.simulation.lives.context import Context
from convergence.simulation.tables import SCHEMA, SITUATION_VALUES, Array, Table, table
from convergence.vocabulary.base import Term
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS

MISSING_FROM = 1000
"""Codes from here on are kinds of missing; below, places in ``SITUATION_VALUES``."""
_PLACES = {value: place for place, value in enumerate(SITUATION_VALUES)}
_ASPECT_PLACES = {aspect: place for place, aspect in enumerate(ASPECTS)}
LATEST_HEARD = 13
"""Days, at most, until the team learns what has begun."""


def code(term: Term) -> int:
    """The number under which a value, or a kind of missing, is told."""
    return MISSING_FROM + list(Missing).index(term) if isinstance(term, Missing) else _PLACES[term.value]


def codes(*terms: Term) -> Array:
    return np.array([code(term) for term in terms])


class Facts:
    """Gathers the spells of a block's people, aspect by aspect.

    ``entered``: day of the first entry (people,); ``known``: last day on which anything is learnt (people,).
    """

    def __init__(self, context: Context, entered: Array, known: Array) -> None:
        self.context, self.entered, self.known = context, entered, known
        self._told: list[tuple[Array, ...]] = []

    def looked_at(self, rng: np.random.Generator, aspect: str) -> Array:
        """Rows of the people of whom the aspect was ever looked at."""
        return np.nonzero(happens(rng, self.context.parameters.situations.looked_at[aspect], len(self.entered)))[0]

    def tell(
        self,
        rng: np.random.Generator,
        aspect: str,
        person: Array,
        since: Array,
        value: Array,
        *,
        expires: Array | None = None,
        valid: Array | None = None,
    ) -> None:
        """Steps of an aspect: one row a person in ``person`` (people told,), their steps in order in columns.

        ``since``, ``value``, ``expires`` (days or NEVER) and ``valid``: (people told, steps). A step that does not
        begin after the one before takes its place.
        """
        held = np.ones(since.shape, bool) if valid is None else valid
        since = np.maximum.accumulate(np.where(held, since, np.iinfo(np.int64).min), axis=1)
        row = np.nonzero(held)[0]
        due = np.full(len(row), NEVER) if expires is None else expires[held]
        self.tell_flat(rng, aspect, person[row], since[held], np.broadcast_to(value, held.shape)[held], due)

    def tell_flat(
        self, rng: np.random.Generator, aspect: str, person: Array, since: Array, value: Array, expires: Array
    ) -> None:
        """The same, one row a step, in order of person and day; all (steps,)."""
        person, since, value, expires = self._unanswered(rng, aspect, person, since, value, expires)
        heard = since <= self.known[person]
        person, since, value, expires = (each[heard] for each in (person, since, value, expires))
        follows = np.append(person[1:] == person[:-1], False) if len(person) else np.zeros(0, bool)
        following = np.append(since[1:], 0)
        lasts = ~(follows & (following == since))
        person, since, value, expires = (each[lasts] for each in (person, since, value, expires))
        if not len(person):
            return
        follows = np.append(person[1:] == person[:-1], False)
        until = np.where(follows, np.append(since[1:], 0), NEVER)
        delay = between(rng, 0, LATEST_HEARD, len(self.entered))[person]
        first = np.maximum(since, self.entered[person])
        recorded = np.minimum(first + delay, np.maximum(first, self.known[person]))
        aspects = np.full(len(person), _ASPECT_PLACES[aspect], np.int16)
        self._told.append((person, aspects, value, since, until, recorded, expires))

    def _unanswered(
        self, rng: np.random.Generator, aspect: str, person: Array, since: Array, value: Array, expires: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Those of whom the answer was missing at first: a kind of missing, until it is learnt, if ever."""
        situations = self.context.parameters.situations
        kinds = situations.missing.get(aspect, ())
        n = len(self.entered)
        if not sum(kinds) or not len(person):
            return person, since, value, expires
        unanswered = happens(rng, sum(kinds), n)
        kind = MISSING_FROM + pick(rng, kinds, n)
        learnt = self.entered + between(rng, 20, 240, n)
        learnt = np.where(happens(rng, situations.learnt_later, n), learnt, NEVER)
        begins = np.append(True, person[1:] != person[:-1])
        places = np.nonzero(begins & unanswered[person])[0]
        who = person[places]
        asked = self.entered[who]
        since = np.where(unanswered[person], np.maximum(since, learnt[person]), since)
        return (
            np.insert(person, places, who),
            np.insert(since, places, asked),
            np.insert(value, places, kind[who]),
            np.insert(expires, places, NEVER),
        )

    def table(self) -> Table:
        """The table ``situations``, aspect by aspect."""
        person, aspect, value, since, until, recorded, expires = (
            np.concatenate(column) for column in zip(*self._told, strict=True)
        )
        missing = value >= MISSING_FROM
        return table(
            SCHEMA["situations"],
            {
                "person": self.context.key(person),
                "aspect": aspect,
                "value": np.where(missing, -1, value),
                "missing": np.where(missing, value - MISSING_FROM, -1),
                "since": dates(since),
                "until": dates(until),
                "recorded_on": dates(recorded),
                "expires_on": dates(expires),
            },
        )


def renewed(
    rng: np.random.Generator, first: Array, months: int, rounds: int, held: float
) -> tuple[Array, Array, Array, Array]:
    """A right renewed at each term, a little early or a little late, until it is let go.

    :returns: first days, terms and existence of each renewal, (people, rounds); and the day on which the team notes
        that it was let go, (people, 1), NEVER for a right that goes on.
    """
    n = len(first)
    late = between(rng, -45, 25, (n, rounds))
    late[:, 0] = 0
    since = first[:, None] + np.arange(rounds) * round(months * MONTH) + np.cumsum(late, axis=1)
    goes_on = happens(rng, held, (n, rounds))
    goes_on[:, 0] = True
    exists = np.logical_and.accumulate(goes_on, axis=1)
    expires = since + round(months * MONTH)
    last_term = expires[np.arange(n), exists.sum(axis=1) - 1]
    let_go = np.where(exists.all(axis=1), NEVER, last_term + between(rng, 25, 110, n))
    return since, expires, exists, let_go[:, None]
