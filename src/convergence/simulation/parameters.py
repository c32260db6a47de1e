"""The parameters of the model, as ``parameters.toml`` documents them, checked before anything is drawn."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from convergence.simulation.parameter_file import (
    ParameterError,
    at_least,
    merged,
    more_than,
    parsed,
    probability,
    read,
    shares_by,
    text_of,
    weights,
)
from convergence.vocabulary.entry import Education, Household, NationalityGroup, TimeWithoutWork
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer
from convergence.vocabulary.people import Sex
from convergence.vocabulary.structures import Scheme

NEVER_HIRED = tuple(outcome for outcome in CandidacyOutcome if outcome is not CandidacyOutcome.HIRED)
MOTIVES = tuple(motive.name.lower() for motive in ExitMotive)
PEOPLE_MISSING = (
    "sex",
    "birth_year",
    "education",
    "nationality",
    "refugee",
    "household",
    "children",
    "referred_by",
    "time_without_work",
    "street_path",
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many people are under contract from a date on; between two dates, in proportion."""

    on: date
    people: int = at_least(0)


@dataclass(frozen=True, kw_only=True)
class SiteParameters:
    name: str
    operator: str
    scheme: str
    public_body: bool
    opened: date
    sizes: tuple[Size, ...]
    closed: date | None = None


@dataclass(frozen=True, kw_only=True)
class Paris:
    name: str
    sites: tuple[SiteParameters, ...]


@dataclass(frozen=True, kw_only=True)
class National:
    starts_from: date
    starts_until: date
    people_per_site: float = more_than(0)
    full_after_months: int = at_least(1)
    opens_within_months: int = at_least(0)
    sites_per_operator: int = at_least(1)
    sites_per_block: int = at_least(1)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    ordinary_sites: int = at_least(0)
    people_per_site: int = at_least(1)
    opened: date
    selection: float = at_least(0)


@dataclass(frozen=True, kw_only=True)
class People:
    age_mean: float = at_least(18, 64)
    age_deviation: float = at_least(0)
    sex: tuple[float, ...] = weights(Sex)
    education: tuple[float, ...] = weights(Education)
    nationality: tuple[float, ...] = weights(NationalityGroup)
    refugee: float = probability()
    household: tuple[float, ...] = weights(Household)
    children: tuple[float, ...] = weights("1234")
    time_without_work: tuple[float, ...] = weights(TimeWithoutWork)
    street_path: float = probability()
    slope: float = at_least(0)
    missing: dict[str, tuple[float, ...]] = shares_by(PEOPLE_MISSING, Missing)  # noqa: RUF009


@dataclass(frozen=True, kw_only=True)
class Entry:
    phc_since: date
    referred_by: tuple[float, ...] = weights(Referrer)
    oriented: float = probability()
    others_per_hire: float = at_least(0, 5)
    never_hired: tuple[float, ...] = weights(NEVER_HIRED)
    phc: float = probability()
    forerunner: float = probability()


@dataclass(frozen=True, kw_only=True)
class Paths:
    months_mean: float = at_least(4, 60)
    months_shape: float = more_than(0)
    ordinary_months_mean: float = at_least(4, 24)
    longest: int = at_least(24, 60)
    lengths: tuple[float, ...] = weights(range(4, 13))
    gap: float = probability()
    leaves_early_for_a_job: float = probability()
    leaves_early: float = probability()
    moves: float = probability()
    other_siae: float = probability()
    reentry: float = probability()


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    durable: float = probability()
    dynamic: float = probability()
    removed: float = probability()
    difficulty_slope: float = at_least(0)
    hidden: float = at_least(0)
    durable_motives: tuple[float, ...] = weights(MOTIVES)
    other_dynamic_motives: tuple[float, ...] = weights(MOTIVES)
    other_motives: tuple[float, ...] = weights(MOTIVES)
    removed_motives: tuple[float, ...] = weights(MOTIVES)


@dataclass(frozen=True, kw_only=True)
class Effects:
    matures_on: date
    share_before: float = probability()
    durable: float = probability()
    dynamic: float = probability()


@dataclass(frozen=True, kw_only=True)
class Wages:
    minimum: tuple["MinimumWage", ...]


@dataclass(frozen=True, kw_only=True)
class MinimumWage:
    since: date
    euros: float = more_than(0)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    paris: Paris
    national: National
    comparison: Comparison
    people: People
    entry: Entry
    paths: Paths
    outcomes: Outcomes
    effects: Effects
    wages: Wages


def parameters(path: Path | None = None) -> Parameters:
    """The parameters of ``parameters.toml``, with what the file ``path`` says instead.

    :raises ParameterError: something in the file cannot be used; the sentence names the key.
    """
    if path is None:
        return _standard()
    return parameters_from(text_of(path), path.name)


def parameters_from(text: str, name: str) -> Parameters:
    """The same from a text; ``name`` is what a sentence calls it."""
    return checked(read(Parameters, merged(parsed(standard_text(), "parameters.toml"), parsed(text, name))))


@cache
def _standard() -> Parameters:
    return parameters_from("", "parameters.toml")


def standard_text() -> str:
    """``parameters.toml`` as it stands, comments included."""
    return files("convergence.simulation").joinpath("parameters.toml").read_text(encoding="utf-8")


def checked(drawn: Parameters) -> Parameters:
    """The parameters themselves, where they agree with one another.

    :raises ParameterError: they do not.
    """
    for rank, site in enumerate(drawn.paris.sites, 1):
        _check_site(f"paris.sites[{rank}]", site)
    _in_order("national.starts_from", drawn.national.starts_from, "national.starts_until", drawn.national.starts_until)
    outcomes, effects = drawn.outcomes, drawn.effects
    if outcomes.durable > outcomes.dynamic:
        raise ParameterError("« outcomes.durable » ne peut pas dépasser « outcomes.dynamic », qui le comprend.")
    if outcomes.durable + effects.durable > outcomes.dynamic + effects.dynamic:
        raise ParameterError(
            "« outcomes.durable » et « effects.durable » dépassent ensemble "
            "« outcomes.dynamic » et « effects.dynamic »."
        )
    if outcomes.dynamic + effects.dynamic + outcomes.removed > 1:
        raise ParameterError("« outcomes.dynamic », « effects.dynamic » et « outcomes.removed » dépassent 1 ensemble.")
    for one, other in pairwise(drawn.wages.minimum):
        _in_order("wages.minimum.since", one.since, "wages.minimum.since", other.since)
    return drawn


def _check_site(key: str, site: SiteParameters) -> None:
    if not Scheme.has(site.scheme):
        raise ParameterError(f"Le paramètre « {key}.scheme » doit être l’un de : {', '.join(Scheme)}.")
    if site.closed is not None and site.closed <= site.opened:
        raise ParameterError(
            f"Le chantier « {site.name} » ({key}) fermerait le {site.closed:%d/%m/%Y}, "
            f"avant d’avoir ouvert le {site.opened:%d/%m/%Y}."
        )
    if not site.sizes:
        raise ParameterError(f"Le paramètre « {key}.sizes » doit dire au moins une taille.")
    for one, other in pairwise(site.sizes):
        _in_order(f"{key}.sizes.on", one.on, f"{key}.sizes.on", other.on)


def _in_order(one_key: str, one: date, other_key: str, other: date) -> None:
    if other <= one:
        raise ParameterError(
            f"Le paramètre « {other_key} » ({other:%d/%m/%Y}) doit venir après « {one_key} » ({one:%d/%m/%Y})."
        )
