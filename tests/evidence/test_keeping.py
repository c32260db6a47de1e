"""Datasets and results come in whole or not at all, sealed, and come back byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from convergence.evidence.asking import publish, remove, withdraw
from convergence.evidence.datasets import bring, files_of_folder
from convergence.evidence.keeping import PIECE, every_file, file_names, give_key, keep_files, opened
from convergence.evidence.models import Dataset, DatasetPiece, Evaluation, ResultPiece
from convergence.evidence.results import explorer_of, keep_results, read_results, stated_by
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.platform.sealing import Unsealable
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, make_evaluation
from tests.evidence.made import (
    PDF,
    TABLES,
    comparison_files,
    dataset_files,
    dataset_manifest,
    result_files,
    result_manifest,
    write_results,
)


@pytest.fixture
def evaluator(world: World) -> int:
    user = world.users[Role.EVALUATOR]
    assume(user.pk, TODAY)
    return user.pk


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_dataset_is_kept_sealed_and_comes_back_byte_for_byte(evaluator: int, tmp_path: Path) -> None:
    files = dataset_files(as_of="2026-10-31")
    dataset = bring(files_of_folder(written(tmp_path, files)), "  Jeu   d’octobre ", evaluator)
    assert (dataset.name, dataset.people, dataset.rows) == ("Jeu d’octobre", 7, 14)
    assert dict(every_file(dataset)) == files
    kept = b"".join(bytes(piece.sealed) for piece in dataset.pieces.all())
    assert not any(content in kept for content in files.values())


def test_a_large_file_is_sealed_in_pieces_none_of_which_opens_elsewhere(evaluator: int) -> None:
    evaluation = Evaluation(title="Grande", asked_by_id=evaluator)
    give_key(evaluation)
    evaluation.save(force_insert=True)
    content = bytes(range(256)) * (PIECE // 256) + b"la fin"
    keep_files(evaluation, [("grand", content), ("vide", b"")])
    assert opened(evaluation, "grand", "vide", "absent") == {"grand": content, "vide": b""}
    first, second = evaluation.pieces.filter(file="grand").order_by("place")
    for moved in (ResultPiece(place=0, sealed=second.sealed), ResultPiece(place=1, sealed=first.sealed)):
        moved.evaluation, moved.file = evaluation, "autre"
        moved.save(force_insert=True)
        with pytest.raises(Unsealable):
            opened(evaluation, "autre")
        moved.delete()


def test_the_same_dataset_is_kept_once(evaluator: int) -> None:
    with pytest.raises(Refused, match="déjà gardé"):
        bring(dataset_files().__getitem__, "Encore", evaluator)


def _bad(**changed: Any) -> dict[str, bytes]:
    return dataset_files(**changed)


def _file(name: str, **changed: Any) -> dict[str, Any]:
    file = dataset_manifest()["tables"]["people"]["files"][0] | {"file": name} | changed
    return {"tables": {"people": {"rows": 7, "files": [file]}}}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "manifest.json ne s’y trouve pas"),
        ({"manifest.json": b"{"}, "pas lisible"),
        ({"manifest.json": b"[" * 50_000}, "pas lisible"),
        ({"manifest.json": b" " * 5_000_000}, "trop long"),
        ({"manifest.json": b"[]"}, "dit autre chose"),
        (_bad(format="other"), "dit autre chose"),
        (_bad(kind="dreamt"), "mal formé"),
        (_bad(as_of="hier"), "mal formé"),
        (_bad(as_of="2026-11-24"), "au-delà du jour où il a été fait"),
        (_bad(tables={}), "mal formé"),
        (_bad(version=10**9), "mal formé"),
        (_bad(**_file("../secret")), "mal formé"),
        (_bad(**_file("/etc/passwd")), "mal formé"),
        (_bad(**_file("people/\x00")), "mal formé"),
        (_bad(**_file("absent.parquet")), "manque un fichier"),
        (_bad(**_file("people/0000.parquet", bytes=10**12)), "trop lourd"),
        (_bad(version=10**400), "mal formé"),
        (_bad(as_of="2026-10-31") | {"people/0000.parquet": b"autre chose, plus"}, "a changé"),
    ],
)
def test_a_dataset_that_is_damaged_or_is_none_is_refused_whole(
    evaluator: int, files: dict[str, bytes], said: str
) -> None:
    before = DatasetPiece.objects.count()
    with pytest.raises(Refused, match=said), transaction.atomic():
        bring(files.__getitem__, "", evaluator)
    assert DatasetPiece.objects.count() == before


def test_people_to_compare_with_are_kept_sealed_as_they_were_handed_over(evaluator: int, tmp_path: Path) -> None:
    files = comparison_files()
    folder = written(tmp_path, files | {"brouillon/notes.csv": b"x", ".cache": b"y"})
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    kept = bring(files_of_folder(folder), "", evaluator, names=names)
    assert (kept.name, kept.kind, kept.as_of.isoformat()) == ("ACI Factice", "comparison", "2026-09-30")
    assert (kept.people, kept.rows) == (2, 4)
    assert dict(every_file(kept)) == files
    with pytest.raises(Refused, match="déjà gardé"):
        bring(files_of_folder(folder), "Encore", evaluator, names=names)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (comparison_files() | {"comparison.toml": b"\xff\xfe"}, "pas lisible"),
        (comparison_files() | {"comparison.toml": b"= rien"}, "pas lisible"),
        (comparison_files() | {"comparison.toml": b"#" * 70_000}, "trop long"),
        (comparison_files(name='"  "'), "ne dit pas son nom"),
        (comparison_files(as_of='"hier"'), "dernier jour connu"),
        (comparison_files(as_of="2026-09-30T10:00:00"), "dernier jour connu"),
        (comparison_files(scheme='"convergence"'), "doit dire"),
        (comparison_files() | {"virus.exe": b""}, "n’est pas une table"),
        (comparison_files() | {"été.csv": b""}, "n’est pas une table"),
        (comparison_files() | {f"t{rank}.csv": b"" for rank in range(80)}, "trop de fichiers"),
        ({name: text for name, text in comparison_files().items() if name != "people.csv"}, "La table people manque"),
        (comparison_files() | {"people.csv": b'"' + b"x" * 200_000}, "comme un fichier CSV"),
    ],
)
def test_people_to_compare_with_that_say_nothing_that_can_be_read_are_refused_whole(
    evaluator: int, files: dict[str, bytes], said: str
) -> None:
    before = DatasetPiece.objects.count()
    with pytest.raises(Refused, match=said), transaction.atomic():
        bring(files.__getitem__, "", evaluator, names=list(files))
    assert DatasetPiece.objects.count() == before


def test_a_manifest_makes_it_a_dataset_whatever_stands_beside(evaluator: int) -> None:
    files = dataset_files(as_of="2026-10-31") | comparison_files()
    kept = bring(files.__getitem__, "", evaluator, names=list(files))
    assert kept.kind == "simulated"
    assert "people.csv" not in file_names(kept)


def test_results_are_read_checked_and_explored(evaluator: int, tmp_path: Path) -> None:
    write_results(tmp_path)
    results = read_results(tmp_path)
    evaluation = Evaluation(title=results.title, asked_by_id=evaluator)
    give_key(evaluation)
    evaluation.save(force_insert=True)
    keep_results(evaluation, results, timezone.now())
    assert (evaluation.facts["people"], evaluation.facts["kind"]) == (212, "simulated")
    assert opened(evaluation, "report.pdf")["report.pdf"] == PDF
    assert file_names(evaluation) == sorted(result_files())
    assert explorer_of(evaluation).horizon == 36
    assert explorer_of(evaluation) is explorer_of(evaluation)
    stated = stated_by(evaluation)
    assert stated.numbers[0]["counterfactual"] == "un chantier d’insertion ordinaire"
    assert [(each.scenario, each.value) for each in stated.shifts] == [
        ("path 36", 12.4),
        ("effect 50", -40),
        ("path 36", 292_000),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("report.pdf", b"%PDF-1.7 FICTIF", "a changé"),
        ("manifest.json", b"{}", "mal formé"),
        ("manifest.json", b'{"files": {"../x": {"bytes": 1, "sha256": ""}}}', "a changé"),
        ("manifest.json", b'{"files": {"report.pdf": {"bytes": 1e400, "sha256": ""}}}', "mal formé"),
        ("manifest.json", b'{"files": {}}', "manque un fichier"),
        ("manifest.json", json.dumps({"files": {"x": {"bytes": 10**12, "sha256": ""}}}).encode(), "trop lourds"),
    ],
)
def test_results_that_were_changed_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    write_results(tmp_path, **{name: content})
    with pytest.raises(Refused, match=said):
        read_results(tmp_path)
    with pytest.raises(Refused, match=r"manifest\.json"):
        read_results(tmp_path / "absent")


def _told(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result_files()["evaluation.json"])
    return told | {"numbers": [told["numbers"][0] | changed]}


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        _told() | {"version": 2},
        _told() | {"numbers": {}},
        _told() | {"summary": "Une phrase."},
        _told() | {"day": None},
        _told(definition=None),
        _told(value="30"),
        _told(flags="mot"),
        _told(says=3),
    ],
)
def test_numbers_that_are_not_said_as_they_must_be_are_refused(tmp_path: Path, told: Any) -> None:
    files = result_files() | {"evaluation.json": json.dumps(told).encode()}
    for name, content in {**files, "manifest.json": result_manifest(files)}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=r"evaluation\.json"):
        read_results(tmp_path)


def test_an_evaluation_is_published_once_and_not_removed_while_it_is(evaluator: int, world: World) -> None:
    evaluation = Evaluation(title="Sans résultats", asked_by_id=evaluator)
    give_key(evaluation)
    evaluation.save(force_insert=True)
    with pytest.raises(Refused, match="pas encore de résultats"):
        publish(evaluation, evaluator, timezone.now())
    remove(evaluation)
    published = world.evaluation
    with pytest.raises(Refused, match="déjà publiée"):
        publish(published, evaluator, timezone.now())
    with pytest.raises(Refused, match="ne se supprime pas"):
        remove(published)
    withdraw(published)
    remove(published)
    assert not ResultPiece.objects.filter(evaluation_id=published.pk).exists()


def test_removing_people_compared_with_leaves_the_evaluation(evaluator: int, world: World, acting_as: Any) -> None:
    files = comparison_files()
    kept = bring(files.__getitem__, "", evaluator, names=list(files))
    with acting_as("maint"):
        Evaluation.objects.filter(pk=world.evaluation.pk).update(comparison=kept)
    kept.delete()
    assert Evaluation.objects.get(pk=world.evaluation.pk).comparison is None


def test_removing_a_dataset_leaves_what_was_made_of_it(evaluator: int, world: World) -> None:
    world.dataset.delete()
    assert Evaluation.objects.get(pk=world.evaluation.pk).dataset is None
    assert not DatasetPiece.objects.exists()


def readers(world: World, table: type[Any]) -> dict[str, int]:
    """Rows of a table that each role reads."""
    found = {}
    for role, user in world.users.items():
        assume(user.pk, TODAY)
        if rows := table.objects.count():
            found[role.value] = rows
    return found


def test_each_role_reads_what_the_decision_says(world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        make_evaluation("Pas encore publiée", world.territory)
        make_evaluation("De plusieurs territoires", None)
        pieces = ResultPiece.objects.filter(evaluation=world.evaluation).count()
    assert readers(world, Dataset) == {"evaluator": 1}
    assert readers(world, DatasetPiece) == {"evaluator": len(TABLES) + 2}
    assert readers(world, Evaluation) == {"site_manager": 1, "coordinator": 2, "funder": 1, "evaluator": 3}
    assert readers(world, ResultPiece) == {
        "site_manager": pieces,
        "coordinator": 2 * pieces,
        "funder": pieces,
        "evaluator": 3 * pieces,
    }
    for former in world.former.values():
        assume(former.pk, TODAY)
        assert not Evaluation.objects.exists()
        assert not Dataset.objects.exists()
    assume(None, TODAY)
    assert not ResultPiece.objects.exists()


def test_a_coordinator_publishes_for_her_territory_alone(world: World, acting_as: Any) -> None:
    with acting_as("maint"):
        hers = make_evaluation("De son territoire", world.territory)
        others = make_evaluation("De plusieurs territoires", None)
    coordinator = world.users[Role.COORDINATOR]
    assume(coordinator.pk, TODAY)
    publish(hers, coordinator.pk, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_evaluation SET published_at = now() WHERE id = %s", [others.pk])
        assert cursor.rowcount == 0
    assume(world.users[Role.FUNDER].pk, TODAY)
    assert set(Evaluation.objects.values_list("title", flat=True)) == {"Évaluation fictive", "De son territoire"}
