"""The export of the State's tool through the screens: recognised, side by side, noted once, or a sentence."""

# ruff: noqa: F401, F811 - fixtures are imported by their names

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.intake.models import Import
from convergence.intake.reading import read
from convergence.pathways.models import Contract, OfficialHire, OfficialPass
from convergence.people.models import CivilStatus, PersonName
from convergence.platform.models import Job
from tests.builders import World
from tests.intake.emplois import COLUMNS, as_csv, as_xlsx, line, made_on
from tests.intake.files import text
from tests.intake.test_official_writing import NEW
from tests.intake.test_writing import rows_everywhere
from tests.web.intake_screens import Acting, client, page_of, reading, send, work

pytestmark = pytest.mark.django_db(databases=["default", "progress"])


@pytest.fixture(autouse=True)
def nothing_said(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        OfficialPass.objects.all().delete()
        OfficialHire.objects.all().delete()
        CivilStatus.objects.filter(person=world.anouk).update(birth_month=3, birth_day=12)


def bare(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(response)))


def settle(client: Client, address: str, world: World, said_on: str = "2026-11-23", **more: Any) -> Any:
    return client.post(address, {"said_on": said_on, "site-0": world.site.pk, **more})


def up_to_preview(client: Client, world: World, content: bytes, name: str = "candidatures.xlsx") -> str:
    answer = settle(client, send(client, world, content, name).url, world)
    assert answer.status_code == 302, page_of(answer)
    return str(answer.url)


@pytest.mark.parametrize("form", [as_xlsx, as_csv], ids=["xlsx", "csv"])
def test_an_export_goes_from_the_file_to_the_person_s_file(
    client: Client, world: World, work: Callable[[], None], form: Callable[..., bytes]
) -> None:
    address = send(client, world, form(line(), line(**NEW)), "candidatures").url
    page = client.get(address)
    assert "Export des emplois de l’inclusion" in bare(page)
    assert "version en usage depuis le 10 septembre 2024" in bare(page)
    preview = settle(client, address, world).url
    said = bare(client.get(preview))
    assert "1 personne à compléter" in said
    assert "1 avec une différence" in said
    assert "1 inconnue ici" in said
    assert "CDDI Convergence depuis le 08/01/2024, 26 h par semaine" in said
    assert "dit par les emplois le 23 novembre 2026" in said
    reading(world)
    assert not OfficialPass.objects.exists(), "nothing is written before"
    progress: Any = client.post(preview)
    work()
    done: Any = client.get(progress.url)
    result = bare(client.get(done.url))
    assert "1 dossier complété" in result
    assert "1 différence, ce que vous aviez noté est gardé" in result
    assert "1 personne inconnue, sans dossier ouvert" in result
    reading(world)
    assert OfficialPass.objects.get().person == world.anouk
    assert not PersonName.objects.filter(family_name="Modele").exists()
    again = client.get(up_to_preview(client, world, form(line())))
    assert "Tout ce que dit cet export est déjà noté" in bare(again)
    assert "Noter ce que disent les emplois<" not in page_of(again)


def test_each_choice_of_the_preview_is_what_is_written(client: Client, world: World, work: Callable[[], None]) -> None:
    preview = up_to_preview(client, world, as_xlsx(line(), line(**NEW)))
    name = re.search(r'name="(theirs-[\w-]+)" value="theirs"', client.get(preview).content.decode())
    assert name is not None
    client.post(preview, {name[1]: "theirs", "row-3": "new"})
    work()
    reading(world)
    assert Import.objects.get().counts == {
        "created": 1, "changed": 1, "nothing": 0, "left": 0, "unknown": 0, "kept": 0,
    }  # fmt: skip
    assert Contract.objects.current().get(person=world.anouk).valid.upper == date(2025, 1, 8)
    assert PersonName.objects.filter(family_name="Modele").exists()


def test_all_the_unknown_can_be_let_in_at_once(client: Client, world: World, work: Callable[[], None]) -> None:
    others = [line(**NEW), line(**NEW | {"given": "Manuel", "birth": "04/06/1990", "number": "999992600008"})]
    preview = up_to_preview(client, world, as_xlsx(*others))
    client.post(preview, {"let_all_in": "1"})
    work()
    reading(world)
    assert Import.objects.get().counts["created"] == 2


def test_whoever_is_shown_is_on_record(client: Client, world: World, acting_as: Acting) -> None:
    preview = up_to_preview(client, world, as_xlsx(line()))
    client.get(preview)
    with acting_as("maint"):
        assert AccessRecord.objects.filter(page="import-preview", person_id=world.anouk.pk).count() == 1


