"""What a PDF may do besides being read: run a program, carry other files, ask for a password.

Such a PDF is refused, not mended: printing it to a new PDF leaves only its pages. Names are looked for in the whole
file and inside its compressed lists of objects, however they are spelt (``/Java#53cript``).
"""

import re
import zlib
from collections.abc import Iterator
from enum import Enum

START = b"%PDF-"
_END = b"%%EOF"
_AFTER_THE_END = 2048
_OPENED = 64 * 1024 * 1024
"""The most that its lists of objects may hold once opened, and that is looked at to find them."""
_ACTIVE = {b"JavaScript", b"Launch", b"RichMedia", b"ImportData", b"SubmitForm", b"XFA", b"EmbeddedFile"}
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{2,64})")
_SPELT = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_STREAM_END = b"endstream"
_DICTIONARY = 64 * 1024


class Fault(Enum):
    """Why a PDF is not taken."""

    BROKEN = "broken"
    LOCKED = "locked"
    ACTIVE = "active"


def fault_of(content: bytes) -> Fault | None:
    """What is wrong with a PDF; None where nothing is."""
    end = content.rfind(_END)
    if end < 0 or len(content) - end > _AFTER_THE_END:
        return Fault.BROKEN
    names = _names(content)
    if b"Encrypt" in names:
        return Fault.LOCKED
    try:
        for opened in _lists_of_objects(content):
            names |= _names(opened)
    except (zlib.error, OverflowError):
        return Fault.BROKEN
    return Fault.ACTIVE if names & _ACTIVE else None


def _names(text: bytes) -> set[bytes]:
    return {_SPELT.sub(lambda found: bytes([int(found[1], 16)]), name) for name in set(_NAME.findall(text))}


def _lists_of_objects(content: bytes) -> Iterator[bytes]:
    """What the compressed lists of objects hold.

    :raises OverflowError: more than any paper needs; zlib.error: packed in a way that no ordinary program uses.
    """
    left = looked = _OPENED
    for found in _STREAM.finditer(content):
        furthest = max(0, found.start() - _DICTIONARY)
        begins = max(furthest, content.rfind(b" obj", furthest, found.start()))
        looked -= found.start() - begins
        if looked <= 0:
            raise OverflowError
        said = _names(content[begins : found.start()])
        if b"ObjStm" not in said or b"Filter" not in said:
            continue
        if b"Predictor" in said or b"FlateDecode" not in said:
            raise zlib.error
        end = content.find(_STREAM_END, found.end())
        machine = zlib.decompressobj()
        text = machine.decompress(content[found.end() : end], left)
        left -= len(text)
        if left <= 0:
            raise OverflowError
        if not machine.eof:
            raise zlib.error
        yield text
