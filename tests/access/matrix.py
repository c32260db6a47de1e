"""docs/access-matrix.md holds what the suite found: a change of rights shows in review."""

import os
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"


def check_section(name: str, found: str) -> None:
    """Compare a section of the document with what was found; CONVERGENCE_WRITE_DOCS=1 writes it instead."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    text = DOCUMENT.read_text()
    head, _, rest = text.partition(begin)
    written, _, tail = rest.partition(end)
    if os.environ.get("CONVERGENCE_WRITE_DOCS"):
        DOCUMENT.write_text(f"{head}{begin}{found}\n{end}{tail}")
        return
    assert written.strip() == found.strip(), f"docs/access-matrix.md no longer tells the truth about {name}"
