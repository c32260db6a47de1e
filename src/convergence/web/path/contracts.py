"""Renewing a contract within the clocks, and leave to work fewer hours."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.pathways.clocks import path_of
from convergence.pathways.decisions.recording import derogate, following
from convergence.pathways.models import Contract, HoursDerogation
from convergence.rules.decisions import decisions
from convergence.rules.periods import last_day_of
from convergence.territories.choices import offered_at
from convergence.vocabulary.decisions import DecisionKind, DerogationKind
from convergence.web.handling import answer, take_back
from convergence.web.path.common import form_page
from convergence.web.path.forms import DerogationForm
from convergence.web.people.contracts import initial_of, sign_judged
from convergence.web.people.forms import ContractForm
from convergence.web.people.looking import open_person
from convergence.web.requests import Request
from convergence.web.rows import row_of
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import day

A_YEAR = 12  # months: the length of a renewal as sites sign them


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def renewal(request: Request, person_id: int) -> HttpResponse:
    """Sign the contract that follows the last one, pre-filled with the lawful term."""
    person, _reach = open_person(request, person_id)
    today, own = request.identity.today, request.identity.site_ids(*EMPLOYER)
    last = Contract.objects.current().filter(person=person, site_id__in=own).order_by("valid").last()
    furthest = next(
        (
            each.new_last_day
            for each in decisions(path_of(person.pk), today)
            if each.kind is DecisionKind.RENEW_CONTRACT
        ),
        None,
    )
    form = ContractForm(
        request.POST or None,
        site_ids=own,
        today=today,
        without=offered_at(request.identity.sites(*EMPLOYER)).programmes_aside,
        initial=proposed(last, furthest, today) if last else {"starts": today, "kind": "cddi"},
    )

    def work(form: ContractForm) -> str:
        sign_judged(request, person, form)
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        said = (
            [_("Les trois horloges permettent un contrat jusqu’au %(day)s.") % {"day": day(furthest)}]
            if furthest
            else [_("Aucun renouvellement n’est possible au-delà du contrat en cours sans une autre décision d’abord.")]
        )
        return form_page(
            request, person, form, _("Renouveler le contrat"), _("Enregistrer le contrat"), status, said=said
        )

    return answer(request, form, work, page)


def proposed(last: Contract, furthest: date | None, today: date) -> dict[str, Any]:
    """The same terms from the day after, for a year or as far as the clocks allow."""
    starts = following(last) or today
    until = min(last_day_of(starts, A_YEAR), furthest) if furthest else None
    return initial_of(last) | {"starts": starts, "last_day": until, "seen_version": ""}


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def derogation(request: Request, person_id: int) -> HttpResponse:
    """Note leave to work less than twenty hours a week."""
    person, _reach = open_person(request, person_id)
    form = DerogationForm(request.POST or None, initial={"first_day": request.identity.today})

    def work(form: DerogationForm) -> str:
        given = form.cleaned_data
        kind = DerogationKind(given["kind"])
        derogate(person.pk, kind, given["first_day"], given["last_day"], given["weekly_hours"])
        messages.success(request, _("La dérogation est notée."))
        return reverse("path", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return form_page(
            request, person, form, _("Dérogation à 20 heures par semaine"), _("Enregistrer la dérogation"), status
        )

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_POST
def withdraw_derogation(request: Request, person_id: int, derogation_id: int) -> HttpResponse:
    person, _reach = open_person(request, person_id)
    shown = row_of(HoursDerogation, person, derogation_id)
    take_back(request, shown, _("La dérogation est retirée ; elle reste dans l’historique."))
    return redirect("path", person_id=person.pk)
