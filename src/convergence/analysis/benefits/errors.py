"""What the benefits room refuses."""

from convergence.analysis.errors import AnalysisError


class BenefitsError(AnalysisError):
    """The text is one French sentence that says what to change, without anybody's data."""
