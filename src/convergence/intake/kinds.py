"""What a file is, judged by its content, never by its name; and the sentence for what cannot be read."""

import io
import re
import zipfile
from enum import Enum

from django.utils.translation import gettext as _

from convergence.platform.errors import Refused

_MEGABYTE = 1024 * 1024
LARGEST_UNPACKED = 400 * _MEGABYTE
MOST_ENTRIES = 3_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


class UnreadableFile(Refused):
    """The file cannot be read at all.

    :param code: what is wrong, in one English word or two, for tests and for logs.
    :param sentence: one French sentence: what is wrong and what to do.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Kind(Enum):
    """The kinds of file that can be read."""

    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    TEXT = "text"


def kind_of(content: bytes) -> Kind:
    """Which reader the content needs.

    :raises UnreadableFile: an empty or damaged file, a wrong kind, a locked workbook, a zip bomb.
    """
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty_file", _("Ce fichier est vide : choisissez le fichier qui contient les personnes."))
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(content)
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    _refuse_known_formats(content)
    return Kind.TEXT


def damaged() -> UnreadableFile:
    return UnreadableFile(
        "damaged",
        _("Ce fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le en .xlsx et réessayez."),
    )


def locked() -> UnreadableFile:
    return UnreadableFile(
        "password",
        _(
            "Ce classeur est protégé par un mot de passe : ouvrez-le, enregistrez-en une copie sans mot de passe, "
            "puis importez la copie."
        ),
    )


def not_a_table(code: str, what: str) -> UnreadableFile:
    """:param what: what the file is, with its article (« un document PDF »)."""
    return UnreadableFile(
        code,
        _("Ce fichier est %s, pas un tableau : enregistrez la liste en .xlsx, .ods ou .csv et importez-la.") % what,
    )


def _kind_of_zip(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            names = {entry.filename for entry in entries}
            if any(entry.flag_bits & 1 for entry in entries):
                raise locked()
            mimetype = _start_of(archive, "mimetype") if "mimetype" in names else b""
            manifest = _start_of(archive, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    except UnreadableFile:
        raise
    except Exception as error:  # zipfile answers damaged archives with many kinds of errors
        raise damaged() from error
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if b"encryption-data" in manifest or "encrypted-package" in names:
        raise locked()
    if mimetype.startswith(_ODS_TYPE):
        return Kind.ODS
    raise _other_zip(names, mimetype)


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise UnreadableFile(
            "too_big_inside",
            _(
                "Ce classeur est trop lourd une fois ouvert : copiez seulement les lignes utiles dans un "
                "nouveau classeur "
                "et importez-le."
            ),
        )


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(_MEGABYTE)


def _other_zip(names: set[str], mimetype: bytes) -> UnreadableFile:
    if "xl/workbook.bin" in names:
        return UnreadableFile(
            "binary_workbook",
            _("Ce classeur est au format binaire .xlsb : ouvrez-le dans Excel, enregistrez-le en .xlsx et réessayez."),
        )
    if any(name.startswith("word/") for name in names) or mimetype.startswith(
        b"application/vnd.oasis.opendocument.text"
    ):
        return not_a_table("document", _("un document de traitement de texte"))
    if any(name.startswith("ppt/") for name in names) or mimetype.startswith(
        b"application/vnd.oasis.opendocument.presentation"
    ):
        return not_a_table("presentation", _("une présentation"))
    if any(name.endswith(".iwa") for name in names) or "Index.zip" in names:
        return not_a_table("apple_document", _("un document Numbers ou Pages"))
    return not_a_table("archive", _("une archive compressée (.zip)"))


def _kind_of_ole(content: bytes) -> Kind:
    """An OLE container keeps the names of its streams in UTF-16."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\x00\x00" in content

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise locked()
    if has("Workbook") or has("Book"):
        if _is_locked_xls(content):
            raise locked()
        return Kind.XLS
    if has("WordDocument"):
        raise not_a_table("document", _("un document de traitement de texte"))
    if has("PowerPoint Document"):
        raise not_a_table("presentation", _("une présentation"))
    raise damaged()


# The first record of a workbook's globals (BOF, MS-XLS 2.4.21), and the one that says it is encrypted (FILEPASS).
_BOF = re.compile(rb"\x09\x08[\x08\x10]\x00[\x00-\xff]{2}\x05\x00")
_FILEPASS = 0x2F


def _is_locked_xls(content: bytes) -> bool:
    """Whether FILEPASS is among the few records that may follow the first one."""
    if match := _BOF.search(content):
        place = match.start()
        for _record in range(4):
            kind, length = (int.from_bytes(content[place + at : place + at + 2], "little") for at in (0, 2))
            if kind == _FILEPASS:
                return True
            place += 4 + length
    return False


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"8BPS")
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_WEB_PAGE = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|table|meta|style|div)\b", re.I | re.S)
_XML = re.compile(rb"^\s*<(?:\?xml|[a-z][\w:-]*[\s>/])", re.IGNORECASE)


def _refuse_known_formats(content: bytes) -> None:
    start = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\x00", b"")[2:]
    if b"%PDF-" in start[:1024]:
        raise not_a_table("pdf", _("un document PDF"))
    if start.startswith(_PICTURES) and (not start.startswith(b"BM") or b"\x00" in start[:32]):
        raise not_a_table("picture", _("une image"))
    if start[:4] == b"RIFF" or start[4:8] == b"ftyp":
        raise not_a_table("media", _("une image, un son ou une vidéo"))
    if start.startswith(_ARCHIVES):
        raise not_a_table("archive", _("une archive compressée"))
    if start.startswith(b"{\\rtf"):
        raise not_a_table("document", _("un document de traitement de texte"))
    if start.startswith(b"SQLite format 3"):
        raise not_a_table("database", _("une base de données"))
    if start.startswith((b"\x7fELF", b"MZ\x90")):
        raise not_a_table("program", _("un programme"))
    if _WEB_PAGE.match(start) or start[:13].lower() == b"mime-version:":
        raise UnreadableFile(
            "web_page",
            _(
                "Ce fichier est une page web, même si son nom dit autre chose : ouvrez-le dans votre tableur, "
                "enregistrez-le en .xlsx et importez cette copie."
            ),
        )
    if _XML.match(start):
        raise UnreadableFile(
            "xml",
            _("Ce fichier est au format XML : ouvrez-le dans votre tableur, enregistrez-le en .xlsx et réessayez."),
        )
    if re.match(rb"^\s*(?:\{\s*\"|\[\s*[\{\[])", start):
        raise UnreadableFile(
            "json",
            _("Ce fichier est au format JSON : demandez à qui l’a produit une liste en .xlsx ou en .csv."),
        )
    if re.match(rb"^\x09[\x00\x02\x04\x08]", start):
        raise UnreadableFile(
            "old_workbook",
            _("Ce classeur est dans un très ancien format d’Excel : ouvrez-le, enregistrez-le en .xlsx et réessayez."),
        )
