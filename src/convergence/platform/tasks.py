"""Where the job queue looks for tasks."""

from convergence.platform.jobs import purge_what_has_served, run_job, wake_stalled_jobs
from convergence.platform.outbox import send_mail_that_failed, send_waiting_mail

__all__ = [
    "purge_what_has_served",
    "run_job",
    "send_mail_that_failed",
    "send_waiting_mail",
    "wake_stalled_jobs",
]
