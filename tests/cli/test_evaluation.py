"""`./convergence evaluation`: a folder told apart by what it holds, brought whole or refused in a sentence."""

import argparse
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from convergence.cli import evaluation
from convergence.cli.errors import OperatorError
from convergence.evidence.models import Dataset, Evaluation
from convergence.platform.errors import Refused
from tests.builders import World
from tests.evidence.made import dataset_files, write_results


@pytest.fixture
def typed(world: World, acting_as: Any, tmp_path: Path) -> Any:
    """Type the command about a folder; what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        parser = argparse.ArgumentParser()
        evaluation.add_arguments(parser)
        with acting_as("maint"), transaction.atomic():
            return evaluation._bring(parser.parse_args([str(folder), *arguments]))

    return run


def test_results_are_kept_for_a_territory_and_published_when_asked(
    typed: Any, tmp_path: Path, world: World, acting_as: Any
) -> None:
    write_results(tmp_path)
    assert "peut la publier" in typed(tmp_path, "--name", "Premier bilan")
    assert "gardée et publiée" in typed(tmp_path, "--territory", " territoire exemple ", "--publish")
    with acting_as("maint"):
        kept = Evaluation.objects.exclude(pk=world.evaluation.pk).order_by("asked_at")
        assert [(each.title, each.territory, bool(each.published_at)) for each in kept] == [
            ("Premier bilan", None, False),
            ("Évaluation fictive", world.territory, True),
        ]
        assert {each.asked_by for each in kept} == {None}


def test_a_dataset_is_kept_under_its_name(typed: Any, tmp_path: Path, acting_as: Any) -> None:
    for name, content in dataset_files(as_of="2026-10-31").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert "« Octobre » est gardé" in typed(tmp_path, "--name", "Octobre").replace("\u00a0", " ")
    with acting_as("maint"):
        assert Dataset.objects.get(name="Octobre").brought_by is None
    with pytest.raises(OperatorError, match="non avec un jeu"):
        typed(tmp_path, "--publish")
    with pytest.raises(Refused, match="déjà gardé"):
        typed(tmp_path)


def test_what_is_neither_is_refused_in_a_sentence(typed: Any, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="n’est pas un dossier"):
        typed(tmp_path / "absent")
    with pytest.raises(Refused, match=r"manifest\.json ne s’y trouve pas"):
        typed(tmp_path)
    write_results(tmp_path)
    with pytest.raises(OperatorError, match="Territoire Exemple"):
        typed(tmp_path, "--territory", "Ailleurs")
