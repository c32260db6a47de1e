"""The site's year: posts agreed against hours paid, posts that are vacant, who leaves in the next months."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from convergence.pathways.hours.reading import RotaContract
from convergence.pathways.hours.year import (
    MOST_POSTS,
    SiteYear,
    YearMonth,
    agreed_posts,
    highest,
    note_agreed_posts,
    posts_of,
    site_year,
    under_contract,
    weekly_on,
)
from convergence.platform.errors import ChangedMeanwhile
from convergence.rules.french import month_said
from convergence.rules.spans import month_of
from convergence.territories.models import Site
from convergence.vocabulary.roles import Role
from convergence.web.fields import VersionForm
from convergence.web.handling import answer, see_anew
from convergence.web.hours.months import state_of
from convergence.web.hours.places import own_site
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.today.site import EndingContract, ending_contracts

HEIGHT = 120
"""Pixels of the drawing, for the highest month or the posts agreed."""
EARLIEST = 1990


@dataclass(frozen=True)
class Column:
    """A month in the drawing: hundredths of the width, pixels from the top."""

    x: float
    width: float
    y: float
    height: float
    told: bool


@dataclass(frozen=True)
class Leaving:
    """Contracts that end in one month with nothing after them, and the posts that they free."""

    month: str
    contracts: list[EndingContract]
    posts: Decimal


def known_year(request: Request, year: int) -> int:
    """:raises Http404: a year of another age, or one that is more than a year away."""
    if not EARLIEST <= year <= request.identity.today.year + 1:
        raise Http404
    return year


@open_to(*EMPLOYER)
@require_safe
def year_page(request: Request, site_id: int, year: int) -> HttpResponse:
    """One year of one site, as its manager answers for it."""
    site = own_site(request, site_id, *EMPLOYER)
    today = request.identity.today
    found = site_year(site.pk, known_year(request, year), today)
    running = under_contract(site.pk, today)
    posts = posts_of((weekly_on(contract, today) for contract in running), today)
    now = found.agreed if year == today.year else agreed_posts(site.pk, today.year)
    context: dict[str, Any] = {
        "site": site,
        "year": year,
        "found": found,
        "months": [(month, month_said(month.sums.month), *state_of(month.sums)) for month in found.months],
        "drawing": drawing(found),
        "running": len(running),
        "posts": posts,
        "unknown": sum(weekly_on(contract, today) is None for contract in running),
        "vacant": now.full_time_equivalent - posts if now else None,
        "over": posts - now.full_time_equivalent if now and posts > now.full_time_equivalent else None,
        "leaving": leaving(site, running, today),
        "may_note": site.pk in request.identity.site_ids(Role.SITE_MANAGER),
        "earlier": year - 1 if site.opened_on and site.opened_on.year < year else None,
        "later": year + 1 if year < today.year else None,
    }
    return render(request, "hours/year.html", context)


def leaving(site: Site, running: list[RotaContract], today: date) -> list[Leaving]:
    """Who leaves within six months with nothing signed after, month by month; three queries."""
    here = {contract.person_id: contract for contract in running}
    by_month: dict[date, list[EndingContract]] = defaultdict(list)
    for each in ending_contracts([site.pk], today):
        if each.person_id in here:
            by_month[month_of(each.last_day)].append(each)
    return [
        Leaving(month_said(month), contracts, posts_of((weekly_on(here[e.person_id], today) for e in contracts), today))
        for month, contracts in sorted(by_month.items())
    ]


def drawing(found: SiteYear) -> dict[str, Any] | None:
    """Twelve columns and the line of what was agreed; None while nothing can be drawn."""
    if not found.told and found.agreed is None:
        return None
    most = highest(found.months, found.agreed)
    told = {month.sums.month for month in found.told}
    step = 100 / 12
    columns = [_column(month, step, most, told=month.sums.month in told) for month in found.months]
    line = HEIGHT - _pixels(found.agreed.full_time_equivalent, most) if found.agreed else None
    return {"columns": columns, "line": line, "height": HEIGHT}


def _column(month: YearMonth, step: float, most: Decimal, *, told: bool) -> Column:
    height = _pixels(month.posts, most)
    return Column(round((month.sums.month.month - 1) * step, 2), round(step * 0.75, 2), HEIGHT - height, height, told)


def _pixels(posts: Decimal, most: Decimal) -> float:
    return round(float(posts / most) * (HEIGHT - 4), 1)


class AgreedForm(VersionForm):
    posts = forms.DecimalField(
        label=gettext_lazy("ETP conventionnés pour l’année"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=MOST_POSTS,
        localize=True,
        help_text=gettext_lazy("Les équivalents temps plein d’insertion de l’annexe financière, avenants compris."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


@open_to(Role.SITE_MANAGER)
@require_http_methods(["GET", "POST"])
def agreed(request: Request, site_id: int, year: int) -> HttpResponse:
    """Note, or correct, the posts agreed for a year."""
    site = own_site(request, site_id, Role.SITE_MANAGER)
    shown = agreed_posts(site.pk, known_year(request, year))
    initial = {"posts": shown.full_time_equivalent, "seen_version": shown.pk} if shown else {}
    form = AgreedForm(request.POST or None, initial=initial)
    theirs: list[Any] = []

    def work(form: AgreedForm) -> str:
        note_agreed_posts(site.pk, year, form.cleaned_data["posts"], form.cleaned_data["seen_version"])
        messages.success(request, _("Les ETP conventionnés sont notés."))
        return reverse("site-year", args=[site.pk, year])

    def show_theirs(error: ChangedMeanwhile) -> None:
        see_anew(form, error)
        theirs.extend([error.fresh] if error.fresh else [])

    def page(status: int) -> HttpResponse:
        context = {"site": site, "year": year, "form": form, "theirs": theirs}
        return render(request, "hours/agreed.html", context, status=status)

    return answer(request, form, work, page, show_theirs)
