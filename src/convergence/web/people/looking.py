"""Opening somebody's page leaves a line: who looked, as what, at which compartments."""

from collections.abc import Iterable

from django.db import connection
from django.http import Http404

from convergence.access.models import Readable
from convergence.people.models import Person
from convergence.web.requests import Request


class Reach(frozenset[str]):
    """The compartments of a person that the actor reads today; ``written``: those that she may write."""

    written: frozenset[str] = frozenset()


def reach_of(request: Request, person_id: int) -> Reach:
    """What the actor reads and writes of this person today; empty for somebody she does not reach."""
    rows = Readable.objects.filter(person_id=person_id, valid__contains=request.identity.today)
    cells = list(rows.values_list("compartment", "may_write"))
    reach = Reach(compartment for compartment, _may_write in cells)
    reach.written = frozenset(compartment for compartment, may_write in cells if may_write)
    return reach


def record_look(request: Request, people: Iterable[int]) -> None:
    """Put on record that the actor looks at these people on this page; if it fails, the page is not shown."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_access(%s, VARIADIC %s::bigint[])", [page, list(people)])


def open_person(request: Request, person_id: int) -> tuple[Person, Reach]:
    """The person and what the actor reads of her, once the look is on record.

    :raises Http404: she does not exist, or not for this actor: the two look the same.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404
    record_look(request, [person_id])
    return person, reach_of(request, person_id)
