"""A month in an address: /heures/3/2026-11/."""

from datetime import date

from django.urls import register_converter


class MonthInAddress:
    """The first day of a month between 1990 and 2100."""

    regex = r"(?:199\d|20\d\d|2100)-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(MonthInAddress, "month")
