"""The page without an account where a partner says, in one tap, whether places are free.

Whoever comes with a link that is unknown, has expired or was never ours reads the same page. A GET changes nothing.
"""

from datetime import date
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convergence.network.asks import answer_ask, open_ask, renew_ask
from convergence.network.models import Capacity, CapacityAsk, Offer
from convergence.network.places import Figures
from convergence.vocabulary.offers import USUAL_UNIT, OfferKind, SaidBy, Unit
from convergence.web.handling import act
from convergence.web.network.saying import who_said
from convergence.web.partner.common import private
from convergence.web.requests import Request
from convergence.web.rules import public

MOST_DIGITS = 9


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer_places(request: Request, ask_token: str) -> HttpResponse:
    """The offers asked about; each is answered by a button of its own."""
    today = request.identity.today
    ask = open_ask(ask_token, today)
    if ask is None:
        return _dead(request, ask_token)
    if request.method == "POST":
        offer_id = _number(request.POST.get("offre", ""))
        free = _number(request.POST.get("libres", ""))
        if offer_id is None or free is None:
            messages.error(request, _("Écrivez un nombre de places, en chiffres : 0 si tout est pris."))
        else:
            unit = request.POST.get("unite", Unit.PLACE.value)
            figures = Figures(free=free, unit=unit if Unit.has(unit) else Unit.PLACE.value)
            act(request, partial(answer_ask, ask, offer_id, figures, today=today), _("C’est noté, merci."))
        return redirect("answer-places", ask_token=ask_token)
    offers = Offer.objects.filter(pk__in=ask.offers)
    said = {row.offer_id: row for row in Capacity.objects.current().filter(offer__in=offers)}
    context = {
        "ask": ask,
        "lines": [_line(ask, offer, said.get(offer.pk), today) for offer in offers],
        "answered": ask.answered_on is not None,
        "address": reverse("answer-places", args=[ask_token]),
    }
    return private(render(request, "network/answer.html", context))


@public
@require_POST
def renew(request: Request, ask_token: str) -> HttpResponse:
    """Ask for a new link: it goes to the contact known, if there is one; the page says the same either way."""
    renew_ask(
        ask_token,
        lambda token: request.build_absolute_uri(reverse("answer-places", args=[token])),
        today=request.identity.today,
    )
    return private(render(request, "network/dead_link.html", {"asked": True}))


def _line(ask: CapacityAsk, offer: Offer, said: Capacity | None, today: date) -> dict[str, object]:
    unit = Unit(said.unit) if said else USUAL_UNIT.get(OfferKind(offer.kind), Unit.PLACE)
    return {
        "offer": offer,
        "said": said,
        "who": who_said(said, today) if said else "",
        "still": said.free if said and said.free else 0,
        "unit": unit,
        "answered": bool(said and ask.answered_on and said.said_by == SaidBy.PARTNER and said.said_on >= ask.asked_on),
    }


def _dead(request: Request, token: str) -> HttpResponse:
    context = {"renew": reverse("renew-answer-places", args=[token])}
    return private(render(request, "network/dead_link.html", context, status=404))


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
