"""The evaluation pages: who reads them, what they say, what a slider changes, what is taken away."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.evidence.asking import withdraw
from convergence.evidence.models import Dataset, Evaluation
from convergence.evidence.running import can_run
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_evaluation
from tests.evidence.made import PDF, comparison_files, dataset_files
from tests.web.team import enter, text


@pytest.fixture(autouse=True)
def day(time_machine: Any) -> None:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)


@pytest.fixture
def evaluator(world: World) -> Client:
    return enter(world.users[Role.EVALUATOR])


def page(world: World, name: str = "evaluation") -> str:
    return reverse(name, args=[world.evaluation.pk])


def headline(response: Any) -> str:
    found = re.search(r'id="phrase[^>]*>(.*?)</p>', response.content.decode(), re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1]).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_page_says_first_when_it_pays_back_against_what_and_how_sure(evaluator: Client, world: World) -> None:
    said = headline(evaluator.get(page(world)))
    assert said.startswith("Par rapport à un chantier d’insertion ordinaire, du point de vue « finances publiques »")
    assert "avec 50 % des places libérées comptées" in said
    assert re.search(r"au mois \d+ \(intervalle à 95 % : du mois \d+ (au mois \d+|à jamais)\)", said)
    assert re.search(r"fin de la deuxième année au plus tard est de (moins de )?\d+ %", said)


def test_another_contrast_says_what_it_does_not_show(evaluator: Client, world: World) -> None:
    shown = text(evaluator.get(page(world), {"comparaison": "before_after"}))
    assert "attribue au programme ce qui serait arrivé sans lui" in shown
    assert "Par rapport à la situation à l’entrée, tenue constante" in shown


def test_a_slider_moves_the_answer_and_the_address_keeps_it(evaluator: Client, world: World) -> None:
    central = evaluator.get(page(world))
    moved = {"places": "0", "effet": "50", "prix-night": "120", "recours-rsa": "50", "mois": "36"}
    answered = evaluator.get(page(world), moved, headers={"HX-Request": "true"})
    assert answered["HX-Replace-Url"].startswith(page(world))
    assert dict(pair.split("=") for pair in answered["HX-Replace-Url"].split("?")[1].split("&")) == moved
    assert "<html" not in answered.content.decode()
    assert headline(answered) != headline(central)
    assert "0 % des places libérées comptées" in headline(answered)
    assert "24,00 € / nuitée" in text(answered)
    # The same address, opened without a script, is the same page.
    assert headline(evaluator.get(answered["HX-Replace-Url"])) == headline(answered)
    untouched = evaluator.get(page(world), {"prix-night": "100"}, headers={"HX-Request": "true"})
    assert untouched["HX-Replace-Url"] == page(world)
    assert headline(untouched) == headline(central)


@pytest.mark.parametrize(
    "asked",
    [
        {"comparaison": "autre"},
        {"places": "101"},
        {"places": "-1"},
        {"effet": "30"},
        {"prix-night": "abc"},
        {"prix-night": "100000"},
        {"recours-rsa": "nan"},
        {"mois": "13"},
        {"actualisation": "1e400"},
        {"places": "9" * 5000},
    ],
)
def test_what_makes_no_sense_is_said_and_the_central_answer_stays(
    evaluator: Client, world: World, asked: dict[str, str]
) -> None:
    response = evaluator.get(page(world), asked)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert headline(response) == headline(evaluator.get(page(world)))


def test_every_number_has_its_definition_and_the_curves_their_table(evaluator: Client, world: World) -> None:
    content = evaluator.get(page(world)).content.decode()
    assert content.count('class="definition"') >= 4 + 6  # the figures on top, and each line that counts
    assert content.count("<polyline") == 4
    assert "style=" not in content
    assert "<style" not in content
    rows = re.findall(r'<th scope="row" class="n">(\d+)</th>', content)
    assert rows == ["6", "12", "18", "24", "30", "36"]
    assert "à vérifier dans la source" in content
    assert "Premier mois où le bilan cumulé reste au-dessus de zéro." in content


def test_scenarios_are_compared_with_today_each_outcome_on_its_scale(evaluator: Client, world: World) -> None:
    shown = evaluator.get(page(world)).content.decode()
    table = shown[shown.index('id="table-des-scenarios"') :].replace("\u202f", " ")
    assert re.findall(r'data-label="Écart">([^<]+)<', table) == ["+12,4", "−40,0", "+292 000"]
    assert re.findall(r'data-label="Intervalle">([^<]+)<', table)[0] == "−3,1 · +30,0"
    bars = re.findall(r'<rect class="shift-bar" x="([\d.]+)" y="6" width="([\d.]+)"', table)
    assert len(bars) == 3
    assert all(float(left) >= 0 and float(left) + float(width) <= 1000 for left, width in bars)


def test_payers_stand_in_their_perspective(evaluator: Client, world: World) -> None:
    public = text(evaluator.get(page(world)))
    society = text(evaluator.get(page(world), {"point-de-vue": "society"}))
    payers = re.compile(r'<th scope="row">(Fondations|Collectivité)</th>')
    assert payers.findall(public) == []
    assert payers.findall(society) == ["Fondations", "Collectivité"]


def test_simulated_data_say_so(evaluator: Client, world: World, acting_as: Any) -> None:
    assert "Données simulées." not in text(evaluator.get(page(world)))
    with acting_as("maint"):
        Evaluation.objects.filter(pk=world.evaluation.pk).update(facts={"kind": "simulated"})
    assert "Données simulées." in text(evaluator.get(page(world)))


@pytest.mark.parametrize("role", [Role.FUNDER, Role.COORDINATOR, Role.SITE_MANAGER])
def test_what_is_published_is_read_and_what_is_not_looks_absent(world: World, acting_as: Any, role: Role) -> None:
    with acting_as("maint"):
        other = make_evaluation("Réservée", None)
    client = enter(world.users[role])
    listed = text(client.get(reverse("evaluations")))
    assert "Évaluation fictive" in listed
    assert "Réservée" not in listed
    assert client.get(page(world)).status_code == 200
    for name in ("evaluation", "evaluation-pdf", "evaluation-curve", "evaluation-progress", "evaluation-tables"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    assert client.post(reverse("publish-evaluation", args=[other.pk])).status_code in {403, 404}


def test_publishing_is_an_act_that_may_be_taken_back(world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        own = make_evaluation("Du territoire", world.territory)
    coordinator, funder = (enter(world.users[role]) for role in (Role.COORDINATOR, Role.FUNDER))
    address = reverse("evaluation", args=[own.pk])
    assert funder.get(address).status_code == 404
    published = coordinator.post(reverse("publish-evaluation", args=[own.pk]), follow=True)
    assert "publiée le 23 novembre 2026" in text(published)
    assert funder.get(address).status_code == 200
    coordinator.post(reverse("withdraw-evaluation", args=[own.pk]))
    assert funder.get(address).status_code == 404
    assert coordinator.post(reverse("withdraw-evaluation", args=[world.evaluation.pk])).status_code == 302


def test_a_coordinator_does_not_publish_what_is_not_of_her_territory(world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        Evaluation.objects.filter(pk=world.evaluation.pk).update(territory=None)
    coordinator = enter(world.users[Role.COORDINATOR])
    assert coordinator.post(page(world, "withdraw-evaluation")).status_code == 403
    assert "Ne plus publier" not in text(coordinator.get(page(world)))


def test_an_evaluator_removes_what_is_not_published(evaluator: Client, world: World) -> None:
    refused = evaluator.post(page(world, "remove-evaluation"), follow=True)
    assert "ne se supprime pas" in text(refused)
    evaluator.post(page(world, "withdraw-evaluation"))
    evaluator.post(page(world, "remove-evaluation"))
    assert evaluator.get(page(world)).status_code == 404


def test_the_report_and_the_tables_are_taken_away(evaluator: Client, world: World) -> None:
    pdf = evaluator.get(page(world, "evaluation-pdf"))
    assert (pdf.content, pdf["Content-Type"]) == (PDF, "application/pdf")
    assert pdf["Content-Disposition"] == 'attachment; filename="evaluation-fictive.pdf"'
    html = evaluator.get(page(world, "evaluation-html"))
    assert html["Content-Disposition"].startswith("attachment")
    assert "sandbox" in html["Content-Security-Policy"]
    with zipfile.ZipFile(io.BytesIO(evaluator.get(page(world, "evaluation-tables")).content)) as archive:
        assert archive.namelist() == ["evaluation.json", "flow.csv", "scenarios.csv"]
        assert json.loads(archive.read("evaluation.json"))["format"] == "convergence-evaluation"
    curve = evaluator.get(page(world, "evaluation-curve"), {"places": "100"}).content.decode("utf-8-sig").splitlines()
    assert len(curve) == 1 + 36
    assert curve[0].startswith("mois,personnes,évité central,évité bas,évité haut,dépensé")
    assert evaluator.get(page(world, "evaluation-curve"), {"places": "-1"}).status_code == 404


def test_an_evaluation_is_asked_for_once_and_its_job_is_seen(evaluator: Client, world: World) -> None:
    asked = {"title": " Bilan  2026 ", "dataset": str(world.dataset.pk), "territory": "", "seed": "3"}
    asked |= {"protocol": "titre = 'Fictif'\r\nannee = 1", "scenario": "", "submission": str(uuid4())}
    first = evaluator.post(reverse("ask-evaluation"), asked)
    assert evaluator.post(reverse("ask-evaluation"), asked)["Location"] == first["Location"]
    made = Evaluation.objects.get(title="Bilan 2026")
    assert made.options == {"seed": 3, "protocol": "titre = 'Fictif'\nannee = 1"}
    assert made.job_id is not None
    job = Job.objects.get(pk=made.job_id)
    assert job.arguments == {"evaluation_id": str(made.pk)}
    assert "en attente" in text(evaluator.get(first["Location"]))
    Job.objects.filter(pk=job.pk).update(state="failed", sentence="Il manque des mois : complétez.")
    stopped = text(evaluator.get(first["Location"], headers={"HX-Request": "true"}))
    assert "Il manque des mois" in stopped
    assert "hx-get" not in stopped
    other = enter(world.elsewhere[Role.EVALUATOR])
    assert "Qui l’a demandée voit où elle en est" in text(other.get(first["Location"]))
    assert "demandée, sans résultat" in text(other.get(reverse("evaluations")))


def test_a_dataset_is_not_compared_with_itself(evaluator: Client, world: World) -> None:
    own = str(world.dataset.pk)
    asked = {"title": "Bilan", "dataset": own, "comparison": own, "seed": "1", "submission": str(uuid4())}
    response = evaluator.post(reverse("ask-evaluation"), asked)
    assert response.status_code == 422
    assert "ne se compare pas à lui-même" in text(response)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Titre"),
        ({"dataset": str(uuid4())}, "Jeu de données"),
        ({"dataset": "x"}, "Jeu de données"),
        ({"comparison": str(uuid4())}, "Personnes de comparaison"),
        ({"seed": "-1"}, "Graine"),
        ({"seed": "9" * 30}, "Graine"),
        ({"protocol": "= rien"}, "TOML"),
        ({"scenario": "[" * 40_000}, "TOML"),
        ({"scenario": f"hours = {'9' * 5000}"}, "TOML"),
        ({"protocol": "x" * 60_000}, "Protocole"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_beside_its_field(
    evaluator: Client, world: World, changed: dict[str, str], said: str
) -> None:
    asked = {"title": "Bilan", "dataset": str(world.dataset.pk), "seed": "1", "submission": str(uuid4())} | changed
    response = evaluator.post(reverse("ask-evaluation"), asked)
    assert response.status_code == 422
    summary = re.search(r'class="error-summary.*?</ul>', response.content.decode(), re.DOTALL)
    assert summary is not None
    assert said in summary[0]
    assert not Job.objects.exists()


def zipped(files: dict[str, bytes], folder: str = "") -> SimpleUploadedFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return SimpleUploadedFile("jeu.zip", packed.getvalue())


def too_heavy() -> SimpleUploadedFile:
    """Made by its test: it takes seconds."""
    return zipped({"grand": bytes(600 * 1024 * 1024)})


def damaged(after: bytes, place: int, value: int) -> SimpleUploadedFile:
    """A zip file of which one byte is another, so many bytes after the first place of some bytes."""
    packed = bytearray(zipped({"manifest.json": b"{}" * 500, "é": b""}).read())
    packed[packed.index(after) + place] = value
    return SimpleUploadedFile("jeu.zip", bytes(packed))


def bring(client: Client, file: SimpleUploadedFile) -> Any:
    return client.post(reverse("bring-dataset"), {"name": "", "file": file, "submission": str(uuid4())}, follow=True)


@pytest.mark.parametrize("folder", ["", "jeu/", "a/b/"])
def test_a_dataset_is_brought_in_one_zip_file_and_taken_away(evaluator: Client, folder: str) -> None:
    brought = bring(evaluator, zipped(dataset_files(as_of="2026-10-31"), folder))
    assert "« Jeu simulé, connu au 31/10/2026 » est gardé." in text(brought)
    dataset = Dataset.objects.get(as_of="2026-10-31")
    assert text(brought).count("simulé, sans aucune personne réelle") >= 2
    evaluator.post(reverse("remove-dataset", args=[dataset.pk]))
    assert not Dataset.objects.filter(pk=dataset.pk).exists()
    assert evaluator.post(reverse("remove-dataset", args=[dataset.pk])).status_code == 404


@pytest.mark.parametrize("folder", ["", "autre-aci/"])
def test_people_to_compare_with_are_brought_in_the_same_way_and_given_to_an_evaluation(
    evaluator: Client, world: World, folder: str
) -> None:
    brought = text(bring(evaluator, zipped(comparison_files() | {"vieux/people.csv": b"x"}, folder)))
    assert "« ACI Factice » est gardé." in brought
    assert "personnes de comparaison" in brought
    kept = Dataset.objects.get(kind="comparison")
    assert f"?jeu={kept.pk}" not in brought
    form = evaluator.get(reverse("ask-evaluation")).content.decode()
    choices = {
        name: re.search(f'<select name="{name}".*?</select>', form, re.DOTALL) for name in ("dataset", "comparison")
    }
    assert {name: str(kept.pk) in found[0] for name, found in choices.items() if found} == {
        "dataset": False, "comparison": True
    }  # fmt: skip
    asked = {"title": "Comparée", "dataset": str(world.dataset.pk), "comparison": str(kept.pk), "seed": "1"}
    evaluator.post(reverse("ask-evaluation"), asked | {"submission": str(uuid4())})
    made = Evaluation.objects.get(title="Comparée")
    assert (made.comparison, made.options["comparison"]) == (kept, "ACI Factice")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("jeu.zip", b"pas un zip"), "n’est pas un zip"),
        (SimpleUploadedFile("jeu.zip", b""), "vide"),
        (zipped({"autre": b""}), "manifest.json ne s’y trouve pas"),
        (zipped(comparison_files(scheme='"autre"')), "doit dire"),
        (zipped(dataset_files(as_of="2026-10-31") | {"sites/0000.parquet": b"x"}), "a changé"),
        (too_heavy, "trop lourd"),
        (zipped(dataset_files()), "déjà gardé"),
        (damaged(b"manifest.json", 13, 0xFF), "manifest.json ne s’y trouve pas"),
        (damaged(b"PK\x01\x02", 6, 99), "n’est pas un zip"),
        (damaged("éPK\x05".encode(), 0, 0xFF), "n’est pas un zip"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused(
    evaluator: Client, file: SimpleUploadedFile | Callable[[], SimpleUploadedFile], said: str
) -> None:
    file = file if isinstance(file, SimpleUploadedFile) else file()
    file.seek(0)
    assert said in text(bring(evaluator, file))
    assert Dataset.objects.count() == 1


def test_the_list_says_the_next_step_to_each(world: World, acting_as: Any) -> None:
    assert can_run()  # the tests' packages hold those of an evaluation
    with acting_as("maint"):
        withdraw(world.evaluation)
    assert reverse("evaluations") in text(enter(world.users[Role.FUNDER]).get(reverse("today")))
    assert "Aucune évaluation n’est publiée" in text(enter(world.users[Role.FUNDER]).get(reverse("evaluations")))
    evaluator = enter(world.users[Role.EVALUATOR])
    shown = text(evaluator.get(reverse("evaluations")))
    assert "à publier" in shown
    assert "./convergence evaluation" in shown
    assert reverse("ask-evaluation") in shown


def test_without_the_packages_the_page_gives_the_command_instead_of_a_button(
    evaluator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convergence.evidence.running.PACKAGES", ("a_package_that_nobody_has",))
    shown = text(evaluator.get(reverse("evaluations")))
    assert reverse("ask-evaluation") not in shown
    assert "ne sont pas installés sur ce serveur" in shown
    assert "<code>./convergence evaluate" in shown
