"""What the path page says in sentences: which clock binds first, and what is to be decided, by when and by whom."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from convergence.rules.clocks import Reading
from convergence.rules.decisions import Decision
from convergence.vocabulary.decisions import ClockName, DecisionKind
from convergence.web.templatetags.display import day

THE = {
    ClockName.PASS: "Le PASS IAE",
    ClockName.CDDI: "Le CDDI",
    ClockName.CONVERGENCE: "Convergence",
}


def binding_said(reading: Reading) -> str:
    """« Le CDDI est le premier à prendre fin : le 14 mars 2027. »; empty where no clock runs."""
    clock = reading.binds
    if clock is None or clock.last_day is None:
        return ""
    return _("%(clock)s est le premier à prendre fin : le %(day)s.") % {
        "clock": THE[clock.name],
        "day": day(clock.last_day),
    }


def first_decision(reading: Reading, ahead: list[Decision]) -> Decision | None:
    """The decision that what binds first calls for; else the first of all."""
    clock = reading.binds
    of_the_clock = [decision for decision in ahead if clock is not None and decision.clock is clock.name]
    return next(iter([*of_the_clock, *ahead]), None)


def decision_called_for(decision: Decision, today: date) -> str:
    """« Décision à préparer avant le 14 décembre 2026 (insertion professionnelle). »"""
    who = decision.prepared_by.label.lower()
    if decision.start_by < today:
        return _("%(what)s : à préparer sans attendre, avant le %(day)s (%(who)s).") % {
            "what": decision.kind.label,
            "day": day(decision.decide_by),
            "who": who,
        }
    return _("%(what)s : décision à préparer avant le %(day)s (%(who)s).") % {
        "what": decision.kind.label,
        "day": day(decision.start_by),
        "who": who,
    }


def in_one_line(reading: Reading, ahead: list[Decision]) -> str:
    """What binds first and what it calls for; empty where no clock runs."""
    said = binding_said(reading)
    decision = first_decision(reading, ahead)
    return f"{said} {decision_called_for(decision, reading.on)}" if said and decision else said


@dataclass(frozen=True)
class Ahead:
    """A decision as the page lists it, and the name of the address where it is prepared, if any."""

    decision: Decision
    said: str
    form: str


FORMS = {
    DecisionKind.EXTEND_PASS: "extend-pass",
    DecisionKind.EXTEND_CDDI: "extend-cddi",
    DecisionKind.RENEW_CONTRACT: "renew-contract",
    DecisionKind.END_SUSPENDED_PASS: "end-pass",
}
