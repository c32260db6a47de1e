"""One person on an agenda: what is decided for her, her place, and taking her off."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.people.models import Person
from convergence.support.conferences.models import Conference, ConferenceDecision, Discussion
from convergence.support.conferences.recording import DECISION_COMPARTMENTS, decide, move_up, take_off_agenda
from convergence.support.goals.models import Goal
from convergence.vocabulary.compartments import Compartment
from convergence.web.conferences.forms import DecisionForm
from convergence.web.goals.common import referents_around, team_around
from convergence.web.handling import act, answer, take_back
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import CARE, open_to
from convergence.web.support.common import reminded_words


def on_agenda(person: Person, discussion_id: int) -> tuple[Discussion, Conference]:
    """:raises Http404: she is not, or no longer, on the agenda; or the conference is not for this actor."""
    shown = row_of(Discussion, person, discussion_id)
    current = Discussion.objects.current().filter(series=shown.series).first()
    conference = Conference.objects.current().filter(series=shown.conference).first()
    if current is None or conference is None:
        raise Http404
    return current, conference


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int, discussion_id: int) -> HttpResponse:
    """Note what is decided for her, and the action that follows."""
    person, reach = open_person(request, person_id)
    discussion, conference = on_agenda(person, discussion_id)
    today = request.identity.today
    team = team_around(person, request.identity.user, today)
    goals = Goal.objects.current().filter(person=person, result="", compartment__in=reach.written).order_by("pk")
    form = DecisionForm(
        request.POST or None,
        goals=list(goals),
        compartments=[kind for kind in DECISION_COMPARTMENTS if kind.value in reach.written],
        person_name=person.usual_name,
        team=team,
        referents=referents_around(person, Compartment.SOCIAL.value, today),
    )
    form.fields["words"].widget.attrs["data-reminded-words"] = reminded_words()

    def work(form: DecisionForm) -> str:
        goal, task = form.followed_by()
        decide(
            conference,
            discussion,
            form.cleaned_data["words"],
            form.cleaned_data["compartment"],
            written=reach.written,
            today=today,
            goal=goal,
            task=task,
            team=[colleague.pk for colleague in team],
        )
        messages.success(request, _("La décision est notée, et lisible dans le dossier de la personne."))
        return reverse("conference", args=[conference.pk])

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "conference": conference, "discussion": discussion}
        return render(request, "conferences/decision.html", context, status=status)

    return answer(request, form, work, page)


@open_to(*CARE)
@require_POST
def move(request: Request, person_id: int, discussion_id: int) -> HttpResponse:
    """One place earlier on the agenda."""
    person, _reach = open_person(request, person_id)
    discussion, conference = on_agenda(person, discussion_id)
    act(request, partial(move_up, discussion))
    return redirect("conference", conference_id=conference.pk)


@open_to(*CARE)
@require_POST
def take_off(request: Request, person_id: int, discussion_id: int) -> HttpResponse:
    """She is not discussed."""
    person, _reach = open_person(request, person_id)
    discussion, conference = on_agenda(person, discussion_id)
    act(
        request,
        partial(take_off_agenda, discussion),
        _("%(name)s n’est plus à l’ordre du jour.") % {"name": person.usual_name},
    )
    return redirect("conference", conference_id=conference.pk)


@open_to(*CARE)
@require_POST
def withdraw_decision(request: Request, person_id: int, decision_id: int) -> HttpResponse:
    """Take back a decision noted by mistake; an action that was agreed on stays until it is settled."""
    person, _reach = open_person(request, person_id)
    decision = row_of(ConferenceDecision, person, decision_id)
    take_back(request, decision, _("La décision est retirée ; l’action qui en découlait, s’il y en a une, reste."))
    conference = Conference.objects.current().filter(series=decision.conference).first()
    return redirect("conference", conference_id=conference.pk) if conference else redirect("needs", person_id=person.pk)
