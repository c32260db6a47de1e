"""Receiving a file: kept in memory up to the limit, never on a disk; beyond, thrown away as it arrives."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MARGIN = 64 * 1024
"""What a form weighs besides its file."""
MOST_DROPPED = 1024**3
"""Beyond, the connection may be cut before the answer is heard."""


class InMemoryUpToLimit(FileUploadHandler):
    """Keeps one file in memory; ``too_big`` says that there was more than the limit.

    :param limit: the most bytes kept.
    """

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit = limit
        self.too_big = False
        self._content = BytesIO()

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > self.limit:
            self.too_big = True
            # Django would read the rest line by line, and a file may be one line: ``drop_rest`` does it.
            raise StopUpload(connection_reset=True)
        self._content.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content, self.field_name, self.file_name or "", self.content_type or "", file_size, self.charset
        )


def announced_too_big(request: HttpRequest, limit: int) -> bool:
    """Whether the request says itself that it is larger than the limit."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > limit + MARGIN
    except ValueError:
        return False


def drop_rest(request: HttpRequest) -> None:
    """Read what is left of a body that is refused, and keep none of it, so that the browser hears the answer."""
    dropped = 0
    while dropped < MOST_DROPPED and (chunk := request.read(MARGIN)):
        dropped += len(chunk)
