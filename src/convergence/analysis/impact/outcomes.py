"""What became of people: named outcomes at a time counted from each one's entry, and who is no longer known."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST
from convergence.analysis.dataset import Tables
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.indicators import DURABLE_EXITS, DYNAMIC_EXITS, HEALTH_RIGHTS, RIGHTS, ExitSet, RightSet
from convergence.analysis.indicators.observed import on_day
from convergence.analysis.months import first_paths, known_until
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.exits import ExitMotive, table_on
from convergence.vocabulary.health import CarePath
from convergence.vocabulary.housing import DURABLE, OBTAINED, STABILISED, HousingSet
from convergence.vocabulary.structures import Scheme

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LONGEST_PATH: Final = 60
"""Months after which every path has ended (L5132-15-1 of the labour code): sooner, those that end well or badly early
would be counted without the others."""

MOMENTS: Final = (6, 12, 24, 36)
"""Months after entry at which situations are looked at."""


class Known(Enum):
    """Whether the outcome of a person is known, and if not, why."""

    KNOWN = "résultat connu"
    LOST = "perdue de vue avant l’échéance"
    TOO_SOON = "entrée trop récemment"
    NOT_CONCERNED = "non concernée"


@dataclass(frozen=True)
class Outcome:
    """An outcome with its definition.

    ``months``: after entry, when it is looked at; people who entered later than that are not counted yet.
    ``find`` takes the tables and people (`person`, `path`, `begins`, `ends`, `scheme`, `day`) and gives (people,) 1, 0
    or NaN where it is not known, and (people,) whether it concerns her. ``repeats``: it has a value on any day, that
    of entry included.
    """

    name: str
    label: str
    definition: str
    months: int
    find: Callable[[Tables, pl.DataFrame], tuple[Floats, Flags]]
    of_situation: bool = True
    repeats: bool = False


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of people, in one order.

    :ivar people: one row a person, sorted: `person`, `path`, `since` (time zero), `until`, `site`, `scheme`,
        `known_until` (first day on which nothing is known of her any more).
    :ivar values: (people,) by name: 1.0, 0.0, NaN where it is not known. Nobody's silence is a zero.
    :ivar why: (people,) of :class:`Known`, by name.
    """

    as_of: date
    people: pl.DataFrame
    values: Mapping[str, Floats]
    why: Mapping[str, NDArray[np.object_]]

    def known(self, name: str) -> Flags:
        """(people,) whose outcome is known."""
        return np.isfinite(self.values[name])

    def lost(self, name: str) -> Flags:
        """(people,) of whom nobody had news at the time: those whom bounds are about."""
        return np.asarray(self.why[name] == Known.LOST, dtype=np.bool_)

    def of(self, chosen: Flags) -> "Outcomes":
        """The same outcomes of some people only."""
        return Outcomes(
            self.as_of,
            self.people.filter(pl.Series(chosen)),
            {name: values[chosen] for name, values in self.values.items()},
            {name: why[chosen] for name, why in self.why.items()},
        )


def outcomes_of(tables: Tables, as_of: date, names: Iterable[str]) -> Outcomes:
    """Outcomes of everybody who has a path, by name.

    Time zero is the first day of the first path (of the waiting, for somebody compared who has no site). A situation
    "at 24 months" is that of the last day of the 24th month; it is known of people of whom there was news on that day
    or later, or whose path ran then. A silent person's last situation is never carried on.

    :raises ImpactError: a name that is no outcome.
    """
    asked = [outcome(name) for name in names]
    people = first_paths(tables).join(known_until(tables, as_of), on="person", how="left").sort("person")
    values: dict[str, Floats] = {}
    why: dict[str, NDArray[np.object_]] = {}
    for each in asked:
        looked = people.rename({"since": "begins", "until": "ends"}).with_columns(day=_day("begins", each.months))
        found, concerned = each.find(tables, looked)
        soon = looked.select((pl.col("day") > as_of).fill_null(True)).to_series().to_numpy()
        heard = ~soon
        if each.of_situation:
            heard &= looked.select((pl.col("known_until") > pl.col("day")).fill_null(False)).to_series().to_numpy()
        values[each.name] = np.where(heard & concerned, found, np.nan)
        reasons = np.full(people.height, Known.LOST, dtype=np.object_)
        for where, reason in (
            (np.isfinite(values[each.name]), Known.KNOWN),
            (~concerned, Known.NOT_CONCERNED),
            (soon, Known.TOO_SOON),
        ):
            reasons[where] = reason
        why[each.name] = reasons
    return Outcomes(as_of, people, values, why)


