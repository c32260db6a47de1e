"""One list of what waits for a partner: she types her e-mail, then the code that she receives, and reads it.

Every answer is the same whether the address is known or not.
"""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from convergence.referrals.recording.lists import (
    CODE_MINUTES,
    DIGITS,
    LIST_MINUTES,
    Listed,
    ask_code,
    close_list,
    open_list,
    open_one,
    read_list,
)
from convergence.vocabulary.referrals import ReferralState
from convergence.web.partner.common import become_oneself_again, draw, private
from convergence.web.requests import Request
from convergence.web.rules import public

COOKIE = "partner_list"


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Votre adresse e-mail"),
        help_text=gettext_lazy("Celle à laquelle les demandes vous arrivent."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Écrivez votre adresse e-mail."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète : nom@organisme.fr"),
        },
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Le code reçu"),
        max_length=2 * DIGITS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={
            "required": gettext_lazy("Tapez le code reçu par e-mail."),
            "max_length": gettext_lazy("Le code a huit chiffres."),
        },
    )


@dataclass(frozen=True)
class Group:
    """Referrals of a list that ask for the same thing."""

    title: str
    listed: list[Listed]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request) -> HttpResponse:
    """The list where it is open, otherwise the address to which a code is sent."""
    if request.method == "POST":
        form = EmailForm(request.POST)
        if not form.is_valid():
            return draw(request, "partner/ask_list.html", {"form": form}, 422)
        handle = ask_code(form.cleaned_data["email"])
        return _keep(redirect("partner-list-code"), handle, CODE_MINUTES)
    listed = _listed(request)
    if listed is None:
        return draw(request, "partner/ask_list.html", {"form": EmailForm()})
    context = {
        "groups": _grouped(listed),
        "meetings": any(line.appointment_at for line in listed),
        "minutes": LIST_MINUTES,
    }
    return draw(request, "partner/list.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def type_code(request: Request) -> HttpResponse:
    """The code opens the list; a wrong one, an old one and one that was never sent are answered alike."""
    handle = request.COOKIES.get(COOKIE, "")
    if not handle:
        return private(redirect("partner-list"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        held = open_list(handle, form.cleaned_data["code"]) if form.is_valid() else None
        if held is not None:
            return _keep(redirect("partner-list"), held, LIST_MINUTES)
        if form.is_valid():
            form.add_error("code", _("Ce code ne marche pas : vérifiez-le, ou demandez-en un autre."))
        status = 422
    return draw(request, "partner/list_code.html", {"form": form, "minutes": CODE_MINUTES}, status)


@public
@require_POST
def open_referral(request: Request) -> HttpResponse:
    """Lead to one referral of an open list, by a link made for today."""
    token = None
    try:
        wanted = UUID(request.POST.get("referral", ""))
    except ValueError:
        pass
    else:
        token = open_one(request.COOKIES.get(COOKIE, ""), wanted, request.identity.today)
    return private(redirect("partner-answer", token=token) if token else redirect("partner-list"))


@public
@require_safe
def calendar(request: Request) -> HttpResponse:
    """The meetings proposed in an open list, for one's own calendar: hours only, no name of anybody."""
    listed = _listed(request)
    if listed is None:
        return private(redirect("partner-list"))
    response = HttpResponse(written(listed), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return private(response)


@public
@require_POST
def close(request: Request) -> HttpResponse:
    """On a shared computer the list is closed before half an hour has gone."""
    close_list(request.COOKIES.get(COOKIE, ""))
    response = private(redirect("partner-list"))
    response.delete_cookie(COOKIE, path=reverse("partner-list"))
    return response


def written(listed: list[Listed]) -> bytes:
    """Meetings as RFC 5545 has them; those not yet agreed with the person are tentative."""
    agenda = Calendar()
    agenda.add("prodid", "-//Convergence//Rendez-vous//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "PUBLISH")
    for line in listed:
        if line.appointment_at is not None:
            event = Event()
            event.add("uid", f"{line.referral}@convergence")
            event.add("dtstamp", line.recorded_at)
            event.add("dtstart", line.appointment_at)
            event.add("summary", _("Rendez-vous (Convergence)"))
            event.add("status", "CONFIRMED" if line.confirmed else "TENTATIVE")
            event.add("class", "PRIVATE")
            agenda.add_component(event)
    body: bytes = agenda.to_ical()
    return body


def _listed(request: Request) -> list[Listed] | None:
    held = request.COOKIES.get(COOKIE, "")
    listed = read_list(held, request.identity.today) if held else None
    become_oneself_again(request)
    return listed


def _grouped(listed: list[Listed]) -> list[Group]:
    titles = {
        ReferralState.SENT: _("À répondre"),
        ReferralState.WAITING_LIST: _("Sur liste d’attente"),
        ReferralState.ACCEPTED: _("Acceptées : dites quand cela commence"),
        ReferralState.STARTED: _("Commencées : dites comment cela s’est terminé"),
    }
    groups = [Group(title, [line for line in listed if line.state is state]) for state, title in titles.items()]
    return [group for group in groups if group.listed]


def _keep(response: HttpResponseRedirect, secret: str, minutes: int) -> HttpResponse:
    """The browser keeps a secret for these pages alone; scripts do not read it, other sites do not send it."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=minutes * 60,
        path=reverse("partner-list"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return private(response)
