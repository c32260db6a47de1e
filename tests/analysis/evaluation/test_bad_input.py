"""What somebody got wrong in what is given to `./convergence evaluate`: one sentence, nothing written."""

from pathlib import Path

import pytest

from convergence.analysis.evaluation import Request
from convergence.cli.evaluate import REFUSED
from convergence.cli.main import main

PROGRAMME = "PROGRESS 1 "
"""What the command says once everything was read, before anything is computed."""


@pytest.fixture
def refused(request_for: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Refused":
    return Refused(request_for, tmp_path, capsys)


class Refused:
    """The command typed with some options, and its sentence. It stops while reading."""

    def __init__(self, request: Request, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.request, self.folder, self.capsys = request, folder, capsys

    def __call__(self, *options: str, dataset: Path | None = None) -> str:
        words = ["evaluate", str(dataset or self.request.dataset), "--out", str(self.folder / "made"), "--machine"]
        assert main([*words, "--day", str(self.request.day), *options]) == REFUSED
        told = self.capsys.readouterr()
        assert PROGRAMME not in told.out
        assert len(told.err.strip().splitlines()) == 1
        assert not (self.folder / "made").exists()
        return told.err.strip().replace("\u00a0", " ")

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)


def test_a_scenario_that_changes_the_price_of_nothing(refused: Refused) -> None:
    scenario = refused.file("licornes.toml", 'label = "Licornes"\n[[prices]]\nitem = "licorne"\nfactor = 2\n')
    said = refused("--scenario", scenario)
    assert said.startswith("Le scénario « licornes » change le prix de « licorne », qu’aucune ligne ne compte : ")
    assert "hotel_night" in said


def test_a_scenario_whose_label_no_report_can_show(refused: Refused) -> None:
    said = refused("--scenario", refused.file("nul.toml", 'label = "Deux\\u0000mots"\n'))
    assert said == "Scénario « nul » : il tient un caractère invisible (dans « label ») : retirez-le."


def test_a_price_that_nothing_uses(refused: Refused) -> None:
    item = (
        '[item.bed]\nlabel = "Lit"\nunit = "place-night"\npayer = "etat_p177"\nclass = "capacity"\nkind = "average"\n'
        '[[item.bed.price]]\nfrom = 2020-01-01\nlow = 1\ncentral = 2\nhigh = 3\nsource = "fictif"\nstatus = "read"\n'
    )
    assert refused("--prices", refused.file("prix.toml", item)).startswith("Le poste « bed » n’est employé par rien")


def test_an_address_that_is_no_cluster(refused: Refused) -> None:
    assert "n’est pas l’adresse d’un ordonnanceur" in refused("--scheduler", "grappe")
