"""Judging what is proposed before it is written, and what already happened when it is noted."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Manager
from django.utils.translation import gettext as _

from convergence.platform.dated import Version
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.refusals import Refusal

Row = TypeVar("Row", bound=Version)


class MayHaveHappened(Refused):
    """A rule stands against what is proposed; had it happened already, it would be noted, with a remark."""


def refuse(found: Iterable[Refusal]) -> None:
    """:raises Refused: something stands against the fact; every reason is said."""
    said = [str(each) for each in found]
    if said:
        raise Refused(" ".join(said))


def refuse_unless_happened(found: Iterable[Refusal], first_day: date, today: date, *, happened: bool) -> None:
    """Judge what is proposed; what has begun in these very terms is noted all the same (decision 12).

    :param happened: somebody says that it has begun so; believed of a first day that has come.
    :raises MayHaveHappened: something stands against a fact that may have happened.
    :raises Refused: something stands against a fact to come.
    """
    begun = first_day <= today
    if begun and happened:
        return
    try:
        refuse(found)
    except Refused as refusal:
        if not begun:
            raise
        raise MayHaveHappened(str(refusal)) from refusal


def standing(row: Row, seen_version: str) -> Row:
    """The version that the form showed, if it still stands.

    :raises ChangedMeanwhile: another one does, or none.
    """
    manager: Manager[Row] = type(row)._default_manager  # type: ignore[assignment]  # of the row's own class
    current = manager.filter(series=row.series, superseded_at=None).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié cela pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current
