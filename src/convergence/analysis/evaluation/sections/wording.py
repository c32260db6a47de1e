"""Words that several sections share."""

from convergence.analysis import french
from convergence.analysis.evaluation.money import Answer
from convergence.analysis.french import NBSP
from convergence.analysis.impact.estimates import Estimate


def month_or_never(month: int | None, horizon: int) -> str:
    """« mois 42 », « jamais en 60 mois »."""
    return f"mois{NBSP}{month}" if month else f"jamais en {french.months(horizon)}"


def break_even_said(found: Answer) -> str:
    """« mois 42 [mois 19 ; jamais en 60 mois] »."""
    central = month_or_never(found.first, found.horizon)
    low, high = (month_or_never(each, found.horizon) for each in (found.since, found.until))
    return central if low == high == central else f"{central} {french.between(low, high)}"


def interval(low: float, high: float) -> str:
    """« entre −2 400 € et +8 900 € »."""
    return f"entre {french.euros(low, signed=True)} et {french.euros(high, signed=True)}"


def capacity_said(share: float) -> str:
    """What a balance counts of the capacity that is freed."""
    if share == 0:
        return "argent seul, sans les places libérées"
    return f"avec {french.percent(share)} des capacités libérées"


def effect_said(found: Estimate) -> str:
    """« +23,7 points [+14,1 ; +33,4] »."""
    low, high = (french.number(100 * each, 1, signed=True) for each in (found.low, found.high))
    return f"{french.points(found.value)} {french.between(low, high)}"


def sentence(text: str) -> str:
    """With a capital and one full stop."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
