"""One cell at a time: words, names, yes or no, hours, telephones, e-mail addresses.

Each function takes what a spreadsheet holds and gives a clean value with the remarks it deserves; none raises.
Dates have their own file, ``dates.py``.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from django.utils.translation import gettext as _

from convergence.vocabulary.people import NameKind

Cell = str | int | float | bool | date | datetime | time | None
"""What a cell may hold once read; an empty cell is None."""

LONGEST_NAME = 100
LONGEST_TEXT = 200
LONGEST_NOTE = 10_000
_SHOWN = 60
# Longer texts are rarely met twice, and would fill the memory.
_SHORT = 200

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_KEPT_CONTROLS = "\n\t"
# Characters that make a spreadsheet read a text as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "|", "\t")
_WORDS_FOR_NOTHING = (
    "|-|--|---|/|//|.|..|...|?|??|???|x|xx|xxx|nc|nr|ns|na|n/a|nd|#n/a|#ref!|#nom?|#name?|#valeur!|#value!|neant|inconnu"
    "|inconnue|non renseigne|non renseignee|non connu|non connue|non communique|null|none|vide|a completer|a renseigner"
)
_NOTHING = frozenset(_WORDS_FOR_NOTHING.split("|"))


class Severity(Enum):
    """What a remark does to its row."""

    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one cell, and whether it keeps the row out."""

    severity: Severity
    sentence: str


def refused(sentence: str) -> Remark:
    return Remark(Severity.REFUSED, sentence)


def doubtful(sentence: str) -> Remark:
    return Remark(Severity.DOUBTFUL, sentence)


def visible(text: str) -> str:
    """The text in composed form, without what cannot be seen; any space is a plain one, line ends are ``\\n``."""
    if text.isascii() and text.isprintable():
        return text
    return _remembered_visible(text) if len(text) <= _SHORT else _visible(text)


@lru_cache(maxsize=4096)
def _remembered_visible(text: str) -> str:
    return _visible(text)


