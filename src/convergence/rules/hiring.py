"""What is to be done around the first day of a contract, and by when."""

from dataclasses import dataclass
from datetime import date, timedelta

from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.spans import add_months
from convergence.rules.working_days import working_days_after, working_days_before

LABELS = {
    "declaration": "Déclaration préalable à l’embauche (DPAE)",
    "right_to_work": "Droit de travailler vérifié auprès du préfet",
    "contract_handed_over": "Contrat remis à la personne",
    "health_visit": "Visite d’information et de prévention",
}
"""The steps by their code, as people read them."""


@dataclass(frozen=True, slots=True)
class HiringStep:
    """One line of the checklist: from when, until when, in words, and where it is written."""

    code: str
    label: str
    opens_on: date | None
    due_on: date
    source: str


def checklist(first_day: date, *, foreign_permit: bool, registered_at_france_travail: bool) -> list[HiringStep]:
    """The steps of a hiring, in the order in which they are due.

    :param foreign_permit: the person works under a residence permit; the prefect is asked whether it allows it,
        unless ``registered_at_france_travail``: registration has checked it already.
    """
    before, asked = _days("hiring.dpae_days_before", first_day), "hiring.right_to_work_working_days_before"
    steps = [
        HiringStep(
            "declaration",
            LABELS["declaration"],
            first_day - timedelta(days=before),
            first_day - timedelta(days=1),
            _source("hiring.dpae_days_before", first_day),
        ),
        HiringStep(
            "contract_handed_over",
            LABELS["contract_handed_over"],
            None,
            working_days_after(first_day, _days("hiring.contract_handed_working_days", first_day)),
            _source("hiring.contract_handed_working_days", first_day),
        ),
        HiringStep(
            "health_visit",
            LABELS["health_visit"],
            first_day,
            add_months(first_day, _days("hiring.health_visit_months", first_day)),
            _source("hiring.health_visit_months", first_day),
        ),
    ]
    if foreign_permit and not registered_at_france_travail:
        due = working_days_before(first_day, _days(asked, first_day))
        steps.append(HiringStep("right_to_work", LABELS["right_to_work"], None, due, _source(asked, first_day)))
    return sorted(steps, key=lambda step: (step.due_on, step.code))


def _days(name: str, on: date) -> int:
    return value_or_oldest(name, on)


def _source(name: str, on: date) -> str:
    return rule_or_oldest(name, on).source
