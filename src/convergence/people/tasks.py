"""Where the job queue looks for this room's tasks."""

from procrastinate.contrib.django import app

from convergence.people.likeness.searching import search_all, search_newcomers
from convergence.platform.clock import today


@app.periodic(cron="23 2 * * *")
@app.task(queue="jobs", queueing_lock="likeness-night")
def compare_files(timestamp: int) -> None:
    """Every night: names that became common, or that nobody bears any more, change what is likely."""
    search_all(today())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="jobs", queueing_lock="likeness-newcomers")
def compare_newcomers(timestamp: int) -> None:
    """Whoever was welcomed, imported or corrected is compared within minutes."""
    search_newcomers(today())
