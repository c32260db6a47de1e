"""Today: who needs something, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from convergence.web.rules import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("today")


@signed_in
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    return render(request, "today/today.html")
