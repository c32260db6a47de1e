"""Who people are: names with their other spellings, birth, languages, ways to reach them; a block at a time.

The dataset knows none of it: it is drawn apart, from a stream of its own, and kept by the database alone.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.names import (
    SURNAMES,
    Texts,
    address_of,
    draw_family_names,
    draw_given_names,
    draw_languages,
    draw_mobiles,
    respelt,
)
from convergence.simulation.tables import Table
from convergence.vocabulary.entry import NationalityGroup
from convergence.vocabulary.people import NameKind, Sex

_SINGLE = 0.02
"""Share of people of whom one name only is known."""
_SPELLING, _BIRTH_NAME, _KNOWN_AS = 0.08, 0.04, 0.03
_YEAR_ONLY, _NO_DAY = 0.07, 0.03
_PHONE, _EMAIL = 0.78, 0.12


class Names(NamedTuple):
    """One name a row; ``person`` is a place in the block, ``kind`` a value of ``NameKind``; a part may be empty."""

    person: NDArray[np.int64]
    kind: Texts
    given: Texts
    family: Texts


class CivilStatuses(NamedTuple):
    """One row for each person of the block, in order; -1 and empty texts where nothing is known."""

    sex: Texts
    birth_year: NDArray[Any]
    birth_month: NDArray[Any]
    birth_day: NDArray[Any]
    languages: Texts
    phone: Texts
    email: Texts


def draw_identities(rng: np.random.Generator, people: Table) -> tuple[Names, CivilStatuses]:
    """Names and civil status of each row of ``people``, true to the sex, year of birth and nationality drawn there."""
    count = len(people)
    sexes = np.array([*people.codes["sex"], ""], dtype=object)[people["sex"]]
    women = np.where(
        (sexes == Sex.WOMAN.value) | (sexes == Sex.MAN.value), sexes == Sex.WOMAN.value, rng.random(count) < 0.3
    )
    given, family = draw_given_names(rng, women.astype(bool)), draw_family_names(rng, count)
    names = _names(rng, given, family)
    year = people["birth_year"].astype(np.int64)
    chance = rng.random(count)
    month = np.where((year < 0) | (chance < _YEAR_ONLY), -1, rng.integers(1, 13, count))
    day = np.where((month < 0) | (chance < _YEAR_ONLY + _NO_DAY), -1, rng.integers(1, 29, count))
    codes = np.array([*people.codes["nationality"], ""], dtype=object)
    languages = draw_languages(rng, codes[people["nationality"]] == NationalityGroup.FRENCH.value)
    phone = np.where(rng.random(count) < _PHONE, draw_mobiles(rng, count), "")
    email = np.full(count, "", dtype=object)
    for place in np.flatnonzero(rng.random(count) < _EMAIL):
        email[place] = address_of(given[place], family[place], "courriel")
    return names, CivilStatuses(sexes, year, month, day, languages, phone, email)


def _names(rng: np.random.Generator, given: Texts, family: Texts) -> Names:
    """The usual name of everybody, then the other names of some."""
    count = len(given)
    chance = rng.random(count)
    usual = np.where(rng.random(count) < _SINGLE, "", given)
    others: list[tuple[int, str, str, str]] = []
    for person in np.flatnonzero(chance < _SPELLING + _BIRTH_NAME + _KNOWN_AS):
        called, named = given[person], family[person]
        if chance[person] < _SPELLING:
            spelt = respelt(called, named)
            if spelt != (called, named):
                others.append((person, NameKind.SPELLING.value, *spelt))
        elif chance[person] < _SPELLING + _BIRTH_NAME:
            born = SURNAMES[rng.integers(0, len(SURNAMES))]
            if born != named:
                others.append((person, NameKind.BIRTH.value, called, born))
        else:
            others.append((person, NameKind.KNOWN_AS.value, called.split("-", maxsplit=1)[0][:4], ""))
    columns = list(zip(*others, strict=True)) or [(), (), (), ()]
    return Names(
        np.concatenate([np.arange(count), np.array(columns[0], dtype=np.int64)]),
        np.concatenate([np.full(count, NameKind.USUAL.value, dtype=object), np.array(columns[1], dtype=object)]),
        np.concatenate([usual, np.array(columns[2], dtype=object)]),
        np.concatenate([family, np.array(columns[3], dtype=object)]),
    )
