"""A public directory drawn from a seed: structures and services that nobody could take for real ones.

Every name says that it is fictitious; telephones and addresses are of the ranges reserved for fiction. Lengths, codes
and the number of services of a structure are of the order of what the State publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from convergence.network.directory.fields import choices_of
from convergence.network.france import in_france

SOURCE = "fictif"
TOWNS = 3_000
SERVICES_EACH = 4
_SPREAD = 0.02
"""Degrees around the middle of a town."""
_PIECE = 256 * 1024
KINDS = [
    "Atelier",
    "Accueil",
    "Permanence",
    "Accompagnement",
    "Formation",
    "Bourse",
    "Épicerie",
    "Garage",
    "Plateforme",
]
WHATS = [
    "numérique", "logement", "mobilité", "budget", "santé", "emploi", "français", "famille", "hébergement", "papiers",
    "alimentation", "vélo", "création d’activité", "lecture", "garde d’enfants", "démarches", "jeunes", "retraite",
]  # fmt: skip
_NAMES = ["Fictif", "Modèle", "Imaginaire", "Factice", "Inventé", "Exemple"]
_BODIES = ["Maison", "Association", "Centre", "Espace", "Relais", "Comité", "Mission", "Régie"]
_WORDS = [
    "accueil", "écoute", "orientation", "personne", "projet", "parcours", "entretien", "individuel", "collectif",
    "dossier", "aide", "droit", "logement", "emploi", "formation", "rendez-vous", "salarié", "insertion",
    "quartier", "territoire", "bilan", "demande", "conseil", "gratuit", "inscription", "partenaire",
    "professionnel", "autonomie", "situation", "difficulté", "semaine", "matinée", "équipe", "bénévole", "référent",
    "atelier",
]  # fmt: skip


def towns(seed: int) -> list[dict[str, Any]]:
    """Towns of no country, at points that lie in France."""
    draw, found = Random(seed), []  # noqa: S311 - a seeded draw is no secret
    while len(found) < TOWNS:
        latitude, longitude = draw.uniform(42.4, 51.0), draw.uniform(-4.8, 8.1)
        if all(in_france(latitude + y, longitude + x) for x in (-_SPREAD, _SPREAD) for y in (-_SPREAD, _SPREAD)):
            number = len(found)
            code = f"{number // 100 + 1:02}{number % 100 + 100:03}"
            found.append(
                {"commune": f"Exempleville-{number}", "code_insee": code, "code_postal": f"{code[:2]}{number % 10}00",
                 "latitude": round(latitude, 5), "longitude": round(longitude, 5)}
            )  # fmt: skip
    return found


def structures(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Structures, each somewhere in a town."""
    draw, places = Random(seed + 1), towns(seed)  # noqa: S311
    for number in range(count):
        place = draw.choice(places)
        yield {
            "source": SOURCE,
            "id": f"{SOURCE}--s{number}",
            "nom": f"{draw.choice(_BODIES)} {draw.choice(_NAMES)} {draw.choice(WHATS)} {number}",
            "date_maj": f"2026-{draw.randint(1, 10):02}-{draw.randint(1, 28):02}",
            "description": _sentences(draw, 40),
            "siret": f"{draw.randrange(10**14):014}",
            **_near(place, draw),
            "adresse": f"{draw.randint(1, 90)} rue de l’Exemple",
            "telephone": f"01 99 00 {draw.randint(0, 99):02} {draw.randint(0, 99):02}",
            "courriel": f"accueil-{number}@maison.example",
            "site_web": f"https://maison-{number}.example/",
            "horaires_accueil": draw.choice(["Mo-Fr 09:00-12:00,14:00-17:00", "Tu,Th 13:30-17:00; PH off"]),
        }


def services(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Services, four to a structure."""
    draw, places = Random(seed + 2), towns(seed)  # noqa: S311
    themes = [code for code, _label in choices_of("thematiques")]
    publics = [code for code, _label in choices_of("publics") if code != "tous-publics"]
    types = [code for code, _label in choices_of("type")]
    for number in range(count):
        here = _near(draw.choice(places), draw) if draw.random() < 0.7 else {}
        yield {
            "source": SOURCE,
            "structure_id": f"{SOURCE}--s{number // SERVICES_EACH}",
            "id": f"{SOURCE}--v{number}",
            "nom": f"{draw.choice(KINDS)} {draw.choice(WHATS)} {draw.choice(_NAMES)} {number}",
            "description": _sentences(draw, 70),
            "lien_source": f"https://annuaire.example/services/{number}",
            "date_maj": f"2026-{draw.randint(1, 10):02}-{draw.randint(1, 28):02}",
            "type": draw.choice(types),
            "thematiques": draw.sample(themes, draw.randint(1, 4)),
            "frais": draw.choice(["gratuit", "payant"]),
            "publics": draw.sample(publics, draw.randint(1, 5)) if draw.random() < 0.7 else ["tous-publics"],
            "conditions_acces": _sentences(draw, 12) if draw.random() < 0.4 else None,
            **here,
            "telephone": f"06 39 98 {draw.randint(0, 99):02} {draw.randint(0, 99):02}",
            "courriel": f"service-{number}@maison.example" if draw.random() < 0.7 else None,
            "modes_accueil": draw.choice([["en-presentiel"], ["a-distance"], ["a-distance", "en-presentiel"]]),
            "zone_eligibilite": [f"{draw.randint(1, 30):02}"],
            "modes_mobilisation": ["telephoner"],
            "mobilisable_par": draw.choice([["professionnels"], ["usagers", "professionnels"]]),
            "horaires_accueil": "Mo-Fr 09:00-12:00" if draw.random() < 0.4 else None,
        }


def as_json(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Rows as the plain list of a file, cut into pieces."""
    waiting, size, first = ["["], 0, True
    for row in rows:
        text = json.dumps(row, ensure_ascii=False)
        waiting.append(text if first else f",{text}")
        first = False
        size += len(text)
        if size > _PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield f"{''.join(waiting)}]".encode()


def _near(place: dict[str, Any], draw: Random) -> dict[str, Any]:
    """The town, a few streets away from its middle."""
    return place | {
        "latitude": round(place["latitude"] + draw.uniform(-_SPREAD, _SPREAD), 5),
        "longitude": round(place["longitude"] + draw.uniform(-_SPREAD, _SPREAD), 5),
    }


def _sentences(draw: Random, words: int) -> str:
    return " ".join(draw.choice(_WORDS) for _ in range(words)).capitalize()
