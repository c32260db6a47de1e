"""Writing a dataset: whole or not at all, the same bytes from the same blocks, however people are cut into blocks."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from convergence.analysis.dataset import SCHEMAS, Block, DatasetError, read, read_truth, write, writing
from convergence.simulation import tables as drawn
from tests.analysis.made import ABOUT, many, small_world


def contents(folder: Path) -> dict[str, pl.DataFrame]:
    tables = read(folder).tables.to_dict()
    return {name: frame.collect() for name, frame in tables.items()}


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def as_arrays(frames: dict[str, pl.DataFrame]) -> dict[str, drawn.Table]:
    """Frames as a simulation would hold them."""
    return {
        table: drawn.table(
            drawn.SCHEMA[table],
            {name: _array(frame[name], column) for name, column in drawn.SCHEMA[table].items()},
            frame.height,
        )
        for table, frame in frames.items()
    }


def _array(values: pl.Series, column: drawn.Column) -> drawn.Array:
    if column.kind is drawn.Kind.TEXT:
        return np.array(values.to_list(), dtype=object)
    if column.kind is drawn.Kind.DAY:
        return values.to_numpy().astype("datetime64[D]")
    if column.kind is drawn.Kind.NUMBER:
        return values.to_numpy()
    numbers = values.to_physical() if column.kind is drawn.Kind.CODE else values
    return numbers.cast(pl.Int64).fill_null(-1).to_numpy()


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    world = small_world()
    manifest = write(tmp_path / "made", [world], ABOUT)
    for table, frame in contents(tmp_path / "made").items():
        assert_frame_equal(frame, world[table])
        assert manifest.rows(table) == frame.height
    assert read(tmp_path / "made").manifest == manifest


def test_arrays_of_a_simulation_make_the_same_dataset_as_frames(tmp_path: Path) -> None:
    write(tmp_path / "frames", [small_world()], ABOUT)
    write(tmp_path / "arrays", [as_arrays(small_world())], ABOUT)
    assert all_bytes(tmp_path / "arrays") == all_bytes(tmp_path / "frames")


def test_the_same_blocks_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once", "again"):
        write(tmp_path / name, [many(20), many(10, 20)], ABOUT)
    assert all_bytes(tmp_path / "once") == all_bytes(tmp_path / "again")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6), rows=st.integers(1, 2000))
def test_however_people_are_cut_into_blocks_and_parts_the_tables_are_the_same(
    sizes: list[int], rows: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS_A_PART", rows)
    firsts = [sum(sizes[:place]) for place in range(len(sizes))]
    folder = tmp_path_factory.mktemp("cut") / "made"
    write(folder, [many(size, first) for size, first in zip(sizes, firsts, strict=True)], ABOUT)
    whole = many(sum(sizes))
    for table, frame in contents(folder).items():
        assert_frame_equal(frame, whole[table])


def test_each_part_holds_the_same_people_in_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS_A_PART", 100)
    manifest = write(tmp_path / "made", [many(10, first) for first in (0, 10, 20)], ABOUT)
    assert {len(files) for files in manifest.tables.values()} == {3}
    people = [set(pl.read_parquet(tmp_path / "made" / "people" / f"000{n}.parquet")["person"]) for n in range(3)]
    spells = [set(pl.read_parquet(tmp_path / "made" / "situations" / f"000{n}.parquet")["person"]) for n in range(3)]
    assert all(held <= of_part for held, of_part in zip(spells, people, strict=True))
    assert not people[0] & people[1] | people[1] & people[2]


def test_a_key_used_in_two_parts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS_A_PART", 1)
    again = many(2, 1)
    with pytest.raises(DatasetError, match="clé déjà présente dans une autre partie"):
        write(tmp_path / "made", [many(2), again], ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_a_block_names_no_person_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS_A_PART", 1)
    world = small_world()
    goals = world.pop("goals")
    later = {table: frame.clear() for table, frame in small_world().items()} | {"goals": goals}
    with pytest.raises(DatasetError, match="absente de la table"):
        write(tmp_path / "made", [world, later], ABOUT)


def test_a_dataset_without_anybody_has_all_its_tables(tmp_path: Path) -> None:
    write(tmp_path / "made", [], ABOUT)
    assert {name: frame.height for name, frame in contents(tmp_path / "made").items()} == dict.fromkeys(SCHEMAS, 0)


def test_the_truth_goes_beside_the_tables_and_may_be_taken_away(tmp_path: Path) -> None:
    began = small_world()["paths"]["since"].to_numpy()
    keys = {"path": np.array([1, 2, 3]), "person": np.array([1, 1, 2]), "site": np.array([1, 1, 1])}
    flags = {name: np.array([1, 0, 1]) for name in drawn.TRUTH if name.endswith(("_with", "_without"))}
    columns = keys | flags | {"scheme": np.zeros(3), "since": began, "difficulty": np.array([0.5, -1.0, 0.0])}
    block: Block = {**small_world(), "truth": drawn.table(drawn.TRUTH, columns)}
    write(tmp_path / "made", [block], ABOUT)
    assert read_truth(tmp_path / "made")["housed_with"].to_list() == [True, False, True]
    (tmp_path / "made" / "truth" / "0000.parquet").unlink()
    (tmp_path / "made" / "truth").rmdir()
    assert read(tmp_path / "made").tables.people.collect().height == 3
    with pytest.raises(DatasetError, match=r"truth/0000\.parquet ne peut pas être lu"):
        read_truth(tmp_path / "made")


def test_a_truth_that_lacks_something_is_refused(tmp_path: Path) -> None:
    known = pl.DataFrame({"path": [1], "person": [1]})
    with pytest.raises(DatasetError, match="Table «\u00a0truth\u00a0»\u00a0: il manque la colonne «\u00a0site\u00a0»"):
        write(tmp_path / "made", [small_world() | {"truth": known}], ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_blocks_of_frames_and_of_arrays_make_one_dataset(tmp_path: Path) -> None:
    write(tmp_path / "made", [many(3), as_arrays(many(2, 3))], ABOUT)
    assert_frame_equal(contents(tmp_path / "made")["people"], many(5)["people"])


def test_records_have_no_truth_to_read(tmp_path: Path) -> None:
    write(tmp_path / "made", [small_world()], ABOUT)
    with pytest.raises(DatasetError, match="ne contient pas les effets connus"):
        read_truth(tmp_path / "made")


def test_an_empty_folder_is_filled_and_one_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    write(tmp_path / "made", [small_world()], ABOUT)
    before = all_bytes(tmp_path / "made")
    with pytest.raises(DatasetError, match="n’est pas vide"):
        write(tmp_path / "made", [many(3)], ABOUT)
    assert all_bytes(tmp_path / "made") == before
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="n’est pas un dossier"):
        write(tmp_path / "file", [small_world()], ABOUT)


def test_an_unknown_table_or_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="La table «\u00a0visits\u00a0» est inconnue"):
        write(tmp_path / "made", [small_world() | {"visits": pl.DataFrame()}], ABOUT)
    arrays = as_arrays(small_world())
    strange = drawn.Table(arrays["goals"].columns, arrays["goals"].codes | {"domain": ("employment", "astrology")})
    with pytest.raises(DatasetError, match="le code «\u00a0astrology\u00a0» est inconnu"):
        write(tmp_path / "made", [arrays | {"goals": strange}], ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_codes_in_another_order_are_put_in_theirs(tmp_path: Path) -> None:
    arrays = as_arrays(small_world())
    goals = arrays["goals"]
    codes = tuple(reversed(goals.codes["domain"]))
    domain = len(codes) - 1 - goals["domain"]
    turned = drawn.Table(goals.columns | {"domain": domain}, goals.codes | {"domain": codes})
    write(tmp_path / "made", [arrays | {"goals": turned}], ABOUT)
    assert_frame_equal(contents(tmp_path / "made")["goals"], small_world()["goals"])


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_left_when_it_stops_on_the_way(tmp_path: Path, stopped_by: type[BaseException]) -> None:
    def blocks() -> Iterator[Block]:
        yield small_world()
        raise stopped_by

    with pytest.raises(stopped_by):
        write(tmp_path / "made", blocks(), ABOUT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DatasetError, match="ne peut pas être écrit"):
        write(tmp_path / "made", [small_world()], ABOUT)


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="ne peut pas être écrit"):
        write(tmp_path / "file" / "made", [small_world()], ABOUT)


@pytest.mark.faults
def test_a_process_killed_while_it_writes_leaves_no_dataset(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from convergence.analysis.dataset import write, writing\n"
        "from tests.analysis.made import ABOUT, many\n"
        "writing.ROWS_A_PART = 1\n"
        "def blocks():\n"
        "    for n in range(1000):\n"
        "        yield many(5, n * 5)\n"
        "        print(n, flush=True)\n"
        "write(Path(sys.argv[1]), blocks(), ABOUT)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "made")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.strip() == "3":
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
    time.sleep(0.05)
    assert not (tmp_path / "made").exists()
    with pytest.raises(DatasetError):
        read(next(tmp_path.iterdir()))
    write(tmp_path / "made", [small_world()], ABOUT)
    assert read(tmp_path / "made").tables.people.collect().height == 3
