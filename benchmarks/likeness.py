"""How many of the people who have two files are found, how many proposals are right, and how long it takes.

Files are drawn with the truth known (simulation/twins.py), from seeds on which no weight was set. Recall is the
share of true pairs that are proposed; precision, the share of proposals that are true. Each is printed with its 95 %
interval (Wilson's).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from convergence.people.likeness.pairs import likely_pairs
from convergence.people.likeness.weights import Identity
from convergence.simulation.twins import FILES_TWICE, Crowd, draw

SET_ON = 1
"""The seed on which ``weights.toml`` was set: measuring on it would flatter."""


@dataclass(frozen=True)
class Measure:
    """What a search found in a crowd.

    :param seconds: of the search alone, the counting of names included; of the clock, and of the processor.
    """

    files: int
    true: int
    proposed: int
    right: int
    seconds: float
    processor: float

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 1.0


def identities(crowd: Crowd) -> list[Identity]:
    """The crowd's files as they are compared."""
    return [
        Identity(file.number, tuple((given, family) for _kind, given, family in file.names), *file.birth, file.sex)
        for file in crowd.files
    ]


def measure(crowd: Crowd) -> Measure:
    """Search the crowd and compare what is found with the truth."""
    people = identities(crowd)
    began, worked = time.perf_counter(), time.process_time()
    found = {tuple(sorted((one.key, other.key))) for one, other, _compared in likely_pairs(people)}
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    return Measure(len(people), len(crowd.pairs), len(found), len(found & crowd.pairs), seconds, processor)


def interval(hits: int, tries: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not tries:
        return 0.0, 1.0
    z, share = 1.96, hits / tries
    middle = (share + z * z / (2 * tries)) / (1 + z * z / tries)
    half = z * sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries)) / (1 + z * z / tries)
    return middle - half, middle + half


def row(seed: int, found: Measure) -> str:
    """One line of the table of docs/performance.md."""

    def share(value: float, hits: int, tries: int) -> str:
        low, high = interval(hits, tries)
        return f"{value:.1%} ({low:.1%}–{high:.1%})"

    recall = share(found.recall, found.right, found.true)
    precision = share(found.precision, found.right, found.proposed)
    took = f"{found.processor:.1f} s ({found.seconds:.1f} s)"
    return f"| {found.files:,} | {seed} | {found.true:,} | {recall} | {precision} | {took} |"


def main(arguments: Sequence[str]) -> int:
    """Print the table for one crowd, or for a few seeds of it."""
    parser = argparse.ArgumentParser(prog="./convergence bench likeness", description=__doc__)
    parser.add_argument("--files", type=int, default=100_000, help="files in each crowd (100,000)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3], help="seeds of the crowds (2 3)")
    options = parser.parse_args(arguments)
    if options.files < 1 or SET_ON in options.seeds:
        parser.error(f"at least one file, and any seed but {SET_ON}, on which the weights were set")
    print(f"One file in {1 / FILES_TWICE + 1:.0f} is somebody's second one.")
    print("| files | seed | true pairs | recall | precision | processor (clock) |\n|---|---|---|---|---|---|")
    for seed in options.seeds:
        print(row(seed, measure(draw(seed, options.files))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
