"""The parameters of the model, as ``parameters.toml`` documents them, checked before anything is drawn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from convergence.simulation.parameter_file import (
    ParameterError,
    amounts_by,
    at_least,
    merged,
    more_than,
    parsed,
    probabilities_by,
    probability,
    read,
    shares,
    shares_by,
    text_of,
    weights,
)
from convergence.vocabulary.absences import AbsenceKind
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.entry import Education, Household, NationalityGroup, TimeWithoutWork
from convergence.vocabulary.exits import DYNAMIC, ExitCategory, ExitMotive, table_on
from convergence.vocabulary.extended_support import FOLLOW_UP_MONTHS
from convergence.vocabulary.goals import GoalResult
from convergence.vocabulary.health import CarePath, HealthCover
from convergence.vocabulary.housing import Housing as HousingValue
from convergence.vocabulary.housing import HousingStep
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer
from convergence.vocabulary.partners import PartnerKind
from convergence.vocabulary.people import Sex
from convergence.vocabulary.placements import PlacementPurpose
from convergence.vocabulary.referrals import ReferralAnswer, ReferralOutcome, RefusalReason
from convergence.vocabulary.rights import JudicialConstraint, Protection
from convergence.vocabulary.roles import Role
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.situations import ASPECTS
from convergence.vocabulary.structures import FunderKind, Scheme

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
SHOWS_DIFFICULTY = ("street_path", "time_without_work", "education")
"""Answers at entry that show how hard life is."""
MOTIVES_OF = {
    "durable_motives": {ExitCategory.DURABLE},
    "other_dynamic_motives": DYNAMIC - {ExitCategory.DURABLE},
    "other_motives": {ExitCategory.OTHER},
    "removed_motives": {ExitCategory.REMOVED},
}
"""Which motives each set of weights may name."""
ALWAYS_LOOKED_AT = ("housing", "employment", "mdph", "aah")
"""Aspects without a probability of their own: told of everybody, or with the disability file."""
LOOKED_AT = tuple(aspect for aspect in ASPECTS if aspect not in ALWAYS_LOOKED_AT)
OPENED = ("identity_document", "domiciliation", "bank_account", "rsa", "ass", "in_work_benefit", "housing_aid")
STAFF = (
    Role.COUNSELLOR,
    Role.SUPPORT_WORKER,
    Role.WORK_SUPERVISOR,
    Role.SITE_MANAGER,
    Role.PARTNERSHIP_OFFICER,
    Role.COORDINATOR,
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many people are under contract from a date on; between two dates, in proportion."""

    on: date
    people: int = at_least(0, 10_000)


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
    waiting: int = at_least(0)
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
    shows: Mapping[str, float] = amounts_by(SHOWS_DIFFICULTY)
    missing: Mapping[str, tuple[float, ...]] = shares_by(PEOPLE_MISSING, Missing)


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
    housing: float = more_than(0)
    care: float = more_than(0)


@dataclass(frozen=True, kw_only=True)
class After:
    job_lost_monthly: float = probability()
    supported: float = probability()
    support_cut_short: float = probability()
    reached: tuple[float, ...] = probability()
    changed: float = probability()
    not_said: float = probability()


@dataclass(frozen=True, kw_only=True)
class Work:
    sick_months: float = probability()
    sick_share: float = probability()
    justified_months: float = probability()
    justified_share: float = probability()
    unjustified_months: float = probability()
    unjustified_share: float = probability()
    long_absence: float = probability()
    long_absence_days: float = at_least(15)
    long_absence_kinds: tuple[float, ...] = weights(AbsenceKind)
    placement: float = probability()
    placement_purposes: tuple[float, ...] = weights(PlacementPurpose)
    hired_after_recruitment: float = probability()
    hired_after_other: float = probability()


@dataclass(frozen=True, kw_only=True)
class Situations:
    learnt_later: float = probability()
    looked_at: Mapping[str, float] = probabilities_by(LOOKED_AT)
    missing: Mapping[str, tuple[float, ...]] = shares_by(ASPECTS, Missing)


@dataclass(frozen=True, kw_only=True)
class Housing:
    at_entry: tuple[float, ...] = weights(HousingValue)
    arrives: tuple[float, ...] = weights(HousingValue)
    up: tuple[float, ...] = probability()
    down: tuple[float, ...] = probability()
    sideways: float = probability()
    skips: float = probability()
    institution: float = probability()
    leaves_institution: float = probability()
    recent_up: float = at_least(0)
    recent_down: float = at_least(0)
    slope: float = at_least(0)


@dataclass(frozen=True, kw_only=True)
class Health:
    cover_at_entry: tuple[float, ...] = weights(HealthCover)
    cover_opened: float = probability()
    cover_renewed: float = probability()
    doctor_at_entry: float = probability()
    doctor_found: float = probability()
    check_up_goes_on: float = probability()
    care_at_entry: tuple[float, ...] = weights(CarePath)
    need_said_later: float = probability()
    care_begins_monthly: float = probability()
    care_interrupted: float = probability()
    care_taken_up_again: float = probability()
    disability_at_entry: float = probability()
    disability_granted: float = probability()
    allowance_asked: float = probability()
    allowance_granted: float = probability()


