"""What changed for the people followed against what changed for those compared, and how it went month after month."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.material import Flags, Material
from convergence.analysis.impact.changes import since_entry
from convergence.analysis.impact.differences import DifferenceInDifferences, EventStudy, EventStudyFit
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate
from convergence.analysis.impact.outcomes import MOMENTS, Outcome, outcome, outcomes_of
from convergence.analysis.impact.panel import Panel
from convergence.analysis.impact.protocol import Opened
from convergence.analysis.impact.sample import Floats

BEFORE = (-12, -6)
"""Months before the entry at which the situation is looked at, where the data hold it."""
UNMOVED = (
    "Avant l’entrée, ces données ne tiennent presque que la dernière situation de chacune\u00a0: aucune évolution ne "
    "s’y lit, et rien ne dit que les deux groupes évoluaient de la même façon."
)


@dataclass(frozen=True)
class Study:
    """An event study in months since the entry; the day of entry is the reference, where the effect is nothing.

    :ivar months: of each effect of ``fit``; ``known``: people followed and compared who are known at each moment, that
        of the entry included.
    """

    months: tuple[int, ...]
    fit: EventStudyFit
    known: Mapping[int, tuple[int, int]]
    notes: tuple[str, ...]

    @property
    def points(self) -> list[tuple[int, float, float, float]]:
        """Month, effect, low and high, in order; the day of entry has no interval of its own."""
        found = zip(self.months, self.fit.effects, self.fit.low, self.fit.high, strict=True)
        return sorted([(0, 0.0, 0.0, 0.0), *((m, float(e), float(low), float(high)) for m, e, low, high in found)])


@dataclass(frozen=True)
class Change:
    """One outcome of situation in one comparison.

    :ivar estimate: the difference in differences at the outcome's moment; ``study``: month after month. Either is a
        sentence where it could not be made.
    """

    outcome: Outcome
    primary: bool
    planned: bool
    estimate: Estimate | str
    study: Study | str


@dataclass(frozen=True)
class Changes:
    """Of one comparison, every planned outcome that has a value at entry."""

    arm: Arm
    changes: tuple[Change, ...]


def changes_of(material: Material, arm: Arm, opened: Opened, estimates: dict[str, Estimate | str]) -> Changes:
    """:param estimates: differences in differences that were made already, by outcome."""
    found = []
    for name in material.protocol.outcomes:
        told = outcome(name)
        if told.repeats:
            change = estimates.get(name) or difference_of(material, arm, opened, name, arm.members)
            found.append(
                Change(told, name in material.protocol.primary, name in estimates, change, _study(material, arm, told))
            )
    return Changes(arm, tuple(found))


def difference_of(material: Material, arm: Arm, opened: Opened, name: str, chosen: Flags) -> Estimate | str:
    """The difference in differences of an outcome, weighted as the comparison is; why not, where it cannot be made."""
    try:
        panel = since_entry(
            material.tables, opened.outcomes, name, chosen, by_site=material.protocol.by_site, weights=_weights(arm)
        )
        _nobody_told(panel)
        return DifferenceInDifferences().fit(panel)
    except ImpactError as error:
        return str(error)


def _weights(arm: Arm) -> Floats:
    """(people,) positive weights of the comparison: one on average on each side."""
    share = np.where(arm.sample.treated, arm.sample.treated_count, arm.sample.control_count)
    found = np.full(len(arm.members), 1e-9)
    found[arm.members] = np.maximum(arm.weights * share, 1e-9)
    return found


def _study(material: Material, arm: Arm, told: Outcome) -> Study | str:
    """The situation at each moment, before the entry where the data hold it, and after, up to the outcome's moment."""
    stem = told.name.rsplit("_", 1)[0]
    after = [months for months in MOMENTS if months <= told.months]
    outcomes = outcomes_of(material.tables, material.as_of, [f"{stem}_{months}" for months in after])
    people = outcomes.people.rename({"since": "begins", "until": "ends"})
    looked = {}
    for months in (*BEFORE, 0):
        day = pl.col("begins").dt.offset_by(f"{months}mo") if months else pl.col("begins")
        looked[months] = told.find(material.tables, people.with_columns(day=day))[0]
    looked |= {months: outcomes.values[f"{stem}_{months}"] for months in after}
    treated, entry = arm.treated, looked[0]
    shown = [m for m, values in looked.items() if m and _moves(values, entry, arm.members, treated)]
    if not any(months > 0 for months in shown):
        return "Trop peu de personnes connues aux différents moments pour suivre l’évolution mois après mois."
    # Periods in order: the entry is the one before the start, -1.
    period = {months: place for place, months in enumerate([m for m in shown if m > 0])}
    period |= {months: -2 - place for place, months in enumerate([m for m in reversed(shown) if m < 0])} | {0: -1}
    known = arm.members & np.isfinite(entry)
    rows = [(months, np.flatnonzero(known & np.isfinite(looked[months]))) for months in (0, *shown)]
    unit = np.concatenate([who for _, who in rows])
    site = outcomes.people["site"].fill_null(-1).to_numpy()
    try:
        panel = Panel(
            np.concatenate([looked[months][who] for months, who in rows]),
            np.concatenate([np.full(len(who), period[months]) for months, who in rows]),
            np.where(treated[unit], 0.0, np.nan),
            unit=unit,
            cluster=site[unit] if material.protocol.by_site else None,
            weights=_weights(arm)[unit],
        )
        fit = EventStudy().fit(panel)
    except ImpactError as error:
        return str(error)
    months_of = {place: months for months, place in period.items()}
    counts = {months: (int(treated[who].sum()), int((~treated[who]).sum())) for months, who in rows}
    before = any(months < 0 for months in shown)
    # The last note is on what came before the entry: without anything there, it is ours that says so.
    said = (*fit.inference.notes, fit.notes[-1] if before else UNMOVED)
    return Study(tuple(months_of[place] for place in fit.relative), fit, counts, said)


def _moves(values: Floats, entry: Floats, members: Flags, treated: Flags) -> bool:
    """Whether enough people of each side are known, and somebody changed, but nowhere one to four people: they would be
    told."""
    changed = []
    for side in (members & treated, members & ~treated):
        known = side & np.isfinite(values) & np.isfinite(entry)
        if int(known.sum()) < SMALLEST:
            return False
        changed.append(int((values[known] != entry[known]).sum()))
    return not any(0 < count < SMALLEST for count in changed) and max(changed) > 0


def _nobody_told(panel: Panel) -> None:
    """:raises ImpactError: one to four people of a side changed."""
    assert panel.unit is not None  # noqa: S101 - two dates of the same people
    half = len(panel) // 2
    moved = panel.outcome[half:] != panel.outcome[:half]
    reached = np.isfinite(panel.start[:half])
    for side in (reached, ~reached):
        if 0 < int((moved & side).sum()) < SMALLEST:
            raise ImpactError(
                f"Différence de différences\u00a0: moins de {SMALLEST} personnes d’un des deux groupes ont changé de "
                "situation, le résultat n’est pas publié. Élargissez la période."
            )
