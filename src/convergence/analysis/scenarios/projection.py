"""Projections of scenarios: the same draws for all, so that each is compared with today draw by draw."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from convergence.analysis.conventions import LEVEL, SMALLEST
from convergence.analysis.costs.codes import Payer, Perspective, SavingClass
from convergence.analysis.costs.lines import Line
from convergence.analysis.errors import AnalysisError
from convergence.analysis.scenarios.blocks import Stream, block_sizes, run_blocks
from convergence.analysis.scenarios.engine import Cohort, Setting, Tally, expected
from convergence.analysis.scenarios.individuals import simulated
from convergence.analysis.scenarios.marginal import Marginal
from convergence.analysis.scenarios.model import Model
from convergence.analysis.scenarios.money import ADDED, StateCosts, monthly_costs
from convergence.analysis.scenarios.outcomes import Outcome, exit_outcomes, state_outcomes
from convergence.analysis.scenarios.pooling import Floats
from convergence.analysis.scenarios.population import Population
from convergence.analysis.scenarios.rates import Singles
from convergence.analysis.scenarios.scenario import TODAY, Ratio, Scenario, last_day_of
from convergence.analysis.scenarios.states import N_STATES, labels

MOST_MONTHS = 240
EXPECTED = "effectif attendu\u00a0: l’intervalle dit l’incertitude des paramètres, non le hasard des vies"
ONE_BY_ONE = "une vie tirée par tirage des paramètres\u00a0: l’intervalle comprend le hasard des vies"


@dataclass(frozen=True)
class Projection:
    """What becomes of everybody under a scenario.

    ``tally``: people by draw, month, territory and state; ``costs``: € by draw, month and line of ``lines``, None
    where no costs were given; ``cohort``: one person who enters, by draw and month; ``month``: the month before the
    first, from January 1970.
    """

    scenario: Scenario
    tally: Tally
    cohort: Cohort
    mix: Floats
    lines: tuple[Line, ...]
    costs: Singles | None
    state_costs: StateCosts | None
    month: int
    one_by_one: bool
    notes: tuple[str, ...]

    @property
    def months(self) -> int:
        return int(self.tally.entries.shape[1])

    @property
    def first_month(self) -> date:
        return last_day_of(self.month) + timedelta(days=1)

    def values(self) -> Iterator[tuple[Outcome, Floats]]:
        """Every outcome with its draws (draws, years): at the end of each twelve months, or over them."""
        for outcome in state_outcomes():
            yield outcome, self._by_state(outcome)
        for outcome in exit_outcomes():
            yield outcome, _by_year(self.tally.exits[..., outcome.columns].sum((2, 3)))
        yield Outcome("entries", "Entrées", "personnes entrées dans l’année"), _by_year(self.tally.entries.sum(2))

    def outcomes(self) -> pl.DataFrame:
        """`scenario`, `outcome`, `label`, `definition`, `year` (1: the first twelve months), `value` (mean of draws),
        `low`, `high` (95 %). Fewer than 5 people: the three are empty."""
        return _table(self.scenario, ((one, draws, SMALLEST) for one, draws in self.values()))

    def states(self) -> pl.DataFrame:
        """People in each of the fifty states at the end of each year: columns of :meth:`outcomes`, below 5 empty."""
        states = (
            Outcome(f"state_{number}", label, "personnes à la fin de l’année", np.arange(N_STATES) == number)
            for number, label in enumerate(labels())
        )
        return _table(self.scenario, ((one, self._by_state(one), SMALLEST) for one in states))

    def budget(self, *, perspective: Perspective = Perspective.PUBLIC_FINANCE) -> pl.DataFrame:
        """€ by payer and class of saving, for each twelve months, current euros of today's prices.

        :raises AnalysisError: the projection has no costs.
        """
        return _table(self.scenario, ((one, draws, None) for one, draws in self.paid(perspective)))

    def paid(self, perspective: Perspective = Perspective.PUBLIC_FINANCE) -> Iterator[tuple[Outcome, Floats]]:
        """Euros by payer and class (draws, years), then for all payers, foundations apart."""
        costs = self._costs()
        chosen = [perspective in line.perspectives for line in self.lines]
        for payer in Payer:
            for kind in SavingClass:
                these = [
                    here and line.payer is payer and line.saving_class is kind
                    for here, line in zip(chosen, self.lines, strict=True)
                ]
                if any(these):
                    what = f"{payer.label}\u00a0: {kind.label.lower()}"
                    yield (
                        Outcome(f"{payer.value}.{kind.value}", what, f"€, {perspective.label}"),
                        _by_year(costs[..., these].sum(-1)),
                    )
        public = [
            here and line.payer.public and line.saving_class is not SavingClass.DEFERRED
            for here, line in zip(chosen, self.lines, strict=True)
        ]
        whole = "Ensemble des financeurs publics, hors droits différés"
        yield Outcome("public", whole, f"€, {perspective.label}"), _by_year(costs[..., public].sum(-1))

    def against(self, today: "Projection") -> pl.DataFrame:
        """The difference with another projection of the same draws: columns of :meth:`outcomes`, euros included.

        :raises AnalysisError: the two were not drawn together.
        """
        if self.tally.entries.shape[:2] != today.tally.entries.shape[:2]:
            raise AnalysisError("Ces projections n’ont pas les mêmes tirages\u00a0: projetez les scénarios ensemble.")
        pairs = [(one, mine - theirs) for (one, mine), (_, theirs) in zip(self.values(), today.values(), strict=True)]
        if self.costs is not None and today.costs is not None:
            before = {one.code: draws for one, draws in today.paid()}
            pairs += [(one, draws - before.get(one.code, np.zeros_like(draws))) for one, draws in self.paid()]
        return _table(self.scenario, ((one, draws, None) for one, draws in pairs))

    def marginal(self) -> Marginal:
        """The value of one more month of path, for those who enter: see :class:`Marginal`."""
        return Marginal.of(self.cohort, self.mix, self.tally, self.state_costs)

    def summary(self) -> str:
        """The last year in a few lines: text to paste."""
        table = self.outcomes().filter(pl.col("year") == pl.col("year").max())
        lines = [f"{self.scenario.label} — {self.months} mois à partir du {self.first_month:%d/%m/%Y}"]
        lines += [f"{len(self.tally.entries)} tirages\u00a0; {ONE_BY_ONE if self.one_by_one else EXPECTED}", ""]
        for row in table.iter_rows(named=True):
            figure = (
                "moins de 5"
                if row["value"] is None
                else f"{row['value']:.0f} [{row['low']:.0f}\u00a0; {row['high']:.0f}]"
            )
            lines.append(f"{row['label']:<55}{figure:>30}")
        return "\n".join([*lines, "", *self.notes])

    def plot(self, axes: Any, outcome: str = "durable") -> None:
        """Draw the yearly values of an outcome with their band on axes of matplotlib."""
        table = self.outcomes().filter(pl.col("outcome") == outcome)
        if table.is_empty():
            raise AnalysisError(f"«\u00a0{outcome}\u00a0» n’est pas un résultat de la projection.")
        axes.fill_between(table["year"], table["low"], table["high"], alpha=0.25)
        axes.plot(table["year"], table["value"], marker="o", label=self.scenario.label)
        axes.set_xlabel("Année")
        axes.set_ylabel(table["label"][0])

    def _by_state(self, outcome: Outcome) -> Floats:
        people = self.tally.occupancy[:, 1:].sum(2)[..., outcome.columns].sum(-1)
        return np.asarray(people[:, 11::12], np.float64)

    def _costs(self) -> Singles:
        if self.costs is None:
            raise AnalysisError("Aucun coût par état n’a été donné à la projection\u00a0: passez costs.")
        return self.costs


@dataclass(frozen=True)
class Work:
    """What a block is given: the model, and each scenario with its setting. It travels to the machines of a cluster."""

    model: Model
    scenarios: tuple[Scenario, ...]
    settings: tuple[Setting, ...]
    sizes: tuple[int, ...]
    seed: int
    one_by_one: bool

    def __call__(self, block: int) -> list[tuple[Tally, Cohort]]:
        """The tally and the cohort of each scenario, for the draws of a block."""
        stream, draws = Stream(self.seed, block), self.sizes[block]
        new = max(scenario.new_territories for scenario in self.scenarios)
        whole, contrast = self.model.draw(stream, draws, new=new), self.model.draw_contrast(stream, draws)
        made = []
        for scenario, setting in zip(self.scenarios, self.settings, strict=True):
            places = len(self.model.territories) + scenario.new_territories
            rates = scenario.changed(whole.of_places(places), stream, contrast)
            tally = simulated(rates, setting, stream.of("lives")) if self.one_by_one else expected(rates, setting)
            made.append((tally, Cohort.of(rates, setting.mix, scenario.path)))
        return made


def project(
    model: Model,
    population: Population,
    scenarios: Sequence[Scenario] = (TODAY,),
    *,
    months: int = 60,
    draws: int = 200,
    seed: int = 1,
    costs: StateCosts | Mapping[str, StateCosts] | None = None,
    one_by_one: bool = False,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Projection]:
    """Every scenario projected from the same population with the same draws of the parameters; by name.

    Each block of ten draws has its own random streams, so that numbers do not depend on ``workers`` nor on the
    cluster. Today is projected too, if it is not among the scenarios, so that there is something to compare with.

    :param costs: € a month by state; or by scenario name, with ``today`` for those that are not named, where benefits
        were computed again (hours, reform).
    :param one_by_one: draw people one by one, below 50,000: intervals then hold the chance of lives.
    :param progress: told how many blocks are done, of how many.
    :raises AnalysisError: months or draws out of range, two scenarios of one name, an effect without ratios, a
        territory that nobody knows, a price of nothing.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise AnalysisError(f"{months} mois\u00a0: une projection va de 1 à {MOST_MONTHS} mois.")
    chosen = tuple(scenarios) if any(one.name == TODAY.name for one in scenarios) else (TODAY, *scenarios)
    names = [scenario.name for scenario in chosen]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise AnalysisError(
            f"Deux scénarios s’appellent «\u00a0{twice}\u00a0»\u00a0: changez le nom d’un des fichiers."
        )
    last = last_day_of(population.month + months)
    priced: dict[str, StateCosts | None] = {}
    for scenario in chosen:
        scenario.check(population.territories, last, contrast=model.ordinary is not None)
        priced[scenario.name] = _priced(scenario, costs)
    sizes = block_sizes(draws)
    settings = tuple(Setting.of(population, scenario, months) for scenario in chosen)
    work = Work(model, chosen, settings, sizes, seed, one_by_one)
    done = run_blocks(work, range(len(sizes)), scheduler=scheduler, workers=workers, progress=progress)
    projections = {}
    for number, (scenario, setting) in enumerate(zip(chosen, settings, strict=True)):
        tally = Tally.together([block[number][0] for block in done])
        state_costs = priced[scenario.name]
        projections[scenario.name] = Projection(
            scenario=scenario,
            tally=tally,
            cohort=Cohort.together([block[number][1] for block in done]),
            mix=_weights(setting),
            lines=(*state_costs.lines, *ADDED) if state_costs else (),
            costs=None if state_costs is None else monthly_costs(tally, state_costs, scenario, population),
            state_costs=state_costs,
            month=population.month,
            one_by_one=one_by_one,
            notes=_notes(scenario, model, costs),
        )
    return projections


