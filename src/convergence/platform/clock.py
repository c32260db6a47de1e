"""The only place that reads the clock; everything below the edge takes the date as an argument."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """The date in the instance's time zone (Europe/Paris)."""
    return timezone.localdate()
