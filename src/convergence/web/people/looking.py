"""Opening somebody's page leaves a line: who looked, as what, at which compartments."""

from django.db import connection
from django.http import Http404

from convergence.access.models import Readable
from convergence.people.models import Person
from convergence.web.requests import Request


def compartments_of(request: Request, person_id: int) -> set[str]:
    """What the actor reads of this person today; empty for somebody she does not reach."""
    return set(
        Readable.objects.filter(person_id=person_id, valid__contains=request.identity.today).values_list(
            "compartment", flat=True
        )
    )


def open_person(request: Request, person_id: int) -> tuple[Person, set[str]]:
    """The person and the compartments that the actor reads, once the look is on record.

    :raises Http404: she does not exist, or not for this actor: the two look the same.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404
    compartments = compartments_of(request, person_id)
    page = request.resolver_match.view_name if request.resolver_match else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_access(%s, %s, %s)", [page, person_id, sorted(compartments)])
    return person, compartments
