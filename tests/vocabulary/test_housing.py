"""Five steps of housing, institutions apart, and three sets that figures count."""

import re

import pytest

from convergence.vocabulary.housing import DURABLE, OBTAINED, STABILISED, Housing, HousingSet, HousingStep

INSTITUTIONS = {Housing.PRISON, Housing.HOSPITAL, Housing.LHSS, Housing.ACT}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Housing.ROUGH, 1),
        (Housing.SQUAT, 1),
        (Housing.CAMP, 1),
        (Housing.VEHICLE, 1),
        (Housing.THIRD_PARTY, 2),
        (Housing.HOTEL, 2),
        (Housing.NIGHT_SHELTER, 2),
        (Housing.EMERGENCY_SHELTER, 3),
        (Housing.CHRS, 3),
        (Housing.STABILISATION, 3),
        (Housing.ASYLUM_HOUSING, 3),
        (Housing.SOCIAL_RESIDENCE, 4),
        (Housing.YOUNG_WORKERS, 4),
        (Housing.SUBLET, 4),
        (Housing.PENSION_DE_FAMILLE, 4),
        (Housing.SOCIAL_LEASE, 5),
        (Housing.PRIVATE_LEASE, 5),
        (Housing.COMPLETED_BAIL_GLISSANT, 5),
        (Housing.OWNER, 5),
    ],
)
def test_each_way_of_living_stands_on_its_step(value: Housing, number: int) -> None:
    assert value.step.number == number


def test_institutions_stand_on_no_step_of_the_scale() -> None:
    assert {value for value in Housing if value.step is HousingStep.INSTITUTION} == INSTITUTIONS
    assert {value.step.number for value in INSTITUTIONS} == {0}


def test_each_step_can_be_noted_when_no_more_is_known() -> None:
    for step in HousingStep:
        if step is not HousingStep.INSTITUTION:
            assert Housing(step.value).step is step


def test_the_list_goes_from_the_most_precarious_to_the_most_stable() -> None:
    numbers = [value.step.number for value in Housing if value not in INSTITUTIONS]
    assert numbers == sorted(numbers)


def test_shades_of_the_life_line_stay_within_five() -> None:
    assert {value.shade for value in Housing} == {1, 2, 3, 4, 5}


def test_a_home_of_ones_own_is_outside_the_typology_of_homelessness() -> None:
    assert {value for value in Housing if value.step is HousingStep.AUTONOMOUS and value.ethos} == set()


def test_ethos_codes_are_categories_of_the_typology() -> None:
    subcategories = {1: 1, 2: 1, 3: 3, 4: 1, 5: 2, 6: 3, 7: 2, 8: 3, 9: 2, 10: 1, 11: 3, 12: 1, 13: 1}
    for value in Housing:
        if value.ethos:
            category, _, within = value.ethos.partition(".")
            assert re.fullmatch(r"\d*", within), value
            assert int(within or 1) <= subcategories[int(category)], value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Housing.ROUGH, "1.1"),
        (Housing.NIGHT_SHELTER, "2.1"),
        (Housing.ASYLUM_HOUSING, "5.1"),
        (Housing.PRISON, "6.1"),
        (Housing.HOSPITAL, "6.2"),
        (Housing.PENSION_DE_FAMILLE, "7.2"),
        (Housing.THIRD_PARTY, "8.1"),
        (Housing.SQUAT, "8.2"),
        (Housing.VEHICLE, "11.1"),
        (Housing.CAMP, "11.3"),
    ],
)
def test_the_plain_cases_of_the_typology(value: Housing, code: str) -> None:
    assert value.ethos == code


def test_durable_obtained_and_stabilised_are_three_sets_each_wider_than_the_one_before() -> None:
    assert DURABLE.values < OBTAINED.values < STABILISED.values


def test_a_pension_de_famille_is_a_home_obtained_but_not_counted_as_durable() -> None:
    assert Housing.PENSION_DE_FAMILLE in OBTAINED.values - DURABLE.values


def test_neither_emergency_nor_institutions_count_as_stabilised() -> None:
    assert not STABILISED.values & {Housing.EMERGENCY_SHELTER, Housing.ASYLUM_HOUSING, *INSTITUTIONS}


@pytest.mark.parametrize("named", [STABILISED, DURABLE, OBTAINED])
def test_a_set_is_printed_with_its_definition(named: HousingSet) -> None:
    assert named.values
    assert named.label != named.definition
    assert named.definition.endswith(".")
