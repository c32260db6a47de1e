"""Opening somebody's page leaves a line: who looked, as what, at which compartments."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, Func, IntegerField, OuterRef, Value
from django.http import Http404

from convergence.access.models import Readable
from convergence.people.keys import bring_key
from convergence.people.models import Person
from convergence.people.naming import called
from convergence.web.requests import Request


class Reach(frozenset[str]):
    """The compartments of a person that the actor reads today; ``written``: those that she may write."""

    written: frozenset[str] = frozenset()


def record_look(request: Request, people: Iterable[int]) -> None:
    """Put on record that the actor looks at these people on this page; if it fails, the page is not shown."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_access(%s, VARIADIC %s::bigint[])", [_page_of(request), list(people)])


def _page_of(request: Request) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def open_person(request: Request, person_id: int) -> tuple[Person, Reach]:
    """The person, her usual name and key in hand, and what the actor reads of her, once the look is on record.

    One query, with which every page about a person begins: whoever gets a row has left a record.

    :raises Http404: she does not exist, or not for this actor: the two look the same.
    """
    read = Readable.objects.filter(person_id=OuterRef("pk"), valid__contains=request.identity.today)
    person = (
        Person.objects.filter(pk=person_id)
        .annotate(
            read=ArraySubquery(read.values("compartment").distinct()),
            written=ArraySubquery(read.filter(may_write=True).values("compartment").distinct()),
            called=called("pk"),
            wrapped=F("sealing_key__wrapped"),
            recorded=Func(Value(_page_of(request)), F("pk"), function="record_access", output_field=IntegerField()),
        )
        .first()
    )
    if person is None:
        raise Http404
    person.usual_name = person.called or ""
    bring_key(person_id, person.wrapped)
    reach = Reach(person.read)
    reach.written = frozenset(person.written)
    return person, reach
