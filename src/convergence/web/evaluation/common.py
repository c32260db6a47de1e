"""What the evaluation pages share: who reads them, and the evaluation that an address names."""

from uuid import UUID

from django.http import Http404

from convergence.evidence.models import PUBLIC_READERS, Evaluation
from convergence.territories.identity import Identity
from convergence.vocabulary.roles import Role
from convergence.web.requests import Request

READERS = (Role.EVALUATOR, *PUBLIC_READERS)
PUBLISHERS = (Role.EVALUATOR, Role.COORDINATOR)


def open_evaluation(evaluation_id: UUID) -> Evaluation:
    """:raises Http404: there is none, or it is not published for this reader: the two look the same."""
    found = Evaluation.objects.select_related("territory", "dataset").filter(pk=evaluation_id).first()
    if found is None:
        raise Http404
    return found


def made(evaluation_id: UUID) -> Evaluation:
    """An evaluation that has its results. :raises Http404:"""
    found = open_evaluation(evaluation_id)
    if found.made_at is None:
        raise Http404
    return found


def may_publish(identity: Identity, evaluation: Evaluation) -> bool:
    """Whether the actor publishes this one; the database's policy says the same."""
    return identity.holds(Role.EVALUATOR) or evaluation.territory_id in identity.territory_ids(Role.COORDINATOR)


def actor_id(request: Request) -> int:
    """Who asks; every address here asks for an account."""
    assert request.identity.user is not None  # noqa: S101
    return int(request.identity.user.pk)
