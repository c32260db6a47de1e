"""Clocks and decisions as people read them: one sentence each, with the article."""

from datetime import date

from convergence.rules.decisions import Decision
from convergence.rules.french import days_said, said_in_full
from convergence.rules.pass_clock import Clock
from convergence.vocabulary.decisions import DecisionState


def clock_said(clock: Clock) -> str:
    """« PASS IAE : encore 646 jours, jusqu’au 30 août 2028. »"""
    name = clock.name.label
    if clock.last_day is None:
        return f"{name} : en attente d’un contrat, encore {days_said(clock.left)}."
    if not clock.running:
        return f"{name} : fini le {said_in_full(clock.last_day)}."
    if not clock.left:
        return f"{name} : dernier jour, le {said_in_full(clock.last_day)}."
    return f"{name} : encore {days_said(clock.left)}, jusqu’au {said_in_full(clock.last_day)}."


def decision_said(decision: Decision, on: date) -> str:
    """What is to be decided, before when, by whom, and the days between which it is asked for."""
    what = f"{decision.kind.label} avant le {said_in_full(decision.decide_by)}"
    if decision.motive is not None:
        what += f", motif « {decision.motive.label} »"
    parts = [what]
    if decision.state is DecisionState.ASKED:
        parts.append("demande en attente de réponse")
    elif decision.state is DecisionState.REFUSED:
        parts.append("demande refusée, une autre peut être faite")
    elif decision.opens_on > on:
        parts.append(f"à demander entre le {said_in_full(decision.opens_on)} et le {said_in_full(decision.closes_on)}")
    elif decision.closes_on != decision.decide_by:
        parts.append(f"à demander d’ici au {said_in_full(decision.closes_on)}")
    if decision.start_by >= on:
        parts.append(f"à préparer au plus tard à partir du {said_in_full(decision.start_by)}")
    elif decision.state is None:
        parts.append("à préparer sans attendre")
    if decision.approvers:
        parts.append("décision : " + " ou ".join(approver.label.lower() for approver in decision.approvers))
    return f"{' ; '.join(parts)} ({decision.source})."
