"""The grid of a site's month: everybody under contract, typed on a telephone, saved at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from convergence.pathways.hours.models import MonthHours
from convergence.pathways.hours.reading import HoursLine, closings_of, lines_of, site_months
from convergence.pathways.hours.recording import save_month
from convergence.platform.errors import ChangedMeanwhile
from convergence.rules.french import month_said
from convergence.rules.spans import month_of, next_month
from convergence.rules.typed_hours import hours_said
from convergence.rules.worked_hours import absences_said, gap
from convergence.web.handling import answer
from convergence.web.hours.grid_form import GridForm
from convergence.web.hours.places import own_site
from convergence.web.people.looking import record_look
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, SITE_TEAM, open_to

EARLIEST = date(1990, 1, 1)
PAGE = 50
"""Cards on a page: all of most sites, and a form that stays under the server's limit of fields."""


@open_to(*SITE_TEAM)
@require_http_methods(["GET", "POST"])
def grid(request: Request, site_id: int, month: date) -> HttpResponse:
    """Type the month, or read it once it is closed."""
    site = own_site(request, site_id)
    today = request.identity.today
    everybody = lines_of(site.pk, month)
    page = Paginator(everybody, PAGE).get_page(request.GET.get("page"))
    lines: list[HoursLine] = list(page.object_list)
    if request.method != "POST":
        record_look(request, {line.contract.person_id for line in lines})
    form = GridForm(request.POST or None, lines=lines, month=month, earlier=earlier(request, lines))

    def work(form: GridForm) -> str:
        written = save_month(site.pk, month, form.changes(), today)
        said = ngettext("%(n)s ligne est enregistrée.", "%(n)s lignes sont enregistrées.", written) % {"n": written}
        messages.success(
            request,
            said if written else _("Rien n’a changé."),
            extra_tags=f"draft:{draft(site.pk, month, page.number, seen(request))}",
        )
        return (
            f"{reverse('hours-month', args=[site.pk, month])}{'?page=' + str(page.number) if page.number > 1 else ''}"
        )

    def show_theirs(error: ChangedMeanwhile) -> None:
        again = {line.contract.series: line for line in lines_of(site.pk, month)}
        form.show_theirs(error.fresh, [again.get(line.contract.series, line) for line in lines])

    def show(status: int) -> HttpResponse:
        (sums,) = site_months(site.pk, month, month)
        context: dict[str, Any] = {
            "site": site,
            "month": month,
            "month_said": month_said(month),
            "months_url": f"{reverse('hours')}?chantier={site.pk}",
            "before": month - timedelta(days=1) if month > EARLIEST else None,
            "after": next_month(month) if next_month(month) <= month_of(today) else None,
            "sums": sums,
            "histories": closings_of(site.pk, month) if sums.closing else [],
            "page": page,
            "form": form,
            "wrong": form.wrong(),
            "cards": [] if sums.closed else form.cards(),
            "rows": [(line, absences_said(line.typed), gap_said(line)) for line in lines] if sums.closed else [],
            "begun": month <= month_of(today),
            "may_reopen": site.pk in request.identity.site_ids(*EMPLOYER),
            "draft": draft(site.pk, month, page.number, [line.row.pk for line in lines if line.row]),
        }
        return render(request, "hours/grid.html", context, status=status)

    return answer(request, form, work, show, show_theirs)


def seen(request: Request) -> list[int]:
    """The rows that the form was drawn from."""
    posted = [value for name, value in request.POST.items() if name.endswith("-seen")]
    return [int(value) for value in map(str, posted) if value.isascii() and value.isdigit() and len(value) < 18]


def earlier(request: Request, lines: Sequence[HoursLine]) -> dict[int, MonthHours]:
    """The rows that the form was drawn from and that no longer stand; no query where all of them do."""
    gone = set(seen(request)) - {line.row.pk for line in lines if line.row}
    return MonthHours.objects.in_bulk(gone) if gone else {}


def draft(site_id: int, month: date, page: int, rows: Sequence[int]) -> str:
    """The name under which the browser keeps what is typed: for the rows that it was typed over, and no others."""
    return f"heures-{site_id}-{month:%Y-%m}-{page}-{max(rows, default=0)}"


def gap_said(line: HoursLine) -> str:
    """What was typed beyond or below what was planned; empty where it comes to the same."""
    found = gap(line.typed) if line.row else None
    if not found:
        return ""
    if found < 0:
        return _("%(hours)s de moins que prévu") % {"hours": hours_said(-found)}
    return _("%(hours)s de plus que prévu") % {"hours": hours_said(found)}
