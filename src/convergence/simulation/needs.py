"""Needs, rated at the entry and again at reviews: most lighten, some come back."""

from datetime import date

from convergence.simulation.life import Life, next_series, versions
from convergence.simulation.records import Need
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS

_REASONS = {
    # Up to this level, what is said of it.
    1: (
        "Plus d’inquiétude pour le moment.",
        "Autonomie retrouvée sur ce point depuis le printemps.",
        "Va mieux depuis le changement d’équipe.",
    ),
    2: (
        "Rendez-vous pris ensemble, premier pas fait.",
        "À reprendre au prochain entretien.",
        "Plusieurs courriers restés sans réponse.",
    ),
    4: (
        "Reste la première préoccupation.",
        "Rend difficile la recherche d’un poste à temps plein.",
        "Plusieurs courriers restés sans réponse.",
    ),
}
_RATED_AT_ENTRY = 0.6


def tell_needs(life: Life) -> None:
    """A full look at the entry, then a review every six to twelve months of what is still open."""
    days = [life.soon(life.starts, 5, 35)]
    while (following := life.soon(days[-1], 170, 370)) <= life.ends:
        days.append(following)
    if days[0] > life.ends:
        return
    for code in NEEDS:
        if life.chance(_RATED_AT_ENTRY):
            _tell_need(life, code, days)


def _tell_need(life: Life, code: str, reviews: list[date]) -> None:
    level: int | None = life.rng.choice([1, 2, 2, 3, 3, 4])
    missing = ""
    if life.chance(0.07):
        level, missing = None, life.rng.choice(list(Missing)).value
    rated = [(reviews[0], level, missing)]
    for day in reviews[1:]:
        if life.chance(0.45):
            before = rated[-1][1]
            change = life.rng.choice([-2, -1, -1, -1, 0, 1])
            rated.append((day, max(0, min(4, (2 if before is None else before) + change)), ""))
    began_at = life.learnt(rated[0][0])
    for rank, (since, value, why_not) in enumerate(rated):
        following = rated[rank + 1][0] if rank + 1 < len(rated) else None
        ended_at = life.learnt(following, began_at) if following else None
        reason = life.rng.choice(_reasons_for(value)) if value is not None and life.chance(0.2) else ""
        series = next_series(life.world)
        for version in versions(following, began_at, ended_at):
            life.world.needs.append(
                Need(
                    life.person,
                    code,
                    value,
                    why_not,
                    reason,
                    since,
                    version.until,
                    series,
                    version.recorded_at,
                    version.superseded_at,
                    life.author(version.recorded_at.date()),
                )
            )
        began_at = ended_at or began_at


def _reasons_for(level: int) -> tuple[str, ...]:
    return next(said for up_to, said in _REASONS.items() if level <= up_to)
