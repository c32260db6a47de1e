"""How a person is called: by her usual name, or any other where none is noted."""

from collections.abc import Collection

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import Concat, Trim

from convergence.people.models import PersonName
from convergence.vocabulary.people import NameKind

_USUAL_FIRST = Case(When(kind=NameKind.USUAL, then=0), default=1)


def called(reference: str) -> Subquery:
    """The name of the person to whom ``reference`` leads from a row, for an annotation."""
    names = PersonName.objects.current().filter(person_id=OuterRef(reference)).order_by(_USUAL_FIRST, "pk")
    whole = Trim(Concat("given_name", Value(" "), "family_name"))
    return Subquery(names.annotate(called=whole).values("called")[:1])


def names_of(person_ids: Collection[int]) -> dict[int, PersonName]:
    """The name of each person that the actor reads, by person; one query."""
    found: dict[int, PersonName] = {}
    for name in PersonName.objects.current().filter(person_id__in=person_ids).order_by(_USUAL_FIRST, "pk"):
        found.setdefault(name.person_id, name)
    return found
