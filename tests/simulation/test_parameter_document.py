"""docs/simulation.md tells every parameter as the file has it."""

import os
from pathlib import Path

from convergence.simulation.parameter_document import document, sections

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "simulation.md"
BEGIN, END = "<!-- parameters -->\n", "<!-- end of parameters -->"


def test_the_page_tells_every_parameter_and_its_value() -> None:
    """CONVERGENCE_WRITE_DOCS=1 writes them instead."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    written, _, tail = rest.partition(END)
    if os.environ.get("CONVERGENCE_WRITE_DOCS"):
        DOCUMENT.write_text(f"{head}{BEGIN}\n{document()}\n{END}{tail}", encoding="utf-8")
        return
    assert written.strip() == document().strip()


def test_every_section_and_key_is_explained() -> None:
    found = sections()
    assert {section.name for section in found} >= {"paris.sites", "people.missing", "housing", "effects", "means"}
    assert all(section.rows for section in found)
    assert all(len(comment) >= len("share") for section in found for _, _, comment in section.rows)
