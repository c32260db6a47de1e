"""The whole evaluation of a dataset: accounts, impact, scenarios, and their report.

``gather`` works everything out, ``evaluate`` says it too, ``publish`` writes the folder; docs/evaluation.md is the
evaluator's guide.
"""

from convergence.analysis.evaluation.errors import EvaluationError
from convergence.analysis.evaluation.request import Request
from convergence.analysis.evaluation.run import Evaluation, evaluate, gather, publish

__all__ = ["Evaluation", "EvaluationError", "Request", "evaluate", "gather", "publish"]
