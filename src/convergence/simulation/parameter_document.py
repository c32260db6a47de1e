"""The parameters as a page of documentation, made from the comments of ``parameters.toml``."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from convergence.simulation.parameters import standard_text


@dataclass
class Section:
    """A table of the file: its name, what is said above it, and its keys with value and comment."""

    name: str
    about: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)


def sections() -> list[Section]:
    """The sections of the file in their order; of several tables of one list, the first stands for all.

    :raises ValueError: a key without a comment.
    """
    found: list[Section] = []
    about: list[str] = []
    seen: set[str] = set()
    skipped = False
    for line in standard_text().splitlines():
        if line.startswith("# "):
            about.append(line[2:])
        elif line.startswith("["):
            name = line.strip("[]")
            skipped = name in seen
            seen.add(name)
            if not skipped:
                found.append(Section(name, " ".join(about)))
            about = []
        elif not line.strip():
            about = []
        elif not skipped and line[0] not in " ]":
            found[-1].rows.append(_row(line))
    return found


def _row(line: str) -> tuple[str, str, str]:
    said, comment = line.partition(" # ")[::2]
    key, value = said.split(" = ", 1)
    if not comment:
        raise ValueError(f"parameters.toml: « {key} » has no comment")
    return key, "…" if value.startswith("[") and not value.endswith("]") else value, comment


def document() -> str:
    """The sections in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for section in sections():
        yield f"### `{section.name}`"
        yield ""
        if section.about:
            yield section.about
            yield ""
        yield "| Key | Value | Meaning, unit, source |"
        yield "|---|---|---|"
        for key, value, comment in section.rows:
            yield f"| `{key}` | `{value}` | {comment} |"
        yield ""
