"""Half a million rows, one in three of them wrong: all are counted, none is forgotten, the memory stays flat."""

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

ROWS = 500_000
FAULTS: list[dict[str, Any]] = [{"telephone": "06 39"}, {"latitude": 999.0}, {"nom": "x"}]
MEGABYTES = 1024


def rows() -> Iterator[bytes]:
    yield b"["
    for number in range(ROWS):
        wrong: dict[str, Any] = FAULTS[number // 3 % len(FAULTS)] if number % 3 == 2 else {}
        yield (b"," if number else b"") + json.dumps(structure(number, **wrong)).encode()
    yield b"]"


@pytest.mark.slow
def test_half_a_million_rows_with_one_in_three_wrong(world: World, acting_as: Acting, time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk
    assume(officer, TODAY)
    held = hold(officer, [File("grand.json", rows())], complete=True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(held, acting_as)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200 * MEGABYTES
    wrong = ROWS // 3
    assert held.counts["structure"] == {"created": ROWS - wrong, "refused": wrong}
    assert Structure.objects.count() == Entry.objects.count() == ROWS - wrong
    assert RefusedRow.objects.filter(directory_import=held).count() == wrong
    told = reasons(held)
    assert {one.field for one in told} == {"telephone", "latitude", "nom"}
    assert sum(one.count for one in told) == wrong
    assert all(len(one.rows) <= 5 for one in told)
    assert spreadsheet(held).count(b"\r\n") == wrong + 1
