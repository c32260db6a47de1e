"""A report as one HTML file that needs nothing else: semantic, without a script, readable on a telephone."""

import base64
import hashlib
from functools import cache, singledispatch
from html import escape as escaped
from importlib.resources import files

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


def escape(text: str) -> str:
    return escaped(french.typeset(text))


def as_page(document: Document) -> str:
    """The whole file. Its own policy lets a browser load and run nothing but its style sheet."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;; img-src data:"
    body = "\n".join(_shown(block) for block in document.blocks)
    sections = [block for block in document.blocks if isinstance(block, Title) and block.level == 2]
    contents = "\n".join(f'<li><a href="#{title.anchor}">{escape(title.text)}</a></li>' for title in sections)
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(document.title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<p class="quiet">{escape(document.subtitle)}</p>
<h1>{escape(document.title)}</h1>
</header>
<nav aria-labelledby="contents"><h2 id="contents">Sommaire</h2><ol>
{contents}
</ol></nav>
<main>
{body}
</main>
</body>
</html>
"""


@cache
def _style() -> str:
    return files("convergence.analysis.evaluation").joinpath("page.css").read_text(encoding="utf-8")


@singledispatch
def _shown(block: object) -> str:
    raise TypeError(type(block).__name__)


@_shown.register
def _(block: Title) -> str:
    return f'<h{block.level} id="{block.anchor}">{escape(block.text)}</h{block.level}>'


@_shown.register
def _(block: Paragraph) -> str:
    return f"<p>{escape(block.text)}</p>"


@_shown.register
def _(block: Lead) -> str:
    return f'<p class="lead">{escape(block.text)}</p>'


@_shown.register
def _(block: Notice) -> str:
    return f'<div class="notice" role="note"><p><strong>{escape(block.title)}</strong> {escape(block.text)}</p></div>'


@_shown.register
def _(block: Points) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"


@_shown.register
def _(block: Facts) -> str:
    facts = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in block.items)
    return f'<dl class="facts">{facts}</dl>'


@_shown.register
def _(block: Definitions) -> str:
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(meaning)}</dd>" for term, meaning in block.items)
    return f'<dl class="definitions">{items}</dl>'


@_shown.register
def _(block: Sources) -> str:
    items = "".join(f"<li><strong>{escape(what)}</strong> {escape(where)}</li>" for what, where in block.items)
    return f'<ul class="sources">{items}</ul>'


@_shown.register
def _(block: Attached) -> str:
    files = "".join(_file(table) for table in block.tables)
    return f"<p>{escape(block.text)}</p><details><summary>Les fichiers</summary>{files}</details>"


@_shown.register
def _(block: Table) -> str:
    return f'<div class="table" id="{block.name}">{_grid(block)}{_note(block.note)}{_file(block)}</div>'


@_shown.register
def _(block: Figure) -> str:
    return (
        f'<figure id="{block.name}"><figcaption>{escape(block.title)}</figcaption>'
        f'<div class="drawing">{block.svg}</div>{_note(block.note)}'
        f"<details><summary>Les données de cette figure</summary>{_grid(block.data)}{_file(block.data)}</details>"
        "</figure>"
    )


def _note(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>' if text else ""


def _file(table: Table) -> str:
    content = base64.b64encode(table.csv().encode()).decode()
    return (
        f'<p class="file"><a download="{table.name}.csv" href="data:text/csv;base64,{content}">'
        f"Télécharger {table.name}.csv</a></p>"
    )


def _grid(table: Table) -> str:
    right = [column.kind is not Kind.TEXT for column in table.columns]
    head = "".join(
        f'<th scope="col"{_side(r)}>{escape(label)}</th>' for label, r in zip(table.head(), right, strict=True)
    )
    rows = []
    for first, *others in table.rows():
        cells = "".join(f"<td{_side(r)}>{_cell(cell)}</td>" for cell, r in zip(others, right[1:], strict=True))
        rows.append(f'<tr><th scope="row"{_side(right[0])}>{escape(first)}</th>{cells}</tr>')
    label = escape(table.caption)
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(said: str) -> str:
    return escape(said).replace("\n", "<br>")


def _side(right: bool) -> str:
    return ' class="n"' if right else ""
