"""One small territory with people to compare with, evaluated once for every test that reads what came of it."""

from datetime import date
from pathlib import Path

import pytest

from convergence.analysis.benefits.system import cache_folder
from convergence.analysis.evaluation import Evaluation, Request, evaluate
from convergence.cli.main import main

TUTORIAL = Path(__file__).resolve().parents[3] / "docs" / "tutorial"
DAY = date(2021, 7, 15)


@pytest.fixture(scope="session")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation") / "territory"
    options = ["--people", "150", "--parameters", str(TUTORIAL / "small.toml"), "--day", "2021-06-30", "--seed", "3"]
    assert main(["dataset", str(folder), *options]) == 0
    return folder


@pytest.fixture(scope="session")
def request_for(territory: Path) -> Request:
    """What the tutorial's notebook asks, of the same people: test_tutorial compares what came of both."""
    law = cache_folder() / "tables"  # what the first run works out serves the others, and the notebook
    return Request(territory, DAY, protocol=TUTORIAL / "protocol.toml", scenarios=("path_36",), draws=100, law=law)


@pytest.fixture(scope="session")
def evaluation(request_for: Request) -> Evaluation:
    return evaluate(request_for)
