"""Social referents whom people already have elsewhere: about six in ten have one or several."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.moments import NEVER, Days, Moments, at_work, later, worked
from convergence.simulation.names import STAFF, Texts, address_of, draw_family_names
from convergence.vocabulary.compartments import Compartment

_BODIES: dict[Compartment, tuple[tuple[str, str], ...]] = {
    Compartment.SOCIAL: (
        ("Assistante sociale", "CHRS Maquette"),
        ("Travailleur social", "Centre d’hébergement Esquisse"),
        ("Référente RSA", "Espace insertion Exemple"),
        ("Conseiller", "Agence France Travail Exemple"),
        ("Conseillère", "Mission locale Modèle"),
        ("Accueil de jour", "Accueil de jour Prototype"),
        ("Maraude", "Équipe de rue Factice"),
        ("Intervenante sociale", "Résidence sociale Imaginaire"),
    ),
    Compartment.HEALTH: (
        ("Éducateur", "CSAPA Exemple"),
        ("Infirmière", "Équipe mobile Modèle"),
        ("Médecin", "Centre de santé Imaginaire"),
    ),
    Compartment.JUSTICE: (("Conseillère pénitentiaire d’insertion et de probation", "SPIP Exemple"),),
}


BODIES = tuple(body for bodies in _BODIES.values() for _, body in bodies)
"""Every body that a referent may work for."""
_HAVE_SOME = 0.6
_HOW_MANY = (1, 1, 1, 2, 2, 3)
_SOCIAL, _HEALTH = 0.82, 0.95
_NAMED, _PHONED, _WRITTEN_TO, _ENDED = 0.8, 0.8, 0.4, 0.2


class Referents(NamedTuple):
    """Social referents whom people have elsewhere, a row each; ``person`` is a place in the block.

    ``may_contact``: 1 yes, 0 no, -1 not asked yet. ``compartment`` is social, health or justice, since a body's very
    name can reveal.
    """

    person: NDArray[np.int64]
    compartment: Texts
    role: Texts
    name: Texts
    body: Texts
    phone: Texts
    email: Texts
    may_contact: NDArray[np.int64]
    since: Days
    until: Days
    at: Moments


def draw_referents(rng: np.random.Generator, entered: Days, last: np.datetime64) -> Referents:
    """None, one, two or three for each person; some have not been asked yet whether they may be called."""
    many = np.where(
        rng.random(len(entered)) < _HAVE_SOME, np.array(_HOW_MANY)[rng.integers(0, len(_HOW_MANY), len(entered))], 0
    )
    person = np.repeat(np.arange(len(entered)), many)
    since = later(rng, entered[person], -600, 120)
    known = since <= last
    person, since = person[known], since[known]
    count = len(person)
    kinds = np.searchsorted([_SOCIAL, _HEALTH], rng.random(count), side="right").tolist()
    compartments = list(_BODIES)
    bodies = [
        _BODIES[compartments[kind]][int(chance * len(_BODIES[compartments[kind]]))]
        for kind, chance in zip(kinds, rng.random(count).tolist(), strict=True)
    ]
    given = np.array(STAFF, dtype=object)[rng.integers(0, len(STAFF), count)]
    family = draw_family_names(rng, count)
    named = rng.random(count) < _NAMED
    emails = [
        address_of(one, other, "partenaire") if written else ""
        for one, other, written in zip(given, family, named & (rng.random(count) < _WRITTEN_TO), strict=True)
    ]
    numbers = rng.integers(0, 100, (count, 2)).tolist()
    phones = [f"01 99 00 {one:02} {other:02}" for one, other in numbers]
    until = later(rng, np.maximum(since, entered[person]), 200, 900)
    return Referents(
        person,
        np.array([compartments[kind].value for kind in kinds], dtype=object),
        _column(role for role, _ in bodies),
        np.where(named, given + " " + family, ""),
        _column(body for _, body in bodies),
        np.where(rng.random(count) < _PHONED, _column(phones), ""),
        _column(emails),
        np.array([1, 1, 1, 0, -1])[rng.integers(0, 5, count)],
        since,
        np.where((rng.random(count) < _ENDED) & (until <= last), until, NEVER).astype("datetime64[D]"),
        at_work(rng, worked(np.minimum(np.maximum(since, entered[person]), last))),
    )


def _column(texts: Iterable[str]) -> Texts:
    return np.array(list(texts), dtype=object)
