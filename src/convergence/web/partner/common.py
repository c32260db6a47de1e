"""What the pages without an account have in common: nobody keeps them, nobody is told of their address."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from convergence.platform.identity import assume
from convergence.web.requests import Request


def draw(request: Request, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page without a rail, whoever may be signed in beside; kept by no browser, told to no other site."""
    response = render(request, template, {"identity": None, **context}, status=status)
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    # Not "no-referrer": browsers then hide the origin of a form too, which the protection against forged ones asks
    # for. This one tells the origin alone, never the address, which is a secret.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def dead(request: Request, token: str) -> HttpResponse:
    """The one page of every link that does not work, whatever the reason."""
    context = {"renew": reverse("renew-partner-answer", args=[token])}
    return draw(request, "partner/dead.html", context, status=404)


def become_oneself_again(request: Request) -> None:
    """Whoever is signed in beside goes on as herself; a link's rights end with its page."""
    user = request.identity.user
    assume(user.pk if user else None, request.identity.today)
