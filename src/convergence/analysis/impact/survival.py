"""Curves of what happens over time, and how far apart two groups are: Kaplan-Meier, competing risks, restricted mean.

Every error comes from one place: the influence of each person on the estimate. Summed over people without weights nor
sites it gives Greenwood's formula; with weights or sites it stays right. Ties need no random jitter: the same people
always give the same numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Any, Final

import numpy as np
from scipy import stats

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.french import number, probability
from convergence.analysis.impact.clusters import Inference, difference_error, inference_on
from convergence.analysis.impact.durations import Durations
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import Estimate, estimated
from convergence.analysis.impact.sample import Codes, Flags, Floats

MOST_POINTS: Final = 300
"""Points at which a band is computed, at the most."""

_COLOURS: Final = ("#1f4e79", "#b35900")


@dataclass(frozen=True)
class Curve:
    """A curve of one group: a share of people over time.

    :ivar months: (t,) where it steps; ``share``: (t,) from there on; ``low``, ``high``: (t,) its interval, NaN where it
        is not defined (nobody left).
    :ivar at_risk: (t,) people still followed just before, as a sum of weights.
    :ivar start: the share at entry; ``followed``: months up to which five people of the group are followed; the curve
        stops there.
    """

    group: str
    months: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    start: float
    followed: float

    def at(self, months: float) -> tuple[float, float, float]:
        """The share after that many months, with its interval; the last known point before."""
        place = int(np.searchsorted(self.months, months, side="right")) - 1
        if place < 0:
            return self.start, self.start, self.start
        return float(self.share[place]), float(self.low[place]), float(self.high[place])


@dataclass(frozen=True)
class Curves:
    """Curves of the two groups."""

    title: str
    curves: tuple[Curve, ...]
    level: float
    notes: tuple[str, ...]

    def summary(self, months: tuple[float, ...] = (6, 12, 24, 36)) -> str:
        """Lines to paste in a paper."""
        lines = [self.title]
        for curve in self.curves:
            for moment in months:
                if moment <= curve.followed:
                    share, low, high = curve.at(moment)
                    lines.append(
                        f"  {curve.group}, {moment:g} mois : {number(100 * share, 1)} % "
                        f"[{number(100 * low, 1)} ; {number(100 * high, 1)}]"
                    )
        return "\n".join([*lines, *(f"  – {note}" for note in self.notes)])

    def plot(self, ax: Any) -> None:
        """Draw the curves and their bands on matplotlib axes."""
        for curve, colour in zip(self.curves, _COLOURS, strict=False):
            months = np.concatenate([[0.0], curve.months])
            held = [np.concatenate([[curve.start], each]) for each in (curve.share, curve.low, curve.high)]
            ax.step(months, held[0], where="post", color=colour, label=curve.group)
            ax.fill_between(months, held[1], held[2], step="post", color=colour, alpha=0.15, linewidth=0)
        ax.set_xlabel("Mois depuis l’entrée")
        ax.set_ylim(0, 1)
        ax.set_title(self.title)
        ax.legend(frameon=False)


class KaplanMeier:
    """The share of people to whom nothing has happened yet, by group.

    S(t) = Π over event times u ≤ t of (1 - d/Y), d events among Y people followed just before u (Kaplan and Meier
    1958, JASA 53:457-481). The interval is that of log(-log S), on the influence-function error: Greenwood's without
    weights nor sites; by site, Student's. All events count as one: with competing risks, take :class:`AalenJohansen`.

    >>> rest = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> other = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    >>> found = KaplanMeier().fit(Durations(rest + other, [1] * 9 + [0] * 12 + [1] * 21, [True] * 21 + [False] * 21))
    >>> [round(found.curves[0].at(month)[0], 4) for month in (6, 10, 23)]
    [0.8571, 0.7529, 0.4482]
    """

    def __init__(self, *, level: float = 0.95) -> None:
        self.level = level

    def fit(self, durations: Durations) -> Curves:
        inference = inference_on(durations.sample)
        curves = []
        for name, arm in durations.arms():
            one = _Arm(durations, arm, inference.groups)
            z, grid = one.quantile(self.level, inference), one.grid()
            share = one.survival(grid)
            error = np.array([one.spread(one.log_survival_influence(month)) for month in grid])
            with np.errstate(divide="ignore", invalid="ignore"):
                middle = np.log(-np.log(share))
                half = z * error / np.abs(np.log(share))
                low, high = np.exp(-np.exp(middle + half)), np.exp(-np.exp(middle - half))
            nobody = (share <= 0) | (share >= 1)
            low[nobody] = high[nobody] = nan
            curves.append(Curve(name, grid, share, low, high, one.at_risk(grid), 1.0, one.followed))
        return Curves("Kaplan-Meier", tuple(curves), self.level, (*durations.notes, *_notes(inference)))


class AalenJohansen:
    """The share of people to whom one event has happened, other events being possible: its cumulative incidence.

    F_k(t) = Σ over event times u ≤ t of S(u-) d_k/Y, S being Kaplan-Meier's for all events together (Aalen and Johansen
    1978, Scandinavian Journal of Statistics 5:141-150). One minus Kaplan-Meier would count people who have left by
    another door as if they could still leave by this one. The interval is that of log(-log(1 - F)).

    >>> months, how = [6.0, 7, 10, 13, 16, 22, 23, 25], [1, 2, 1, 0, 1, 2, 1, 0]
    >>> people = Durations(months * 2, how + [2, 2, 1, 2, 1, 2, 0, 1], [True] * 8 + [False] * 8, events=["CDI", "A"])
    >>> [round(curve.at(10)[0], 3) for curve in AalenJohansen().fit(people).curves]
    [0.25, 0.125]

    :param event: the rank, from 1, of the event looked at.
    """

    def __init__(self, event: int = 1, *, level: float = 0.95) -> None:
        self.event, self.level = event, level

    def fit(self, durations: Durations) -> Curves:
        _exists(self.event, durations)
        inference = inference_on(durations.sample)
        curves = []
        for name, arm in durations.arms():
            one = _Arm(durations, arm, inference.groups)
            z, grid = one.quantile(self.level, inference), one.grid()
            share = one.incidence(self.event, grid)
            error = np.array([one.spread(one.incidence_influence(self.event, month)) for month in grid])
            low, high = np.full(len(grid), nan), np.full(len(grid), nan)
            inside = (share > 0) & (share < 1)
            rest = 1 - share[inside]
            middle, half = np.log(-np.log(rest)), z * error[inside] / (rest * np.abs(np.log(rest)))
            low[inside], high[inside] = 1 - np.exp(-np.exp(middle - half)), 1 - np.exp(-np.exp(middle + half))
            curves.append(Curve(name, grid, share, low, high, one.at_risk(grid), 0.0, one.followed))
        title = f"Incidence cumulée : {durations.events[self.event - 1]}"
        return Curves(title, tuple(curves), self.level, (*durations.notes, *_notes(inference)))


class RestrictedMean:
    """Difference of the mean time without event over the first ``until`` months: the area between two curves.

    RMST(τ) = ∫ S(t) dt from 0 to τ (Royston and Parmar 2013, BMC Medical Research Methodology 13:152). It supposes
    nothing on the shape of the curves, and reads in months. Errors: influence of each person, by site where there are
    enough (:func:`convergence.analysis.impact.clusters.inference_on`).

    >>> months, how = [6.0, 7, 10, 13, 16, 22, 23, 25], [1, 2, 1, 0, 1, 2, 1, 0]
    >>> people = Durations(months * 2, how + [2, 2, 1, 2, 1, 2, 0, 1], [True] * 8 + [False] * 8, events=["CDI", "A"])
    >>> round(RestrictedMean(14).fit(people).value, 3)
    0.125

    :raises ImpactError: on fitting, ``until`` is beyond the last day on which either group is followed.
    """

    def __init__(self, until: float, *, level: float = 0.95) -> None:
        self.until, self.level = until, level

    def fit(self, durations: Durations) -> Estimate:
        last = _followed_until(durations)
        if not 0 < self.until <= last:
            raise ImpactError(
                f"La moyenne restreinte à {self.until:g} mois dépasse le suivi : l’un des groupes n’est suivi que "
                f"jusqu’à {number(last, 1)} mois. Choisissez une durée plus courte."
            )
        return _difference(
            durations,
            lambda arm: (arm.mean_time(self.until), arm.mean_time_influence(self.until)),
            method=f"Différence des durées moyennes sans événement, restreintes à {self.until:g} mois",
            unit="months",
            level=self.level,
        )


class IncidenceDifference:
    """Difference of the cumulative incidences of an event at ``months``, other events competing.

    >>> months, how = [6.0, 7, 10, 13, 16, 22, 23, 25], [1, 2, 1, 0, 1, 2, 1, 0]
    >>> people = Durations(months * 2, how + [2, 2, 1, 2, 1, 2, 0, 1], [True] * 8 + [False] * 8, events=["CDI", "A"])
    >>> round(IncidenceDifference(16).fit(people).value, 3)
    0.156

    :param event: the rank, from 1, of the event looked at. Errors as those of :class:`RestrictedMean`.
    """

    def __init__(self, months: float, event: int = 1, *, level: float = 0.95) -> None:
        self.months, self.event, self.level = months, event, level

    def fit(self, durations: Durations) -> Estimate:
        _exists(self.event, durations)
        last = _followed_until(durations)
        if not 0 < self.months <= last:
            raise ImpactError(
                f"L’incidence à {self.months:g} mois dépasse le suivi : l’un des groupes n’est suivi que jusqu’à "
                f"{number(last, 1)} mois. Choisissez une durée plus courte."
            )
        at = np.array([self.months])
        return _difference(
            durations,
            lambda arm: (float(arm.incidence(self.event, at)[0]), arm.incidence_influence(self.event, self.months)),
            method=f"Différence des incidences cumulées à {self.months:g} mois ({durations.events[self.event - 1]})",
            unit="share",
            level=self.level,
        )


def _difference(
    durations: Durations, of_arm: Callable[["_Arm"], tuple[float, Floats]], *, method: str, unit: str, level: float
) -> Estimate:
    """The difference of a figure of the two groups; ``of_arm``: a group's own, and each person's influence on it."""
    values, influence = [], np.zeros(len(durations))
    inference = inference_on(durations.sample)
    for sign, (_, arm) in zip((1, -1), durations.arms(), strict=True):
        value, moved = of_arm(_Arm(durations, arm, inference.groups))
        values.append(value)
        influence[arm] = sign * moved
    error, freedom = difference_error(durations.treated, durations.weights, influence, inference.groups)
    return estimated(
        durations.sample,
        method=method,
        value=values[0] - values[1],
        standard_error=error,
        freedom=freedom,
        clusters=inference.clusters,
        scope=inference.scope,
        level=level,
        notes=(*durations.notes, *inference.notes),
        diagnostics={f"treated_{unit}": values[0], f"control_{unit}": values[1]},
    )


@dataclass(frozen=True)
class LogRank:
    """The log-rank test: chi-squared of one degree of freedom, and its probability."""

    statistic: float
    p_value: float

    def summary(self) -> str:
        return f"Test du log-rank : χ² = {number(self.statistic, 2)} (1 degré de liberté), {probability(self.p_value)}"


def log_rank(durations: Durations) -> LogRank:
    """Whether the two groups' curves differ, all events as one (Mantel 1966, Cancer Chemotherapy Reports 50:163-170).

    People count for one each and are independent.

    >>> round(log_rank(Durations([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, [True, False] * 5)).statistic, 3)
    0.362

    :raises ImpactError: people are weighted: Cox's model with its robust error says it then.
    """
    if not np.all(durations.weights == durations.weights[0]):
        raise ImpactError("Le test du log-rank ne vaut pas pour des personnes pondérées : prenez le modèle de Cox.")
    from lifelines.statistics import logrank_test

    (_, one), (_, other) = durations.arms()
    happened = durations.event > 0
    found = logrank_test(durations.months[one], durations.months[other], happened[one], happened[other])
    return LogRank(float(found.test_statistic), float(found.p_value))


class _Arm:
    """One group's events in the order of time, and the influence of each of its people.

    With Y the weight followed just before an event time, d that of events then: hazard h = d/Y, survival S = Π(1 - h).
    Of a person, the influence on log S(t) is minus the sum over u ≤ t of w dM(u) / (Y (1 - h)), where dM is 1 at her
    event, less h as long as she is followed.
    """

    def __init__(self, durations: Durations, arm: Flags, groups: Codes) -> None:
        self.months, self.event = durations.months[arm], durations.event[arm]
        self.weights, self.groups = durations.weights[arm], groups[arm]
        self.times = np.unique(self.months[self.event > 0])
        order = np.argsort(self.months, kind="stable")
        self._ordered = self.months[order]
        self._after = np.concatenate([np.cumsum(self.weights[order][::-1])[::-1], [0.0]])
        self.risk = self.at_risk(self.times)
        self.kinds = np.stack([self._events(kind) for kind in range(1, len(durations.events) + 1)])
        self.hazard = self.kinds.sum(axis=0) / self.risk
        self.left = np.cumprod(1 - self.hazard)
        # Where nobody is left the factor multiplies zero: 0 in its place.
        ends = self.hazard >= 1 - 1e-12
        self.left[ends] = 0.0
        self.factor = np.where(ends, 0.0, 1 / np.maximum(self.risk * (1 - self.hazard), 1e-300))
        self.place = np.searchsorted(self.times, self.months, side="right")

    def _events(self, kind: int) -> Floats:
        mine = self.event == kind
        places = np.searchsorted(self.times, self.months[mine])
        return np.bincount(places, self.weights[mine], len(self.times)).astype(np.float64)

    def quantile(self, level: float, inference: Inference) -> float:
        """How many errors wide half an interval is: by site, Student's law and G/(G-1) for the G sites of the group."""
        if inference.clusters is None:
            return float(stats.norm.ppf((1 + level) / 2))
        sites = len(np.unique(self.groups))
        return float(stats.t.ppf((1 + level) / 2, sites - 1)) * sqrt(sites / (sites - 1))

    @property
    def followed(self) -> float:
        """Months up to which five people are followed: beyond, a curve would tell the life of a few."""
        return float(self._ordered[-SMALLEST])

    def grid(self) -> Floats:
        """Event times up to there, or as many of them as a band is computed at."""
        times = self.times[self.times <= self.followed]
        if len(times) <= MOST_POINTS:
            return times
        return times[np.linspace(0, len(times) - 1, MOST_POINTS).round().astype(np.int64)]

    def at_risk(self, grid: Floats) -> Floats:
        found: Floats = self._after[np.searchsorted(self._ordered, grid, side="left")]
        return found

    def survival(self, grid: Floats) -> Floats:
        found: Floats = np.concatenate([[1.0], self.left])[np.searchsorted(self.times, grid, side="right")]
        return found

    def incidence(self, kind: int, grid: Floats) -> Floats:
        found: Floats = np.concatenate([[0.0], self._incidence(kind)])[np.searchsorted(self.times, grid, side="right")]
        return found

    def _incidence(self, kind: int) -> Floats:
        before = np.concatenate([[1.0], self.left[:-1]])
        found: Floats = np.cumsum(before * self.kinds[kind - 1] / self.risk)
        return found

    def spread(self, influence: Floats) -> float:
        """Standard error of a sum of influences, by site."""
        return float(np.sqrt((np.bincount(self.groups, influence) ** 2).sum()))

    def _martingale(self, worth: Floats, hazard: Floats, mine: Flags, until: float) -> Floats:
        """Each person's sum of w · worth(u) · dM(u) over u ≤ until, ``mine``: whose event counts in dM."""
        upto = int(np.searchsorted(self.times, until, side="right"))
        paid = np.concatenate([[0.0], np.cumsum(worth * hazard)])
        seen = np.minimum(self.place, upto)
        had = mine & (self.months <= until)
        earned = np.zeros(len(self.months))
        earned[had] = worth[self.place[had] - 1]
        found: Floats = self.weights * (earned - paid[seen])
        return found

    def log_survival_influence(self, until: float) -> Floats:
        return -self._martingale(self.factor, self.hazard, self.event > 0, until)

    def incidence_influence(self, kind: int, until: float) -> Floats:
        """Own events through S(u-)/Y; every event through the survival that later ones meet."""
        reached = self._incidence(kind)
        final = float(self.incidence(kind, np.array([until]))[0])
        before = np.concatenate([[1.0], self.left[:-1]])
        direct = self._martingale(before / self.risk, self.kinds[kind - 1] / self.risk, self.event == kind, until)
        others = self._martingale((final - reached) * self.factor, self.hazard, self.event > 0, until)
        return direct - others

    def mean_time(self, until: float) -> float:
        steps = np.concatenate([[0.0], np.minimum(self.times, until), [until]])
        return float((np.diff(steps) * np.concatenate([[1.0], self.left])).sum())

    def mean_time_influence(self, until: float) -> Floats:
        """What is left of the area after each event time, weighed by the influence on log S then."""
        steps = np.concatenate([np.minimum(self.times, until), [until]])
        rest = np.cumsum((np.diff(steps) * self.left)[::-1])[::-1]
        return -self._martingale(rest * self.factor, self.hazard, self.event > 0, until)


def _followed_until(durations: Durations) -> float:
    """Months up to which both groups are known: without end where something happened to everybody, nobody is left."""
    found = inf
    for _, arm in durations.arms():
        months, event = durations.months[arm], durations.event[arm]
        if (event[months == months.max()] == 0).any():
            found = min(found, float(months.max()))
    return found


def _notes(inference: Inference) -> tuple[str, ...]:
    if not inference.few:
        return inference.notes
    return (
        f"{inference.clusters} chantiers, soit moins de vingt : les bandes sont élargies (loi de Student, chantiers "
        "moins un), sans la correction CR2 ; elles peuvent rester trop étroites.",
    )


def _exists(event: int, durations: Durations) -> None:
    if not 1 <= event <= len(durations.events):
        named = ", ".join(f"{rank} : {name}" for rank, name in enumerate(durations.events, 1))
        raise ImpactError(f"L’événement {event} n’existe pas : choisissez parmi {named}.")
    if not (durations.event == event).any():
        raise ImpactError(f"L’événement « {durations.events[event - 1]} » n’est arrivé à personne : rien à estimer.")
