"""An evaluation explored in a meeting: prices, take-up and effect moved by hand, answered at once. numpy only.

``./convergence evaluate`` writes two files for it in its folder. ``explore.npz`` holds arrays of floats (float32 is
enough), ``explore.json`` says what they are; whatever is missing, of another shape or not a number is refused.

``explore.json``, one object::

    format      "convergence-explore"        version    1
    people      how many people the account is about
    observed    [n, n, …] people observed in each month since entry, first to last; a month with under 5 is left out
    year        year of the euros            interval   0.95
    contrasts   [{code, label, counterfactual, limit}, …]   in the order of the page, `before_after` last wherever it
                stands; `counterfactual` ends the sentence « par rapport à … », `limit` is a sentence on what the
                contrast does not show ("" where none)
    perspectives [{code, label, definition}, …]   the first is the one shown first
    payers      [{code, label}, …]           in the order of the tables
    classes     [{code, label}, …]           what those of the lines are called
    lines       [{item, label, payer, class, perspectives, definition, price, take_up}, …]
                class         cashable, production, capacity, deferred (savings) or programme (a cost)
                perspectives  codes of those in which the line counts
                price         null (no unit price: an amount of law) or {low, central, high, unit, year, source,
                              checked}, the same for all lines of an item; `checked` false where the source is still
                              to be read
                take_up       null or {low, central, high, source}: shares, 0 < low ≤ central ≤ high ≤ 1

``explore.npz``, with D draws, M months (those of ``observed``), and for each contrast its code in the names; S lines of
savings and K lines of cost, each in the order of ``lines``::

    savings.CODE          (D, M, S)  € a person and month avoided, at the central price and take-up of the line
    cost.CODE             (D, M, K)  € a person and month spent more than without the scheme, same
    central_savings.CODE  (M, S)     the point estimates of the same amounts
    central_cost.CODE     (M, K)
    price                 (D, S + K) drawn price ÷ central price, lines in the order of ``lines``; 1 where there is none
    take_up               (D, S + K) drawn take-up ÷ central take-up; 1 where there is none

The draws of people and of effects are in the amounts; those of prices and of take-up are beside them, since moving a
slider moves what was drawn around it. Everything is linear, so nothing is computed again but sums.
"""

from convergence.analysis.explore.about import About, Contrast, Line, Perspective, Price, TakeUp
from convergence.analysis.explore.errors import ExploreError
from convergence.analysis.explore.explorer import Explorer, break_even_months
from convergence.analysis.explore.reading import ABOUT, ARRAYS, FORMAT, VERSION
from convergence.analysis.explore.results import Balance, Band, BreakEven, Curve, Interval, Row, Settings

__all__ = [
    "ABOUT",
    "ARRAYS",
    "FORMAT",
    "VERSION",
    "About",
    "Balance",
    "Band",
    "BreakEven",
    "Contrast",
    "Curve",
    "ExploreError",
    "Explorer",
    "Interval",
    "Line",
    "Perspective",
    "Price",
    "Row",
    "Settings",
    "TakeUp",
    "break_even_months",
]
