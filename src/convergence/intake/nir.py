"""The social security number (NIR): recognised in order to be thrown away.

The scheme never stores it, never shows it and never sends it back. Shape from the decree of 22 January 1982
(sex, year, month, department or country, commune, order, key); the key is not checked, so that a mistyped
number is thrown away too.
"""

import re

from convergence.intake.cells import Cell, folded

_TITLES = re.compile(
    r"\bnir\b|\bn(?:umero|um|o)?( de)? ?(?:securite sociale|secu|ss|insee)\b|\bsecurite sociale\b|\bnumero insee\b"
    r"|\bimmatriculation (?:sociale|ss)\b|\bnss\b"
)
_SEPARATOR = r"[\s.\-/_]?"
_SHAPE = re.compile(
    rf"(?<![0-9A-Za-z])[1234678]{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}(?:0[1-9]|1[0-2]|[2-9][0-9]){_SEPARATOR}"
    rf"(?:[0-9]{{2}}|2[AaBb]){_SEPARATOR}[0-9]{{3}}{_SEPARATOR}[0-9]{{3}}"
    rf"(?:{_SEPARATOR}(?:\(|cl[eé]\s*:?)?\s*[0-9]{{2}}\)?)?(?![0-9A-Za-z])"
)
# What a spreadsheet leaves of a number too long for its column: 1,84058E+14.
_SCIENTIFIC = re.compile(r"^[12][.,][0-9]{3,14}E\+1[24]$", re.IGNORECASE)


def is_nir_title(title: str) -> bool:
    """Whether a column says that it holds social security numbers."""
    return bool(_TITLES.search(folded(title)))


def without_nir(cell: Cell) -> tuple[Cell, bool]:
    """The cell without any number of that shape, and whether one was there. An emptied cell is None."""
    if isinstance(cell, float) and 1e12 <= abs(cell) < 1e15 and cell.is_integer():
        cell_text = str(int(cell))
    elif isinstance(cell, int) and not isinstance(cell, bool):
        cell_text = str(cell)
    elif isinstance(cell, str):
        cell_text = cell
    else:
        return cell, False
    if len(cell_text) < 7 or not any(c.isdigit() for c in cell_text):
        return cell, False
    if _SCIENTIFIC.match(cell_text.strip()):
        return None, True
    if len(cell_text) < 13:
        return cell, False
    cleaned, count = _SHAPE.subn("", cell_text)
    if not count:
        return cell, False
    return cleaned.strip(" \t'") or None, True
