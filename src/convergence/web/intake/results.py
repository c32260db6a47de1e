"""While the import is written, and after: progress, result, rows to correct."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.intake import holding, refusals
from convergence.intake.models import Import
from convergence.intake.planning import Verb
from convergence.people.models import PersonName
from convergence.platform.models import Job
from convergence.web.intake.finding import gone, kept_until, open_import
from convergence.web.intake.views import SPREADSHEET
from convergence.web.requests import Request
from convergence.web.rules import EMPLOYER, open_to
from convergence.web.templatetags.display import number

LISTED_PEOPLE = 200


@open_to(*EMPLOYER)
@require_safe
def progress(request: Request, import_id: UUID) -> HttpResponse:
    """How far the job has come; htmx asks again every second, and without scripts a link does."""
    held = open_import(request, import_id)
    if held.job is None:
        return redirect("import-preview", import_id=held.pk)
    if held.job.state == Job.State.DONE:
        address = reverse("import-result", args=[held.pk])
        if request.htmx:
            response = HttpResponse()
            response["HX-Redirect"] = address
            return response
        return redirect(address)
    context = {
        "import": held,
        "job": held.job,
        "failed": held.job.state == Job.State.FAILED,
        "text": _how_far(held.job),
    }
    return render(request, "intake/bar.html" if request.htmx else "intake/progress.html", context)


def _how_far(job: Job) -> str:
    if job.state == Job.State.WAITING:
        return _("en attente d’un travail libre")
    if not job.total:
        return _("lecture du fichier")
    return _("%(done)s lignes sur %(total)s") % {"done": number(job.done), "total": number(job.total)}


@open_to(*EMPLOYER)
@require_safe
def result(request: Request, import_id: UUID) -> HttpResponse:
    """What was written, the new people, and the rows that stayed out."""
    held = open_import(request, import_id)
    if held.job is None or held.ended_at is None:
        return redirect("import-progress" if held.job else "import-columns", import_id=held.pk)
    names = PersonName.objects.current().filter(source=held.source, kind="usual").order_by("sort_key")
    context = {
        "import": held,
        "counts": held.counts,
        "people": names[:LISTED_PEOPLE],
        "has_returned": held.returned is not None,
        "kept_until": kept_until(held),
    }
    return render(request, "intake/result.html", context)


@open_to(*EMPLOYER)
@require_safe
def returned(request: Request, import_id: UUID) -> HttpResponse:
    """The rows that stayed out, with the reason on each: after the import, or already at the preview."""
    held = open_import(request, import_id)
    if held.returned is not None:
        content = holding.returned_file(held)
    elif held.plan is not None and not gone(held):
        content = _doubtful_and_refused(held)
    else:
        raise Http404
    response = HttpResponse(content, content_type=SPREADSHEET)
    response["Content-Disposition"] = 'attachment; filename="lignes-a-corriger.xlsx"'
    return response


def _doubtful_and_refused(held: Import) -> bytes:
    table = holding.table_of(held)
    reasons = {
        number: row["reasons"]
        for row in holding.plan_of(held)["rows"]
        if row["verb"] in (Verb.ASK.value, Verb.REFUSE.value)
        # An export has several lines for one person.
        for number in row.get("lines", [row["number"]])
    }
    rows = [row for row in table.rows if row.number in reasons]
    return refusals.workbook(
        table.headers,
        [row.cells for row in rows],
        [reasons[row.number] for row in rows],
        [row.number for row in rows],
    )
