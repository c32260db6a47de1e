"""What the intake does of its own accord: files older than a week lose their key."""

from django.utils import timezone
from procrastinate.contrib.django import app

from convergence.intake.holding import KEPT, forget_older_than


@app.periodic(cron="17 * * * *")
@app.task(queue="jobs", queueing_lock="forget imports")
def forget_old_imports(timestamp: int) -> None:
    """Runs every hour, so that a file stays a week and not much more."""
    forget_older_than(timezone.now() - KEPT)
