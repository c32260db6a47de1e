"""A report on paper: tagged PDF (PDF/UA-1) through typst, with the data of its tables and figures attached."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, singledispatch
from importlib.resources import files
from typing import Any

import typst

from convergence.analysis import french
from convergence.analysis.evaluation.document import (
    Attached,
    Definitions,
    Document,
    Facts,
    Figure,
    Kind,
    Lead,
    Notice,
    Paragraph,
    Points,
    Sources,
    Table,
    Title,
)

LACKING = "□"
_NO_SIGN = re.compile(r'the text `"(.+?)"` could not be displayed')


def as_pdf(document: Document, day: date) -> bytes:
    """The report as PDF/UA-1, dated ``day``: the same document and day make the same bytes.

    Text goes to typst as values, never as markup; only the fonts that typst carries are used, on any machine. They hold
    the alphabets of Europe and some others: a sign that they lack (an emoji in a label) is printed as :data:`LACKING`.
    """
    content = {
        "title": french.typeset(document.title),
        "subtitle": french.typeset(document.subtitle),
        "blocks": [_typeset(_shown(block)) for block in document.blocks],
        "attached": [
            {"name": f"{table.name}.csv", "text": table.csv(), "what": table.caption} for table in document.tables()
        ],
    }
    while True:
        try:
            return _compiled(content, day)
        except typst.TypstError as error:
            lacking = _NO_SIGN.search(str(error))
            printed = _without(content, lacking[1]) if lacking else content
            if printed == content:
                raise
            content = printed


def _compiled(content: dict[str, Any], day: date) -> bytes:
    made: bytes = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": json.dumps(content)},
        pdf_standards=["ua-1"],
        timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
        ignore_system_fonts=True,
    )
    return bytes(made)


@cache
def _template() -> bytes:
    return files("convergence.analysis.evaluation").joinpath("paper.typ").read_bytes()


def _typeset(told: Any) -> Any:
    """Every text of a block with its non-breaking spaces."""
    return _each_text(told, french.typeset)


def _without(told: Any, sign: str) -> Any:
    return _each_text(told, lambda text: text.replace(sign, LACKING))


def _each_text(told: Any, of: Callable[[str], str]) -> Any:
    """The same with every text changed, drawings and attached files apart."""
    if isinstance(told, str):
        return of(told)
    if isinstance(told, dict):
        return {key: value if key in {"svg", "attached"} else _each_text(value, of) for key, value in told.items()}
    return [_each_text(each, of) for each in told] if isinstance(told, list | tuple) else told


@singledispatch
def _shown(block: object) -> dict[str, Any]:
    raise TypeError(type(block).__name__)


@_shown.register
def _(block: Title) -> dict[str, Any]:
    return {"is": "title", "text": block.text, "level": block.level}


@_shown.register
def _(block: Paragraph) -> dict[str, Any]:
    return {"is": "paragraph", "text": block.text}


@_shown.register
def _(block: Lead) -> dict[str, Any]:
    return {"is": "lead", "text": block.text}


@_shown.register
def _(block: Notice) -> dict[str, Any]:
    return {"is": "notice", "title": block.title, "text": block.text}


@_shown.register
def _(block: Points) -> dict[str, Any]:
    return {"is": "points", "items": block.items}


@_shown.register
def _(block: Facts) -> dict[str, Any]:
    return {"is": "facts", "items": block.items}


@_shown.register
def _(block: Definitions) -> dict[str, Any]:
    return {"is": "definitions", "items": block.items}


@_shown.register
def _(block: Sources) -> dict[str, Any]:
    return {"is": "sources", "items": block.items}


@_shown.register
def _(block: Attached) -> dict[str, Any]:
    files = ", ".join(f"{table.name}.csv" for table in block.tables)
    return {"is": "paragraph", "text": f"{block.text} Fichiers joints\u00a0: {files}."}


@_shown.register
def _(block: Table) -> dict[str, Any]:
    right = [column.kind is not Kind.TEXT for column in block.columns]
    lines = [[cell.split("\n") for cell in row] for row in block.rows()]
    grid = {"widths": block.widths(), "head": block.head(), "rows": lines, "right": right}
    return {"is": "table", "caption": block.caption, "note": block.note} | grid


@_shown.register
def _(block: Figure) -> dict[str, Any]:
    return {
        "is": "figure",
        "caption": block.title,
        "alt": block.description,
        "svg": block.svg,
        "note": f"{block.note} Données{chr(160)}: {block.data.name}.csv, joint à ce fichier.".strip(),
    }
