"""Keeping a file between its upload and its result: sealed under a key of its own, for a week at most."""

import base64
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from convergence.intake.columns import Mapping, guess, signature
from convergence.intake.models import ColumnMemory, Import
from convergence.intake.official.profiles import made_on, recognise
from convergence.intake.reading import Limits, Table, read
from convergence.platform.errors import Refused
from convergence.platform.sealing import new_key, seal, seal_for_instance, unseal, unseal_for_instance

KEPT = timedelta(days=7)
LIMITS = Limits(rows=3_000)
"""One list holds at most a large territory; one transaction writes it."""


class Forgotten(Refused):
    """The file is no longer kept."""


@dataclass
class Official:
    """What is known of an export of the State's tool.

    :param version: the first day of its version, ISO.
    :param made_on: when the file says that it was made, ISO.
    :param said_on: the day of the export as the user settled it, ISO; None before.
    :param sites: employer as the export names it → the user's site; an absent one is an employer elsewhere.
    """

    version: str
    made_on: str | None = None
    said_on: str | None = None
    sites: dict[str, int] = field(default_factory=dict)


@dataclass
class About:
    """What is known of the file besides its rows.

    :param fields: the fields chosen for the columns, in order; None before the user settled them.
    :param official: None for an ordinary list.
    """

    name: str
    sheet: str | None = None
    fields: list[str] | None = None
    notices: list[str] = field(default_factory=list)
    official: Official | None = None


def hold(actor_id: int, site_id: int, name: str, content: bytes) -> tuple[Import, Table]:
    """Read the file and keep it.

    :raises UnreadableFile: with one French sentence; nothing is kept.
    """
    table = read(content, limits=LIMITS)
    held = Import(actor_id=actor_id, site_id=site_id)
    key = base64.b64encode(new_key()).decode()
    held.wrapped_key = seal_for_instance(key, f"intake_import.key:{held.pk}")
    held.file = _sealed(held, "file", content)
    write_about(held, About(name=name, sheet=table.sheet or None, official=official_of(table, content)))
    held.save(force_insert=True)
    return held, table


def official_of(table: Table, content: bytes) -> Official | None:
    """What is known of an export of the State's tool; None for an ordinary list.

    :raises UnreadableFile: an export of another version.
    """
    version = recognise(table.headers)
    if version is None:
        return None
    made = made_on(content)
    return Official(version.since.isoformat(), made.isoformat() if made else None)


def table_of(held: Import) -> Table:
    """The file, read again.

    :raises Forgotten: the week is over, or the import has ended.
    """
    return read(_opened(held, "file"), sheet=about(held).sheet, limits=LIMITS)


def about(held: Import) -> About:
    """:raises Forgotten:"""
    kept = json.loads(_opened(held, "about"))
    official = kept.pop("official", None)
    return About(**kept, official=Official(**official) if official else None)


def write_about(held: Import, what: About) -> None:
    held.about = _sealed(held, "about", json.dumps(asdict(what)).encode())


def file_of(held: Import) -> bytes:
    """The file as it was given. :raises Forgotten:"""
    return _opened(held, "file")


def plan_of(held: Import) -> dict[str, Any]:
    """:raises Forgotten:"""
    plan: dict[str, Any] = json.loads(_opened(held, "plan"))
    return plan


def write_plan(held: Import, plan: dict[str, Any]) -> None:
    held.plan = _sealed(held, "plan", json.dumps(plan, ensure_ascii=False).encode())


def returned_file(held: Import) -> bytes:
    """The spreadsheet of the rows that stayed out. :raises Forgotten:"""
    return _opened(held, "returned")


def end(held: Import, returned: bytes | None, counts: dict[str, int], at: datetime) -> None:
    """The rows are written: the file goes, and its key too unless rows stay to be corrected."""
    held.counts, held.ended_at = counts, at
    held.file = held.plan = None
    if returned is None:
        held.about = held.wrapped_key = None
    else:
        held.returned = _sealed(held, "returned", returned)
    held.save()


def forget_older_than(moment: datetime) -> int:
    """Destroy the keys of the lists uploaded before a moment, whoever uploaded them; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_forget(%s)", [moment])
        (forgotten,) = cursor.fetchone()
    return int(forgotten)


def mapping_of(held: Import, table: Table) -> Mapping:
    """What the user chose for this file, else what she chose for the same titles before, else a guess."""
    if (chosen := about(held).fields) is not None and len(chosen) == len(table.headers):
        return Mapping.of_codes(chosen)
    memory = ColumnMemory.objects.filter(actor_id=held.actor_id, signature=signature(table.headers)).first()
    if memory is not None:
        kept = json.loads(unseal_for_instance(bytes(memory.sealed), f"intake_columnmemory:{memory.signature}"))
        return Mapping.from_memory(table.headers, kept)
    return guess(table.headers, table.sample())


def remember_mapping(actor_id: int, table: Table, mapping: Mapping) -> None:
    """Keep the mapping for this user's next file with the same titles."""
    sign = signature(table.headers)
    text = json.dumps(mapping.to_memory(table.headers))
    ColumnMemory.objects.update_or_create(
        actor_id=actor_id,
        signature=sign,
        defaults={"sealed": seal_for_instance(text, f"intake_columnmemory:{sign}")},
    )


def _key(held: Import) -> bytes:
    if held.wrapped_key is None:
        raise Forgotten(_("Ce fichier n’est plus conservé : importez-le de nouveau."))
    return base64.b64decode(unseal_for_instance(bytes(held.wrapped_key), f"intake_import.key:{held.pk}"))


def _place(held: Import, column: str) -> str:
    return f"intake_import.{column}:{held.pk}"


def _sealed(held: Import, column: str, content: bytes) -> bytes:
    return seal(base64.b64encode(content).decode(), _key(held), _place(held, column))


def _opened(held: Import, column: str) -> bytes:
    sealed = getattr(held, column)
    key = _key(held)
    if sealed is None:
        raise Forgotten(_("Ce fichier n’est plus conservé : importez-le de nouveau."))
    return base64.b64decode(unseal(bytes(sealed), key, _place(held, column)))
