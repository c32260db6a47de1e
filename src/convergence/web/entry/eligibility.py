"""A person's eligibility: the papers that each site has seen, what her hiring still asks for, controls."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.entry.eligibility import answer_control, closed_on, open_control, prove
from convergence.pathways.entry.reading import dossiers
from convergence.pathways.models import EligibilityControl, EligibilityProof
from convergence.platform.errors import ChangedMeanwhile
from convergence.rules.eligibility import control_answer_by
from convergence.territories.models import Site
from convergence.web.entry.common import back_to, form_page
from convergence.web.entry.forms import ControlAnswerForm, ControlForm, ProofForm
from convergence.web.handling import answer, retyped, take_back
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import day


@open_to(*EMPLOYER)
@require_safe
def page_of(request: Request, person_id: int) -> HttpResponse:
    """What each of the actor's sites knows of her entry: papers, checklist, controls, earlier candidacies."""
    person, _reach = open_person(request, person_id)
    own = request.identity.sites(*EMPLOYER)
    context: dict[str, Any] = {
        "person": person,
        "dossiers": dossiers(person.pk, own, request.identity.today),
    }
    return render(request, "entry/eligibility.html", context)


def _own_site(request: Request, site_id: int) -> Site:
    """:raises Http404: not one of the actor's."""
    site = next((site for site in request.identity.sites(*EMPLOYER) if site.pk == site_id), None)
    if site is None:
        raise Http404
    return site


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def add_proof(request: Request, person_id: int, site_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    site = _own_site(request, site_id)
    today = request.identity.today
    form = ProofForm(request.POST or None, today=today)
    back = back_to(person.pk, site.pk)

    def work(form: ProofForm) -> str:
        prove(person.pk, site.pk, form.paper(), today)
        messages.success(request, _("La pièce est notée."))
        return back

    def page(status: int) -> HttpResponse:
        heading, button = _("Noter une pièce d’éligibilité"), _("Enregistrer la pièce")
        return form_page(request, person, form, heading, button, back, status, papers=form.papers)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def withdraw_proof(request: Request, person_id: int, proof_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    proof = EligibilityProof.objects.filter(person=person, pk=proof_id).first()
    if proof is None:
        raise Http404
    take_back(request, proof, _("La pièce est retirée ; elle reste gardée dans l’historique."))
    return redirect(back_to(person.pk, proof.site_id))


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_control(request: Request, person_id: int, site_id: int) -> HttpResponse:
    """A control is asked for: six weeks begin."""
    person, _reach = open_person(request, person_id)
    site = _own_site(request, site_id)
    today = request.identity.today
    form = ControlForm(request.POST or None, initial={"asked_on": today})

    def work(form: ControlForm) -> str:
        asked_on = form.cleaned_data["asked_on"]
        open_control(person.pk, site.pk, asked_on, today)
        messages.success(
            request,
            _("Le contrôle est noté : les justificatifs sont à envoyer le %(day)s au plus tard.")
            % {"day": day(control_answer_by(asked_on))},
        )
        return reverse("eligibility", args=[person.pk])

    def page(status: int) -> HttpResponse:
        heading, button = _("Noter un contrôle de l’éligibilité"), _("Ouvrir le contrôle")
        said = [_("Six semaines pour envoyer les justificatifs, à partir de la demande (art. R5132-1-12 C. trav.).")]
        back = reverse("eligibility", args=[person.pk])
        return form_page(request, person, form, heading, button, back, status, said=said)

    return answer(request, form, work, page)


def _control_of(request: Request, person_id: int, control_id: int) -> EligibilityControl:
    """The version that stands of a control.

    :raises Http404: none of this person, or not at one of the actor's sites.
    """
    named = EligibilityControl.objects.filter(person_id=person_id, pk=control_id).values("series")
    found = EligibilityControl.objects.current().filter(person_id=person_id, series__in=named).first()
    if found is None or found.site_id not in request.identity.site_ids(*EMPLOYER):
        raise Http404
    return found


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def control(request: Request, person_id: int, control_id: int) -> HttpResponse:
    """When the papers of a control were sent, and how it ended."""
    person, _reach = open_person(request, person_id)
    shown = _control_of(request, person.pk, control_id)
    back = reverse("eligibility", args=[person.pk])
    initial = {
        "answered_on": shown.answered_on,
        "closed_on": closed_on(shown),
        "result": shown.result,
        "seen_version": shown.pk,
    }
    form = ControlAnswerForm(request.POST or None, initial=initial)

    def work(form: ControlAnswerForm) -> str:
        given = form.cleaned_data
        answer_control(
            shown,
            given["answered_on"],
            given["closed_on"],
            given["result"],
            given["seen_version"],
            request.identity.today,
        )
        messages.success(request, _("Le contrôle est à jour."))
        return back

    def show_theirs(error: ChangedMeanwhile) -> None:
        retyped(form, seen_version=str(error.fresh.pk) if error.fresh else "")

    def page(status: int) -> HttpResponse:
        asked_on = shown.valid.lower
        heading = _("Contrôle demandé le %(day)s") % {"day": day(asked_on)}
        said = [_("Justificatifs à envoyer le %(day)s au plus tard.") % {"day": day(control_answer_by(asked_on))}]
        withdraw = reverse("withdraw-control", args=[person.pk, shown.pk])
        button = _("Enregistrer la suite")
        return form_page(request, person, form, heading, button, back, status, said=said, withdraw=withdraw)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def withdraw_control(request: Request, person_id: int, control_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = _control_of(request, person.pk, control_id)
    take_back(request, shown, _("Le contrôle est retiré ; il reste gardé dans l’historique."))
    return redirect("eligibility", person_id=person.pk)
