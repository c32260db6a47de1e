"""Large files on their way in: packed, sealed under a key that no disc sees, in a temporary file without a name."""

import tempfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from convergence.platform.sealing import new_key, seal_bytes, unseal_bytes
from convergence.web.receiving import announced_too_big

LARGEST = 1024**3
"""Bytes of all the files of one import."""
_LENGTH = 4


class SealedFile(UploadedFile):  # type: ignore[type-arg]  # generic for the type checker only
    """A file received: its pieces are read one at a time, and cannot be read once it is closed."""

    def __init__(self, name: str, size: int, spool: IO[bytes], key: bytes) -> None:
        super().__init__(file=spool, name=name, size=size)
        self._spool, self._key = spool, key

    def pieces(self) -> Iterator[bytes]:
        """What was sent, a piece at a time, from the beginning."""
        self._spool.seek(0)
        place = 0
        while length := self._spool.read(_LENGTH):
            sealed = self._spool.read(int.from_bytes(length, "big"))
            yield zlib.decompress(unseal_bytes(sealed, self._key, f"upload.{place}"))
            place += 1


class SealedUpload(FileUploadHandler):
    """Receives files piece by piece; ``too_big`` says that there was more than the limit in all."""

    chunk_size = 512 * 1024

    def __init__(self, request: HttpRequest, limit: int = LARGEST) -> None:
        super().__init__(request)
        self.limit = limit
        self.too_big = announced_too_big(request, limit)
        self._received = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.too_big:
            raise StopUpload(connection_reset=True)
        self._spool, self._key, self._place = tempfile.TemporaryFile(), new_key(), 0  # noqa: SIM115 - the file owns it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._received += len(raw_data)
        if self._received > self.limit:
            self.too_big = True
            self._spool.close()
            raise StopUpload(connection_reset=True)
        sealed = seal_bytes(zlib.compress(raw_data, 1), self._key, f"upload.{self._place}")
        self._spool.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._place += 1
        return None

    def file_complete(self, file_size: int) -> SealedFile:
        return SealedFile(self.file_name or "", file_size, self._spool, self._key)
