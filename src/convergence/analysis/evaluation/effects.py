"""What became of people, and what of it is due to the scheme: every planned outcome by every planned estimator."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.arms import Arm, without_rare
from convergence.analysis.evaluation.changes import Changes, changes_of, difference_of
from convergence.analysis.evaluation.material import Flags, Material
from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.bounds import Bounds, lee, manski
from convergence.analysis.impact.clusters import inference_on
from convergence.analysis.impact.doubly_robust import DoublyRobust
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, Estimator
from convergence.analysis.impact.following import StillFollowed
from convergence.analysis.impact.matching import ScoreMatching
from convergence.analysis.impact.multiplicity import Method, adjust
from convergence.analysis.impact.outcomes import Outcome, outcome
from convergence.analysis.impact.placebo import Placebo, placebo
from convergence.analysis.impact.power import Design
from convergence.analysis.impact.protocol import Correction, Opened, Planned, Subgroup
from convergence.analysis.impact.regression import Difference, Regression
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.sensitivity import EValue, Rosenbaum, e_value_of_shares, rosenbaum_mcnemar
from convergence.analysis.impact.weighting import ScoreWeighting

Floats = NDArray[np.float64]

ESTIMATORS: Mapping[Planned, type[Estimator]] = {
    Planned.DIFFERENCE: Difference,
    Planned.REGRESSION: Regression,
    Planned.MATCHING: ScoreMatching,
    Planned.WEIGHTING: ScoreWeighting,
    Planned.BALANCING: EntropyBalancing,
    Planned.DOUBLY_ROBUST: DoublyRobust,
}
"""Estimators of one outcome at one time; what changed over time is :mod:`convergence.analysis.evaluation.changes`."""
LEE_DRAWS = 200
"""Bootstrap samples behind the interval of Lee's bounds."""
MOST_PAIRS = 3_000
"""People of an arm beyond whom pairs are not matched one by one: the assignment takes the cube of their number."""


@dataclass(frozen=True)
class Effect:
    """An outcome in one comparison.

    :ivar estimates: by estimator; ``refused``: why one could not be made.
    :ivar shares: crude shares of the people of the scheme and of those compared.
    :ivar known, lost: people of each side whose outcome is known, and who are lost from sight.
    :ivar bounds: worst and best case of those lost; ``trimmed``: the monotone case; ``still_followed``: the doubly
        robust estimate where those followed count for those like them who are lost. None where nobody is lost.
    :ivar p_adjusted: of the main estimator, corrected over the outcomes of the same rank.
    """

    outcome: Outcome
    primary: bool
    estimates: Mapping[Planned, Estimate]
    refused: Mapping[Planned, str]
    shares: tuple[float, float]
    known: tuple[int, int]
    lost: tuple[int, int]
    bounds: Bounds | None = None
    trimmed: Bounds | None = None
    still_followed: Estimate | None = None
    e_value: EValue | None = None
    rosenbaum: Rosenbaum | None = None
    p_adjusted: float | None = None

    @property
    def main(self) -> Estimate | None:
        """The doubly robust estimate where there is one, else the first."""
        return self.estimates.get(Planned.DOUBLY_ROBUST) or next(iter(self.estimates.values()), None)

    @property
    def shown(self) -> bool:
        """Whether each side has enough people for its figures to be nobody's."""
        return min(self.known) >= SMALLEST


@dataclass(frozen=True)
class Effects:
    """Everything about the outcomes of one comparison."""

    arm: Arm
    effects: tuple[Effect, ...]
    changes: Changes
    subgroups: tuple[tuple[Subgroup, Effect | str], ...]
    placebo: Placebo | None
    power: Design | None


def effects_of(material: Material, arm: Arm, opened: Opened) -> Effects:
    """Estimate every outcome of the protocol in a comparison."""
    protocol = material.protocol
    found = [_effect(material, arm, opened, name, name in protocol.primary) for name in protocol.outcomes]
    differences = {
        effect.outcome.name: made
        for effect in found
        if (made := effect.estimates.get(Planned.DIFFERENCES) or effect.refused.get(Planned.DIFFERENCES))
    }
    return Effects(
        arm,
        tuple(_adjusted(found, protocol.correction, protocol.alpha)),
        changes_of(material, arm, opened, differences),
        tuple(_subgroup(material, arm, opened, group) for group in protocol.subgroups) if arm.planned else (),
        _placebo(material, arm),
        _power(arm, found),
    )


def _effect(
    material: Material, arm: Arm, opened: Opened, name: str, primary: bool, among: Flags | None = None
) -> Effect:
    told = outcome(name)
    inside = np.ones(len(arm.members), np.bool_) if among is None else among
    values, lost = opened.outcomes.values[name], opened.outcomes.lost(name)
    known = (opened.outcomes.known(name) & inside)[arm.members]
    gone = (lost & inside)[arm.members]
    treated, mine = arm.sample.treated, values[arm.members]
    counts = _sides(known, treated)
    estimates: dict[Planned, Estimate] = {}
    refused: dict[Planned, str] = {}
    shares = (np.nan, np.nan)
    if min(counts) >= SMALLEST:
        sample = without_rare(arm.sample.rows(known).with_outcome(mine[known]))
        shares = (float(mine[known & treated].mean()), float(mine[known & ~treated].mean()))
        for planned in material.protocol.estimators:
            if planned is Planned.DIFFERENCES:
                made = difference_of(material, arm, opened, name, arm.members & inside) if told.repeats else ""
            else:
                made = _estimate(ESTIMATORS[planned](), sample)
            if isinstance(made, Estimate):
                estimates[planned] = made
            elif made:
                refused[planned] = made
    effect = Effect(told, primary, estimates, refused, shares, counts, _sides(gone, treated))
    if effect.main is None or among is not None:
        return effect
    return _with_sensitivity(effect, arm, mine, known, gone)