def outcome(name: str) -> Outcome:
    """The outcome of a name.

    >>> outcome("housed_24").months
    24

    :raises ImpactError: none has this name; the sentence lists those that exist.
    """
    if name not in OUTCOMES:
        raise ImpactError(f"Le critère « {name} » n’existe pas : choisissez parmi {', '.join(OUTCOMES)}.")
    return OUTCOMES[name]


def _day(begins: str, months: int) -> pl.Expr:
    """The last day of the month of that rank, counted from entry."""
    return pl.col(begins).dt.offset_by(f"{months}mo").dt.offset_by("-1d")


def _everybody(people: pl.DataFrame) -> Flags:
    return np.ones(people.height, dtype=np.bool_)


def _numbers(answers: pl.Series) -> Floats:
    return answers.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _value_in(aspect: str, values: Collection[str]) -> Callable[[Tables, pl.DataFrame], tuple[Floats, Flags]]:
    codes = sorted(str(value) for value in values)

    def find(tables: Tables, people: pl.DataFrame) -> tuple[Floats, Flags]:
        now = on_day(tables, people, aspect, "day", "now")["now"]
        return _numbers(now.is_in(codes)), _everybody(people)

    return find


def _recovered(rights: RightSet) -> Callable[[Tables, pl.DataFrame], tuple[Floats, Flags]]:
    """Of the people who lacked a right at entry: whether one of those that they lacked is open on the day."""

    def find(tables: Tables, people: pl.DataFrame) -> tuple[Floats, Flags]:
        lacked_one = np.zeros(people.height, dtype=np.bool_)
        opened = np.zeros(people.height, dtype=np.bool_)
        unknown = np.zeros(people.height, dtype=np.bool_)
        for aspect, lacking in rights.lacking.items():
            looked = on_day(tables, on_day(tables, people, aspect, "begins", "before"), aspect, "day", "now")
            lacked = looked["before"].is_in([str(value) for value in lacking]).fill_null(False).to_numpy()
            now = looked["now"]
            lacked_one |= lacked
            opened |= lacked & now.is_in([str(value) for value in rights.open[aspect]]).fill_null(False).to_numpy()
            unknown |= lacked & now.is_null().to_numpy()
        return np.where(opened, 1.0, np.where(unknown, np.nan, 0.0)), lacked_one

    return find


def _exit_in(counted: ExitSet, within: int | None) -> Callable[[Tables, pl.DataFrame], tuple[Floats, Flags]]:
    """Whether the first path ended with a motive of the set; ``within``: at the latest that many months after entry.

    Where nobody was hired there is no path to end: such people are not concerned.
    """

    def find(tables: Tables, people: pl.DataFrame) -> tuple[Floats, Flags]:
        ends = people.join(
            tables.exits.select("path", "motive").collect(), on="path", how="left", maintain_order="left"
        )
        found = np.full(people.height, np.nan)
        for row, (until, day, motive) in enumerate(ends.select("ends", "day", "motive").iter_rows()):
            # A path that lasts exactly that long ends on the day: it is within.
            if within is not None and (until is None or until > day + timedelta(days=1)):
                found[row] = 0.0
            elif until is not None and motive is not None:
                told = ExitMotive(motive)
                found[row] = float(counted.counts(told, table_on(until).categories[told]))
        return found, (people["scheme"] != Scheme.NONE.value).to_numpy()

    return find


