"""Folders as the commands write them, small: a dataset whose tables nobody opens here, and an evaluation's results."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.analysis import explored

TABLES = {"people/0000.parquet": b"des octets fictifs", "sites/0000.parquet": b"d'autres octets"}
TRUTH = {"truth/0000.parquet": b"la verite fictive"}
SCENARIOS = """scenario,outcome,value,low,high
path_36,Fins de parcours,12.4,-3.1,30
effect_50,Fins de parcours,-40,-55,-21.04
path_36,Dépense publique de l’année (€),292000,233000,364000
effect_50,Dépense publique de l’année (€),,,
"""
PDF = b"%PDF-1.7 fictif"


def _listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"file": name, "rows": 7, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]


def dataset_manifest(**changed: Any) -> dict[str, Any]:
    """What the manifest of the made dataset says."""
    tables = {name.split("/")[0]: {"rows": 7, "files": _listed({name: TABLES[name]})} for name in TABLES}
    return {
        "format": "convergence-dataset",
        "version": 1,
        "made_on": "2026-11-23",
        "as_of": "2026-11-22",
        "kind": "simulated",
        "seed": 2012,
        "parameters": None,
        "tables": tables,
        "truth": _listed(TRUTH),
    } | changed


def dataset_files(**changed: Any) -> dict[str, bytes]:
    """Every file of the made dataset by its name."""
    return {"manifest.json": json.dumps(dataset_manifest(**changed)).encode(), **TABLES, **TRUTH}


def comparison_files(**changed: str) -> dict[str, bytes]:
    """A folder of people to compare with, as an office hands it over; ``changed``: keys of its settings."""
    told = {"name": '"ACI Factice"', "scheme": '"ordinary"', "as_of": "2026-09-30"} | changed
    return {
        "comparison.toml": "".join(f"{key} = {value}\n" for key, value in told.items()).encode(),
        "people.csv": b"person;birth_year\nA;1980\nB;1990\n;\n",
        "paths.csv": b"path;person;since\n1;A;2024-01-05\n2;B;2024-02-05\n",
    }


def result_files() -> dict[str, bytes]:
    """Every file of the made results by its name, its manifest left out."""
    numbers = [
        {
            "key": "account.break_even.ordinary",
            "definition": "Premier mois où le bilan cumulé reste au-dessus de zéro.",
            "unit": "months",
            "value": 30,
            "low": 19,
            "high": None,
            "level": 0.95,
            "people": 212,
            "counterfactual": "un chantier d’insertion ordinaire",
            "flags": [],
            "says": "",
        }
    ]
    told = {
        "format": "convergence-evaluation",
        "version": 1,
        "day": "2026-11-23",
        "title": "Évaluation fictive",
        "summary": ["Une phrase fictive."],
        "numbers": numbers,
    }
    return {
        "evaluation.json": json.dumps(told).encode(),
        "explore.json": explored.told(explored.about()),
        "explore.npz": explored.packed(explored.arrays()),
        "report.html": b"<!doctype html><title>Rapport fictif</title>",
        "report.pdf": PDF,
        "tables/flow.csv": "étape,personnes\nentrées,212\n".encode(),
        "tables/scenarios.csv": SCENARIOS.encode(),
    }


def result_manifest(files: Mapping[str, bytes]) -> bytes:
    listed = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    return json.dumps({"seed": 1, "kind": "simulated", "files": listed}).encode()


def write_results(folder: Path, **changed: bytes) -> None:
    """A folder of results; ``changed`` files are written over after the manifest was made."""
    files = result_files()
    for name, content in {**files, "manifest.json": result_manifest(files), **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
