"""The needs of a person over time, and her goals: the page, a review part by part, one rating with its history."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.people.models import Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.support.conferences.reading import decisions_of
from convergence.support.goals.reading import goal_lines
from convergence.support.models import Need
from convergence.support.needs import (
    NeedHistory,
    correct_need,
    need_histories,
    record_review,
    said,
    to_see,
    withdraw_need,
)
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS, NEEDS_BY_PART, ReviewPart
from convergence.web.handling import act, answer, retyped, see_anew
from convergence.web.needs.chart import LEVEL_LINES, Chart, draw_need, first_day
from convergence.web.needs.forms import SKIPPED, CorrectionForm, ReviewForm
from convergence.web.people.looking import Reach, open_person
from convergence.web.requests import Request
from convergence.web.rules import CARE, open_to

FOLDED = [*(kind.value for kind in Missing), SKIPPED]


@dataclass(frozen=True)
class NeedLine:
    """One need as the page shows it."""

    history: NeedHistory
    first: str
    now: str
    change: str
    lighter: bool
    chart: Chart | None


@dataclass(frozen=True)
class Part:
    """One part of the review, with its needs; ``address``: where it is rated, empty for who may not."""

    part: ReviewPart
    lines: tuple[NeedLine, ...]
    address: str

    @property
    def complete(self) -> bool:
        return not any(line.history.to_see for line in self.lines)


@open_to(*CARE)
@require_safe
def needs(request: Request, person_id: int) -> HttpResponse:
    """Every need that the actor reads: where it began, where it is, what nobody has seen yet."""
    person, reach = open_person(request, person_id)
    histories = need_histories(person.pk, reach)
    today = request.identity.today
    since = first_day(histories.values(), today)
    parts = []
    for part, kinds in NEEDS_BY_PART.items():
        shown = [histories[kind.code] for kind in kinds if kind.code in histories]
        lines = tuple(
            _line(history, draw_need(history, since, today) if history.reviews else None) for history in shown
        )
        if lines:
            written = any(history.kind.compartment.value in reach.written for history in shown)
            address = reverse("review-needs", args=[person.pk, part.value]) if written else ""
            parts.append(Part(part, lines, address))
    left = to_see(histories.values())
    open_goals, closed_goals = goal_lines(person.pk, person.usual_name, today)
    context = {
        "person": person,
        "parts": parts,
        "to_see": [kind.label for kind in left],
        "seen": len(histories) - len(left),
        "all_needs": len(histories),
        "next_part": next((part for part in parts if part.address and not part.complete), None),
        "since": since,
        "written": reach.written,
        "open_goals": open_goals,
        "closed_goals": closed_goals,
        "decisions": decisions_of(person.pk),
        "level_lines": LEVEL_LINES,
    }
    return render(request, "needs/needs.html", context)


def _line(history: NeedHistory, chart: Chart | None) -> NeedLine:
    first, latest = history.first, history.latest
    change, lighter = "", False
    if history.travelled:
        before, now = history.travelled
        lighter = now < before
        if now == before:
            change = _("%(level)s au début, %(level)s aujourd’hui : pareil") % {"level": now}
        else:
            words = _("de %(before)s à %(now)s : plus léger") if lighter else _("de %(before)s à %(now)s : plus lourd")
            change = words % {"before": before, "now": now}
    return NeedLine(
        history,
        first=first.said if first else "",
        now=latest.said if latest else str(Missing.NOT_ASSESSED.label).lower(),
        change=change,
        lighter=lighter,
        chart=chart,
    )


def _to_rate(part: str, person: Person, reach: Reach) -> list[NeedHistory]:
    """:raises Http404: no such part, or the actor writes none of its needs."""
    if not ReviewPart.has(part):
        raise Http404
    histories = need_histories(person.pk, reach.written)
    shown = [histories[kind.code] for kind in NEEDS_BY_PART[ReviewPart(part)] if kind.code in histories]
    if not shown:
        raise Http404
    return shown


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def review(request: Request, person_id: int, part: str) -> HttpResponse:
    """Rate the needs of one part. The next meeting takes another one: no form asks for everything at once."""
    person, reach = open_person(request, person_id)
    histories = _to_rate(part, person, reach)
    today = request.identity.today
    form = ReviewForm(request.POST or None, histories=histories, today=today)

    def work(form: ReviewForm) -> str:
        record_review(person.pk, form.ratings(), form.cleaned_data["on"], written=reach.written, today=today)
        messages.success(request, _("L’évaluation est enregistrée."))
        return reverse("needs", args=[person.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        fresh = need_histories(person.pk, reach.written)
        form.histories = [fresh[history.kind.code] for history in histories]
        seen = {history.kind.code: history.latest for history in form.histories}
        retyped(form, **{f"seen-{code}": str(latest.rating.pk) if latest else "" for code, latest in seen.items()})

    def page(status: int) -> HttpResponse:
        context = {"person": person, "part": ReviewPart(part), "form": form, "folded": FOLDED}
        return render(request, "needs/review.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


def rating_of(person: Person, need_id: int) -> Need:
    """:raises Http404: no such rating of this person, or not for this actor."""
    found = Need.objects.filter(person=person, pk=need_id).first()
    if found is None:
        raise Http404
    return found


@open_to(*CARE)
@require_safe
def need(request: Request, person_id: int, need_id: int) -> HttpResponse:
    """One rating: why, who said it when, and every version before it."""
    person, reach = open_person(request, person_id)
    shown = rating_of(person, need_id)
    rows = Need.objects.filter(person=person, series=shown.series).select_related("recorded_by").order_by("-pk")
    versions = [(version, said(version)) for version in rows]
    context = {
        "person": person,
        "need": shown,
        "kind": NEEDS[shown.need],
        "said": said(shown),
        "versions": versions,
        "current": next((version for version, _said in versions if version.superseded_at is None), None),
        "may_correct": shown.compartment in reach.written,
    }
    return render(request, "needs/need.html", context)


@open_to(*CARE)
@require_http_methods(["GET", "POST"])
def correct(request: Request, person_id: int, need_id: int) -> HttpResponse:
    """Correct a rating; the second of two editors sees the first one's words."""
    person, _reach = open_person(request, person_id)
    shown = rating_of(person, need_id)
    kind = NEEDS[shown.need]
    initial = {
        "code": shown.missing or str(shown.level),
        "reason": shown.reason,
        "on": shown.starts,
        "seen_version": shown.pk,
    }
    form = CorrectionForm(request.POST or None, label=kind.label, initial=initial)
    context: dict[str, Any] = {"person": person, "need": shown, "kind": kind, "form": form, "folded": FOLDED}

    def work(form: CorrectionForm) -> str:
        corrected = correct_need(shown, form.rating(), form.cleaned_data["on"], today=request.identity.today)
        messages.success(request, _("La correction est enregistrée ; la version précédente reste lisible."))
        return reverse("need", args=[person.pk, corrected.pk])

    def show_theirs(error: ChangedMeanwhile) -> None:
        context["theirs"] = said(error.fresh) if error.fresh else ""
        see_anew(form, error)

    def page(status: int) -> HttpResponse:
        return render(request, "needs/correct.html", context, status=status)

    return answer(request, form, work, page, show_theirs)


@open_to(*CARE)
@require_POST
def withdraw(request: Request, person_id: int, need_id: int) -> HttpResponse:
    """Take back a rating noted by mistake; it stays in the history."""
    person, _reach = open_person(request, person_id)
    shown = rating_of(person, need_id)
    act(request, partial(withdraw_need, shown), _("L’évaluation est retirée ; elle reste lisible dans l’historique."))
    return redirect("need", person_id=person.pk, need_id=shown.pk)
