"""A person's goals with their actions, as her page lists them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from convergence.support.goals.models import Action, Goal
from convergence.vocabulary.goals import ActionBy, ActionOutcome, GoalResult


@dataclass(frozen=True)
class ActionLine:
    """One action; ``late``: its day is over and nobody said what became of it."""

    action: Action
    who: str
    late: bool

    @property
    def said(self) -> str:
        """What became of it; empty while it is to do."""
        return str(ActionOutcome(self.action.outcome).label) if self.action.outcome else ""


@dataclass(frozen=True)
class GoalLine:
    """One goal with its actions, those still to do first."""

    goal: Goal
    actions: list[ActionLine]

    @property
    def said(self) -> str:
        """What became of it; empty while it is under way."""
        return str(GoalResult(self.goal.result).label) if self.goal.result else ""


def goal_lines(person_id: int, person_name: str, today: date) -> tuple[list[GoalLine], list[GoalLine]]:
    """(goals under way, goals closed) that the actor reads, the latest first; two queries."""
    actions: dict[UUID, list[ActionLine]] = defaultdict(list)
    rows = Action.objects.current().filter(person_id=person_id).select_related("user").order_by("due_on", "pk")
    for action in sorted(rows, key=lambda row: bool(row.outcome)):
        actions[action.goal].append(line_of(action, person_name, today))
    goals = Goal.objects.current().filter(person_id=person_id).order_by("-valid", "-pk")
    lines = [GoalLine(goal, actions[goal.series]) for goal in goals]
    return [line for line in lines if not line.goal.result], [line for line in lines if line.goal.result]


def line_of(action: Action, person_name: str, today: date) -> ActionLine:
    return ActionLine(action, who_does(action, person_name), late=not action.outcome and action.due_on < today)


def who_does(action: Action, person_name: str) -> str:
    """« Anouk Fictive », the colleague's name, « Lise Factice (référent extérieur) »."""
    match action.by:
        case ActionBy.PERSON:
            return person_name
        case ActionBy.USER:
            return str(action.user)
        case ActionBy.OUTSIDE_REFERENT:
            return _("%(who)s (référent extérieur)") % {"who": action.who}
        case _:
            return _("%(who)s (partenaire)") % {"who": action.who}
