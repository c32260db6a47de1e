"""One evaluation: its answer, its curves, who pays and who saves, explored by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergence.analysis.explore import Curve, Interval
from convergence.evidence.models import Dataset, Evaluation
from convergence.evidence.results import explorer_of, stated_by
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from convergence.web.evaluation import drawing, words
from convergence.web.evaluation.common import READERS, may_publish, open_evaluation
from convergence.web.evaluation.forms import ExploreForm
from convergence.web.requests import Request
from convergence.web.rules import open_to


@open_to(*READERS)
@require_safe
def evaluation(request: Request, evaluation_id: UUID) -> HttpResponse:
    """The page; asked for by htmx, only what follows from the sliders."""
    shown = open_evaluation(evaluation_id)
    if shown.made_at is None:
        return _under_way(request, shown)
    form = ExploreForm(request.GET, explorer_of(shown))
    valid = form.is_valid()
    context = answer_of(form) | {"evaluation": shown}
    if request.htmx:
        response = render(request, "evaluation/answer.html", context)
        # The address keeps what differs from the central values, to be sent to somebody or found again.
        response["HX-Replace-Url"] = f"{request.path}?{context['query']}" if context["query"] else request.path
        return response
    stated = stated_by(shown)
    context |= {
        "may_publish": may_publish(request.identity, shown),
        "may_remove": request.identity.holds(Role.EVALUATOR) and shown.published_at is None,
        "simulated": shown.facts.get("kind") == Dataset.Kind.SIMULATED,
        # Those of the scenarios stand in a table of their own, and year by year in the file.
        "numbers": [each for each in stated.numbers if not each["key"].startswith("scenario.")],
        "flags": sorted({flag for each in stated.numbers for flag in each.get("flags") or ()}),
        "outcomes": drawing.outcomes(stated.shifts),
    }
    return render(request, "evaluation/page.html", context, status=200 if valid else 422)


def answer_of(form: ExploreForm) -> dict[str, Any]:
    """What the sliders change on the page."""
    explorer, settings = form.explorer, form.settings()
    curve, balance = explorer.curve(settings), explorer.balance(settings, form.month)
    about = explorer.about
    return {
        "form": form,
        "query": urlencode(form.chosen()),
        "about": about,
        "contrast": words.contrast_of(about, settings),
        "perspective": words.perspective_of(about, settings),
        "headline": words.headline(about, settings, curve),
        "without_places": words.without_places(curve),
        "figures": words.figures(about, settings, curve, balance),
        "plots": (drawing.cost_and_savings(curve), drawing.balance(curve)),
        "curve": curve,
        "rows": list(_half_yearly(about.observed, curve)),
        "balance": balance,
        "payers": [row for row in balance.payers if words.moves(row)],
        "lines": words.lines(about, settings, balance),
        "sliders": form.sliders(),
        "produces": balance.total.production.central != 0,
    }


@dataclass(frozen=True)
class MonthRow:
    """One line of the table behind the curves."""

    month: int
    people: int
    savings: Interval
    cost: Interval
    net: Interval


def _half_yearly(observed: tuple[int, ...], curve: Curve) -> Iterator[MonthRow]:
    """Every sixth month and the last; the file to download has all of them."""
    horizon = len(observed)
    for month in sorted({*range(6, horizon + 1, 6), horizon}):
        at = (band.at(month) for band in (curve.savings, curve.cost, curve.net))
        yield MonthRow(month, observed[month - 1], *at)


@open_to(*READERS)
@require_safe
def progress(request: Request, evaluation_id: UUID) -> HttpResponse:
    """How far the job has come; htmx asks again every second, and without scripts a link does."""
    shown = open_evaluation(evaluation_id)
    if shown.made_at is None:
        return _under_way(request, shown)
    address = reverse("evaluation", args=[shown.pk])
    if request.htmx:
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _under_way(request: Request, shown: Evaluation) -> HttpResponse:
    """The page of an evaluation that has no results yet; its job is read by whoever asked for it alone."""
    job = Job.objects.filter(pk=shown.job_id).first() if shown.job_id else None
    context = {
        "evaluation": shown,
        "job": job,
        "failed": job is not None and job.state == Job.State.FAILED,
        "may_remove": request.identity.holds(Role.EVALUATOR),
    }
    return render(request, "evaluation/bar.html" if request.htmx else "evaluation/progress.html", context)
