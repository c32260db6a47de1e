"""Referrals that wait, with what a page shows of each: the person's name, the offer, the site."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import F, Func, IntegerField, QuerySet, Value

from convergence.people.naming import called
from convergence.referrals.models import Referral
from convergence.referrals.waiting import Waiting


def shown(found: Sequence[Waiting], *, page: str) -> list[Waiting]:
    """The same, completed; who looks is put on record, in the one query by which she does.

    :param page: the name of the page, for the record; "" where the page keeps none.
    """
    listed = Referral.objects.filter(pk__in=[each.line.referral.pk for each in found])
    rows: QuerySet[Referral, Referral] = listed.select_related("offer__partner", "site")
    rows = rows.annotate(called=called("person_id"))
    if page:
        looked = Func(Value(page), F("person_id"), function="record_access", output_field=IntegerField())
        rows = rows.annotate(recorded=looked)
    by_id = {row.pk: row for row in rows} if found else {}
    return [
        replace(each, name=getattr(row, "called", "") or "", line=replace(each.line, referral=row))
        for each in found
        if (row := by_id.get(each.line.referral.pk)) is not None
    ]
