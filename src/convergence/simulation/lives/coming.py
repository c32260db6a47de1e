"""How people come: who sent them, and what became of each candidacy."""

import numpy as np

from convergence.simulation.lives.calendar import NEVER, dates
from convergence.simulation.lives.chance import happens, pick, soon
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.people import People
from convergence.simulation.parameters import NEVER_HIRED
from convergence.simulation.tables import SCHEMA, Table, table
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer
from convergence.vocabulary.structures import Scheme

_SPONTANEOUS = list(Referrer).index(Referrer.SPONTANEOUS)
_OUTCOMES = np.array([list(CandidacyOutcome).index(outcome) for outcome in NEVER_HIRED])
_HIRED, _WAITING, _NEVER_CAME = (
    list(CandidacyOutcome).index(each)
    for each in (CandidacyOutcome.HIRED, CandidacyOutcome.WAITING, CandidacyOutcome.NEVER_CAME)
)
_NO_SITE = list(Scheme).index(Scheme.NONE)
_FORGOTTEN = 365
"""Days after which somebody who waits without an answer is taken for somebody who never came."""


def coming_tables(context: Context, people: People) -> dict[str, Table]:
    """The tables ``orientations`` and ``candidacies``: one candidacy for each person, most of them oriented."""
    rng, entry = context.stream("coming"), context.parameters.entry
    n = len(people)
    listed = context.scheme[people.site] == _NO_SITE
    hired = (np.arange(n) < people.hired) & ~listed
    opened = np.where(hired, soon(rng, people.entered, -90, -8), people.entered)
    outcome = np.where(hired, _HIRED, _OUTCOMES[pick(rng, entry.never_hired, n)])
    outcome = np.where(listed, _WAITING, outcome)
    outcome = np.where((outcome == _WAITING) & ~listed & (context.last - opened > _FORGOTTEN), _NEVER_CAME, outcome)
    before_hiring = np.maximum(soon(rng, people.entered, -15, -1), opened)
    decided = np.where(hired, before_hiring, soon(rng, opened, 7, 60))
    waits = soon(rng, opened, 3, 20)
    waiting = ((decided - opened > 30) & happens(rng, 0.6, n)) | (outcome == _WAITING)
    waiting &= (waits <= context.last) & (waits <= decided)
    undecided = (decided > context.last) | (outcome == _WAITING)
    outcome = np.where(undecided, _WAITING, outcome)
    oriented = (people.referred_by != _SPONTANEOUS) & happens(rng, entry.oriented, n)
    sent = np.minimum(soon(rng, opened, -12, 0), opened)
    row = np.nonzero(oriented)[0]
    orientation = np.full(n, -1)
    orientation[row] = np.arange(len(row))
    return {
        "orientations": table(
            SCHEMA["orientations"],
            {
                "orientation": context.keys(len(row)),
                "person": context.key(row),
                "site": people.site[row] + 1,
                "sent_on": dates(sent[row]),
                "sender": people.referred_by[row],
            },
        ),
        "candidacies": table(
            SCHEMA["candidacies"],
            {
                "candidacy": context.keys(n),
                "orientation": context.key(orientation),
                "person": context.keys(n),
                "site": people.site + 1,
                "opened_on": dates(opened),
                "waiting_since": dates(np.where(waiting, waits, NEVER)),
                "outcome": outcome,
                "decided_on": dates(np.where(undecided, NEVER, decided)),
            },
        ),
    }
