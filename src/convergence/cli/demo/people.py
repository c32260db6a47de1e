"""Writes a block's records into the application's tables, by COPY: the columns, and where each comes from."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from numpy.typing import NDArray

from convergence.access.models import User
from convergence.cli.demo import columns as to
from convergence.cli.demo.columns import Texts, copy
from convergence.cli.demo.network import WRITTEN_OF_NETWORK, WrittenNetwork
from convergence.cli.demo.paths import WRITTEN_OF_PATHS, write_path
from convergence.cli.demo.referrals import WRITTEN_OF_REFERRALS, write_referrals
from convergence.pathways.models import Contract, Extension, Pass, Pathway
from convergence.people.models import Assignment, CivilStatus, OutsideReferent, Person, PersonKey, PersonName, Support
from convergence.platform.bulk import NULL
from convergence.platform.dated import DatedFact, Version
from convergence.platform.sealing import new_key, seal, wrap
from convergence.simulation.filing import Filed, Records
from convergence.simulation.moments import Moments
from convergence.simulation.teams import Addresses, Staff
from convergence.situations.models import Situation
from convergence.support.models import Contact, Need, Note, RightAct
from convergence.territories.models import Mission
from convergence.vocabulary.decisions import DecisionState
from convergence.vocabulary.extensions import ExtensionMotive
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.vocabulary.situations import ASPECTS

SOURCE = "demonstration"
WRITTEN = (
    Person,
    PersonKey,
    PersonName,
    CivilStatus,
    Support,
    Assignment,
    OutsideReferent,
    Pathway,
    Contract,
    Pass,
    Extension,
    Situation,
    Need,
    Contact,
    Note,
    RightAct,
    *WRITTEN_OF_PATHS,
    *WRITTEN_OF_NETWORK,
    *WRITTEN_OF_REFERRALS,
)
"""Tables filled by COPY."""


@dataclass
class PlacesWritten:
    """What was written before any person: keys of the layout to primary keys, and networks by territory."""

    password: str
    territories: dict[int, int] = field(default_factory=dict)
    operators: dict[int, int] = field(default_factory=dict)
    sites: dict[int, int] = field(default_factory=dict)
    site_names: dict[int, str] = field(default_factory=dict)
    networks: dict[int, WrittenNetwork] = field(default_factory=dict)
    addresses: Addresses = field(default_factory=Addresses)


def hire(staff: Staff, settings: PlacesWritten) -> list[Mission]:
    """Write accounts and missions; a mission stands at the same place as in ``staff``."""
    users = User.objects.bulk_create(
        User(
            email=settings.addresses.of(user),
            given_name=user.given_name,
            family_name=user.family_name,
            is_active=user.account_open,
            password=settings.password,
        )
        for user in staff.users
    )
    return Mission.objects.bulk_create(
        Mission(
            user=users[mission.user],
            role=mission.role.value,
            site_id=None if mission.site is None else settings.sites[mission.site],
            territory_id=None if mission.territory is None else settings.territories[mission.territory],
            valid=DateRange(mission.since, mission.until),
        )
        for mission in staff.missions
    )


class BlockWriter:
    """Writes one block. ``people`` are the primary keys of its people, in the block's order."""

    def __init__(self, filed: Filed, settings: PlacesWritten) -> None:
        self._filed, self._settings = filed, settings
        self.site_names = settings.site_names
        missions = hire(filed.staff, settings)
        self.missions = missions
        self._mission_ids = np.array([mission.pk for mission in missions], dtype=np.int64)
        self._user_ids = np.array([mission.user_id for mission in missions], dtype=np.int64)
        self.people = _new_people(filed.entered)
        self._keys = [new_key() for _ in self.people]
        self._series: dict[str, Texts] = {}

    def write(self) -> None:
        """Everything about the block's people; a person with nothing else still has her key, names and civil status."""
        self._wrapped_keys()
        self._identity()
        self._followings()
        self._referents()
        records = self._filed.records
        self.versions(Support, records["supports"], site_id=self.sites(records["supports"]))
        self.versions(Pathway, records["pathways"], series=self.series_of("pathways"))
        contracts = records["contracts"]
        self.versions(
            Contract,
            contracts,
            series=self.series_of("contracts"),
            site_id=self.sites(contracts),
            employer=to.words(contracts.about["employer"]),
            kind=to.codes(contracts.about["kind"]),
            programme=to.codes(contracts.about["programme"]),
            weekly_hours=to.decimals(contracts.about["weekly_hours"]),
        )
        self.versions(Pass, records["passes"], number=to.always("", len(records["passes"].person)))
        self._extensions(records["extensions"])
        situations = records["situations"].about
        self.versions(
            Situation,
            records["situations"],
            aspect=to.codes(situations["aspect"]),
            compartment=[_OF_ASPECT[aspect] for aspect in situations["aspect"].tolist()],
            value=to.codes(situations["value"]),
            missing=to.codes(situations["missing"]),
            expires_on=to.days(situations["expires_on"]),
            doubtful=to.flags(situations["doubtful"]),
            detail=self.sealed(Situation, "detail", records["situations"].person, situations["detail"].tolist()),
        )
        needs = records["needs"].about
        self.versions(
            Need,
            records["needs"],
            need=to.codes(needs["need"]),
            compartment=[_OF_NEED[need] for need in needs["need"].tolist()],
            level=to.counts(needs["level"]),
            missing=to.codes(needs["missing"]),
            reason=self.sealed(Need, "reason", records["needs"].person, needs["reason"].tolist()),
        )
        self.versions(Contact, records["contacts"], kind=to.codes(records["contacts"].about["kind"]))
        notes = records["notes"]
        self.versions(
            Note,
            notes,
            compartment=to.codes(notes.about["compartment"]),
            body=self.sealed(Note, "body", notes.person, notes.about["body"].tolist()),
        )
        self._right_acts(records["right_acts"])
        write_path(self, self._filed)
        write_referrals(self, self._filed, self._settings.networks[self._filed.territory])

    def followed(self) -> NDArray[np.int64]:
        """Primary keys of the people whom a site supports without a known end."""
        supports = self._filed.records["supports"]
        running = np.isnat(supports.written.closed) & np.isnat(supports.until)
        return np.asarray(np.unique(self.people[supports.person[running]]))

    def supported_by_site(self) -> Counter[int]:
        """How many people each site (a key of the layout) supports without a known end."""
        supports = self._filed.records["supports"]
        running = np.isnat(supports.written.closed) & np.isnat(supports.until)
        return Counter(supports.about["site"][running].tolist())

    def followed_by_mission(self) -> Counter[int]:
        """How many people each mission (its place in the block's staff) follows without a known end."""
        followings = self._filed.followings
        return Counter(followings.mission[np.isnat(followings.until)].tolist())

    def _wrapped_keys(self) -> None:
        wrapped = (wrap(key, person) for key, person in zip(self._keys, self.people.tolist(), strict=True))
        copy(PersonKey, {"person_id": to.numbers(self.people), "wrapped": to.sealed(wrapped)})

    def _identity(self) -> None:
        filed, names, civil = self._filed, self._filed.names, self._filed.civil_statuses
        everybody = np.arange(len(self.people))
        copy(
            PersonName,
            {
                **self.about(names.person, filed.entered[names.person], filed.entered_by[names.person]),
                "kind": to.codes(names.kind),
                "given_name": to.words(names.given),
                "family_name": to.words(names.family),
            },
        )
        copy(
            CivilStatus,
            {
                **self.about(everybody, filed.entered, filed.entered_by),
                "sex": to.codes(civil.sex),
                "birth_year": to.counts(civil.birth_year),
                "birth_month": to.counts(civil.birth_month),
                "birth_day": to.counts(civil.birth_day),
                "languages": to.words(civil.languages),
                "phone": to.words(civil.phone),
                "email": to.words(civil.email),
            },
        )

    def _followings(self) -> None:
        followings = self._filed.followings
        copy(
            Assignment,
            {
                **self.about(followings.person, self._filed.followings_at, followings.by),
                "mission_id": to.numbers(self._mission_ids[followings.mission]),
                "valid": to.periods(followings.since, followings.until),
            },
        )

    def _referents(self) -> None:
        referents = self._filed.referents
        copy(
            OutsideReferent,
            {
                **self.about(referents.person, referents.at, self._filed.referents_by),
                "compartment": to.codes(referents.compartment),
                "role": to.words(referents.role),
                "name": to.words(referents.name),
                "body": to.words(referents.body),
                "phone": to.words(referents.phone),
                "email": to.words(referents.email),
                "may_contact": to.flags(referents.may_contact),
                "valid": to.periods(referents.since, referents.until),
            },
        )

    def _extensions(self, granted: Records) -> None:
        count = len(granted.person)
        copy(
            Extension,
            {
                **self.about(granted.person, granted.written.at, granted.written.by),
                "clock": to.codes(granted.about["clock"]),
                "motive": to.always(ExtensionMotive.DIFFICULTIES.value, count),
                "approver": to.codes(granted.about["approver"]),
                "state": to.always(DecisionState.GRANTED.value, count),
                "until": to.days(granted.until),
                "days": to.counts(granted.about["days"]),
                "asked_on": to.days(granted.about["asked_on"]),
                "decided_on": to.days(granted.since),
                "notified_on": to.days(granted.since),
            },
        )

    def _right_acts(self, acts: Records) -> None:
        codes = acts.about["act"].tolist()
        copy(
            RightAct,
            {
                **self.about(acts.person, acts.written.at, acts.written.by),
                "compartment": [RIGHT_ACTS[code].compartment.value for code in codes],
                "act": codes,
                "occurrence": to.days(acts.about["occurrence"]),
                "done_on": to.days(acts.since),
            },
        )

    def about(self, person: NDArray[np.int64], at: Moments, by: NDArray[np.int64]) -> dict[str, Texts]:
        """What every version about a person says: of whom, when and by whom it was written."""
        return {"person_id": to.numbers(self.people[person]), **self.written(at, by)}

    def written(self, at: Moments, by: NDArray[np.int64]) -> dict[str, Texts]:
        """What every version says: its series, when and by whose mission it was written."""
        return {
            "series": to.series(np.arange(len(at))),
            "recorded_at": to.moments(at),
            "recorded_by_id": self.users(by),
            "source": to.always(SOURCE, len(at)),
        }

    def versions(
        self,
        model: type[DatedFact],
        records: Records,
        **more: Texts,
    ) -> None:
        written = records.written
        copy(
            model,
            {
                **self.about(records.person, written.at, written.by),
                "superseded_at": to.moments(written.closed),
                "valid": to.periods(records.since, records.until),
                "series": more.get("series") or to.series(records.series),
                **more,
            },
        )

    def series_of(self, name: str, facts: NDArray[np.int64] | None = None) -> Texts:
        """The series of some facts of a sort of record, the same each time; null where negative.

        :param facts: by default those of its own rows.
        """
        own = self._filed.records[name].series
        each = self._series.setdefault(name, to.fresh(int(own.max(initial=-1)) + 1))
        return [each[fact] if fact >= 0 else NULL for fact in (own if facts is None else facts).tolist()]

    def users(self, missions: NDArray[np.int64]) -> Texts:
        """Primary keys of the users who hold missions."""
        return to.numbers(self._user_ids[missions])

    def sites(self, records: Records) -> Texts:
        return self.places(records.about["site"])

    def places(self, sites: NDArray[np.int64]) -> Texts:
        """Primary keys of sites, from those of the layout; null for none."""
        return to.chosen(self._settings.sites, sites)

    def sealed(self, model: type[Version], column: str, person: NDArray[np.int64], texts: Iterable[str]) -> Texts:
        """Each text under its person's own key; null where empty."""
        place = f"{model._meta.db_table}.{column}"
        people = self.people.tolist()
        return to.sealed(
            seal(text, self._keys[who], f"{place}:{people[who]}") if text else None
            for who, text in zip(person.tolist(), texts, strict=True)
        )


_OF_ASPECT = {code: aspect.compartment.value for code, aspect in ASPECTS.items()}
_OF_NEED = {code: need.compartment.value for code, need in NEEDS.items()}


def _new_people(entered: Moments) -> NDArray[np.int64]:
    """Write the rows of persons, and return their primary keys: the database alone counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Person._meta.db_table} (created_at)"  # noqa: S608 (a table of ours)
            " SELECT at::timestamptz FROM unnest(%s::text[]) WITH ORDINALITY AS entry (at, place) ORDER BY place"
            " RETURNING id",
            [to.moments(entered)],
        )
        return np.array([key for (key,) in cursor.fetchall()], dtype=np.int64)
