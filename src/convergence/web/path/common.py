"""The page that every form of the path shares."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render

from convergence.people.models import Person
from convergence.web.requests import Request


def form_page(
    request: Request, person: Person, form: BaseForm, heading: str, button: str, status: int, **more: Any
) -> HttpResponse:
    context = {"person": person, "form": form, "heading": heading, "button": button}
    return render(request, "path/form.html", context | more, status=status)
