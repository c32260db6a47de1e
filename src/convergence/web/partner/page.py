"""The page of a single-purpose link: what is asked, and the partner's answer in a tap or two.

A GET changes nothing, whoever makes it: a mail scanner answers nobody. Only a button tells that somebody read.
"""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from convergence.network.places import places_of
from convergence.platform.errors import ChangedMeanwhile
from convergence.referrals.models import Referral, ReferralNote, Share
from convergence.referrals.recording.links import OpenLink, identify_link, record_look, renew
from convergence.referrals.recording.steps import By
from convergence.referrals.sharing import Shared
from convergence.rules.referrals import FINAL, Side, lapses_on
from convergence.territories.terms import terms_of
from convergence.vocabulary.referrals import RefusalReason
from convergence.web.handling import answer, see_anew
from convergence.web.partner.acts import ACTS, Act
from convergence.web.partner.common import become_oneself_again, dead, draw
from convergence.web.partner.forms import AnswerForm
from convergence.web.requests import Request
from convergence.web.rules import public

LATER = "later"
"""The button of whoever has read and answers later."""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: Request, token: str) -> HttpResponse:
    """What a link shows and takes; the same page for every link that does not work."""
    opened = identify_link(token, request.identity.today)
    if opened is None:
        become_oneself_again(request)
        return dead(request, token)
    response = _answered(request, token, opened) if request.method == "POST" else _shown(request, token, opened)
    become_oneself_again(request)
    return response


@public
@require_POST
def new_link(request: Request, token: str) -> HttpResponse:
    """Ask for a new link: it goes to the address known, if there is one; the page says the same either way."""
    renew(
        token,
        lambda fresh: request.build_absolute_uri(reverse("partner-answer", args=[fresh])),
        request.identity.today,
    )
    return draw(request, "partner/renewed.html", {})


def _shown(request: Request, token: str, opened: OpenLink) -> HttpResponse:
    record_look(read=False)
    return _page(request, token, opened.referral, None, HTTPStatus.OK)


def _answered(request: Request, token: str, opened: OpenLink) -> HttpResponse:
    """Somebody pressed a button: she has read; then what she says is recorded, whole or not at all."""
    record_look(read=True)
    today, address = request.identity.today, reverse("partner-answer", args=[token])
    code = request.POST.get("act", "")
    if code == LATER:
        messages.success(request, _("C’est noté : l’équipe sait que vous avez lu. La page vous attend."))
        return redirect(address)
    act = ACTS.get(code)
    if act is None:
        messages.error(request, _("Choisissez une réponse."))
        return redirect(address)
    form = act.form(request.POST, prefix=code, today=today)
    referral = _referral(opened)

    def work(form: AnswerForm) -> str:
        by = By(Side.PARTNER, today, form.cleaned_data["seen_version"])
        try:
            act.record(referral, form, by)
        except ChangedMeanwhile as error:
            if not (isinstance(error.fresh, Referral) and act.already(error.fresh, form)):
                raise
            messages.info(request, _("Cette réponse était déjà notée."))
        else:
            messages.success(request, str(act.done))
        return address

    def page(status: int) -> HttpResponse:
        return _page(request, token, opened.referral, form, status)

    return answer(request, form, work, page, on_change=lambda error: see_anew(form, error))


def _referral(opened: OpenLink) -> Referral:
    return Referral.objects.current().select_related("offer").get(series=opened.referral)


def _page(request: Request, token: str, series: Any, failed: AnswerForm | None, status: int) -> HttpResponse:
    today = request.identity.today
    referral = Referral.objects.current().select_related("offer__branch").get(series=series)
    share = Share.objects.current().filter(referral=series).first()
    terms = terms_of([referral.territory_id], today)[referral.territory_id]
    context = {
        "referral": referral,
        "offer": referral.offer,
        "shared": Shared.of(share.content) if share else None,
        "notes": ReferralNote.objects.current().filter(referral=series).order_by("pk"),
        "reason": RefusalReason(referral.refusal_reason).label if referral.refusal_reason else "",
        "answers": _offered(referral, failed, today),
        "failed": failed,
        "over": referral.state in FINAL,
        "lapses_on": lapses_on(referral.standing(), terms),
        "too_many": _too_many(referral, today),
        "link_days": terms.link_days,
        "address": reverse("partner-answer", args=[token]),
    }
    return draw(request, "partner/page.html", context, status)


def _offered(referral: Referral, failed: AnswerForm | None, today: date) -> list[dict[str, object]]:
    """The answers that a state leaves open, each with its form; the one that could not be taken stays as typed."""
    offered = []
    for code, act in ACTS.items():
        if referral.state not in act.states:
            continue
        again = failed is not None and failed.prefix == code
        form = failed if again else _empty(act, code, referral, today)
        offered.append({"code": code, "act": act, "form": form, "open": again})
    return offered


def _empty(act: Act, code: str, referral: Referral, today: date) -> AnswerForm:
    return act.form(prefix=code, today=today, initial={"seen_version": str(referral.pk)})


def _too_many(referral: Referral, today: date) -> str:
    """What the partner is told where it has said yes to more people than places were free."""
    if referral.offer is None or referral.state not in ("accepted", "started"):
        return ""
    places = places_of([referral.offer.pk], today)[referral.offer.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT promised_places()")
        (promised,) = cursor.fetchone()
    if not places.known or not places.said or promised <= places.said:
        return ""
    free = ngettext("%(n)s place libre", "%(n)s places libres", places.said) % {"n": places.said}
    told = _("Cette offre annonçait %(free)s, et %(n)s demandes sont acceptées : si l’une doit attendre, écrivez-le.")
    return told % {"free": free, "n": promised}