JOBS = (Employment.SHORT_TERM, Employment.LONG_TERM, Employment.OPEN_ENDED, Employment.OWN_BUSINESS)
"""Work outside of integration."""
_DURABLE_JOBS = (Employment.LONG_TERM, Employment.OPEN_ENDED, Employment.OWN_BUSINESS)
_CARE = (CarePath.UNDER_WAY, CarePath.STABILISED)


def _housing(name: str, named: HousingSet, months: int) -> Outcome:
    label, definition = _at(named.label, months), f"{named.definition} {_on_that_day(months)}"
    return Outcome(f"{name}_{months}", label, definition, months, _value_in("housing", named.values), repeats=True)


def _at(label: str, months: int) -> str:
    return f"{label}, {months} mois après l’entrée"


def _on_that_day(months: int) -> str:
    return (
        f"Situation du dernier jour du {months}e mois après l’entrée, en part des personnes dont on avait alors des "
        "nouvelles ; les autres sont dites perdues de vue."
    )


def _situations(months: int) -> tuple[Outcome, ...]:
    that_day = _on_that_day(months)
    return (
        _housing("stabilised", STABILISED, months),
        _housing("housed", OBTAINED, months),
        _housing("own_home", DURABLE, months),
        Outcome(
            f"job_{months}",
            _at("En emploi hors insertion", months),
            f"CDD, intérim, CDI ou à son compte ; ni CDDI, ni stage, ni formation. {that_day}",
            months,
            _value_in("employment", JOBS),
            repeats=True,
        ),
        Outcome(
            f"durable_job_{months}",
            _at("En emploi durable", months),
            f"CDI, CDD ou intérim de 6 mois et plus, à son compte. {that_day}",
            months,
            _value_in("employment", _DURABLE_JOBS),
            repeats=True,
        ),
        Outcome(
            f"care_{months}",
            _at("Parcours de soins en cours ou stabilisé", months),
            f"Toutes personnes, qu’un besoin ait été dit ou non. {that_day}",
            months,
            _value_in("care_path", _CARE),
            repeats=True,
        ),
        *(
            Outcome(
                f"{name}_{months}",
                _at(rights.label, months),
                f"Au moins un des droits qui manquaient à l’entrée, en part des personnes à qui il en manquait un. "
                f"{rights.definition} {that_day}",
                months,
                _recovered(rights),
            )
            for name, rights in (("right_recovered", RIGHTS), ("health_right", HEALTH_RIGHTS))
        ),
    )


def _exits(name: str, counted: ExitSet) -> tuple[Outcome, ...]:
    whole = Outcome(
        name,
        counted.label,
        f"Motif de la fin du premier parcours, en part de toutes les fins dont le motif est connu. Seules comptent les "
        f"personnes entrées depuis {LONGEST_PATH} mois au moins, dont tous les parcours sont finis.",
        LONGEST_PATH,
        _exit_in(counted, None),
        of_situation=False,
    )
    return whole, *(
        Outcome(
            f"{name}_within_{months}",
            f"{counted.label}, dans les {months} mois",
            f"Premier parcours fini dans les {months} mois après l’entrée par un tel motif ; une personne encore en "
            "parcours compte pour non. Qui reste plus longtemps paraît donc moins réussir.",
            months,
            _exit_in(counted, months),
            of_situation=False,
        )
        for months in MOMENTS[1:]
    )


OUTCOMES: Final[Mapping[str, Outcome]] = {
    each.name: each
    for each in (
        *_exits("dynamic_exit", DYNAMIC_EXITS),
        *_exits("durable_exit", DURABLE_EXITS),
        *(each for months in MOMENTS for each in _situations(months)),
    )
}
"""Every outcome by its name: those of a path (`dynamic_exit`, `durable_exit_within_24`…), and situations
(`stabilised_24`, `housed_12`, `own_home_36`, `job_24`, `durable_job_24`, `care_24`, `right_recovered_24`…)."""


