"""Hours from payroll or from the State's monthly statement: the file, what it would change, then the writing."""

import logging
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from convergence.intake.holding import LIMITS
from convergence.intake.kinds import UnreadableFile
from convergence.intake.payroll.carrying import packed, unpacked, write
from convergence.intake.payroll.layout import columns_of
from convergence.intake.payroll.planning import PayrollPlanner, PlannedHours, months_of
from convergence.intake.payroll.rows import lines
from convergence.intake.reading import Table, read
from convergence.rules.french import month_said
from convergence.rules.spans import add_months, month_of
from convergence.rules.typed_hours import said_plainly
from convergence.rules.worked_hours import Typed, absences_said
from convergence.territories.models import Site
from convergence.web.handling import answer
from convergence.web.hours.places import own_site
from convergence.web.people.looking import record_look
from convergence.web.receiving import InMemoryUpToLimit, announced_too_big, drop_rest
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

logger = logging.getLogger("convergence.intake")

EXTENSIONS = ".xlsx,.ods,.xls,.csv,.txt,.tsv"
OFFERED_MONTHS = 24
SHOWN = 300
"""Lines of each kind that the preview shows."""


class FileForm(forms.Form):
    month = forms.ChoiceField(
        label=gettext_lazy("Mois des lignes qui n’en disent pas"),
        required=False,
        help_text=gettext_lazy("À choisir si le fichier n’a pas de colonne « Mois »."),
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier de paie, ou état mensuel de l’ASP"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": EXTENSIONS}),
        error_messages={
            "required": gettext_lazy("Choisissez le fichier à importer."),
            "invalid": gettext_lazy("Choisissez le fichier à importer."),
        },
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        months = [add_months(month_of(today), -number) for number in range(OFFERED_MONTHS)]
        choice = self.fields["month"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [("", _("le fichier le dit")), *((each.isoformat(), month_said(each)) for each in months)]

    def clean_month(self) -> date | None:
        given = self.cleaned_data["month"]
        return date.fromisoformat(given) if given else None


@csrf_exempt
@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def upload(request: Request, site_id: int) -> HttpResponse:
    """Choose the file; its preview answers at once. The limit is set before anything of the body is read."""
    site = own_site(request, site_id, *EMPLOYER)
    if announced_too_big(request, LIMITS.bytes):
        drop_rest(request)
        return _page(request, site, _too_big(request), 413)
    handler = InMemoryUpToLimit(request, LIMITS.bytes)
    if request.method == "POST":
        request.upload_handlers = [handler]
    return _received(request, site, handler)


@csrf_protect
def _received(request: Request, site: Site, handler: InMemoryUpToLimit) -> HttpResponse:
    today = request.identity.today
    if request.method != "POST":
        return _page(request, site, FileForm(today=today), 200)
    # Reading the form is what brings the file in.
    form = FileForm(request.POST, request.FILES, today=today)
    if handler.too_big:
        drop_rest(request)
        return _page(request, site, _too_big(request), 413)
    if not form.is_valid():
        return _page(request, site, form, 422)
    month: date | None = form.cleaned_data["month"]
    try:
        table = read(form.cleaned_data["file"].read(), limits=LIMITS)
        columns = columns_of(table.headers, today, month_is_given=month is not None)
    except UnreadableFile as error:
        logger.info("file refused", extra={"purpose": error.code})
        form.add_error("file", str(error))
        return _page(request, site, form, 409)
    planned = PayrollPlanner(site, today).plan(lines(table, columns, month, today))
    return _preview(request, site, table, planned)


def _too_big(request: Request) -> FileForm:
    form = FileForm({}, today=request.identity.today)
    form.errors.clear()
    sentence = _("Ce fichier est trop lourd (%(limit)d Mo au plus) : gardez seulement la feuille et les lignes utiles.")
    form.add_error(None, sentence % {"limit": LIMITS.bytes // (1024 * 1024)})
    return form


def _page(request: Request, site: Site, form: FileForm, status: int) -> HttpResponse:
    return render(request, "hours/import.html", {"site": site, "form": form}, status=status)


def _preview(request: Request, site: Site, table: Table, planned: list[PlannedHours]) -> HttpResponse:
    changed = [each for each in planned if each.change is not None]
    refused = [each for each in planned if each.reasons]
    record_look(request, {each.person_id for each in changed if each.person_id})
    user = request.identity.user
    context = {
        "site": site,
        "months": [month_said(month) for month in months_of(planned)],
        "changed": [(each, *_both(each)) for each in changed[:SHOWN]],
        "refused": refused[:SHOWN],
        "writes": len(changed),
        "unchanged": len(planned) - len(changed) - len(refused),
        "left_out": len(refused),
        "hidden": max(0, len(changed) - SHOWN) + max(0, len(refused) - SHOWN),
        "notices": table.notices,
        "packed": packed(planned, user.pk if user else 0, site.pk, request.identity.today),
    }
    return render(request, "hours/import_preview.html", context)


def _both(each: PlannedHours) -> tuple[str, str, str]:
    """The month, what stands and what would."""
    month = month_said(each.line.month) if each.line.month else ""
    after = each.change.typed if each.change else None
    return month, _said(each.standing) if each.was_typed else "", _said(after)


def _said(typed: Typed | None) -> str:
    """« 98,67 h faites sur 112,67, congés payés 14 h »."""
    if typed is None:
        return ""
    said = _("%(worked)s faites sur %(planned)s prévues") % {
        "worked": said_plainly(typed.worked) or "—",
        "planned": said_plainly(typed.planned) or "—",
    }
    return ", ".join(filter(None, (said, absences_said(typed))))


class WriteForm(forms.Form):
    packed = forms.CharField(widget=forms.HiddenInput)


@open_to(*EMPLOYER)
@require_POST
def write_hours(request: Request, site_id: int) -> HttpResponse:
    """Write what the preview showed, all of it or nothing."""
    site = own_site(request, site_id, *EMPLOYER)
    today, user = request.identity.today, request.identity.user
    form = WriteForm(request.POST)

    def work(form: WriteForm) -> str:
        plan = unpacked(form.cleaned_data["packed"], user.pk if user else 0, site.pk, today)
        written = write(plan, site.pk, today)
        said = ngettext("%(n)s ligne d’heures est écrite.", "%(n)s lignes d’heures sont écrites.", written)
        messages.success(request, said % {"n": written})
        return f"{reverse('hours')}?chantier={site.pk}"

    def page(status: int) -> HttpResponse:
        context = {"site": site, "form": FileForm(today=today), "refused": form}
        return render(request, "hours/import.html", context, status=status)

    return answer(request, form, work, page)
