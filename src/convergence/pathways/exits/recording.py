"""Noting the end of a path, in one act, and turning it back as exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from convergence.pathways.decisions.judging import refuse
from convergence.pathways.decisions.recording import refuse_overlap
from convergence.pathways.exits.models import Exit
from convergence.pathways.models import Contract, Pathway
from convergence.pathways.recording import Terms, sign
from convergence.people.entry import end_support
from convergence.people.models import Support
from convergence.platform.dated import DatedFact, again, hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.exits import JOB_KINDS, NewJob, check_end, check_job
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.territories.periods import days
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.exits import ExitMotive

TURNED_BACK: tuple[type[DatedFact], ...] = (Pathway, Contract, Situation)
"""What an end of path writes and closes, with the end of a site's support."""

Trace = dict[str, dict[str, list[int]]]


@dataclass(frozen=True)
class Corrected:
    """A situation that differs on the day of the exit from what was noted; ``seen_version`` as the form showed it."""

    aspect: str
    code: str
    seen_version: str


@dataclass(frozen=True)
class Leaving:
    """An end of path as it is told.

    :param job: what it led to, at another employer.
    :param destination: name of the training or of the business.
    :param ends: primary keys of the contracts that end that day.
    :param leaves_sites: ids of the sites whose support ends that day, too.
    """

    motive: ExitMotive
    last_day: date
    job: Terms | None = None
    destination: str = ""
    siret: str = ""
    ends: frozenset[int] = frozenset()
    situations: Sequence[Corrected] = ()
    leaves_sites: Sequence[int] = ()


def latest_pathway(person_id: int) -> Pathway | None:
    """The person's latest path, ended or not."""
    return Pathway.objects.current().filter(person_id=person_id).order_by("-valid").first()


def exit_of(pathway: Pathway) -> Exit | None:
    """The end that is noted of a path."""
    return Exit.objects.current().filter(pathway=pathway.series).select_related("recorded_by").first()


@transaction.atomic
def leave(person_id: int, leaving: Leaving, seen_version: str, today: date) -> Exit:
    """Note the end of a person's latest path: all of it is written, or nothing.

    :param seen_version: primary key of the path that the form showed.
    :raises Refused: no path, an end that is noted already, before the entry or to come, a job that does not go with
        the motive. ChangedMeanwhile: the path or a situation changed since it was shown.
    """
    hold(person_id)
    pathway = latest_pathway(person_id)
    if pathway is None:
        raise Refused(_("Aucun parcours n’est noté : un parcours commence avec son premier contrat."))
    if exit_of(pathway) is not None:
        raise Refused(_("La fin de ce parcours est déjà notée : annulez-la d’abord si elle est à changer."))
    if str(pathway.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé ce parcours pendant que vous écriviez : relisez avant d’enregistrer."), pathway
        )
    on_path = Contract.objects.current().filter(person_id=person_id)
    if pathway.starts is not None:
        on_path = on_path.filter(valid__startswith__gte=pathway.starts)
    refuse(check_end(pathway.starts, leaving.last_day, [row.starts for row in on_path if row.starts], today))
    if (leaving.job is None) == (leaving.motive in JOB_KINDS):
        raise Refused(_("Dites chez quel employeur, et avec quel contrat."))
    before = _standing(person_id)
    for contract in on_path.filter(pk__in=leaving.ends):
        if contract.ends is None or contract.ends > leaving.last_day + timedelta(days=1):
            revise(contract, valid=days(contract.starts, leaving.last_day))
    if pathway.ends != leaving.last_day + timedelta(days=1):
        revise(pathway, valid=days(pathway.starts, leaving.last_day))
    job = _hired(person_id, leaving.motive, leaving.job) if leaving.job else None
    for corrected in leaving.situations:
        record_situation(
            person_id,
            corrected.aspect,
            corrected.code,
            leaving.last_day,
            today=today,
            seen_version=corrected.seen_version,
        )
    trace = _changes(before, _standing(person_id))
    supports = _ending(person_id, leaving)
    if supports:
        trace[Support._meta.label] = {"closed": sorted(row.pk for row in supports), "wrote": []}
    noted = Exit(
        person_id=person_id,
        pathway=pathway.series,
        motive=leaving.motive.value,
        job=job.series if job else None,
        destination=leaving.destination,
        siret=leaving.siret,
        valid=days(leaving.last_day, leaving.last_day),
        trace=trace,
    )
    noted.save(force_insert=True)
    # Last of all: a support that ended on an earlier day is one by which nothing more is read nor written.
    for site_id in leaving.leaves_sites:
        end_support(person_id, site_id, leaving.last_day, today=today)
    return noted


