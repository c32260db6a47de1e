"""An import whose worker is killed, or whose connection is lost, has written nothing and is done once, later."""

# ruff: noqa: F401, F811 - fixtures are imported by their names

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from convergence.intake import holding, writing
from convergence.intake.actor import Importer
from convergence.intake.models import Import
from convergence.intake.planning import preview
from convergence.people.models import PersonName
from convergence.platform import jobs
from convergence.platform.clock import today
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.intake.files import text
from tests.platform.conftest import Committed, committed

ROWS = 400


def asked(committed: Committed) -> Job:
    """The job of a list of some length, waiting in the queue."""

    def ask() -> Job:
        user, site = committed.world.users[Role.COUNSELLOR], committed.world.site
        people = [("Fictive", f"Zoé {chr(97 + place // 26)}{chr(97 + place % 26)}", "oui") for place in range(ROWS)]
        held, table = holding.hold(user.pk, site.pk, "liste.csv", text([("Nom", "Prénom", "RSA"), *people]))
        mapping = holding.mapping_of(held, table)
        holding.write_plan(held, preview(table, mapping, Importer.of(user.pk, today()), site, today()))
        held.job = jobs.ask(writing.KIND, user.pk, import_id=str(held.pk))
        held.save()
        return held.job

    return committed.as_user(ask)


def ask_again(committed: Committed) -> Job:
    def ask() -> Job:
        held = Import.objects.get()
        held.job = jobs.ask(writing.KIND, held.actor_id, import_id=str(held.pk))
        held.save()
        return held.job

    return committed.as_user(ask)


def written(committed: Committed) -> int:
    return committed.as_maint(lambda: PersonName.objects.filter(source__startswith="import:").count())


def seen(committed: Committed, job: Job) -> Job:
    return committed.as_user(lambda: Job.objects.get(pk=job.pk))


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@contextmanager
def worker(committed: Committed) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test's database."""
    url = urlsplit(os.environ["DATABASE_URL_WORKER"])._replace(path=f"/{committed.name}").geturl()
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker"],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "convergence.platform.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def end_connections(committed: Committed) -> int:
    """End the connection on which the worker is writing."""
    with psycopg.connect(os.environ["CONVERGENCE_TEST_SUPERUSER_URL"], autocommit=True) as server:
        ended = server.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = 'convergence_worker' AND xact_start IS NOT NULL",
            [committed.name],
        ).fetchone()
    return int(ended[0]) if ended else 0


@pytest.mark.faults
def test_a_connection_lost_half_way_leaves_nothing_and_the_import_may_be_asked_for_again(committed: Committed) -> None:
    job = asked(committed)
    with worker(committed):
        wait_for(lambda: 0 < seen(committed, job).done < ROWS)
        wait_for(lambda: end_connections(committed))
        wait_for(lambda: seen(committed, job).state == Job.State.FAILED)
        assert "rien n’a été enregistré" in seen(committed, job).sentence
        assert written(committed) == 0
        again = ask_again(committed)
        wait_for(lambda: seen(committed, again).state == Job.State.DONE)
    assert written(committed) == ROWS


@pytest.mark.faults
def test_a_worker_killed_half_way_leaves_nothing_and_the_import_is_done_once(committed: Committed) -> None:
    job = asked(committed)
    with worker(committed) as process:
        wait_for(lambda: 0 < seen(committed, job).done < ROWS)
        process.kill()
        process.wait(30)
    assert written(committed) == 0
    assert seen(committed, job).state == Job.State.RUNNING
    with worker(committed):
        # A worker's heart must have been silent for half a minute; whoever is there looks every minute.
        wait_for(lambda: seen(committed, job).state == Job.State.DONE, 240)
    assert written(committed) == ROWS
    held = committed.as_user(Import.objects.get)
    assert held.counts == {"created": ROWS, "changed": 0, "nothing": 0, "left": 0}


def test_two_workers_with_the_same_list_make_each_person_once(committed: Committed) -> None:
    both = [asked(committed), asked(committed)]

    def start(job: Job) -> Future[None]:
        return committed.start(lambda: jobs.run_job(str(job.pk)), "worker")

    for running in [start(job) for job in both]:
        running.result(120)
    assert {seen(committed, job).state for job in both} == {Job.State.DONE}
    assert written(committed) == ROWS
