"""Dates and lengths as people say them, in sentences that stay right in another year."""

from datetime import date

NBSP = "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def said_in_full(day: date) -> str:
    """« 14 mars 2027 », « 1er mars 2027 »: always with its year, since a decision is read years later."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def month_said(month: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[month.month - 1]}{NBSP}{month.year}"


def days_said(days: int) -> str:
    """« 1 jour », « 1 095 jours »."""
    return f"{days:,}".replace(",", NBSP) + f"{NBSP}jour{'s' if days > 1 else ''}"


def months_said(months: int) -> str:
    """« 4 mois »."""
    return f"{months}{NBSP}mois"
