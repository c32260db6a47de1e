"""What a run works on: the tables, the protocol, and who everybody is on the day of entry."""

from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.dataset import Tables, read
from convergence.analysis.dataset.manifest import NAME, Manifest, Origin
from convergence.analysis.evaluation.errors import EvaluationError
from convergence.analysis.evaluation.folder import digest
from convergence.analysis.evaluation.request import Request
from convergence.analysis.french import NBSP
from convergence.analysis.impact import comparison
from convergence.analysis.impact.protocol import Protocol
from convergence.analysis.impact.protocol_file import read_protocol
from convergence.analysis.profiles import profiles
from convergence.vocabulary.structures import Scheme

FEWEST_FOLLOWED = 30
"""People of the scheme under whom nothing is evaluated: no group is looked at alone below (evaluation.md §1)."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """Everything that was read.

    :ivar as_of: the last day known on both sides; ``notes``: what must be said of the people brought to compare with.
    :ivar people: rows of :func:`convergence.analysis.profiles.profiles`; arrays over people follow their order.
    :ivar declared: the protocol was given; else it is the software's, and the report says so.
    :ivar fingerprints: SHA-256 of what was read, by what it is.
    """

    request: Request
    tables: Tables
    as_of: date
    manifest: Manifest
    protocol: Protocol
    declared: bool
    people: pl.DataFrame
    fingerprints: dict[str, str | None]
    notes: tuple[str, ...]

    @property
    def simulated(self) -> bool:
        return self.manifest.about.kind is Origin.SIMULATED

    @property
    def territories(self) -> list[str]:
        """Names of the territories of the people of the scheme."""
        ours = self.people.filter(pl.col("scheme") == Scheme.CONVERGENCE.value)["territory"].unique()
        named = self.tables.territories.filter(pl.col("territory").is_in(ours.implode())).sort("territory").collect()
        return list(named["name"])

    def of_scheme(self, scheme: Scheme) -> Flags:
        """(people,) who is in an arm."""
        return (self.people["scheme"] == scheme.value).to_numpy()


def read_material(request: Request) -> Material:
    """Read and check everything that was given.

    :raises AnalysisError, DatasetError: the first thing that is wrong, in a sentence.
    """
    dataset = read(request.dataset)
    tables = dataset.tables
    as_of = dataset.manifest.about.as_of
    notes: tuple[str, ...] = ()
    brought = comparison.read(request.comparison) if request.comparison else None
    if brought:
        joined = comparison.join(dataset, brought)
        tables, as_of, notes = joined.tables, joined.as_of, joined.notes
    protocol, declared = _protocol(request)
    fingerprints = {
        "dataset": digest(request.dataset / NAME),
        "protocol": protocol.sha256,
        "comparison": brought.sha256 if brought else None,
        "prices": _digest(request.prices),
    }
    if request.day < dataset.manifest.about.as_of:
        raise EvaluationError(
            f"Le rapport serait daté du {request.day:%d/%m/%Y}, avant les derniers faits du jeu de données "
            f"({dataset.manifest.about.as_of:%d/%m/%Y}){NBSP}: donnez un autre jour (--day)."
        )
    people = profiles(tables)
    found = Material(request, tables, as_of, dataset.manifest, protocol, declared, people, fingerprints, notes)
    _enough(found)
    return found


def _protocol(request: Request) -> tuple[Protocol, bool]:
    """The protocol of the file, or the software's own, of the day of the report."""
    if request.protocol:
        return read_protocol(request.protocol), True
    with as_file(files("convergence.analysis.impact").joinpath("protocol.toml")) as standard:
        protocol = read_protocol(standard)
    return replace(protocol, dated=request.day, authors="le logiciel, par défaut"), False


def _digest(path: Path | None) -> str | None:
    return None if path is None else digest(path)


def _enough(material: Material) -> None:
    eligible = material.protocol.eligible(material.people)
    followed = int((eligible & material.of_scheme(Scheme.CONVERGENCE)).sum())
    if followed < FEWEST_FOLLOWED:
        raise EvaluationError(
            f"{followed if followed >= 5 else 'Moins de 5'} personnes du dispositif répondent aux critères du "
            f"protocole{NBSP}: sous {FEWEST_FOLLOWED}, rien n’est évalué. Élargissez la période ou les territoires."
        )
