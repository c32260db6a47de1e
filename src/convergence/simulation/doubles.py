"""Second files: people who left one site, came back at another of the same territory, and were not recognised.

The dataset counts such a person twice, as the teams did; here the second file bears her name and birth, as somebody
else wrote them. Which files are doubles is known: the search for likely doubles can be held against it.
"""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.identities import CivilStatuses, Names
from convergence.simulation.moments import Days
from convergence.simulation.twins import File, written_again
from convergence.vocabulary.people import NameKind, Sex

SHARE = 0.02
"""Share of files that are second ones, at most; plausible, no source."""
_SAME_PHONE = 0.4


@dataclass(frozen=True)
class Presence:
    """When each person's file was made, the day from which no site supports her, far off while one does, her site."""

    entered: Days
    left: Days
    site: NDArray[np.int64]


def with_second_files(
    rng: np.random.Generator, names: Names, civil: CivilStatuses, presence: Presence
) -> tuple[Names, CivilStatuses, list[tuple[int, int]]]:
    """The same identities, some of them those of an earlier person written again; and the pairs, earlier first.

    Nobody has three files; both files give the same sex and the same year of birth to the dataset.
    """
    pairs = _pairs(rng, names, civil, presence)
    chance = Random(int(rng.integers(0, 2**62)))
    usual = {person: place for place, person in enumerate(names.person.tolist()) if _is_usual(names, place)}
    columns = CivilStatuses(*(column.copy() for column in civil))
    rows: list[tuple[int, str, str, str]] = []
    for first, second in pairs:
        file = written_again(chance, _file(first, names, civil, usual[first]))
        rows += [(second, kind.value, given, family) for kind, given, family in file.names]
        year, month, day = (-1 if part is None else part for part in file.birth)
        columns.birth_year[second], columns.birth_month[second], columns.birth_day[second] = year, month, day
        columns.sex[second], columns.languages[second] = file.sex, columns.languages[first]
        columns.email[second] = ""
        if chance.random() < _SAME_PHONE:
            columns.phone[second] = columns.phone[first]
    return _with_rows(names, rows, {second for _, second in pairs}), columns, pairs


def _is_usual(names: Names, place: int) -> bool:
    return bool(names.kind[place] == NameKind.USUAL.value)


def _pairs(rng: np.random.Generator, names: Names, civil: CivilStatuses, presence: Presence) -> list[tuple[int, int]]:
    """Somebody who had left, and somebody alike who entered another site later."""
    alike: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    complete = names.kind == NameKind.USUAL.value
    complete &= (names.given != "") & (names.family != "")
    count = len(presence.entered)
    for person in np.unique(names.person[complete]).tolist():
        if civil.sex[person] in set(Sex) and civil.birth_year[person] >= 0:
            alike[civil.sex[person], int(civil.birth_year[person])].append(person)
    wanted = round(count * SHARE)
    taken: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for second in rng.permutation(count).tolist():
        if len(pairs) == wanted:
            break
        before = [
            first
            for first in alike.get((civil.sex[second], int(civil.birth_year[second])), [])
            if first not in taken
            and presence.left[first] < presence.entered[second]
            and presence.site[first] != presence.site[second]
        ]
        if second not in taken and before:
            first = before[int(rng.integers(0, len(before)))]
            pairs.append((first, second))
            taken |= {first, second}
    return pairs


def _file(person: int, names: Names, civil: CivilStatuses, usual: int) -> File:
    parts = (civil.birth_year[person], civil.birth_month[person], civil.birth_day[person])
    year, month, day = (int(part) if part >= 0 else None for part in parts)
    name = NameKind.USUAL, str(names.given[usual]), str(names.family[usual])
    return File(person, person, (name,), (year, month, day), str(civil.sex[person]))


def _with_rows(names: Names, rows: list[tuple[int, str, str, str]], instead_of: set[int]) -> Names:
    """The names without those of some people, and with ``rows`` for them."""
    if not rows:
        return names
    kept = ~np.isin(names.person, list(instead_of))
    person, *texts = zip(*rows, strict=True)
    return Names(
        np.concatenate([names.person[kept], np.array(person, dtype=np.int64)]),
        *(
            np.concatenate([column[kept], np.array(added, dtype=object)])
            for column, added in zip(names[1:], texts, strict=True)
        ),
    )
