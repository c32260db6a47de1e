"""Files kept in the database, cut into pieces and sealed under a key of their own, as documents are."""

import base64
from collections.abc import Iterable, Iterator, Mapping

from convergence.evidence.models import Dataset, DatasetPiece, Evaluation, ResultPiece
from convergence.platform.sealing import new_key, seal_bytes, seal_for_instance, unseal_bytes, unseal_for_instance

PIECE = 512 * 1024
"""Bytes sealed at once: a file goes through memory one piece at a time."""

Holder = Dataset | Evaluation


def give_key(holder: Holder) -> None:
    """Give a new row the key of its files."""
    key = base64.b64encode(new_key()).decode()
    holder.wrapped_key = seal_for_instance(key, _key_place(holder))


def keep_files(holder: Holder, files: Iterable[tuple[str, bytes]]) -> None:
    """Seal files under the row's key; the row is saved already."""
    key = _key(holder)
    for name, content in files:
        pieces = [
            {
                "file": name,
                "place": place,
                "sealed": seal_bytes(content[start : start + PIECE], key, _place(holder, name, place)),
            }
            for place, start in enumerate(range(0, max(len(content), 1), PIECE))
        ]
        if isinstance(holder, Dataset):
            DatasetPiece.objects.bulk_create([DatasetPiece(dataset=holder, **each) for each in pieces])
        else:
            ResultPiece.objects.bulk_create([ResultPiece(evaluation=holder, **each) for each in pieces])


def opened(holder: Holder, *names: str) -> Mapping[str, bytes]:
    """The contents of the files named, those that are kept; one query.

    :raises Unsealable: a piece was altered or moved.
    """
    key = _key(holder)
    found: dict[str, list[bytes]] = {}
    rows = holder.pieces.filter(file__in=names).order_by("file", "place")
    for file, place, sealed in rows.values_list("file", "place", "sealed"):
        found.setdefault(file, []).append(unseal_bytes(bytes(sealed), key, _place(holder, file, place)))
    return {name: b"".join(pieces) for name, pieces in found.items()}


def file_names(holder: Holder) -> list[str]:
    """The names of the files kept, in order."""
    return sorted(holder.pieces.values_list("file", flat=True).distinct().order_by("file"))


def every_file(holder: Holder) -> Iterator[tuple[str, bytes]]:
    """Each file in turn, with its content."""
    for name in file_names(holder):
        yield name, opened(holder, name)[name]


def _key(holder: Holder) -> bytes:
    return base64.b64decode(unseal_for_instance(bytes(holder.wrapped_key), _key_place(holder)))


def _key_place(holder: Holder) -> str:
    return f"{holder._meta.db_table}.key:{holder.pk}"


def _place(holder: Holder, name: str, place: int) -> str:
    return f"{holder._meta.db_table}.{name}.{place}:{holder.pk}"
