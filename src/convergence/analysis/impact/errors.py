"""What an estimate of an effect refuses."""

from convergence.analysis.errors import AnalysisError


class ImpactError(AnalysisError):
    """An effect that cannot be estimated honestly on what was given; the text says what to do."""
