"""Slow work: asked for with a commit, done once and whole as the one who asked, told in a sentence."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.access.models import User
from convergence.people.models import Person
from convergence.platform import jobs
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.models import Job
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import LONG_AGO, handed_over
from tests.platform.conftest import Committed

KIND = "example"
Register = Callable[[jobs.Work], None]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Say what a job of the example kind does, for one test."""

    def does(work: jobs.Work) -> None:
        monkeypatch.setitem(jobs._works, KIND, work)

    return does


def ask(committed: Committed, **arguments: object) -> Job:
    return committed.as_user(lambda: jobs.ask(KIND, committed.world.users[Role.COUNSELLOR].pk, **arguments))


def do(committed: Committed, job: Job) -> None:
    committed.run(lambda: jobs.run_job(str(job.pk)), "worker")


def seen(committed: Committed, job: Job) -> Job:
    """The job as the one who asked for it sees it."""
    return committed.as_user(lambda: Job.objects.get(pk=job.pk))


def written(committed: Committed) -> int:
    return committed.as_maint(lambda: Situation.objects.filter(aspect="bank_account").count())


def write(committed: Committed) -> None:
    record_situation(committed.world.anouk.pk, "bank_account", "open", LONG_AGO, today=today())


def test_a_job_asked_for_in_a_transaction_that_fails_never_exists(committed: Committed) -> None:
    def ask_then_fail() -> None:
        jobs.ask(KIND, committed.world.users[Role.COUNSELLOR].pk)
        transaction.set_rollback(True)

    committed.as_user(ask_then_fail)
    assert committed.as_maint(Job.objects.count) == 0
    assert committed.as_maint(queued) == []


def queued() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(j)::text FROM procrastinate_jobs j")
        return [json.loads(row) for (row,) in cursor.fetchall()]


def test_a_job_runs_as_the_one_who_asked_and_tells_its_result(committed: Committed, register: Register) -> None:
    def work(job: Job, progress: jobs.Progress) -> str:
        write(committed)
        return f"{Person.objects.count()} personnes lues."

    register(work)
    job = ask(committed)
    assert seen(committed, job).state == Job.State.WAITING
    do(committed, job)
    job = seen(committed, job)
    assert (job.state, job.sentence) == (Job.State.DONE, "1 personnes lues.")
    assert job.ended_at is not None
    author = committed.as_maint(lambda: Situation.objects.get(aspect="bank_account").recorded_by)
    assert author == committed.world.users[Role.COUNSELLOR]


def test_a_mission_that_ended_meanwhile_sees_nothing_any_more(committed: Committed, register: Register) -> None:
    register(lambda job, progress: f"{Person.objects.count()} personnes lues.")
    job = ask(committed)
    users = committed.world.users
    missions = Mission.objects.filter(user=users[Role.COUNSELLOR])
    committed.as_maint(lambda: handed_over(users[Role.COUNSELLOR], users[Role.SUPPORT_WORKER]))
    committed.as_maint(lambda: missions.update(valid=DateRange(LONG_AGO, today())))
    do(committed, job)
    assert seen(committed, job).sentence == "0 personnes lues."


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Refused("Cette liste a déjà été reçue."), "Cette liste a déjà été reçue."),
        (ValueError("Anouk Fictive"), "Une erreur a interrompu ce travail ; rien n’a été enregistré."),
    ],
)
def test_a_job_that_fails_says_so_and_leaves_nothing_written(
    committed: Committed, register: Register, failure: Exception, said: str
) -> None:
    def work(job: Job, progress: jobs.Progress) -> str:
        write(committed)
        raise failure

    register(work)
    job = ask(committed)
    do(committed, job)
    job = seen(committed, job)
    assert job.state == Job.State.FAILED
    assert job.sentence.replace("\u00a0", " ") == said
    assert written(committed) == 0


