"""The plan between its preview and its writing: sealed into the page, for one actor, one site and one day.

Nothing of the file is kept. The page carries contracts and hours, no name, and nobody can read or alter them there.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.intake.payroll.planning import PlannedHours
from convergence.pathways.hours.recording import Change, save_month
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.sealing import Unsealable, seal_for_instance, unseal_for_instance
from convergence.rules.worked_hours import Typed
from convergence.vocabulary.absences import HoursAbsence

Plan = dict[date, list[Change]]


def packed(planned: Iterable[PlannedHours], actor_id: int, site_id: int, today: date) -> str:
    """What would be written, as the page carries it."""
    told = [
        [each.line.month.isoformat(), *_coded(each.change)]
        for each in planned
        if each.change is not None and each.line.month is not None
    ]
    sealed = seal_for_instance(json.dumps(told), _place(actor_id, site_id, today))
    return base64.b64encode(sealed).decode()


def unpacked(text: str, actor_id: int, site_id: int, today: date) -> Plan:
    """:raises Refused: it was altered, or made for somebody else, another site or another day."""
    try:
        told = json.loads(unseal_for_instance(base64.b64decode(text), _place(actor_id, site_id, today)))
    except (Unsealable, binascii.Error, ValueError) as error:
        raise Refused(_("Cet aperçu n’est plus valable : donnez de nouveau le fichier.")) from error
    plan: Plan = {}
    for month, *change in told:
        plan.setdefault(date.fromisoformat(month), []).append(_decoded(*change))
    return plan


def _place(actor_id: int, site_id: int, today: date) -> str:
    return f"intake.payroll:{actor_id}:{site_id}:{today.isoformat()}"


def _coded(change: Change) -> list[object]:
    typed = change.typed
    absent = {kind.value: str(hours) for kind, hours in typed.absent.items()}
    return [change.contract.hex, change.seen, _text(typed.planned), _text(typed.worked), absent]


def _text(hours: Decimal | None) -> str | None:
    return None if hours is None else str(hours)


def _decoded(
    contract: str, seen: int | None, planned: str | None, worked: str | None, absent: dict[str, str]
) -> Change:
    return Change(
        UUID(contract),
        seen,
        Typed(
            None if planned is None else Decimal(planned),
            None if worked is None else Decimal(worked),
            {HoursAbsence(kind): Decimal(hours) for kind, hours in absent.items()},
        ),
    )


@transaction.atomic
def write(plan: Plan, site_id: int, today: date) -> int:
    """Write every month of the plan, or none; how many lines were written.

    :raises Refused: some hours changed since the preview, or a month was closed.
    """
    try:
        return sum(save_month(site_id, month, plan[month], today, source="payroll") for month in sorted(plan))
    except ChangedMeanwhile as error:
        raise Refused(
            _("Des heures de ce fichier ont été changées depuis l’aperçu : rien n’est écrit, donnez-le de nouveau.")
        ) from error
