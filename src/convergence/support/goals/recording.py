"""Agreeing on a goal and on who does what, and saying what became of it; a correction keeps what stood."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar, cast

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import DatedFact, hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.goals.models import Action, Goal
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.goals import ActionBy, ActionOutcome, GoalResult

Fact = TypeVar("Fact", bound=DatedFact)

LONGEST = 1000
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Task:
    """What somebody is to do, and for when.

    :param user_id: the colleague who does it, where ``by`` says one.
    :param who: name of the outside referent or of the partner, in words.
    """

    what: str
    by: ActionBy
    due_on: date
    user_id: int | None = None
    who: str = ""


def agree_goal(
    person_id: int, domain: str, words: str, on: date, *, judicial: bool, written: Collection[str], today: date
) -> Goal:
    """Record a goal agreed on a day, in the person's words.

    :param judicial: it speaks of judicial constraints: the referent alone reads it.
    :param written: compartments that the actor writes of this person.
    :raises Refused: no words, an unknown domain, a day to come, or a goal that the actor may not write.
    """
    if not Domain.has(domain):
        raise Refused(_("Choisissez le domaine de l’objectif dans la liste."))
    compartment = Compartment.HEALTH if domain in (Domain.HEALTH, Domain.DISABILITY) else Compartment.SOCIAL
    if judicial:
        if compartment is Compartment.HEALTH:
            raise Refused(_("Un objectif de santé ne parle pas de contraintes judiciaires : notez-en deux."))
        compartment = Compartment.JUSTICE
    if compartment.value not in written:
        raise Refused(_("Vous ne pouvez pas noter cet objectif."))
    goal = Goal(
        person_id=person_id,
        compartment=compartment.value,
        domain=domain,
        words=_words(words, _("Écrivez l’objectif avec les mots de la personne.")),
        valid=DateRange(_past(on, today), None),
    )
    goal.save(force_insert=True)
    return goal


@transaction.atomic
def reword_goal(goal: Goal, words: str, on: date, *, seen_version: str, today: date) -> Goal:
    """Correct the words of a goal or the day of the agreement; the earlier version stays readable.

    :raises Refused: no words, a day to come, or after the goal's end.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _still(goal, seen_version)
    if current.ends is not None and on >= current.ends:
        raise Refused(_("L’objectif était déjà terminé ce jour-là."))
    kept = _words(words, _("Écrivez l’objectif avec les mots de la personne."))
    return revise(current, words=kept, valid=DateRange(_past(on, today), current.ends))


@transaction.atomic
def close_goal(goal: Goal, result: str, comment: str, on: date, *, seen_version: str, today: date) -> Goal:
    """Say what became of a goal; what was still to do for it is no longer needed.

    :raises Refused: unknown result, a day to come or before the agreement.
    :raises ChangedMeanwhile: somebody changed or closed it since it was shown.
    """
    current = _still(goal, seen_version)
    if not GoalResult.has(result):
        raise Refused(_("Dites ce que l’objectif est devenu."))
    valid = _until(current, on, today)
    for action in Action.objects.current().filter(goal=current.series, outcome=""):
        ends = max(on, action.starts or on) + A_DAY
        revise(action, outcome=ActionOutcome.NO_LONGER_NEEDED.value, valid=DateRange(action.starts, ends))
    return revise(current, result=result, comment=_shorter(comment), valid=valid)


@transaction.atomic
def withdraw_goal(goal: Goal) -> None:
    """Take back a goal noted by mistake, and its actions with it.

    :raises ChangedMeanwhile: somebody changed it or took it back first.
    """
    hold(goal.person_id)
    withdraw(goal)
    for action in Action.objects.current().filter(goal=goal.series):
        withdraw(action)


