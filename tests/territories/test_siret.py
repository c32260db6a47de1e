"""A SIRET is checked before it is kept, and refused in a sentence."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from convergence.territories.siret import clean_siret, luhn


def with_key(digits: str) -> str:
    """The digits followed by the one that makes Luhn's sum right."""
    return next(digits + str(key) for key in range(10) if luhn(digits + str(key)))


@pytest.mark.parametrize(
    "typed", ["732 829 320 00074", "73282932000074", "732.829.320-00074", "732\u00a0829\u202f320 00074"]
)
def test_a_siret_is_kept_as_fourteen_digits_however_it_is_typed(typed: str) -> None:
    assert clean_siret(typed) == "73282932000074"


def test_no_siret_is_no_error() -> None:
    assert clean_siret("  ") == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7328293200007A", "que des chiffres"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "que des chiffres"),
        ("732829320", "celui-ci en a 9"),
        ("73282932000075", "mal recopié"),
        ("00000000000000", "mal recopié"),
    ],
)
def test_a_wrong_siret_is_refused_in_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        clean_siret(typed)


def test_establishments_of_la_poste_follow_their_own_sum() -> None:
    assert not luhn("35600000000057")
    assert sum(map(int, "35600000000057")) % 5 != 0
    with pytest.raises(ValidationError):
        clean_siret("35600000000057")
    assert not luhn("35600000000051")
    assert clean_siret("35600000000051") == "35600000000051"


@given(st.text("0123456789", min_size=13, max_size=13).filter(lambda digits: int(digits) > 0), st.integers(0, 13))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int) -> None:
    siret = with_key(digits)
    if siret.startswith("356000000"):
        return
    assert clean_siret(siret) == siret
    wrong = siret[:place] + str((int(siret[place]) + 1) % 10) + siret[place + 1 :]
    if wrong.startswith("356000000"):
        return
    with pytest.raises(ValidationError):
        clean_siret(wrong)
