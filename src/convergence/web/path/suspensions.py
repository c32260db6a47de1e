"""The PASS and its suspensions: noting, declaring, ending, taking back."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.pathways.decisions.recording import Stop, amend_suspension, end_pass, note_pass, suspend
from convergence.pathways.models import OfficialPass, Pass, Suspension
from convergence.vocabulary.decisions import Approver
from convergence.vocabulary.extensions import SuspensionReason
from convergence.web.handling import answer, see_anew, take_back
from convergence.web.path.common import form_page
from convergence.web.path.forms import EndPassForm, PassForm, SuspensionForm
from convergence.web.people.looking import open_person
from convergence.web.people.marks import last_day
from convergence.web.requests import Request
from convergence.web.rows import latest_of, row_of
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import period


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new_pass(request: Request, person_id: int) -> HttpResponse:
    """Note the PASS IAE of somebody for whom none is, or the one that follows."""
    person, _reach = open_person(request, person_id)
    another = any(model.objects.current().filter(person_id=person.pk).exists() for model in (Pass, OfficialPass))
    form = PassForm(request.POST or None, another=another)

    def work(form: PassForm) -> str:
        given = form.cleaned_data
        note_pass(person.pk, given["first_day"], given["number"], by_prescriber=given.get("by_prescriber", False))
        messages.success(request, _("Le PASS IAE est noté."))
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, _("Noter le PASS IAE"), _("Enregistrer le PASS"), status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def end(request: Request, person_id: int) -> HttpResponse:
    """End the PASS of somebody suspended for twelve months."""
    person, _reach = open_person(request, person_id)
    today = request.identity.today
    form = EndPassForm(request.POST or None, initial={"on": today})

    def work(form: EndPassForm) -> str:
        end_pass(person.pk, form.cleaned_data["on"], today)
        messages.success(request, _("La fin du PASS est notée ; le délai de deux ans part du début de la suspension."))
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return form_page(request, person, form, _("Mettre fin au PASS suspendu"), _("Noter la fin du PASS"), status)

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def withdraw_pass(request: Request, person_id: int, pass_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = row_of(Pass, person, pass_id)
    take_back(request, shown, _("Le PASS est retiré ; ce qui était noté reste dans l’historique."))
    return redirect("path", person_id=person.pk)


def stop_of(form: SuspensionForm) -> Stop:
    given = form.cleaned_data
    return Stop(
        SuspensionReason(given["reason"]),
        given["first_day"],
        given["last_day"],
        given["declared_on"],
        Approver(given["declared_by"]),
    )


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Declare a suspension of the PASS."""
    person, _reach = open_person(request, person_id)
    today = request.identity.today
    form = SuspensionForm(request.POST or None, initial={"declared_on": today, "declared_by": Approver.EMPLOYER.value})

    def work(form: SuspensionForm) -> str:
        suspend(person.pk, stop_of(form), today)
        messages.success(request, _("La suspension est notée ; la fin du PASS est recalculée."))
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return form_page(
            request, person, form, _("Déclarer une suspension du PASS"), _("Enregistrer la suspension"), status
        )

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, suspension_id: int) -> HttpResponse:
    """End a suspension on another day, or correct it."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_of(Suspension, person, suspension_id))
    initial = {
        "reason": shown.reason,
        "first_day": shown.starts,
        "last_day": last_day(shown.ends),
        "declared_on": shown.declared_on,
        "declared_by": shown.declared_by,
        "seen_version": shown.pk,
    }
    form = SuspensionForm(request.POST or None, initial=initial)

    def work(form: SuspensionForm) -> str:
        amend_suspension(shown, stop_of(form), form.cleaned_data["seen_version"], request.identity.today)
        messages.success(request, _("La suspension est modifiée ; la version précédente reste lisible."))
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        rows = Suspension.objects.filter(series=shown.series).select_related("recorded_by").order_by("-pk")
        return form_page(
            request,
            person,
            form,
            _("Terminer ou corriger la suspension"),
            _("Enregistrer la modification"),
            status,
            withdraw=reverse("withdraw-suspension", args=[person.pk, shown.pk]) if not shown.superseded_at else "",
            versions=[(row, period(row.starts, last_day(row.ends), request.identity.today)) for row in rows],
        )

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*EMPLOYER)
@require_POST
def withdraw_suspension(request: Request, person_id: int, suspension_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = row_of(Suspension, person, suspension_id)
    take_back(request, shown, _("La suspension est retirée ; elle reste lisible dans l’historique."))
    return redirect("path", person_id=person.pk)
