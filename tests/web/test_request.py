"""A request is one transaction with one identity; whatever goes wrong leaves nothing half-written."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.situations.models import Situation
from convergence.vocabulary.roles import Role
from convergence.web.middleware import one_transaction
from tests.builders import TODAY, World


@pytest.fixture
def counsellor(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    client = Client()
    client.force_login(world.users[Role.COUNSELLOR])
    return client


def situations_of(world: World, acting_as: Any) -> int:
    with acting_as("maint"):
        return Situation.objects.filter(person=world.anouk).count()


def form(**changes: str) -> dict[str, str]:
    return {"code": "hotel", "since": TODAY.isoformat(), "submission": str(uuid.uuid4())} | changes


def address(world: World) -> str:
    return reverse("record-situation", args=[world.anouk.pk, "housing"])


def running(world: World, acting_as: Any) -> str:
    with acting_as("maint"):
        return str(Situation.objects.current().get(person=world.anouk, aspect="housing").pk)


def test_django_s_own_request_transactions_are_off_and_ours_is_outside_everything_that_reads() -> None:
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
    ours = settings.MIDDLEWARE.index("convergence.web.middleware.one_transaction")
    for inner in ("sessions", "auth", "messages", "account", "Identify"):
        place = next(number for number, name in enumerate(settings.MIDDLEWARE) if inner in name)
        assert place > ours, inner


def test_a_streamed_body_is_refused(db: None, rf: RequestFactory) -> None:
    handle = one_transaction(lambda request: StreamingHttpResponse(iter(["late"])))  # type: ignore[arg-type, return-value]
    with pytest.raises(ImproperlyConfigured):
        handle(rf.get("/"))


def test_an_answer_of_500_undoes_what_was_written(db: None, rf: RequestFactory) -> None:
    token = uuid.uuid4()

    def fail(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', '1', true)")
            cursor.execute(
                "INSERT INTO platform_submission (token, actor_id, received_at, location) VALUES (%s, 1, now(), '')",
                [token],
            )
        return HttpResponse(status=500)

    one_transaction(fail)(rf.get("/"))
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE convergence_maint")
        cursor.execute("SELECT count(*) FROM platform_submission WHERE token = %s", [token])
        assert cursor.fetchone() == (0,)


def test_a_change_is_recorded_and_shown_with_who_said_it(counsellor: Client, world: World, acting_as: Any) -> None:
    response = counsellor.post(address(world), form(seen_version=running(world, acting_as)))
    assert response.status_code == 302
    page = counsellor.get(response["Location"]).content.decode()
    assert "Hôtel" in page
    with acting_as("maint"):
        fact = Situation.objects.current().get(person=world.anouk, aspect="housing", value="hotel")
    assert fact.recorded_by == world.users[Role.COUNSELLOR]


def test_the_same_form_sent_twice_does_its_work_once(counsellor: Client, world: World, acting_as: Any) -> None:
    data = form(seen_version=running(world, acting_as))
    first = counsellor.post(address(world), data)
    count = situations_of(world, acting_as)
    second = counsellor.post(address(world), data)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert situations_of(world, acting_as) == count


def test_a_form_refused_may_be_sent_again_with_the_same_token(counsellor: Client, world: World, acting_as: Any) -> None:
    data = form(seen_version=running(world, acting_as))
    assert counsellor.post(address(world), data | {"since": "3026-01-01"}).status_code == 422
    assert counsellor.post(address(world), data).status_code == 302


def test_the_second_of_two_editors_sees_the_first_one_s_change_and_keeps_her_words(
    counsellor: Client, world: World, acting_as: Any
) -> None:
    seen = running(world, acting_as)
    assert counsellor.post(address(world), form(seen_version=seen)).status_code == 302
    count = situations_of(world, acting_as)
    second = counsellor.post(address(world), form(code="chrs", seen_version=seen, detail="Place obtenue hier."))
    page = second.content.decode()
    assert second.status_code == 409
    assert "Hôtel" in page
    assert "Place obtenue hier." in page
    assert situations_of(world, acting_as) == count


@pytest.mark.parametrize(
    "bad",
    [
        {"since": "3026-01-01"},
        {"since": "31/02/2026"},
        {"since": ""},
        {"code": ""},
        {"code": "castle"},
        {"code": "x" * 5000},
        {"since": "2026-11-23\x00"},
        {"detail": "x" * 5000},
        {"submission": "not-a-token", "code": "castle"},
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(
    counsellor: Client, world: World, acting_as: Any, bad: dict[str, str]
) -> None:
    count = situations_of(world, acting_as)
    response = counsellor.post(address(world), form(seen_version=running(world, acting_as)) | bad)
    assert response.status_code in {409, 422}
    assert "error" in response.content.decode()
    assert situations_of(world, acting_as) == count


def test_a_page_whose_access_record_cannot_be_written_is_not_shown(
    counsellor: Client, world: World, acting_as: Any
) -> None:
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("REVOKE EXECUTE ON FUNCTION record_access(text, bigint[]) FROM convergence_web")
    counsellor.raise_request_exception = False
    response = counsellor.get(reverse("person", args=[world.anouk.pk]))
    assert response.status_code == 500
    assert "Anouk" not in response.content.decode()


def test_the_access_record_holds_ids_and_compartments_and_the_reader_cannot_change_it(
    counsellor: Client, world: World, acting_as: Any
) -> None:
    counsellor.get(reverse("person", args=[world.anouk.pk]))
    with acting_as("maint"):
        record = AccessRecord.objects.get(person_id=world.anouk.pk)
    assert record.actor_id == world.users[Role.COUNSELLOR].pk
    assert record.acting_as == ["counsellor"]
    assert record.page == "person"
    assert set(record.compartments) == {"identity", "contact", "work", "social", "health", "justice"}
    with connection.cursor() as cursor:
        for verb in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute(
                "SELECT has_table_privilege('convergence_web', 'access_accessrecord', %s)", [verb.split()[0]]
            )
            assert cursor.fetchone() == (False,)


def test_pages_forbid_inline_code_and_framing(counsellor: Client) -> None:
    policy = counsellor.get(reverse("people"))["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
