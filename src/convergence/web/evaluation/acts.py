"""Publishing an evaluation, taking the publication back, removing an evaluation."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from convergence.evidence.asking import publish, remove, withdraw
from convergence.evidence.models import Evaluation
from convergence.vocabulary.roles import Role
from convergence.web.evaluation.common import PUBLISHERS, actor_id, may_publish, open_evaluation
from convergence.web.handling import act
from convergence.web.requests import Request
from convergence.web.rules import open_to


def _hers(request: Request, evaluation_id: UUID) -> Evaluation:
    found = open_evaluation(evaluation_id)
    if not may_publish(request.identity, found):
        raise PermissionDenied
    return found


@open_to(*PUBLISHERS)
@require_POST
def publish_evaluation(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Let funders, coordinators and site managers read it."""
    evaluation = _hers(request, evaluation_id)
    done = _("L’évaluation est publiée : les financeurs, les coordinations et les directions de chantier la lisent.")
    act(request, lambda: publish(evaluation, actor_id(request), timezone.now()), done)
    return redirect("evaluation", evaluation_id=evaluation_id)


@open_to(*PUBLISHERS)
@require_POST
def withdraw_evaluation(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Take the publication back."""
    evaluation = _hers(request, evaluation_id)
    done = _("L’évaluation n’est plus publiée. Qui a téléchargé son rapport le garde.")
    act(request, lambda: withdraw(evaluation), done)
    return redirect("evaluation", evaluation_id=evaluation_id)


@open_to(Role.EVALUATOR)
@require_POST
def remove_evaluation(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Destroy an evaluation that is not published."""
    evaluation = open_evaluation(evaluation_id)
    if act(request, lambda: remove(evaluation), _("L’évaluation et ses résultats sont supprimés.")):
        return redirect("evaluations")
    return redirect("evaluation", evaluation_id=evaluation_id)
