"""Receiving files: kept in memory up to the limit, never on a disk; beyond, thrown away as they arrive."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

MARGIN = 64 * 1024
"""What a form weighs besides its file."""
MOST_DROPPED = 1024**3
"""Beyond, the connection may be cut before the answer is heard."""


class NoFile(FileUploadHandler):
    """Passes over whatever file comes to a page that asked for none (settings.FILE_UPLOAD_HANDLERS)."""

    def new_file(self, *args: Any, **options: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Nothing comes here: the file is passed over."""
        return None

    def file_complete(self, file_size: int) -> None:
        """No file: see ``new_file``."""


class InMemoryUpToLimit(FileUploadHandler):
    """Keeps files in memory; ``too_big`` says that there was more than the limit in all.

    What the request itself says to be too big is not read: the fields that stand before the files are, and stay.

    :param limit: the most bytes kept.
    """

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit = limit
        self.too_big = announced_too_big(request, limit)
        self._kept = 0
        self._content = BytesIO()

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.too_big:
            raise StopUpload(connection_reset=True)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._kept += len(raw_data)
        if self._kept > self.limit:
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
