"""Where people sleep: mostly better as time goes, not always; and what was asked for."""

from collections.abc import Iterator

from convergence.simulation.days import plus_months
from convergence.simulation.life import Life, Step
from convergence.vocabulary.base import Term
from convergence.vocabulary.housing import Housing, HousingStep
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.rights import DaloRequest, HousingRequest

_AT_ENTRY: dict[Term, int] = {
    Housing.ROUGH: 12,
    Housing.SQUAT: 5,
    Housing.CAMP: 4,
    Housing.VEHICLE: 2,
    Housing.THIRD_PARTY: 15,
    Housing.HOTEL: 11,
    Housing.NIGHT_SHELTER: 6,
    Housing.EMERGENCY_SHELTER: 18,
    Housing.CHRS: 9,
    Housing.ASYLUM_HOUSING: 4,
    Housing.SOCIAL_RESIDENCE: 6,
    Housing.PRIVATE_LEASE: 2,
    Housing.PRISON: 1,
    Missing.NOT_ASSESSED: 4,
    Missing.PREFERS_NOT_TO_SAY: 1,
}
_OF_STEP: dict[int, list[Housing]] = {
    1: [Housing.ROUGH, Housing.SQUAT, Housing.STREET],
    2: [Housing.THIRD_PARTY, Housing.HOTEL, Housing.NIGHT_SHELTER],
    3: [Housing.EMERGENCY_SHELTER, Housing.CHRS, Housing.STABILISATION],
    4: [Housing.SOCIAL_RESIDENCE, Housing.SOCIAL_RESIDENCE, Housing.SUBLET, Housing.PENSION_DE_FAMILLE],
    5: [Housing.SOCIAL_LEASE, Housing.SOCIAL_LEASE, Housing.PRIVATE_LEASE, Housing.COMPLETED_BAIL_GLISSANT],
}
_INSTITUTIONS = [Housing.HOSPITAL, Housing.LHSS, Housing.ACT, Housing.PRISON]
_DETAILS = (
    "Chambre partagée, affaires gardées par une amie.",
    "Place jusqu’à la fin de l’hiver, renouvelable.",
    "Trajet d’une heure jusqu’au chantier.",
    "Cuisine commune ; calme la nuit.",
    "Redevance payée chaque mois, reste à vivre à revoir.",
    "Accueil chez un proche, sans bail : à quitter avant l’été.",
    "Visite faite ensemble, clés remises le jour même.",
)


def tell_housing(life: Life) -> None:
    """Housing from the entry on, then the requests that go with it."""
    steps = list(_homes(life))
    life.tell("housing", steps)
    homeless = not any(isinstance(step.code, Housing) and step.code.step.number >= 4 for step in steps)
    if life.chance(0.62):
        life.tell("siao", _siao(life, found=not homeless))
    if life.chance(0.55):
        asked = life.soon(life.starts, 20, 300)
        life.tell("social_housing", life.renewals(HousingRequest.LODGED, asked, 12))
    if life.chance(0.14):
        life.tell("priority_label", _asked(life, HousingRequest.LODGED, HousingRequest.ACCEPTED))
    if life.chance(0.11):
        life.tell("dalo", _dalo(life))


def _homes(life: Life) -> Iterator[Step]:
    since = life.soon(life.starts, -700, -3)
    code = life.pick(_AT_ENTRY)
    while since <= life.ends:
        yield Step(since, code, detail=life.rng.choice(_DETAILS) if life.chance(0.25) else "")
        since = life.soon(max(since, life.starts), 60, 420) if since < life.starts else life.soon(since, 90, 560)
        code = _next(life, code)


def _next(life: Life, code: Term) -> Housing:
    """Up six times in ten, elsewhere on the same step, or down; what was unknown is learnt."""
    rank = code.step.number if isinstance(code, Housing) and code.step is not HousingStep.INSTITUTION else 2
    chance = life.rng.random()
    if chance < 0.03:
        return life.rng.choice([home for home in _INSTITUTIONS if home is not code])
    if chance < 0.63:
        rank = min(5, rank + life.rng.choice([1, 1, 2]))
    elif chance > 0.87:
        rank = max(1, rank - 1)
    return life.rng.choice([home for home in _OF_STEP[rank] if home is not code])


def _siao(life: Life, *, found: bool) -> Iterator[Step]:
    asked = life.soon(life.starts, -200, 60)
    yield Step(asked, HousingRequest.LODGED)
    if found or life.chance(0.2):
        yield Step(life.soon(asked, 90, 500), HousingRequest.ACCEPTED if found else HousingRequest.CLOSED)


def _asked(life: Life, first: Term, then: Term) -> Iterator[Step]:
    asked = life.soon(life.starts, 30, 400)
    yield Step(asked, first)
    if life.chance(0.7):
        yield Step(life.soon(asked, 30, 200), then)


def _dalo(life: Life) -> Iterator[Step]:
    lodged = life.soon(life.starts, 30, 500)
    yield Step(lodged, DaloRequest.LODGED)
    decided = life.soon(lodged, 90, 200)
    if life.chance(0.3):
        yield Step(decided, DaloRequest.REFUSED)
        return
    yield Step(decided, DaloRequest.PRIORITY, expires_on=plus_months(decided, 6))
    if life.chance(0.4):
        yield Step(life.soon(decided, 60, 300), DaloRequest.OFFER)
