"""One page: the first fifty rows, by name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.bare import SHOWN
from benchmarks.bare.models import Row


def rows(request: HttpRequest) -> HttpResponse:
    return render(request, "bare/rows.html", {"rows": Row.objects.order_by("name", "pk")[:SHOWN]})


urlpatterns = [path("", rows)]