@transaction.atomic
def add_action(goal: Goal, task: Task, *, team: Collection[int], today: date) -> Action:
    """Agree on one more thing to do towards a goal, from today on.

    :param team: ids of the colleagues who may be asked.
    :raises Refused: nothing to do, nobody to do it, a day that is over, or a goal that is closed.
    """
    hold(goal.person_id)
    standing = Goal.objects.current().filter(series=goal.series, result="").first()
    if standing is None:
        raise Refused(_("Cet objectif est terminé : convenez-en plutôt un autre."))
    if task.due_on < today:
        raise Refused(_("Cette date est passée : choisissez aujourd’hui ou un jour à venir."))
    action = Action(
        person_id=goal.person_id,
        compartment=standing.compartment,
        goal=standing.series,
        valid=DateRange(today, None),
        **_of_task(task, team),
    )
    action.save(force_insert=True)
    return action


@transaction.atomic
def change_action(action: Action, task: Task, *, team: Collection[int], seen_version: str, today: date) -> Action:
    """Correct what is to be done, who does it or for when; the earlier version stays readable.

    :raises Refused: as for ``add_action``, or it is settled already.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _open(_still(action, seen_version))
    if task.due_on < today and task.due_on != current.due_on:
        raise Refused(_("Cette date est passée : choisissez aujourd’hui ou un jour à venir."))
    if current.user_id is not None:
        team = {*team, current.user_id}
    return revise(current, **_of_task(task, team))


@transaction.atomic
def settle_action(action: Action, outcome: str, why: str, on: date, *, seen_version: str, today: date) -> Action:
    """Say that an action is done, or not and why.

    :raises Refused: unknown outcome, no reason for what was not done, a day to come or before the agreement.
    :raises ChangedMeanwhile: somebody changed or settled it since it was shown.
    """
    current = _open(_still(action, seen_version))
    if not ActionOutcome.has(outcome):
        raise Refused(_("Dites si c’est fait, et sinon pourquoi."))
    reason = _shorter(why)
    if outcome == ActionOutcome.NOT_DONE and not reason:
        raise Refused(_("Dites en quelques mots pourquoi ce n’est pas fait."))
    return revise(current, outcome=outcome, why=reason, valid=_until(current, on, today))


@transaction.atomic
def reopen_action(settled: Action) -> Action:
    """Undo what was said of an action by mistake: it is to do again; what was said stays in the history.

    :raises Refused: its goal is closed.
    :raises ChangedMeanwhile: somebody changed it since.
    """
    current = _still(settled, str(settled.pk))
    if not Goal.objects.current().filter(series=current.goal, result="").exists():
        raise Refused(_("Cet objectif est terminé : convenez-en plutôt un autre."))
    return revise(current, outcome="", why="", valid=DateRange(current.starts, None))


def _still(fact: Fact, seen_version: str) -> Fact:
    """The version that stands, where it is the one that was shown."""
    hold(fact.person_id)  # type: ignore[attr-defined]  # both kinds of facts are about a person
    manager = type(fact)._default_manager
    current = cast("Fact | None", manager.filter(series=fact.series, superseded_at=None).first())
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé cela pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _open(action: Action) -> Action:
    if action.outcome:
        raise Refused(_("Ce qu’elle est devenue est déjà noté."))
    return action


def _of_task(task: Task, team: Collection[int]) -> dict[str, object]:
    ours = task.by is ActionBy.USER
    if ours and task.user_id not in team:
        raise Refused(_("Choisissez qui s’en charge dans la liste."))
    outside = task.by in (ActionBy.OUTSIDE_REFERENT, ActionBy.PARTNER)
    return {
        "what": _words(task.what, _("Dites ce qui est à faire.")),
        "by": task.by.value,
        "user_id": task.user_id if ours else None,
        "who": _words(task.who, _("Dites quel référent ou quel partenaire s’en charge.")) if outside else "",
        "due_on": task.due_on,
    }


def _until(fact: DatedFact, on: date, today: date) -> DateRange:
    _past(on, today)
    if fact.starts is not None and on < fact.starts:
        raise Refused(_("Cette date vient avant le jour où cela a été convenu."))
    return DateRange(fact.starts, on + A_DAY)


def _past(on: date, today: date) -> date:
    if on > today:
        raise Refused(_("La date est dans le futur : notez-la le jour venu."))
    return on


def _words(text: str, needed: str) -> str:
    kept = _shorter(text)
    if not kept:
        raise Refused(needed)
    return kept


def _shorter(text: str) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
