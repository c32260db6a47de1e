"""Two identities compared: laws that hold for any two, and cases that everybody would decide alike."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.people.likeness.pairs import keys_of, likely_pairs
from convergence.people.likeness.scoring import Comparer, day_agreement, how_alike, year_agreement
from convergence.people.likeness.sounds import bones_of, sound_of
from convergence.people.likeness.spelling import part_of, plain
from convergence.people.likeness.weights import Frequencies, Identity
from convergence.vocabulary.likeness import DayAgreement, NameAgreement, NameOrder, SexAgreement, YearAgreement

GIVEN = ["Aïcha", "Aicha", "Mohamed", "Mohammed", "Marie-Claire", "Marie", "Souleymane", "Suleiman", "Jean", "Éric", ""]
FAMILY = ["Fictive", "Fictif", "Factice", "El Factice", "Modèle-Exemple", "Modèle", "Phantaisie", "Fantaisie", "Conte"]

births = st.one_of(
    st.just((None, None, None)),
    st.tuples(st.integers(1980, 1984), st.none(), st.none()),
    st.tuples(st.integers(1980, 1984), st.integers(1, 12), st.none()),
    st.tuples(st.integers(1980, 1984), st.integers(1, 12), st.integers(1, 28)),
)
names = st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY))


@st.composite
def identities(draw: Any, key: int = 0) -> Identity:
    many = tuple(draw(st.lists(names, min_size=1, max_size=3, unique=True)))
    year, month, day = draw(births)
    return Identity(key, many, year, month, day, draw(st.sampled_from(["", "woman", "man", "other"])))


CROWD = [
    Identity(number, ((given_name, family_name),), 1960 + number % 40, 1 + number % 12, 1 + number % 28, "man")
    for number, (given_name, family_name) in enumerate((one, other) for one in GIVEN for other in FAMILY)
]
COMPARER = Comparer(Frequencies(CROWD))


def bits(one: Identity, other: Identity) -> float:
    return COMPARER.compare(one, other).bits


def changed(person: Identity, **parts: Any) -> Identity:
    fields = {name: getattr(person, name) for name in ("key", "names", "year", "month", "day", "sex")}
    return Identity(**fields | parts)


@given(identities(), identities())
@settings(max_examples=200)
def test_comparing_is_symmetric(one: Identity, other: Identity) -> None:
    there, back = COMPARER.compare(one, other), COMPARER.compare(other, one)
    assert there.bits == pytest.approx(back.bits)
    assert (there.year, there.day, there.sex) == (back.year, back.day, back.sex)


@given(identities(), identities())
def test_accents_capitals_and_the_order_of_words_and_of_names_change_nothing(one: Identity, other: Identity) -> None:
    rewritten = tuple(
        (plain(" ".join(reversed(first.split("-")))).upper(), plain(second).upper()) for first, second in other.names
    )
    assert bits(one, changed(other, names=rewritten)) == pytest.approx(bits(one, other))
    assert bits(one, changed(other, names=other.names[::-1])) == pytest.approx(bits(one, other))


@given(identities(), identities())
def test_crossing_the_names_of_both_changes_little(one: Identity, other: Identity) -> None:
    """Only what is said of a different family name sets given and family names apart."""

    def crossed(person: Identity) -> Identity:
        return changed(person, names=tuple((family, first) for first, family in person.names))

    both = COMPARER.compare(one, other)
    if NameAgreement.DIFFERENT not in (both.given, both.family):
        assert COMPARER.compare(crossed(one), crossed(other)).bits >= both.bits - 1e-9


@given(identities(), identities())
@settings(max_examples=200)
def test_a_part_that_comes_to_agree_never_makes_two_files_less_alike(one: Identity, other: Identity) -> None:
    before = bits(one, other) - 1e-9
    assert bits(one, changed(other, names=one.names)) >= before
    if one.sex:
        assert bits(one, changed(other, sex=one.sex)) >= before
    if one.year and other.year:
        assert bits(one, changed(other, year=one.year)) >= before
    if one.day and other.day:
        assert bits(one, changed(other, month=one.month, day=one.day)) >= before


@given(identities(key=1), identities(key=2))
def test_two_files_with_the_same_name_and_birth_share_a_key(one: Identity, other: Identity) -> None:
    assert keys_of(one) & keys_of(changed(other, names=one.names, year=one.year, month=one.month, day=one.day))


def test_agreeing_on_a_rare_name_counts_more_than_on_a_common_one() -> None:
    crowd = [Identity(number, (("Marie", "Fictive"),), 1985) for number in range(50)]
    crowd += [Identity(100, (("Marie", "Chimère"),), 1985), Identity(101, (("Marie", "Chimère"),), 1985)]
    comparer = Comparer(Frequencies(crowd))
    assert comparer.compare(crowd[-1], crowd[-2]).bits > comparer.compare(crowd[0], crowd[1]).bits + 3


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Aïcha", "AICHA", NameAgreement.EQUAL),
        ("Marie-Claire", "claire marie", NameAgreement.EQUAL),
        ("El Factice", "Elfactice", NameAgreement.EQUAL),
        ("Phantaisie", "Fantaisie", NameAgreement.SOUND),
        ("Thibault", "Tibaud", NameAgreement.SOUND),
        ("Oualid", "Walid", NameAgreement.SOUND),
        ("Souleymane", "Suleiman", NameAgreement.SOUND),
        ("Mohamed", "Mouhamad", NameAgreement.CLOSE),
        ("Imaginaire", "Imaginiare", NameAgreement.CLOSE),
        ("Modèle-Exemple", "Exemple", NameAgreement.PART),
        ("Modèle-Exemple", "Examplle", NameAgreement.PART),
        ("Fatoumata", "Fato", NameAgreement.SHORTENED),
        ("Théo", "Téo", NameAgreement.SOUND),
        ("Ali", "Fatou", NameAgreement.DIFFERENT),
        ("El Factice", "El Modèle", NameAgreement.DIFFERENT),
        ("", "Fatou", NameAgreement.MISSING),
        ("Факт", "ФАКТ", NameAgreement.EQUAL),
    ],
)
def test_how_two_names_agree(one: str, other: str, level: NameAgreement) -> None:
    assert how_alike(part_of(one), part_of(other))[0] is level
    assert how_alike(part_of(other), part_of(one))[0] is level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ((3, 5), (3, 5), DayAgreement.EQUAL),
        ((3, 5), (5, 3), DayAgreement.SWAPPED),
        ((3, 5), (3, 6), DayAgreement.NEAR),
        ((3, 12), (3, 21), DayAgreement.NEAR),
        ((3, 5), (4, 5), DayAgreement.NEAR),
        ((3, 5), (3, 18), DayAgreement.HALF),
        ((3, 5), (1, 1), DayAgreement.FIRST_OF_JANUARY),
        ((1, 1), (1, 1), DayAgreement.EQUAL),
        ((3, 5), (3, None), DayAgreement.MONTH),
        ((3, 5), (None, None), DayAgreement.MISSING),
        ((3, 5), (9, 28), DayAgreement.DIFFERENT),
        ((3, None), (9, None), DayAgreement.DIFFERENT),
    ],
)
def test_how_two_days_of_birth_agree(
    one: tuple[int | None, int | None], other: tuple[int | None, int | None], level: DayAgreement
) -> None:
    first, second = (Identity(0, (("Ali", ""),), 1985, *day) for day in (one, other))
    assert day_agreement(first, second) is level
    assert day_agreement(second, first) is level


def test_how_two_years_of_birth_agree() -> None:
    assert year_agreement(1985, 1985) is YearAgreement.EQUAL
    assert year_agreement(1985, 1986) is YearAgreement.NEXT
    assert year_agreement(1985, 1958) is YearAgreement.DIGIT
    assert year_agreement(1985, 1975) is YearAgreement.DIGIT
    assert year_agreement(1985, 1962) is YearAgreement.DIFFERENT
    assert year_agreement(None, 1985) is YearAgreement.MISSING


def test_names_crossed_between_their_boxes_are_recognised() -> None:
    one = Identity(1, (("Rosa", "Imaginaire"),), 1985, 5, 3)
    crossed = Identity(2, (("Imaginaire", "Rosa"),), 1985, 5, 3)
    apart = Identity(3, (("Rosa Marie", "Imaginaire"),), 1985, 5, 3)
    other = Identity(4, (("Rosa", "Marie Imaginaire"),), 1985, 5, 3)
    assert COMPARER.compare(one, crossed).order is NameOrder.SWAPPED
    assert COMPARER.compare(apart, other).given is not NameAgreement.DIFFERENT


def test_the_name_that_agrees_is_the_one_compared() -> None:
    both = Identity(1, (("Rosa", "Chimère"), ("Rosa", "Imaginaire")), 1985, 5, 3, "woman")
    one = Identity(2, (("Rosa", "Imaginaire"),), 1985, 5, 3, "woman")
    assert COMPARER.compare(both, one).names == (1, 0)
    assert COMPARER.compare(both, one).sex is SexAgreement.EQUAL


def test_an_identity_without_any_name_is_refused() -> None:
    with pytest.raises(ValueError, match="without any name"):
        COMPARER.compare(Identity(1, ()), Identity(2, (("Rosa", ""),)))


def test_names_in_letters_that_no_rule_knows_are_compared_all_the_same() -> None:
    assert sound_of("факт") == "факт"
    assert bones_of("факт")
    pairs = list(likely_pairs([Identity(1, (("王", "小明"),), 1985), Identity(2, (("王", "小明"),), 1985)]))
    assert len(pairs) == 1


def test_only_the_pairs_of_those_asked_for_are_looked_for() -> None:
    crowd = [Identity(number, (("Rosa", "Imaginaire"),), 1985, 5, 3) for number in range(3)]
    crowd.append(Identity(9, (("Ali", "Conte"),), 1970, 2, 2))
    assert {(one.key, other.key) for one, other, _ in likely_pairs(crowd)} == {(0, 1), (0, 2), (1, 2)}
    assert {(one.key, other.key) for one, other, _ in likely_pairs(crowd, only=[1])} == {(0, 1), (1, 2)}
    assert list(likely_pairs(crowd, only=[9])) == []


def test_a_crowd_of_one_or_of_nobody_has_no_pair() -> None:
    assert list(likely_pairs([])) == []
    assert list(likely_pairs([Identity(1, (("Rosa", "Imaginaire"),))])) == []
