"""Loads the demonstration territory into an empty database, as *maint*: everything in one transaction, or nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import get_default_timezone

from convergence.access.models import Readable, User
from convergence.cli.errors import OperatorError
from convergence.cli.passwords import made_of_words
from convergence.pathways.models import Contract, Pathway
from convergence.people.keys import PersonKey
from convergence.people.models import Assignment, CivilStatus, OutsideReferent, Person, PersonName, Support
from convergence.platform.identity import assume, forget, remembered
from convergence.platform.sealing import new_key, wrap
from convergence.simulation import records
from convergence.simulation.territory import draw
from convergence.situations.models import Situation
from convergence.support.alerts import rebuild_alerts
from convergence.support.models import Alert, Contact, Need, Note
from convergence.territories.models import Funder, Mission, Operator, Site, StaffMeans, Territory
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.roles import Role
from convergence.vocabulary.situations import ASPECTS

Drawn = TypeVar("Drawn")
Row = TypeVar("Row", bound=models.Model)

SEED = 2012
SOURCE = "demonstration"
_MODELS: list[type[models.Model]] = [
    Territory,
    Operator,
    Site,
    Funder,
    User,
    Mission,
    StaffMeans,
    Person,
    PersonKey,
    PersonName,
    CivilStatus,
    Support,
    Assignment,
    OutsideReferent,
    Pathway,
    Contract,
    Situation,
    Need,
    Contact,
    Note,
]


class SignIn(NamedTuple):
    """What somebody types to try one role."""

    role: str
    email: str
    password: str


def load(today: date, seed: int = SEED) -> list[SignIn]:
    """Draw the territory as it stands on the morning of ``today`` and write it; one sign-in for each role.

    The password is made anew at each load and shared by all the accounts.

    :raises OperatorError: the database already holds a territory; nothing was changed.
    """
    password = made_of_words(4)
    with transaction.atomic():
        _refuse_unless_empty()
        assume(None, today)
        world = draw(seed, today)
        loader = _Loader(world, make_password(password))
        loader.load()
        followed = {row.person for row in world.supports if row.superseded_at is None and row.until is None}
        rebuild_alerts([loader.people[person].pk for person in followed], today)
        forget()
        _analyse()
    return _sign_ins(world, password)


def _refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        # Two loads at once: the second waits here for the first, then sees its territory.
        cursor.execute(f"LOCK TABLE {Territory._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    if Territory.objects.exists():
        raise OperatorError("La base contient déjà un territoire : la démonstration n’a pas été chargée.")


def _analyse() -> None:
    """The planner knows the new tables from the first request on."""
    loaded: list[type[models.Model]] = [*_MODELS, Readable, Alert]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in loaded)}")


def _sign_ins(world: records.World, password: str) -> list[SignIn]:
    signs: dict[str, SignIn] = {}
    for mission in world.missions:
        if mission.until is None and mission.role not in signs:
            signs[mission.role] = SignIn(Role(mission.role).label, world.users[mission.user].email, password)
    return [signs[role] for role in Role]


def _over(row: Any) -> DateRange:
    return DateRange(row.since, row.until)


def _day(day: date) -> DateRange:
    return DateRange(day, day + timedelta(days=1))


@dataclass
class _Loader:
    """Writes a world's rows table by table; a row's key there is its place in the lists here."""

    world: records.World
    password_hash: str
    territories: list[Territory] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    funders: list[Funder] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    missions: list[Mission] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    _series: defaultdict[int, uuid.UUID] = field(default_factory=lambda: defaultdict(uuid.uuid4))
    _zone: tzinfo = field(default_factory=get_default_timezone)

    def load(self) -> None:
        self._settings()
        self._staff()
        self._people()
        self._follow_up()
        self._story()

    def _settings(self) -> None:
        world = self.world
        self.territories = _create(Territory, world.territories, lambda row: Territory(name=row.name))
        self.operators = _create(Operator, world.operators, lambda row: Operator(name=row.name))
        self.sites = _create(
            Site,
            world.sites,
            lambda row: Site(
                territory=self.territories[row.territory],
                operator=self.operators[row.operator],
                name=row.name,
                siret=row.siret,
                open_over=DateRange(row.opened, None),
            ),
        )
        for row in world.funders:
            self.funders.append(
                Funder.objects.create(
                    name=row.name,
                    named_over=DateRange(row.named_since, row.named_until),
                    formerly=None if row.formerly is None else self.funders[row.formerly],
                )
            )

    def _staff(self) -> None:
        world = self.world
        self.users = _create(
            User,
            world.users,
            lambda row: User(
                email=row.email,
                given_name=row.given_name,
                family_name=row.family_name,
                is_active=row.account_open,
                password=self.password_hash,
            ),
        )
        self.missions = _create(
            Mission,
            world.missions,
            lambda row: Mission(
                user=self.users[row.user],
                role=row.role,
                site_id=self._site(row.site),
                territory_id=self._territory(row.territory),
                valid=_over(row),
            ),
        )
        posts: defaultdict[int, uuid.UUID] = defaultdict(uuid.uuid4)
        _copy(
            StaffMeans,
            world.staff_means,
            lambda row: StaffMeans(
                post=posts[row.post],
                site_id=self._site(row.site),
                territory_id=self._territory(row.territory),
                user_id=None if row.user is None else self.users[row.user].pk,
                function=row.function,
                employer=self.operators[row.employer],
                full_time_equivalent=row.full_time_equivalent,
                support_share=row.support_share,
                yearly_cost=row.yearly_cost,
                funder_id=None if row.funder is None else self.funders[row.funder].pk,
                valid=_over(row),
                recorded_at=self._aware(row.recorded_at),
                source=SOURCE,
            ),
        )

    def _people(self) -> None:
        world = self.world
        self.people = _create(Person, world.people, lambda row: Person())
        for person, drawn in zip(self.people, world.people, strict=True):
            person.created_at = self._aware(drawn.entered_at)
        Person.objects.bulk_update(self.people, ["created_at"])
        keys = remembered("person_keys")
        keys.update((person.pk, new_key()) for person in self.people)
        _copy(PersonKey, self.people, lambda person: PersonKey(person=person, wrapped=wrap(keys[person.pk], person.pk)))
        _copy(
            PersonName,
            world.names,
            lambda row: PersonName(
                kind=row.kind, given_name=row.given_name, family_name=row.family_name, **self._about(row)
            ),
        )
        _copy(
            CivilStatus,
            world.civil_statuses,
            lambda row: CivilStatus(
                sex=row.sex,
                birth_year=row.birth_year,
                birth_month=row.birth_month,
                birth_day=row.birth_day,
                languages=row.languages,
                phone=row.phone,
                email=row.email,
                **self._about(row),
            ),
        )

    def _follow_up(self) -> None:
        world = self.world
        _copy(
            Support,
            world.supports,
            lambda row: Support(site=self.sites[row.site], valid=_over(row), **self._version(row)),
        )
        _copy(
            Assignment,
            world.assignments,
            lambda row: Assignment(mission=self.missions[row.mission], valid=_over(row), **self._about(row)),
        )
        _copy(
            OutsideReferent,
            world.outside_referents,
            lambda row: OutsideReferent(
                compartment=row.compartment,
                role=row.role,
                name=row.name,
                body=row.body,
                phone=row.phone,
                email=row.email,
                may_contact=row.may_contact,
                valid=_over(row),
                **self._about(row),
            ),
        )
        _copy(Pathway, world.pathways, lambda row: Pathway(valid=_over(row), **self._version(row)))
        _copy(
            Contract,
            world.contracts,
            lambda row: Contract(
                site_id=self._site(row.site),
                employer=row.employer,
                kind=row.kind,
                programme=row.programme,
                weekly_hours=row.weekly_hours,
                valid=_over(row),
                **self._about(row),
            ),
        )

    def _story(self) -> None:
        world = self.world
        _copy(
            Situation,
            world.situations,
            lambda row: Situation(
                aspect=row.aspect,
                compartment=ASPECTS[row.aspect].compartment.value,
                value=row.value,
                missing=row.missing,
                expires_on=row.expires_on,
                doubtful=row.doubtful,
                detail=row.detail,
                valid=_over(row),
                **self._version(row),
            ),
        )
        _copy(
            Need,
            world.needs,
            lambda row: Need(
                need=row.need,
                compartment=NEEDS[row.need].compartment.value,
                level=row.level,
                missing=row.missing,
                reason=row.reason,
                valid=_over(row),
                **self._version(row),
            ),
        )
        _copy(Contact, world.contacts, lambda row: Contact(kind=row.kind, valid=_day(row.day), **self._about(row)))
        _copy(
            Note,
            world.notes,
            lambda row: Note(compartment=row.compartment, body=row.body, valid=_day(row.day), **self._about(row)),
        )

    def _site(self, key: int | None) -> int | None:
        return None if key is None else self.sites[key].pk

    def _territory(self, key: int | None) -> int | None:
        return None if key is None else self.territories[key].pk

    def _aware(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self._zone)

    def _about(self, row: Any) -> dict[str, Any]:
        """What every version about a person says: of whom, when and by whom it was recorded."""
        return {
            "person_id": self.people[row.person].pk,
            "recorded_at": self._aware(row.recorded_at),
            "recorded_by_id": self.users[row.recorded_by].pk,
            "source": SOURCE,
        }

    def _version(self, row: Any) -> dict[str, Any]:
        """The same, for facts of which earlier versions are kept."""
        superseded_at = None if row.superseded_at is None else self._aware(row.superseded_at)
        return self._about(row) | {"series": self._series[row.series], "superseded_at": superseded_at}


def _create(model: type[Row], drawn: Sequence[Drawn], made: Callable[[Drawn], Row]) -> list[Row]:
    """Insert rows whose keys others name."""
    return model._default_manager.bulk_create(made(row) for row in drawn)


def _copy(model: type[models.Model], drawn: Sequence[Drawn], made: Callable[[Drawn], models.Model]) -> None:
    """Insert rows by COPY, several times faster: the columns hold what each field would save."""
    fields = [
        column
        for column in model._meta.concrete_fields
        if not (column.generated or isinstance(column, models.AutoField))
    ]
    columns = ", ".join(f'"{column.column}"' for column in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in drawn:
            instance = made(row)
            copy.write_row([column.pre_save(instance, add=True) for column in fields])
