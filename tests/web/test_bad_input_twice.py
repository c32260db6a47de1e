"""The same form sent twice at the same moment, on two connections."""

import time
from threading import Event

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from convergence.platform.clock import today
from convergence.platform.identity import assume
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.platform.conftest import Committed
from tests.web.intake_screens import up_to_preview

LIST = "Nom;Prénom;Début\nFactice;Zélie;01/10/2025\n".encode()


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        (waits,) = cursor.fetchone()
    return bool(waits)


def entered(committed: Committed) -> Client:
    client = Client()
    with transaction.atomic():
        assume(None, today())
        client.force_login(committed.world.users[Role.COUNSELLOR])
    return client


def test_an_import_launched_twice_at_once_is_one_job(committed: Committed) -> None:
    preview = committed.run(lambda: up_to_preview(entered(committed), committed.world, LIST))
    asked = Event()

    def first() -> str:
        client = entered(committed)
        with transaction.atomic():
            led_to: str = client.post(preview)["Location"]
            asked.set()
            deadline = time.monotonic() + 20
            while not somebody_waits_for_us():
                assert time.monotonic() < deadline, "nobody came second"
                time.sleep(0.05)
        return led_to

    def second() -> str:
        client = entered(committed)
        assert asked.wait(20)
        led_to: str = client.post(preview)["Location"]
        return led_to

    answers = [committed.start(first), committed.start(second)]
    progress = reverse("import-progress", args=[preview.strip("/").split("/")[1]])
    assert [answer.result(60) for answer in answers] == [progress, progress]
    assert committed.run(lambda: Job.objects.filter(kind="import").count(), "maint") == 1
