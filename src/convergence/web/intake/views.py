"""The three steps before anything is written: the file, its columns, the preview."""

import logging
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergence.intake import holding, template
from convergence.intake.actor import Importer
from convergence.intake.kinds import UnreadableFile
from convergence.intake.models import Import
from convergence.intake.planning import Verb
from convergence.intake.planning import preview as plan_rows
from convergence.intake.writing import KIND
from convergence.platform import jobs
from convergence.platform.models import Job
from convergence.web.handling import answer
from convergence.web.intake import official
from convergence.web.intake.finding import address_of, gone, kept_until, open_import, own_imports
from convergence.web.intake.forms import ColumnsForm, UploadForm
from convergence.web.people.looking import record_look
from convergence.web.receiving import InMemoryUpToLimit, announced_too_big, drop_rest
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to

logger = logging.getLogger("convergence.intake")

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300
"""Rows of each kind that the preview shows; one form carries a choice for each."""


# -- 1. the file -------------------------------------------------------------------------------------------------


@csrf_exempt
@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Choose the file. The limit is set before anything of the body is read, the token's check included."""
    if announced_too_big(request, holding.LIMITS.bytes):
        drop_rest(request)
        return _upload_page(request, _unread_form(request), 413)
    handler = InMemoryUpToLimit(request, holding.LIMITS.bytes)
    if request.method == "POST":
        request.upload_handlers = [handler]
    return _received(request, handler)


@csrf_protect
def _received(request: Request, handler: InMemoryUpToLimit) -> HttpResponse:
    sites = request.identity.site_ids(*EMPLOYER)
    if request.method != "POST":
        return _upload_page(request, UploadForm(site_ids=sites), 200)
    # Reading the form is what brings the file in.
    form = UploadForm(request.POST, request.FILES, site_ids=sites)
    if handler.too_big:
        drop_rest(request)
        return _upload_page(request, _unread_form(request), 413)

    def work(form: UploadForm) -> str:
        file = form.cleaned_data["file"]
        try:
            held, _table = holding.hold(
                request.identity.user.pk if request.identity.user else 0,
                form.cleaned_data["site"].pk,
                file.name,
                file.read(),
            )
        except UnreadableFile as error:
            logger.info("file refused", extra={"purpose": error.code})
            raise
        return reverse("import-columns", args=[held.pk])

    return answer(request, form, work, lambda status: _upload_page(request, form, status))


