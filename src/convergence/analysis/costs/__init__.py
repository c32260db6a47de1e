"""Public money, month by month: what situations and benefits cost, what the scheme costs, and the difference."""

from convergence.analysis.costs.codes import Payer, Perspective, PriceKind, SavingClass, Status
from convergence.analysis.costs.errors import CostError
from convergence.analysis.costs.price_files import load_prices
from convergence.analysis.costs.prices import Item, Parameter, Price, PriceIndex, Prices

__all__ = [
    "CostError",
    "Item",
    "Parameter",
    "Payer",
    "Perspective",
    "Price",
    "PriceIndex",
    "PriceKind",
    "Prices",
    "SavingClass",
    "Status",
    "load_prices",
]
