"""Recording decisions: judged by ``rules`` before they are written, corrected as versions.

Every function raises ``Refused`` with the rules' own sentence, and ``ChangedMeanwhile`` where another version stands
than the one that the form showed.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.pathways.clocks import employer_key, path_of
from convergence.pathways.decisions.judging import refuse, refuse_unless_happened, standing
from convergence.pathways.models import Contract, Extension, HoursDerogation, Pass, Suspension
from convergence.pathways.recording import Terms, sign
from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import Refused
from convergence.rules import path as rules
from convergence.rules.decisions import decisions
from convergence.rules.french import said_in_full
from convergence.rules.hours import check_derogation, check_hours
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.pass_clock import PassClock, pass_clock
from convergence.rules.path import COUNTED, STRUCTURE_OF
from convergence.rules.periods import Period
from convergence.rules.refusals import (
    Refusal,
    check_answer,
    check_contract,
    check_extension,
    check_new_pass,
    check_overlap,
    check_renewal,
    check_suspension,
    renews,
)
from convergence.rules.spans import add_months
from convergence.territories.periods import days, last_day
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.decisions import Approver, ClockName, DecisionKind, DecisionState, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason

# The PASS -----------------------------------------------------------------------------------------


@transaction.atomic
def note_pass(person_id: int, first_day: date, number: str = "", *, by_prescriber: bool = False) -> Pass:
    """Note the PASS from its first day; a second one only after the waiting period, or through a prescriber."""
    hold(person_id)
    path = path_of(person_id)
    refuse(check_new_pass(path, first_day, by_prescriber=by_prescriber) if path.passes else ())
    noted = Pass(person_id=person_id, number=number, valid=days(first_day, None))
    noted.save(force_insert=True)
    return noted


@transaction.atomic
def end_pass(person_id: int, on: date, today: date) -> Pass:
    """End the PASS of somebody suspended for twelve months, the person being notified on that day."""
    hold(person_id)
    _never_to_come(on, today)
    path = path_of(person_id)
    running_pass(path, on)
    lawful = [each for each in decisions(path, on) if each.kind is DecisionKind.END_SUSPENDED_PASS]
    if not any(each.opens_on <= on <= each.closes_on for each in lawful):
        opens = [f" : à partir du {said_in_full(each.opens_on)}" for each in lawful][:1]
        source = rule_or_oldest("suspension.may_end_pass_after_months", on).source
        refuse([Refusal(f"Un PASS prend fin après 12 mois de suspension d’affilée{''.join(opens)}", source)])
    begins = max(one.first_day for one in path.passes if one.first_day <= on)
    ours = Pass.objects.current().filter(person_id=person_id, valid__startswith=begins).first()
    if ours is not None:
        return revise(ours, valid=days(begins, on))
    ended = Pass(person_id=person_id, valid=days(begins, on))
    ended.save(force_insert=True)
    return ended


@dataclass(frozen=True)
class Stop:
    """A suspension as declared, first and last day included."""

    reason: SuspensionReason
    first_day: date
    last_day: date
    declared_on: date
    declared_by: Approver


@transaction.atomic
def suspend(person_id: int, stop: Stop, today: date) -> Suspension:
    """Declare a suspension of the PASS."""
    hold(person_id)
    _judge_stop(path_of(person_id), stop, today)
    declared = Suspension(person_id=person_id, **_stop_columns(stop))
    declared.save(force_insert=True)
    return declared


@transaction.atomic
def amend_suspension(suspension: Suspension, stop: Stop, seen_version: str, today: date) -> Suspension:
    """Correct or end a suspension; the earlier version stays readable."""
    hold(suspension.person_id)
    current = standing(suspension, seen_version)
    _judge_stop(path_of(current.person_id, without=current.series), stop, today)
    return revise(current, **_stop_columns(stop))


def _judge_stop(path: rules.Path, stop: Stop, today: date) -> None:
    if stop.declared_on > today:
        raise Refused(_("La date de la déclaration est à venir : notez-la le jour où elle est faite."))
    proposed = rules.Suspension(stop.first_day, stop.last_day, stop.reason, stop.declared_on)
    refuse(check_suspension(path, proposed, today))


def _stop_columns(stop: Stop) -> dict[str, object]:
    return {
        "reason": stop.reason.value,
        "valid": days(stop.first_day, stop.last_day),
        "declared_on": stop.declared_on,
        "declared_by": stop.declared_by.value,
    }


# Extensions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demand:
    """What is asked for: a PASS or a CDDI that goes on, on one ground, up to a day.

    :param training_ends_on: of the training to be completed, where that is the ground.
    """

    clock: ClockName
    motive: ExtensionMotive
    approver: Approver
    until: date
    training_ends_on: date | None = None


@transaction.atomic
def prepare(person_id: int, demand: Demand, today: date) -> Extension:
    """Draft a demand; it may be prepared before the day from which it can be asked for."""
    hold(person_id)
    path = path_of(person_id)
    length = _judge(path, demand, max(today, _opens(path, demand, today)))
    draft = Extension(person_id=person_id, state=DecisionState.DRAFT.value, **_demand_columns(demand, length))
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def ask(extension: Extension, asked_on: date, seen_version: str, today: date) -> Extension:
    """Note that the demand was sent."""
    hold(extension.person_id)
    current = standing(extension, seen_version)
    _never_to_come(asked_on, today)
    if current.state != DecisionState.DRAFT:
        raise Refused(_("Cette demande est déjà envoyée."))
    length = _judge(path_of(current.person_id, without=current.series), demand_of(current), asked_on)
    return revise(current, state=DecisionState.ASKED.value, asked_on=asked_on, days=length)


@transaction.atomic
def grant(extension: Extension, decided_on: date, until: date, seen_version: str, today: date) -> Extension:
    """Note that it was granted, up to a day that may be nearer than the one asked for."""
    current = _answered(extension, decided_on, seen_version, today)
    granted = replace(demand_of(current), until=until)
    length = _judge(path_of(current.person_id, without=current.series), granted, current.asked_on or decided_on)
    return revise(current, state=DecisionState.GRANTED.value, decided_on=decided_on, **_demand_columns(granted, length))


@transaction.atomic
def reject(
    extension: Extension, decided_on: date, notified_on: date | None, reason: str, seen_version: str, today: date
) -> Extension:
    """Note that it was refused, why, and since when that is known for certain."""
    current = _answered(extension, decided_on, seen_version, today)
    answer = rules.Extension(
        ExtensionMotive(current.motive),
        current.days or 0,
        DecisionState.REFUSED,
        asked_on=current.asked_on,
        decided_on=decided_on,
        notified_on=notified_on,
    )
    refuse(check_answer(answer, reasoned=bool(reason.strip())))
    if notified_on is not None:
        _never_to_come(notified_on, today)
    return revise(
        current,
        state=DecisionState.REFUSED.value,
        decided_on=decided_on,
        notified_on=notified_on,
        reason=reason,
    )


def _answered(extension: Extension, decided_on: date, seen_version: str, today: date) -> Extension:
    hold(extension.person_id)
    current = standing(extension, seen_version)
    _never_to_come(decided_on, today)
    alone = current.approver == Approver.EMPLOYER and current.state == DecisionState.DRAFT
    if current.state != DecisionState.ASKED and not alone:
        raise Refused(_("Cette demande n’attend pas de réponse : elle est à envoyer d’abord, ou déjà décidée."))
    if current.asked_on is not None and decided_on < current.asked_on:
        raise Refused(_("La décision ne peut pas venir avant la demande."))
    return current


def _never_to_come(day: date, today: date) -> None:
    if day > today:
        raise Refused(_("Cette date est à venir : notez ce qui s’est passé le jour où cela a lieu."))


def demand_of(row: Extension) -> Demand:
    """What a recorded demand asks for."""
    return Demand(
        ClockName(row.clock), ExtensionMotive(row.motive), Approver(row.approver), row.until, row.training_ends_on
    )


def _demand_columns(demand: Demand, length: int | None) -> dict[str, object]:
    return {
        "clock": demand.clock.value,
        "motive": demand.motive.value,
        "approver": demand.approver.value,
        "until": demand.until,
        "days": length,
        "training_ends_on": demand.training_ends_on,
    }


def running_pass(path: rules.Path, on: date) -> PassClock:
    """:raises Refused: no PASS is noted."""
    clock = pass_clock(path, on)
    if clock is None:
        raise Refused(_("Aucun PASS IAE n’est noté : il est à noter avant de le prolonger."))
    return clock


def _opens(path: rules.Path, demand: Demand, today: date) -> date:
    """The day from which a demand may be sent: a draft is judged as on that day."""
    if demand.clock is not ClockName.PASS:
        return today
    end = running_pass(path, today).end
    return add_months(end, -value_or_oldest("extension.opens_months_before", end))


def _judge(path: rules.Path, demand: Demand, asked_on: date) -> int | None:
    """The days that the demand adds to a PASS, None for a CDDI; whatever stands against it is raised."""
    if demand.training_ends_on is not None:
        training = Period(date.min, demand.training_ends_on)
        path = replace(path, trainings=(*path.trainings, training))
    if demand.clock is ClockName.CDDI:
        renewal = rules.Renewal(demand.motive, demand.until, asked_on=asked_on, approver=demand.approver)
        refuse(check_renewal(path, renewal, asked_on))
        return None
    length = (demand.until - running_pass(path, asked_on).end).days
    refuse(check_extension(path, rules.Extension(demand.motive, length, asked_on=asked_on), asked_on))
    return length


# Hours and contracts ------------------------------------------------------------------------------


@transaction.atomic
def derogate(
    person_id: int, kind: DerogationKind, first_day: date, until: date, weekly_hours: Decimal
) -> HoursDerogation:
    """Note leave to work less than twenty hours a week."""
    hold(person_id)
    refuse(check_derogation(rules.Derogation(kind, first_day, until)))
    granted = HoursDerogation(
        person_id=person_id, kind=kind.value, weekly_hours=weekly_hours, valid=days(first_day, until)
    )
    granted.save(force_insert=True)
    return granted


@transaction.atomic
def renew(person_id: int, terms: Terms, today: date, *, happened: bool = False) -> Contract:
    """Sign a contract, the first or the one that follows, within the three clocks and the lawful hours.

    A hiring ends the suspension of the PASS under way, the day before: both are written or neither.

    :param happened: it was signed so and has begun, whatever the clocks say; it never runs beside another, though.
    """
    hold(person_id)
    path = path_of(person_id)
    proposed = as_signed(terms)
    refuse(check_overlap(path, proposed))
    refuse_elsewhere(person_id, terms)
    found = check_contract(path, proposed, today)
    if proposed.kind is ContractKind.CDDI and proposed.weekly_hours is not None:
        found += check_hours(proposed.weekly_hours, proposed.programme, path.derogations, terms.starts)
    refuse_unless_happened(found, terms.starts, today, happened=happened)
    for stop in suspensions_ended_by(person_id, terms):
        _end_the_day_before(stop, terms.starts)
    return sign(person_id, terms)


def suspensions_ended_by(person_id: int, terms: Terms) -> list[Suspension]:
    """The suspension under way that a hiring would end, if any; a renewal ends none."""
    signed = as_signed(terms)
    if signed.kind not in STRUCTURE_OF or renews(path_of(person_id), signed):
        return []
    running = Suspension.objects.current().valid_on(terms.starts)
    return list(running.filter(person_id=person_id))


def _end_the_day_before(stop: Suspension, day: date) -> None:
    """A suspension that would begin on that very day never was one."""
    if stop.starts == day:
        withdraw(stop)
    else:
        revise(stop, valid=days(stop.starts, day - timedelta(days=1)))


def refuse_overlap(person_id: int, terms: Terms, *, replacing: Contract | None = None) -> None:
    """:raises Refused: another contract of work integration runs meanwhile, here or where the reader may not look."""
    path = path_of(person_id, without=replacing.series if replacing else None)
    refuse(check_overlap(path, as_signed(terms)))
    refuse_elsewhere(person_id, terms)


def refuse_elsewhere(person_id: int, terms: Terms) -> None:
    """:raises Refused: such a contract runs in another file of the person; nobody and no place is named."""
    if as_signed(terms).kind not in COUNTED:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT contract_runs_elsewhere(%s, %s)", [person_id, terms.valid])
        runs = cursor.fetchone()[0]
    if runs:
        raise Refused(
            _("Un autre contrat d’insertion court déjà à ces dates, ailleurs : voyez avec la personne lequel s’arrête.")
        )


def as_signed(terms: Terms) -> rules.Contract:
    """A contract's terms as the rules judge them."""
    return rules.Contract(
        kind=ContractKind(terms.kind),
        first_day=terms.starts,
        last_day=terms.last_day,
        employer=employer_key(terms.site_id, terms.employer),
        programme=Programme(terms.programme or Programme.NONE),
        weekly_hours=terms.weekly_hours,
        recruited_directly=bool(terms.recruited_directly),
        exempt_from_minimum=bool(terms.exempt_from_minimum),
    )


def following(contract: Contract) -> date | None:
    """The day after a contract's term, on which its renewal begins; None for one without a term."""
    ends = last_day(contract.valid)
    return ends + timedelta(days=1) if ends else None
