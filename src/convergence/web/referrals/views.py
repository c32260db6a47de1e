"""The list of a person's referrals, a referral's page, and beginning one: an offer chosen, or the officers asked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convergence.network.choosing import offers_for
from convergence.network.models import Offer
from convergence.network.reading import Filters
from convergence.people.models import Person
from convergence.people.sharing.reading import agreements_of
from convergence.referrals.models import NEEDS_OF_OTHERS, Referral
from convergence.referrals.reading import lines_of, referrals_of, story_of
from convergence.referrals.recording.facts import fact_meant
from convergence.referrals.recording.team import ask_officers, draft, offer_place
from convergence.rules.referrals import WITH_PARTNER, Move, moves
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.offers import OfferKind
from convergence.vocabulary.referrals import ReferralState
from convergence.vocabulary.sharing import Recipient
from convergence.web.handling import act, answer
from convergence.web.network.saying import said_of_nearness, said_of_places
from convergence.web.people.looking import open_person
from convergence.web.referrals.common import PARTIES, form_page, list_of, open_referral, page_of, site_around
from convergence.web.referrals.forms import AskForm, needs_offered
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to

MOST_OFFERS = 20


@open_to(*CARE)
@require_safe
def listed(request: Request, person_id: int) -> HttpResponse:
    """The person's referrals, and what she agreed to share."""
    person, reach = open_person(request, person_id)
    agreements = agreements_of(person.pk)
    standing = [each for each in agreements if each.recipient == Recipient.OFFICERS and each.withdrawn_on is None]
    context = {
        "person": person,
        "lines": referrals_of(person.pk, request.identity.today),
        "agreements": standing,
        "past_agreements": [each for each in agreements if each not in standing],
        "may_write": "social" in reach.written,
    }
    return render(request, "referrals/list.html", context)


@open_to(*PARTIES)
@require_safe
def shown(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """One referral: whose turn it is, what may be done next, what the partner reads, what happened."""
    opened = open_referral(request, person_id, referral_id)
    referral = opened.referral
    state = ReferralState(referral.state)
    (line,) = lines_of([referral], opened.today, for_officer=not opened.of_team)
    context: dict[str, Any] = {
        "person": opened.person,
        "referral": referral,
        "line": line,
        "story": story_of(referral),
        "of_team": opened.of_team,
        "may": {move.value for move in moves(state, opened.side)},
        "with_partner": state in WITH_PARTNER,
        "to_confirm": referral.appointment_at is not None and referral.confirmed_on is None and state in WITH_PARTNER,
        "suggestion": fact_meant(referral, opened.reach.written) if opened.of_team else None,
        "may_undo": referral.superseded_at is None and referral.source == opened.side.value,
    }
    return render(request, "referrals/referral.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def new(request: Request, person_id: int) -> HttpResponse:
    """Choose an offer for a need; or ask the officers, where none fits."""
    person, _reach = open_person(request, person_id)
    site = site_around(request, person)
    need = request.POST.get("need") or request.GET.get("besoin", "")
    if need not in NEEDS_OF_OTHERS:
        need = ""
    if request.method == "POST":
        offer = _chosen_offer(request)
        made: list[Referral] = []
        if act(request, lambda: made.append(draft(person.pk, site, need, offer, request.identity.today))):
            return redirect(page_of(made[0]))
    return _choose(request, person, need, site.pk)


@open_to(*PARTIES)
@require_http_methods(["GET", "POST"])
def choose_offer(request: Request, person_id: int, referral_id: int) -> HttpResponse:
    """Answer what was asked of the officers with an offer."""
    opened = open_referral(request, person_id, referral_id)
    referral = opened.referral
    if request.method == "POST":
        offer = _chosen_offer(request)
        made: list[Referral] = []
        by = opened.by(request.POST.get("seen_version", ""))
        if act(request, lambda: made.append(offer_place(referral, offer, by)), _("L’offre est notée.")):
            return redirect(page_of(made[0]))
    if Move.OFFER not in moves(ReferralState(referral.state), opened.side):
        raise Http404
    return _choose(request, opened.person, referral.need, referral.site_id, referral)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def ask(request: Request, person_id: int) -> HttpResponse:
    """Ask the officers of the territory to look for something, with the person's agreement."""
    person, _reach = open_person(request, person_id)
    site = site_around(request, person)
    today = request.identity.today
    explained = _("L’équipe mutualisée du territoire lira son nom et ce besoin, pour chercher une solution.")
    initial = {"need": request.GET.get("besoin", ""), "explained": explained}
    form = AskForm(request.POST or None, today=today, initial=initial)

    def work(form: AskForm) -> str:
        given = form.cleaned_data
        referral = ask_officers(person.pk, site, given["need"], form.consent(), given["words"], today)
        messages.success(request, _("La demande est faite à l’équipe mutualisée."))
        return page_of(referral)

    def page(status: int) -> HttpResponse:
        heading, button = _("Demander à l’équipe mutualisée"), _("La personne est d’accord : demander")
        return form_page(request, person, form, heading, button, status, back=list_of(person))

    return answer(request, form, work, page)


def _chosen_offer(request: Request) -> Offer:
    """:raises Http404: no such offer for this actor."""
    try:
        pk = forms.IntegerField(min_value=1, max_value=2**62).clean(request.POST.get("offer"))
    except forms.ValidationError:
        raise Http404 from None
    return get_object_or_404(Offer.objects.select_related("partner"), pk=pk)


def _choose(
    request: Request, person: Person, need: str, site_id: int, referral: Referral | None = None
) -> HttpResponse:
    today = request.identity.today
    filters = Filters.of(request.GET, OfferKind)
    domain = filters.domain or (NEEDS[need].domain.value if need and not filters.words else "")
    asked = Filters(words=filters.words, domain=domain)
    found = offers_for(site_id, asked, today, most=MOST_OFFERS) if need else []
    context = {
        "person": person,
        "needs": needs_offered(),
        "need": need,
        "words": filters.words,
        "referral": referral,
        "choices": [
            (choice, said_of_places(choice.line.places, choice.line.capacity, today), said_of_nearness(choice.near))
            for choice in found
        ],
        "back": page_of(referral) if referral else list_of(person),
    }
    return render(request, "referrals/choose.html", context)
