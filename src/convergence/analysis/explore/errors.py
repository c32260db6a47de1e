"""What an exploration refuses."""

from convergence.analysis.errors import AnalysisError


class ExploreError(AnalysisError):
    """The files of an exploration, or what is asked of it, make no sense; the text says what to do."""
