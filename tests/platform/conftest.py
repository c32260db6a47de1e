"""A database where commits are real, reached by threads that each hold connections of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from django.db import connections, transaction

from convergence.platform.clock import today
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import World, build_world
from tests.conftest import drop_database, make_database

T = TypeVar("T")


@dataclass
class Committed:
    """A clone of the migrated database, with the small territory of tests/builders.py committed in it."""

    name: str
    world: World
    threads: ThreadPoolExecutor
    lost: bool = False

    def start(self, work: Callable[[], T], role: str = "web") -> Future[T]:
        """Run ``work`` in a thread of its own, connected as a deployed role."""
        return _start(self.threads, work, role)

    def run(self, work: Callable[[], T], role: str = "web") -> T:
        return self.start(work, role).result(timeout=60)

    def as_user(self, work: Callable[[], T], role: Role = Role.COUNSELLOR) -> T:
        """Run ``work`` in one committed transaction as somebody of the first site."""
        return self.run(lambda: self.acting(work, role))

    def acting(self, work: Callable[[], T], role: Role = Role.COUNSELLOR) -> T:
        with transaction.atomic():
            assume(self.world.users[role].pk, today())
            return work()

    def as_maint(self, work: Callable[[], T]) -> T:
        def committed() -> T:
            with transaction.atomic():
                return work()

        return self.run(committed, "maint")

    def lose(self) -> None:
        """The database goes away under whoever is connected to it."""
        drop_database(self.name)
        self.lost = True


def _start(threads: ThreadPoolExecutor, work: Callable[[], T], role: str) -> Future[T]:
    def connected() -> T:
        try:
            for alias in connections:
                with connections[alias].cursor() as cursor:
                    cursor.execute(f"SET ROLE convergence_{role}")
            return work()
        finally:
            with suppress(Exception):
                connections.close_all()

    return threads.submit(connected)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[Committed]:
    name = f"committed_{worker_id}"
    make_database(name)
    before = {alias: connections.settings[alias]["NAME"] for alias in connections}
    with django_db_blocker.unblock(), ThreadPoolExecutor(max_workers=4) as threads:
        for alias in connections:
            connections.settings[alias]["NAME"] = name
        try:

            def built() -> World:
                with transaction.atomic():
                    return build_world(today())

            made = Committed(name, _start(threads, built, "maint").result(timeout=60), threads)
            yield made
        finally:
            for alias in connections:
                connections.settings[alias]["NAME"] = before[alias]
        if not made.lost:
            drop_database(name)
