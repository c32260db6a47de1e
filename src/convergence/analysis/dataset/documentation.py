"""The schema in Markdown, for researchers: `docs/dataset.md` holds what these functions return."""

from collections.abc import Iterable, Iterator

import dataframely as dy

from convergence.analysis.dataset.columns import MISSING
from convergence.analysis.dataset.sentences import TABLE_RULES
from convergence.analysis.dataset.simulated import TRUTH, Truth
from convergence.analysis.dataset.tables import SCHEMAS
from convergence.vocabulary.base import Term
from convergence.vocabulary.exits import TABLES as EXIT_TABLES
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.needs import LEVELS, NEEDS
from convergence.vocabulary.situations import ASPECTS

_ASPECTS, _NEEDS, _EXITS = "Aspects of a life", "Kinds of need", "Motives of exit"
_TYPES: dict[type[dy.Column], str] = {
    dy.Int64: "key",
    dy.Int16: "whole number",
    dy.Float64: "number",
    dy.Date: "date",
    dy.Bool: "true/false",
    dy.Enum: "code",
    dy.String: "text",
}


def tables() -> str:
    """Every table with its columns: type, unit or list, whether it may be empty, meaning, and what is refused."""
    sections = [_table(name, schema) for name, schema in SCHEMAS.items()]
    return "\n\n".join([*sections, _table(TRUTH, Truth)])


def codes() -> str:
    """Every list of codes with its French words."""
    sections = [_list(terms.__name__, terms.choices()) for terms in _lists()]
    return "\n\n".join([*sections, _aspects(), _needs(), _exits()])


def _table(name: str, schema: type[dy.Schema]) -> str:
    said = " ".join((schema.__doc__ or "").split()).replace("``", "`")
    keys = ", ".join(f"`{key}`" for key in schema.primary_key())
    refused = [TABLE_RULES[rule] for rule in schema._schema_validation_rules()]
    lines = [
        f"### `{name}`",
        "",
        f"{said} One row for each {keys}.",
        "",
        *_grid(("Column", "Type", "Unit, list or table", "Empty", "Meaning"), _columns(schema)),
    ]
    if refused:
        lines += ["", f"Refused: {' · '.join(refused)}."]
    return "\n".join(lines)


def _columns(schema: type[dy.Schema]) -> Iterator[tuple[str, ...]]:
    columns = schema.columns()
    for name, column in columns.items():
        if name.endswith(MISSING) and name.removesuffix(MISSING) in columns:
            continue
        empty = "yes" if column.nullable else ""
        if name + MISSING in columns:
            empty = f"said by `{name}{MISSING}`"
        yield f"`{name}`", _TYPES[type(column)], _detail(column), empty, column.description or ""


def _detail(column: dy.Column) -> str:
    told = column.metadata or {}
    if "references" in told:
        return f"[`{told['references']}`](#{told['references']})"
    if "terms" in told:
        return _linked(told["terms"].__name__)
    if isinstance(column, dy.Enum):
        return _linked(_NEEDS if set(column.categories) == set(NEEDS) else _ASPECTS)
    if "numbers" in told:
        return _linked(_EXITS, "ASP code")
    unit = str(told.get("unit", ""))
    if isinstance(column, dy.Int16) and column.is_in is not None:
        return f"{unit}: {', '.join(str(number) for number in column.is_in)}"
    if isinstance(column, dy.Int16 | dy.Float64) and column.max is not None:
        return f"{unit}, {column.min:g} to {column.max:g}"
    return unit


def _linked(name: str, words: str = "") -> str:
    return f"[{words or name}](#{name.lower().replace(' ', '-')})"


def _lists() -> list[type[Term]]:
    """The lists that columns name, each once, in the order of the tables."""
    schemas: list[type[dy.Schema]] = [*SCHEMAS.values(), Truth]
    told = [column.metadata or {} for schema in schemas for column in schema.columns().values()]
    return list(dict.fromkeys(each["terms"] for each in told if "terms" in each))


def _list(name: str, choices: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"### {name}", "", *_grid(("Code", "French"), ((f"`{code}`", label) for code, label in choices))])


def _aspects() -> str:
    rows = (
        (
            f"`{aspect.code}`",
            aspect.label,
            "; ".join(f"`{term.value}` {term.label}" for term in aspect.values),
            "yes" if aspect.has_expiry else "",
        )
        for aspect in ASPECTS.values()
    )
    return "\n".join([f"### {_ASPECTS}", "", *_grid(("Aspect", "French", "Values", "Expires"), rows)])


def _needs() -> str:
    levels = " · ".join(f"{level} {words}" for level, words in LEVELS.items())
    rows = ((f"`{need.code}`", need.label, need.counted_as or "") for need in NEEDS.values())
    return "\n".join(
        [
            f"### {_NEEDS}",
            "",
            f"Levels: {levels}.",
            "",
            *_grid(("Need", "French", "Counted by the half-year return as"), rows),
        ]
    )


def _exits() -> str:
    sections = []
    for table in EXIT_TABLES:
        rows = (
            (str(motive.value), motive.label, f"`{table.categories[motive]}`", table.categories[motive].label)
            for motive in sorted(ExitMotive)
        )
        sections += [
            "",
            f"From {table.since:%d/%m/%Y} ({table.source}):",
            "",
            *_grid(("ASP code", "French", "Category", "French"), rows),
        ]
    return "\n".join([f"### {_EXITS}", *sections])


def _grid(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    cells = [titles, tuple("---" for _ in titles), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
