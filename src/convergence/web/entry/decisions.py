"""What is decided of a candidacy, what a hiring asks for, and the first day at work."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.pathways.entry.reading import STEPS, lines_of
from convergence.pathways.entry.recording import decide, note_step, start, take_back_decision, version_of
from convergence.pathways.models import CandidacyDecision, Hiring
from convergence.platform.changes import settle
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.retention import kept_until
from convergence.territories.choices import offered_at
from convergence.vocabulary.contracts import Programme
from convergence.vocabulary.orientations import CandidacyOutcome
from convergence.web.entry.common import address_of, back_to, form_page, open_candidacy, told_of
from convergence.web.entry.forms import DecisionForm, StartForm, StepForm
from convergence.web.handling import answer, retyped
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import day


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def decision(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    """Hire, refuse, put on the waiting list, note a refusal of the person or that she never came."""
    person, shown = open_candidacy(request, person_id, candidacy_id)
    today = request.identity.today
    told = told_of(request, shown)
    planned = told.hiring
    initial: dict[str, Any] = {"seen_version": version_of(told.decisions)}
    if planned is not None:
        initial |= {
            "outcome": CandidacyOutcome.HIRED.value,
            "first_day": planned.first_day,
            "foreign_permit": planned.foreign_permit,
            "registered_at_france_travail": planned.registered_at_france_travail,
        }
    form = DecisionForm(request.POST or None, today=today, initial=initial)

    def work(form: DecisionForm) -> str:
        choice = form.choice()
        decided = decide(shown, choice, form.cleaned_data["seen_version"], today)
        messages.success(request, _("La décision est notée : %(what)s.") % {"what": str(decided).lower()})
        if kept_until("candidacy", choice.decided_on) < today:
            # Closed so long ago that nobody reads it any more.
            return reverse("candidacies")
        return address_of(shown)

    def show_theirs(_error: ChangedMeanwhile) -> None:
        rows = CandidacyDecision.objects.current().filter(candidacy=shown.series).defer("reason").order_by("valid")
        retyped(form, seen_version=version_of(list(rows)))

    def page(status: int) -> HttpResponse:
        heading, button = _("Décider de cette candidature"), _("Enregistrer la décision")
        said = [told.standing.sentence, *told.standing.gaps]
        if status == 409 and told_of(request, shown).latest:
            said.append(_("Dernière décision notée : %(what)s.") % {"what": told_of(request, shown).latest})
        return form_page(request, person, form, heading, button, address_of(shown), status, said=said, choosing=True)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def withdraw_decision(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    """The last decision was noted by mistake: what stood before stands again."""
    _person, shown = open_candidacy(request, person_id, candidacy_id)
    try:
        take_back_decision(shown, request.POST.get("seen_version", ""))
    except Refused as error:
        messages.error(request, str(error))
    else:
        settle(request.identity.today)
        messages.success(request, _("La décision est retirée ; elle reste gardée dans l’historique."))
    return redirect(address_of(shown))


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def step_done(request: Request, person_id: int, hiring_id: int, step: str) -> HttpResponse:
    """One line of the hiring checklist, done on a day."""
    person, _reach = open_person(request, person_id)
    named = Hiring.objects.filter(person=person, pk=hiring_id).values("series")
    hiring = Hiring.objects.current().filter(person=person, series__in=named).first()
    if hiring is None or step not in STEPS or hiring.site_id not in request.identity.site_ids(*EMPLOYER):
        raise Http404
    today = request.identity.today
    line = next((line for line in lines_of(hiring, today) if line.step.code == step), None)
    if line is None:
        raise Http404
    initial = {"done_on": line.done_on or today, "seen_version": hiring.pk}
    form = StepForm(request.POST or None, initial=initial)
    back = back_to(person.pk, hiring.site_id)

    def work(form: StepForm) -> str:
        done_on: date | None = form.cleaned_data["done_on"]
        note_step(hiring, step, done_on, form.cleaned_data["seen_version"], today)
        messages.success(request, _("C’est noté : %(step)s.") % {"step": line.step.label})
        return back

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        said = [f"{line.sentence[:1].upper()}{line.sentence[1:]} ({line.step.source})."]
        return form_page(request, person, form, line.step.label, _("Enregistrer ce jour"), back, status, said=said)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def started(request: Request, person_id: int, candidacy_id: int) -> HttpResponse:
    """The first day has come: support, path, contract and PASS are noted at once."""
    person, shown = open_candidacy(request, person_id, candidacy_id)
    told = told_of(request, shown)
    today = request.identity.today
    without = offered_at([shown.site]).programmes_aside
    programme = next((code for code in (Programme.CVG, Programme.PHC) if code not in without), Programme.NONE)
    first_day = told.hiring.first_day if told.hiring else today
    initial = {"kind": "cddi", "programme": programme.value, "starts": first_day}
    initial |= {"seen_version": version_of(told.decisions), "pass_first_day": first_day}
    form = StartForm(request.POST or None, without=without, initial=initial)

    def work(form: StartForm) -> str:
        start(shown, form.terms(shown.site_id), form.new_pass(), form.cleaned_data["seen_version"], today)
        messages.success(
            request, _("Le démarrage est noté. Dites maintenant qui suit cette personne, et notez sa situation.")
        )
        return reverse("person", args=[person.pk])

    def show_theirs(_error: ChangedMeanwhile) -> None:
        rows = CandidacyDecision.objects.current().filter(candidacy=shown.series).defer("reason").order_by("valid")
        retyped(form, seen_version=version_of(list(rows)))

    def page(status: int) -> HttpResponse:
        said = [told.standing.sentence, *told.standing.gaps]
        said += [f"{line.step.label}\u00a0: {line.sentence}." for line in told.late]
        if told.hiring and told.hiring.first_day > today:
            said.append(_("Le premier jour prévu est le %(day)s.") % {"day": day(told.hiring.first_day)})
        return form_page(
            request,
            person,
            form,
            _("Noter le démarrage"),
            _("Noter le démarrage"),
            address_of(shown),
            status,
            said=said,
        )

    return answer(request, form, work, page, show_theirs)
