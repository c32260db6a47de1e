"""Outcomes that a projection is read by, each with its definition."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.scenarios.states import (
    CARE_OF,
    DECEASED,
    EXITS,
    HOUSED,
    IN_PATH,
    LOST,
    N_STATES,
    N_STEPS,
    STEP_OF,
    WORK_OF,
    Work,
    within,
)


@dataclass(frozen=True)
class Outcome:
    """``columns``: of the states or of the exits that it sums."""

    code: str
    label: str
    definition: str
    columns: NDArray[np.bool_] | None = None


def state_outcomes() -> tuple[Outcome, ...]:
    """People in sets of states at the end of a year."""
    housed = np.isin(STEP_OF, (HOUSED, HOUSED + 1))
    told = "personnes à la fin de l’année"
    return (
        Outcome("in_path", "En parcours", told, _states(IN_PATH)),
        Outcome("working", "Autre emploi", told, _states(WORK_OF == Work.OTHER)),
        Outcome("without_work", "Sans emploi après le parcours", told, _states(WORK_OF == Work.NONE)),
        Outcome("street", "À la rue ou abri de fortune", told, _states(STEP_OF == 0)),
        Outcome("sheltered", "Hébergement précaire ou collectif", told, _states(np.isin(STEP_OF, (1, 2)))),
        Outcome("housed", "Logement semi-durable ou autonome", told, _states(housed)),
        Outcome("institution", "Établissement (prison, hôpital, soins)", told, _states(STEP_OF == N_STEPS - 1)),
        Outcome("in_care", "Parcours de soins en cours ou stabilisé", told, _states(CARE_OF == 1)),
        Outcome("lost", "Perdues de vue", f"{told}, depuis le début des soixante mois suivis", _one(LOST)),
        Outcome("deceased", "Décédées", told, _one(DECEASED)),
    )


def exit_outcomes() -> tuple[Outcome, ...]:
    """First paths that end in a year, by category of exit."""
    return tuple(
        Outcome(
            exit.value if exit.value != "lost" else "lost_at_exit",
            f"Fins de parcours\u00a0: {within(exit.label)}",
            "premiers parcours terminés dans l’année",
            np.arange(len(EXITS)) == number,
        )
        for number, exit in enumerate(EXITS)
    )


def _states(living: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.concatenate([living, np.zeros(N_STATES - living.size, np.bool_)])


def _one(state: int) -> NDArray[np.bool_]:
    return np.asarray(np.arange(N_STATES) == state)
