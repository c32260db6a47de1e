"""Numbers as they are printed in French: groups of three by a narrow space, a comma, a true minus sign."""

import re
from math import isfinite

NBSP = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
NOTHING = "–"
"""What a table shows where there is no number to show."""


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """« 1 234,5 »; the sign of zero is never shown. Not finite: :data:`NOTHING`."""
    if not isfinite(value):
        return NOTHING
    rounded = round(value, decimals) + 0.0
    said = f"{abs(rounded):,.{decimals}f}".replace(",", NARROW).replace(".", ",")
    if rounded < 0:
        return f"{MINUS}{said}"
    return f"+{said}" if signed and rounded > 0 else said


def euros(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """« 1 234 € »."""
    return _with_unit(number(value, decimals, signed=signed), "€")


def percent(share: float, decimals: int = 0) -> str:
    """A share between 0 and 1 as « 45 % ». One that only rounds to 0 or to all of it says so: « < 1 % », « > 99 % »."""
    if not isfinite(share):
        return NOTHING
    least = 10.0**-decimals
    if 0 < share < 1 and not least <= round(100 * share, decimals) <= 100 - least:
        edge = number(least if share < 0.5 else 100 - least, decimals)
        return f"{'<' if share < 0.5 else '>'}{NBSP}{edge}{NBSP}%"
    return _with_unit(number(100 * share, decimals), "%")


def points(difference: float, decimals: int = 1) -> str:
    """A difference of two shares, in points: « +4,6 points »."""
    return _with_unit(number(100 * difference, decimals, signed=True), "points")


def months(count: float) -> str:
    """« 22 mois »."""
    return _with_unit(number(count), "mois")


def p_value(value: float) -> str:
    """« 0,032 », « < 0,001 »."""
    return f"<{NBSP}0,001" if value < 0.001 else number(value, 3)


def probability(value: float) -> str:
    """The same in a sentence: « p = 0,032 », « p < 0,001 »."""
    said = p_value(value)
    return f"p{NBSP}{said}" if said.startswith("<") else f"p{NBSP}={NBSP}{said}"


def between(low: str, high: str) -> str:
    """« [−2 400 ; +8 900] »."""
    return f"[{low}{NBSP}; {high}]"


def listed(words: list[str]) -> str:
    """« a, b et c »."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}" if words else ""


def counted(count: int, one: str, many: str) -> str:
    """« 1 personne », « 236 personnes »."""
    return f"{number(count)}{NBSP}{one if count < 2 else many}"


def _with_unit(said: str, unit: str) -> str:
    return said if said == NOTHING else f"{said}{NBSP}{unit}"


def typeset(text: str) -> str:
    """A sentence with its non-breaking spaces: before « : ; ? ! % € », inside « … »."""
    text = re.sub(r" ([:;?!»%€])", rf"{NBSP}\1", text)
    return text.replace("« ", f"«{NBSP}")
