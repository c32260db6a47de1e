"""The same seed draws the same bytes, whoever draws which block; another seed draws other people."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.simulation.model import blocks, blocks_in_parallel, layout
from convergence.simulation.parameter_file import ParameterError
from convergence.simulation.parameters import parameters
from convergence.simulation.tables import DTYPES, LAYOUT_TABLES, SCHEMA, TRUTH, Column, Kind, Table, table, with_truth
from tests.simulation.drawn import SEED, UNTIL, digest, drawn, paris


def digests(tables: dict[str, Table]) -> dict[str, str]:
    return {name: digest(each) for name, each in tables.items()}


def test_the_same_seed_draws_the_same_bytes() -> None:
    again = next(blocks(parameters(), UNTIL, seed=SEED))
    assert digests(with_truth(again)) == digests(with_truth(paris()))


def test_another_seed_draws_other_people() -> None:
    other = digests(with_truth(drawn(seed=SEED + 1)[0]))
    same = {name for name, each in digests(with_truth(paris())).items() if other[name] == each}
    assert same == set()


def test_the_number_of_processes_changes_no_byte() -> None:
    alone = drawn(people=900, territories=3)
    shared = blocks_in_parallel(with_truth, parameters(), UNTIL, people=900, territories=3, seed=SEED, processes=2)
    assert [digests(each) for each in shared] == [digests(with_truth(block)) for block in alone]
    assert len(alone) == 3


def test_a_block_does_not_depend_on_what_other_territories_draw() -> None:
    """Paris keeps its people when nothing about them changes, however many sites there are elsewhere."""
    few, many = drawn(people=6000, territories=3), drawn(people=9000, territories=3)
    assert digests(with_truth(few[0])) == digests(with_truth(many[0]))
    assert digests(with_truth(few[1])) != digests(with_truth(many[1]))


def test_one_subject_s_draws_do_not_move_another_s() -> None:
    busier = drawn(changed="[meetings]\na_month = 3\n")[0]
    other = digests(with_truth(busier))
    moved = {name for name, each in digests(with_truth(paris())).items() if other[name] != each}
    assert moved == {"interviews"}


def test_every_table_has_the_columns_and_types_of_the_schema() -> None:
    tables = with_truth(paris()) | paris().layout.tables
    assert tables.keys() == SCHEMA.keys() | {"truth"}
    assert paris().layout.tables.keys() == set(LAYOUT_TABLES)
    for name, each in tables.items():
        schema = TRUTH if name == "truth" else SCHEMA[name]
        assert list(each.columns) == list(schema)
        assert {column: values.dtype for column, values in each.columns.items()} == {
            column: DTYPES[kind.kind] for column, kind in schema.items()
        }
        for column in each.codes:
            assert set(np.unique(each[column])) <= set(range(-1, len(each.codes[column])))


def test_every_table_of_people_has_rows() -> None:
    assert [name for name, each in paris().tables.items() if not len(each)] == []


def test_keys_are_unique_over_all_blocks() -> None:
    several = drawn(people=900, territories=3)
    for name, key in (("people", "person"), ("contracts", "contract"), ("interviews", "interview")):
        keys = np.concatenate([block.tables[name][key] for block in several])
        assert len(np.unique(keys)) == len(keys)
        assert keys.min() > 0


def test_as_many_people_are_hired_as_were_asked_for() -> None:
    several = drawn(people=900, territories=3)
    assert sum((block.tables["people"]["entered_as"] == 0).sum() for block in several) == 900
    assert {block.territory for block in several} == {1, 2, 3}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    until=st.dates(date(2012, 3, 2), date(2032, 1, 1)),
    people=st.integers(1, 120),
    territories=st.integers(1, 4),
    seed=st.integers(0, 2**40),
)
def test_any_date_number_and_seed_can_be_drawn(until: date, people: int, territories: int, seed: int) -> None:
    several = list(blocks(parameters(), until, people=people, territories=territories, seed=seed))
    assert sum((block.tables["people"]["entered_as"] == 0).sum() for block in several) == people


def test_nothing_can_be_drawn_before_the_first_site_opens() -> None:
    with pytest.raises(ParameterError, match="Aucun chantier n’est ouvert avant le 01/03/2012"):
        layout(parameters(), date(2012, 3, 1))


@pytest.mark.parametrize(
    ("people", "territories", "said"),
    [(0, 1, "au moins une personne"), (10, 0, "au moins un territoire"), (10_000_000, 1, "plus de territoires")],
)
def test_numbers_that_make_no_sense_are_refused(people: int, territories: int, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        layout(parameters(), UNTIL, people=people, territories=territories)


def test_a_table_refuses_what_its_schema_has_not() -> None:
    schema = {"person": Column(Kind.KEY)}
    with pytest.raises(ValueError, match="not in the schema"):
        table(schema, {"persons": np.zeros(2)})
    with pytest.raises(ValueError, match="different lengths"):
        table(schema | {"day": Column(Kind.DAY)}, {"person": np.zeros(2), "day": np.zeros(3, "datetime64[D]")})
