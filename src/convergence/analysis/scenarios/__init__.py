"""What a change of rule, of means or of prices would do, over territories and years.

``Model.fit`` learns from months how people move; ``project`` runs scenarios (``read_scenario``) from a ``Population``
with the same draws as today; ``BackTest`` shows how well the years already seen were predicted. Decision 23 tells why.
"""

from convergence.analysis.scenarios.backtest import BackTest
from convergence.analysis.scenarios.classes import Classes
from convergence.analysis.scenarios.marginal import Marginal
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.money import StateCosts
from convergence.analysis.scenarios.observed import Lives, lives
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.projection import Projection, project
from convergence.analysis.scenarios.reading import ScenarioError, parse_scenario, read_scenario, standard
from convergence.analysis.scenarios.scenario import TODAY, Scenario

__all__ = [
    "TODAY",
    "BackTest",
    "Classes",
    "Lives",
    "Marginal",
    "Model",
    "Population",
    "Projection",
    "Scenario",
    "ScenarioError",
    "StateCosts",
    "lives",
    "parse_scenario",
    "project",
    "read_scenario",
    "standard",
]
