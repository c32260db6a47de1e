"""Where the job queue looks for tasks."""

from convergence.network.directory.tasks import forget_old_files

__all__ = ["forget_old_files"]
