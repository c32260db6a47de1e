"""Public money, month by month: what situations and benefits cost, what the scheme costs, and the difference.

``costs_of`` makes a ledger of people, months and lines; a contrast sets two sides against each other; ``account_of``
draws what is not known; ``break_even``, ``tornado`` and ``conditions`` read the account. Decision 21 tells why.
"""

from convergence.analysis.costs.account import Account, Curve, discounting
from convergence.analysis.costs.accounting import account_of
from convergence.analysis.costs.break_even import (
    DEFINITION,
    BreakEven,
    break_even,
    break_evens,
    months_to_break_even,
    summary,
)
from convergence.analysis.costs.codes import Payer, Perspective, PriceKind, SavingClass, Status
from convergence.analysis.costs.contrasts import BeforeAfter, Counterfactual, held_at_entry
from convergence.analysis.costs.drawing import Law, Resampling
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.ledger import Ledger, costs_of, countable
from convergence.analysis.costs.lines import Factor, Line, Lines
from convergence.analysis.costs.price_files import load_prices
from convergence.analysis.costs.prices import Item, Parameter, Price, PriceIndex, Prices
from convergence.analysis.costs.sensitivity import Bar, Condition, conditions, readings, tornado
from convergence.analysis.costs.stays import stays_as_held, stays_of

__all__ = [
    "DEFINITION",
    "Account",
    "Bar",
    "BeforeAfter",
    "BreakEven",
    "Condition",
    "CostError",
    "Counterfactual",
    "Curve",
    "Factor",
    "Item",
    "Law",
    "Ledger",
    "Line",
    "Lines",
    "Parameter",
    "Payer",
    "Perspective",
    "Price",
    "PriceIndex",
    "PriceKind",
    "Prices",
    "Resampling",
    "SavingClass",
    "Status",
    "account_of",
    "break_even",
    "break_evens",
    "conditions",
    "costs_of",
    "countable",
    "discounting",
    "held_at_entry",
    "load_prices",
    "months_to_break_even",
    "readings",
    "stays_as_held",
    "stays_of",
    "summary",
    "tornado",
]
