"""Bad input through the real screens: one clear sentence, nothing half-written, nothing lost, never a 500."""

# ruff: noqa: F401, F811 - fixtures are imported by their names

import resource
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.intake import holding
from convergence.intake.models import Import
from convergence.intake.reading import Limits
from convergence.people.models import PersonName
from convergence.platform.models import Job
from convergence.web.receiving import InMemoryUpToLimit, drop_rest
from tests.builders import World
from tests.intake import files
from tests.intake.files import PEOPLE, TITLES, text, xlsx
from tests.intake.test_unreadable_files import LOCKED_ODS
from tests.web.intake_screens import (
    client,
    columns_of,
    page_of,
    reading,
    send,
    settle_columns,
    up_to_preview,
    work,
)

pytestmark = pytest.mark.django_db(databases=["default", "progress"])

MEGABYTE = 1024 * 1024


def refused_with(response: Any, words: str, status: int = 409) -> None:
    assert response.status_code == status
    assert words in page_of(response)
    assert not Import.objects.exists(), "nothing is kept"


# -- the file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "vide.csv", "Ce fichier est vide"),
        (b"%PDF-1.7\n", "liste.pdf", "un document PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "liste.xlsx", "une image"),
        (files.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "liste.xlsx", "protégé par un mot de passe"),
        (files.archive(LOCKED_ODS), "liste.ods", "protégé par un mot de passe"),
        (files.xls(is_locked=True), "liste.xls", "protégé par un mot de passe"),
        (xlsx([]), "liste.xlsx", "vide"),
        (text([TITLES]), "liste.csv", "des titres"),
        (xlsx()[:3000], "liste.xlsx", "abîmé ou incomplet"),
        (bytes(range(256)) * 20, "liste", "un fichier d’un genre inconnu"),
    ],
    ids=["empty", "pdf", "picture", "locked-xlsx", "locked-ods", "locked-xls", "empty-sheet", "titles", "cut", "bytes"],
)
def test_a_wrong_file_is_answered_on_the_page(
    client: Client,
    world: World,
    content: bytes,
    name: str,
    words: str,
) -> None:
    refused_with(send(client, world, content, name), words)


def test_no_file_at_all_is_asked_for(client: Client, world: World) -> None:
    response = client.post(reverse("import-people"), {"site": world.site.pk})
    refused_with(response, "Choisissez le fichier à importer", 422)


def test_a_file_that_announces_more_than_the_limit_is_refused_before_it_is_read(client: Client, world: World) -> None:
    response = client.generic("POST", reverse("import-people"), bytes(21 * MEGABYTE), "multipart/form-data; boundary=x")
    refused_with(response, "Ce fichier est trop lourd (20 Mo au plus)", 413)


class Endless:
    """A multipart body of which 200 MB are a file, made as it is read."""

    def __init__(self, megabytes: int) -> None:
        self.left = megabytes * MEGABYTE
        self._head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="l.csv"\r\n\r\n'

    def read(self, most: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        size = min(MEGABYTE if most < 0 else most, self.left)
        self.left -= size
        return b"a" * size

    readline = read


def test_200_megabytes_are_dropped_as_they_come(rf: RequestFactory) -> None:
    body = Endless(200)
    told = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(201 * MEGABYTE)}
    request = rf.generic("POST", "/", **told, **{"wsgi.input": body})  # type: ignore[arg-type]
    handler = InMemoryUpToLimit(request, 20 * MEGABYTE)
    request.upload_handlers = [handler]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not request.FILES
    assert handler.too_big
    drop_rest(request)
    assert body.left == 0, "the browser is heard to the end, and gets its answer"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024, "kilobytes"


