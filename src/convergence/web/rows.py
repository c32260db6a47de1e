"""A row that an address names, among those of one person that the actor reads."""

from typing import TypeVar

from django.db.models import Manager, Q
from django.http import Http404

from convergence.people.models import Person
from convergence.platform.dated import Version

Row = TypeVar("Row", bound=Version)


def row_of(model: type[Row], person: Person, pk: int) -> Row:
    """:raises Http404: no such row of this person, or not for this actor."""
    rows: Manager[Row] = model._default_manager  # type: ignore[assignment]  # of the row's own class
    found = rows.filter(Q(("person_id", person.pk)), pk=pk).first()
    if found is None:
        raise Http404
    return found


def latest_of(row: Row) -> Row:
    """The version that stands, or the one given where none does."""
    rows: Manager[Row] = type(row)._default_manager  # type: ignore[assignment]  # of the row's own class
    return rows.filter(series=row.series, superseded_at=None).first() or row
