"""Social referents whom people already have elsewhere: about six in ten have one or several."""

from convergence.simulation.life import Life
from convergence.simulation.names import STAFF, SURNAMES, address_of, office_phone
from convergence.simulation.records import OutsideReferent
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


def tell_referents(life: Life) -> None:
    """None, one, two or three; some have not been asked yet whether they may be called."""
    if not life.chance(0.6):
        return
    for _ in range(life.rng.choice([1, 1, 1, 2, 2, 3])):
        chance = life.rng.random()
        compartment = (
            Compartment.SOCIAL if chance < 0.82 else Compartment.HEALTH if chance < 0.95 else Compartment.JUSTICE
        )
        role, body = life.rng.choice(_BODIES[compartment])
        since = life.soon(life.starts, -600, 120)
        if since > life.ends:
            continue
        given_name, family_name = life.rng.choice(STAFF), life.rng.choice(SURNAMES)
        until = life.soon(max(since, life.starts), 200, 900) if life.chance(0.2) else None
        named = life.chance(0.8)
        life.world.outside_referents.append(
            OutsideReferent(
                life.person,
                compartment.value,
                role,
                f"{given_name} {family_name}" if named else "",
                body,
                office_phone(life.rng) if life.chance(0.8) else "",
                address_of(given_name, family_name, "partenaire") if named and life.chance(0.4) else "",
                life.rng.choice([True, True, True, False, None]),
                since,
                until if until and until <= life.ends else None,
                life.learnt(since),
                life.author(since),
            )
        )
