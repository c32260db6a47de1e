"""How long until a path ends, and until somebody has a home: curves of each comparison, weighted as its effects are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.material import Material
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate
from convergence.analysis.impact.protocol import Contrast
from convergence.analysis.impact.spells import Spells, until_exit, until_housed
from convergence.analysis.impact.survival import AalenJohansen, Curves, IncidenceDifference, RestrictedMean

LATEST = 36
"""Months to which curves and differences go."""


@dataclass(frozen=True)
class Spans:
    """Curves of one comparison by what they are about, with the difference at :data:`LATEST` months."""

    arm: Arm
    curves: Mapping[str, Curves]
    differences: Mapping[str, Estimate]


EXIT, HOME = "exit", "home"


def spans_of(material: Material, arm: Arm) -> Spans:
    """Cumulative incidence of a durable job as the way out (competing with the others), and time to a home."""
    curves: dict[str, Curves] = {}
    differences: dict[str, Estimate] = {}
    found: list[tuple[str, Spells]] = [(HOME, until_housed(material.tables, material.as_of))]
    if arm.contrast is not Contrast.NONE:  # nobody leaves a path without having been in one
        found.insert(0, (EXIT, until_exit(material.tables, material.as_of)))
    for name, spells in found:
        try:
            durations = _durations(material, arm, spells)
            curves[name] = AalenJohansen().fit(durations)
            how = IncidenceDifference(LATEST) if name == EXIT else RestrictedMean(until=LATEST)
            differences[name] = how.fit(durations)
        except ImpactError:
            continue  # too few events or people for a curve: nothing is drawn
    return Spans(arm, curves, differences)


def _durations(material: Material, arm: Arm, spells: Spells) -> Durations:
    """The members of a comparison who are in the spells, weighted as the comparison is."""
    weights = np.zeros(len(arm.members))
    share = np.where(arm.sample.treated, arm.sample.treated_count, arm.sample.control_count)
    weights[arm.members] = arm.weights * share
    by_person = dict(zip(material.people["person"].to_list(), weights.tolist(), strict=True))
    mine = np.array([by_person.get(person, 0.0) for person in spells.people["person"].to_list()])
    return spells.durations(mine > 1e-9, by_site=material.protocol.by_site, weights=np.maximum(mine, 1e-9))
