"""Where each paper and right of a person stands: what is noted, until when, what is to be done next and by when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from convergence.rules.alerts import Alert as Asked
from convergence.rules.alerts import is_over, stage
from convergence.rules.calendars import all_calendars
from convergence.situations.models import Situation
from convergence.support.alerts import alert_of
from convergence.support.models import Alert
from convergence.support.rights.models import RightAct
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.vocabulary.right_acts import RightAct as Act
from convergence.vocabulary.situations import ASPECTS, Aspect

PAPERS = (
    "identity_document",
    "residence_permit",
    "right_to_work",
    "domiciliation",
    "health_cover",
    "rsa",
    "in_work_benefit",
    "ass",
    "housing_aid",
    "rqth",
    "aah",
    "mdph",
    "tax_return",
    "social_housing",
    "siao",
    "dalo",
    "priority_label",
    "bank_account",
    "protection",
    "debt_file",
)
"""Aspects that are papers and rights, in the order in which they are listed."""


UNTIL_NOTED = frozenset(row.kind for row in all_calendars() if row.counted == "last act")


@dataclass(frozen=True)
class NextAct:
    """What is to be done next.

    :param more: how, where what is to be done has a name of its own.
    :param act: what one touch notes as done; None where the situation itself is to be noted anew.
    :param occurrence: the time that it settles.
    """

    label: str
    more: str
    begins_on: date
    due_on: date
    act: Act | None
    occurrence: date


@dataclass(frozen=True)
class RightLine:
    """One paper or right. ``fact`` is None where nothing is noted but something is asked; ``last``: last act."""

    aspect: Aspect
    fact: Situation | None
    next_acts: list[NextAct]
    last: RightAct | None


def rights_of(person_id: int, read: Collection[str], today: date) -> tuple[list[RightLine], list[Aspect]]:
    """(papers and rights of which something is noted or asked, those of which nothing is); three queries.

    :param read: the compartments that the actor reads.
    """
    running = {
        fact.aspect: fact
        for fact in Situation.objects.current().valid_on(today).filter(person_id=person_id, aspect__in=PAPERS)
    }
    asked: dict[str, list[Asked]] = {}
    for row in Alert.objects.filter(person_id=person_id).order_by("begins_on", "due_on", "kind"):
        alert = alert_of(row)
        about = alert.about.get("aspect") or alert.about.get("right")
        # What is counted from the last act may be noted at any time, however long ago that was.
        if about and (alert.kind in UNTIL_NOTED or not is_over(alert, today)):
            asked.setdefault(about, []).append(alert)
    last: dict[str, RightAct] = {}
    for done in RightAct.objects.current().filter(person_id=person_id).order_by("done_on", "pk"):
        last[RIGHT_ACTS[done.act].aspect] = done
    lines, silent = [], []
    for code in PAPERS:
        aspect = ASPECTS[code]
        if aspect.compartment.value not in read:
            continue
        if code in running or code in asked:
            acts = _first_of_each(asked.get(code, []), today)
            lines.append(RightLine(aspect, running.get(code), acts, last.get(code)))
        else:
            silent.append(aspect)
    return lines, silent


def _first_of_each(alerts: list[Asked], today: date) -> list[NextAct]:
    """The next time of each kind of act, the earliest first."""
    first: dict[str, NextAct] = {}
    for alert in alerts:
        now = stage(alert, today)
        act = RIGHT_ACTS.get(alert.kind)
        label, more = (f"{act.label[:1].upper()}{act.label[1:]}", now.do) if act else (now.do, "")
        first.setdefault(alert.kind, NextAct(label, more, alert.begins_on, now.due, act, alert.on))
    return list(first.values())
