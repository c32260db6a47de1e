"""Where the job queue looks for tasks."""

from convergence.platform.jobs import run_job, wake_stalled_jobs
from convergence.platform.outbox import send_waiting_mail

__all__ = ["run_job", "send_waiting_mail", "wake_stalled_jobs"]
