"""A request is one transaction with one identity; whatever goes wrong leaves nothing half-written."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.people.identity import identity_version
from convergence.people.models import PersonName
from convergence.platform.dated import withdraw
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.models import Contact
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from convergence.web.middleware import one_transaction
from tests.builders import TODAY, World, open_ended
from tests.platform.conftest import Committed


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
        return str(Situation.objects.current().filter(person=world.anouk, aspect="housing").latest("valid").pk)


def test_django_s_own_request_transactions_are_off_and_ours_is_outside_everything_that_reads() -> None:
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
    ours = settings.MIDDLEWARE.index("convergence.web.middleware.one_transaction")
    for inner in ("sessions", "auth", "messages", "account", "Identify"):
        place = next(number for number, name in enumerate(settings.MIDDLEWARE) if inner in name)
        assert place > ours, inner


def test_a_streamed_body_is_refused(db: None, rf: RequestFactory) -> None:
    handle = one_transaction(lambda request: StreamingHttpResponse(iter(["late"])))  # type: ignore[arg-type, return-value]
    with pytest.raises(ImproperlyConfigured):
        handle(rf.get("/"))  # type: ignore[arg-type]


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

    one_transaction(fail)(rf.get("/"))  # type: ignore[arg-type]
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
    assert set(record.compartments) == {"identity", "contact", "work", "hours", "social", "health", "justice"}
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


@pytest.fixture
def half_written(counsellor: Client, settings: Any) -> Client:
    """Somebody signed in who may call the addresses of tests/web/half_written.py."""
    settings.ROOT_URLCONF = "tests.web.half_written"
    counsellor.raise_request_exception = False
    return counsellor


def contacts(acting_as: Any) -> int:
    with acting_as("maint"):
        return Contact.objects.count()


@pytest.mark.parametrize(
    ("error", "status"), [("missing", 404), ("forbidden", 403), ("suspicious", 400), ("refused", 409), ("broken", 500)]
)
def test_a_view_that_raises_after_a_write_leaves_nothing(
    half_written: Client, acting_as: Any, error: str, status: int
) -> None:
    before = contacts(acting_as)
    response = half_written.post(reverse("write-then-raise", args=[error]))
    assert response.status_code == status
    assert contacts(acting_as) == before
    if error == "refused":
        assert "Cette personne est déjà suivie." in response.content.decode()


def test_an_answer_of_409_undoes_the_work_and_leaves_its_token_free(half_written: Client, acting_as: Any) -> None:
    before, data = contacts(acting_as), {"submission": str(uuid.uuid4())}
    for _time in range(2):
        assert half_written.post(reverse("refused-fragment"), data).status_code == 409
    assert contacts(acting_as) == before


def test_a_touch_that_answers_with_a_fragment_works_once_though_it_is_sent_twice(
    half_written: Client, acting_as: Any
) -> None:
    before, data = contacts(acting_as), {"submission": str(uuid.uuid4())}
    first = half_written.post(reverse("one-touch"), data, headers={"HX-Request": "true"})
    second = half_written.post(reverse("one-touch"), data, headers={"HX-Request": "true"})
    assert "Rencontre notée." in first.content.decode()
    assert second.status_code == 302
    assert contacts(acting_as) == before + 1


def test_what_follows_from_a_change_is_settled_before_anything_is_drawn(half_written: Client) -> None:
    assert half_written.post(reverse("draw-after-answer")).content.decode() == "0 en attente"


def test_the_same_page_sent_back_with_another_choice_is_another_form(
    counsellor: Client, world: World, acting_as: Any
) -> None:
    page = form(seen_version=running(world, acting_as))
    assert counsellor.post(address(world), page).status_code == 302
    back = counsellor.post(address(world), page | {"code": "chrs"})
    assert back.status_code == 409
    assert "Hôtel" in back.content.decode()
    again = counsellor.post(address(world), page | {"code": "chrs", "seen_version": running(world, acting_as)})
    assert again.status_code == 302
    with acting_as("maint"):
        assert (
            Situation.objects.current().get(person=world.anouk, aspect="housing", valid__contains=TODAY).value == "chrs"
        )


def test_signing_in_leads_back_to_the_very_address_with_its_question(db: None) -> None:
    asked = "/personnes/?q=anouk&chantier=3"
    response = Client().get(asked)
    assert response.status_code == 302
    assert parse_qs(urlsplit(response["Location"]).query)["next"] == [asked]


@pytest.mark.parametrize("kept", [False, True], ids=["no connection yet", "a connection kept from before"])
def test_without_its_database_the_process_says_that_it_lives_and_asks_for_patience(
    committed: Committed, kept: bool
) -> None:
    """The database goes away for good, under a thread that may already hold a connection to it."""

    def statuses() -> dict[str, int]:
        client = Client(raise_request_exception=False)
        if kept:
            assert client.get("/sante/pret").status_code == 200
        else:
            connection.close()
        committed.lose()
        found = {}
        for asked in ("/sante/vie", "/sante/pret", "/personnes/", "/compte/login/"):
            close_old_connections()  # what the server does as a request begins
            response = client.get(asked)
            found[asked] = response.status_code
            assert asked == "/sante/vie" or "momentanément indisponible" in response.content.decode()
        return found

    assert committed.run(statuses) == {"/sante/vie": 200, "/sante/pret": 503, "/personnes/": 503, "/compte/login/": 503}


@pytest.mark.parametrize(
    "asked",
    [f"/personnes/{10**30}/", f"/personnes/{2**63}/", "/personnes/?q=%00", "/personnes/?page=-1&chantier=x", "/%ff"],
)
def test_an_odd_address_is_not_an_error_of_ours(counsellor: Client, asked: str) -> None:
    counsellor.raise_request_exception = False
    assert counsellor.get(asked).status_code < 500


@pytest.mark.parametrize("aspect", ["judicial_constraint", "bank_account", "no_such_aspect"])
@pytest.mark.parametrize("roles", [("support_worker", None), ("work_supervisor", "counsellor"), ("site_manager", None)])
def test_whoever_may_not_write_that_is_refused_and_nothing_is_written(
    counsellor: Client, world: World, acting_as: Any, aspect: str, roles: tuple[str, str | None]
) -> None:
    """A role at the person's own site, and perhaps one at another site, where she would have the right."""
    here, there = roles
    user = world.users[Role(here)]
    client = Client(raise_request_exception=False)
    client.force_login(user)
    with acting_as("maint"):
        if there:
            Mission.objects.create(user=user, role=there, site=world.other_site, valid=open_ended())
        before = Situation.objects.count()
    data = form(code="open" if aspect == "bank_account" else "times", seen_version="")
    status = client.post(reverse("record-situation", args=[world.anouk.pk, aspect]), data).status_code
    with acting_as("maint"):
        written = Situation.objects.count() - before
    if (here, aspect) == ("support_worker", "bank_account"):
        assert (status, written) == (302, 1)
    else:
        assert written == 0
        assert 400 <= status < 500


def test_a_person_whose_usual_name_was_withdrawn_keeps_her_page(counsellor: Client, world: World) -> None:
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    withdraw(PersonName.objects.get(person=world.anouk))
    counsellor.raise_request_exception = False
    for name in ("person", "identity", "notes"):
        assert counsellor.get(reverse(name, args=[world.anouk.pk])).status_code == 200, name
    assert counsellor.get(reverse("people")).status_code == 200
    named = {"given_name": "Anouk", "family_name": "Factice", "seen_version": identity_version(world.anouk.pk)}
    assert counsellor.post(reverse("identity", args=[world.anouk.pk]), named).status_code == 302
    assert "Anouk Factice" in counsellor.get(reverse("person", args=[world.anouk.pk])).content.decode()
