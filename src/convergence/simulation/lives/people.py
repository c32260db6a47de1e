"""Who the people of a block are: what they answer at entry, and how hard their lives are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convergence.simulation.entries import starting_days
from convergence.simulation.lives.calendar import dates, year_of
from convergence.simulation.lives.chance import happens, leaning, pick, place, ranked
from convergence.simulation.lives.context import Context
from convergence.simulation.parameters import People as PeopleParameters
from convergence.simulation.tables import SCHEMA, Array, Table, table
from convergence.vocabulary.entry import Household, NationalityGroup
from convergence.vocabulary.orientations import EnteredAs, Referrer
from convergence.vocabulary.structures import Scheme

_WITH_CHILDREN = [list(Household).index(each) for each in (Household.COUPLE_WITH_CHILDREN, Household.SINGLE_PARENT)]
_OTHER_NATIONALITY = list(NationalityGroup).index(NationalityGroup.OTHER)
_PHC = list(Referrer).index(Referrer.PHC)
_CONVERGENCE = list(Scheme).index(Scheme.CONVERGENCE)
PARIS = 1


@dataclass(frozen=True)
class People:
    """Everybody with a file; the first ``hired`` rows are those hired, in order of entry. All arrays (people,).

    ``entered``: day number; ``site``: row of the site that hires, or where one was a candidate; ``difficulty``:
    how hard life is at entry, in standard deviations; ``shown``: the part of it that answers at entry show;
    ``by_phc``: begins with a PHC contract.
    """

    hired: int
    site: Array
    entered: Array
    difficulty: Array
    shown: Array
    by_phc: Array
    birth_year: Array
    sex: Array
    education: Array
    nationality: Array
    refugee: Array
    household: Array
    children: Array
    time_without_work: Array
    street_path: Array
    referred_by: Array

    def __len__(self) -> int:
        return len(self.site)


def draw_people(context: Context) -> People:
    """Everybody who enters or tries to enter the block's sites."""
    site, entered, hired = _entries(context)
    n = len(site)
    rng, asked = context.stream("people"), context.parameters.people
    in_scheme = context.scheme[site] == _CONVERGENCE
    difficulty = rng.standard_normal(n) - np.where(in_scheme, 0.0, context.parameters.comparison.selection)
    slope = asked.slope
    age = np.clip(np.rint(rng.normal(asked.age_mean, asked.age_deviation, n)), 18, 64).astype(np.int64)
    street = rng.random(n) < leaning(asked.street_path, slope, difficulty)
    without = ranked(_akin(rng, difficulty, slope), asked.time_without_work)
    education = len(asked.education) - 1 - ranked(_akin(rng, difficulty, slope), asked.education[::-1])
    nationality = pick(rng, asked.nationality, n)
    household = pick(rng, asked.household, n)
    children = np.where(np.isin(household, _WITH_CHILDREN), 1 + pick(rng, asked.children, n), 0)
    by_phc, referred_by = _referred(context, rng, entered, in_scheme)
    return People(
        hired=hired,
        site=site,
        entered=entered,
        difficulty=difficulty,
        shown=_shown(asked, street, without, education),
        by_phc=by_phc & (np.arange(n) < hired),
        birth_year=year_of(entered) - age,
        sex=pick(rng, asked.sex, n),
        education=education,
        nationality=nationality,
        refugee=(nationality == _OTHER_NATIONALITY) & happens(rng, asked.refugee, n),
        household=household,
        children=children,
        time_without_work=without,
        street_path=street,
        referred_by=referred_by,
    )


def _akin(rng: np.random.Generator, latent: Array, slope: float) -> Array:
    """Normal numbers of variance near 1 whose correlation with ``latent`` grows with ``slope``."""
    share = slope / np.sqrt(1 + slope**2)
    return np.asarray(share * latent + np.sqrt(1 - share**2) * rng.standard_normal(latent.shape))


def _shown(asked: PeopleParameters, street: Array, without: Array, education: Array) -> Array:
    """Difficulty as the answers at entry show it: each counts as the parameters say, from its mean; 0 on average."""
    counted = asked.shows
    return np.asarray(
        counted["street_path"] * (street - asked.street_path)
        + counted["time_without_work"] * (without - _mean_place(asked.time_without_work))
        - counted["education"] * (education - _mean_place(asked.education))
    )


def _mean_place(weights: Sequence[float]) -> float:
    return sum(place * weight for place, weight in enumerate(weights)) / sum(weights)


def _entries(context: Context) -> tuple[Array, Array, int]:
    """Site and day of each entry: those hired in order of entry, then those who never are."""
    rng, per_hire = context.stream("entries"), context.parameters.entry.others_per_hire
    sites: list[list[Array]] = [[], []]
    days: list[list[Array]] = [[], []]
    for site in context.sites:
        hires = context.hires[int(site)]
        for group, count in enumerate((hires, round(hires * per_hire))):
            drawn = starting_days(rng, count, context.inflow[int(site)], int(context.opened[site]), context.last)
            sites[group].append(np.full(count, site))
            days[group].append(drawn)
    orders = []
    for group in (0, 1):
        entered, site_of = np.concatenate(days[group]), np.concatenate(sites[group])
        order = np.argsort(entered, kind="stable")
        orders.append((entered[order], site_of[order]))
    (hired_days, hired_sites), (other_days, other_sites) = orders
    return (
        np.concatenate([hired_sites, other_sites]),
        np.concatenate([hired_days, other_days]),
        len(hired_days),
    )


def _referred(context: Context, rng: np.random.Generator, entered: Array, in_scheme: Array) -> tuple[Array, Array]:
    """Who begins by PHC, and who sent each: PHC's forerunner counts as PHC among those who sent."""
    entry = context.parameters.entry
    n = len(entered)
    since = np.datetime64(entry.phc_since, "D").astype(np.int64)
    chance = rng.random(n)
    by_phc = in_scheme & (entered >= since) & (chance < entry.phc)
    forerun = in_scheme & (entered < since) & (chance < entry.forerunner) & (context.territory == PARIS)
    return by_phc, np.where(forerun, _PHC, pick(rng, entry.referred_by, n))


def people_table(context: Context, people: People) -> Table:
    """The table ``people``: each answer, or the kind of missing that stands in its place."""
    rng, n = context.stream("people missing"), len(people)
    hired = np.arange(n) < people.hired
    hired_code, candidate = (list(EnteredAs).index(each) for each in (EnteredAs.HIRED, EnteredAs.CANDIDATE))
    columns: dict[str, Array | None] = {
        "person": context.keys(n),
        "territory": np.full(n, context.territory),
        "entered": dates(people.entered),
        "entered_as": np.where(hired, hired_code, candidate),
    }
    for name, kinds in context.parameters.people.missing.items():
        uniform = rng.random(n)
        # Less is known of people who were never hired.
        missing = uniform < np.where(hired, 1.0, 1.6) * sum(kinds)
        kind = place(rng.random(n), kinds) if sum(kinds) else np.zeros(n, np.int64)
        columns[name] = np.where(missing, -1, getattr(people, name))
        columns[f"{name}_missing"] = np.where(missing, kind, -1)
    return table(SCHEMA["people"], columns)
