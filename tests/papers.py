"""Small photographs and PDFs, made by hand, for documents of fictitious people."""

import struct
import zlib


def png(texts: bytes = b"") -> bytes:
    """One grey pixel; ``texts`` stand in a chunk of words, as a telephone might write them."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    told = chunk(b"tEXt", b"Comment\0" + texts) if texts else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + told + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")


def jpeg(orientation: int = 0, place: bytes = b"", scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    """The shape of a photograph; ``place`` stands where a telephone writes where it was taken."""

    def segment(marker: int, data: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    told = b""
    if orientation or place:
        entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
        told = segment(0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + b"\0\0\0\0" + place)
    tables = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") + told + segment(0xDB, b"\0" * 65)
    frame = segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0") + segment(0xC4, b"\0" * 20)
    return b"\xff\xd8" + tables + frame + segment(0xDA, b"\x01\x01\0\0\x3f\0") + scan + b"\xff\xd9"


def pdf(*objects: bytes, weight: int = 0) -> bytes:
    """A PDF of one empty page and some more objects; ``weight`` bytes of a comment make it heavier."""
    pages = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj "
    more = b" ".join(objects)
    return b"%PDF-1.4\n" + pages + more + b"\n%" + b"a" * weight + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def list_of_objects(text: bytes, dictionary: bytes = b"/Filter/FlateDecode") -> bytes:
    """Objects packed into one stream, as most programs write them."""
    packed = zlib.compress(text)
    return b"9 0 obj<</Type/ObjStm/N 1" + dictionary + b">>stream\n" + packed + b"\nendstream endobj"
