"""What a synthetic territory is made of: flat rows, ready for a database or a data file.

Conventions of every row:

- a ``key`` is the row's position in its list of :class:`World`; other rows name it by that number;
- dates are days; ``since`` is the first day, ``until`` the first day on which it is no longer true, None while it
  runs or where it is not known;
- moments are naive datetimes in the territory's own time zone;
- codes are the values of ``convergence.vocabulary``; an empty text is "nothing noted".
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Territory:
    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Operator:
    """The legal entity that runs sites."""

    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A work-integration site. ``siret``: 14 digits that pass Luhn's check and belong to nobody."""

    key: int
    territory: int
    operator: int
    name: str
    siret: str
    opened: date


@dataclass(frozen=True, slots=True)
class Funder:
    """A funder under one of its names. ``formerly``: key of the row with the name before, or None."""

    key: int
    name: str
    named_since: date | None
    named_until: date | None
    formerly: int | None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in. ``account_open`` is False once every mission has ended."""

    key: int
    given_name: str
    family_name: str
    email: str
    account_open: bool


@dataclass(frozen=True, slots=True)
class Mission:
    """Who works where, as what. ``role``: vocabulary ``Role``; a site, a territory, or neither."""

    key: int
    user: int
    role: str
    site: int | None
    territory: int | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class StaffMeans:
    """Working time given to a site or, pooled, to a territory."""

    post: int
    """Number of the post; its holders follow one another."""
    site: int | None
    territory: int | None
    user: int | None
    function: str
    """Vocabulary ``Role``."""
    employer: int
    """Key of the operator that pays."""
    full_time_equivalent: Decimal
    """FTE over the period, two decimals."""
    support_share: int
    """Percent of the time that is support; the rest is supervision."""
    yearly_cost: Decimal
    """Euros a year, employer's contributions included, for that FTE."""
    funder: int | None
    since: date
    until: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody accompanied; ``entered_at`` is when the file was made."""

    key: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Name:
    """One of a person's names. ``kind``: vocabulary ``NameKind``; one of the two parts may be empty."""

    person: int
    kind: str
    given_name: str
    family_name: str
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class CivilStatus:
    """Birth, sex and how to reach the person; a birth date may be a year, a year and month, or unknown."""

    person: int
    sex: str
    """Vocabulary ``Sex``, or empty."""
    birth_year: int | None
    birth_month: int | None
    birth_day: int | None
    languages: str
    """French names, separated by commas."""
    phone: str
    """Ten digits in pairs, in a range that the regulator keeps for fiction."""
    email: str
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Support:
    """A site supports a person. ``series`` numbers the versions that tell one history."""

    person: int
    site: int
    since: date
    until: date | None
    series: int
    recorded_at: datetime
    superseded_at: datetime | None
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A mission (counsellor, work supervisor) follows a person."""

    person: int
    mission: int
    since: date
    until: date | None
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class OutsideReferent:
    """A social referent whom the person has elsewhere. ``may_contact`` None: not asked yet."""

    person: int
    compartment: str
    """Vocabulary ``Compartment``: social, health or justice, since a body's very name can reveal."""
    role: str
    name: str
    body: str
    phone: str
    email: str
    may_contact: bool | None
    since: date
    until: date | None
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Pathway:
    """One stay in the scheme. ``series`` numbers the versions that tell one history."""

    person: int
    since: date
    until: date | None
    series: int
    recorded_at: datetime
    superseded_at: datetime | None
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A work contract at a site (``employer`` empty) or elsewhere (``site`` None).

    ``until`` is the day after its term and may lie in the future.
    """

    person: int
    site: int | None
    employer: str
    kind: str
    """Vocabulary ``ContractKind``."""
    programme: str
    """Vocabulary ``Programme`` for a CDDI, else empty."""
    weekly_hours: Decimal | None
    since: date
    until: date | None
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of a person in one aspect: a value, or one of the four kinds of missing.

    ``series`` numbers the versions that tell one history: a fact that ended or was corrected has an earlier
    version, which what was known then still shows.
    """

    person: int
    aspect: str
    """Vocabulary ``ASPECTS``."""
    value: str
    missing: str
    """Vocabulary ``Missing`` where there is no value."""
    since: date
    until: date | None
    expires_on: date | None
    """Last day on which the paper or right holds; may lie in the past or the future."""
    doubtful: bool
    detail: str
    series: int
    recorded_at: datetime
    superseded_at: datetime | None
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Need:
    """How urgent a need was at a review: ``level`` 0 to 4, or ``missing``."""

    person: int
    need: str
    """Vocabulary ``NEEDS``."""
    level: int | None
    missing: str
    reason: str
    since: date
    until: date | None
    series: int
    recorded_at: datetime
    superseded_at: datetime | None
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody met the person, or tried to. ``kind``: vocabulary ``ContactKind``."""

    person: int
    kind: str
    day: date
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Note:
    """A few words about the person; ``compartment`` says who reads them."""

    person: int
    compartment: str
    body: str
    day: date
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class World:
    """Everything that one draw yields."""

    territories: list[Territory] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    funders: list[Funder] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    missions: list[Mission] = field(default_factory=list)
    staff_means: list[StaffMeans] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    civil_statuses: list[CivilStatus] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    outside_referents: list[OutsideReferent] = field(default_factory=list)
    pathways: list[Pathway] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
