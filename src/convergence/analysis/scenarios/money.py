"""What states cost, line by line, and what a scenario adds to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.costs.codes import Payer, Perspective, SavingClass
from convergence.analysis.costs.lines import Line
from convergence.analysis.costs.prices import POST_AID
from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.engine import Tally
from convergence.analysis.scenarios.observed import UNKNOWN, Lives
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.rates import Singles
from convergence.analysis.scenarios.scenario import Scenario
from convergence.analysis.scenarios.states import IN_PATH, LIVING, N_CARE, N_STATES, N_STEPS, PLACES, Work

_MONTHS_A_YEAR = 12
_BORROWED = 12.0
"""Months with which a state seen little borrows from the same work and housing, and these from the same work."""
_PUBLIC = frozenset({Perspective.PUBLIC_FINANCE})
_ADDED = (
    Line("scenario_officers", "Partenariats\u00a0: postes ajoutés", Payer.STATE_P102, SavingClass.PROGRAMME),
    Line("scenario_places", "Logement semi-durable\u00a0: places ajoutées", Payer.STATE_P177, SavingClass.PROGRAMME),
    Line("scenario_sites", "Chantiers ajoutés\u00a0: coûts fixes", Payer.STATE_P102, SavingClass.PROGRAMME),
    Line("scenario_sites", "Chantiers ajoutés\u00a0: coûts par personne", Payer.STATE_P102, SavingClass.PROGRAMME),
)
ADDED = tuple(replace(line, perspectives=_PUBLIC) for line in _ADDED)
"""Lines of what a scenario adds, after those of states."""


@dataclass(frozen=True)
class StateCosts:
    """€ a month of somebody in each state: ``amounts`` (draws or 1, states, lines), costs above zero, gains below.

    Nothing is known of those lost from sight: they cost nothing here, and the projection says so. ``hours``: weekly
    hours of those in a path when the amounts were made; ``by_hours``: items in proportion to them.
    """

    lines: tuple[Line, ...]
    amounts: Floats
    hours: float | None = None
    by_hours: frozenset[str] = frozenset({POST_AID})

    def __post_init__(self) -> None:
        if self.amounts.ndim != 3 or self.amounts.shape[1:] != (N_STATES, len(self.lines)):
            raise AnalysisError(
                f"Des coûts par état de forme {self.amounts.shape}\u00a0: il faut (tirages, {N_STATES} états, "
                f"{len(self.lines)} lignes)."
            )
        if not np.isfinite(self.amounts).all():
            raise AnalysisError("Des coûts par état manquent ou sont infinis\u00a0: donnez un montant à chaque état.")

    @classmethod
    def of(
        cls,
        lives: Lives,
        person: NDArray[np.int64],
        amounts: Floats,
        lines: Sequence[Line],
        *,
        multipliers: Floats | None = None,
        draws: int = 200,
        seed: int = 1,
        hours: float | None = None,
    ) -> "StateCosts":
        """Mean amounts of the months spent in each state, people being weighed again in each draw.

        Weights are those of the Bayesian bootstrap (Rubin 1981, Annals of Statistics 9:130-134): a person counts with
        all her months. A state seen in few months borrows twelve months of the same work and housing.

        :param person: keys of the rows of ``amounts`` (people, months, lines), NaN where a month does not count.
        :param multipliers: draws of prices and take-up, (draws, lines).
        :param hours: weekly hours in a path; None: their mean in the same months.
        :raises AnalysisError: people that the model does not know, or nobody.
        """
        found = {int(key): row for row, key in enumerate(person)}
        rows = np.array([found.get(int(key), UNKNOWN) for key in lives.person])
        if (rows == UNKNOWN).all():
            raise AnalysisError("Les coûts sont d’autres personnes que le modèle\u00a0: partez du même jeu de données.")
        kept = rows != UNKNOWN
        months = min(amounts.shape[1], lives.work.shape[1])
        work, step, care = (part[kept, :months] for part in (lives.work, lives.step, lives.care))
        values = amounts[rows[kept], :months]
        known = (work != UNKNOWN) & (step != UNKNOWN) & (care != UNKNOWN) & np.isfinite(values).all(-1)
        who, month = np.nonzero(known)
        cell = who * LIVING + (work * PLACES + step * N_CARE + care)[who, month]
        size = int(kept.sum())
        counts = np.bincount(cell, minlength=size * LIVING).reshape(size, LIVING).astype(np.float64)
        weights = np.random.default_rng(np.random.SeedSequence(seed)).exponential(size=(draws, size))
        seen = weights @ counts
        means = np.zeros((draws, N_STATES, len(lines)))
        for line in range(len(lines)):
            sums = np.bincount(cell, values[who, month, line], size * LIVING).reshape(size, LIVING)
            means[:, :LIVING, line] = _borrowed(weights @ sums, seen)
        if multipliers is not None:
            means *= multipliers[np.arange(draws) % len(multipliers)][:, None]
        return cls(tuple(lines), means, lives.weekly_hours if hours is None else hours)

    def at(self, draws: int) -> Floats:
        """(draws, states, lines), repeated in order where there are fewer."""
        return np.asarray(self.amounts[np.arange(draws) % len(self.amounts)])

    def without_hours(self) -> "StateCosts":
        """The same, no line following the hours: for amounts that were made for a scenario's own."""
        return replace(self, by_hours=frozenset(), hours=self.hours or 1.0)

    def under(self, scenario: Scenario) -> "StateCosts":
        """The same with the prices and the hours of a scenario.

        :raises AnalysisError: a price of an item that no line has, or hours without those of today.
        """
        amounts = self.amounts.copy()
        items = [line.item for line in self.lines]
        refuse_other_prices(scenario, items)
        for price in scenario.prices:
            amounts[..., [item == price.item for item in items]] *= price.factor
        if scenario.hours is None:
            return replace(self, amounts=amounts)
        if not self.hours:
            raise AnalysisError(
                f"Le scénario «\u00a0{scenario.name}\u00a0» change les heures, mais les coûts ne disent pas celles "
                "d’aujourd’hui\u00a0: donnez StateCosts.hours."
            )
        lines = np.array([item in self.by_hours for item in items])
        paths = np.flatnonzero(np.append(IN_PATH, np.zeros(N_STATES - LIVING, np.bool_)))
        amounts[np.ix_(np.arange(len(amounts)), paths, np.flatnonzero(lines))] *= scenario.hours / self.hours
        return replace(self, amounts=amounts)