@dataclass(frozen=True, kw_only=True)
class Rights:
    held_at_entry: Mapping[str, float] = probabilities_by(OPENED)
    opened: Mapping[str, float] = probabilities_by(OPENED)
    asked: float = probability()
    renewed: float = probability()
    document_lost: float = probability()
    benefit_stops: float = probability()
    with_authorisation: float = probability()
    taxes_done: float = probability()
    debt_goes_on: float = probability()
    protection: tuple[float, ...] = weights(Protection)
    judicial_constraint: tuple[float, ...] = weights(JudicialConstraint)


@dataclass(frozen=True, kw_only=True)
class Needs:
    rated: float = probability()
    reviewed_again: float = probability()
    level_mean: float = at_least(0, 4)
    level_deviation: float = at_least(0)
    slope: float = at_least(0)
    changes: tuple[float, ...] = weights(("two_down", "one_down", "same", "one_up"))
    missing: tuple[float, ...] = shares(Missing)


@dataclass(frozen=True, kw_only=True)
class Meetings:
    a_month: float = at_least(0)
    a_month_ordinary: float = at_least(0)
    a_month_after: float = at_least(0)
    kinds: tuple[float, ...] = weights(SessionKind)
    by: tuple[float, ...] = weights(Role)
    unseen: float = probability()


@dataclass(frozen=True, kw_only=True)
class Goals:
    a_month: float = at_least(0)
    domains: tuple[float, ...] = weights(Domain)
    results: tuple[float, ...] = weights(GoalResult)


@dataclass(frozen=True, kw_only=True)
class Referrals:
    a_month: float = at_least(0)
    a_month_ordinary: float = at_least(0)
    domains: tuple[float, ...] = weights(Domain)
    answers: tuple[float, ...] = weights(ReferralAnswer)
    reasons: tuple[float, ...] = weights(RefusalReason)
    outcomes: tuple[float, ...] = weights(ReferralOutcome)


@dataclass(frozen=True, kw_only=True)
class Network:
    people_per_partner: float = more_than(0)
    fewest: int = at_least(0, 10_000)
    kinds: tuple[float, ...] = weights(PartnerKind)
    one_more_branch: float = at_least(0, 0.9)
    one_more_offer: float = at_least(0, 0.9)
    one_more_contact: float = at_least(0, 0.9)
    closed: float = probability()
    consent: float = probability()
    agreements: float = probability()
    places_said: float = probability()
    said_days: float = more_than(0)
    full: float = probability()
    exchanges_a_year: float = at_least(0, 365)
    silent: float = probability()
    next_step: float = probability()
    ways_known: int = at_least(0)


@dataclass(frozen=True, kw_only=True)
class Means:
    people_per_counsellor: float = more_than(0)
    people_per_counsellor_ordinary: float = more_than(0)
    people_per_support_worker: float = more_than(0)
    people_per_work_supervisor: float = more_than(0)
    partnership_officers: int = at_least(0)
    yearly_cost: Mapping[str, float] = amounts_by(STAFF)
    support_share: Mapping[str, float] = probabilities_by(STAFF)
    post_aid: float = at_least(0)
    fte_per_person: float = more_than(0)
    post_aid_county_share: float = probability()
    support_funders: tuple[float, ...] = weights(FunderKind)


@dataclass(frozen=True, kw_only=True)
class MinimumWage:
    since: date
    euros: float = more_than(0)


@dataclass(frozen=True, kw_only=True)
class Wages:
    minimum: tuple[MinimumWage, ...]


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
    after: After
    wages: Wages
    work: Work
    situations: Situations
    housing: Housing
    health: Health
    rights: Rights
    needs: Needs
    meetings: Meetings
    goals: Goals
    referrals: Referrals
    network: Network
    means: Means


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
    if not drawn.paris.sites:
        raise ParameterError("Le paramètre « paris.sites » doit dire au moins un chantier.")
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
    for key, counted in MOTIVES_OF.items():
        _only_motives(key, getattr(outcomes, key), counted)
    _as_many("housing.up", drawn.housing.up, 4)
    _as_many("housing.down", drawn.housing.down, 4)
    _as_many("after.reached", drawn.after.reached, len(FOLLOW_UP_MONTHS))
    for step in HousingStep:
        if not sum(w for value, w in zip(HousingValue, drawn.housing.arrives, strict=True) if value.step is step):
            raise ParameterError(f"« housing.arrives » ne donne de poids à aucune valeur de l’étape « {step.value} ».")
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


def _only_motives(key: str, given: tuple[float, ...], counted: Collection[ExitCategory]) -> None:
    categories = table_on(date.max).categories
    for motive, weight in zip(ExitMotive, given, strict=True):
        if weight and categories[motive] not in counted:
            raise ParameterError(f"« outcomes.{key}.{motive.name.lower()} » n’est pas un motif de cette sorte.")


def _as_many(key: str, values: tuple[float, ...], count: int) -> None:
    if len(values) != count:
        raise ParameterError(f"Le paramètre « {key} » doit avoir {count} valeurs, et non {len(values)}.")


def _in_order(one_key: str, one: date, other_key: str, other: date) -> None:
    if other <= one:
        raise ParameterError(
            f"Le paramètre « {other_key} » ({other:%d/%m/%Y}) doit venir après « {one_key} » ({one:%d/%m/%Y})."
        )
