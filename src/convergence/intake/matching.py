"""Whether somebody of a list is somebody already accompanied: the same for sure, perhaps, or nobody known.

The same: equal names (accents, capitals and order aside) and equal birth, or the same identifier of the same
operator under an equal name. Perhaps: a difference that typing explains. Two full birth dates that have little in
common are two people, whatever their names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from convergence.intake.cells import folded
from convergence.intake.dates import PartialDate
from convergence.intake.known import Known
from convergence.intake.records import PersonRow

ALIKE = 0.85
"""Likeness of two names that typing explains (Ratcliff and Obershelp's, 0 to 1)."""
ALIKE_WITH_BIRTH = 0.7
"""Likeness that is enough when the whole birth date is the same."""
MOST_CANDIDATES = 3

NameKey = tuple[str, ...]


@dataclass
class Match:
    """What was found: somebody for sure, or up to three candidates, the most alike first."""

    same: Known | None = None
    candidates: list[Known] = field(default_factory=list)
    by_identifier: bool = False


def name_key(given: str, family: str) -> NameKey:
    """Equal for two spellings of one name, in whatever order."""
    return tuple(sorted(filter(None, (folded(given), folded(family)))))


class Directory:
    """The people known, found by identifier, by name and birth, and by likeness."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._by_name: dict[NameKey, list[Known]] = defaultdict(list)
        self._by_birth: dict[PartialDate, list[Known]] = defaultdict(list)
        self._by_word: dict[str, list[Known]] = defaultdict(list)
        self._by_identifier: dict[tuple[int, str], list[Known]] = defaultdict(list)
        for known in people:
            self.add(known)

    def add(self, known: Known) -> None:
        for given, family in known.names:
            key = name_key(given, family)
            self._by_name[key].append(known)
            for word in {word for part in key for word in part.split() if len(word) > 2}:
                self._by_word[word].append(known)
        if known.birth:
            self._by_birth[known.birth].append(known)
        for identifier in known.identifiers:
            self._by_identifier[identifier].append(known)

    def find(self, person: PersonRow, operator_id: int) -> Match:
        key = name_key(person.given_name, person.family_name)
        keys = {key} | {name_key(person.given_name, other.name) for other in person.other_names}
        if person.external_id:
            holders = _once(self._by_identifier.get((operator_id, person.external_id), []))
            if len(holders) == 1:
                named = {name_key(*name) for name in holders[0].names}
                if named & keys and compatible(holders[0].birth, person.birth):
                    return Match(same=holders[0], by_identifier=True)
                return Match(candidates=holders, by_identifier=True)
        namesakes = _once(known for one in keys for known in self._by_name.get(one, []))
        same = [known for known in namesakes if known.birth == person.birth]
        if len(same) == 1:
            return Match(same=same[0])
        return Match(candidates=self._perhaps(person, key, same, namesakes))

    def _perhaps(self, person: PersonRow, key: NameKey, same: list[Known], namesakes: list[Known]) -> list[Known]:
        close = same or [known for known in namesakes if mistakable(known.birth, person.birth)]
        marked = [(1.0, known) for known in close]
        if person.birth and person.birth.whole:
            near = self._by_birth.get(person.birth, [])
            marked += [(mark, known) for known in near if (mark := likeness(key, known)) >= ALIKE_WITH_BIRTH]
        words = {word for part in key for word in part.split() if len(word) > 2}
        sharing = _once(known for word in words for known in self._by_word.get(word, []))
        marked += [
            (mark, known)
            for known in sharing
            if mistakable(known.birth, person.birth) and (mark := likeness(key, known)) >= ALIKE
        ]
        marked.sort(key=lambda pair: -pair[0])
        return _once(known for _mark, known in marked)[:MOST_CANDIDATES]


def likeness(key: NameKey, known: Known) -> float:
    """How alike a name and the closest of a person's names are, 0 to 1."""
    typed = " ".join(key)
    return max((SequenceMatcher(None, typed, " ".join(name_key(*name))).ratio() for name in known.names), default=0.0)


def compatible(one: PartialDate | None, other: PartialDate | None) -> bool:
    """Whether two births may be the same day, as far as each is known."""
    if one is None or other is None:
        return True
    return all(
        first is None or second is None or first == second
        for first, second in ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    )


def mistakable(one: PartialDate | None, other: PartialDate | None) -> bool:
    """Whether one birth may be the other mistyped: compatible, day and month swapped, or one part different."""
    if one is None or other is None or compatible(one, other):
        return True
    if one.whole is None or other.whole is None:
        return False
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum((one.year == other.year, one.month == other.month, one.day == other.day)) == 2


def _once(people: Iterable[Known]) -> list[Known]:
    return list({id(known): known for known in people}.values())
