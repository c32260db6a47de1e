"""A run's folder: whole with its manifest, or not there."""

import hashlib
import json
from pathlib import Path

import pytest

from convergence.analysis.evaluation.errors import EvaluationError
from convergence.analysis.evaluation.folder import refuse_what_is_there, write

FILES = {"evaluation.json": b"{}", "tables/a.csv": b"x\n1\n"}


def test_files_are_written_with_a_manifest_of_their_fingerprints(tmp_path: Path) -> None:
    write(tmp_path / "out", FILES, {"day": "2026-01-15"})
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert told["day"] == "2026-01-15"
    assert set(told["files"]) == set(FILES)
    for name, content in FILES.items():
        assert (tmp_path / "out" / name).read_bytes() == content
        assert told["files"][name] == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert told["packages"]["polars"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("à garder")
    with pytest.raises(EvaluationError, match="n’est pas vide"):
        write(tmp_path, FILES, {})
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="ne peut pas être écrit"):
        write(tmp_path / "out", {"a" * 300: b""}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("à garder")
    for place in (tmp_path / "note.txt" / "a" / "out", Path("/proc/self/nowhere/out")):
        with pytest.raises(EvaluationError, match="ne peut pas être écrit"):
            refuse_what_is_there(place)
    refuse_what_is_there(tmp_path / "new" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(EvaluationError, match="n’est pas un dossier"):
        write(tmp_path / "out", FILES, {})