def _visible(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Zs":
            kept.append(" ")
        elif category in {"Zl", "Zp"}:
            kept.append("\n")
        elif category not in _INVISIBLE or character in _KEPT_CONTROLS:
            kept.append(character)
    return "".join(kept)


def as_text(cell: Cell) -> str:
    """The cell as a person would read it: whole numbers without ``.0``, dates in French order."""
    match cell:
        case None:
            return ""
        case str():
            return visible(cell).strip()
        case bool():
            return _("Oui") if cell else _("Non")
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
        case datetime():
            return cell.strftime("%d/%m/%Y") if cell.time() == time() else cell.strftime("%d/%m/%Y %H:%M")
        case date():
            return cell.strftime("%d/%m/%Y")
        case time():
            return cell.strftime("%H:%M")
        case _:
            return str(cell)


def shown(cell: Cell) -> str:
    """The cell's text between French quotation marks, cut when long, for a sentence."""
    text = " ".join(as_text(cell).split())
    if len(text) > _SHOWN:
        text = text[: _SHOWN - 1] + "…"
    return f"«\u00a0{text}\u00a0»"


def folded(text: str) -> str:
    """Lower case, without accents, punctuation or double spaces: two spellings of one thing compare equal."""
    return _remembered_folded(text) if len(text) <= _SHORT else _folded(text)


@lru_cache(maxsize=32_768)
def _remembered_folded(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    # Decomposed before and after: some signs only become letters, and some letters capitals, on the way.
    text = unicodedata.normalize("NFKD", visible(text)).casefold().replace("œ", "oe").replace("æ", "ae")
    bare = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def is_nothing(cell: Cell) -> bool:
    """Whether the cell says that there is nothing to say (empty, ``-``, « NC », « inconnu »…)."""
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    text = visible(cell).strip().lower()
    if len(text) > 20:
        return False
    return text in _NOTHING or folded(text) in _NOTHING


_FORMULA = re.compile(
    r"=.|[+@|-]\s*[A-Za-z.]+\(|[+@|-]\s*\$?[A-Z]{1,3}\$?\d+\b|[+@|-].*\|.*!",
)


def is_formula_text(text: str) -> bool:
    """Whether a text would be calculated by a spreadsheet: ``=…``, ``@SUM(…)``, ``+A1*2`` and the like."""
    return bool(_FORMULA.match(visible(text[:_SHORT]).lstrip()))


def defused(text: str) -> str:
    """The text, made harmless for whoever opens it in a spreadsheet: an apostrophe before what would calculate."""
    return "'" + text if visible(text).lstrip(" \n").startswith(FORMULA_STARTS) or text.startswith("\t") else text


def plain_text(cell: Cell, longest: int = LONGEST_TEXT) -> tuple[str, list[Remark]]:
    """One line of text, cut to ``longest`` characters with a remark."""
    if is_nothing(cell):
        return "", []
    text = " ".join(as_text(cell).split())
    if len(text) > longest:
        return text[:longest], [
            doubtful(_("Le texte est trop long : seuls les %d premiers caractères sont repris.") % longest)
        ]
    return text, []


def note(cell: Cell) -> tuple[str, list[Remark]]:
    """A free text, its line breaks kept."""
    if is_nothing(cell):
        return "", []
    text = "\n".join(line.rstrip() for line in as_text(cell).split("\n"))
    if len(text) > LONGEST_NOTE:
        return text[:LONGEST_NOTE], [
            doubtful(_("La note est trop longue : seuls les %d premiers caractères sont repris.") % LONGEST_NOTE)
        ]
    return text, []


# -- names -----------------------------------------------------------------------------------------------------

_PARTICLES = {"de", "du", "des", "d"}
_SECOND_NAMES = (
    (NameKind.BIRTH, re.compile(r"^(?P<first>.+?)[\s,(]+n[ée]e?[\s:.]+(?P<second>[^)]+)\)?$", re.IGNORECASE)),
    (
        NameKind.USUAL,
        re.compile(r"^(?P<first>.+?)[\s,(]+[ée]p(?:ouse|x)?\.?[\s:]+(?P<second>[^)]+)\)?$", re.IGNORECASE),
    ),
    (NameKind.KNOWN_AS, re.compile(r"^(?P<first>.+?)[\s,(]+(?:alias|dite?)[\s:]+(?P<second>[^)]+)\)?$", re.IGNORECASE)),
    (NameKind.KNOWN_AS, re.compile(r"^(?P<first>[^()]+)\((?P<second>[^()]+)\)$")),
)
_NAME_PUNCTUATION = set(" -'’.·,ʼʻ`´")


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another family name, or nickname, of the same person."""

    name: str
    kind: NameKind


def name(cell: Cell) -> tuple[str, OtherName | None, list[Remark]]:
    """A family or given name, tidied; another name given with it (« née… », « ép. … »); remarks.

    Words all in capitals or all in small letters get French capitals; a mixed spelling is somebody's choice and
    stays as typed.
    """
    if is_nothing(cell):
        return "", None, []
    if not isinstance(cell, str):
        return "", None, [refused(_("%s est un nombre ou une date, pas un nom.") % shown(cell))]
    text = " ".join(visible(cell).split())
    if is_formula_text(text) or text.startswith(("=", "@", "|")):
        return "", None, [refused(_("%s est une formule, pas un nom : écrivez le nom lui-même.") % shown(cell))]
    if any(c.isdigit() for c in text):
        return "", None, [refused(_("Un nom ne contient pas de chiffre : %s.") % shown(cell))]
    if "@" in text:
        return "", None, [refused(_("%s ressemble à une adresse e-mail, pas à un nom.") % shown(cell))]
    if not any(c.isalpha() for c in text):
        return "", None, [refused(_("%s n’est pas un nom.") % shown(cell))]
    if len(text) > LONGEST_NAME:
        return "", None, [refused(_("Ce nom est trop long (%d caractères au plus).") % LONGEST_NAME)]
    remarks: list[Remark] = []
    other: OtherName | None = None
    for kind, pattern in _SECOND_NAMES:
        if match := pattern.match(text):
            text, other = match["first"].strip(" ,"), OtherName(tidy_name(match["second"].strip(" ,")), kind)
            sentence = _("%(cell)s : « %(name)s » est repris comme autre nom.")
            remarks.append(doubtful(sentence % {"cell": shown(cell), "name": other.name}))
            break
    typed = text + other.name if other else text
    if any(not c.isalpha() and not unicodedata.combining(c) and c not in _NAME_PUNCTUATION for c in typed):
        remarks.append(doubtful(_("Signe inhabituel dans un nom : %s.") % shown(cell)))
    return tidy_name(text), other, remarks


@lru_cache(maxsize=32_768)
def tidy_name(text: str) -> str:
    """French capitals for a name typed in capitals or in small letters only; particles stay small."""
    text = " ".join(text.replace("`", "’").replace("´", "’").split()).strip(" ,;")
    if not (text.isupper() or text.islower()):
        return text
    words = re.split(r"([\s\-'’.]+)", text.lower())
    last = len(words) - 1
    for index, word in enumerate(words):
        is_particle = word in _PARTICLES and index < last and (word != "d" or words[index + 1] in {"'", "’"})
        if word and not is_particle:
            words[index] = word[0].title() + word[1:]
    return "".join(words)


# -- yes or no -------------------------------------------------------------------------------------------------

_YES = {"oui", "o", "yes", "y", "vrai", "true", "1", "x", "ok", "beneficiaire", "accordee", "accorde", "obtenue",
        "obtenu", "ouvert", "ouverts", "droit ouvert", "droits ouverts", "en cours de validite", "valide"}  # fmt: skip
_NO = {"non", "n", "no", "faux", "false", "0", "aucun", "aucune", "sans", "pas de rqth", "pas de rsa", "refusee",
       "refuse", "ferme", "non concerne", "non concernee", "sans objet", "so"}  # fmt: skip
_TICKS = {"✓", "✔", "☑", "☒", "✗", "✘", "🗸"}


def yes_or_no(cell: Cell) -> tuple[bool | None, list[Remark]]:
    """True, False, or None where the cell says neither."""
    if isinstance(cell, bool):
        return cell, []
    text = as_text(cell)
    if text in _TICKS or text.lower() == "x":
        return text not in {"✗", "✘"}, []
    key = folded(text)
    if key in _YES:
        return True, []
    if key in _NO:
        return False, []
    if is_nothing(cell):
        return None, []
    if key.startswith("rsa droit ouvert") or key.startswith("droit ouvert"):
        if "suspendu" in key:
            return True, [doubtful(_("%s : compris comme un droit ouvert.") % shown(cell))]
        return True, []
    first = key.split(" ")[0] if key else ""
    if first in {"oui", "non"}:
        return first == "oui", [doubtful(_("%s : seul le oui ou le non est repris.") % shown(cell))]
    return None, [doubtful(_("%s : ni oui ni non, l’information n’est pas reprise.") % shown(cell))]


# -- hours a week ----------------------------------------------------------------------------------------------

_HOURS = re.compile(
    r"^(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:h(?:eures?)?\s*(\d{2})?)?\s*(?:/|par)?\s*(?:sem(?:aine)?|hebdo\w*|s)?\.?$",
    re.I,
)
_LONGEST_WEEK = Decimal(35)


def weekly_hours(cell: Cell) -> tuple[Decimal | None, list[Remark]]:
    """Hours a week, as in « 26 », « 26,5 », « 26h30 », « 4 h/semaine »."""
    if is_nothing(cell):
        return None, []
    hours: Decimal | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        hours = Decimal(str(round(cell, 2))) if 0 < cell < 1000 else None
    elif match := _HOURS.match(" ".join(as_text(cell).split())):
        whole, fraction, minutes = match.groups()
        hours = Decimal(f"{whole}.{fraction or 0}")
        if minutes:
            hours = hours + Decimal(minutes) / 60 if int(minutes) < 60 and not fraction else None
    if hours is None or hours <= 0:
        return None, [doubtful(_("%s n’est pas un nombre d’heures par semaine.") % shown(cell))]
    hours = hours.quantize(Decimal("0.01"))
    if hours > _LONGEST_WEEK:
        sentence = _("%s : plus de 35 heures par semaine, non repris (des heures par mois ?).")
        return None, [doubtful(sentence % shown(cell))]
    return hours, []


# -- telephones and e-mail -------------------------------------------------------------------------------------

_PHONE_SEPARATORS = re.compile(r"[,;|\n]|\s+(?:ou|et|puis)\s+|\s+[/-]\s+|/(?=\s*(?:0\d|\+))", re.I)
_PHONE_FILLERS = re.compile(r"[\s.\-/()_]|\(0\)")
_EMAIL = re.compile(r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", re.I)


def phone(text: str) -> str | None:
    """One number in international form (``+33639980012``), or None.

    A French number without its first zero is accepted: spreadsheets take it away.
    """
    bare = text.strip().removeprefix("'").replace("(0)", "")
    digits = _PHONE_FILLERS.sub("", bare)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        foreign = digits[1:]
        if not foreign.isascii() or not foreign.isdigit():
            return None
        if foreign.startswith("33"):
            return phone("0" + foreign[2:].removeprefix("0"))
        return digits if 8 <= len(foreign) <= 15 and foreign[0] != "0" else None
    if not digits.isascii() or not digits.isdigit():
        return None
    if len(digits) == 9 and digits[0] in "12345679":
        digits = "0" + digits
    if len(digits) == 11 and digits.startswith("33"):
        digits = "0" + digits[2:]
    return "+33" + digits[1:] if len(digits) == 10 and digits[0] == "0" and digits[1] != "0" else None


def phones(cell: Cell) -> tuple[tuple[str, ...], list[Remark]]:
    """Every number of the cell that can be called, in order; a remark for each one that cannot."""
    if is_nothing(cell):
        return (), []
    text = as_text(cell)
    if isinstance(cell, date | time | bool):
        return (), [doubtful(_("%s n’est pas un numéro de téléphone.") % shown(cell))]
    if whole := phone(text):
        return (whole,), []
    found: list[str] = []
    remarks: list[Remark] = []
    for part in _PHONE_SEPARATORS.split(text):
        words = re.sub(r"[^\d+()./\s'_-]", "", part)
        if not any(c.isdigit() for c in words):
            continue
        number = phone(re.sub(r"\(\s*\)", "", words).strip(" -./_"))
        if number is None:
            remarks.append(doubtful(_("%s n’est pas un numéro de téléphone complet : non repris.") % shown(part)))
        elif number not in found:
            found.append(number)
            if any(c.isalpha() for c in part):
                remarks.append(doubtful(_("%s : seul le numéro est repris.") % shown(part)))
    if not found and not remarks:
        remarks.append(doubtful(_("%s n’est pas un numéro de téléphone.") % shown(cell)))
    return tuple(found), remarks


def email(cell: Cell) -> tuple[str, list[Remark]]:
    """The first usable address of the cell, in small letters."""
    if is_nothing(cell):
        return "", []
    parts = [part.strip(" <>()\"'.") for part in re.split(r"[,;\s/|]+", as_text(cell).removeprefix("mailto:"))]
    good = [part.lower() for part in parts if len(part) <= 254 and _EMAIL.match(part)]
    if not good:
        return "", [doubtful(_("%s n’est pas une adresse e-mail : non reprise.") % shown(cell))]
    if len(set(good)) > 1 or len(good) < len([part for part in parts if "@" in part]):
        return good[0], [doubtful(_("%s : seule la première adresse valable est reprise.") % shown(cell))]
    return good[0], []
