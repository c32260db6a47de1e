"""The screens of an import: four steps, nothing written before the last, any file answered by a page."""

# ruff: noqa: F401, F811 - fixtures are imported by their names

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.intake.models import ColumnMemory, Import
from convergence.people.models import PersonName
from convergence.vocabulary.roles import Role
from tests.builders import World
from tests.intake.files import PEOPLE, TITLES, ods, text, xlsx
from tests.web.intake_screens import (
    Acting,
    client,
    columns_of,
    page_of,
    reading,
    send,
    settle_columns,
    signed_in,
    up_to_preview,
    work,
)

pytestmark = pytest.mark.django_db(databases=["default", "progress"])

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "people"


# -- the way through ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (text(), "liste.csv"),
        (xlsx(), "liste.xlsx"),
        (ods(), "liste.ods"),
        (text(separator="\t", encoding="cp1252"), "liste.txt"),
    ],
    ids=["csv", "xlsx", "ods", "tsv"],
)
def test_a_list_goes_from_the_file_to_the_people(
    client: Client, world: World, work: Callable[[], None], content: bytes, name: str
) -> None:
    preview = up_to_preview(client, world, content, name)
    assert "3 personnes à ajouter" in re.sub(r"<[^>]+>", "", page_of(client.get(preview)))
    reading(world)
    assert not PersonName.objects.filter(family_name="Fictive", given_name="Zoé").exists(), "nothing is written before"
    progress: Any = client.post(preview)
    assert client.get(progress.url).status_code == 200
    work()
    done: Any = client.get(progress.url)
    result = client.get(done.url)
    assert result.status_code == 200
    for family, given, *_rest in PEOPLE:
        assert f"{given} {family}" in page_of(result)
        assert page_of(client.get(reverse("people"))).count(f"{given} {family}") == 1


def test_the_progress_is_asked_for_again_by_htmx_then_leads_to_the_result(
    client: Client, world: World, work: Callable[[], None]
) -> None:
    asked: Any = client.post(up_to_preview(client, world, text()))
    progress = asked.url
    bar = client.get(progress, headers={"HX-Request": "true"})
    assert 'hx-trigger="load delay:1s"' in bar.content.decode()
    assert "<html" not in bar.content.decode()
    work()
    assert client.get(progress, headers={"HX-Request": "true"})["HX-Redirect"].endswith("/resultat/")


def test_a_second_import_of_the_same_file_has_nothing_to_do(
    client: Client, world: World, work: Callable[[], None]
) -> None:
    client.post(up_to_preview(client, world, text()))
    work()
    page = page_of(client.get(up_to_preview(client, world, text())))
    assert "Tout ce que dit ce fichier est déjà noté." in page
    assert ">Importer<" not in page


@pytest.mark.parametrize("name", ["import_beneficiaires.csv", "import_beneficiaires_with_all_date_formats.csv"])
def test_lists_that_other_teams_use_go_through(
    client: Client, world: World, work: Callable[[], None], name: str
) -> None:
    if not (FOLDER / name).exists():
        pytest.skip(f"no ../shared/data/people/{name} beside this repository")
    address = send(client, world, (FOLDER / name).read_bytes(), name).url
    chosen = columns_of(client.get(address))
    left = {column: "" for column, field in chosen.items() if field in {"site", "counsellor"}}
    preview = settle_columns(client, address, **left).url
    # A telephone number without its ten digits, a right that is suspended, the same person twice.
    assert "ligne 2" in page_of(client.get(preview))
    client.post(preview, {"row-2": "accept", "row-4": "accept"})
    work()
    held = Import.objects.get()
    assert held.counts == {"created": 3, "changed": 1, "nothing": 0, "left": 0}
    names = PersonName.objects.filter(source=held.source, kind="usual").order_by("given_name")
    assert [str(each) for each in names] == ["Charlie Fondue", "Charlot Fondue", "Charlotte Fondue"]


def test_columns_are_guessed_shown_with_examples_and_remembered(client: Client, world: World) -> None:
    content = text([("Qui", "Prénom", "Né le"), ("Fictive", "Zoé", "03/05/1998")])
    address = send(client, world, content).url
    page = client.get(address)
    assert "03/05/1998" in page_of(page)
    assert columns_of(page)["column-2"] == "birth_date"
    settle_columns(client, address, **{"column-0": "family_name"})
    assert ColumnMemory.objects.count() == 1
    again = send(client, world, text([("né le", "QUI", "prénom"), ("04/05/1998", "Factice", "Karim")])).url
    assert columns_of(client.get(again)) == {
        "column-0": "birth_date", "column-1": "family_name", "column-2": "given_name",
    }  # fmt: skip


