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
from convergence.intake.official.planning import OfficialPlanner, Option, PlannedPerson, overlap
from convergence.intake.planning import Verb
from convergence.intake.reading import Table
from convergence.pathways.official import HireSaid, PassSaid, note
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
    arrivals = _Arrivals(today, held.source)
    told: list[tuple[int, PassSaid | HireSaid]] = []
    signed = _Signed()
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
        if option.known.person_id is not None and (clash := signed.clash(option.known.person_id, theirs)):
            counts["left"] += 1
            left.append((planned, [clash]))
            continue
        counts["kept"] += len(option.conflicts) - len(theirs)
        if option.known.person_id is None:
            arrivals.add(_arrival(planner, planned, option))
            counts["created"] += 1
        else:
            told += [(option.known.person_id, saying.value) for saying in option.sayings]
            complete(option.known, theirs, today, held.source)
            counts["changed"] += 1
        if place % STEP == 0:
            arrivals.let_in()
            note(told, source=held.source)
            told = []
            settle(today)
            tell(min(place, total), total)
    arrivals.let_in()
    note(told, source=held.source)
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


class _Signed:
    """The contracts that this import writes for people known: one export may say two things of one contract."""

    def __init__(self) -> None:
        self._of: dict[int, list[ContractChange]] = {}

    def clash(self, person_id: int, changes: list[Difference]) -> str:
        """Why these cannot all be written; empty when they can, and they are then kept in mind."""
        so_far = list(self._of.get(person_id, []))
        for change in changes:
            new = change.value
            if not isinstance(new, ContractChange):
                continue
            for other in so_far:
                if (new.noted is not None and new.noted is other.noted) or overlap(new.terms, other.terms):
                    return _(
                        "Deux embauches de cet export changeraient le même contrat, ou se chevauchent : "
                        "n’en choisissez qu’une, puis notez l’autre dans le dossier."
                    )
            so_far.append(new)
        self._of[person_id] = so_far
        return ""


class _Arrivals:
    """Newcomers let in by batches, as any list lets them in; contracts after the first are signed one by one."""

    def __init__(self, today: date, source: str) -> None:
        self._today, self._source = today, source
        self._waiting: list[Arrival] = []

    def add(self, arrival: Arrival) -> None:
        self._waiting.append(arrival)

    def let_in(self) -> None:
        later = [_without_later_contracts(arrival) for arrival in self._waiting]
        enter(self._waiting, self._today, self._source)
        for arrival, contracts in zip(self._waiting, later, strict=True):
            complete(arrival.known, contracts, self._today, self._source)
        self._waiting = []


def _without_later_contracts(arrival: Arrival) -> list[Difference]:
    """Take the contracts after the first out of what is entered at once: each opens a pathway there."""
    later = [change for change in arrival.changes if isinstance(change.value, ContractChange)][1:]
    arrival.changes = [change for change in arrival.changes if change not in later]
    return later


def _arrival(planner: OfficialPlanner, planned: PlannedPerson, option: Option) -> Arrival:
    site_id, since = planner.place_of(planned)
    person = planned.group.person
    sayings: list[PassSaid | HireSaid] = [saying.value for saying in option.sayings]
    return Arrival(option.known, person.given_name, person.family_name, option.changes, site_id, since, sayings)


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
