"""The months of a site: which are closed, whose hours are missing, the sums; closing and reopening."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.pathways.hours.reading import SiteMonth, closing_of, site_months
from convergence.pathways.hours.recording import close_month, reopen_month
from convergence.platform.submissions import once
from convergence.rules.french import month_said
from convergence.rules.spans import month_of
from convergence.territories.models import Site
from convergence.web.fields import LineField
from convergence.web.handling import act, answer
from convergence.web.hours.places import own_site, own_sites
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, SITE_TEAM, open_to


def chosen_site(request: Request) -> tuple[list[Site], Site]:
    """The actor's sites, and the one that the address names or else the first.

    :raises Http404: it names another, or there is none.
    """
    sites = own_sites(request)
    asked = request.GET.get("chantier", "")
    if not asked and sites:
        return sites, sites[0]
    if asked.isascii() and asked.isdigit() and len(asked) < 18:
        return sites, own_site(request, int(asked))
    raise Http404


def chosen_year(request: Request, site: Site) -> tuple[int, list[int]]:
    """The year that the address names or else this one, and those that may be chosen."""
    today = request.identity.today
    opened = max((site.opened_on or today).year, today.year - 9)
    years = list(range(min(opened, today.year), today.year + 1))
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    return (year if year in years else today.year), years


def state_of(month: SiteMonth) -> tuple[str, str]:
    """How a month stands, in words and tone."""
    if month.closed:
        return _("clos"), "ok"
    if month.closing is not None:
        return _("rouvert"), "soon"
    return (_("à compléter"), "") if month.missing > month.hidden else (_("à clore"), "")


@open_to(*SITE_TEAM)
@require_safe
def months(request: Request) -> HttpResponse:
    """A year of the site, the latest month first."""
    sites, site = chosen_site(request)
    year, years = chosen_year(request, site)
    today = request.identity.today
    last = min(date(year, 12, 1), month_of(today))
    rows = [row for row in site_months(site.pk, date(year, 1, 1), last) if row.contracts or row.closing or row.worked]
    context: dict[str, Any] = {
        "site": site,
        "sites": sites,
        "year": year,
        "earlier": year - 1 if year - 1 in years else None,
        "later": year + 1 if year + 1 in years else None,
        "now": month_of(today),
        "now_said": month_said(month_of(today)),
        "months": [(row, month_said(row.month), *state_of(row)) for row in reversed(rows)],
        "may_employ": site in own_sites(request, *EMPLOYER),
    }
    return render(request, "hours/months.html", context)


@open_to(*SITE_TEAM)
@require_POST
def close(request: Request, site_id: int, month: date) -> HttpResponse:
    """Close the month, once everybody's hours are typed."""
    site = own_site(request, site_id)

    def work() -> HttpResponse:
        said = _("%(month)s est clos : ses heures ne changent plus.") % {"month": month_said(month).capitalize()}
        act(request, partial(close_month, site.pk, month, request.identity.today), said)
        return redirect("hours-month", site_id=site.pk, month=month)

    return once(request, work)


class ReopenForm(forms.Form):
    reason = LineField(
        label=gettext_lazy("Pourquoi rouvrir ce mois"),
        max_length=300,
        help_text=gettext_lazy(
            "Par exemple : une feuille d’heures arrivée après la clôture. Reste lisible avec votre nom."
        ),
        error_messages={"required": gettext_lazy("Dites pourquoi le mois est rouvert.")},
    )


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def reopen(request: Request, site_id: int, month: date) -> HttpResponse:
    """Reopen a closed month, saying why."""
    site = own_site(request, site_id, *EMPLOYER)
    form = ReopenForm(request.POST or None)

    def work(form: ReopenForm) -> str:
        reopen_month(site.pk, month, form.cleaned_data["reason"])
        messages.success(
            request,
            _("%(month)s est rouvert : corrigez ses heures, puis clôturez-le.")
            % {"month": month_said(month).capitalize()},
        )
        return reverse("hours-month", args=[site.pk, month])

    def page(status: int) -> HttpResponse:
        context = {"site": site, "month": month, "month_said": month_said(month), "form": form}
        return render(request, "hours/reopen.html", context | {"closing": closing_of(site.pk, month)}, status=status)

    return answer(request, form, work, page)
