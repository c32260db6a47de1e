"""Back-testing: the model is fitted on the first years, and what it predicts is set beside the years that followed."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from convergence.analysis.conventions import LEVEL, TAILS
from convergence.analysis.dataset import Tables
from convergence.analysis.errors import AnalysisError
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios.blocks import Stream, block_sizes
from convergence.analysis.scenarios.classes import Classes
from convergence.analysis.scenarios.engine import Setting, Tally
from convergence.analysis.scenarios.individuals import simulated
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.observed import UNKNOWN, Lives, lives
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.scenario import TODAY, month_of
from convergence.analysis.scenarios.states import EXITS, LONGEST, N_CARE, N_STEPS, PLACES, STEPS, within
from convergence.vocabulary.structures import Scheme

LEVELS = (0.5, 0.8, 0.95)
SHORTEST = 12
"""Months to predict: fewer would test nothing."""
MEASURES = (
    "En parcours",
    *(f"Fins de parcours, cumulées\u00a0: {within(exit.label)}" for exit in EXITS),
    *(f"Part des personnes en parcours\u00a0: {within(step.label)}" for step in STEPS),
    "Part des personnes en parcours\u00a0: en soins",
)
"""What is compared each month: people, exits since the cut, shares among people in a path whose answer is known."""

WHOLE = "Ensemble"
"""The mean of all measures."""


@dataclass(frozen=True)
class BackTest:
    """Observed and predicted, month after month from ``cut`` on.

    ``observed`` (months, measures); ``predicted`` (draws, months, measures): each draw one set of parameters and one
    life of everybody, so that its quantiles are prediction intervals. Entries are those that were observed: it is
    lives that are predicted.
    """

    scheme: Scheme
    cut: date
    until: date
    people: int
    observed: Floats
    predicted: Floats

    @classmethod
    def run(
        cls,
        tables: Tables,
        cut: date,
        until: date,
        *,
        scheme: Scheme = Scheme.CONVERGENCE,
        draws: int = 100,
        seed: int = 1,
    ) -> "BackTest":
        """Fit on what was known on ``cut``, predict until ``until``.

        :raises AnalysisError: fewer than 12 months to predict, or too few people before.
        """
        months = month_of(until) - month_of(cut)
        if months < SHORTEST:
            raise AnalysisError(
                f"Du {cut:%d/%m/%Y} au {until:%d/%m/%Y} il y a moins de {SHORTEST} mois à prévoir\u00a0: "
                "avancez la date de coupure."
            )
        people = profiles(tables)
        classes = Classes.fit(people.filter(pl.col("entered") <= cut, pl.col("scheme") == scheme.value))
        before, after = (_lives(tables, people, classes, day, scheme) for day in (cut, until))
        model = Model.fit_lives(before, classes, cut, scheme)
        population = Population.of(model, before)
        # Months that are whole on both days, so that the first predicted is the one after the last known.
        months = int((after.began + after.within.sum(1) - 1).max()) - population.month
        entries = _entries(after, population, months)
        setting = Setting.of(population, TODAY, months)
        setting = replace(setting, flow=entries.astype(np.float32), flow_is_known=True)
        parts = []
        for block, size in enumerate(block_sizes(draws)):
            stream = Stream(seed, block)
            parts.append(simulated(model.draw(stream, size), setting, stream.of("lives")))
        return cls(
            scheme=scheme,
            cut=cut,
            until=until,
            people=before.person.size,
            observed=_observed(after, population.month, months),
            predicted=_predicted(Tally.together(parts)),
        )

    def coverage(self, level: float = LEVEL) -> Floats:
        """(measures,) share of months in which what was observed lies in the prediction interval."""
        low, high = np.quantile(self.predicted, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return np.asarray(((self.observed >= low) & (self.observed <= high)).mean(0))

    def calibration(self) -> pl.DataFrame:
        """`measure`, `level`, `coverage`; the measure ``WHOLE`` is the mean of them all."""
        rows = []
        for level in LEVELS:
            covered = self.coverage(level)
            rows += [(name, level, float(share)) for name, share in zip(MEASURES, covered, strict=True)]
            rows.append((WHOLE, level, float(covered.mean())))
        return pl.DataFrame(rows, schema=["measure", "level", "coverage"], orient="row")

    def table(self) -> pl.DataFrame:
        """`month` (1: the first predicted), `measure`, `observed`, `predicted` (mean), `low`, `high` (95 %)."""
        low, high = np.quantile(self.predicted, TAILS, axis=0)
        mean = self.predicted.mean(0)
        columns = {"observed": self.observed, "predicted": mean, "low": low, "high": high}
        shape = self.observed.shape
        return pl.DataFrame(
            {"month": np.repeat(np.arange(1, shape[0] + 1), shape[1]), "measure": list(MEASURES) * shape[0]}
            | {name: values.ravel() for name, values in columns.items()}
        )

    def summary(self) -> str:
        """The last month observed beside its prediction, then how often intervals held: text to paste."""
        last = self.table().filter(pl.col("month") == pl.col("month").max())
        lines = [
            f"Modèle estimé au {self.cut:%d/%m/%Y} sur {self.people} personnes ({self.scheme.label}), "
            f"prévu jusqu’au {self.until:%d/%m/%Y}",
            "",
            f"{'Dernier mois':<68}{'observé':>9}{'prévu':>9}   intervalle à 95\u00a0%   mois couverts",
        ]
        covered = self.coverage()
        for row, share in zip(last.iter_rows(named=True), covered, strict=True):
            digits = 3 if row["measure"].startswith("Part") else 0
            interval = f"[{row['low']:.{digits}f}\u00a0; {row['high']:.{digits}f}]"
            lines.append(
                f"{row['measure']:<68}{row['observed']:>9.{digits}f}{row['predicted']:>9.{digits}f}   {interval:<20}"
                f"{100 * share:>6.0f}\u00a0%"
            )
        whole = self.calibration().filter(pl.col("measure") == WHOLE)
        said = ", ".join(
            f"{100 * level:.0f}\u00a0%\u00a0: {100 * share:.0f}\u00a0%" for _, level, share in whole.rows()
        )
        return "\n".join([*lines, "", f"Mois et mesures couverts par les intervalles de prévision\u00a0: {said}"])

    def plot(self, axes: Any, measure: str = MEASURES[0]) -> None:
        """Draw what was observed over the prediction and its 95 % band, on axes of matplotlib."""
        if measure not in MEASURES:
            raise AnalysisError(f"«\u00a0{measure}\u00a0» n’est pas une mesure comparée.")
        rows = self.table().filter(pl.col("measure") == measure)
        axes.fill_between(rows["month"], rows["low"], rows["high"], alpha=0.25, label="prévu, 95\u00a0%")
        axes.plot(rows["month"], rows["predicted"], label="prévu")
        axes.plot(rows["month"], rows["observed"], linestyle="--", label="observé")
        axes.set_xlabel(f"Mois après le {self.cut:%d/%m/%Y}")
        axes.set_ylabel(measure)
        axes.legend()


def _lives(tables: Tables, people: pl.DataFrame, classes: Classes, day: date, scheme: Scheme) -> Lives:
    entered = people.filter(pl.col("entered") <= day)
    return lives(tables, person_months(tables, day, months=LONGEST + 1), entered, classes, scheme.value)


def _entries(after: Lives, population: Population, months: int) -> Floats:
    """People who entered in each month, by territory (territories, months); those of new territories are left out."""
    place = np.searchsorted(population.territories, after.territory)
    ahead = after.began - population.month - 1
    counted = (ahead >= 0) & (ahead < months) & np.isin(after.territory, population.territories)
    flat = np.bincount(place[counted] * months + ahead[counted], minlength=len(population.territories) * months)
    return np.asarray(flat.reshape(-1, months), np.float64)


def _observed(after: Lives, month: int, months: int) -> Floats:
    """(months, measures) of what happened."""
    found = np.zeros((months, len(MEASURES)))
    width = after.path.shape[1]
    for ahead in range(months):
        at = month + 1 + ahead - after.began
        here = (at >= 0) & (at < width)
        who, column = np.flatnonzero(here), at[here]
        there = after.path[who, column]
        step, care = after.step[who, column][there], after.care[who, column][there]
        left = after.began + after.left
        since = (after.left >= 0) & (left > month) & (left <= month + 1 + ahead)
        exits = np.bincount(after.exit[since & (after.exit >= 0)], minlength=len(EXITS))
        steps = np.bincount(step[step != UNKNOWN], minlength=N_STEPS)
        known = care != UNKNOWN
        found[ahead] = [
            there.sum(),
            *exits,
            *(steps / max(steps.sum(), 1)),
            care[known].sum() / max(known.sum(), 1),
        ]
    return found


def _predicted(tally: Tally) -> Floats:
    """(draws, months, measures) of what is predicted."""
    path = tally.occupancy[:, 1:, :, :PLACES].sum(2, dtype=np.float64)
    path = path.reshape(*path.shape[:2], N_STEPS, N_CARE)
    people = path.sum((2, 3))
    whole = np.maximum(people, 1e-9)[..., None]
    exits = tally.exits.sum(2, dtype=np.float64).cumsum(1)
    return np.concatenate(
        [people[..., None], exits, path.sum(3) / whole, path[..., 1].sum(2)[..., None] / whole], axis=-1
    )
