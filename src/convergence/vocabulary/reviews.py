"""The four marks of the one-year review that goes with a demand of extension (domain.md §3)."""

from convergence.vocabulary.base import Term


class ReviewMark(Term):
    """How the person stands with a need, from the easiest to the hardest."""

    STRONG = "strong", "++"
    GOOD = "good", "+"
    WEAK = "weak", "−"
    VERY_WEAK = "very_weak", "−−"


MARK_OF_LEVEL = {
    0: ReviewMark.STRONG,
    1: ReviewMark.GOOD,
    2: ReviewMark.WEAK,
    3: ReviewMark.VERY_WEAK,
    4: ReviewMark.VERY_WEAK,
}
"""What the latest rating of a need, from 0 no difficulty to 4 urgent, becomes in the review."""
