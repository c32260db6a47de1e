"""What a person receives and pays by the law of each month: the only room that asks OpenFisca.

>>> import numpy as np
>>> life = Circumstances(
...     first_month=np.datetime64("2024-01"), gross=np.array([[0.0, 900.0]]), hours=np.array([[0.0, 77.25]]),
...     aci=True, public_employer=False, housing=Rented.NONE, rent=0, disabled=False, ass=False, resident=True,
...     birth=np.datetime64("1984-01"), couple=False, children=0, zone=1, history=History.NO_INCOME,
... )
>>> amounts = Factorised().compute(life)
>>> [round(float(euros), 2) for euros in amounts.rsa[0]]
[607.75, 607.75]
>>> [round(float(euros), 2) for euros in amounts.net_wage[0]]
[0.0, 712.44]
>>> amounts.notes[0]
'Avant le premier mois de chacun\xa0: aucun revenu avant le premier mois.'
"""

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
