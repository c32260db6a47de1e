"""The job that writes an import: every accepted row in one transaction, or none."""

from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.intake import holding, refusals
from convergence.intake.actor import Importer
from convergence.intake.completing import complete
from convergence.intake.entering import Arrival, enter
from convergence.intake.models import Import
from convergence.intake.official.writing import write as write_official
from convergence.intake.planning import Choice, PlannedRow, Planner, Verb
from convergence.intake.reading import Table
from convergence.platform import jobs
from convergence.platform.changes import settle
from convergence.platform.clock import today as clock_today
from convergence.platform.errors import Refused
from convergence.platform.models import Job

KIND = "import"
STEP = 50
"""Rows between two signs of progress."""


@jobs.work_for(KIND)
def work(job: Job, tell: jobs.Progress) -> str:
    """Write the import that the job names, as the one who asked for it."""
    held = Import.objects.select_for_update().filter(pk=job.arguments["import_id"]).first()
    if held is None:
        raise Refused(_("Cet import a été abandonné : rien n’a été écrit."))
    return write(held, clock_today(), tell)


def write(held: Import, today: date, tell: jobs.Progress) -> str:
    """Write the accepted rows and end the import; returns the sentence that tells its result.

    :raises Refused: the file is gone, or the actor may no longer welcome people at the site; nothing is written.
    """
    importer = Importer.of(held.actor_id, today)
    if held.site_id not in importer.sites:
        raise Refused(_("Vous ne pouvez plus accueillir quelqu’un sur ce chantier : rien n’a été écrit."))
    _take_turn(importer)
    about = holding.about(held)
    if about.official is not None:
        return write_official(held, about, importer, today, tell)
    table = holding.table_of(held)
    mapping = holding.mapping_of(held, table)
    shown = {row["number"]: row["print"] for row in holding.plan_of(held)["rows"]}
    left: list[tuple[PlannedRow, list[str]]] = []
    counts = {"created": 0, "changed": 0, "nothing": 0, "left": 0}

    def accepted(planned: PlannedRow) -> Choice | None:
        if planned.verb is Verb.NOTHING:
            counts["nothing"] += 1
            return None
        choice, reasons = _decided(planned, shown.get(planned.parsed.number), held.decisions)
        if choice is None:
            left.append((planned, reasons))
            counts["left"] += 1
        return choice

    total = len(table.rows)
    tell(0, total)
    planner = Planner(importer, importer.sites[held.site_id], today)
    waiting: list[Arrival] = []
    for place, (planned, choice) in enumerate(planner.rows(table, mapping, accepted), 1):
        if choice is not None and choice.known.person_id is None and not _awaited(choice, waiting):
            counts["created"] += 1
            waiting.append(_arrival(planned, choice))
        elif choice is not None:
            if _awaited(choice, waiting):
                enter(waiting, today, held.source)
                waiting = []
            counts["changed"] += 1
            complete(choice.known, choice.changes, today, held.source)
        if place % STEP == 0:
            enter(waiting, today, held.source)
            waiting = []
            settle(today)
            tell(place, total)
    enter(waiting, today, held.source)
    settle(today)
    tell(total, total)
    holding.end(held, _returned(table, left), counts, timezone.now())
    return _sentence(counts)


def _take_turn(importer: Importer) -> None:
    """Two imports at the same site follow each other: the second finds what the first one wrote."""
    with connection.cursor() as cursor:
        for site_id in sorted(importer.sites):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import', %s))", [site_id])


def _decided(planned: PlannedRow, shown: str | None, decisions: dict[str, str]) -> tuple[Choice | None, list[str]]:
    """What the user decided of a row, or why it stays out."""
    decision = decisions.get(str(planned.parsed.number), "")
    if planned.verb is Verb.REFUSE:
        return None, planned.reasons
    if shown != planned.print:
        return None, [_("Le dossier a changé depuis l’aperçu : importez de nouveau cette ligne.")]
    if planned.verb is Verb.ASK:
        chosen = next((choice for choice in planned.choices if choice.code == decision), None)
        return chosen, planned.reasons
    if decision == "leave":
        return None, [_("Ligne laissée de côté à l’aperçu.")]
    return Choice("", "", planned.known, planned.changes), []


def _returned(table: Table, left: list[tuple[PlannedRow, list[str]]]) -> bytes | None:
    """The rows that stayed out, as a spreadsheet; None when there is none."""
    if not left:
        return None
    return refusals.workbook(
        table.headers,
        [planned.parsed.cells for planned, _reasons in left],
        [reasons for _planned, reasons in left],
        [planned.parsed.number for planned, _reasons in left],
    )


def _sentence(counts: dict[str, int]) -> str:
    said = [
        words % counts[code]
        for code, words in (
            ("created", ngettext("%d personne ajoutée", "%d personnes ajoutées", counts["created"])),
            ("changed", ngettext("%d dossier complété", "%d dossiers complétés", counts["changed"])),
            ("left", ngettext("%d ligne laissée", "%d lignes laissées", counts["left"])),
        )
        if counts[code]
    ]
    return ", ".join(said) + "." if said else _("Tout était déjà noté.")


# -- one row -----------------------------------------------------------------------------------------------------


def _awaited(choice: Choice, waiting: list[Arrival]) -> bool:
    """Whether the row is about somebody who is about to enter."""
    return any(arrival.known is choice.known for arrival in waiting)


def _arrival(planned: PlannedRow, choice: Choice) -> Arrival:
    if planned.site is None or planned.since is None:
        raise ValueError("a new person enters at a site, on a day")
    person = planned.parsed.person
    return Arrival(choice.known, person.given_name, person.family_name, choice.changes, planned.site.pk, planned.since)
