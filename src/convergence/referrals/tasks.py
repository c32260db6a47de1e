"""Where the job queue looks for this room's tasks."""

import logging

from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django import app

from convergence.platform.clock import today
from convergence.referrals.recording.time import lapse, remind

logger = logging.getLogger("convergence.referrals")


@app.periodic(cron="17 6 * * *")
@app.task(queue="jobs", queueing_lock="referrals-day")
def follow_referrals(timestamp: int) -> None:
    """Every morning: demands that nobody answered lapse, then partners that have not answered are reminded, once."""
    day = today()
    lapse(day)
    origins = settings.CSRF_TRUSTED_ORIGINS
    if not origins:
        logger.warning("no public address is set: partners are not reminded")
        return
    remind(lambda token: f"{origins[0]}{reverse('partner-answer', args=[token])}", day)
