"""A worker killed in the middle of an import leaves the directory as it was, and the import is done once, later."""

# ruff: noqa: F401, F811 - fixtures are imported by their names

import pytest

from convergence.network.directory.holding import File, hold
from convergence.network.directory.models import DirectoryImport, DirectoryPiece, Entry, RefusedRow, Structure
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.intake.test_writing_faults import wait_for, worker
from tests.network.directory.made import page, structure
from tests.platform.conftest import Committed, committed

ROWS = 12_000
OFFICER = Role.PARTNERSHIP_OFFICER


def asked(committed: Committed) -> DirectoryImport:
    """An import of some length, waiting in the queue; one of its rows is wrong."""

    def ask() -> DirectoryImport:
        rows = [structure(number, telephone="06 39" if number == 1 else None) for number in range(ROWS)]
        return hold(committed.world.users[OFFICER].pk, [File("annuaire.json", [page(rows)])], complete=True)

    return committed.as_user(ask, OFFICER)


def counted(committed: Committed) -> tuple[int, int, int]:
    """Structures, entries of the search, refused rows."""
    tables = Structure, Entry, RefusedRow
    structures, entries, refused = (committed.as_maint(table.objects.count) for table in tables)
    return structures, entries, refused


@pytest.mark.faults
def test_a_worker_killed_half_way_leaves_the_directory_as_it_was(committed: Committed) -> None:
    held = asked(committed)

    def job() -> Job:
        return committed.as_user(lambda: Job.objects.get(pk=held.job_id or held.pk), OFFICER)

    with worker(committed) as process:
        wait_for(lambda: 0 < job().done < job().total)
        process.kill()
        process.wait(30)
    assert counted(committed) == (0, 0, 0)
    assert committed.as_maint(DirectoryPiece.objects.count) > 0
    with worker(committed):
        # A worker's heart must have been silent for half a minute; whoever is there looks every minute.
        wait_for(lambda: job().state == Job.State.DONE, 300)
    assert counted(committed) == (ROWS - 1, ROWS - 1, 1)
    assert committed.as_maint(DirectoryPiece.objects.count) == 0