def test_the_day_of_the_export_is_proposed_from_the_workbook(client: Client, world: World) -> None:
    address = send(client, world, made_on(as_xlsx(line()), date(2026, 11, 2)), "candidatures.xlsx").url
    assert 'value="2026-11-02"' in page_of(client.get(address))
    address = send(client, world, made_on(as_xlsx(line()), date(2031, 1, 1)), "candidatures.xlsx").url
    assert 'value="2026-11-23"' in page_of(client.get(address))


def test_an_employer_that_is_no_site_of_ours_is_compared_with_nothing(client: Client, world: World) -> None:
    content = as_xlsx(line(employer="Entreprise Inventée"))
    address = send(client, world, content, "candidatures.xlsx").url
    preview = settle(client, address, world, **{"site-0": "elsewhere"}).url
    said = bare(client.get(preview))
    assert "Embauche, Entreprise Inventée" in said
    assert "aucune" in said


# -- bad input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([one for one in COLUMNS if "Statut PASS" not in one], "Il y manque : « Statut PASS IAE »"),
        ([one.replace("Fin PASS\u00a0IAE", "Échéance") for one in COLUMNS], "Colonnes inconnues : « Échéance »"),
    ],
)
def test_an_export_of_another_version_is_a_sentence_and_nothing_is_kept(
    client: Client, world: World, columns: list[str], words: str
) -> None:
    answer = send(client, world, as_xlsx(line(), columns=columns), "candidatures.xlsx")
    assert answer.status_code == 409
    assert words in bare(answer)
    assert "Rien n’a été lu" in bare(answer)
    reading(world)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("said_on", "words"),
    [
        ("2026-11-24", "Cette date est dans le futur."),
        ("2023-12-04", "candidature du 5 décembre 2023"),
        ("", "obligatoire"),
        ("1203-01-01", "hors du possible"),
        ("demain", "valide"),
    ],
)
def test_an_impossible_day_of_export_is_a_sentence(client: Client, world: World, said_on: str, words: str) -> None:
    address = send(client, world, as_xlsx(line()), "candidatures.xlsx").url
    answer = settle(client, address, world, said_on)
    assert answer.status_code == 422
    assert words in bare(answer)
    reading(world)
    assert Import.objects.get().plan is None


def test_a_site_that_is_not_the_actor_s_is_refused(client: Client, world: World) -> None:
    address = send(client, world, as_xlsx(line()), "candidatures.xlsx").url
    answer = client.post(address, {"said_on": "2026-11-23", "site-0": world.other_site.pk})
    assert answer.status_code == 422


def test_answers_that_the_preview_does_not_offer_are_as_nothing(
    client: Client, world: World, work: Callable[[], None], acting_as: Acting
) -> None:
    preview = up_to_preview(client, world, as_xlsx(line(given="Anouck")))
    client.post(preview, {"row-2": f"person:{world.sami.pk}", "theirs-2-0-hire0": "everything", "row-99": "new"})
    work()
    reading(world)
    assert Import.objects.get().counts["left"] == 1
    with acting_as("maint"):
        assert not OfficialPass.objects.exists()


def test_an_import_that_is_abandoned_leaves_nothing(client: Client, world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        before = rows_everywhere()
    preview = up_to_preview(client, world, as_xlsx(line(), line(**NEW)))
    held = re.search(r"/([0-9a-f-]{36})/", preview)
    assert held is not None
    assert client.post(reverse("import-abandon", args=[held[1]])).status_code == 302
    with acting_as("maint"):
        assert rows_everywhere() == before
        assert not Import.objects.exists()


def test_a_job_that_fails_half_way_writes_nothing(
    client: Client, world: World, work: Callable[[], None], acting_as: Acting
) -> None:
    """The second person's row is refused by the database: the first one's goes with it."""
    preview = up_to_preview(client, world, as_xlsx(line(), line(**NEW)))
    client.post(preview, {"row-3": "new"})
    with acting_as("maint"):
        before = rows_everywhere()
        # The site closed between the preview and the job: whoever is let in there is refused.
        world.site.open_over = type(world.site.open_over)(date(2020, 1, 1), date(2021, 1, 1))
        world.site.save()
    work()
    with acting_as("maint"):
        assert Job.objects.get().state == Job.State.FAILED
        assert rows_everywhere() == before
        assert not OfficialPass.objects.exists()


def test_an_ordinary_list_still_goes_the_ordinary_way(client: Client, world: World) -> None:
    page = client.get(send(client, world, text(), "liste.csv").url)
    assert "Ce qu’elle contient" in page_of(page)


def test_the_lines_to_correct_hold_every_line_of_a_person(client: Client, world: World) -> None:
    twice = [line(pass_ends="31/02/2026"), line(pass_ends="31/02/2026", applied="06/12/2023")]
    preview = up_to_preview(client, world, as_xlsx(*twice))
    returned = client.get(preview.replace("apercu", "a-corriger"))
    assert len(read(returned.content).rows) == 2
