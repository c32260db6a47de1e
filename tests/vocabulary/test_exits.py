"""Motives of the end of a path, and what each counts as (domain.md §5)."""

from datetime import date

import pytest

from convergence.vocabulary.exits import DYNAMIC, TABLES, ExitCategory, ExitMotive, table_on

CATEGORIES = {
    ExitCategory.DURABLE: {1, 3, 4, 9, 11, 13, 96},
    ExitCategory.TRANSITION: {10, 14},
    ExitCategory.POSITIVE: {2, 5, 12, 15},
    ExitCategory.OTHER: {6, 7, 8},
    ExitCategory.REMOVED: {16, 17, 18, 19, 20, 21, 22},
}


@pytest.mark.parametrize("category", list(ExitCategory))
def test_each_category_counts_its_codes(category: ExitCategory) -> None:
    table = table_on(date(2015, 6, 1))
    assert {int(motive) for motive, counted in table.categories.items() if counted is category} == CATEGORIES[category]


def test_every_table_gives_every_motive_a_category_and_names_its_source() -> None:
    for table in TABLES:
        assert set(table.categories) == set(ExitMotive)
        assert table.source


def test_tables_follow_one_another_and_the_first_serves_before_its_date() -> None:
    assert [table.since for table in TABLES] == sorted({table.since for table in TABLES})
    assert table_on(date(2000, 1, 1)) is TABLES[0]
    for table in TABLES:
        assert table_on(table.since) is table


def test_dynamic_exits_are_durable_transition_and_positive() -> None:
    assert set(ExitCategory) - DYNAMIC == {ExitCategory.OTHER, ExitCategory.REMOVED}


def test_a_motive_is_found_by_its_code_and_read_in_french() -> None:
    assert ExitMotive(3).label == "CDI non aidé ailleurs"
    assert len({motive.label for motive in ExitMotive}) == len(ExitMotive)
    with pytest.raises(ValueError, match="99"):
        ExitMotive(99)
