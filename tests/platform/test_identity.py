"""An identity lasts as long as its transaction and its thread; a connection used again starts as nobody."""

import os
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg import sql

from convergence.people.keys import key_of
from convergence.platform import jobs
from convergence.platform.clock import today
from convergence.platform.errors import Refused
from convergence.platform.identity import assume, forget, remembered
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from convergence.web.middleware import one_transaction
from tests.platform.conftest import Committed


def test_what_one_thread_remembers_no_other_thread_sees(committed: Committed) -> None:
    both = Barrier(2, timeout=30)

    def remember_and_look(mine: str) -> dict[str, bool]:
        with transaction.atomic():
            assume(committed.world.users[Role.COUNSELLOR].pk, today())
            key_of(committed.world.anouk.pk)
            remembered("subject")[mine] = True
            both.wait()
            seen = dict(remembered("subject"))
            both.wait()
            forget()
            return seen

    first = committed.start(lambda: remember_and_look("first"))
    second = committed.start(lambda: remember_and_look("second"))
    assert first.result(60) == {"first": True}
    assert second.result(60) == {"second": True}


def test_whoever_comes_next_on_the_same_thread_finds_no_opened_key(committed: Committed) -> None:
    committed.as_user(lambda: key_of(committed.world.anouk.pk))
    assert committed.as_user(lambda: dict(remembered("person_keys"))) == {}


def answered(request: HttpRequest) -> HttpResponse:
    remembered("subject")["key"] = "opened"
    return HttpResponse("vu")


def failed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(answered(request).content, status=500)


def raised(request: HttpRequest) -> HttpResponse:
    answered(request)
    raise Http404


@pytest.mark.parametrize("view", [answered, failed, raised])
def test_nothing_is_remembered_after_a_request_however_it_ends(db: None, rf: RequestFactory, view: object) -> None:
    handle = one_transaction(view)  # type: ignore[arg-type]
    try:
        handle(rf.get("/"))  # type: ignore[arg-type]
    except Http404:
        assert view is raised
    assert remembered("subject") == {}


@pytest.mark.parametrize("failure", [None, Refused("Non."), ValueError("broken")])
def test_nothing_is_remembered_after_a_job_however_it_ends(
    committed: Committed, monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    def work(job: Job, progress: jobs.Progress) -> str:
        key_of(committed.world.anouk.pk)
        if failure:
            raise failure
        return "Fait."

    monkeypatch.setitem(jobs._works, "opens a key", work)
    job = committed.as_user(lambda: jobs.ask("opens a key", committed.world.users[Role.COUNSELLOR].pk))

    def do() -> dict[int, bytes]:
        jobs.run_job(str(job.pk))
        return dict(remembered("person_keys"))

    assert committed.run(do, "worker") == {}


def test_assuming_another_identity_empties_what_the_first_remembered(db: None) -> None:
    assume(None, today())
    remembered("subject")["key"] = "opened"
    assume(None, today())
    assert remembered("subject") == {}


def test_an_identity_without_a_transaction_is_refused(committed: Committed) -> None:
    with pytest.raises(RuntimeError):
        committed.run(lambda: assume(committed.world.users[Role.COUNSELLOR].pk, today()))


def test_a_real_connection_used_again_reads_zero_rows_everywhere_and_meets_no_error(committed: Committed) -> None:
    url = urlsplit(os.environ["DATABASE_URL_WEB"])._replace(path=f"/{committed.name}").geturl()
    counsellor = committed.world.users[Role.COUNSELLOR].pk
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("convergence_web",)
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace"
                " AND has_any_column_privilege(oid, 'SELECT') ORDER BY 1"
            )
        ]
        # Signing in reads accounts before anybody is known; no other table shows anything to nobody.
        tables.remove("access_user")

        def filled() -> set[str]:
            counts = {
                name: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
                for name in tables
            }
            return {name for name, count in counts.items() if count != (0,)}

        assert filled() == set()
        connection.execute("SELECT identify(%s, %s)", [counsellor, today()])
        assert filled() >= {"people_person", "situations_situation", "people_personkey", "access_readable"}
        connection.commit()
        assert filled() == set()
        connection.execute("SELECT identify(%s, %s)", [counsellor, today() - timedelta(days=1)])
        connection.rollback()
        assert filled() == set()


def test_every_thread_has_its_own_connection(committed: Committed) -> None:
    both = Barrier(2, timeout=30)

    def who() -> int:
        both.wait()
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    first, second = committed.start(who), committed.start(who)
    assert first.result(60) != second.result(60)
