"""Indicators: pure functions of a dataset and a period, each with its definition and its interval.

A figure is never printed without its definition: the same words hide different denominators.
"""

from convergence.analysis.indicators.exits import (
    DURABLE_EXITS,
    DYNAMIC_EXITS,
    OPEN_ENDED_EXITS,
    Denominator,
    ExitSet,
    share_of_exits,
)
from convergence.analysis.indicators.figures import Figure, Period
from convergence.analysis.indicators.health import share_care_resumed, share_in_care
from convergence.analysis.indicators.housing import share_housed, share_moved_in
from convergence.analysis.indicators.observed import Who, of_scheme, of_sites
from convergence.analysis.indicators.paths import mean_months, people_supported
from convergence.analysis.indicators.rights import HEALTH_RIGHTS, RIGHTS, RightSet, share_opened, share_recovered

__all__ = [
    "DURABLE_EXITS",
    "DYNAMIC_EXITS",
    "HEALTH_RIGHTS",
    "OPEN_ENDED_EXITS",
    "RIGHTS",
    "Denominator",
    "ExitSet",
    "Figure",
    "Period",
    "RightSet",
    "Who",
    "mean_months",
    "of_scheme",
    "of_sites",
    "people_supported",
    "share_care_resumed",
    "share_housed",
    "share_in_care",
    "share_moved_in",
    "share_of_exits",
    "share_opened",
    "share_recovered",
]
