"""Parts of the measure of the directory, each in a process that knows one role's address; answers in JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateRange  # noqa: E402

from benchmarks.parts import directory  # noqa: E402
from convergence.access.models import User  # noqa: E402
from convergence.network.directory.holding import File, hold  # noqa: E402
from convergence.network.directory.models import DirectoryImport  # noqa: E402
from convergence.platform.models import Job  # noqa: E402
from convergence.territories.models import Mission, Territory  # noqa: E402
from convergence.vocabulary.roles import Role  # noqa: E402


def hold_files(services: int, seed: int) -> dict[str, Any]:
    """Hold a drawn directory as an officer's two files; as *maint*."""
    structures = -(-services // directory.SERVICES_EACH)
    with transaction.atomic():
        user = User.objects.filter(email="partenariats@mesure.example").first() or _officer()
        files = [
            File("structures.json", directory.as_json(directory.structures(structures, seed))),
            File("services.json", directory.as_json(directory.services(services, seed))),
        ]
        held = hold(user.pk, files, complete=True)
    return {"user": user.pk, "import": str(held.pk), "rows": structures + services}


def _officer() -> User:
    user = User.objects.create(email="partenariats@mesure.example", given_name="Modèle", family_name="Exemple")
    territory = Territory.objects.create(name="Territoire Exemple")
    Mission.objects.create(
        user=user, territory=territory, role=Role.PARTNERSHIP_OFFICER, valid=DateRange(date(2020, 1, 1), None)
    )
    return user


def tell(import_id: str) -> dict[str, Any]:
    """How an import ended; as *maint*."""
    held = DirectoryImport.objects.get(pk=import_id)
    job = Job.objects.get(pk=held.job_id)
    if job.started_at is None or job.ended_at is None:
        raise SystemExit(f"The import did not end: {job.state}.")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"seconds": (job.ended_at - job.started_at).total_seconds(), "sentence": job.sentence}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "hold": lambda services, seed: hold_files(int(services), int(seed)),
    "tell": tell,
}


if __name__ == "__main__":
    json.dump(PARTS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
