"""What a person receives and pays by the law of each month: the only room that asks OpenFisca."""

from convergence.analysis.benefits.assumptions import Assumptions, TakeUp, assumptions
from convergence.analysis.benefits.circumstances import Circumstances, History, Rented
from convergence.analysis.benefits.direct import Direct
from convergence.analysis.benefits.errors import BenefitsError
from convergence.analysis.benefits.factorised import Factorised
from convergence.analysis.benefits.lives import circumstances_of
from convergence.analysis.benefits.results import AMOUNTS, Benefits, Disagreement, Origin, disagreements
from convergence.analysis.benefits.system import Change, Reform, law_version

__all__ = [
    "AMOUNTS",
    "Assumptions",
    "Benefits",
    "BenefitsError",
    "Change",
    "Circumstances",
    "Direct",
    "Disagreement",
    "Factorised",
    "History",
    "Origin",
    "Reform",
    "Rented",
    "TakeUp",
    "assumptions",
    "circumstances_of",
    "disagreements",
    "law_version",
]
