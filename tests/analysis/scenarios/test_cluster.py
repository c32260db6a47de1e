"""The same numbers on a Dask cluster as here, byte for byte. Only the loopback is used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from convergence.analysis.scenarios.blocks import ClusterError, run_blocks
from convergence.analysis.scenarios.projection import Projection, project
from tests.analysis.scenarios import drawn


def projected(scheduler: str | None = None, workers: int | None = None) -> Projection:
    told: list[int] = []
    made = project(
        drawn.model(),
        drawn.population(),
        months=12,
        draws=25,
        seed=8,
        scheduler=scheduler,
        workers=workers,
        progress=lambda done, whole: told.append(done),
    )
    assert told == [1, 2, 3]
    return made["today"]


@contextmanager
def cluster(*, processes: bool) -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        processes=processes,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        silence_logs=50,
    ) as made:
        yield made.scheduler_address


@pytest.mark.parametrize(
    "processes", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["in this process", "two processes"]
)
def test_a_cluster_of_two_workers_gives_the_same_bytes(processes: bool) -> None:
    here = projected(workers=1)
    with cluster(processes=processes) as scheduler:
        assert scheduler.startswith("tcp://127.0.0.1:")
        there = projected(scheduler)
    for mine, theirs in ((here.tally, there.tally), (here.cohort, there.cohort)):
        for name in vars(mine):
            assert getattr(mine, name).tobytes() == getattr(theirs, name).tobytes(), name


def falls(block: int) -> int:
    os._exit(block + 1)  # as a machine out of memory does


@pytest.mark.slow
def test_a_cluster_whose_workers_die_is_said_in_a_sentence() -> None:
    lost = pytest.raises(ClusterError, match=r"a été perdue en cours de calcul.*relancez sans --scheduler")
    with cluster(processes=True) as scheduler, lost:
        run_blocks(falls, range(4), scheduler=scheduler)


@pytest.mark.parametrize("scheduler", ["nonsense", "http://127.0.0.1:1", "tcp://127.0.0.1", "tls://127.0.0.1:1"])
def test_an_address_where_no_cluster_answers_is_said_in_a_sentence(scheduler: str) -> None:
    with pytest.raises(ClusterError, match=r"n’est pas l’adresse d’un ordonnanceur|ne répond pas"):
        run_blocks(abs, range(2), scheduler=scheduler)
