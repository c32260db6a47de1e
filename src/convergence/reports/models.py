"""Documents as their authors corrected them."""

from convergence.reports.reviews.models import Review, ReviewNeed

__all__ = ["Review", "ReviewNeed"]
