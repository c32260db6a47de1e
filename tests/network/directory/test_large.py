"""One row in three is wrong: all are counted, none is forgotten; with half a million of them, the memory stays flat."""

import json
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from convergence.network.directory.holding import File, hold
from convergence.network.directory.models import Entry, RefusedRow, Structure
from convergence.network.directory.reporting import reasons, spreadsheet
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, run, structure

FAULTS: list[dict[str, Any]] = [{"telephone": "06 39"}, {"latitude": 999.0}, {"nom": "x"}]
MEGABYTES = 1024


def rows(count: int) -> Iterator[bytes]:
    yield b"["
    for number in range(count):
        wrong: dict[str, Any] = FAULTS[number // 3 % len(FAULTS)] if number % 3 == 2 else {}
        yield (b"," if number else b"") + json.dumps(structure(number, **wrong)).encode()
    yield b"]"


@pytest.mark.parametrize("count", [300, pytest.param(500_000, marks=pytest.mark.slow)])
def test_a_file_with_one_row_in_three_wrong(world: World, acting_as: Acting, time_machine: Any, count: int) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk
    assume(officer, TODAY)
    held = hold(officer, [File("grand.json", rows(count))], complete=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(held, acting_as)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200 * MEGABYTES
    wrong = count // 3
    assert held.counts["structure"] == {"created": count - wrong, "refused": wrong}
    assert Structure.objects.count() == Entry.objects.count() == count - wrong
    assert RefusedRow.objects.filter(directory_import=held).count() == wrong
    told = reasons(held)
    assert {one.field for one in told} == {"telephone", "latitude", "nom"}
    assert sum(one.count for one in told) == wrong
    assert all(len(one.rows) <= 5 for one in told)
    assert spreadsheet(held).count(b"\r\n") == wrong + 1
