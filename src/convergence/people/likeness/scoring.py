"""How likely two files are one person's, and what agrees and differs between them.

After Fellegi and Sunter (1969): each part that agrees or differs is worth bits, their sum beside the prior gives a
probability. Agreeing on what is rare among the people compared is worth more. Two parts count together only where
they do not tell the same thing twice: different given names under one roof share a family name, twins a birthday.
"""

from dataclasses import dataclass
from math import log2

from rapidfuzz.distance import OSA

from convergence.people.likeness.spelling import PARTICLES, Part, part_of
from convergence.people.likeness.weights import (
    Frequencies,
    Identity,
    day_weight,
    figures,
    name_weight,
    prior,
    probability,
    sex_weight,
    year_weight,
)
from convergence.vocabulary.likeness import DayAgreement, NameAgreement, NameOrder, SexAgreement, YearAgreement

LONG, SHORT = 9, 4
"""Letters of a name from which two slips, or one, leave it recognisable."""
MOST_SLIPS = 2


@dataclass(frozen=True, slots=True)
class Compared:
    """What agrees and differs between two identities.

    :param names: which name of each was compared, by its place.
    :param bits: weights and prior together.
    """

    given: NameAgreement
    family: NameAgreement
    order: NameOrder
    year: YearAgreement
    day: DayAgreement
    sex: SexAgreement
    names: tuple[int, int]
    bits: float

    @property
    def probability(self) -> float:
        return probability(self.bits)


def how_alike(one: Part, other: Part) -> tuple[NameAgreement, str]:
    """How two parts of names agree, and the word that they share where they share one."""
    if not one.joined or not other.joined:
        return NameAgreement.MISSING, ""
    if one.words == other.words or one.joined == other.joined:
        return NameAgreement.EQUAL, ""
    if one.sound == other.sound:
        return NameAgreement.SOUND, ""
    slips, sounds = _slips(one.joined, other.joined), _slips(one.sound, other.sound)
    if _close(one, other, slips, sounds):
        return NameAgreement.CLOSE, ""
    shared = shared_word(one, other)
    if shared:
        return NameAgreement.PART, shared
    shorter, longer = sorted((one.joined, other.joined), key=len)
    if len(shorter) >= SHORT - 1 and longer.startswith(shorter):
        return NameAgreement.SHORTENED, ""
    # One sound more, less or otherwise in a short name, or two slips in a middling one.
    if sounds <= 1 and min(len(one.sound), len(other.sound)) >= SHORT - 1:
        return NameAgreement.REMOTE, ""
    if slips <= MOST_SLIPS and SHORT < len(shorter) < LONG:
        return NameAgreement.REMOTE, ""
    return NameAgreement.DIFFERENT, ""


def _slips(one: str, other: str) -> int:
    """Letters typed wrong, left out, added or swapped with the next; one more than the most when there are more."""
    return OSA.distance(one, other, score_cutoff=MOST_SLIPS)


def _close(one: Part, other: Part, slips: int, sounds: int) -> bool:
    shortest = min(len(one.joined), len(other.joined))
    allowed = MOST_SLIPS if shortest >= LONG else 1 if shortest >= SHORT else 0
    # The same consonants with vowels heard otherwise are close too: Mohamed, Mouhamad.
    return slips <= allowed or (sounds <= MOST_SLIPS and one.bones == other.bones and len(one.bones) > 1)


def shared_word(one: Part, other: Part) -> str:
    """The longest word of one that the other has too, as it stands or close to it; empty when they share none."""
    if len(one.words) == len(other.words) == 1:
        return ""
    found = [
        max(word, same)
        for word in one.words
        for same in other.words
        if _tells(word) and _tells(same) and (word == same or _same_word(word, same))
    ]
    return max(found, key=lambda word: (len(word), word), default="")


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in PARTICLES


