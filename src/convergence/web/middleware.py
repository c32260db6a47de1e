"""One request: a log line, one transaction, one identity (docs/decisions/0004-a-request.md)."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.people.hosts.models import HOST
from convergence.platform.changes import settle
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.identity import assume, forget
from convergence.territories.identity import Identity
from convergence.web.requests import Request
from convergence.web.rules import Rule, rule_of

logger = logging.getLogger("convergence.request")

Handler = Callable[[Request], HttpResponse]

LIVENESS = "/sante/vie"


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


def alive(get_response: Handler) -> Handler:
    """Answers that the process lives without asking the database, whose absence is another matter."""

    def handle(request: Request) -> HttpResponse:
        if request.path == LIVENESS:
            return HttpResponse("vivant", content_type="text/plain; charset=utf-8")
        return get_response(request)

    return handle


def one_transaction(get_response: Handler) -> Handler:
    """Everything inside, rendering included, happens in one transaction; an error undoes all of it."""

    def handle(request: Request) -> HttpResponse:
        try:
            # A connection kept from before may lead to a server that has gone since.
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except OperationalError:
            sentence = _("Le service est momentanément indisponible : réessayez dans une minute.")
            return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
        try:
            # A new transaction is nobody's until ``Identify``: what identified the one before went with it.
            with transaction.atomic():
                forget()
                if "\x00" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
                    # PostgreSQL stores no NUL: looking for such a session would be an error, not an absence.
                    del request.COOKIES[settings.SESSION_COOKIE_NAME]
                response = get_response(request)
                if response.streaming:
                    raise ImproperlyConfigured("A streamed body would be written after the identity is gone.")
                if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or getattr(request, "undone", False):
                    transaction.set_rollback(True)
        finally:
            forget()
        return response

    return handle


class Identify:
    """Gives the transaction its identity, and holds each view to the rule that it declares."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        day = today()
        user = request.user if isinstance(request.user, User) else None
        roles = assume(user.pk if user else None, day)
        request.identity = Identity.of(user, day, hosts=HOST in roles)
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # Django's own answer has no words; one lands here by signing in again after a button was sent.
            page = render(request, "405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            response = page
        if user:
            # On a shared computer, going back after signing out shows nobody's file.
            add_never_cache_headers(response)
            if not request.user.is_authenticated:
                # She has just signed out: what the device kept for a day without a network goes (decision 14).
                response["Clear-Site-Data"] = '"storage"'
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and not getattr(request, "undone", False):
            settle(day)
        return response

    def process_view(
        self, request: Request, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        rule = rule_of(request.resolver_match, view)
        if rule is Rule.PUBLIC:
            return None
        if not request.identity.user:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not rule.admits(request.identity.roles):
            raise PermissionDenied
        return None

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """A view that raises, whatever it raises, leaves nothing half-written; a refusal says its sentence."""
        request.undone = True
        if isinstance(error, Refused):
            return render(request, "refused.html", {"sentence": str(error)}, status=409)
        return None