def test_a_file_just_over_the_limit_gets_the_same_sentence(
    client: Client,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(holding, "LIMITS", Limits(bytes=2 * MEGABYTE))
    refused_with(send(client, world, b"Nom;Note\r\n" + b"a" * 2 * MEGABYTE), "trop lourd (2 Mo au plus)", 413)


def test_more_rows_than_one_import_holds_is_refused(client: Client, world: World) -> None:
    rows = [("Nom", "Prénom"), *(("Fictive", f"Zoé{'a' * (place % 7)}") for place in range(3_002))]
    refused_with(send(client, world, text(rows)), "3 000 lignes")


@given(
    content=st.binary(max_size=400),
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\"), max_size=20),
)
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_any_bytes_are_a_page(client: Client, world: World, content: bytes, name: str) -> None:
    response = send(client, world, content, f"l{name}")
    assert response.status_code in {302, 409, 422}
    if response.status_code == 302:
        assert client.get(response.url).status_code == 200


# -- what it holds -----------------------------------------------------------------------------------------------


def test_an_impossible_date_a_formula_and_repeated_titles_are_told_row_by_row(
    client: Client,
    world: World,
    work: Callable[[], None],
) -> None:
    rows = [
        TITLES,
        ("Fictive", "Zoé", "03/05/3098", "06 39 98 00 01"),
        ("=A1&B1", "Françoise", "12/11/1971", ""),
        TITLES,
        ("Inventé", "Hélène", "1985", ""),
    ]
    preview = up_to_preview(client, world, xlsx(rows), "liste.xlsx")
    page = page_of(client.get(preview))
    assert "03/05/3098" in page
    assert "formule" in page
    assert "répète les titres" in page
    client.post(preview)
    work()
    reading(world)
    assert list(PersonName.objects.filter(source__startswith="import").values_list("family_name", flat=True)) == [
        "Inventé"
    ]


def test_two_lines_of_titles_are_read_as_one(client: Client, world: World) -> None:
    rows = [("Identité", "", "", "Contact"), TITLES, *PEOPLE]
    page = client.get(send(client, world, text(rows)).url)
    assert set(columns_of(page).values()) == {"family_name", "given_name", "birth_date", "phone"}
    assert "3 lignes lues" in page_of(page)


def test_two_columns_for_one_field_are_told_and_the_choices_stay(client: Client, world: World) -> None:
    address = send(client, world, text()).url
    response = settle_columns(client, address, **{"column-1": "family_name"})
    assert response.status_code == 422
    assert "2 colonnes sont choisies pour « Nom » : gardez-en une." in page_of(response)
    assert columns_of(response)["column-1"] == "family_name"
    assert Import.objects.get().plan is None


def test_no_column_of_names_or_a_field_that_does_not_exist_is_told(client: Client, world: World) -> None:
    address = send(client, world, text()).url
    response = settle_columns(client, address, **{"column-0": "", "column-1": ""})
    assert "Indiquez la colonne qui contient le nom" in page_of(response)
    assert settle_columns(client, address, **{"column-0": "nir"}).status_code == 422


def test_html_in_a_cell_or_a_title_stays_text(client: Client, world: World) -> None:
    rows = [("Nom", "Prénom", "<b>Note</b>"), ("<script>alert(1)</script>", "Zoé", "x"), ("Modèle", "<i>Jo</i>", "y")]
    address = send(client, world, text(rows), "<img src=x>.csv").url
    for page in (client.get(address), client.get(settle_columns(client, address).url)):
        for tag in (b"<script>alert", b"<i>Jo", b"<b>Note", b"<img src=x"):
            assert tag not in page.content


# -- sent twice, at once, too late --------------------------------------------------------------------------------


def test_the_same_file_sent_twice_by_one_form_is_one_import(client: Client, world: World) -> None:
    token = str(uuid4())
    first = send(client, world, text(), submission=token)
    second = send(client, world, text(), submission=token)
    assert first.url == second.url
    assert Import.objects.count() == 1


def test_the_preview_sent_twice_asks_for_one_job(
    client: Client,
    world: World,
    work: Callable[[], None],
) -> None:
    preview = up_to_preview(client, world, text())
    first: Any = client.post(preview)
    second: Any = client.post(preview)
    assert first.url == second.url
    assert Job.objects.count() == 1
    work()
    third: Any = client.post(preview)
    assert third.url.endswith("/resultat/")
    assert Job.objects.count() == 1


def test_two_imports_of_the_same_file_at_once_make_each_person_once(
    client: Client,
    world: World,
    work: Callable[[], None],
) -> None:
    previews = [up_to_preview(client, world, text()) for _turn in range(2)]
    for preview in previews:
        client.post(preview)
    work()
    counts = sorted(held.counts["created"] for held in Import.objects.all())
    assert counts == [0, 3]


def test_a_step_skipped_or_gone_back_to_leads_where_the_import_is(
    client: Client,
    world: World,
    work: Callable[[], None],
) -> None:
    columns = send(client, world, text()).url
    held = Import.objects.get()

    def leads(name: str) -> str:
        response: Any = client.get(reverse(f"import-{name}", args=[held.pk]))
        return response.url.split("/")[-2] if response.status_code == 302 else str(response.status_code)

    assert [leads(name) for name in ("preview", "progress", "result", "returned")] == [
        "colonnes", "apercu", "colonnes", "404",
    ]  # fmt: skip
    client.post(settle_columns(client, columns).url)
    assert [leads(name) for name in ("columns", "preview", "result")] == ["avancement"] * 3
    work()
    assert [leads(name) for name in ("columns", "preview", "progress")] == ["resultat"] * 3


def test_an_import_whose_week_is_over_says_so(
    client: Client,
    world: World,
    acting_as: Any,
) -> None:
    preview = up_to_preview(client, world, text())
    with acting_as("maint"):
        Import.objects.update(wrapped_key=None, file=None, about=None, plan=None)
    for method in (client.get, client.post):
        response = method(preview, follow=True)
        assert response.status_code == 200
        assert "Ce fichier n’est plus conservé" in page_of(response)


def test_a_file_lost_while_its_job_waits_fails_in_a_sentence(
    client: Client,
    world: World,
    acting_as: Any,
    work: Callable[[], None],
) -> None:
    progress: Any = client.post(up_to_preview(client, world, text()))
    with acting_as("maint"):
        Import.objects.update(wrapped_key=None, file=None, about=None, plan=None)
    work()
    page = client.get(progress.url)
    assert page.status_code == 200
    assert "Ce fichier n’est plus conservé" in page_of(page)


def test_a_job_that_failed_may_be_asked_for_again(
    client: Client,
    world: World,
    acting_as: Any,
    work: Callable[[], None],
) -> None:
    preview = up_to_preview(client, world, text())
    progress: Any = client.post(preview)
    with acting_as("maint"):
        Job.objects.update(state=Job.State.FAILED, sentence="Une erreur fictive.")
    assert "Une erreur fictive." in page_of(client.get(progress.url))
    assert client.get(preview).status_code == 200
    client.post(preview)
    work()
    assert Import.objects.get().counts["created"] == 3