def test_another_sheet_of_the_workbook_may_be_read(client: Client, world: World) -> None:
    address = send(client, world, xlsx({"Équipe A": [TITLES, *PEOPLE], "Équipe B": [TITLES, PEOPLE[0]]}), "l.xlsx").url
    assert "3 lignes lues" in page_of(client.get(address))
    assert client.post(address, {"read_sheet": "1", "sheet": "Équipe B"}).status_code == 302
    assert "1 ligne lue" in page_of(client.get(address))
    client.post(address, {"read_sheet": "1", "sheet": "Équipe Z"})
    assert "1 ligne lue" in page_of(client.get(address))


def test_doubtful_rows_stay_out_unless_they_are_ticked(client: Client, world: World, work: Callable[[], None]) -> None:
    content = text([("Nom", "Prénom", "RSA"), ("Fictive", "Zoé", "peut-être"), ("Modèle", "Jo", "à voir")])
    preview = up_to_preview(client, world, content)
    assert "ni oui ni non" in page_of(client.get(preview))
    client.post(preview, {"row-3": "accept"})
    work()
    assert Import.objects.get().counts == {"created": 1, "changed": 0, "nothing": 0, "left": 1}
    reading(world)
    assert PersonName.objects.filter(given_name="Jo").exists()
    assert not PersonName.objects.filter(given_name="Zoé").exists()


def test_rows_to_correct_come_back_and_import_once_corrected(
    client: Client, world: World, work: Callable[[], None]
) -> None:
    preview = up_to_preview(client, world, text([TITLES, *PEOPLE, ("", "", "03/05/1998", "")]))
    held = Import.objects.get()
    early = client.get(reverse("import-returned", args=[held.pk]))
    assert early.content[:2] == b"PK"
    client.post(preview)
    work()
    late = client.get(reverse("import-returned", args=[held.pk]))
    assert zipfile.is_zipfile(io.BytesIO(late.content))
    assert "lignes-a-corriger.xlsx" in late["Content-Disposition"]
    assert "Ligne du fichier d" not in "".join(
        columns_of(client.get(send(client, world, late.content, "x.xlsx").url)).values()
    )


def test_the_preview_of_people_already_noted_leaves_an_access_record(
    client: Client, world: World, acting_as: Acting
) -> None:
    preview = up_to_preview(
        client, world, text([("Nom", "Prénom", "Téléphone"), ("Fictive", "Anouk", "06 39 98 77 77")])
    )
    with acting_as("maint"):
        before = AccessRecord.objects.filter(person_id=world.anouk.pk).count()
    assert "Anouk" in page_of(client.get(preview))
    with acting_as("maint"):
        records = AccessRecord.objects.filter(person_id=world.anouk.pk)
        assert records.count() == before + 1
        assert records.latest("pk").page == "import-preview"


def test_the_template_is_a_list_that_can_be_imported(client: Client, world: World) -> None:
    response = client.get(reverse("import-template"))
    page = client.get(send(client, world, response.content, "modele.xlsx").url)
    assert "" not in columns_of(page).values()


# -- who ---------------------------------------------------------------------------------------------------------


def test_an_import_of_somebody_else_does_not_exist(client: Client, world: World) -> None:
    up_to_preview(client, world, text())
    held = Import.objects.get()
    other = signed_in(world, Role.SITE_MANAGER)
    for name in ("columns", "preview", "progress", "result", "returned"):
        assert other.get(reverse(f"import-{name}", args=[held.pk])).status_code == 404, name
    for name in ("columns", "preview", "abandon"):
        assert other.post(reverse(f"import-{name}", args=[held.pk])).status_code == 404, name
    assert client.get(reverse("import-columns", args=[uuid4()])).status_code == 404


def test_a_site_that_is_not_one_s_own_is_refused(client: Client, world: World) -> None:
    response = client.post(
        reverse("import-people"), {"site": world.other_site.pk, "file": SimpleUploadedFile("l.csv", text())}
    )
    assert response.status_code == 422
    assert not Import.objects.exists()


def test_an_import_may_be_abandoned(client: Client, world: World) -> None:
    up_to_preview(client, world, text())
    held = Import.objects.get()
    assert client.post(reverse("import-abandon", args=[held.pk])).status_code == 302
    assert not Import.objects.exists()


def test_the_first_page_lists_one_s_imports_and_nobody_else_s(
    client: Client, world: World, work: Callable[[], None]
) -> None:
    client.post(up_to_preview(client, world, text()))
    work()
    assert "3 personnes ajoutées" in page_of(client.get(reverse("import-people")))
    assert "personnes ajoutées" not in page_of(signed_in(world, Role.SUPPORT_WORKER).get(reverse("import-people")))
