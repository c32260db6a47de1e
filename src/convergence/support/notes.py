"""Writing about a person: a few words, sealed, with their day and who reads them; a correction keeps what stood."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.access.rights import REFERENT_RIGHTS, SITE_RIGHTS
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.models import Note
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role

NOTE_COMPARTMENTS = (Compartment.SOCIAL, Compartment.WORK, Compartment.HEALTH, Compartment.JUSTICE)
"""Where a note may stand, the usual one first."""

LONGEST = 4000

_TEAMS = {
    Role.COUNSELLOR: gettext_lazy("les conseillères et conseillers"),
    Role.SUPPORT_WORKER: gettext_lazy("les éducatrices et éducateurs"),
    Role.SITE_MANAGER: gettext_lazy("la ou le responsable"),
    Role.WORK_SUPERVISOR: gettext_lazy("l’encadrement technique"),
}


@dataclass
class NoteLine:
    """One note as it stands, and the versions that stood before it, latest first."""

    current: Note
    earlier: list[Note] = field(default_factory=list)


def roles_that_read(compartment: Compartment) -> list[Role]:
    """Functions whose holders read the notes of this compartment about everybody whom their site supports."""
    return [right.role for right in SITE_RIGHTS if right.compartment is compartment]


def readers_of(compartment: Compartment) -> list[str]:
    """Who reads a note of this compartment, in words, from the table of rights."""
    teams = [str(_TEAMS[role]) for role in roles_that_read(compartment)]
    if not teams and any(right.compartment is compartment for right in REFERENT_RIGHTS):
        return [_("sa référente ou son référent, et personne d’autre")]
    return teams


def writable_compartments(written: Collection[str]) -> list[Compartment]:
    """Those of a note, among what the actor writes of the person; the usual one first."""
    return [compartment for compartment in NOTE_COMPARTMENTS if compartment.value in written]


def record_note(
    person_id: int, body: str, compartment: str, on: date, *, written: Collection[str], today: date
) -> Note:
    """Write a note about a day.

    :param written: compartments that the actor writes of this person.
    :raises Refused: nothing written, too long, a day to come, or a compartment that the actor does not write.
    """
    note = Note(
        person_id=person_id,
        compartment=_allowed(compartment, written),
        body=_words(body),
        valid=_day(on, today),
    )
    note.save(force_insert=True)
    return note


@transaction.atomic
def correct_note(
    person_id: int,
    version: int,
    body: str,
    compartment: str,
    on: date,
    *,
    actor_id: int | None,
    written: Collection[str],
    today: date,
) -> Note:
    """Replace a note by a corrected one; the earlier version stays readable to those who read it.

    :param version: primary key of the version that was shown.
    :raises Refused: as for ``record_note``, or the note is somebody else's.
    :raises ChangedMeanwhile: it was corrected since it was shown.
    """
    note = Note.objects.filter(person_id=person_id, pk=version).first()
    if note is None or note.superseded_at is not None:
        fresh = Note.objects.current().filter(series=note.series).first() if note else None
        raise ChangedMeanwhile(_("Cette note a changé pendant que vous écriviez : relisez avant d’enregistrer."), fresh)
    if note.recorded_by_id != actor_id:
        raise Refused(_("Une note se corrige par la personne qui l’a écrite : écrivez-en plutôt une autre."))
    return revise(note, body=_words(body), compartment=_allowed(compartment, written), valid=_day(on, today))


def latest_notes(person_id: int, most: int = 3) -> list[Note]:
    """The latest notes that the actor reads, as they stand."""
    notes = Note.objects.current().filter(person_id=person_id).select_related("recorded_by")
    return list(notes.order_by("-valid", "-recorded_at")[:most])


def note_lines(person_id: int) -> list[NoteLine]:
    """Every note that stands and that the actor reads, by day, latest first, with its earlier versions; one query.

    A note that a correction moved to other readers is no longer shown to those who only read where it stood.
    """
    lines: dict[str, NoteLine] = {}
    versions = Note.objects.filter(person_id=person_id).select_related("recorded_by").order_by("-recorded_at", "-pk")
    for note in versions:
        line = lines.get(str(note.series))
        if line is None:
            lines[str(note.series)] = NoteLine(note)
        else:
            line.earlier.append(note)
    standing = [line for line in lines.values() if line.current.superseded_at is None]
    return sorted(standing, key=lambda line: (line.current.valid.lower, line.current.recorded_at), reverse=True)


def _words(body: str) -> str:
    words = body.replace("\x00", "").strip()
    if not words:
        raise Refused(_("Écrivez quelques mots."))
    if len(words) > LONGEST:
        raise Refused(_("La note est trop longue : %(most)s caractères au plus.") % {"most": LONGEST})
    return words


def _allowed(compartment: str, written: Collection[str]) -> str:
    if compartment not in {allowed.value for allowed in writable_compartments(written)}:
        raise Refused(_("Choisissez qui peut lire la note parmi les possibilités proposées."))
    return compartment


def _day(on: date, today: date) -> DateRange:
    if on > today:
        raise Refused(_("La date est dans le futur : une note parle d’un jour passé ou d’aujourd’hui."))
    return DateRange(on, on + timedelta(days=1))
