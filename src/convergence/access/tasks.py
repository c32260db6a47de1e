"""Where the job queue looks for this room's tasks."""

from procrastinate.contrib.django import app

from convergence.access.chain import seal_records


@app.periodic(cron="7 * * * *")
@app.task(queue="jobs", queueing_lock="seal-access-records")
def seal_access_records(timestamp: int) -> None:
    """Every hour: between two seals, only the database's own owner could alter a record unseen."""
    seal_records()
