"""What the directory does of its own accord: files that were never imported go after a week."""

from django.utils import timezone
from procrastinate.contrib.django import app

from convergence.network.directory.holding import KEPT, forget_older_than


@app.periodic(cron="27 * * * *")
@app.task(queue="jobs", queueing_lock="forget directory files")
def forget_old_files(timestamp: int) -> None:
    """Runs every hour."""
    forget_older_than(timezone.now() - KEPT)