def _ending(person_id: int, leaving: Leaving) -> list[Support]:
    """The supports that will end with the path, as they stand before."""
    after = leaving.last_day + timedelta(days=1)
    rows = Support.objects.current().filter(person_id=person_id, site_id__in=leaving.leaves_sites)
    return [row for row in rows.filter(valid__startswith__lt=after) if row.ends is None or row.ends > after]


def _hired(person_id: int, motive: ExitMotive, terms: Terms) -> Contract:
    refuse(check_job(motive, NewJob(ContractKind(terms.kind), terms.starts, terms.last_day)))
    refuse_overlap(person_id, terms)
    return sign(person_id, terms)


@transaction.atomic
def undo(noted: Exit) -> None:
    """Turn an end of path back: what it wrote is withdrawn, what it closed stands again; both stay readable.

    :raises ChangedMeanwhile: it was turned back already.
    :raises Refused: something that it wrote was changed since, or the person came back.
    """
    hold(noted.person_id)
    current = Exit.objects.current().filter(pk=noted.pk).first()
    if current is None:
        raise ChangedMeanwhile(_("Cette fin de parcours est déjà annulée."))
    _refuse_what_came_after(current)
    withdraw(current)
    try:
        with transaction.atomic():
            for model in TURNED_BACK:
                rows = current.trace.get(model._meta.label, {})
                for row in model._default_manager.filter(pk__in=rows.get("wrote", ())):
                    withdraw(row)
                for row in model._default_manager.filter(pk__in=rows.get("closed", ())):
                    again(row)
    except IntegrityError as error:
        raise Refused(_came_after()) from error
    for closed in current.trace.get(Support._meta.label, {}).get("closed", ()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT undo_end_support(%s, %s)", [current.person_id, closed])
            if not cursor.fetchone()[0]:
                raise Refused(_came_after())


def _came_after() -> str:
    return _(
        "Quelque chose a été noté depuis, qui s’appuie sur cette fin de parcours : corrigez ou retirez cela d’abord."
    )


def _refuse_what_came_after(noted: Exit) -> None:
    for model in TURNED_BACK:
        wrote = noted.trace.get(model._meta.label, {}).get("wrote", ())
        if model._default_manager.filter(pk__in=wrote, superseded_at=None).count() != len(wrote):
            raise Refused(_came_after())
    if Pathway.objects.current().filter(person_id=noted.person_id, valid__startswith__gt=noted.starts).exists():
        raise Refused(_("Un autre parcours a commencé depuis : cette fin de parcours ne s’annule plus."))


def _standing(person_id: int) -> dict[str, set[int]]:
    """Primary keys of what stands, table by table."""
    found: dict[str, set[int]] = {}
    for model in TURNED_BACK:
        rows: Any = model._default_manager.filter(Q(("person_id", person_id)), superseded_at=None)
        found[model._meta.label] = set(rows.values_list("pk", flat=True))
    return found


def _changes(before: dict[str, set[int]], after: dict[str, set[int]]) -> Trace:
    return {
        table: {"closed": sorted(before[table] - after[table]), "wrote": sorted(after[table] - before[table])}
        for table in before
        if before[table] != after[table]
    }
