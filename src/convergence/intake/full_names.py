"""« Mme FICTIVE Charlotte »: two names in one cell."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from convergence.intake import cells
from convergence.intake.cells import Cell, OtherName, Remark, doubtful, folded, shown, visible
from convergence.vocabulary.people import Sex

_TITLE = re.compile(r"^(?P<title>mme|madame|mlle|mademoiselle|mr|m\.|m|monsieur)\.?\s+(?=\S)", re.IGNORECASE)
_PARTICLES = {"de", "du", "des", "la", "le", "les", "d", "ben", "bin", "bint", "el", "al", "van", "von", "der", "den",
              "dos", "da", "di", "do", "abu", "ould", "st", "saint", "sainte"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FullName:
    """The parts of a full name; ``sex`` when « Mme » or « M. » says it."""

    family_name: str = ""
    given_name: str = ""
    other_name: OtherName | None = None
    sex: Sex | None = None


def split_full_name(cell: Cell, title: str) -> tuple[FullName, list[Remark]]:
    """The family and given names of one cell.

    :param title: the column's title: « Prénom Nom » says which comes first.

    Sure when a comma parts them or when one alone is in capitals; otherwise the order of the title (family name
    first by default), as a doubtful reading when there are more than two words or the title doesn't say.
    """
    text, sex = cell, None
    if isinstance(cell, str):
        plain = " ".join(visible(cell).split())
        if match := _TITLE.match(plain):
            word = folded(match["title"])
            sex = Sex.MAN if word in {"m", "mr", "monsieur"} else Sex.WOMAN
            plain = plain[match.end() :]
        text = plain
    tidy, other, remarks = cells.name(text)
    if not tidy or not isinstance(text, str):
        return FullName(sex=sex), remarks
    family, given, is_sure = _parts(tidy, _given_first(title))
    if not is_sure:
        remarks = [
            *remarks,
            doubtful(
                _("%(cell)s : compris comme nom « %(family)s », prénom « %(given)s ».")
                % {"cell": shown(cell), "family": cells.tidy_name(family), "given": cells.tidy_name(given)}
            ),
        ]
    return FullName(cells.tidy_name(family), cells.tidy_name(given), other, sex), remarks


def _given_first(title: str) -> bool | None:
    """Whether the title names the given name first; None when it doesn't say."""
    words = [word.rstrip("s") for word in folded(title).split()]
    if "nom" not in words or "prenom" not in words:
        return None
    return words.index("prenom") < words.index("nom")


def _parts(text: str, given_first: bool | None) -> tuple[str, str, bool]:
    """(family name, given name, whether that is sure)."""
    if "," in text:
        family, _comma, given = text.partition(",")
        return family.strip(), given.strip(), True
    words = text.split(" ")
    if len(words) == 1:
        return text, "", True
    capitals = [word for word in words if _is_capital(word)]
    small = [word for word in words if word not in capitals]
    if capitals and small and len("".join(capitals)) > 1:
        ordered = [word for word in words if _is_capital(word) or folded(word) in _PARTICLES]
        rest = [word for word in words if word not in ordered]
        if rest:
            return " ".join(ordered).upper(), " ".join(rest), True
    is_sure = len(words) == 2 and given_first is not None
    if given_first:
        cut = 1
        return " ".join(words[cut:]), words[0], is_sure
    cut = 1
    while cut < len(words) - 1 and folded(words[cut - 1]) in _PARTICLES:
        cut += 1
    return " ".join(words[:cut]), " ".join(words[cut:]), is_sure


def _is_capital(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters) and (len(letters) > 1 or word.endswith("."))
