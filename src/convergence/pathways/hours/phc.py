"""Recording the weeks of a PHC: a plan made at once, then each week's hours and what was done."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.pathways.hours.models import PhcWeek
from convergence.pathways.hours.reading import RotaContract
from convergence.platform.dated import hold, revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.phc import check_week

LONGEST_WORDS = 1000


def weeks_of(contracts: Iterable[UUID]) -> list[PhcWeek]:
    """The weeks of these contracts as they stand, in order, with what was done."""
    weeks = PhcWeek.objects.current().filter(contract__in=list(contracts))
    return list(weeks.select_related("recorded_by").order_by("week"))


@transaction.atomic
def plan_weeks(contract: RotaContract, weeks: Iterable[tuple[date, Decimal]], today: date) -> int:
    """Plan the hours of weeks; weeks of which something was noted keep their plan. How many were planned.

    :raises Refused: the contract is no PHC, a week is outside it, or its hours are too few or too many.
    """
    if not contract.is_phc:
        raise Refused(_("Ce contrat n’est pas une PHC : ses heures se notent au mois."))
    hold(contract.person_id)
    standing = {week.week: week for week in weeks_of([contract.series])}
    made = 0
    for monday, hours in weeks:
        for refusal in check_week(monday, hours, None, contract.period, today):
            raise Refused(str(refusal))
        week = standing.get(monday)
        if week is None:
            PhcWeek(person_id=contract.person_id, contract=contract.series, week=monday, planned=hours).save(
                force_insert=True
            )
        elif week.done is not None or week.told or week.planned == hours:
            continue
        else:
            revise(week, planned=hours)
        made += 1
    return made


@transaction.atomic
def note_week(
    week: PhcWeek, contract: RotaContract, planned: Decimal, done: Decimal | None, told: str, seen: str, today: date
) -> PhcWeek:
    """Write what became of a week: its hours, and what was done in words.

    :param seen: primary key of the version that the form showed.
    :raises ChangedMeanwhile: another version stands now.
    :raises Refused: hours that a PHC, or the week, cannot hold.
    """
    hold(week.person_id)
    fresh = PhcWeek.objects.current().filter(series=week.series).select_related("recorded_by").first()
    if fresh is None or str(fresh.pk) != seen:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé cette semaine pendant que vous écriviez : relisez avant d’enregistrer."), fresh
        )
    for refusal in check_week(week.week, planned, done, contract.period, today):
        raise Refused(str(refusal))
    words = told.replace("\x00", "").strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(_("C’est trop long : %(most)s caractères au plus.") % {"most": LONGEST_WORDS})
    return revise(fresh, planned=planned, done=done, told=words)
