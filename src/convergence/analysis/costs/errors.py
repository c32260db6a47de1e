"""What an account refuses."""

from convergence.analysis.errors import AnalysisError


class CostError(AnalysisError):
    """A price, a panel or a contrast from which no honest account can be made: its text says what to do."""
