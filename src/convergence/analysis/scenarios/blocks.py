"""Fixed blocks of draws, each on its own random streams, worked on here or on a cluster with the same numbers."""

import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from convergence.analysis.errors import AnalysisError

Made = TypeVar("Made")

DRAWS_PER_BLOCK = 10
"""Part of what makes the numbers: with another size they would differ."""
_SECONDS_TO_CONNECT = 10


class ClusterError(AnalysisError):
    """The cluster cannot be reached, or is lost."""


@dataclass(frozen=True)
class Stream:
    """The random streams of one block: one for each purpose, so that drawing more of one moves no other."""

    seed: int
    block: int

    def of(self, purpose: str) -> np.random.Generator:
        """The stream of a purpose, from its start."""
        key = (self.block, zlib.crc32(purpose.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def block_sizes(draws: int) -> tuple[int, ...]:
    """How many draws each block has: all ``DRAWS_PER_BLOCK`` but the last.

    >>> block_sizes(24)
    (10, 10, 4)
    """
    if draws < 1:
        raise AnalysisError(f"{draws} tirages\u00a0: demandez-en au moins un.")
    whole, rest = divmod(draws, DRAWS_PER_BLOCK)
    return (DRAWS_PER_BLOCK,) * whole + ((rest,) if rest else ())


def run_blocks(
    work: Callable[[int], Made],
    blocks: Sequence[int],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Made]:
    """What ``work`` makes of each block, in their order.

    Without a scheduler, in ``workers`` threads (as many as processors): NumPy frees the interpreter while it computes.
    With one, ``tcp://host:port`` of a Dask cluster whose machines have this software: ``work`` and what it returns
    travel by pickle. The numbers do not depend on where, in what order or by how many a block is worked on.

    :param progress: told after each block how many are done, of how many.
    :raises ClusterError: the scheduler's address is not one, nobody answers there, or the cluster is lost.
    """
    if scheduler is not None:
        return _on_cluster(work, blocks, scheduler, progress)
    workers = min(workers or os.cpu_count() or 1, len(blocks))
    if workers == 1:
        return _told((work(block) for block in blocks), len(blocks), progress)
    with ThreadPoolExecutor(workers) as pool:
        return _told(pool.map(work, blocks), len(blocks), progress)


def _told(made: Iterable[Made], whole: int, progress: Callable[[int, int], None] | None) -> list[Made]:
    done = []
    for each in made:
        done.append(each)
        if progress is not None:
            progress(len(done), whole)
    return done


def _on_cluster(
    work: Callable[[int], Made],
    blocks: Sequence[int],
    scheduler: str,
    progress: Callable[[int, int], None] | None,
) -> list[Made]:
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    with connected(scheduler) as client:
        try:
            shared = client.scatter(work, broadcast=True)
            futures = client.map(_at_work, [shared] * len(blocks), list(blocks), pure=False)
            return _told((future.result() for future in futures), len(blocks), progress)
        except (CancelledError, KilledWorker, OSError) as error:  # Dask's lost connections are errors of the system
            raise ClusterError(
                f"La grappe {scheduler} a été perdue en cours de calcul\u00a0: rien n’a été gardé. Vérifiez "
                "l’ordonnanceur et la mémoire de ses machines, puis relancez, ou relancez sans --scheduler\u00a0: les "
                "nombres sont les mêmes."
            ) from error


def connected(scheduler: str) -> Any:
    """A client of the cluster at an address, to be closed by whoever asked.

    :raises ClusterError: it is not an address, or nobody answers there.
    """
    from distributed import Client

    if not scheduler.startswith(("tcp://", "tls://")):
        raise ClusterError(
            f"«\u00a0{scheduler}\u00a0» n’est pas l’adresse d’un ordonnanceur\u00a0: tcp://machine:port."
        )
    try:
        return Client(scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:  # a TypeError: tls:// without certificates in Dask's own settings
        raise ClusterError(
            f"L’ordonnanceur {scheduler} ne répond pas\u00a0: vérifiez qu’il est démarré et que cette machine y accède."
        ) from error


def _at_work(work: Callable[[int], Made], block: int) -> Made:
    return work(block)
