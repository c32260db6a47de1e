"""Staff means and grants of sites and territories, by period."""

from collections.abc import Sequence
from datetime import date

from convergence.simulation.parameters import Parameters
from convergence.simulation.tables import SCHEMA, Table, table


def staff_means(parameters: Parameters, sites: Table, people: Sequence[int], until: date) -> Table:
    return table(SCHEMA["staff_means"], {}, 0)


def grants(parameters: Parameters, sites: Table, staff: Table, until: date) -> Table:
    return table(SCHEMA["grants"], {}, 0)
