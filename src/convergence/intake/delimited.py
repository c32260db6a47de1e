"""Text files: which encoding, which separator, which rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from convergence.intake.kinds import UnreadableFile, not_a_table

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATORS = ";\t,|"
_SAMPLE = 64 * 1024
# What Windows-1252 shows for the bytes 80 to 9F, back to those bytes.
_CP1252_BYTES = {ord(c): byte for byte in range(0x80, 0xA0) if (c := bytes([byte]).decode("cp1252", "ignore"))}
# Letters and signs that French lists hold, and those that appear when the encoding is wrong.
_EXPECTED = set("éèêëàâäîïôöùûüçÿæœñáíóúãõåøÉÈÊËÀÂÄÎÏÔÖÙÛÜÇŸÆŒÑÁÍÓÚÅØ’‘“”«»°€–—… \u00a0·²½§")
_MISPLACED_CAPITAL = re.compile(r"(?<=[a-z])[À-ÖØ-ÞŽŠŒŸ]")
# Accents with the letter before them: all that tells one encoding from another.
_ACCENTED = re.compile(rb"[A-Za-z]?[\x80-\xff]+")
_END = "\x1e"


def rows_of(content: bytes) -> Iterator[list[str]]:
    """The rows of a text file, blank ones included, so that a row's rank is its number in a spreadsheet.

    :raises UnreadableFile: not a text; a quotation mark that is never closed.
    """
    text = decoded(content)
    if text[:4].lower() == "sep=" and len(text) > 4:
        separator = text[4]
        text = text.split("\n", 1)[1] if "\n" in text else ""
        yield []
    else:
        separator = separator_of(text)
    yield from _parsed(text, separator)


def decoded(content: bytes) -> str:
    """The text, whatever its encoding, line ends as ``\\n``.

    :raises UnreadableFile: bytes that are not a text.
    """
    text = _encoded_once(_decode(content)).replace("\r\n", "\n").replace("\r", "\n")
    sample = text[:_SAMPLE]
    controls = sum(1 for c in sample if (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or c == "\ufffd")
    if controls > len(sample) // 100:
        raise not_a_table("binary", _("un fichier d’un genre inconnu"))
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text) if controls or _END in text or "\x00" in text else text


def _encoded_once(text: str) -> str:
    """« PrÃ©nom » is UTF-8 taken for Windows' encoding and saved again: undone when the whole text allows it."""
    if "Ã" not in text and "Â" not in text:
        return text
    try:
        return text.translate(_CP1252_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _decode(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if half and zeros.count(0) > half * 0.7:
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_mixed(content) or _decode_single_byte(content)


def _decode_mixed(content: bytes) -> str | None:
    """UTF-8 in which a few lines were pasted from elsewhere; None when most accents are not UTF-8."""
    text = content.decode("utf-8", "surrogateescape")
    strange = sum(1 for c in text if "\udc80" <= c <= "\udcff")
    accents = sum(1 for c in text if "\x80" <= c < "\ud800")
    if strange > accents:
        return None
    return re.sub("[\udc80-\udcff]", lambda match: _cp1252(bytes([ord(match[0]) - 0xDC00])), text)


def _decode_single_byte(content: bytes) -> str:
    """Windows' encoding, unless another one makes clearly better French (old Macintosh, DOS) or other words."""
    telling = b" ".join(_ACCENTED.findall(content)[:_SAMPLE])
    marks = {encoding: _french(decode(telling)) for encoding, decode in _SINGLE_BYTE.items()}
    best = max(marks, key=lambda encoding: (marks[encoding], encoding == "cp1252"))
    if marks[best] < 0 and (guess := from_bytes(content[:_SAMPLE]).best()):
        return content.decode(guess.encoding, "replace")
    return _SINGLE_BYTE[best](content)


def _cp1252(content: bytes) -> str:
    """Windows-1252, its five undefined bytes as in Latin-1."""
    text = content.decode("cp1252", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda match: chr(ord(match[0]) - 0xDC00), text)


_SINGLE_BYTE: dict[str, Callable[[bytes], str]] = {
    "cp1252": _cp1252,
    "mac_roman": lambda content: content.decode("mac_roman"),
    "cp850": lambda content: content.decode("cp850"),
}


def _french(text: str) -> int:
    """How much the accents look French: one for each expected sign, minus three for each odd one."""
    counts = Counter(text)
    mark = sum((1 if c in _EXPECTED else -3) * n for c, n in counts.items() if c >= "\x80")
    return mark - 3 * len(_MISPLACED_CAPITAL.findall(text))


def separator_of(text: str) -> str:
    """The separator that cuts the first rows into the most columns most regularly; ``;`` when nothing does."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE and "\n" in sample:
        sample = sample.rpartition("\n")[0]
    best, best_mark = ";", 0
    for separator in _SEPARATORS:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                if any(cell.strip() for cell in row):
                    widths[len(row)] += 1
                if widths.total() >= 50:
                    break
        except csv.Error:
            continue
        mark = max(((width - 1) * count for width, count in widths.items()), default=0)
        if mark > best_mark:
            best, best_mark = separator, mark
    return best


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    """Rows up to a last line of our own: if it does not come out alone, a quotation mark swallowed it."""
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""), delimiter=separator)
    number = 0
    try:
        for row in reader:
            if row == [_END]:
                return
            if row and row[-1].endswith(f"\n{_END}\n"):
                break
            number += 1
            yield [_unwrapped(cell) for cell in row]
    except csv.Error:
        pass
    raise UnreadableFile(
        "unclosed_quote",
        _(
            "À la ligne %d, un guillemet est ouvert et jamais refermé : corrigez cette ligne, ou enregistrez la liste "
            "en .xlsx et réessayez."
        )
        % (number + 1),
    )


def _unwrapped(cell: str) -> str:
    """``="0639980012"`` is how some exports keep a leading zero: it is the text, not a formula."""
    if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1] and len(cell) > 3:
        return cell[2:-1]
    return cell
