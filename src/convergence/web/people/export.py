"""The list that is shown, as a spreadsheet."""

from datetime import date
from io import BytesIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.intake.cells import defused
from convergence.web.people.listing import STAGES, Filters, listing
from convergence.web.people.looking import record_look
from convergence.web.people.marks import last_day
from convergence.web.people.views import columns_for, housing_words
from convergence.web.requests import Request
from convergence.web.rules import SITE_TEAM, open_to

MOST_ROWS = 5000
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@open_to(*SITE_TEAM)
@require_safe
def export(request: Request) -> HttpResponse:
    """What the list's filters show and the actor reads, at most ``MOST_ROWS`` people."""
    columns = columns_for(request)
    titles = [_("Prénom"), _("Nom"), _("Chantier")]
    if columns["sees_work"]:
        titles += [_("Étape"), _("Fin du contrat"), _("Référent")]
    if columns["sees_social"]:
        titles.append(_("Logement"))
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet(_("Personnes"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles), 22)
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        rows = list(listing(Filters.of(request.GET), request.identity.today)[:MOST_ROWS])
        record_look(request, [row.person_id for row in rows])
        for number, row in enumerate(rows, start=1):
            cells: list[str | date] = [row.given_name, row.family_name, ", ".join(row.sites or [])]
            if columns["sees_work"]:
                cells += [str(STAGES[row.stage]), last_day(row.contract_ends) or "", row.counsellor or ""]
            if columns["sees_social"]:
                cells.append(housing_words(row.housing, row.housing_missing))
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, defused(cell))
                else:
                    sheet.write_datetime(number, column, cell)
    response = HttpResponse(stream.getvalue(), content_type=KIND)
    response["Content-Disposition"] = 'attachment; filename="personnes.xlsx"'
    return response
