"""Contracts: signing, amending, their history."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.decisions.recording import refuse_overlap, renew, suspensions_ended_by
from convergence.pathways.models import Amendment, Contract
from convergence.pathways.recording import Terms, amend
from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.territories.choices import offered_at
from convergence.vocabulary.contracts import Programme
from convergence.web.handling import answer, see_anew, take_back
from convergence.web.people.forms import ContractForm
from convergence.web.people.looking import open_person
from convergence.web.people.marks import contract_words, hours_words, in_words, last_day
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import day

A_DAY = timedelta(days=1)


def terms_of(form: ContractForm) -> Terms:
    given = form.cleaned_data
    return Terms(
        kind=given["kind"],
        starts=given["starts"],
        last_day=given["last_day"],
        programme=given["programme"],
        site_id=given["site"].pk if given["site"] else None,
        employer=given["employer"],
        weekly_hours=given["weekly_hours"],
        recruited_directly=given["recruited_directly"],
        exempt_from_minimum=given["exempt_from_minimum"],
    )


def sign_judged(request: Request, person: Person, form: ContractForm) -> None:
    """Sign what the form says, and tell what the hiring ends."""
    terms, today = terms_of(form), request.identity.today
    ended = suspensions_ended_by(person.pk, terms)
    with form.asking_whether_it_happened():
        renew(person.pk, terms, today, happened=form.cleaned_data["happened"])
    messages.success(request, _("Le contrat est enregistré."))
    if ended:
        said = _("Une embauche met fin à la suspension du PASS : elle s’arrête la veille, le %(day)s.")
        messages.info(request, said % {"day": day(terms.starts - A_DAY)})


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    person, _compartments = open_person(request, person_id)
    sites = request.identity.site_ids(*EMPLOYER)
    today, without = request.identity.today, offered_at(request.identity.sites(*EMPLOYER)).programmes_aside
    programme = next((code for code in (Programme.CVG, Programme.PHC) if code not in without), Programme.NONE)
    initial = {"kind": "cddi", "programme": programme.value, "site": sites[0] if sites else None, "starts": today}
    form = ContractForm(request.POST or None, site_ids=sites, today=today, without=without, initial=initial)

    def work(form: ContractForm) -> str:
        sign_judged(request, person, form)
        return reverse("person", args=[person.pk])

    def page(status: int) -> HttpResponse:
        return render(
            request,
            "people/contract_form.html",
            {"person": person, "form": form, "heading": _("Nouveau contrat"), "button": _("Enregistrer le contrat")},
            status=status,
        )

    return answer(request, form, work, page)


@open_to(*EMPLOYER)
@require_safe
def contract(request: Request, person_id: int, contract_id: int) -> HttpResponse:
    """A contract and every version of it."""
    person, _compartments = open_person(request, person_id)
    shown = in_words(contract_of(person, contract_id), request.identity.today)
    versions = (
        Contract.objects.filter(person=person, series=shown.series)
        .select_related("recorded_by", "site")
        .order_by("-pk")
    )
    lines = [(in_words(version, request.identity.today), contract_words(version)) for version in versions]
    current = next((version for version in versions if version.superseded_at is None), None)
    context = {
        "person": person,
        "contract": shown,
        "words": contract_words(shown),
        "versions": lines,
        "current": current,
        "amendments": [
            (row, hours_words(row.weekly_hours), hours_words(row.hours_before))
            for row in Amendment.objects.current().filter(contract=shown.series).order_by("-valid")
        ],
    }
    return render(request, "people/contract.html", context)


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, contract_id: int) -> HttpResponse:
    person, _compartments = open_person(request, person_id)
    shown = contract_of(person, contract_id)
    own = request.identity.site_ids(*EMPLOYER)
    form = ContractForm(
        request.POST or None,
        site_ids=[*own, *([shown.site_id] if shown.site_id else [])],
        today=request.identity.today,
        without=offered_at(request.identity.sites(*EMPLOYER)).programmes_aside,
        initial=initial_of(shown),
    )
    theirs: Contract | None = None

    def work(form: ContractForm) -> str:
        current = Contract.objects.current().filter(series=shown.series).first() or shown
        terms = terms_of(form)
        refuse_overlap(person.pk, terms, replacing=current)
        amended = amend(current, terms, form.cleaned_data["seen_version"])
        messages.success(request, _("Le contrat est modifié ; la version précédente reste lisible."))
        return reverse("contract", args=[person.pk, amended.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        nonlocal theirs
        theirs = in_words(error.fresh, request.identity.today) if error.fresh else None
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        context = {"person": person, "form": form, "contract": shown, "theirs": theirs}
        context["their_words"] = contract_words(theirs) if theirs else ""
        context |= {"heading": _("Modifier le contrat"), "button": _("Enregistrer la modification")}
        return render(request, "people/contract_form.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*EMPLOYER)
@require_POST
def withdraw_contract(request: Request, person_id: int, contract_id: int) -> HttpResponse:
    """Take back a contract recorded by mistake; it stays in the history."""
    person, _compartments = open_person(request, person_id)
    shown = contract_of(person, contract_id)
    take_back(request, shown, _("Le contrat est retiré ; il reste lisible dans l’historique."))
    return redirect("contract", person_id=person.pk, contract_id=shown.pk)


def initial_of(contract: Contract) -> dict[str, Any]:
    return {
        "kind": contract.kind,
        "programme": contract.programme,
        "site": contract.site_id,
        "employer": contract.employer,
        "starts": contract.starts,
        "last_day": last_day(contract.ends),
        "weekly_hours": contract.weekly_hours,
        "recruited_directly": contract.recruited_directly,
        "exempt_from_minimum": contract.exempt_from_minimum,
        "seen_version": contract.pk,
    }


def contract_of(person: Person, contract_id: int) -> Contract:
    """:raises Http404: no such contract of this person, or not for this actor."""
    found = Contract.objects.filter(person=person, pk=contract_id).select_related("site", "recorded_by").first()
    if found is None:
        raise Http404
    return found
