"""What an evaluation refuses."""

from convergence.analysis.errors import AnalysisError


class EvaluationError(AnalysisError):
    """A run that cannot be made or written, in one French sentence that says what to do."""
