"""The multi-state model: fitted on months, it draws the rates of the scheme's territories."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.dataset import Tables
from convergence.analysis.errors import AnalysisError
from convergence.analysis.french import NBSP
from convergence.analysis.months import person_months
from convergence.analysis.profiles import profiles
from convergence.analysis.scenarios import observed as seen
from convergence.analysis.scenarios.blocks import Stream
from convergence.analysis.scenarios.classes import LABELS, N_CLASSES, Classes
from convergence.analysis.scenarios.observed import N_HOMES, Lives, Moves
from convergence.analysis.scenarios.pooling import (
    Floats,
    Pooled,
    Shape,
    SiteEffects,
    by_site,
    dirichlet,
    probabilities,
    towards,
)
from convergence.analysis.scenarios.rates import DYNAMIC_KINDS, N_KINDS, Kind, Rates, aspect_shape, exits_shape
from convergence.analysis.scenarios.states import (
    EXITS,
    FIRST_MONTH_OF_BAND,
    LONGEST,
    N_BANDS,
    N_CARE,
    N_EXITS,
    N_STEPS,
    PLACES,
    Exit,
)
from convergence.vocabulary.structures import Scheme

FEWEST_PEOPLE = 30
"""Below, no model is fitted: not even a share would be known to ten points."""


@dataclass(frozen=True)
class Territory:
    """A place of the projection: its key in the dataset, and the weight (months observed) of each of its sites."""

    key: int
    sites: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """A monthly multi-state model of the lives of the scheme's people.

    States are housing (five steps and institutions) × work (first path, none, other, again in a path) × care (care
    path under way or stabilised), then lost from sight and deceased. From a month to the next, given the state, the
    way out of the path (six competing exits, intensities by band of duration, class of people and being housed or
    not), the move of housing, the move of care and the work after the path are independent of each other; rates of
    housing and care depend on the class and on the phase, in a path or after it. Months of which nothing is known
    contribute nothing: what comes after the last news is supposed to go on as for those of whom there is news.

    Rows are drawn towards main effects, sites towards all of them together (see ``pooling``). docs/scenarios.md has an
    example that runs.
    """

    scheme: Scheme
    as_of: date
    classes: Classes
    sites: tuple[int, ...]
    territories: tuple[Territory, ...]
    people: int
    months: int
    exits: Pooled
    housing: Pooled
    care: Pooled
    work: Pooled
    site_effects: SiteEffects
    landings: Floats
    deaths: tuple[int, int]
    entries: Floats
    ordinary: tuple[Floats, Floats] | None = None

    @classmethod
    def fit(cls, tables: Tables, as_of: date, *, scheme: Scheme = Scheme.CONVERGENCE) -> "Model":
        """Fit on everything known on ``as_of`` of the people of a scheme.

        :raises AnalysisError: too few people.
        """
        people = profiles(tables).filter(pl.col("entered") <= as_of)
        months = person_months(tables, as_of, months=LONGEST + 1)
        classes = Classes.fit(people.filter(pl.col("scheme") == scheme.value))
        model = cls.fit_lives(seen.lives(tables, months, people, classes, scheme.value), classes, as_of, scheme)
        if scheme is Scheme.ORDINARY or people.filter(pl.col("scheme") == Scheme.ORDINARY.value).is_empty():
            return model
        return model.against(seen.lives(tables, months, people, classes, Scheme.ORDINARY.value))

    @classmethod
    def fit_lives(cls, lives: Lives, classes: Classes, as_of: date, scheme: Scheme = Scheme.CONVERGENCE) -> "Model":
        """Fit on states already read, such as those of a part of the people."""
        if lives.person.size < FEWEST_PEOPLE:
            raise AnalysisError(
                f"{lives.person.size} personnes seulement{NBSP}: il en faut {FEWEST_PEOPLE} pour estimer un modèle. "
                "Élargissez la période ou le nombre de chantiers."
            )
        sites = tuple(int(site) for site in np.unique(lives.site))
        fitted: dict[str, Any] = {}
        observed, expected = np.zeros((len(sites), N_KINDS)), np.zeros((len(sites), N_KINDS))
        for name, (shape, moves) in moves_of(lives).items():
            pooled = fitted[name] = Pooled.fit(shape, moves)
            o, e = by_site(shape, moves, pooled.expected(), sites, N_KINDS)
            observed += o / pooled.dispersion
            expected += e / pooled.dispersion
        removed = lives.exit == EXITS.index(Exit.REMOVED)
        profile, pair = seen.at_entry(lives)
        entries = np.bincount(profile * PLACES + pair, minlength=N_CLASSES * PLACES).reshape(N_CLASSES, PLACES)
        return cls(
            scheme=scheme,
            as_of=as_of,
            classes=classes,
            sites=sites,
            territories=_territories(lives),
            people=lives.person.size,
            months=int(lives.path.sum()),
            **fitted,
            site_effects=SiteEffects.fit(observed, expected),
            landings=seen.landings(lives),
            deaths=(int(lives.died.sum()), int(removed.sum())),
            entries=entries.astype(np.float64),
        )

    def draw(self, stream: Stream, draws: int, *, new: int = 0) -> Rates:
        """``draws`` draws of the parameters, for the territories of the model followed by ``new`` unknown ones.

        A territory's rate ratios are the mean of its sites', weighted by months observed; a new territory is one new
        site, so that its interval is as wide as sites differ. Known territories draw the same with new ones or without.
        """
        generator = stream.of("model")
        rates = {name: getattr(self, name).draw(generator, draws) for name in ("exits", "housing", "care", "work")}
        landing, entry = self._landing(generator, draws), dirichlet(generator, self._entry, draws)
        ratios = np.einsum("ps,dsk->dpk", self._weights, self.site_effects.draw(generator, draws))
        if new:
            fresh = self.site_effects.draw_new(stream.of("new territories"), draws, new)
            ratios = np.concatenate([ratios, fresh], axis=1)
        return self._placed(rates, landing, entry, ratios)

    def against(self, ordinary: Lives) -> "Model":
        """The same with the contrast that people of ordinary sites show.

        Events of each kind there, and how many there would be with the scheme's rates in the same class, phase and
        housing (indirect standardisation); for dynamic and other exits, among as many exits in the same class. It
        adjusts for these alone: it is no estimate of impact.
        """
        observed, expected = np.zeros(N_KINDS), np.zeros(N_KINDS)
        for name, (shape, moves) in moves_of(ordinary).items():
            pooled: Pooled = getattr(self, name)
            if name == "exits":
                o, e = _exits_given_leaving(shape, pooled, moves)
            else:
                everybody = (int(site) for site in np.unique(moves.site))
                o, e = (part.sum(0) for part in by_site(shape, moves, pooled.expected(), list(everybody), N_KINDS))
            observed += o / pooled.dispersion
            expected += e / pooled.dispersion
        return replace(self, ordinary=(observed, expected))

    def lives(self, tables: Tables, as_of: date) -> Lives:
        """The states of everybody on a day, in the classes of this model: for a population, and for costs by state."""
        people = profiles(tables).filter(pl.col("entered") <= as_of)
        return seen.lives(
            tables, person_months(tables, as_of, months=LONGEST + 1), people, self.classes, self.scheme.value
        )

    def draw_contrast(self, stream: Stream, draws: int) -> Floats | None:
        """Ratios (draws, kinds) of the scheme against ordinary sites: odds ratios against other exits for the dynamic
        ones, rate ratios for housing and care, 1 for what is a rule; None where there is no ordinary site."""
        if self.ordinary is None:
            return None
        observed, expected = self.ordinary
        ratios = (expected + 1) / stream.of("contrast").gamma(observed + 1, size=(draws, N_KINDS))
        odds = ratios[:, list(DYNAMIC_KINDS)] / ratios[:, [Kind.OTHER]]
        kept = [Kind.HOUSING_UP, Kind.HOUSING_DOWN, Kind.CARE, Kind.CARE_STOPS]
        whole = np.ones((draws, N_KINDS))
        whole[:, list(DYNAMIC_KINDS)], whole[:, kept] = odds, ratios[:, kept]
        return whole

    def _placed(self, rates: dict[str, Floats], landing: Floats, entry: Floats, ratios: Floats) -> Rates:
        draws = entry.shape[0]
        return Rates(
            exits=rates["exits"].reshape(draws, 1, N_CLASSES, N_BANDS, N_HOMES, N_EXITS)[..., :2, :],
            housing=rates["housing"].reshape(draws, 1, N_CLASSES, 2, N_STEPS, N_STEPS - 1),
            care=rates["care"].reshape(draws, 1, N_CLASSES, 2, N_CARE, 1),
            work=rates["work"].reshape(draws, 1, N_CLASSES, 3, 2),
            landing=landing,
            entry=entry,
            forced=np.ones(draws),
        ).times(ratios)

    @cached_property
    def _weights(self) -> Floats:
        """(territories, sites), each row summing to one."""
        weights = np.zeros((len(self.territories), len(self.sites)))
        for number, territory in enumerate(self.territories):
            for site, weight in zip(territory.sites, territory.weights, strict=True):
                weights[number, self.sites.index(site)] = weight / sum(territory.weights)
        return weights

    @cached_property
    def _entry(self) -> Floats:
        whole = self.entries.sum(0) + 0.5
        return towards(self.entries, whole / whole.sum())

    def _landing(self, generator: np.random.Generator, draws: int) -> Floats:
        """Where each exit leads: no work, work, lost, deceased. Deaths are told apart from the other removed exits by
        their motive; whoever is lost is lost."""
        landing = np.zeros((draws, N_EXITS, 4))
        landing[..., :2] = dirichlet(generator, self.landings + 0.5, draws)
        lost, removed = EXITS.index(Exit.LOST), EXITS.index(Exit.REMOVED)
        landing[:, lost] = (0.0, 0.0, 1.0, 0.0)
        died, among = self.deaths
        share = generator.beta(died + 0.5, among - died + 0.5, draws)
        landing[:, removed, :2] *= 1 - share[:, None]
        landing[:, removed, 3] = share
        return landing

    def summary(self) -> str:
        """What was fitted, on whom, with the exits a month by band of duration: text to paste."""
        shape = self.exits.shape
        chances = probabilities(self.exits.expected())[:, 1:]
        months = self.exits.counts.sum(1)
        lines = [
            f"Modèle à états multiples, {self.scheme.label}, données au {self.as_of:%d/%m/%Y}",
            f"{self.people} personnes, {self.months} mois en parcours, {len(self.sites)} chantiers, "
            f"{len(self.territories)} territoires",
            "Regroupement partiel" + NBSP + ": lignes vers effets principaux (Dirichlet), chantiers vers l’ensemble "
            "(gamma-Poisson).",
            "",
            f"{'Mois du parcours':<18}{'mois observés':>15}" + "".join(f"{exit.value:>12}" for exit in EXITS),
        ]
        band = shape.margins[0][:, 0] // N_EXITS
        for number, first in enumerate(FIRST_MONTH_OF_BAND):
            weight = months * (band == number)
            mean = (weight[:, None] * chances).sum(0) / max(weight.sum(), 1.0)
            last = FIRST_MONTH_OF_BAND[number + 1] - 1 if number + 1 < N_BANDS else LONGEST
            name = f"{first}" if first == last else f"{first} à {last}"
            rates = "".join(f"{100 * rate:>10.2f}{NBSP}%" if weight.sum() else f"{'—':>12}" for rate in mean)
            lines.append(f"{name:<18}{weight.sum():>15.0f}{rates}")
        counts = self.entries.sum(1)
        shown = (f"{name} ({count:.0f})" for name, count in zip(LABELS, counts, strict=True) if count >= SMALLEST)
        lines += ["", f"Classes à l’entrée (situation connue){NBSP}: {f'{NBSP}; '.join(shown)}"]
        lines += ["", f"Dispersion entre personnes (1{NBSP}= mois indépendants){NBSP}: " + self._dispersions()]
        lines += ["Écart entre chantiers, écart type du rapport de taux (moyenne a posteriori)" + NBSP + ":"]
        lines += [f"  {kind.label:<36}{self.site_effects.mean_deviation[kind]:>6.2f}" for kind in Kind]
        return "\n".join(lines)

    def _dispersions(self) -> str:
        words = {"exits": "sorties", "housing": "logement", "care": "soins", "work": "emploi ensuite"}
        return ", ".join(f"{label} {getattr(self, name).dispersion:.2f}" for name, label in words.items())


def _exits_given_leaving(shape: Shape, pooled: Pooled, moves: Moves) -> tuple[Floats, Floats]:
    """Exits by kind (kinds,), and how many there would be among as many in each class with the scheme's shares."""
    rows, outcomes = shape.column.shape
    there, here = moves.table(rows, outcomes)[:, 1:], pooled.counts[:, 1:]
    observed, expected = np.zeros(N_KINDS), np.zeros(N_KINDS)
    by_class = [table.reshape(N_CLASSES, -1, N_EXITS).sum(1) for table in (there, here)]
    shares = (by_class[1] + 0.5) / (by_class[1] + 0.5).sum(1, keepdims=True)
    observed[:N_EXITS] = by_class[0].sum(0)
    expected[:N_EXITS] = (by_class[0].sum(1, keepdims=True) * shares).sum(0)
    return observed, expected


def moves_of(lives: Lives) -> dict[str, tuple[Shape, Moves]]:
    """The four kinds of moves, each with its rows."""
    return {
        "exits": (exits_shape(), seen.exits(lives)),
        "housing": (aspect_shape("housing"), seen.housing(lives)),
        "care": (aspect_shape("care"), seen.care(lives)),
        "work": (aspect_shape("work"), seen.work_after(lives)),
    }


def _territories(lives: Lives) -> tuple[Territory, ...]:
    months = lives.path.sum(1) + 1.0
    found = []
    for key in np.unique(lives.territory):
        here = lives.territory == key
        sites: Sequence[int] = [int(site) for site in np.unique(lives.site[here])]
        weights = tuple(float(months[here & (lives.site == site)].sum()) for site in sites)
        found.append(Territory(int(key), tuple(sites), weights))
    return tuple(found)
