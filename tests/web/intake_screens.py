"""What the tests of an import's screens share: somebody signed in, the worker, and the way up to the preview."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from convergence.platform.identity import assume
from convergence.platform.jobs import run_job
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def client(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return signed_in(world, Role.COUNSELLOR)


def signed_in(world: World, role: Role) -> Client:
    assume(None, TODAY)
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    return client


@pytest.fixture
def work(acting_as: Acting, world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Does the jobs that wait, as the worker would, in the test's own transaction."""
    # A worker drops connections that have grown old; the test's must stay.
    monkeypatch.setattr("convergence.platform.jobs.close_old_connections", lambda: None)

    def run() -> None:
        with acting_as("maint"):
            waiting = list(Job.objects.filter(state=Job.State.WAITING))
        with connections["progress"].cursor() as cursor:
            cursor.execute("SET ROLE convergence_worker")
        with acting_as("worker"):
            for job in waiting:
                run_job.func(job_id=str(job.pk))

    return run


def send(client: Client, world: World, content: bytes, name: str = "liste.csv", **more: Any) -> Any:
    return client.post(
        reverse("import-people"), {"site": world.site.pk, "file": SimpleUploadedFile(name, content), **more}
    )


def page_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def columns_of(page: Any) -> dict[str, str]:
    """The mapping that the page shows, as its form sends it back."""
    return {
        name: (re.search(r'<option value="(\w*)" selected', options) or [None, ""])[1] or ""
        for name, options in re.findall(r'<select name="(column-\d+)".*?>(.*?)</select>', page.content.decode(), re.S)
    }


def settle_columns(client: Client, address: str, **changed: str) -> Any:
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, columns_of(page) | changed)


def up_to_preview(client: Client, world: World, content: bytes, name: str = "liste.csv") -> str:
    """The address of the preview."""
    answer = settle_columns(client, send(client, world, content, name).url)
    assert answer.status_code == 302
    return str(answer.url)


def reading(world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