def _priced(scenario: Scenario, costs: StateCosts | Mapping[str, StateCosts] | None) -> StateCosts | None:
    if costs is None:
        return None
    if isinstance(costs, StateCosts):
        return costs.under(scenario)
    if scenario.name in costs:
        return costs[scenario.name].without_hours().under(scenario)
    if TODAY.name not in costs:
        raise AnalysisError(f"Les coûts par état n’ont pas d’entrée «\u00a0{TODAY.name}\u00a0»\u00a0: ajoutez-la.")
    return costs[TODAY.name].under(scenario)


def _weights(setting: Setting) -> Floats:
    """Share of each territory among posts at the end (territories,)."""
    posts = setting.posts[:, -1].astype(np.float64)
    return np.asarray(posts / posts.sum() if posts.sum() > 0 else np.full(posts.size, 1 / posts.size))


def _notes(scenario: Scenario, model: Model, costs: StateCosts | Mapping[str, StateCosts] | None) -> tuple[str, ...]:
    """What a reader must know: of every projection, then of this scenario, by its name."""
    notes = [
        "Après les dernières nouvelles, chacune est supposée évoluer comme celles dont on a des nouvelles\u00a0; "
        "on suit chaque personne soixante mois après son entrée, et au-delà sans distinguer les durées.",
        f"Entrées\u00a0: {scenario.entries.label}.",
    ]
    if costs is not None:
        notes.append("Les personnes perdues de vue ne coûtent ni ne rapportent rien ici\u00a0: rien n’en est connu.")
    again = costs is None or (isinstance(costs, Mapping) and scenario.name in costs)
    own = [*_notes_on_paths(scenario), *_notes_on_means(scenario), *_notes_on_effect(scenario, model)]
    if not again and (scenario.hours is not None or scenario.reforms):
        own.append("les prestations n’ont pas été recalculées, elles sont celles d’aujourd’hui.")
    return (*notes, *(f"«\u00a0{scenario.label}\u00a0»\u00a0: {note}" for note in own))


