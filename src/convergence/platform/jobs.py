"""Slow work with visible progress, in PostgreSQL's own queue.

A job is asked for in the transaction that needs it, and runs in one transaction of its own as the one who
asked, whose rights are read again when it starts. Killed half-way, it leaves nothing, and runs again.
See docs/decisions/0007-jobs.md.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import OperationalError, close_old_connections, connection, connections, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from convergence.platform.changes import settle
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.identity import assume, forget
from convergence.platform.models import Job

logger = logging.getLogger("convergence.jobs")

Progress = Callable[[int, int], None]
"""Called with (done, total); seen at once by whoever looks, though the work is not committed yet."""

Work = Callable[[Job, Progress], str]
"""Does the job and returns the sentence that tells its result; raises Refused to undo everything."""

_works: dict[str, Work] = {}


def work_for(kind: str) -> Callable[[Work], Work]:
    """Register the function that does one kind of job."""

    def register(work: Work) -> Work:
        _works[kind] = work
        return work

    return register


def ask(kind: str, actor_id: int, **arguments: Any) -> Job:
    """Ask for a job, in the running transaction: without its commit, nobody ever sees it.

    :param arguments: ids and codes, readable as JSON; never a person's data.
    """
    job = Job.objects.create(kind=kind, actor_id=actor_id, arguments=arguments)
    run_job.defer(job_id=str(job.pk))
    return job


@app.task(queue="jobs", pass_context=False)
def run_job(job_id: str) -> None:
    """Do one job; what goes wrong is told on the job itself, in a sentence."""
    close_old_connections()
    started = _start(UUID(job_id))
    if started is None:
        return
    kind, actor_id = started
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # The queue delivers at least once: a second delivery waits here, then finds the job ended.
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [job_id])
            _run(job_id, kind, actor_id)
    except Exception:
        # The commit itself failed, or the connection: what was told inside went with it.
        _tell_error(job_id, kind)
    finally:
        forget()


def _run(job_id: str, kind: str, actor_id: int) -> None:
    """Work and tell how it ended, under one lock: whoever is delivered the job meanwhile never sees it between."""
    try:
        with transaction.atomic():
            day = today()
            assume(actor_id, day)
            job = Job.objects.filter(pk=job_id).first()
            if job is None:
                raise Refused(_("Le compte qui a demandé ce travail est fermé ; rien n’a été enregistré."))
            if job.state != Job.State.RUNNING:
                return
            sentence = _works[kind](job, _progress_of(job))
            settle(day)
            _end(job_id, Job.State.DONE, sentence)
    except Refused as refusal:
        _end(job_id, Job.State.FAILED, str(refusal))
    except Exception:
        _tell_error(job_id, kind)


def _tell_error(job_id: str, kind: str) -> None:
    logger.exception("job failed", extra={"job": kind})
    _end(job_id, Job.State.FAILED, _("Une erreur a interrompu ce travail ; rien n’a été enregistré."))


def _start(job_id: UUID) -> tuple[str, int] | None:
    """Mark the job as running; None when it had already ended (the queue delivers at least once)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, actor_id FROM platform_start_job(%s)", [job_id])
        row: tuple[str, int] | None = cursor.fetchone()
    return row


def _progress_of(job: Job) -> Progress:
    """Progress goes through a connection of its own, outside the job's transaction."""

    def tell(done: int, total: int) -> None:
        # A figure on a screen is never worth waiting for a lock (settings: lock_timeout of this connection).
        with suppress(OperationalError), connections["progress"].cursor() as cursor:
            cursor.execute("SELECT platform_job_progress(%s, %s, %s)", [job.pk, done, total])

    return tell


def _end(job_id: str, state: Job.State, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT platform_end_job(%s, %s, %s)", [job_id, state, sentence])


@app.periodic(cron="* * * * *")
@app.task(queue="jobs", queueing_lock="stalled")
async def wake_stalled_jobs(timestamp: int) -> None:
    """Give back to the queue what a killed worker had taken; its transaction left nothing behind."""
    for stalled in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(stalled)


@app.periodic(cron="41 3 * * *")
@app.task(queue="jobs", queueing_lock="purge")
def purge_what_has_served(timestamp: int) -> None:
    """Every night: forms received, jobs ended, letters sent long ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT platform_purge()")
