"""Keeping a directory's files from their upload to their import: packed, cut into pieces and sealed in the database."""

import base64
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from convergence.network.directory.models import DirectoryImport, DirectoryPiece
from convergence.platform import jobs
from convergence.platform.errors import Refused
from convergence.platform.sealing import new_key, seal_bytes, seal_for_instance, unseal_bytes, unseal_for_instance

KIND = "directory-import"
KEPT = timedelta(days=7)
PIECE = 512 * 1024
"""Bytes of a file in one piece, before they are packed: files go through memory one piece at a time."""
_SPACES = b" \t\r\n\xef\xbb\xbf"
_BEGINNINGS = (b"[", b"{", b"\x1f\x8b")


@dataclass(frozen=True)
class File:
    """A file on its way in.

    :param chunks: JSON (packed by gzip or not), cut anywhere.
    :param sheet: the sheet that the rows come from; each item is then [row number, row].
    """

    name: str
    chunks: Iterable[bytes]
    sheet: str = ""


def hold(actor_id: int, files: Iterable[File], *, complete: bool) -> DirectoryImport:
    """Keep files and ask for their import, in the running transaction.

    :param complete: these files hold everything that their sources publish: what is absent is closed.
    :raises Refused: no file, or one that is no JSON.
    """
    key = new_key()
    held = DirectoryImport(asked_by_id=actor_id, complete=complete)
    held.wrapped_key = seal_for_instance(base64.b64encode(key).decode(), _key_place(held))
    listed: list[dict[str, Any]] = []
    held.save(force_insert=True)
    for number, file in enumerate(files):
        size = sum(_keep_piece(held, key, number, place, piece) for place, piece in enumerate(_pieces(file)))
        listed.append({"name": file.name[:200], "sheet": file.sheet, "size": size})
    if not listed:
        raise Refused(_("Choisissez au moins un fichier."))
    job = jobs.ask(KIND, actor_id, import_id=str(held.pk))
    held.files, held.job_id = listed, job.pk
    held.save(update_fields=["files", "job_id"])
    return held


def content_of(held: DirectoryImport, number: int) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time.

    :raises Refused: they are no longer kept.
    """
    key = _key(held)
    pieces = DirectoryPiece.objects.filter(directory_import=held, file=number)
    place = 0
    while (sealed := pieces.filter(place=place).values_list("sealed", flat=True).first()) is not None:
        yield zlib.decompress(unseal_bytes(bytes(sealed), key, _place(held, number, place)))
        place += 1


def forget_files(held: DirectoryImport) -> None:
    """Destroy the files and their key; the row is saved by the caller."""
    DirectoryPiece.objects.filter(directory_import=held).delete()
    held.wrapped_key = None


def forget_older_than(moment: datetime) -> int:
    """Destroy the files of imports asked for before a moment and never ended; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_forget(%s)", [moment])
        (forgotten,) = cursor.fetchone()
    return int(forgotten)


def _pieces(file: File) -> Iterator[bytes]:
    """The file in pieces of equal length, once it is seen to begin as JSON."""
    chunks = iter(file.chunks)
    first = next(chunks, b"")
    if not first.lstrip(_SPACES).startswith(_BEGINNINGS):
        raise Refused(_("« %s » n’est ni un fichier JSON de data·inclusion, ni un tableau du modèle.") % file.name[:80])
    waiting = bytearray()
    for chunk in chain([first], chunks):
        waiting += chunk
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


def _keep_piece(held: DirectoryImport, key: bytes, number: int, place: int, piece: bytes) -> int:
    sealed = seal_bytes(zlib.compress(piece, 1), key, _place(held, number, place))
    DirectoryPiece.objects.create(directory_import=held, file=number, place=place, sealed=sealed)
    return len(piece)


def _key(held: DirectoryImport) -> bytes:
    if held.wrapped_key is None:
        raise Refused(_("Ces fichiers ne sont plus conservés : importez-les de nouveau."))
    return base64.b64decode(unseal_for_instance(bytes(held.wrapped_key), _key_place(held)))


def _key_place(held: DirectoryImport) -> str:
    return f"network_directoryimport.key:{held.pk}"


def _place(held: DirectoryImport, number: int, place: int) -> str:
    return f"network_directorypiece.{number}.{place}:{held.pk}"