def _unread_form(request: Request) -> UploadForm:
    """The form of a file too big to be read, with its sentence."""
    form = UploadForm({}, site_ids=request.identity.site_ids(*EMPLOYER))
    form.errors.clear()
    sentence = _("Ce fichier est trop lourd (%(limit)d Mo au plus) : gardez seulement la feuille et les lignes utiles.")
    form.add_error(None, sentence % {"limit": holding.LIMITS.bytes // (1024 * 1024)})
    return form


def _upload_page(request: Request, form: UploadForm, status: int) -> HttpResponse:
    context = {"form": form, "imports": own_imports(), "limits": holding.LIMITS}
    return render(request, "intake/upload.html", context, status=status)


@open_to(*EMPLOYER)
@require_safe
def template_file(request: Request) -> HttpResponse:
    """The scheme's own list, empty."""
    response = HttpResponse(template.workbook(), content_type=SPREADSHEET)
    response["Content-Disposition"] = 'attachment; filename="modele-liste-de-personnes.xlsx"'
    return response


# -- 2. the columns ----------------------------------------------------------------------------------------------


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def columns(request: Request, import_id: UUID) -> HttpResponse:
    """Say what each column holds; then the whole list is compared with what is noted."""
    held = open_import(request, import_id)
    if held.job is not None:
        return redirect(address_of(held))
    if gone(held):
        return _forgotten(request)
    about = holding.about(held)
    if about.official is not None:
        return official.columns(request, held, about, about.official)
    table = holding.table_of(held)
    mapping = holding.mapping_of(held, table)
    if request.method == "POST" and "read_sheet" in request.POST:
        return _read_sheet(request, held, about)
    form = ColumnsForm(request.POST or None, table=table, mapping=mapping, sheet=about.sheet)

    def work(form: ColumnsForm) -> str:
        chosen = form.mapping()
        about.fields = [one.value if one else "" for one in chosen.fields]
        today = request.identity.today
        importer = Importer.of(held.actor_id, today)
        plan = plan_rows(table, chosen, importer, held.site, today)
        holding.write_about(held, about)
        holding.write_plan(held, plan)
        held.decisions = {}
        held.save()
        holding.remember_mapping(held.actor_id, table, chosen)
        return reverse("import-preview", args=[held.pk])

    def page(status: int) -> HttpResponse:
        context = {"import": held, "about": about, "table": table, "form": form, "rows": len(table.rows)}
        return render(request, "intake/columns.html", context, status=status)

    return answer(request, form, work, page)


def _read_sheet(request: Request, held: Import, about: holding.About) -> HttpResponse:
    """Go on with another sheet of the workbook; its columns are guessed anew."""
    former = about.sheet
    about.sheet, about.fields = request.POST.get("sheet", "")[:200], None
    holding.write_about(held, about)
    try:
        about.official = holding.official_of(holding.table_of(held), holding.file_of(held))
    except UnreadableFile as error:
        messages.error(request, str(error))
        about.sheet = former
    holding.write_about(held, about)
    held.plan = None
    held.save(update_fields=["about", "plan"])
    return redirect("import-columns", import_id=held.pk)


def _forgotten(request: Request) -> HttpResponse:
    messages.error(request, _("Ce fichier n’est plus conservé : importez-le de nouveau."))
    return redirect("import-people")


@open_to(*EMPLOYER)
@require_POST
def abandon(request: Request, import_id: UUID) -> HttpResponse:
    """Forget a list before it is written."""
    held = open_import(request, import_id)
    if held.job is None or held.job.state == Job.State.FAILED:
        held.delete()
        messages.success(request, _("L’import est abandonné : le fichier est effacé, rien n’a été écrit."))
        return redirect("import-people")
    return redirect(address_of(held))


# -- 3. the preview ----------------------------------------------------------------------------------------------


@open_to(*EMPLOYER)
@require_http_methods(["GET", "POST"])
def preview(request: Request, import_id: UUID) -> HttpResponse:
    """What will be created, changed, asked and refused; then the job is asked for."""
    held = open_import(request, import_id)
    if held.job is not None and held.job.state != Job.State.FAILED:
        return redirect(address_of(held))
    if gone(held):
        return _forgotten(request)
    if held.plan is None:
        return redirect("import-columns", import_id=held.pk)
    plan = holding.plan_of(held)
    if request.method == "POST":
        return _ask(request, held, plan)
    record_look(request, people_shown(plan))
    about = holding.about(held)
    if about.official is not None:
        return official.preview(request, held, about, plan)
    for row in plan["rows"]:
        row["entered"] = date.fromisoformat(row["since"]) if row["since"] else None
    groups = {verb.value: [row for row in plan["rows"] if row["verb"] == verb.value] for verb in Verb}
    context = {
        "import": held,
        "about": about,
        "plan": plan,
        "groups": {
            code: {"rows": rows[:SHOWN], "count": len(rows), "hidden": max(0, len(rows) - SHOWN)}
            for code, rows in groups.items()
        },
        "unchanged": plan["counts"][Verb.NOTHING.value],
        "writes": bool(groups["create"] or groups["change"]),
        "single_choices": any(len(row["choices"]) == 1 for row in groups["ask"]),
        "kept_until": kept_until(held),
    }
    return render(request, "intake/preview.html", context)


def _ask(request: Request, held: Import, plan: dict[str, Any]) -> HttpResponse:
    """Ask for the job, once: whoever sends the form again is led to the same one."""
    with transaction.atomic():
        # Its job is read by a query of its own: one joined here would be missing for whoever waited for the lock.
        locked = Import.objects.select_for_update().get(pk=held.pk)
        if locked.job is None or locked.job.state == Job.State.FAILED:
            is_official = holding.about(locked).official is not None
            locked.decisions = official.decisions(request, plan) if is_official else _decisions(request, plan)
            locked.job = jobs.ask(KIND, locked.actor_id, import_id=str(locked.pk))
            locked.save(update_fields=["decisions", "job"])
    return redirect("import-progress", import_id=held.pk)


def _decisions(request: Request, plan: dict[str, Any]) -> dict[str, str]:
    """Row number → what to do of it, for the rows where the user had a say."""
    decisions = {}
    for row in plan["rows"]:
        number = str(row["number"])
        given = request.POST.get(f"row-{number}", "")
        choices = [choice["code"] for choice in row["choices"]]
        if row["verb"] == Verb.ASK.value:
            if given not in choices and "accept_all" in request.POST and len(choices) == 1:
                given = str(choices[0])
            if given in choices:
                decisions[number] = given
        elif row["verb"] == Verb.CHANGE.value and given == "leave":
            decisions[number] = "leave"
    return decisions


def people_shown(plan: dict[str, Any]) -> set[int]:
    """Those already accompanied of whom the preview shows what is noted."""
    people = {row["person"] for row in plan["rows"]}
    people |= {choice["person"] for row in plan["rows"] for choice in row["choices"]}
    return people - {None}
