"""Addresses for the tests of a request: views that write, then go wrong or are asked twice."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.backends.postgresql.psycopg_any import DateRange
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import path

from convergence.people.models import Person
from convergence.platform.errors import Refused
from convergence.platform.identity import remembered
from convergence.platform.submissions import once
from convergence.support.models import Contact
from convergence.web.handling import answer
from convergence.web.requests import Request
from convergence.web.rules import signed_in
from convergence.web.urls import urlpatterns as ours

ERRORS: dict[str, Exception] = {
    "missing": Http404(),
    "forbidden": PermissionDenied(),
    "suspicious": SuspiciousOperation("example"),
    "refused": Refused("Cette personne est déjà suivie."),
    "broken": ValueError("example"),
}


def meet(request: Request) -> None:
    today = request.identity.today
    Contact.objects.create(
        person=Person.objects.earliest("pk"), kind="meeting", valid=DateRange(today, today + timedelta(days=1))
    )


@signed_in
def write_then_raise(request: Request, error: str) -> HttpResponse:
    meet(request)
    raise ERRORS[error]


@signed_in
def one_touch(request: Request) -> HttpResponse:
    def work() -> HttpResponse:
        meet(request)
        return HttpResponse("<li>Rencontre notée.</li>")

    return once(request, work)


@signed_in
def refused_fragment(request: Request) -> HttpResponse:
    """An answer of 409 that a view makes itself, instead of raising."""

    def work() -> HttpResponse:
        meet(request)
        return HttpResponse("non", status=409)

    return once(request, work)


@signed_in
def draw_after_answer(request: Request) -> HttpResponse:
    """What a view could draw in the very answer to a form: how many people still wait for what follows."""

    def work(form: Form) -> str:
        meet(request)
        return "/"

    answer(request, Form(request.POST), work, lambda status: HttpResponse(status=status))
    return HttpResponse(f"{len(remembered('changed people'))} en attente")


urlpatterns = [
    *ours,
    path("essai/erreur/<slug:error>/", write_then_raise, name="write-then-raise"),
    path("essai/touche/", one_touch, name="one-touch"),
    path("essai/refus/", refused_fragment, name="refused-fragment"),
    path("essai/dessin/", draw_after_answer, name="draw-after-answer"),
]
