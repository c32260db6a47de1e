"""What the search for doubles finds among files whose truth is known: the aim of the scheme, held on every landing."""

import pytest

from convergence.people.likeness.pairs import likely_pairs
from convergence.people.likeness.weights import Identity
from convergence.simulation.twins import Crowd, draw

HELD_OUT = (101, 102, 103, 104)
"""Seeds on which no weight was set; `./convergence bench likeness` measures larger crowds."""


def identities(crowd: Crowd) -> list[Identity]:
    return [
        Identity(file.number, tuple((given, family) for _kind, given, family in file.names), *file.birth, file.sex)
        for file in crowd.files
    ]


def found_in(crowd: Crowd) -> set[tuple[int, int]]:
    pairs = likely_pairs(identities(crowd))
    return {(min(one.key, other.key), max(one.key, other.key)) for one, other, _compared in pairs}


def test_at_least_95_percent_of_the_doubles_are_found_and_90_percent_of_what_is_proposed_is_right() -> None:
    true = right = proposed = 0
    for seed in HELD_OUT:
        crowd = draw(seed, 3_000)
        found = found_in(crowd)
        true, proposed, right = true + len(crowd.pairs), proposed + len(found), right + len(found & crowd.pairs)
    assert true > 500
    assert right / true >= 0.95
    assert right / proposed >= 0.90


def test_where_nobody_has_two_files_next_to_nobody_is_proposed() -> None:
    crowd = draw(105, 3_000, twice=0)
    assert crowd.pairs == set()
    assert len(found_in(crowd)) <= 3_000 * 0.005


@pytest.mark.slow
def test_the_aim_holds_in_one_crowd_of_100_000() -> None:
    crowd = draw(106, 100_000)
    found = found_in(crowd)
    assert len(found & crowd.pairs) / len(crowd.pairs) >= 0.95
    assert len(found & crowd.pairs) / len(found) >= 0.90
