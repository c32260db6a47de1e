"""One request: a log line, one transaction, one identity (docs/decisions/0004-a-request.md)."""

import logging
import time
from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from convergence.access.models import User
from convergence.platform.changes import settle
from convergence.platform.clock import today
from convergence.platform.identity import assume
from convergence.territories.identity import Identity
from convergence.web.requests import Request
from convergence.web.rules import Rule, rule_of

logger = logging.getLogger("convergence.request")

Handler = Callable[[Request], HttpResponse]


def log_requests(get_response: Handler) -> Handler:
    """One structured line per request: the route's name, never its address or its fields."""

    def handle(request: Request) -> HttpResponse:
        began = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        logger.info(
            "request",
            extra={
                "method": request.method,
                "route": match.view_name if match else None,
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - began) * 1000, 1),
            },
        )
        return response

    return handle


def one_transaction(get_response: Handler) -> Handler:
    """Everything inside, rendering included, happens in one transaction; an error undoes all of it."""

    def handle(request: Request) -> HttpResponse:
        with transaction.atomic():
            assume(None, today())
            response = get_response(request)
            if response.streaming:
                raise ImproperlyConfigured("A streamed body would be written after the identity is gone.")
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return handle


class Identify:
    """Gives the transaction its identity, and holds each view to the rule that it declares."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        day = today()
        user = request.user if isinstance(request.user, User) else None
        assume(user.pk if user else None, day)
        request.identity = Identity.of(user, day)
        response = self.get_response(request)
        settle(day)
        return response

    def process_view(
        self, request: Request, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        rule = rule_of(request.resolver_match, view)
        if rule is Rule.PUBLIC:
            return None
        if not request.identity.user:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        if not rule.admits(request.identity.roles):
            raise PermissionDenied
        return None
