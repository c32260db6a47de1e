"""Actions: who does what for when, then done, or not and why."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.goals.reading import who_does
from convergence.support.goals.recording import add_action, change_action, reopen_action, settle_action
from convergence.support.models import Action
from convergence.vocabulary.goals import ActionBy
from convergence.web.goals.common import form_page, goals_of, referents_around, team_around
from convergence.web.goals.forms import COLLEAGUE, REFERENT, ActionForm, SettleForm, words_of
from convergence.web.goals.views import standing as goal_standing
from convergence.web.handling import act, answer, see_anew, take_back
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to
from convergence.web.templatetags.display import day


def standing(person: Person, action_id: int, reach: Reach) -> Action:
    """The action as it stands, for somebody who may change it.

    :raises Http404: no such action of this person, taken back, or not for this actor to change.
    """
    shown = row_of(Action, person, action_id)
    current = Action.objects.current().filter(series=shown.series).select_related("user").first()
    if current is None or current.compartment not in reach.written:
        raise Http404
    return current


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int, goal_id: int) -> HttpResponse:
    """Agree on one more thing to do towards a goal."""
    person, reach = open_person(request, person_id)
    goal = goal_standing(person, goal_id, reach)
    today = request.identity.today
    team = team_around(person, request.identity.user, today)
    referents = referents_around(person, goal.compartment, today)
    form = ActionForm(request.POST or None, person_name=person.usual_name, team=team, referents=referents)

    def work(form: ActionForm) -> str:
        add_action(goal, form.task(), team=[colleague.pk for colleague in team], today=today)
        messages.success(request, _("C’est convenu."))
        return goals_of(person)

    def page(status: int) -> HttpResponse:
        return form_page(
            request, person, form, _("Convenir d’une action"), _("Enregistrer l’action"), status, said=goal.words
        )

    return answer(request, form, work, page)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, action_id: int) -> HttpResponse:
    """Correct what is to be done, by whom or for when."""
    person, reach = open_person(request, person_id)
    shown = standing(person, action_id, reach)
    today = request.identity.today
    team = team_around(person, request.identity.user, today)
    if shown.user and shown.user not in team:
        team.append(shown.user)
    referents = referents_around(person, shown.compartment, today)
    named = next((each for each in referents if shown.who == words_of(each)), None)
    known = f"{REFERENT}{named.pk}" if named else shown.by
    initial = {
        "what": shown.what,
        "by": f"{COLLEAGUE}{shown.user_id}" if shown.by == ActionBy.USER else known,
        "who": "" if named else shown.who,
        "due_on": shown.due_on,
        "seen_version": shown.pk,
    }
    form = ActionForm(
        request.POST or None, person_name=person.usual_name, team=team, referents=referents, initial=initial
    )
    theirs = ""

    def work(form: ActionForm) -> str:
        members = [colleague.pk for colleague in team]
        seen = form.cleaned_data["seen_version"]
        change_action(shown, form.task(), team=members, seen_version=seen, today=today)
        messages.success(request, _("L’action est modifiée ; la version précédente reste gardée."))
        return goals_of(person)

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = _in_words(error.fresh, person) if error.fresh else ""
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        heading, button = _("Modifier l’action"), _("Enregistrer la modification")
        retract = reverse("withdraw-action", args=[person.pk, shown.pk])
        return form_page(request, person, form, heading, button, status, theirs=theirs, withdraw=retract)

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def settle(request: Request, person_id: int, action_id: int) -> HttpResponse:
    """Say that it is done, in one touch from the list, or why it is not."""
    person, reach = open_person(request, person_id)
    shown = standing(person, action_id, reach)
    today = request.identity.today
    form = SettleForm(request.POST or None, initial={"on": today, "seen_version": shown.pk})

    def work(form: SettleForm) -> str:
        given = form.cleaned_data
        settled = settle_action(
            shown, given["outcome"], given["why"], given["on"], seen_version=given["seen_version"], today=today
        )
        undo = reverse("reopen-action", args=[person.pk, settled.pk])
        messages.success(request, _("C’est noté."), extra_tags=f"undo:{undo}")
        return goals_of(person)

    def page(status: int) -> HttpResponse:
        said = _in_words(shown, person)
        return form_page(request, person, form, _("Où en est-on ?"), _("Enregistrer"), status, said=said)

    return answer(request, form, work, page, partial(see_anew, form))


def _in_words(action: Action, person: Person) -> str:
    """« Appeler la CAF · Anouk Fictive · pour le 12 novembre 2026 »."""
    return f"{action.what} · {who_does(action, person.usual_name)} · {_('pour le')} {day(action.due_on)}"


@open_to(*CARE)
@require_POST
def reopen(request: Request, person_id: int, action_id: int) -> HttpResponse:
    """Undo what was said of an action a moment ago."""
    person, _reach = open_person(request, person_id)
    settled = row_of(Action, person, action_id)
    act(request, partial(reopen_action, settled), _("C’est annulé : cette action est de nouveau à faire."))
    return redirect(goals_of(person))


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, action_id: int) -> HttpResponse:
    """Take back an action noted by mistake; its line stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = row_of(Action, person, action_id)
    take_back(request, shown, _("L’action est retirée."))
    return redirect(goals_of(person))
