"""Recording a situation, and one fact's source and history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.situations.models import Situation
from convergence.situations.recording import correct_situation, record_situation
from convergence.vocabulary.housing import Housing, HousingStep
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS, Aspect
from convergence.web.handling import answer, see_anew, take_back
from convergence.web.people.forms import HousingStepForm, SituationForm
from convergence.web.people.looking import Reach, open_person
from convergence.web.people.marks import in_words
from convergence.web.requests import Request
from convergence.web.rules import CARE, EMPLOYER, open_to

FOLDED = [kind.value for kind in Missing]
HOUSING_STEPS = {value.value: value.step.number for value in Housing} | {s.value: s.number for s in HousingStep}


def aspect_for(code: str, compartments: Reach) -> Aspect:
    """:raises Http404: no such aspect, or one that the actor does not write."""
    aspect = ASPECTS.get(code)
    if aspect is None or aspect.compartment.value not in compartments.written:
        raise Http404
    return aspect


def running_fact(person_id: int, aspect: str) -> Situation | None:
    """The last current fact on the line."""
    return Situation.objects.line_of(person_id, aspect).current().order_by("-valid").first()


def choices_context(aspect: Aspect) -> dict[str, Any]:
    """What the choice buttons need: pictograms of housing, and the kinds of missing folded away."""
    return {"folded": FOLDED, "steps": HOUSING_STEPS if aspect.code == "housing" else {}}


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def record(request: Request, person_id: int, aspect: str) -> HttpResponse:
    """Record what is true from a day on. Posted from the person's page too, with the five steps of housing."""
    person, compartments = open_person(request, person_id)
    subject = aspect_for(aspect, compartments)
    running = running_fact(person.pk, aspect)
    in_one_touch = request.method == "POST" and "one_touch" in request.POST
    form_class = HousingStepForm if in_one_touch else SituationForm
    form = form_class(
        request.POST or None,
        aspect=subject,
        today=request.identity.today,
        initial={"seen_version": running.pk if running else ""},
    )

    def work(form: SituationForm) -> str:
        given = form.cleaned_data
        record_situation(
            person.pk,
            aspect,
            given["code"],
            given["since"],
            today=request.identity.today,
            seen_version=given["seen_version"],
            expires_on=given.get("expires_on"),
            detail=given.get("detail", ""),
            doubtful=given.get("doubtful", False),
        )
        messages.success(request, _("La nouvelle situation est enregistrée."))
        return reverse("person", args=[person.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal running
        running = error.fresh
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "aspect": subject, "running": running}
        context |= choices_context(subject) | {"in_one_touch": in_one_touch}
        return render(request, "people/record.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_safe
def fact(request: Request, person_id: int, fact_id: int) -> HttpResponse:
    """A fact, who said it when, and every version before it."""
    person, reach = open_person(request, person_id)
    shown = in_words(fact_of(person, fact_id), request.identity.today)
    rows = Situation.objects.filter(person=person, series=shown.series).select_related("recorded_by").order_by("-pk")
    versions = [in_words(version, request.identity.today) for version in rows]
    current = next((version for version in versions if version.superseded_at is None), None)
    context = {"person": person, "fact": shown, "versions": versions, "current": current}
    context["may_correct"] = shown.compartment in reach.written
    return render(request, "people/fact.html", context)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, fact_id: int) -> HttpResponse:
    """Correct a fact; the second of two editors sees the first one's change."""
    person, _compartments = open_person(request, person_id)
    shown = fact_of(person, fact_id)
    initial = {
        "code": shown.value or shown.missing,
        "since": shown.starts,
        "expires_on": shown.expires_on,
        "detail": shown.detail,
        "doubtful": shown.doubtful,
        "seen_version": shown.pk,
    }
    form = SituationForm(request.POST or None, aspect=shown.subject, today=request.identity.today, initial=initial)
    theirs: Situation | None = None

    def work(form: SituationForm) -> str:
        given = form.cleaned_data
        corrected = correct_situation(
            Situation.objects.current().filter(series=shown.series).first() or shown,
            given["code"],
            given["since"],
            today=request.identity.today,
            seen_version=given["seen_version"],
            expires_on=given.get("expires_on"),
            detail=given["detail"],
            doubtful=given["doubtful"],
        )
        messages.success(request, _("La correction est enregistrée ; la version précédente reste lisible."))
        return reverse("fact", args=[person.pk, corrected.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = error.fresh
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "aspect": shown.subject, "fact": shown}
        context |= choices_context(shown.subject) | {"running": theirs, "correcting": True}
        return render(request, "people/record.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def withdraw_fact(request: Request, person_id: int, fact_id: int) -> HttpResponse:
    """Take back what was recorded by mistake; it stays in the history."""
    person, _compartments = open_person(request, person_id)
    shown = fact_of(person, fact_id)
    take_back(request, shown, _("L’information est retirée ; elle reste lisible dans l’historique."))
    return redirect("fact", person_id=person.pk, fact_id=shown.pk)


def fact_of(person: Person, fact_id: int) -> Situation:
    """:raises Http404: no such fact of this person, or not for this actor."""
    found = Situation.objects.filter(person=person, pk=fact_id).select_related("recorded_by").first()
    if found is None:
        raise Http404
    return found