def _notes_on_paths(scenario: Scenario) -> list[str]:
    notes = []
    if scenario.path != TODAY.path:
        whom = (
            "des personnes qui entrent désormais" if scenario.path.newcomers else "de toutes les personnes en parcours"
        )
        notes.append(f"les règles de durée sont celles {whom}.")
    if scenario.path.longest is not None:
        low, high = (_said(100 * share) for share in scenario.path.forced)
        notes.append(
            f"au dernier mois permis, de {low} à {high}\u00a0% sortent comme les personnes de cette durée, les autres "
            "sans solution (hypothèse)."
        )
    return notes


def _notes_on_means(scenario: Scenario) -> list[str]:
    notes = []
    if scenario.officers:
        ratio, kinds = scenario.officers.ratio, ", ".join(kind.label for kind in scenario.officers.kinds)
        notes.append(_ratio(f"chaque poste de plus aux partenariats multiplie les taux ({kinds})", ratio))
    if scenario.housing:
        share = _said(100 * scenario.housing.displaced)
        notes.append(
            f"{share}\u00a0% des places ajoutées vont à des personnes qui auraient trouvé sans elles (hypothèse)."
        )
    return notes


def _notes_on_effect(scenario: Scenario, model: Model) -> list[str]:
    if scenario.effect.share == 1.0:
        return []
    if scenario.effect.uses_data(model.ordinary is not None):
        return [
            "l’effet est le contraste avec les chantiers ordinaires de ces données, à classe, phase et logement "
            "égaux\u00a0; ce n’est pas une estimation d’impact."
        ]
    found: dict[Ratio, list[str]] = {}
    for kind, ratio in scenario.effect.ratios.items():
        found.setdefault(ratio, []).append(kind.label)
    return [_ratio(f"l’effet entier multiplie ({', '.join(kinds)})", ratio) for ratio, kinds in found.items()]


def _ratio(what: str, ratio: Ratio) -> str:
    where = "\u00a0; ".join(part for part in (ratio.source, "hypothèse" if ratio.assumption else "") if part)
    return f"{what} par {_said(ratio.low)} à {_said(ratio.high)} ({where})."


def _said(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _by_year(monthly: Singles) -> Floats:
    """Sums of each twelve months (draws, years); months after the last whole year are left out."""
    years = monthly.shape[1] // 12
    return np.asarray(monthly[:, : years * 12].reshape(monthly.shape[0], years, 12).sum(-1), np.float64)


def _table(scenario: Scenario, values: Any) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for outcome, draws, fewest in values:
        low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        for year, value in enumerate(draws.mean(0)):
            shown = fewest is None or value >= fewest
            figures = (float(value), float(low[year]), float(high[year])) if shown else (None, None, None)
            rows.append(
                {"scenario": scenario.name, "outcome": outcome.code, "label": outcome.label}
                | {"definition": outcome.definition, "year": year + 1}
                | dict(zip(("value", "low", "high"), figures, strict=True))
            )
    kinds = {"scenario": pl.String, "outcome": pl.String, "label": pl.String, "definition": pl.String}
    return pl.DataFrame(
        rows, schema=kinds | {"year": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )
