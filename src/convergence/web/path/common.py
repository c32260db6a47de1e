"""What every form of the path shares: the same page, and the way back to the path."""

from typing import Any, TypeVar

from django.db.models import Manager, Q
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render

from convergence.people.models import Person
from convergence.platform.dated import Version
from convergence.web.requests import Request

Row = TypeVar("Row", bound=Version)


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, **more: Any
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button}
    return render(request, "path/form.html", context | more, status=status)


def row_of(model: type[Row], person: Person, pk: int) -> Row:
    """:raises Http404: no such row of this person, or not for this actor."""
    rows: Manager[Row] = model._default_manager  # type: ignore[assignment]  # of the row's own class
    found = rows.filter(Q(("person_id", person.pk)), pk=pk).first()
    if found is None:
        raise Http404
    return found


def latest_of(row: Row) -> Row:
    """The version of a decision that stands, or the one given where it was withdrawn."""
    rows: Manager[Row] = type(row)._default_manager  # type: ignore[assignment]
    return rows.filter(series=row.series, superseded_at=None).first() or row