def refuse_other_prices(scenario: Scenario, items: Iterable[str]) -> None:
    """
    :raises AnalysisError: the scenario changes the price of something else than these items.
    """
    known = frozenset(items)
    for price in scenario.prices:
        if price.item not in known:
            raise AnalysisError(
                f"Le scénario «\u00a0{scenario.name}\u00a0» change le prix de «\u00a0{price.item}\u00a0», "
                f"qu’aucune ligne ne compte\u00a0: choisissez parmi {', '.join(sorted(known))}."
            )


def monthly_costs(tally: Tally, costs: StateCosts, scenario: Scenario, population: Population) -> Singles:
    """€ of each month by line, those of states then :data:`ADDED` (draws, months, lines)."""
    draws, months = tally.entries.shape[:2]
    people = tally.occupancy[:, 1:].sum(2)
    states = np.matmul(people, costs.at(draws).astype(np.float32))
    added = np.zeros((draws, months, len(ADDED)), np.float32)
    if scenario.officers:
        there = (tally.occupancy[:, 1:, :, :LIVING][..., IN_PATH].sum(-1) > 0).sum(-1)
        added[..., 0] = there * scenario.officers.more * scenario.officers.yearly_cost / _MONTHS_A_YEAR
    if scenario.housing:
        # A place is paid for whether somebody is in it or not.
        added[..., 1] = scenario.housing.places * scenario.housing.yearly_cost / _MONTHS_A_YEAR
    if scenario.sites:
        shares = scenario.open_sites(population.month, months)
        fixed, variable, posts = (
            np.array([getattr(site, name) for site in scenario.sites])
            for name in ("fixed_cost", "variable_cost", "posts")
        )
        added[..., 2] = fixed / _MONTHS_A_YEAR @ (shares > 0)
        added[..., 3] = (variable * posts) @ shares
    return np.concatenate([states, added], axis=-1)


def _borrowed(sums: Floats, seen: Floats) -> Floats:
    """Means by state (draws, living states) from weighted sums and months seen."""
    draws = sums.shape[0]
    shape = (draws, len(Work), N_STEPS, N_CARE)
    amount, months = sums.reshape(shape), seen.reshape(shape)
    whole = amount.sum((1, 2, 3), keepdims=True) / np.maximum(months.sum((1, 2, 3), keepdims=True), 1e-9)
    by_work = (amount.sum((2, 3), keepdims=True) + _BORROWED * whole) / (months.sum((2, 3), keepdims=True) + _BORROWED)
    by_step = (amount.sum(3, keepdims=True) + _BORROWED * by_work) / (months.sum(3, keepdims=True) + _BORROWED)
    return np.asarray(((amount + _BORROWED * by_step) / (months + _BORROWED)).reshape(draws, LIVING))
