"""Names for any number of people: nobody's, drawn with the skew of real lists, the same from the same stream."""

import re
from collections import Counter

import numpy as np
import pytest

from convergence.simulation import names
from convergence.simulation.names import (
    MEN,
    SURNAMES,
    WOMEN,
    draw_family_names,
    draw_given_names,
    draw_mobiles,
    family_pool,
    without_accents,
)

MANY = 100_000


@pytest.fixture(scope="module")
def families() -> list[str]:
    return [str(name) for name in draw_family_names(np.random.default_rng(5), MANY)]


def test_every_family_name_says_that_it_is_fiction() -> None:
    endings = re.compile(rf".+({'|'.join(names._ENDINGS)})")
    for name in family_pool():
        assert name in SURNAMES or endings.fullmatch(name)
    assert min(len(ending) for ending in names._ENDINGS) >= 6


def test_no_two_family_names_differ_by_accents_only() -> None:
    assert len({without_accents(name) for name in family_pool()}) == len(family_pool()) == 60_000


def test_a_hundred_thousand_people_bear_more_than_twenty_thousand_names(families: list[str]) -> None:
    assert len(set(families)) > 20_000


def test_some_names_are_frequent_and_most_are_rare(families: list[str]) -> None:
    borne = Counter(families)
    most = borne.most_common(1)[0][1]
    assert 0.002 < most / MANY < 0.01
    assert sum(1 for count in borne.values() if count == 1) > len(borne) / 3


def test_compound_and_double_names_and_particles_are_a_few_in_a_hundred(families: list[str]) -> None:
    pool = set(family_pool())
    assert 0.03 < sum("-" in name for name in families) / MANY < 0.07
    assert 0.03 < sum(" " in name for name in families) / MANY < 0.09
    for name in families:
        for part in re.split(r"[- ]", name):
            assert part in names._PARTICLES or part in pool


def test_given_names_follow_the_sex_and_no_list_repeats_one() -> None:
    women = np.arange(2000) % 3 == 0
    drawn = draw_given_names(np.random.default_rng(5), women)
    assert all(name in (WOMEN if woman else MEN) for name, woman in zip(drawn, women, strict=True))
    assert len(set(WOMEN)) == len(WOMEN) > 200
    assert len(set(MEN)) == len(MEN) > 200


def test_the_same_stream_draws_the_same_names(families: list[str]) -> None:
    assert draw_family_names(np.random.default_rng(5), MANY).tolist() == families
    assert draw_family_names(np.random.default_rng(6), MANY).tolist() != families


def test_telephone_numbers_are_for_fiction_and_repeat_only_when_they_must() -> None:
    numbers = draw_mobiles(np.random.default_rng(5), 25_000)
    assert all(re.fullmatch(r"06 39 98 \d\d \d\d", number) for number in numbers)
    assert len(set(numbers[:10_000])) == 10_000
    assert max(Counter(numbers).values()) == 3
    assert len(draw_mobiles(np.random.default_rng(5), 0)) == 0


def test_pools_given_out_are_not_shared_with_whoever_draws() -> None:
    draw_family_names(np.random.default_rng(5), 1000)
    assert family_pool()[0] == "Fictive"
