"""Amendments of a contract: signing one, and undoing the last where it was noted by mistake."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.pathways.decisions.amendments import Change, amend_from, take_back_amendment
from convergence.pathways.models import Amendment, Contract
from convergence.platform.errors import Refused
from convergence.web.handling import answer, see_anew
from convergence.web.path.common import form_page
from convergence.web.path.forms import AmendmentForm
from convergence.web.people.looking import open_person
from convergence.web.people.marks import contract_words, in_words
from convergence.web.requests import Request
from convergence.web.rows import latest_of, row_of
from convergence.web.rules import EMPLOYER, open_to


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def amendment(request: Request, person_id: int, contract_id: int) -> HttpResponse:
    """Sign an amendment to a contract: other hours, another term, from a day on."""
    person, _reach = open_person(request, person_id)
    shown = latest_of(row_of(Contract, person, contract_id))
    today = request.identity.today
    initial = {"takes_effect": today, "signed_on": today, "seen_version": shown.pk}
    form = AmendmentForm(request.POST or None, initial=initial)

    def work(form: AmendmentForm) -> str:
        given = form.cleaned_data
        change = Change(given["signed_on"], given["takes_effect"], given["weekly_hours"], given["last_day"])
        with form.asking_whether_it_happened():
            amended = amend_from(shown, change, given["seen_version"], today, happened=given["happened"])
        messages.success(request, _("L’avenant est noté ; le contrat d’avant reste lisible."))
        return reverse("contract", args=[person.pk, amended.pk])

    def page(status: int) -> HttpResponse:
        said = [f"{contract_words(shown)}, {in_words(shown, today).period_words}"]  # type: ignore[attr-defined]
        back = reverse("contract", args=[person.pk, shown.pk])
        return form_page(
            request, person, form, _("Noter un avenant"), _("Enregistrer l’avenant"), status, said=said, back=back
        )

    return answer(request, form, work, page, partial(see_anew, form))


@open_to(*EMPLOYER)
@require_POST
def withdraw_amendment(request: Request, person_id: int, amendment_id: int) -> HttpResponse:
    """Undo the last amendment of a contract."""
    person, _reach = open_person(request, person_id)
    shown = row_of(Amendment, person, amendment_id)
    try:
        contract = take_back_amendment(shown)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("path", person.pk)
    messages.success(request, _("L’avenant est retiré : le contrat est comme avant lui."))
    return redirect("contract", person.pk, contract.pk)
