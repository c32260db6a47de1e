"""What every result of this room keeps to, whichever part of it makes it."""

from statistics import NormalDist
from typing import Final

SMALLEST: Final = 5
"""Fewer people than this are never shown: a figure would speak of persons."""
LEVEL: Final = 0.95
"""Share of the draws that an interval holds."""
TAILS: Final = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
"""Quantiles of the draws at the two ends of an interval."""
ERRORS: Final = NormalDist().inv_cdf(TAILS[1])
"""Standard errors in half an interval, under the normal law."""
TWO_YEARS: Final = 24
"""Months at the end of which the published sentence (« à partir de la fin de la deuxième année ») is judged."""
