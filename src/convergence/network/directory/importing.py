"""The job that imports a directory's files: all of it in one transaction.

A worker killed half-way leaves the directory as it was, with the files still kept: the queue gives the job to another
worker, which starts again. Rows are read, judged and written a thousand at a time, in a memory that does not grow with
the file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from convergence.network.directory import writing
from convergence.network.directory.closing import close_what_is_absent
from convergence.network.directory.holding import KIND, content_of, forget_files
from convergence.network.directory.models import DirectoryImport, Kind
from convergence.network.directory.streaming import JsonItems
from convergence.network.directory.validating import Judged, Problem, judge, shown
from convergence.platform import jobs
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.models import Job

UNKNOWN_FIELDS_TOLD = 5
"""Rows in which an unknown field is told: a source that adds a field adds it to all its rows, which are counted."""
_APPLIED = ("created", "updated", "reopened", "same", "older")
_KILOBYTE = 1024


@jobs.work_for(KIND)
def work(job: Job, tell: jobs.Progress) -> str:
    """Import the files that the job names, as the one who asked."""
    held = DirectoryImport.objects.filter(pk=job.arguments["import_id"]).first()
    if held is None:
        raise Refused(_("Cet import a été supprimé, ou vous ne tenez plus l’annuaire : rien n’a été enregistré."))
    with connection.cursor() as cursor:
        # Two imports at once would each judge against what the other has not committed: the second one waits.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('directory import', 0))")
    running = Import(held, today(), tell)
    running.read_everything()
    running.end()
    return running.sentence()


class _Opened(NamedTuple):
    """A file whose first row was read, so that its kind is known."""

    number: int
    kind: Kind
    items: JsonItems
    rows: Iterator[tuple[int, Any]]


class Import:
    """One import while it runs.

    :ivar counts: kind → what became of the rows → how many.
    :ivar given, refused: (kind, source) → rows of the files, and those that were refused.
    """

    def __init__(self, held: DirectoryImport, day: date, tell: jobs.Progress) -> None:
        self.held, self.day, self._tell = held, day, tell
        self.counts: dict[Kind, Counter[str]] = {Kind.STRUCTURE: Counter(), Kind.SERVICE: Counter()}
        self.given: Counter[tuple[Kind, str]] = Counter()
        self.refused: Counter[tuple[Kind, str]] = Counter()
        self.unknown: Counter[str] = Counter()
        self.pages: dict[Kind, list[tuple[JsonItems, int]]] = defaultdict(list)
        self._bytes = 0
        self._total = sum(file["size"] for file in held.files)

    def read_everything(self) -> None:
        """Structures first: services name them."""
        opened = [one for number in range(len(self.held.files)) if (one := self._open(number)) is not None]
        for file in sorted(opened, key=lambda one: (one.kind is Kind.SERVICE, one.number)):
            self._read(file)
            self.pages[file.kind].append((file.items, file.items.read))

    def _open(self, number: int) -> _Opened | None:
        """A file and its kind, which its first row tells; None where it has no row."""
        listed = self.held.files[number]
        items = JsonItems(self._counted(content_of(self.held, number)))
        numbered = bool(listed["sheet"])
        rows = ((item[0], item[1]) if numbered else (items.read, item) for item in items)
        try:
            first = next(rows, None)
            if first is None:
                return None
        except Refused as error:
            raise Refused(_("%(file)s : %(error)s") % {"file": listed["name"], "error": error}) from None
        kind = Kind.SERVICE if isinstance(first[1], dict) and "structure_id" in first[1] else Kind.STRUCTURE
        return _Opened(number, kind, items, chain([first], rows))

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._bytes += len(piece)
            yield piece

    def _read(self, file: _Opened) -> None:
        """A batch is judged in a thread of its own while the database writes the one before."""
        name = self.held.files[file.number]["name"]
        with ThreadPoolExecutor(max_workers=1) as judges:
            before: Future[list[_Row]] | None = None
            try:
                while rows := list(islice(file.rows, writing.AT_ONCE)):
                    judging = judges.submit(_judge_all, rows, file.kind, self.day)
                    if before is not None:
                        self._batch(file, before.result())
                    before = judging
            except Refused as error:
                raise Refused(_("%(file)s : %(error)s") % {"file": name, "error": error}) from None
            if before is not None:
                self._batch(file, before.result())

    def _batch(self, file: _Opened, rows: list["_Row"]) -> None:
        """Write the good rows, keep what was wrong with the others."""
        good: dict[str, tuple[int, Judged]] = {}
        bad: list[tuple[int, Judged]] = []
        told: list[writing.Told] = []
        for number, row, judged in rows:
            problems = judged.problems + self._unknown_fields(judged, row)
            source = _source_of(judged, row)
            self.given[file.kind, source] += 1
            if judged.text is None:
                bad.append((number, judged))
                self.refused[file.kind, source] += 1
            elif judged.external_id in good:
                problems.append(_twice(self.held, file.number, good[judged.external_id][0]))
                self._refuse(file.kind, judged)
            else:
                good[judged.external_id] = (number, judged)
            told += [(number, judged.external_id, problem) for problem in problems]
        self.counts[file.kind]["refused"] += len(bad)
        writing.saw(self.held.pk, file.kind, file.number, bad)
        told += self._write(file, good)
        writing.tell(self.held.pk, file.kind, file.number, told)
        self._tell(self._bytes // _KILOBYTE, self._total // _KILOBYTE)

    def _write(self, file: _Opened, good: dict[str, tuple[int, Judged]]) -> list[writing.Told]:
        told: list[writing.Told] = []
        by_number = dict(good.values())
        for verdict in writing.write(self.held.pk, file.kind, file.number, list(good.values())):
            judged = by_number[verdict.number]
            if verdict.word in _APPLIED:
                self.counts[file.kind][verdict.word] += 1
            else:
                self._refuse(file.kind, judged)
            match verdict.word:
                case "duplicate":
                    problem = _twice(self.held, verdict.file or 0, verdict.row or 0)
                case "orphan":
                    sentence = _("Cette structure n’est ni dans les fichiers, ni dans l’annuaire.")
                    problem = Problem("structure_id", judged.structure_id, sentence)
                case "older":
                    sentence = _("Plus ancienne que ce que nous avons déjà : non appliquée.")
                    problem = Problem("date_maj", judged.updated_on.isoformat(), sentence, kept=True)
                case _:
                    continue
            told.append((verdict.number, judged.external_id, problem))
        return told

    def _refuse(self, kind: Kind, judged: Judged) -> None:
        self.counts[kind]["refused"] += 1
        self.refused[kind, judged.source] += 1

    def _unknown_fields(self, judged: Judged, row: Any) -> list[Problem]:
        """Unknown fields are all counted, and told of the first rows that have them."""
        self.unknown.update(judged.unknown)
        sentence = _("Champ inconnu de data·inclusion, laissé de côté.")
        return [
            Problem(name, shown(row.get(name)), sentence, kept=True)
            for name in judged.unknown
            if self.unknown[name] <= UNKNOWN_FIELDS_TOLD
        ]

    def end(self) -> None:
        """Close what a complete file no longer holds, keep the counts, let the files go."""
        closed = close_what_is_absent(self.held, self.given, self.refused, self.pages)
        for kind, number in closed.items():
            self.counts[kind]["closed"] += number
        writing.refresh_towns()
        self.held.counts = {kind.value: dict(counted) for kind, counted in self.counts.items()} | {
            "unknown": dict(self.unknown.most_common(100))
        }
        forget_files(self.held)
        self.held.ended_at = timezone.now()
        self.held.save(update_fields=["counts", "closing", "wrapped_key", "ended_at"])

    def sentence(self) -> str:
        """What was done, for the list of jobs."""
        total = self.counts[Kind.STRUCTURE] + self.counts[Kind.SERVICE]
        return _("%(written)d lignes prises en compte, %(refused)d refusées.") % {
            "written": sum(total[word] for word in _APPLIED),
            "refused": total["refused"],
        }


_Row = tuple[int, Any, Judged]
"""Its number in the file, what the file holds, and what it was judged to be."""


def _judge_all(rows: list[tuple[int, Any]], kind: Kind, day: date) -> list[_Row]:
    return [(number, row, judge(row, kind, day)) for number, row in rows]


def _source_of(judged: Judged, row: Any) -> str:
    """The source that a row belongs to, even refused: what it says, else what its identifier begins with."""
    if judged.source:
        return judged.source
    said = row.get("source") if isinstance(row, dict) else None
    return said if isinstance(said, str) and said else judged.external_id.partition("--")[0]


def _twice(held: DirectoryImport, file: int, row: int) -> Problem:
    where = _("ligne %(row)d de %(file)s") % {"row": row, "file": held.files[file]["name"]}
    return Problem(
        "id", where, _("Cet identifiant est déjà plus haut dans les fichiers : la première ligne est gardée.")
    )
