"""`comparison.toml`: what a comparison says of itself."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from convergence.analysis.impact.comparison.flaws import ComparisonError, one_flaw
from convergence.analysis.toml_files import read_toml
from convergence.vocabulary.structures import Scheme

NAME: Final = "comparison.toml"

TEMPLATE: Final = """\
# Ce que cette comparaison dit d’elle-même. Une ligne qui commence par # n’est pas lue.

# Son nom, tel que le rapport l’imprime.
name = "Chantier d’insertion Exemple"
# « ordinary » : un autre ACI. « none » : une liste d’attente ou un extrait administratif, sans chantier.
scheme = "ordinary"
# Dernier jour sur lequel quelque chose y est connu.
as_of = 2025-12-31
# « own » : les identifiants n’ont rien à voir avec ceux du jeu de données. « shared » : le même identifiant y
# désigne la même personne.
keys = "own"
# Personnes présentes des deux côtés (keys = "shared") : « refuse », ou « leave_out » pour les retirer d’ici.
both = "refuse"
# Territoire où elle se trouve, par son nom ; celui du jeu de données s’il porte le même.
territory = "Territoire Exemple"
# Structure porteuse publique (CCAS, commune) : d’autres cotisations.
public_body = false
"""


@dataclass(frozen=True)
class Settings:
    """``shared``: keys mean the same people as in the dataset; ``leave_out``: people of both sides are taken off."""

    name: str
    scheme: Scheme
    as_of: date
    shared: bool
    leave_out: bool
    territory: str
    public_body: bool


def read_settings(folder: Path) -> Settings:
    """The settings of a folder.

    :raises ComparisonError: no file, not TOML, or a key that is missing, unknown or wrong.
    """
    if not (folder / NAME).exists():
        raise one_flaw(
            f"{NAME} manque dans {folder.name} : partez du modèle (il dit ce qu’est la comparaison et sa date)."
        )
    told = read_toml(folder / NAME, NAME, one_flaw)
    known = {"name", "scheme", "as_of", "keys", "both", "territory", "public_body"}
    flaws = [
        f"{NAME} : la clé « {key} » n’existe pas ; celles qui existent : {_listed(known)}."
        for key in told.keys() - known
    ]
    flaws += [f"{NAME} : il manque « {key} »." for key in ("name", "scheme", "as_of") if key not in told]
    if not flaws:
        flaws += _wrong(told)
    if flaws:
        raise ComparisonError(tuple(flaws))
    return Settings(
        told["name"].strip(),
        Scheme(told["scheme"]),
        told["as_of"],
        told.get("keys", "own") == "shared",
        told.get("both", "refuse") == "leave_out",
        told.get("territory", told["name"]).strip(),
        told.get("public_body", False),
    )


def _wrong(told: dict[str, Any]) -> list[str]:
    flaws = []
    choices = {"scheme": ("ordinary", "none"), "keys": ("own", "shared"), "both": ("refuse", "leave_out")}
    for key, allowed in choices.items():
        if key in told and told[key] not in allowed:
            said = (
                " ; un chantier Convergence ne peut pas servir de comparaison"
                if told[key] == Scheme.CONVERGENCE.value
                else ""
            )
            flaws.append(f"{NAME} : « {key} » doit être {' ou '.join(allowed)}{said}.")
    for key in ("name", "territory"):
        if key in told and not (isinstance(told[key], str) and told[key].strip()):
            flaws.append(f"{NAME} : « {key} » doit être un texte.")
    if not isinstance(told["as_of"], date) or isinstance(told["as_of"], datetime):
        flaws.append(f"{NAME} : « as_of » doit être une date, telle que 2025-12-31 (sans guillemets).")
    if not isinstance(told.get("public_body", False), bool):
        flaws.append(f"{NAME} : « public_body » doit être true ou false.")
    return flaws


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
