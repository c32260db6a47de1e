"""The end of a path and the support that it opens: done together, and turned back together."""

from datetime import date

from django.db import transaction

from convergence.pathways.exits.models import Exit
from convergence.pathways.exits.recording import undo
from convergence.support.after.models import ExtendedSupport
from convergence.support.after.recording import open_thread, threads_of_exit, withdraw_thread
from convergence.vocabulary.extended_support import SupportOpener


@transaction.atomic
def open_with(noted: Exit, today: date) -> ExtendedSupport | None:
    """Support goes on in the job that an end of path led to; None where it is open already."""
    since = noted.starts or today
    jobs = ExtendedSupport.objects.current().filter(person_id=noted.person_id, opener=SupportOpener.JOB.value)
    if jobs.filter(valid__contains=since).exists():
        return None
    return open_thread(noted.person_id, SupportOpener.JOB, since, today=today, exit_series=noted.series)


@transaction.atomic
def undo_with_support(noted: Exit) -> None:
    """Turn an end of path back with the thread that it opened.

    :raises Refused: something was noted in that thread since, or what the exit wrote was changed.
    """
    for thread in threads_of_exit(noted.person_id, noted.series):
        withdraw_thread(thread)
    undo(noted)