def _estimate(estimator: Estimator, sample: Sample) -> Estimate | str:
    try:
        return estimator.fit(sample)
    except ImpactError as error:
        return str(error)


def _sides(chosen: Flags, treated: Flags) -> tuple[int, int]:
    return int((chosen & treated).sum()), int((chosen & ~treated).sum())


def _with_sensitivity(effect: Effect, arm: Arm, values: Floats, known: Flags, gone: Flags) -> Effect:
    """What cannot be worked out stays empty: an outcome that never varies, a share of zero, too few pairs."""
    main = effect.main
    assert main is not None  # noqa: S101 - the caller looked
    if gone.any():
        effect = _with_the_lost(effect, arm, values, known, gone)
    with suppress(ImpactError):
        told = e_value_of_shares(
            effect.shares[0], main.value, main.standard_error, half_width=(main.high - main.low) / 2
        )
        effect = replace(effect, e_value=told)
    if pairs := _pairs(arm.scores.values[known], arm.sample.treated[known], values[known]):
        with suppress(ImpactError):
            effect = replace(effect, rosenbaum=rosenbaum_mcnemar(*(pairs if main.value >= 0 else pairs[::-1])))
    return effect


def _with_the_lost(effect: Effect, arm: Arm, values: Floats, known: Flags, gone: Flags) -> Effect:
    """What people lost from sight could change."""
    asked = known | gone
    outcome = np.where(known, values, np.nan)[asked]
    weights = np.where(arm.sample.treated, 1.0, arm.weights * arm.sample.control_count)[asked]
    with suppress(ImpactError):
        people = without_rare(arm.sample.rows(asked))
        inference = inference_on(people)
        given = (outcome, people.treated)
        held = {"weights": np.maximum(weights, 1e-12), "cluster": inference.groups if inference.clusters else None}
        effect = replace(effect, bounds=manski(*given, **held))
        effect = replace(effect, trimmed=lee(*given, **held, draws=LEE_DRAWS))
        effect = replace(effect, still_followed=StillFollowed().fit(people, outcome))
    return effect


def _pairs(scores: Floats, treated: Flags, outcomes: Floats) -> tuple[int, int] | None:
    """Pairs matched on the score, each person once, at the least total distance: those in which only the person of
    the scheme has the outcome, and those in which only her match has."""
    ours, theirs = np.flatnonzero(treated), np.flatnonzero(~treated)
    if max(len(ours), len(theirs)) > MOST_PAIRS or min(len(ours), len(theirs)) < SMALLEST:
        return None
    logits = np.log(scores) - np.log1p(-scores)
    one, other = linear_sum_assignment(np.abs(logits[ours][:, None] - logits[theirs][None, :]))
    first, second = outcomes[ours[one]] > 0, outcomes[theirs[other]] > 0
    return int((first & ~second).sum()), int((~first & second).sum())


def _adjusted(effects: list[Effect], correction: Correction, alpha: float) -> list[Effect]:
    methods = {Correction.HOLM: Method.HOLM, Correction.BENJAMINI_HOCHBERG: Method.BENJAMINI_HOCHBERG}
    for primary in (True, False):
        family = {each.outcome.name: each.main.p_value for each in effects if each.main and each.primary == primary}
        corrected = family
        if family and correction in methods:
            tests = adjust(family, methods[correction], alpha=alpha)
            corrected = dict(zip(tests.names, tests.adjusted, strict=True))
        effects = [
            replace(each, p_adjusted=corrected[each.outcome.name]) if each.outcome.name in corrected else each
            for each in effects
        ]
    return effects


def _subgroup(material: Material, arm: Arm, opened: Opened, group: Subgroup) -> tuple[Subgroup, Effect | str]:
    try:
        members = material.protocol.members(group, material.people)
    except ImpactError as error:
        return group, str(error)
    return group, _effect(material, arm, opened, material.protocol.primary[0], True, members)


def _placebo(material: Material, arm: Arm) -> Placebo | None:
    """Effects on facts of before entry that nothing adjusts for, by the doubly robust estimator."""
    people = material.people.filter(arm.members)
    held: dict[str, Floats] = {}
    known = np.ones(people.height, np.bool_)
    for name in material.protocol.controls:
        values = people[name].cast(float).to_numpy()
        held[name] = values
        known &= np.isfinite(values)
    if not held or min(_sides(known, arm.sample.treated)) < SMALLEST:
        return None
    try:
        sample = without_rare(arm.sample.rows(known))
        return placebo(DoublyRobust(), sample, {name: values[known] for name, values in held.items()})
    except ImpactError:
        return None


def _power(arm: Arm, effects: list[Effect]) -> Design | None:
    """What this study could see of its main outcome: sizes, sites and the share of the people compared."""
    main = next((effect for effect in effects if effect.shown and 0 < effect.shares[1] < 1), None)
    if main is None:
        return None
    treated, controls = (sum(pair) for pair in zip(main.known, main.lost, strict=True))
    kept = sum(main.known) / (treated + controls)
    return Design(treated=treated, controls=controls, baseline=main.shares[1], kept=kept)
