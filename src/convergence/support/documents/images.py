"""Photographs without what a telephone adds to them: where and when it was taken, by which device, or a second file.

Nothing is drawn again: the picture's own parts are copied, every other one is left out.
"""

import re
import struct
import zlib
from collections.abc import Iterator

JPEG_START, PNG_START = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_JPEG_KEPT = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE}
"""Frames, tables, restarts, and the two application segments that say how colours are coded (JFIF, Adobe)."""
_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"IDAT", b"IEND"}
_ORIENTATION = 0x0112


class BrokenImage(Exception):
    """Not a whole picture."""


def clean_jpeg(content: bytes) -> bytes:
    """The same picture with its orientation, and nothing else beside.

    :raises BrokenImage:
    """
    kept, orientation, scanned = [b"\xff\xd8"], 1, False
    for marker, segment in _jpeg_segments(content):
        if marker == _EXIF:
            orientation = _orientation_of(segment[4:]) or orientation
        elif marker in _JPEG_KEPT or marker == _SCAN:
            kept.append(segment)
            scanned = scanned or marker == _SCAN
    if not scanned:
        raise BrokenImage
    if orientation != 1:
        kept.insert(1, _exif_of(orientation))
    return b"".join([*kept, b"\xff\xd9"])


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, segment), a scan with the data that follows it, up to the end of the picture."""
    at = 2
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if content[at : at + 1] != b"\xff" or at + 4 > len(content):
            if content[at : at + 2] == b"\xff\xd9":
                return
            raise BrokenImage
        marker = content[at + 1]
        if marker == _END:
            return
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise BrokenImage
        if marker == _SCAN:
            found = _NEXT_MARKER.search(content, end)
            if found is None:
                raise BrokenImage
            end = found.start()
        yield marker, content[at:end]
        at = end


def _orientation_of(exif: bytes) -> int | None:
    """Which way up the telephone was held, 1 to 8."""
    if not exif.startswith(b"Exif\0\0") or exif[6:8] not in {b"II", b"MM"}:
        return None
    told, order = exif[6:], "<" if exif[6:8] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", told, 4)
        (count,) = struct.unpack_from(f"{order}H", told, first)
        for number in range(min(count, 64)):
            tag, kind, _length, value = struct.unpack_from(f"{order}HHIH", told, first + 2 + 12 * number)
            if (tag, kind) == (_ORIENTATION, 3):
                return value if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _exif_of(orientation: int) -> bytes:
    told = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told


def clean_png(content: bytes) -> bytes:
    """The same picture without its texts and its moments.

    :raises BrokenImage:
    """
    kept, at = [PNG_START], len(PNG_START)
    while True:
        if at + 12 > len(content):
            raise BrokenImage
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise BrokenImage
        (check,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[at + 4 : end - 4]) != check:
            raise BrokenImage
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            break
        at = end
    if not kept[1:2] or kept[1][4:8] != b"IHDR" or not any(part[4:8] == b"IDAT" for part in kept[1:]):
        raise BrokenImage
    return b"".join(kept)
