"""What a link shares of a person's other files; worked out when asked for, so that a link undone shares nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from convergence.people.likeness.deciding import File, file_of


@dataclass(frozen=True)
class LinkedFile:
    """Another file of the person, and who linked it when."""

    file: File
    linked_at: datetime | None
    linked_by: str


def linked_files(person_id: int, page: str) -> list[LinkedFile]:
    """The person's other files, for those who keep this one; empty for anybody else. The look is put on record.

    :param page: the name of the page on which they are shown.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM linked_files(%s, %s)", [person_id, page])
        return [
            LinkedFile(file_of(*about), linked_at, linked_by or "")
            for *about, linked_at, linked_by in cursor.fetchall()
        ]
