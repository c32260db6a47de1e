"""What one takes away of an evaluation: its report, its tables, the curve as it is being looked at."""

import csv
import io
import zipfile
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.evidence.keeping import file_names, opened
from convergence.evidence.models import Evaluation
from convergence.evidence.results import NUMBERS, PAGE, PDF, explorer_of
from convergence.web.evaluation.common import READERS, made
from convergence.web.evaluation.forms import ExploreForm
from convergence.web.requests import Request
from convergence.web.rules import open_to

TABLES = "tables/"
NEITHER_SCRIPT_NOR_LINK = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""What a report that is opened by a browser may do: be drawn."""


def _file(evaluation: Evaluation, content: bytes, media: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    name = slugify(evaluation.title)[:60] or "evaluation"
    response["Content-Disposition"] = f'attachment; filename="{name}{ending}"'
    response["Content-Security-Policy"] = NEITHER_SCRIPT_NOR_LINK
    return response


def _kept(evaluation_id: UUID, name: str, media: str, ending: str) -> HttpResponse:
    evaluation = made(evaluation_id)
    content = opened(evaluation, name).get(name)
    if content is None:
        raise Http404
    return _file(evaluation, content, media, ending)


@open_to(*READERS)
@require_safe
def report_pdf(request: Request, evaluation_id: UUID) -> HttpResponse:
    """The report, typeset."""
    return _kept(evaluation_id, PDF, "application/pdf", ".pdf")


@open_to(*READERS)
@require_safe
def report_page(request: Request, evaluation_id: UUID) -> HttpResponse:
    """The report as one page that opens without a network."""
    return _kept(evaluation_id, PAGE, "text/html; charset=utf-8", ".html")


@open_to(*READERS)
@require_safe
def tables(request: Request, evaluation_id: UUID) -> HttpResponse:
    """Every table of the report and every number that it states, in one zip file."""
    evaluation = made(evaluation_id)
    names = [name for name in file_names(evaluation) if name.startswith(TABLES) or name == NUMBERS]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(opened(evaluation, *names).items()):
            archive.writestr(name.removeprefix(TABLES), content)
    return _file(evaluation, packed.getvalue(), "application/zip", "-tableaux.zip")


@open_to(*READERS)
@require_safe
def curve(request: Request, evaluation_id: UUID) -> HttpResponse:
    """The curve under the settings of the address, month by month, in euros a person."""
    evaluation = made(evaluation_id)
    form = ExploreForm(request.GET, explorer_of(evaluation))
    if not form.is_valid():
        raise Http404
    found, observed = form.explorer.curve(form.settings()), form.explorer.about.observed
    written = io.StringIO()
    rows = csv.writer(written)
    amounts = {
        _("évité"): found.savings,
        _("dépensé"): found.cost,
        _("solde"): found.net,
        _("solde sans place"): found.cash,
    }
    columns = [f"{name} {end}" for name in amounts for end in (_("central"), _("bas"), _("haut"))]
    rows.writerow([_("mois"), _("personnes"), *columns])
    for month, people in enumerate(observed, 1):
        at = [band.at(month) for band in amounts.values()]
        rows.writerow([month, people, *(f"{x:.2f}" for each in at for x in (each.central, each.low, each.high))])
    return _file(evaluation, written.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "-courbe.csv")
