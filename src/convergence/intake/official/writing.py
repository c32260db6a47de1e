"""What was decided of an export, written: everybody in the one transaction of the job, or nobody."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.intake import holding, refusals
from convergence.intake.actor import Importer
from convergence.intake.completing import complete
from convergence.intake.differences import ContractChange, Difference
from convergence.intake.entering import Arrival, enter
from convergence.intake.models import Import
from convergence.intake.official.planning import OfficialPlanner, Option, PlannedPerson, Saying
from convergence.intake.planning import Verb
from convergence.intake.reading import Table
from convergence.pathways.official import HireSaid, PassSaid, note_hire, note_pass
from convergence.platform.changes import settle
from convergence.platform.jobs import Progress

STEP = 50
"""People between two signs of progress."""


def planner_of(held: Import, about: holding.About, importer: Importer, today: date) -> OfficialPlanner:
    """:raises ValueError: the page of the columns was not answered yet."""
    told = about.official
    if told is None or told.said_on is None:
        raise ValueError("an export is planned once its day is known")
    return OfficialPlanner(importer, importer.sites[held.site_id], told.sites, date.fromisoformat(told.said_on), today)


def write(held: Import, about: holding.About, importer: Importer, today: date, tell: Progress) -> str:
    """Write what was accepted and end the import; returns the sentence that tells its result."""
    table = holding.table_of(held)
    shown = {row["number"]: row["print"] for row in holding.plan_of(held)["rows"]}
    planner = planner_of(held, about, importer, today)
    left: list[tuple[PlannedPerson, list[str]]] = []
    counts = {"created": 0, "changed": 0, "nothing": 0, "left": 0, "unknown": 0, "kept": 0}
    total = len(table.rows)
    tell(0, total)
    for place, planned in enumerate(planner.people(table), 1):
        if planned.verb is Verb.NOTHING:
            counts["nothing"] += 1
            continue
        option, reasons = _decided(planned, shown.get(planned.group.number), held.decisions)
        if option is None:
            # Somebody whom the actor chose not to let in is no line to correct.
            counts["unknown" if planned.unknown and planned.verb is Verb.ASK and not reasons else "left"] += 1
            if reasons:
                left.append((planned, reasons))
            continue
        theirs = _chosen(planned, option, held.decisions)
        counts["kept"] += len(option.conflicts) - len(theirs)
        if option.known.person_id is None:
            _let_in(planner, planned, option, today, held.source)
            counts["created"] += 1
        else:
            _note(option, held.source)
            complete(option.known, theirs, today, held.source)
            counts["changed"] += 1
        if place % STEP == 0:
            settle(today)
            tell(min(place, total), total)
    settle(today)
    tell(total, total)
    holding.end(held, _returned(table, left), counts, timezone.now())
    return _sentence(counts)


def _decided(planned: PlannedPerson, shown: str | None, decisions: dict[str, str]) -> tuple[Option | None, list[str]]:
    """What was decided of a person, or why she stays out; without a reason, because the actor said so."""
    if planned.verb is Verb.REFUSE:
        return None, planned.reasons
    if shown != planned.print:
        return None, [_("Le dossier a changé depuis l’aperçu : importez de nouveau cette ligne.")]
    decision = decisions.get(str(planned.group.number), "")
    if planned.verb is Verb.ASK:
        chosen = next((option for option in planned.options if option.code == decision), None)
        return chosen, [] if chosen or planned.unknown else planned.reasons
    if decision == "leave":
        return None, [_("Ligne laissée de côté à l’aperçu.")]
    return planned.options[0], []


def _chosen(planned: PlannedPerson, option: Option, decisions: dict[str, str]) -> list[Difference]:
    """The differences for which theirs was chosen; for all the others ours stays."""
    place = planned.options.index(option)
    return [
        one.change
        for one in option.conflicts
        if one.change is not None and decisions.get(f"theirs-{planned.group.number}-{place}-{one.code}") == "theirs"
    ]


def _let_in(planner: OfficialPlanner, planned: PlannedPerson, option: Option, today: date, source: str) -> None:
    """Open her file as any list would; contracts after the first are signed one by one."""
    site_id, since = planner.place_of(planned)
    contracts = [change for change in option.changes if isinstance(change.value, ContractChange)]
    later = contracts[1:]
    changes = [change for change in option.changes if change not in later]
    person = planned.group.person
    sayings: list[PassSaid | HireSaid] = [saying.value for saying in option.sayings]
    arrival = Arrival(option.known, person.given_name, person.family_name, changes, site_id, since, sayings)
    enter([arrival], today, source)
    complete(option.known, later, today, source)


def _note(option: Option, source: str) -> None:
    person_id = option.known.person_id
    if person_id is None:
        raise ValueError("only a person who has entered has a file")
    for saying in option.sayings:
        _note_one(person_id, saying, source)


def _note_one(person_id: int, saying: Saying, source: str) -> None:
    match saying.value:
        case PassSaid() as said:
            note_pass(person_id, said, source=source)
        case HireSaid() as said:
            note_hire(person_id, said, source=source, noted=saying.replaces)


def _returned(table: Table, left: list[tuple[PlannedPerson, list[str]]]) -> bytes | None:
    """The lines of those who stayed out, as a spreadsheet; None when there is none."""
    if not left:
        return None
    lines = [(line, reasons) for planned, reasons in left for line in planned.group.lines]
    return refusals.workbook(
        table.headers,
        [line.cells for line, _reasons in lines],
        [reasons for _line, reasons in lines],
        [line.number for line, _reasons in lines],
    )


def _sentence(counts: dict[str, int]) -> str:
    said = [
        words % counts[code]
        for code, words in (
            ("created", ngettext("%d personne ajoutée", "%d personnes ajoutées", counts["created"])),
            ("changed", ngettext("%d dossier complété", "%d dossiers complétés", counts["changed"])),
            ("left", ngettext("%d personne laissée", "%d personnes laissées", counts["left"])),
            ("kept", ngettext("%d différence gardée", "%d différences gardées", counts["kept"])),
        )
        if counts[code]
    ]
    return ", ".join(said) + "." if said else _("Rien de nouveau dans cet export.")
