"""Working hours of a CDDI: between twenty and thirty-five a week, less by derogation or in a PHC."""

from datetime import date
from decimal import Decimal

from convergence.rules.french import months_said, said_in_full
from convergence.rules.law import NoRule, in_force, rule, rule_or_oldest, value, value_or_oldest
from convergence.rules.path import Derogation
from convergence.rules.periods import last_day_of
from convergence.rules.refusals import Refusal
from convergence.vocabulary.contracts import Programme
from convergence.vocabulary.decisions import DerogationKind

_LENGTH = {
    DerogationKind.INDIVIDUAL: "hours.individual_derogation_months",
    DerogationKind.COLLECTIVE: "hours.collective_derogation_months",
}


def least_weekly_hours(programme: Programme, derogations: tuple[Derogation, ...], on: date) -> Decimal:
    """The least hours a week on a day: twenty, four in a PHC, any number under a derogation."""
    if any(derogation.period.covers(on) for derogation in derogations):
        return Decimal(0)
    if programme is Programme.PHC and in_force("hours.phc_least_weekly_hours", on):
        return Decimal(value("hours.phc_least_weekly_hours", on))
    return Decimal(value_or_oldest("hours.least_weekly_hours", on))


def check_hours(hours: Decimal, programme: Programme, derogations: tuple[Derogation, ...], on: date) -> list[Refusal]:
    """Whether a CDDI may have so many hours a week on a day."""
    most = rule_or_oldest("hours.most_weekly_hours", on)
    if hours <= 0:
        return [Refusal("Un contrat compte plus de 0 heure par semaine")]
    if hours > value_or_oldest(most.name, on):
        return [Refusal(f"Un CDDI compte au plus {most.value} heures par semaine", most.source)]
    least = least_weekly_hours(programme, derogations, on)
    if hours < least:
        name = "hours.phc_least_weekly_hours" if least < _usual(on) else "hours.least_weekly_hours"
        return [
            Refusal(
                f"Un CDDI compte au moins {least} heures par semaine : en dessous, il faut une dérogation du préfet",
                rule_or_oldest(name, on).source,
            )
        ]
    return []


def derogation_until(kind: DerogationKind, first_day: date) -> date:
    """The last day that a derogation may reach: six months before September 2021, twelve since.

    :raises NoRule: there was no derogation of that kind on that day.
    """
    return last_day_of(first_day, value(_LENGTH[kind], first_day))


def report_due_on(derogation: Derogation) -> date | None:
    """The day by which a collective derogation is reported on, each year; None for an individual one."""
    if derogation.kind is not DerogationKind.COLLECTIVE:
        return None
    months = value_or_oldest("hours.collective_report_months", derogation.first_day)
    return last_day_of(derogation.first_day, months)


def check_derogation(derogation: Derogation) -> list[Refusal]:
    """Whether the prefect may grant a derogation so long. An extension, after a review, is its own derogation."""
    if derogation.last_day < derogation.first_day:
        return [Refusal("La fin de la dérogation vient avant son début : l’une des deux dates est à corriger")]
    try:
        until = derogation_until(derogation.kind, derogation.first_day)
    except NoRule:
        day = said_in_full(derogation.first_day)
        return [Refusal(f"{derogation.kind.label} : cette possibilité n’existait pas encore le {day}")]
    if derogation.last_day > until:
        row = rule(_LENGTH[derogation.kind], derogation.first_day)
        months = months_said(value(row.name, derogation.first_day))
        sentence = f"Une dérogation dure au plus {months}, ici jusqu’au {said_in_full(until)} : un bilan la prolonge"
        return [Refusal(sentence, row.source)]
    return []


def _usual(on: date) -> int:
    return value_or_oldest("hours.least_weekly_hours", on)
