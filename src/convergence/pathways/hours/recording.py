"""Recording hours: the whole grid of a site's month at once; a month closed, and reopened with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.pathways.hours.models import MonthClosing, MonthHours
from convergence.pathways.hours.reading import RotaContract, closing_of, current, lines_of, rota, typed_of
from convergence.platform.dated import revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.french import month_said, said_in_full
from convergence.rules.periods import Period
from convergence.rules.spans import last_of, month_of
from convergence.rules.worked_hours import Typed, check_typed


@dataclass(frozen=True)
class Change:
    """What is to stand for a contract in a month.

    :param seen: primary key of the row that the typist saw; None where she saw none.
    """

    contract: UUID
    seen: int | None
    typed: Typed


def save_month(site_id: int, month: date, changes: Sequence[Change], today: date, *, source: str = "screen") -> int:
    """Write what was changed in a site's month, all of it or nothing; how many lines were written.

    :raises ChangedMeanwhile: somebody else changed some of these lines; ``fresh`` holds the rows as they stand, by
        contract (None where one was taken back).
    :raises Refused: the month is closed or to come, or holds hours that its contracts cannot.
    """
    if not changes:
        return 0
    with transaction.atomic():
        lock(site_id, month)
        refuse_closed(site_id, month)
        if month > month_of(today):
            raise Refused(_("%(month)s n’a pas commencé : ses heures se notent le moment venu.") % _named(month))
        standing = {row.contract: row for row in current(site_id, month)}
        _refuse_changed(changes, standing)
        contracts = {each.series: each for each in rota(site_id=site_id, during=Period(month, last_of(month)))}
        _refuse_unlawful(changes, contracts, month)
        moved = [change for change in changes if _differs(change, standing.get(change.contract))]
        _write(site_id, month, moved, standing, contracts, source)
        return len(moved)


def lock(site_id: int, month: date) -> None:
    """Whoever else writes or closes this month of the site waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hours_lock(%s, %s))", [site_id, month])


def refuse_closed(site_id: int, month: date) -> None:
    """:raises Refused: the month is closed, with who closed it and when."""
    closing = closing_of(site_id, month)
    if closing is not None and closing.closed:
        raise Refused(
            _("%(month)s est clos depuis le %(day)s%(by)s : rouvrez-le, en disant pourquoi, pour changer ses heures.")
            % _named(month, closing)
        )


def _named(month: date, closing: MonthClosing | None = None) -> dict[str, str]:
    named = {"month": month_said(month).capitalize()}
    if closing is not None:
        named["day"] = said_in_full(closing.recorded_at.date())
        named["by"] = _(" par %(name)s") % {"name": closing.recorded_by} if closing.recorded_by else ""
    return named


def _refuse_changed(changes: Iterable[Change], standing: dict[UUID, MonthHours]) -> None:
    fresh: dict[UUID, MonthHours | None] = {}
    for change in changes:
        row = standing.get(change.contract)
        # Two people who typed the same agree.
        if (row.pk if row else None) != change.seen and not (row and typed_of(row) == change.typed):
            fresh[change.contract] = row
    if fresh:
        sentence = _(
            "Quelqu’un a changé ces heures pendant que vous écriviez : rien n’est enregistré, tout ce que vous avez "
            "tapé est gardé. Relisez les lignes signalées, puis enregistrez de nouveau."
        )
        raise ChangedMeanwhile(sentence, fresh)


def _refuse_unlawful(changes: Iterable[Change], contracts: dict[UUID, RotaContract], month: date) -> None:
    for change in changes:
        contract = contracts.get(change.contract)
        if contract is None:
            raise Refused(
                _("Un contrat de cette grille a changé pendant que vous écriviez : rechargez la page, puis reprenez.")
            )
        for _cell, refusal in check_typed(change.typed, contract.period, month):
            raise Refused(str(refusal))


def _differs(change: Change, row: MonthHours | None) -> bool:
    return change.typed != (typed_of(row) if row else Typed())


def _write(
    site_id: int,
    month: date,
    changes: Sequence[Change],
    standing: dict[UUID, MonthHours],
    contracts: dict[UUID, RotaContract],
    source: str,
) -> None:
    closed = [standing[change.contract].pk for change in changes if change.contract in standing]
    # Nothing else follows from hours: whoever holds the month's lock writes its lines in two statements.
    rows = MonthHours.objects.filter(pk__in=closed, superseded_at=None, recorded_at__lte=TransactionNow())
    if rows.update(superseded_at=TransactionNow()) != len(closed):
        raise Refused(_("Vous ne pouvez pas modifier ces heures."))
    series = {contract: row.series for contract, row in standing.items()}
    MonthHours._base_manager.bulk_create(
        MonthHours(
            **({"series": series[change.contract]} if change.contract in series else {}),
            person_id=contracts[change.contract].person_id,
            contract=change.contract,
            site_id=site_id,
            month=month,
            planned=change.typed.planned,
            worked=change.typed.worked,
            absences=_coded(change.typed),
            source=source,
        )
        for change in changes
        if change.typed != Typed()
    )


def _coded(typed: Typed) -> dict[str, str]:
    return {kind.value: f"{hours:.2f}" for kind, hours in typed.absent.items() if hours != Decimal(0)}


@transaction.atomic
def close_month(site_id: int, month: date, today: date) -> MonthClosing:
    """Close a site's month: its hours are written no more.

    :raises Refused: the month has not begun, is closed already, or somebody's hours are not typed.
    """
    lock(site_id, month)
    if month > month_of(today):
        raise Refused(_("%(month)s n’a pas commencé : il se clôt une fois fini.") % _named(month))
    standing = closing_of(site_id, month)
    if standing is not None and standing.closed:
        raise Refused(_("%(month)s est déjà clos, depuis le %(day)s%(by)s.") % _named(month, standing))
    missing = [line.name for line in lines_of(site_id, month) if line.typed.worked is None]
    if missing:
        raise Refused(_nobody_left_out(missing))
    if standing is not None:
        return revise(standing, closed=True, reason="")
    closing = MonthClosing(site_id=site_id, month=month)
    closing.save(force_insert=True)
    return closing


def _nobody_left_out(missing: Sequence[str]) -> str:
    names = ", ".join(missing[:3])
    if len(missing) > 3:
        names += ngettext(" et %(n)s autre", " et %(n)s autres", len(missing) - 3) % {"n": len(missing) - 3}
    return _("Avant de clore, notez les heures faites de %(names)s : 0 si la personne n’est pas venue.") % {
        "names": names
    }


@transaction.atomic
def reopen_month(site_id: int, month: date, reason: str) -> MonthClosing:
    """Reopen a closed month, saying why; who and when stay on record.

    :raises Refused: without a reason, or the month is not closed.
    """
    lock(site_id, month)
    standing = closing_of(site_id, month)
    if standing is None or not standing.closed:
        raise Refused(_("%(month)s n’est pas clos : ses heures peuvent être changées.") % _named(month))
    words = " ".join(reason.replace("\x00", "").split())
    if not words:
        raise Refused(_("Dites pourquoi le mois est rouvert."))
    return revise(standing, closed=False, reason=words[:300])
