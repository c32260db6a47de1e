"""Files of amounts that something else wrote, or that were damaged: never read as amounts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convergence.analysis.benefits.tables import Bits, Tables, Values

LAW = "law" * 10


def doubled(keys: Bits) -> Values:
    return (keys[:, :1] * 2).astype(np.float32)


def keys(count: int) -> Bits:
    return np.stack([np.arange(count), np.arange(count)], axis=1).astype(np.int32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    tables = Tables(tmp_path, LAW)
    tables.of("wages", 600, 2, 1).look_up(keys(3), doubled)
    tables.save()
    return tables.file("wages")


@pytest.mark.parametrize(
    "other",
    [
        {"months": np.array(["a", "b", "c"])},
        {"months": np.array([600, np.nan, 600])},
        {"months": np.int32(600)},
        {"months": np.full((3, 1), 600, np.int32)},
        {"keys": np.zeros((3, 5), np.int32)},
        {"keys": np.ones((3, 2), np.int32)},
        {"values": np.array([["a"], ["b"], ["c"]])},
        {"values": np.ones((3, 1))},
        {"values": np.full((3, 1), np.nan, np.float32)},
        {"values": np.array([[{}], [{}], [{}]])},
        {"fingerprints": np.array([1, 2, 3], np.uint64)},
    ],
    ids=str,
)
def test_a_table_of_other_columns_is_worked_out_again_and_said(file: Path, other: dict[str, Any]) -> None:
    with np.load(file) as held:
        columns = {**held, **other}
    np.savez(file, **columns)
    again_and_said(file)


@pytest.mark.parametrize("content", [b"", b"des mots", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_file_of_something_else_is_worked_out_again_and_said(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    again_and_said(file)


def test_one_array_in_the_place_of_a_table_is_worked_out_again_and_said(file: Path) -> None:
    with file.open("wb") as target:
        np.save(target, np.arange(3))
    again_and_said(file)


def again_and_said(file: Path) -> None:
    tables = Tables(file.parent, LAW)
    assert tables.of("wages", 600, 2, 1).look_up(keys(4), doubled)[:, 0].tolist() == [0, 2, 4, 6]
    assert [note.replace("\u00a0", " ") for note in tables.notes] == [
        f"La table « {file.name} » ne se lit pas : ses montants sont recalculés."
    ]
    tables.save()
    whole = Tables(file.parent, LAW)
    assert len(whole.of("wages", 600, 2, 1)) == 4
    assert not whole.notes
