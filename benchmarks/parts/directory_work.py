"""Parts of the measure of the directory, each in a process that knows one role's address; answers in JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateRange  # noqa: E402

from benchmarks.parts import directory  # noqa: E402
from convergence.access.models import User  # noqa: E402
from convergence.network.directory.fields import choices_of  # noqa: E402
from convergence.network.directory.holding import File, hold  # noqa: E402
from convergence.network.directory.models import DirectoryImport, Town  # noqa: E402
from convergence.network.directory.search import RADIUSES, Wanted, search  # noqa: E402
from convergence.platform.clock import today  # noqa: E402
from convergence.platform.identity import assume  # noqa: E402
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


def searches(user_id: int, each: int, seed: int) -> dict[str, Any]:
    """Milliseconds of searches of each kind (median, 95th hundredth, worst), results read; as an account of the web."""
    draw = Random(seed)  # noqa: S311 - a seeded draw is no secret
    with transaction.atomic():
        assume(user_id, today())
        towns = list(Town.objects.order_by("insee"))
        return {kind: _timed(make, towns, draw, each) for kind, make in KINDS_OF_SEARCH.items()}


def _timed(make: Callable[[Random, list[Town]], Wanted], towns: list[Town], draw: Random, each: int) -> list[float]:
    times = []
    for number in range(each + 5):
        wanted = make(draw, towns)
        began = time.perf_counter()
        search(wanted)
        # The first ones fill the memory of the database and of this process.
        if number >= 5:
            times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return [times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]]


def _begun(draw: Random) -> str:
    """A word on its way to be typed."""
    word = draw.choice(directory.WHATS)
    return word[: draw.randint(3, len(word))]


def _mistyped(draw: Random) -> str:
    """A word of six letters or more, with one of its letters changed."""
    word = draw.choice([word for word in directory.WHATS if len(word) >= 6])
    place = draw.randrange(1, len(word) - 1)
    return f"{word[:place]}{draw.choice('kwxz')}{word[place + 1 :]}"


def _place(draw: Random, towns: list[Town]) -> dict[str, Any]:
    return {"town": draw.choice(towns), "radius": draw.choice(RADIUSES)}


def _tags(draw: Random) -> list[str]:
    theme = draw.choice(choices_of("thematiques"))[0]
    return [f"theme:{theme}", f"public:{draw.choice(choices_of('publics'))[0]}"]


KINDS_OF_SEARCH: dict[str, Callable[[Random, list[Town]], Wanted]] = {
    "a word being typed": lambda draw, towns: Wanted(_begun(draw)),
    "two words": lambda draw, towns: Wanted(f"{draw.choice(directory.KINDS)} {_begun(draw)}"),
    "a mistyped word": lambda draw, towns: Wanted(_mistyped(draw)),
    "a theme and a public": lambda draw, towns: Wanted(tags=_tags(draw)),
    "around a town": lambda draw, towns: Wanted(**_place(draw, towns)),
    "a word around a town": lambda draw, towns: Wanted(_begun(draw), **_place(draw, towns)),
    "everything at once": lambda draw, towns: Wanted(_begun(draw), _tags(draw), **_place(draw, towns)),
    "nothing asked": lambda draw, towns: Wanted(),
}

PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "hold": lambda services, seed: hold_files(int(services), int(seed)),
    "tell": tell,
    "search": lambda user_id, each, seed: searches(int(user_id), int(each), int(seed)),
}


if __name__ == "__main__":
    json.dump(PARTS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
