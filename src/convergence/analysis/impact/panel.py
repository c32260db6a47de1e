"""The same people, or the same sites, at several moments, some of them reached by the scheme at one of these."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.clusters import FEWEST_SITES, MANY_SITES
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.estimates import SUCH_SITES, THESE_PEOPLE, THESE_SITES
from convergence.analysis.impact.sample import Codes, Flags, Floats


@dataclass(frozen=True)
class PanelInference:
    """Who is independent of whom: rows with one number of ``groups`` are not."""

    groups: Codes
    clusters: int | None
    scope: str
    notes: tuple[str, ...]


class Panel:
    """Outcomes by unit and period, checked once.

    :param outcome: (n,) one row a unit and period.
    :param period: (n,) whole numbers, in order of time: years, months.
    :param start: (n,) first period in which the row's unit is reached by the scheme; NaN or inf: never.
    :param unit: (n,) the person or the site; None: different people at each period, told apart by their ``start``.
    :param cluster: (n,) the site; None: units are independent. ``weights``: (n,) positive.
    :param people: units are persons: an arm of fewer than five is then withheld. False: they are sites.
    :raises ImpactError: a value missing, a unit twice in a period, one that changes its start, nobody to compare with,
        nothing known from before.

    >>> panel = Panel([1.0, 2, 1, 4] * 5, [0, 1] * 10, [np.nan, np.nan, 1, 1] * 5, unit=np.repeat(np.arange(10), 2))
    >>> panel.treated_units, panel.control_units
    (5, 5)
    """

    __slots__ = ("cluster", "notes", "outcome", "period", "start", "unit", "weights")

    outcome: Floats
    period: Codes
    start: Floats
    unit: Codes | None
    cluster: Codes | None
    weights: Floats
    notes: tuple[str, ...]

    def __init__(
        self,
        outcome: ArrayLike,
        period: ArrayLike,
        start: ArrayLike,
        *,
        unit: ArrayLike | None = None,
        cluster: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        people: bool = True,
    ) -> None:
        self.outcome = np.asarray(outcome, dtype=np.float64)
        periods = np.asarray(period, dtype=np.float64)
        begins = np.asarray(start, dtype=np.float64)
        given = np.ones(len(self.outcome)) if weights is None else np.asarray(weights, dtype=np.float64)
        lengths = {len(each) for each in (self.outcome, periods, begins, given)}
        lengths |= {len(np.asarray(each)) for each in (unit, cluster) if each is not None}
        if len(lengths) != 1:
            raise ImpactError("Panel : il faut un résultat, une période et un début par ligne.")
        if not np.isfinite(self.outcome).all():
            raise ImpactError(
                f"Panel : résultats manquants : {int((~np.isfinite(self.outcome)).sum())} ; retirez ces lignes en le "
                "disant, sans les mettre à zéro."
            )
        if not (np.isfinite(periods).all() and (periods == np.round(periods)).all()):
            raise ImpactError("Panel : une période est un nombre entier (année, mois) ; corrigez celles qui manquent.")
        if not (np.isfinite(given).all() and (given > 0).all()):
            raise ImpactError("Panel : poids infinis, absents ou négatifs ; bornez-les d’abord.")
        self.period, self.weights = periods.astype(np.int64), given
        self.start = np.where(np.isfinite(begins), begins, np.inf)
        self.unit = None if unit is None else _codes(unit)
        self.cluster = None if cluster is None else _codes(cluster)
        self.notes = self._checked(people)

    @classmethod
    def two_dates(
        cls, before: ArrayLike, after: ArrayLike, treated: ArrayLike, *, cluster: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> "Panel":  # fmt: skip
        """The same people before entry and later: what changed for them against what changed for those compared.

        :param before: (people,) at entry; ``after``: (people,) later. People of whom one is NaN are left out.
        """
        first, then = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
        arm = np.asarray(treated, dtype=np.bool_)
        if not len(first) == len(then) == len(arm):
            raise ImpactError("Panel : il faut, par personne, un résultat avant, un après et son groupe.")
        known = np.isfinite(first) & np.isfinite(then)
        people = np.arange(int(known.sum()))
        return cls(
            np.concatenate([first[known], then[known]]),
            np.repeat([0, 1], len(people)),
            np.tile(np.where(arm[known], 1.0, np.nan), 2),
            unit=np.tile(people, 2),
            cluster=None if cluster is None else np.tile(np.asarray(cluster)[known], 2),
            weights=None if weights is None else np.tile(np.asarray(weights, dtype=np.float64)[known], 2),
        )

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def reached(self) -> Flags:
        """(n,) rows from the scheme's start on."""
        return self.period >= self.start

    @property
    def treated_units(self) -> int:
        return self._units(np.isfinite(self.start))

    @property
    def control_units(self) -> int:
        """Units that the scheme never reaches; those reached later serve too, until then."""
        return self._units(~np.isfinite(self.start))

    def _units(self, rows: Flags) -> int:
        return int(rows.sum()) if self.unit is None else len(np.unique(self.unit[rows]))

    def inference(self) -> PanelInference:
        """Errors by site where four sites or more are in each group, by unit otherwise, which is said."""
        alone = np.arange(len(self), dtype=np.int64) if self.unit is None else self.unit
        if self.cluster is None:
            return PanelInference(alone, None, THESE_PEOPLE, ())
        followed = len(np.unique(self.cluster[np.isfinite(self.start)]))
        compared = len(np.unique(self.cluster[~np.isfinite(self.start)]))
        if min(followed, compared) < FEWEST_SITES:
            return PanelInference(
                alone,
                None,
                THESE_SITES,
                (
                    f"Moins de quatre chantiers dans un groupe ({followed} suivis, {compared} comparés) : le résultat "
                    "vaut pour ces chantiers, et non pour d’autres. L’erreur est calculée par unité suivie ; elle ne "
                    "compte pas ce qui change d’un chantier à l’autre.",
                ),
            )
        count = int(self.cluster.max()) + 1
        few = (
            f"{count} chantiers, soit moins de vingt : l’erreur par chantier est corrigée pour les petits nombres "
            "(CR2), et l’intervalle prend les degrés de liberté de Satterthwaite."
        )
        return PanelInference(self.cluster, count, SUCH_SITES, (few,) if count < MANY_SITES else ())

    def _checked(self, people: bool) -> tuple[str, ...]:
        if self.unit is not None:
            self._units_hold_together()
        reached = np.isfinite(self.start)
        if not reached.any() or not self.reached.any():
            raise ImpactError("Panel : le dispositif n’atteint personne pendant ces périodes.")
        if reached.all() and len(np.unique(self.start)) == 1:
            raise ImpactError(
                "Panel : toutes les unités sont atteintes en même temps, il n’y a personne à qui les comparer ; "
                "ajoutez des unités jamais atteintes, ou qui le sont plus tard."
            )
        for label, count in (("suivies", self.treated_units), ("comparées", self.control_units)):
            if people and 0 < count < SMALLEST:
                raise ImpactError(f"Panel : moins de {SMALLEST} personnes {label} ; l’effet n’est pas calculé.")
        return self._before_and_after()

    def _units_hold_together(self) -> None:
        assert self.unit is not None  # noqa: S101 - for type checkers
        pairs = np.column_stack([self.unit, self.period])
        if len(np.unique(pairs, axis=0)) < len(pairs):
            raise ImpactError("Panel : une même unité a deux lignes pour une même période ; gardez-en une.")
        for name, values in (("début", self.start), ("chantier", self.cluster)):
            if values is None:
                continue
            order = np.argsort(self.unit, kind="stable")
            same = self.unit[order][1:] == self.unit[order][:-1]
            if (same & (values[order][1:] != values[order][:-1])).any():
                raise ImpactError(
                    f"Panel : une unité change de {name} d’une période à l’autre ; donnez-lui le premier."
                )

    def _before_and_after(self) -> tuple[str, ...]:
        first = int(self.period.min())
        if (always := self.start <= first).any():
            count = self._units(always)
            raise ImpactError(
                f"Panel : unités déjà atteintes à la première période : {count}. Rien n’est connu d’avant : "
                "retirez-les, ou reculez le début des données."
            )
        notes = []
        if self.unit is not None:
            periods = len(np.unique(self.period))
            missing = (int(self.unit.max()) + 1) * periods - len(self)
            if missing:
                notes.append(
                    f"Panel incomplet : lignes manquantes (unité absente à une période) : {missing}. Une unité connue "
                    "d’un seul côté n’apprend rien ; si l’absence dépend du résultat, l’effet est biaisé."
                )
            reached = np.isfinite(self.start)
            seen_before = np.unique(self.unit[reached & ~self.reached])
            late = len(np.unique(self.unit[reached])) - len(seen_before)
            if late:
                notes.append(
                    f"Unités qui n’apparaissent qu’après leur début dans le dispositif : {late}. Elles n’ont pas "
                    "d’avant et n’entrent pas dans l’effet."
                )
        return tuple(notes)


def _codes(values: ArrayLike) -> Codes:
    given = np.asarray(values)
    if given.dtype.kind == "O" and any(each is None for each in given):
        raise ImpactError("Panel : une unité ou un chantier manque ; donnez-les pour toutes les lignes.")
    return np.asarray(np.unique(given, return_inverse=True)[1], dtype=np.int64)
