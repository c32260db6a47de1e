"""New people enter in batches: a fixed number of statements for any number of them.

What ``people.entry``, ``pathways.recording``, ``situations.recording`` and ``people.care`` do for one person whose
file may hold anything already, done for people whom nobody knew: every line is empty, nobody else can be writing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import ProgrammingError
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from convergence.intake.dates import PartialDate
from convergence.intake.differences import ContractChange, Difference, NameChange, SituationChange
from convergence.intake.fields import Field
from convergence.intake.known import Known
from convergence.intake.models import ExternalIdentifier
from convergence.pathways.models import Contract, Pathway
from convergence.pathways.official import HireSaid, PassSaid, new_hire, new_pass
from convergence.people.keys import PersonKey
from convergence.people.models import Assignment, CivilStatus, PersonName
from convergence.platform.dated import Version
from convergence.platform.errors import Refused
from convergence.platform.sealing import new_key, wrap
from convergence.situations.models import Situation
from convergence.support.models import Note
from convergence.territories.models import Mission
from convergence.territories.periods import days
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS

CIVIL_COLUMNS = {Field.SEX: "sex", Field.PHONE: "phone", Field.EMAIL: "email", Field.LANGUAGE: "languages"}


@dataclass
class Arrival:
    """Somebody to let in: what her row says, at which site, from which day on.

    :param sayings: what the State's tool says of her.
    """

    known: Known
    given_name: str
    family_name: str
    changes: list[Difference]
    site_id: int
    since: date
    sayings: list[PassSaid | HireSaid] = field(default_factory=list)


def enter(arrivals: list[Arrival], today: date, source: str) -> None:
    """Let everybody in; each ``known`` has its ``person_id`` afterwards.

    :raises Refused: the actor does not welcome people at one of the sites today.
    """
    if not arrivals:
        return
    people = _admitted(arrivals)
    PersonKey.objects.bulk_create(PersonKey(person_id=pk, wrapped=wrap(new_key(), pk)) for pk in people)
    rows: dict[type[Version], list[Any]] = {}
    for arrival, person_id in zip(arrivals, people, strict=True):
        arrival.known.person_id = person_id
        for row in _rows(person_id, arrival, today):
            row.source = source
            rows.setdefault(type(row), []).append(row)
    for model, made in rows.items():
        model._default_manager.bulk_create(made)


def _admitted(arrivals: list[Arrival]) -> list[int]:
    """Ids of the new people, in order, each with her site's support."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT place, admit_person(site, since)"
                " FROM unnest(%s::bigint[], %s::date[]) WITH ORDINALITY AS asked (site, since, place)",
                [[arrival.site_id for arrival in arrivals], [arrival.since for arrival in arrivals]],
            )
            return [person_id for _place, person_id in sorted(cursor.fetchall())]
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Refused(_("Vous ne pouvez pas accueillir quelqu’un sur ce chantier.")) from error
        raise


def _rows(person_id: int, arrival: Arrival, today: date) -> list[Version]:
    """Every row of her file."""
    rows: list[Version] = [
        PersonName(person_id=person_id, given_name=arrival.given_name, family_name=arrival.family_name),
        CivilStatus(person_id=person_id, **civil_columns(arrival.changes)),
    ]
    for change in arrival.changes:
        match change.value:
            case NameChange(kind, given, family):
                rows.append(PersonName(person_id=person_id, kind=kind.value, given_name=given, family_name=family))
            case (int() as operator, str() as value):
                rows.append(ExternalIdentifier(person_id=person_id, operator_id=operator, value=value))
            case ContractChange(terms, None):
                valid = days(terms.starts, terms.last_day)
                rows.append(Pathway(person_id=person_id, valid=DateRange(terms.starts, None)))
                rows.append(
                    Contract(
                        person_id=person_id,
                        kind=terms.kind,
                        programme=terms.programme,
                        site_id=terms.site_id,
                        weekly_hours=terms.weekly_hours,
                        valid=valid,
                    )
                )
            case SituationChange(aspect, code, expires_on):
                rows.append(
                    Situation(
                        person_id=person_id,
                        aspect=aspect,
                        compartment=ASPECTS[aspect].compartment.value,
                        value="" if Missing.has(code) else code,
                        missing=code if Missing.has(code) else "",
                        expires_on=expires_on,
                        valid=DateRange(today, None),
                    )
                )
            case Mission() as mission:
                since = max(arrival.since, mission.since or arrival.since)
                rows.append(Assignment(person_id=person_id, mission=mission, valid=DateRange(since, None)))
            case str() as text if change.field is Field.NOTE:
                rows.append(
                    Note(
                        person_id=person_id,
                        compartment=Compartment.SOCIAL.value,
                        body=text,
                        valid=days(today, today),
                    )
                )
    for said in arrival.sayings:
        rows.append(new_pass(person_id, said) if isinstance(said, PassSaid) else new_hire(person_id, said))
    return rows


def civil_columns(changes: list[Difference]) -> dict[str, Any]:
    """The columns of the civil status that the differences fill."""
    columns: dict[str, Any] = {}
    for change in changes:
        if change.field in CIVIL_COLUMNS:
            columns[CIVIL_COLUMNS[change.field]] = change.value
        elif isinstance(change.value, PartialDate):
            birth = change.value
            columns |= {"birth_year": birth.year, "birth_month": birth.month, "birth_day": birth.day}
    return columns