@pytest.mark.parametrize("outcome", [Job.State.DONE, Job.State.FAILED])
def test_a_job_delivered_twice_is_done_once(committed: Committed, register: Register, outcome: Job.State) -> None:
    began, finish, times = Event(), Event(), []

    def work(job: Job, progress: jobs.Progress) -> str:
        times.append(job.pk)
        began.set()
        assert finish.wait(30)
        write(committed)
        if outcome == Job.State.FAILED:
            raise Refused("Non.")
        return "Fait."

    register(work)
    job = ask(committed)
    first = committed.start(lambda: jobs.run_job(str(job.pk)), "worker")
    assert began.wait(30)
    second = committed.start(lambda: jobs.run_job(str(job.pk)), "worker")
    wait_for(lambda: committed.as_maint(somebody_waits_for_a_lock))
    finish.set()
    first.result(60)
    second.result(60)
    do(committed, job)
    assert times == [job.pk]
    assert seen(committed, job).state == outcome
    assert written(committed) == (outcome == Job.State.DONE)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 0 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND NOT l.granted"
        )
        return bool(cursor.fetchone()[0])


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_a_job_whose_asker_s_account_was_closed_is_told_and_not_stuck(committed: Committed, register: Register) -> None:
    register(lambda job, progress: "Fait.")
    job = ask(committed)
    counsellor = User.objects.filter(pk=committed.world.users[Role.COUNSELLOR].pk)
    committed.as_maint(lambda: counsellor.update(is_active=False))
    do(committed, job)
    job = committed.as_maint(lambda: Job.objects.get(pk=job.pk))
    assert job.state == Job.State.FAILED
    assert "fermé" in job.sentence


def test_progress_is_seen_by_others_while_the_work_runs(committed: Committed, register: Register) -> None:
    half, go_on = Event(), Event()

    def work(job: Job, progress: jobs.Progress) -> str:
        progress(1, 2)
        half.set()
        assert go_on.wait(30)
        return "Fait."

    register(work)
    job = ask(committed)
    running = committed.start(lambda: jobs.run_job(str(job.pk)), "worker")
    assert half.wait(30)
    now = seen(committed, job)
    assert (now.state, now.done, now.total) == (Job.State.RUNNING, 1, 2)
    go_on.set()
    running.result(60)
    assert seen(committed, job).state == Job.State.DONE


def test_progress_never_waits_long_for_the_job_s_own_lock(committed: Committed, register: Register) -> None:
    def work(job: Job, progress: jobs.Progress) -> str:
        Job.objects.filter(pk=job.pk).update(sentence="première étape")
        progress(1, 2)
        return "Fait."

    register(work)
    job = ask(committed)
    began = time.monotonic()
    do(committed, job)
    assert time.monotonic() - began < 20
    assert seen(committed, job).state == Job.State.DONE


def test_the_queue_and_the_jobs_hold_ids_only_and_each_sees_her_own(committed: Committed, register: Register) -> None:
    register(lambda job, progress: "Fait.")
    job = ask(committed, person=committed.world.anouk.pk)
    (row,) = committed.as_maint(queued)
    assert row["args"] == {"job_id": str(job.pk)}
    assert "Anouk" not in json.dumps(row)
    assert committed.as_user(Job.objects.count, Role.SITE_MANAGER) == 0
    with pytest.raises(Exception, match="permission denied"):
        committed.run(queued)


def test_nobody_asks_for_a_job_in_somebody_else_s_name(committed: Committed) -> None:
    with pytest.raises(Exception, match="row-level security"):
        committed.as_user(lambda: jobs.ask(KIND, committed.world.users[Role.SITE_MANAGER].pk))


SETTINGS = """
from tests.settings import *

LOGGING_CONFIG = None
INSTALLED_APPS = [*INSTALLED_APPS, "slow_work"]
"""
SLOW_WORK = """
import time
from django.db.models import F
from convergence.platform.clock import today
from convergence.platform.jobs import work_for
from convergence.situations.recording import record_situation
from datetime import date

@work_for("example")
def work(job, progress):
    record_situation(job.arguments["person"], "bank_account", "open", date(2024, 1, 8), today=today())
    progress(1, 2)
    time.sleep(job.arguments["seconds"])
    return "Fait."
"""


@contextmanager
def worker(committed: Committed, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "slow_work").mkdir(exist_ok=True)
    (folder / "slow_work" / "__init__.py").write_text("")
    (folder / "slow_work" / "tasks.py").write_text(SLOW_WORK)
    (folder / "worker_settings.py").write_text(SETTINGS)
    url = urlsplit(os.environ["DATABASE_URL_WORKER"])._replace(path=f"/{committed.name}").geturl()
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "src")])
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker"],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "worker_settings", "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@pytest.mark.faults
def test_a_worker_killed_half_way_leaves_nothing_and_the_job_is_done_by_another(
    committed: Committed, tmp_path: Path
) -> None:
    job = ask(committed, person=committed.world.anouk.pk, seconds=4)
    with worker(committed, tmp_path) as process:
        wait_for(lambda: seen(committed, job).done == 1, 60)
        process.kill()
        process.wait(30)
    assert written(committed) == 0
    assert seen(committed, job).state == Job.State.RUNNING
    with worker(committed, tmp_path):
        # A worker's heart must have been silent for half a minute; whoever is there looks every minute.
        wait_for(lambda: seen(committed, job).state == Job.State.DONE, 180)
    assert written(committed) == 1
