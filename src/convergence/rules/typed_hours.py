"""Hours as people type and read them: « 7,5 », « 7.5 », « 7 h 30 »."""

import re
from decimal import Decimal

from convergence.rules.french import NBSP

_DECIMAL = re.compile(r"([-−]?)(\d{1,4})(?:[.,](\d{1,2}))?\s*(?:h(?:eures?)?)?")
_CLOCK = re.compile(r"([-−]?)(\d{1,4})\s*[h:]\s*(\d{2})(?:\s*min)?")
_MINUTES = 60


def hours_of(text: str) -> Decimal | None:
    """Hours in hundredths; None for what is no number of hours. A sign before it is kept: the rules refuse it."""
    words = " ".join(text.lower().split())
    clock = _CLOCK.fullmatch(words)
    if clock and int(clock[3]) < _MINUTES:
        hours = (Decimal(clock[2]) + Decimal(clock[3]) / _MINUTES).quantize(Decimal("0.01"))
        return -hours if clock[1] else hours
    found = _DECIMAL.fullmatch(words)
    if found is None:
        return None
    hours = Decimal(f"{found[2]}.{found[3] or '0'}")
    return -hours if found[1] else hours


def said_plainly(hours: Decimal | None) -> str:
    """« 112,67 », « 7 »: as one would type it."""
    if hours is None:
        return ""
    return f"{hours:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def hours_said(hours: Decimal) -> str:
    """« 112,67 h », « 7 h », in a sentence."""
    return said_plainly(hours).replace("-", "\u2212") + f"{NBSP}h"