@dataclass(frozen=True)
class Step:
    """People of one arm after each sieve; None: fewer than five, or what would give them away."""

    scheme: Scheme
    entered: int | None
    eligible: int | None
    followed: Mapping[int, int | None]
    lost: Mapping[int, int | None]
    too_soon: Mapping[int, int | None]


@dataclass(frozen=True)
class Flow:
    """The flow chart of a comparison: how many people stand at each step, by arm."""

    steps: tuple[Step, ...]
    moments: tuple[int, ...]

    def rows(self) -> list[tuple[str, ...]]:
        """A table to print: the first row names the arms; small numbers are withheld."""
        lines: list[tuple[str, ...]] = [("", *(step.scheme.label for step in self.steps))]
        lines.append(("Personnes entrées (premier parcours)", *(_shown(step.entered) for step in self.steps)))
        lines.append(("Éligibles d’après le protocole", *(_shown(step.eligible) for step in self.steps)))
        for months in self.moments:
            for label, held in (
                (f"Entrées depuis moins de {months} mois", [step.too_soon for step in self.steps]),
                (f"Connues à {months} mois", [step.followed for step in self.steps]),
                (f"Perdues de vue avant {months} mois", [step.lost for step in self.steps]),
            ):
                lines.append((label, *(_shown(numbers[months]) for numbers in held)))
        return lines


def flow(found: Outcomes, eligible: Flags, moments: Sequence[int] = (6, 12, 24)) -> Flow:
    """Count people by arm: entered, eligible, then at each moment known, lost and entered too recently.

    A number of one to four people is withheld, and with it the other parts of its sum: none can be found again by
    subtraction.

    >>> people = {"scheme": ["none"] * 9, "since": [date(2015, 1, 5)] * 9, "known_until": [date(2016, 1, 1)] * 9}
    >>> found = Outcomes(date(2020, 1, 1), pl.DataFrame(people), {}, {})
    >>> flow(found, np.ones(9, dtype=bool), moments=(6, 24)).steps[0].followed
    {6: 9, 24: 0}

    :param eligible: (people,) who meets the protocol's criteria.
    """
    steps = []
    began = found.people["since"] <= found.as_of
    for scheme in Scheme:
        here = (began & (found.people["scheme"] == scheme.value)).to_numpy()
        if not here.any():
            continue
        chosen = here & eligible
        parts: dict[int, list[int | None]] = {}
        for months in moments:
            day = found.people.select(day=_day("since", months), known_until="known_until")
            soon = day.select((pl.col("day") > found.as_of).fill_null(True)).to_series().to_numpy()
            heard = ~soon & day.select((pl.col("known_until") > pl.col("day")).fill_null(False)).to_series().to_numpy()
            parts[months] = _withheld(
                [int((chosen & heard).sum()), int((chosen & ~soon & ~heard).sum()), int((chosen & soon).sum())]
            )
        entered, kept = int(here.sum()), int(chosen.sum())
        # Who was left out is the difference of two lines: it must not be a handful either.
        shown = not _small(entered) and not _small(entered - kept)
        steps.append(
            Step(
                scheme,
                entered if shown else None,
                None if _small(kept) else kept,
                *({months: counts[part] for months, counts in parts.items()} for part in range(3)),
            )
        )
    return Flow(tuple(steps), tuple(moments))


def _small(number: int) -> bool:
    return 0 < number < SMALLEST


def _withheld(parts: list[int]) -> list[int | None]:
    """Parts of a sum that is shown: where one is small, it and the smallest other part with people are not shown."""
    if _small(sum(parts)):
        return [None] * len(parts)
    hidden = {rank for rank, number in enumerate(parts) if _small(number)}
    if len(hidden) == 1:
        others = sorted((number, rank) for rank, number in enumerate(parts) if rank not in hidden and number)
        hidden |= {rank for _, rank in others[:1]}
    return [None if rank in hidden else number for rank, number in enumerate(parts)]


def _shown(number: int | None) -> str:
    return "non montré" if number is None else french.number(number)
