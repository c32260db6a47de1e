"""A person's other files, as a link shows them to those who keep this one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convergence.people.likeness.deciding import File, file_of


@dataclass(frozen=True)
class LinkedFile:
    """Another file of the person, and who linked it when."""

    file: File
    linked_at: datetime | None
    linked_by: str


def linked_file(row: dict[str, Any]) -> LinkedFile:
    """A row of the database's ``linked_files``, as JSON."""
    birth = row["birth_year"], row["birth_month"], row["birth_day"]
    linked_at = datetime.fromisoformat(row["linked_at"]) if row["linked_at"] else None
    return LinkedFile(file_of(row["person_id"], row["names"], *birth, row["sites"]), linked_at, row["linked_by"] or "")
