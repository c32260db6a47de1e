"""Which pairs are worth comparing, among the thousands of millions that a hundred thousand people make.

Two files of one person share at least one key: the bones of both her names; those of one of them with the year and
how the other begins, or with the day and month; the day, month and year, in whichever order. No name makes a key of
its own: with it, something else must agree.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from convergence.people.likeness.scoring import Compared, Comparer
from convergence.people.likeness.spelling import PARTICLES, part_of
from convergence.people.likeness.weights import Frequencies, Identity

Key = tuple[object, ...]
Pair = tuple[Identity, Identity, Compared]

LARGEST = 400
"""A key shared by more people than this says too little: others must bring them together."""


def keys_of(person: Identity) -> set[Key]:
    """What two files of one person share at least one of."""
    keys: set[Key] = set()
    for given, family in person.names:
        first, second = part_of(given), part_of(family)
        keys.add(("names", *sorted((first.bones, second.bones))))
        if len(first.words) + len(second.words) > 2:
            keys.add(("words", *sorted((*first.words, *second.words))))
        for part, beside in ((first, second), (second, first)):
            words = {part_of(word).bones for word in part.words if len(word) > 2 and word not in PARTICLES}
            for heard in {part.bones, *words}:
                if person.year:
                    keys.add(("year", person.year, heard, beside.bones[:1]))
                if person.month and person.day and (person.month, person.day) != (1, 1):
                    keys.add(("day", *sorted((person.month, person.day)), heard))
    if person.year and person.month and person.day and (person.month, person.day) != (1, 1):
        keys.add(("birth", person.year, *sorted((person.month, person.day))))
    return keys


def likely_pairs(
    people: Iterable[Identity], only: Collection[int] | None = None, tell: Callable[[int, int], None] | None = None
) -> Iterator[Pair]:
    """Pairs of the crowd that may be one person's, each once.

    :param only: keys of those just entered or corrected: only the pairs that they are part of.
    :param tell: called with (people done, people) from time to time.
    """
    crowd = list(people)
    comparer = Comparer(Frequencies(crowd))
    by_key: dict[Key, list[int]] = defaultdict(list)
    wanted = None if only is None else set(only)
    asked = None if wanted is None else {key for person in crowd if person.key in wanted for key in keys_of(person)}
    for place, person in enumerate(crowd):
        # Each person is compared with those before her: every pair is met once, from its later half.
        near: set[int] = set()
        for key in keys_of(person):
            if asked is not None and key not in asked:
                continue
            holders = by_key[key]
            if len(holders) <= LARGEST:
                near.update(holders)
                holders.append(place)
        for other_place in near:
            other = crowd[other_place]
            if wanted is not None and person.key not in wanted and other.key not in wanted:
                continue
            compared = comparer.compare(other, person)
            if compared.bits >= comparer.least_bits:
                yield other, person, compared
        if tell is not None and place % 2_000 == 0:
            tell(place, len(crowd))
