"""The network's figures over a period: referrals by domain and state, answers and delays, refusals; and as a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convergence.intake.cells import defused
from convergence.network.models import Partner
from convergence.network.policies import KEEPERS
from convergence.referrals.figures import Counts, PartnerAnswers, answers, counts
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.referrals import PARTNER_REFUSALS, PERSON_REFUSALS, ReferralState, RefusedBy
from convergence.web.desk.common import Covered, Period, covered, period_of, periods
from convergence.web.people.export import KIND
from convergence.web.requests import Request
from convergence.web.rules import open_to
from convergence.web.templatetags.display import number

WITHHELD = "–"
_S = ReferralState
WAITING = (_S.ASKED, _S.DRAFT, _S.PROPOSED, _S.AGREED, _S.SENT, _S.WAITING_LIST)
PLACED = (_S.ACCEPTED, _S.STARTED, _S.COMPLETED, _S.INTERRUPTED)
"""States of the two stages that gather several, as the counting does (referrals, migration 0002)."""
Cell = int | str | None


@dataclass(frozen=True)
class Table:
    """A table: its caption, its columns, its rows of a label and numbers; None is withheld."""

    code: str
    caption: str
    head: Sequence[str]
    rows: Sequence[tuple[str, list[Cell]]]


@open_to(*KEEPERS)
@require_safe
def show(request: Request) -> HttpResponse:
    """The figures of the actor's territory over the period that the address asks for."""
    place, period, tables = _tables(request)
    context: dict[str, Any] = {
        "place": place,
        "period": period,
        "periods": periods(request.identity.today),
        "tables": [(table, [(label, list(map(_shown, cells))) for label, cells in table.rows]) for table in tables],
    }
    return render(request, "desk/figures.html", context)


@open_to(*KEEPERS)
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The same as a spreadsheet, one table a sheet; nothing in it calculates."""
    _place, period, tables = _tables(request)
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for table in tables:
            page = book.add_worksheet(table.code)
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 42)
            page.set_column(1, len(table.head), 20)
            for column, words in enumerate(table.head):
                page.write_string(0, column, words, bold)
            for row, (label, cells) in enumerate(table.rows, start=1):
                page.write_string(row, 0, defused(label))
                for column, cell in enumerate(cells, start=1):
                    if isinstance(cell, int):
                        page.write_number(row, column, cell)
                    else:
                        page.write_string(row, column, WITHHELD if cell is None else defused(cell))
    response = HttpResponse(stream.getvalue(), content_type=KIND)
    response["Content-Disposition"] = f'attachment; filename="reseau-{period.code}.xlsx"'
    return response


def _shown(cell: Cell) -> str:
    return WITHHELD if cell is None else cell if isinstance(cell, str) else number(cell)


def _tables(request: Request) -> tuple[Covered, Period, list[Table]]:
    """Four queries."""
    place = covered(request)
    period = period_of(request.GET, request.identity.today)
    counted = counts(place.territory.pk, period.first, period.last)
    answered = answers(place.territory.pk, period.first, period.last)
    names = dict(Partner.objects.filter(territory=place.territory).in_bulk([row.partner_id or 0 for row in answered]))
    return (
        place,
        period,
        [
            _states(counted),
            _by_domain([row for row in answered if row.partner_id is None]),
            _refusals(counted),
            _partners(answered, {pk: partner.name for pk, partner in names.items()}),
        ],
    )


def _states(counted: Counts) -> Table:
    """Where those opened in the period are today; the states of a stage under it."""
    domains = counted.domains
    rows: list[tuple[str, list[Cell]]] = [
        (_("Ouvertes pendant la période"), [counted.of("stage", None, domain) for domain in domains])
    ]
    for stage, label, states in (
        ("waiting", _("En attente"), WAITING),
        ("placed", _("Une place trouvée"), PLACED),
        ("refused", ReferralState.REFUSED.label, ()),
        ("cancelled", ReferralState.CANCELLED.label, ()),
        ("lapsed", ReferralState.LAPSED.label, ()),
    ):
        rows.append((label, [counted.of("stage", stage, domain) for domain in domains]))
        rows += [
            (f"{label}\u00a0: {state.label.lower()}", [counted.of("state", state.value, domain) for domain in domains])
            for state in states
        ]
    head = [_("Où elles en sont aujourd’hui"), *(domain.label for domain in domains)]
    return Table(_("Mises en relation"), _("Mises en relation, par domaine"), head, rows)


def _refusals(counted: Counts) -> Table:
    domains = counted.domains
    rows: list[tuple[str, list[Cell]]] = []
    for side, reasons in ((RefusedBy.PERSON, PERSON_REFUSALS), (RefusedBy.PARTNER, PARTNER_REFUSALS)):
        rows.append((side.label, [counted.of("side", side.value, domain) for domain in domains]))
        for reason in reasons:
            key = f"{side.value} {reason.value}"
            cells: list[Cell] = [counted.of("reason", key, domain) for domain in domains]
            rows.append((f"{side.label}\u00a0: {reason.label.lower()}", cells))
    head = [_("Qui a refusé, et pourquoi"), *(domain.label for domain in domains)]
    return Table(_("Refus"), _("Refus de la personne et refus du partenaire"), head, rows)


def _head(first: str) -> list[str]:
    return [
        first,
        _("Envoyées"),
        _("Avec réponse"),
        _("Acceptées"),
        _("Part acceptée (%)"),
        _("Jours jusqu’à la réponse"),
        _("Jours jusqu’au début"),
    ]


def _by_domain(answered: Sequence[PartnerAnswers]) -> Table:
    rows = [(Domain(row.domain).label, _cells(row)) for row in answered]
    return Table(_("Réponses"), _("Réponses des partenaires, par domaine"), _head(_("Domaine")), rows)


def _partners(answered: Sequence[PartnerAnswers], names: dict[int, str]) -> Table:
    rows = [
        (f"{names[row.partner_id]} ({Domain(row.domain).label.lower()})", _cells(row))
        for row in sorted(answered, key=lambda row: -row.sent)
        if row.partner_id in names
    ]
    return Table(_("Partenaires"), _("Réponses, par partenaire"), _head(_("Partenaire")), rows)


def _cells(row: PartnerAnswers) -> list[Cell]:
    return [row.sent, row.answered, row.accepted, row.share_accepted, row.days_to_answer, row.days_to_start]
