"""Goals: agreeing on one, rewording it, saying what became of it; its page and its history."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.goals.reading import GoalLine, line_of
from convergence.support.goals.recording import agree_goal, close_goal, reword_goal, withdraw_goal
from convergence.support.models import Action, Goal
from convergence.vocabulary.compartments import Compartment
from convergence.web.goals.common import form_page, goals_of
from convergence.web.goals.forms import CloseGoalForm, GoalForm
from convergence.web.handling import act, answer, see_anew
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to


def standing(person: Person, goal_id: int, reach: Reach) -> Goal:
    """The goal as it stands, for somebody who may change it.

    :raises Http404: no such goal of this person, taken back, or not for this actor to change.
    """
    shown = row_of(Goal, person, goal_id)
    current = Goal.objects.current().filter(series=shown.series).first()
    if current is None or current.compartment not in reach.written:
        raise Http404
    return current


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Agree on a goal; who does what is said next, on its page."""
    person, reach = open_person(request, person_id)
    if Compartment.SOCIAL.value not in reach.written:
        raise Http404
    today = request.identity.today
    judicial = Compartment.JUSTICE.value in reach.written
    form = GoalForm(request.POST or None, today=today, may_be_judicial=judicial)

    def work(form: GoalForm) -> str:
        given = form.cleaned_data
        goal = agree_goal(
            person.pk,
            given["domain"],
            given["words"],
            given["on"],
            judicial=given.get("judicial", False),
            written=reach.written,
            today=today,
        )
        messages.success(request, _("L’objectif est noté. Qui fait quoi pour y arriver ?"))
        return reverse("goal", args=[person.pk, goal.pk])

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, _("Convenir d’un objectif"), _("Enregistrer l’objectif"), status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_safe
def goal(request: Request, person_id: int, goal_id: int) -> HttpResponse:
    """A goal, who does what for it, and every version of its words."""
    person, reach = open_person(request, person_id)
    shown = row_of(Goal, person, goal_id)
    versions = Goal.objects.filter(person=person, series=shown.series).select_related("recorded_by").order_by("-pk")
    current = next((version for version in versions if version.superseded_at is None), None)
    actions = Action.objects.current().filter(person=person, goal=shown.series).select_related("user")
    context = {
        "person": person,
        "goal": current or shown,
        "current": current,
        "said": GoalLine(current or shown, []).said,
        "versions": versions,
        "actions": [
            line_of(action, person.usual_name, request.identity.today) for action in actions.order_by("due_on", "pk")
        ],
        "written": reach.written,
        "may_write": shown.compartment in reach.written,
    }
    return render(request, "goals/goal.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, goal_id: int) -> HttpResponse:
    """Correct the words of a goal, or the day on which it was agreed."""
    person, reach = open_person(request, person_id)
    shown = standing(person, goal_id, reach)
    today = request.identity.today
    initial = {"words": shown.words, "on": shown.starts, "seen_version": shown.pk}
    form = GoalForm(request.POST or None, today=today, may_be_judicial=False, correcting=True, initial=initial)
    theirs = ""

    def work(form: GoalForm) -> str:
        given = form.cleaned_data
        corrected = reword_goal(shown, given["words"], given["on"], seen_version=given["seen_version"], today=today)
        messages.success(request, _("L’objectif est corrigé ; la version précédente reste lisible."))
        return reverse("goal", args=[person.pk, corrected.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = error.fresh.words if error.fresh else ""
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        heading, button = _("Corriger l’objectif"), _("Enregistrer la correction")
        return form_page(request, person, form, heading, button, status, theirs=theirs)

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def close(request: Request, person_id: int, goal_id: int) -> HttpResponse:
    """Say what a goal became; what was still to do for it is no longer waited for."""
    person, reach = open_person(request, person_id)
    shown = standing(person, goal_id, reach)
    today = request.identity.today
    initial = {"result": shown.result, "comment": shown.comment, "on": today, "seen_version": shown.pk}
    form = CloseGoalForm(request.POST or None, initial=initial)

    def work(form: CloseGoalForm) -> str:
        given = form.cleaned_data
        close_goal(
            shown, given["result"], given["comment"], given["on"], seen_version=given["seen_version"], today=today
        )
        messages.success(request, _("C’est noté : cet objectif est terminé."))
        return goals_of(person)

    def page(status: int) -> HttpResponse:
        heading, button = _("Ce que l’objectif est devenu"), _("Terminer cet objectif")
        return form_page(request, person, form, heading, button, status, said=shown.words)

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, goal_id: int) -> HttpResponse:
    """Take back a goal noted by mistake, with its actions; it stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = row_of(Goal, person, goal_id)
    act(request, partial(withdraw_goal, shown), _("L’objectif est retiré ; il reste lisible dans l’historique."))
    return redirect("goal", person_id=person.pk, goal_id=shown.pk)
