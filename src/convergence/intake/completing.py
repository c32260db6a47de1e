"""What a row says otherwise, written into the file of somebody who is accompanied already."""

from datetime import date

from convergence.intake.differences import ContractChange, Difference, NameChange, SituationChange
from convergence.intake.entering import civil_columns
from convergence.intake.fields import Field
from convergence.intake.known import Known
from convergence.intake.models import ExternalIdentifier
from convergence.pathways.recording import amend, sign
from convergence.people.care import assign
from convergence.people.handovers.giving import check_followed
from convergence.people.models import CivilStatus, PersonName
from convergence.platform.dated import revise
from convergence.situations.recording import record_situation
from convergence.support.models import Note
from convergence.territories.models import Mission
from convergence.territories.periods import days
from convergence.vocabulary.compartments import Compartment


def complete(known: Known, changes: list[Difference], today: date, source: str) -> None:
    """Write what is said otherwise into a file that exists."""
    person_id = known.person_id
    if person_id is None:
        raise ValueError("only a person who has entered has a file")
    _revise_civil(person_id, changes, source)
    for change in changes:
        _write(person_id, change, today, source)


def _revise_civil(person_id: int, changes: list[Difference], source: str) -> None:
    columns = civil_columns(changes)
    if not columns:
        return
    civil = CivilStatus.objects.current().filter(person_id=person_id).first()
    if civil is None:
        CivilStatus.objects.create(person_id=person_id, source=source, **columns)
    else:
        revise(civil, source=source, **columns)


def _write(person_id: int, change: Difference, today: date, source: str) -> None:
    """Write one difference that is not of the civil status."""
    match change.value:
        case NameChange(kind, given, family):
            PersonName.objects.create(
                person_id=person_id, kind=kind.value, given_name=given, family_name=family, source=source
            )
        case (int() as operator, str() as value):
            ExternalIdentifier.objects.create(person_id=person_id, operator_id=operator, value=value, source=source)
        case ContractChange(terms, None):
            sign(person_id, terms, source=source)
        case ContractChange(terms, noted) if noted and noted.row:
            amend(noted.row, terms, str(noted.row.pk), source=source)
        case SituationChange(aspect, code, expires_on):
            record_situation(person_id, aspect, code, today, today=today, expires_on=expires_on, source=source)
        case Mission() as mission:
            assign(person_id, mission, today)
            check_followed()
        case str() as text if change.field is Field.NOTE:
            Note.objects.create(
                person_id=person_id,
                compartment=Compartment.SOCIAL.value,
                body=text,
                valid=days(today, today),
                source=source,
            )
