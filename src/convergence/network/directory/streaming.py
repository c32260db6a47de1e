"""JSON of any size, one item at a time and in little memory.

Standard library only: its C decoder reads an object from the middle of a text faster than the incremental parsers that
could be installed for it (ijson builds each object event by event in Python unless a C library is there too), and the
frame around the objects is too simple to need one.
"""

import codecs
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from convergence.platform.errors import Refused

LONGEST_ITEM = 4_000_000
"""Characters of one item: no structure nor service is described in more."""
MOST_UNPACKED = 8 * 1024**3
"""Bytes that a packed file may hold: a thousand times what it weighs would keep the worker for days."""
MOST_ABOUT = 50
"""Fields beside the list that are remembered: a page has four."""
_SPACES = re.compile(r"[ \t\n\r]*")
_GZIP = b"\x1f\x8b"
_ASKED = 1_000_000
_NESTED_TOO_DEEP = (json.JSONDecodeError, RecursionError, ValueError)


class UnreadableJson(Refused):
    """The file is not the JSON that is expected; said in a sentence, with how far it was read."""


class JsonItems:
    """The items of a data·inclusion file: ``{"items": [ … ], "total": …}``, or the plain list.

    Iterating gives each item once, whatever it is; ``about`` then holds what stood beside the list.

    :param chunks: the file's bytes (UTF-8, packed by gzip or not), cut anywhere.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.about: dict[str, Any] = {}
        self.read = 0
        self._texts = _texts(unpacked(chunks))
        self._text = ""
        self._at = 0
        self._ended = False
        # NaN and infinities are not JSON: as words, they are refused with the row that holds them.
        self._decoder = json.JSONDecoder(parse_constant=str)

    def __iter__(self) -> Iterator[Any]:
        match self._next_sign():
            case "[":
                yield from self._list()
            case "{":
                yield from self._page()
            case "":
                raise UnreadableJson(_("Ce fichier est vide."))
            case _:
                raise UnreadableJson(_("Ce fichier n’est pas au format JSON."))
        if self._next_sign():
            raise self._broken()

    def _page(self) -> Iterator[Any]:
        self._at += 1
        found = False
        while (sign := self._next_sign()) != "}":
            if sign == ",":
                self._at += 1
                continue
            name = self._value()
            if not isinstance(name, str) or self._next_sign() != ":":
                raise self._broken()
            self._at += 1
            if name == "items" and not found:
                found = True
                if self._next_sign() != "[":
                    raise self._broken()
                yield from self._list()
            else:
                value = self._value()
                if len(self.about) < MOST_ABOUT:
                    self.about[name] = value
        self._at += 1
        if not found:
            raise UnreadableJson(
                _("Ce fichier JSON n’a pas de liste « items » : ce n’est pas une page data·inclusion.")
            )

    def _list(self) -> Iterator[Any]:
        self._at += 1
        if self._next_sign() == "]":
            self._at += 1
            return
        while True:
            item = self._value()
            self.read += 1
            yield item
            sign = self._next_sign()
            self._at += 1
            if sign == "]":
                return
            if sign != ",":
                raise self._broken()

    def _value(self) -> Any:
        """The value that begins here, reading on until it is whole."""
        while True:
            if self._next_sign() == "":
                raise self._broken()
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except _NESTED_TOO_DEEP:
                if self._ended or len(self._text) - self._at > LONGEST_ITEM:
                    raise self._broken() from None
                self._more()
                continue
            # A number that touches the end of what was read may go on in what follows.
            if end == len(self._text) and not self._ended:
                self._more()
                continue
            self._at = end
            return value

    def _next_sign(self) -> str:
        """The next character that is not a space, without passing it; empty at the end."""
        while True:
            passed = _SPACES.match(self._text, self._at)
            self._at = passed.end() if passed else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def _more(self) -> None:
        # What is asked for grows with what waits: an item of several megabytes is not decoded again at each piece.
        wanted = max(_ASKED, len(self._text) - self._at)
        kept = [self._text[self._at :]]
        got = 0
        while got < wanted:
            text = next(self._texts, None)
            if text is None:
                self._ended = True
                break
            kept.append(text)
            got += len(text)
        self._text, self._at = "".join(kept), 0

    def _broken(self) -> UnreadableJson:
        sentence = _("Ce fichier JSON est abîmé ou incomplet après %d lignes lues : rien n’a été enregistré.")
        return UnreadableJson(sentence % self.read)


def unpacked(chunks: Iterable[bytes], most: int = MOST_UNPACKED) -> Iterator[bytes]:
    """The bytes themselves, where the file was packed by gzip.

    :raises UnreadableJson: the packing is damaged, or it holds more than ``most`` bytes.
    """
    pieces = iter(chunks)
    first = next(pieces, b"")
    if not first.startswith(_GZIP):
        yield first
        yield from pieces
        return
    unpacking = zlib.decompressobj(wbits=31)
    try:
        for piece in chain([first], pieces):
            for content in _inflated(unpacking, piece):
                most -= len(content)
                if most < 0:
                    raise UnreadableJson(_("Ce fichier compressé en contient trop : partagez-le en plusieurs."))
                yield content
    except zlib.error:
        raise UnreadableJson(_("Ce fichier compressé est abîmé : compressez-le de nouveau.")) from None
    if not unpacking.eof:
        raise UnreadableJson(_("Ce fichier compressé est incomplet : compressez-le de nouveau."))


def _inflated(unpacking: Any, piece: bytes) -> Iterator[bytes]:
    """What a packed piece holds, never more than a megabyte at once."""
    while piece:
        yield unpacking.decompress(piece, _ASKED)
        piece = unpacking.unconsumed_tail


def _texts(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UnreadableJson(_("Ce fichier n’est pas en UTF-8, l’encodage du JSON.")) from None