def _same_word(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORT:
        return False
    first, second = part_of(one), part_of(other)
    return first.sound == second.sound or _close(first, second, _slips(one, other), _slips(first.sound, second.sound))


def year_agreement(one: int | None, other: int | None) -> YearAgreement:
    if one is None or other is None:
        return YearAgreement.MISSING
    if one == other:
        return YearAgreement.EQUAL
    if abs(one - other) == 1:
        return YearAgreement.NEXT
    return YearAgreement.DIGIT if OSA.distance(str(one), str(other)) == 1 else YearAgreement.DIFFERENT


def day_agreement(one: Identity, other: Identity) -> DayAgreement:
    if one.month is None or other.month is None:
        return DayAgreement.MISSING
    if one.day is None or other.day is None:
        if one.month == other.month:
            return DayAgreement.MONTH
        first = one if one.day is not None else other
        return DayAgreement.FIRST_OF_JANUARY if _stands_for_unknown(first) else DayAgreement.DIFFERENT
    if (one.month, one.day) == (other.month, other.day):
        return DayAgreement.EQUAL
    if (one.month, one.day) == (other.day, other.month):
        return DayAgreement.SWAPPED
    if _stands_for_unknown(one) or _stands_for_unknown(other):
        return DayAgreement.FIRST_OF_JANUARY
    if one.month == other.month:
        return DayAgreement.NEAR if _slip(one.day, other.day) else DayAgreement.HALF
    if one.day == other.day:
        return DayAgreement.NEAR if _slip(one.month, other.month) else DayAgreement.HALF
    return DayAgreement.DIFFERENT


def _stands_for_unknown(identity: Identity) -> bool:
    return (identity.month, identity.day) == (1, 1)


def _slip(one: int, other: int) -> bool:
    return abs(one - other) == 1 or OSA.distance(f"{one:02}", f"{other:02}") == 1


def sex_agreement(one: str, other: str) -> SexAgreement:
    # "Other" is noted by some and not by others: it contradicts neither woman nor man.
    if one == other and one:
        return SexAgreement.EQUAL
    if {one, other} == {"woman", "man"}:
        return SexAgreement.DIFFERENT
    return SexAgreement.MISSING


Weighed = tuple[NameAgreement, float]
"""How two parts of names agree, and the bits that it is worth."""

Way = tuple[Weighed, Weighed, NameOrder, float]
"""Two names laid beside each other: given names, family names, in which order, and what that costs."""


class Comparer:
    """Compares identities of one crowd, whose names and births it has counted.

    :param frequencies: of everybody among whom pairs are looked for.
    """

    def __init__(self, frequencies: Frequencies) -> None:
        self._frequencies = frequencies
        self._figures = figures()["name"]
        self._prior = prior(frequencies.people)
        self._given: dict[tuple[str, str], Weighed] = {}
        self._family: dict[tuple[str, str], Weighed] = {}
        wanted = figures()["proposed"]["probability"]
        self.least_bits = log2(wanted / (1 - wanted))

    def compare(self, one: Identity, other: Identity) -> Compared:
        """Symmetric, but for the order of ``names``.

        :raises ValueError: an identity without any name.
        """
        year = year_agreement(one.year, other.year)
        day = day_agreement(one, other)
        sex = sex_agreement(one.sex, other.sex)
        base = self._prior + year_weight(year, self._frequencies.year(one.year or 0)) + sex_weight(sex)
        day_bits = day_weight(day, self._frequencies.day(one.month or 0, one.day or 0))
        may_marry = "man" not in (one.sex, other.sex)
        best: tuple[float, Way, tuple[int, int]] | None = None
        for first, name in enumerate(one.names):
            for second, other_name in enumerate(other.names):
                for way in self._ways(*name, *other_name):
                    bits = base + self._together(way, day_bits, may_marry)
                    if best is None or bits > best[0]:
                        best = bits, way, (first, second)
        if best is None:
            raise ValueError("An identity without any name cannot be compared.")
        bits, (given, family, order, _bits), names = best
        return Compared(given[0], family[0], order, year, day, sex, names, bits)

    def _together(self, way: Way, day_bits: float, may_marry: bool) -> float:
        """Bits of the names and of the day, each counted as far as it says something of its own.

        :param may_marry: somebody not noted as a man, whose family name often changes with marriage.
        """
        (given, given_bits), (family, family_bits), _order, order_bits = way
        if family is NameAgreement.DIFFERENT and may_marry:
            family_bits = self._figures["different_family_but_man"]
        if given is NameAgreement.DIFFERENT:
            household = self._figures["household"]
            family_bits, day_bits = min(family_bits, household), min(day_bits, household)
        return given_bits + family_bits + day_bits + order_bits

    def _ways(self, given: str, family: str, other_given: str, other_family: str) -> list[Way]:
        """How two names may be laid beside each other: as they stand, crossed, or taken together."""
        given_at = self._alike(given, other_given, self._given)
        family_at = self._alike(family, other_family, self._family)
        ways: list[Way] = [(given_at, family_at, NameOrder.STRAIGHT, 0.0)]
        apart = (NameAgreement.DIFFERENT, NameAgreement.MISSING, NameAgreement.REMOTE)
        if given_at[0] not in apart and family_at[0] not in apart:
            return ways
        parts = part_of(given), part_of(family), part_of(other_given), part_of(other_family)
        # Crossed names are not looked at closely unless one of them is heard on the other side.
        if parts[0].bones == parts[3].bones or parts[1].bones == parts[2].bones:
            crossed = self._alike(given, other_family, self._given), self._alike(family, other_given, self._family)
            ways.append((*crossed, NameOrder.SWAPPED, self._figures["swapped"]))
        words = parts[0].words + parts[1].words
        if len(words) > 2 and sorted(words) == sorted(parts[2].words + parts[3].words):
            equal = NameAgreement.EQUAL
            first = equal, name_weight(equal, self._frequencies.name(part_of(given).bag), family=False)
            second = equal, name_weight(equal, self._frequencies.name(part_of(family).bag), family=True)
            ways.append((first, second, NameOrder.TOGETHER, self._figures["together"]))
        return ways

    def _alike(self, one: str, other: str, known: dict[tuple[str, str], Weighed]) -> Weighed:
        key = (one, other) if one <= other else (other, one)
        found = known.get(key)
        if found is None:
            first, second = part_of(one), part_of(other)
            level, shared = how_alike(first, second)
            share = self._share(level, first, second, shared)
            found = known[key] = level, name_weight(level, share, family=known is self._family)
        return found

    def _share(self, level: NameAgreement, one: Part, other: Part, shared: str) -> float:
        """How many of the people compared would agree like that by chance."""
        frequencies = self._frequencies
        commonest = max(frequencies.name(one.bag), frequencies.name(other.bag))
        match level:
            case NameAgreement.EQUAL:
                return commonest
            case NameAgreement.SOUND:
                return max(commonest, frequencies.sound(one.sound))
            case NameAgreement.PART:
                return frequencies.word(shared) + self._figures["part_by_chance"]
            case NameAgreement.MISSING | NameAgreement.DIFFERENT:
                return 1.0
            case _:
                return commonest + self._figures[f"{level.value}_by_chance"]
