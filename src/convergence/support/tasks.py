"""Where the job queue looks for this room's tasks."""

from procrastinate.contrib.django import app

from convergence.platform.clock import today
from convergence.support.meetings.reminders import remind


@app.periodic(cron="3 14-18 * * *")
@app.task(queue="jobs", queueing_lock="meetings-reminders")
def remind_of_tomorrow(timestamp: int) -> None:
    """Each hour of the afternoon: colleagues learn, once, how many appointments they have the next day."""
    remind(today())
