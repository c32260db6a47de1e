"""The files of an exploration, made by numpy in the tests: small, and with answers that are known."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

DRAWS, MONTHS = 40, 36


def _line(item: str, label: str, payer: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "item": item,
        "label": label,
        "payer": payer,
        "class": kind,
        "perspectives": ["public", "society"],
        "definition": f"Ce que « {label} » compte, par personne et par mois.",
        "price": None,
        "take_up": None,
    } | more


def _price(low: float, central: float, high: float, unit: str) -> dict[str, Any]:
    return {
        "low": low,
        "central": central,
        "high": high,
        "unit": unit,
        "year": 2024,
        "source": "Source fictive",
        "checked": central != 20.0,
    }


TAKE_UP = {"low": 0.5, "central": 0.66, "high": 0.8, "source": "Source fictive"}
LINES = [
    _line("rsa", "RSA", "departement", "cashable", perspectives=["public"], take_up=TAKE_UP),
    _line("night", "Nuitées d’hébergement", "etat_p177", "capacity", price=_price(15, 20.0, 30, "nuitée")),
    _line("hospital", "Journées d’hôpital", "assurance_maladie", "capacity", price=_price(300, 500.0, 800, "journée")),
    _line("work", "Valeur du travail produit", "societe", "production", perspectives=["society"]),
    _line("pension", "Droits à la retraite", "etat_p102", "deferred", perspectives=["public"]),
    _line("post", "Aide au poste", "etat_p102", "programme"),
    _line("pooled", "Équipe mutualisée", "departement", "programme"),
    _line("gift", "Dons des fondations", "fondations", "programme", perspectives=["society"]),
]
COSTS = [line["class"] == "programme" for line in LINES]


def about(**changed: Any) -> dict[str, Any]:
    """What ``explore.json`` says of the made arrays."""
    return {
        "format": "convergence-explore",
        "version": 1,
        "people": 212,
        "observed": [max(212 - 5 * month, 20) for month in range(MONTHS)],
        "year": 2024,
        "interval": 0.95,
        "contrasts": [
            {
                "code": "ordinary",
                "label": "Face à un chantier ordinaire",
                "counterfactual": "un chantier d’insertion ordinaire",
                "limit": "",
            },
            {
                "code": "before_after",
                "label": "Avant–après",
                "counterfactual": "la situation à l’entrée, tenue constante",
                "limit": "Elle attribue au programme ce qui serait arrivé sans lui.",
            },
        ],
        "perspectives": [
            {"code": "public", "label": "Finances publiques", "definition": "Les prestations sont des coûts."},
            {"code": "society", "label": "Société", "definition": "Les transferts s’annulent."},
        ],
        "payers": [
            {"code": "etat_p102", "label": "État, emploi (P102)"},
            {"code": "etat_p177", "label": "État, hébergement (P177)"},
            {"code": "assurance_maladie", "label": "Assurance maladie"},
            {"code": "departement", "label": "Département"},
            {"code": "fondations", "label": "Fondations"},
            {"code": "societe", "label": "Collectivité"},
        ],
        "classes": [
            {"code": "cashable", "label": "Dépenses évitées et recettes"},
            {"code": "capacity", "label": "Capacités libérées"},
            {"code": "deferred", "label": "Droits différés"},
            {"code": "programme", "label": "Coût du programme"},
            {"code": "production", "label": "Production"},
        ],
        "lines": LINES,
    } | changed


def arrays(seed: int = 1, *, draws: int = DRAWS, months: int = MONTHS, amounts: float = 1.0) -> dict[str, Any]:
    """Random amounts whose point estimate is their mean; before–after saves twice as much."""
    random = np.random.default_rng(seed)
    saved = np.array([200.0, 140.0, 90.0, 50.0, 30.0]) * amounts * np.linspace(0.2, 2.0, months)[:, None]
    spent = np.array([250.0, 60.0, 20.0]) * np.linspace(1.4, 0.4, months)[:, None]
    made: dict[str, Any] = {
        "price": np.ones((draws, len(LINES)), np.float32),
        "take_up": np.ones((draws, len(LINES)), np.float32),
    }
    made["price"][:, [1, 2]] = random.triangular(0.75, 1.0, 1.5, (draws, 2))
    made["take_up"][:, 0] = random.triangular(0.8, 1.0, 1.2, draws)
    for code, more in (("ordinary", 1.0), ("before_after", 2.0)):
        shared = random.normal(1.0, 0.25, (draws, 1, 1))
        made[f"savings.{code}"] = (saved * more * shared).astype(np.float32)
        made[f"cost.{code}"] = np.repeat(spent[None], draws, axis=0).astype(np.float32)
        made[f"central_savings.{code}"] = (saved * more).astype(np.float32)
        made[f"central_cost.{code}"] = spent.astype(np.float32)
    return made


def packed(made: dict[str, Any]) -> bytes:
    """The bytes of ``explore.npz``."""
    file = io.BytesIO()
    np.savez(file, **made)
    return file.getvalue()


def told(made: dict[str, Any]) -> bytes:
    """The bytes of ``explore.json``."""
    return json.dumps(made).encode()


def write(folder: Path) -> None:
    """Both files in a folder."""
    (folder / "explore.json").write_bytes(told(about()))
    (folder / "explore.npz").write_bytes(packed(arrays()))
