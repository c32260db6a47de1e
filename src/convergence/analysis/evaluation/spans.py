"""How long until a path ends, a home or a job: curves of each comparison, weighted as its effects are."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.material import Material
from convergence.analysis.impact.cox import Cox, CoxFit
from convergence.analysis.impact.durations import Durations, landmark
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate
from convergence.analysis.impact.protocol import Contrast
from convergence.analysis.impact.sensitivity import EValue, e_value_of_hazards
from convergence.analysis.impact.spells import EXITS, Spells, until_exit, until_housed, until_job
from convergence.analysis.impact.survival import AalenJohansen, Curves, IncidenceDifference, RestrictedMean
from convergence.vocabulary.structures import Scheme

LATEST = 36
"""Months to which curves and differences go, the follow-up allowing."""
_SOONER = (LATEST, 24, 12)
HOUSED_BY = 12
"""Months after entry of the landmark: who is housed by then, among those still followed."""
AFTERWARDS = 24
"""Months after the landmark at which exits are compared."""
_RARE = 0.15
"""Share of people under which an outcome counts as rare for the E-value of a hazard ratio."""


class Event(StrEnum):
    """What is waited for."""

    EXIT = "exit"
    HOME = "home"
    JOB = "job"


@dataclass(frozen=True)
class Span:
    """One event in one comparison.

    :ivar difference: of the incidence of a durable exit, the other ends competing; else of the mean months without the
        event; up to ``until`` months. ``hazards``: Cox's ratio of monthly chances, the other ends censored.
    """

    curves: Curves
    until: int
    difference: Estimate | None = None
    hazards: CoxFit | None = None
    e_value: EValue | None = None


@dataclass(frozen=True)
class Spans:
    """Every event of one comparison that could be followed."""

    arm: Arm
    spans: Mapping[Event, Span]


@dataclass(frozen=True)
class Housed:
    """People of the scheme still in their path at the landmark: the durable exits afterwards of those housed by then,
    against those of the others. No effect: nobody was drawn by lot to be housed."""

    estimate: Estimate
    gone: int


_Spells = Mapping[Event, Spells]


def spells_of(material: Material) -> _Spells:
    """Everybody's durations, by event."""
    made: dict[Event, Callable[..., Spells]] = {
        Event.EXIT: until_exit, Event.HOME: until_housed, Event.JOB: until_job
    }  # fmt: skip
    return {event: how(material.tables, material.as_of) for event, how in made.items()}


def spans_of(material: Material, arm: Arm, spells: _Spells) -> Spans:
    """What can be told of each event in a comparison; an event of too few people is not there."""
    found = {}
    for event, each in spells.items():
        if event is Event.EXIT and arm.contrast is Contrast.NONE:
            continue  # nobody leaves a path without having been in one
        with suppress(ImpactError):
            found[event] = _span(material, arm, each, event)
    return Spans(arm, found)


def _span(material: Material, arm: Arm, spells: Spells, event: Event) -> Span:
    durations = _durations(material, arm, spells)
    span = Span(AalenJohansen().fit(durations), LATEST)
    difference = None
    for until in _SOONER:
        how = IncidenceDifference(until) if event is Event.EXIT else RestrictedMean(until)
        with suppress(ImpactError):
            difference = how.fit(durations)
            span = Span(span.curves, until, difference)
            break
    with suppress(ImpactError):
        hazards = Cox().fit(_durations(material, arm, spells.only(1)))
        happened = max(float(np.mean(durations.event[side] == 1)) for _, side in durations.arms())
        told = e_value_of_hazards(*hazards.hazard_ratio(), rare=happened < _RARE)
        span = Span(span.curves, span.until, difference, hazards, told)
    return span


def _durations(material: Material, arm: Arm, spells: Spells) -> Durations:
    """The members of a comparison who are in the spells, weighted as the comparison is."""
    weights = np.zeros(len(arm.members))
    share = np.where(arm.sample.treated, arm.sample.treated_count, arm.sample.control_count)
    weights[arm.members] = arm.weights * share
    by_person = dict(zip(material.people["person"].to_list(), weights.tolist(), strict=True))
    mine = np.array([by_person.get(person, 0.0) for person in spells.people["person"].to_list()])
    return spells.durations(mine > 1e-9, by_site=material.protocol.by_site, weights=np.maximum(mine, 1e-9))


def housed_of(material: Material, spells: _Spells) -> Housed | None:
    """The landmark; None where too few people are left to be told apart."""
    eligible = material.people.filter(material.protocol.eligible(material.people))["person"]
    out = _frame(spells[Event.EXIT]).rename({"months": "out", "event": "how"})
    home = _frame(spells[Event.HOME]).select("person", housed=pl.when(pl.col("event") == 1).then("months"))
    people = out.join(home, on="person").filter(
        pl.col("scheme") == Scheme.CONVERGENCE.value, pl.col("person").is_in(eligible.implode())
    )
    site = people["site"].to_numpy() if material.protocol.by_site else None
    housed = people["housed"].fill_null(np.inf).to_numpy()
    with suppress(ImpactError):
        held = landmark(
            people["out"].to_numpy(), people["how"].to_numpy(), housed, HOUSED_BY, events=EXITS, cluster=site
        )
        return Housed(IncidenceDifference(AFTERWARDS).fit(held.durations), held.before)
    return None


def _frame(spells: Spells) -> pl.DataFrame:
    return spells.people.with_columns(months=pl.Series(spells.months), event=pl.Series(spells.event))
