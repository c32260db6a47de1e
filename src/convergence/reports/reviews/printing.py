"""A review on paper: PDF/UA through typst, and the sheet that the State's platform asks for."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO

import typst
import xlsxwriter
from django.utils.translation import gettext as _

from convergence.reports.reviews.writing import Marked, Written
from convergence.rules.french import said_in_full
from convergence.vocabulary.reviews import ReviewMark

UNKNOWN = "non évalué"
WITHHELD = "à compléter"
"""Where the one who prints may not know: another person of the team fills it in."""


@dataclass(frozen=True)
class Heading:
    """Who and what the review is about; empty where it is not known, or not for the one who prints."""

    name: str
    birth: str
    pass_number: str
    structure: str
    motive: str
    until: date
    author: str


def as_pdf(review: Written, heading: Heading) -> bytes:
    """The review as PDF/UA-1; what was typed is passed as values, never as markup.

    A sign that no font here can draw makes a page that is tagged as well but does not claim the standard.
    """
    inputs = {"data": json.dumps(_content(review, heading))}
    try:
        return bytes(typst.compile(_template(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"]))
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return bytes(typst.compile(_template(), format="pdf", sys_inputs=inputs))


@cache
def _template() -> bytes:
    return files("convergence.reports.reviews").joinpath("review.typ").read_bytes()


def facts_of(review: Written, heading: Heading) -> list[tuple[str, str]]:
    """The lines on top: what each is, and what it says."""
    return [
        (_("Personne"), heading.name),
        (_("Naissance"), heading.birth or _("non notée")),
        (_("PASS IAE"), heading.pass_number or _("numéro non noté")),
        (_("Structure"), heading.structure),
        (_("Motif de la demande"), heading.motive),
        (_("Bilan écrit le"), said_in_full(review.written_on)),
        (_("Par"), heading.author),
    ]


def _asked(review: Written, heading: Heading) -> str:
    return _("%(months)s mois, jusqu’au %(day)s.") % {"months": review.months, "day": said_in_full(heading.until)}


def _content(review: Written, heading: Heading) -> dict[str, object]:
    return {
        "title": _("Bilan d’un an, demande de prolongation"),
        "facts": facts_of(review, heading),
        "needs_title": _("Où en est la personne"),
        "columns": [_("Besoin"), _("Appréciation"), _("Précisions")],
        "needs": [[each.kind.label, _mark(each), each.words or "\u2003"] for each in review.needs],
        "legend": _("De ++ (pas de difficulté) à −− (difficulté importante)."),
        "done_title": _("Ce qui a été fait"),
        "done": review.done.splitlines() or [_("Rien n’est noté.")],
        "asked_title": _("Durée demandée"),
        "asked": _asked(review, heading),
        "signatures": [_("La personne"), _("Pour la structure")],
    }


def _mark(each: Marked) -> str:
    if each.mark is not None:
        return each.mark.label
    return WITHHELD if each.withheld else UNKNOWN


def as_sheet(review: Written, heading: Heading) -> bytes:
    """The review as a spreadsheet: one line for each need, a cross under its mark. Formulas are never written."""
    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet(_("Bilan"))
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, len(ReviewMark), 6)
        sheet.set_column(len(ReviewMark) + 1, len(ReviewMark) + 1, 70)
        row = 0
        for label, said in facts_of(review, heading):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, said)
            row += 1
        row += 1
        for column, label in enumerate([_("Besoin"), *(mark.label for mark in ReviewMark), _("Précisions")]):
            sheet.write_string(row, column, label, bold)
        for each in review.needs:
            row += 1
            sheet.write_string(row, 0, each.kind.label)
            if each.mark is not None:
                sheet.write_string(row, 1 + list(ReviewMark).index(each.mark), "X")
            words = each.words if each.mark else " · ".join(filter(None, [_mark(each), each.words]))
            sheet.write_string(row, len(ReviewMark) + 1, words, wrapped)
        row += 2
        for label, said in (
            (_("Ce qui a été fait"), review.done),
            (_("Mois demandés"), str(review.months)),
            (_("Jusqu’au"), said_in_full(heading.until)),
        ):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, said)
            row += 1
    return written.getvalue()
