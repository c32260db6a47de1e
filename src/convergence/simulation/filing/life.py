"""What the team learns and says: situations, needs, contacts, notes."""

from datetime import date

import numpy as np

from convergence.simulation import keeping
from convergence.simulation.filing.desk import Desk, Places, Records, Written, codes_of, joined, nothing, rows_of
from convergence.simulation.moments import (
    NEVER,
    Days,
    Moments,
    at_work,
    followed_by,
    later,
    one_after_the_other,
    worked,
)
from convergence.simulation.words import draw_details, draw_goals, draw_notes, draw_reasons
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.situations import ASPECTS

_CORRECTED, _DOUBTFUL, _EXPLAINED = 0.025, 0.03, 0.2
_NOTED = 0.3
"""Share of meetings after which somebody writes a few words."""
_EXPECTED, _AHEAD = 0.3, 12
"""Share of people who have an appointment in the coming days, and how many those are."""
_FIRST_HOUR = 9 * 60


def situations(desk: Desk) -> Records:
    """Facts, some of them first noted wrongly; the end of one is learnt with what comes after it."""
    rng = desk.rng
    table, person = desk.about("situations")
    kept = np.flatnonzero((person >= 0) & (table["recorded_on"] <= desk.last))
    kept = kept[np.lexsort((table["since"][kept], table["aspect"][kept], person[kept]))]
    table, person = rows_of(table, kept), person[kept]
    line = person * len(ASPECTS) + table["aspect"]
    began = one_after_the_other(line, desk.known(np.maximum(table["recorded_on"], desk.entered[person])))
    until = table["until"]
    ended = followed_by(line, began)
    alone = np.isnat(ended) & ~np.isnat(until) & (until <= desk.last)
    ended[alone] = np.maximum(desk.known(until)[alone], began[alone] + 5)
    foreseen = np.where(np.isnat(ended), until, NEVER)
    aspects, values = codes_of(table, "aspect"), codes_of(table, "value")
    mistaken, corrected = _mistakes(desk, began, ended)
    first = np.where(np.isnat(corrected), began, corrected)
    told = desk.told(
        person,
        table["since"],
        foreseen,
        until,
        first,
        ended,
        aspect=aspects,
        value=values,
        missing=codes_of(table, "missing"),
        expires_on=table["expires_on"],
        doubtful=(rng.random(len(kept)) < _DOUBTFUL) & (values != ""),
        detail=draw_details(rng, aspects),
    )
    wrong = np.array([_another(rng, aspects[fact]) for fact in mistaken], dtype=object)
    who, at = person[mistaken], began[mistaken]
    empty = np.full(len(mistaken), "", dtype=object)
    before = Records(
        who,
        mistaken,
        table["since"][mistaken],
        np.full(len(mistaken), NEVER, dtype="datetime64[D]"),
        Written(at, corrected[mistaken], desk.authors.on(who, at)),
        {
            "aspect": aspects[mistaken],
            "value": wrong,
            "missing": empty,
            "expires_on": table["expires_on"][mistaken],
            "doubtful": np.zeros(len(mistaken), dtype=bool),
            "detail": empty,
        },
    )
    return joined(before, told)


def right_acts(desk: Desk, situations: Records) -> Records:
    """The last thing done for each right that stands and is kept by doing something again."""
    standing = np.flatnonzero(np.isnat(situations.written.closed) & np.isnat(situations.until))
    standing = standing[situations.since[standing] <= desk.last]
    about = situations.about
    acts = keeping.kept(
        desk.rng,
        about["aspect"][standing],
        about["value"][standing],
        situations.since[standing],
        desk.last.astype(date),
    )
    who = situations.person[standing][acts.right]
    noted = desk.known(np.maximum(acts.done_on, desk.entered[who]))
    written = Written(noted, nothing(noted), desk.authors.on(who, noted))
    return desk.once(who, acts.done_on, written, act=acts.act, occurrence=acts.occurrence)


def _mistakes(desk: Desk, began: Moments, ended: Moments) -> tuple[Places, Moments]:
    """Facts that were first noted wrongly, and when each of all facts was corrected (NaT for most)."""
    rng = desk.rng
    corrected = at_work(rng, later(rng, began.astype("datetime64[D]"), 3, 20))
    seen = (rng.random(len(began)) < _CORRECTED) & (corrected > began) & (corrected < desk.last + 1)
    seen &= np.isnat(ended) | (ended > corrected)
    return np.flatnonzero(seen), np.where(seen, corrected, NEVER).astype("datetime64[m]")


def needs(desk: Desk) -> Records:
    """Ratings; a review that found a need as it was leaves the rating as it stood."""
    rng = desk.rng
    table, person = desk.about("needs")
    kept = np.flatnonzero((person >= 0) & (table["reviewed_on"] <= desk.last))
    kept = kept[np.lexsort((table["reviewed_on"][kept], table["need"][kept], person[kept]))]
    table, person = rows_of(table, kept), person[kept]
    line = person * len(table.codes["need"]) + table["need"]
    told = (table["level"].astype(np.int64) << 8) + table["missing"]
    changed = np.flatnonzero(np.r_[True, (line[1:] != line[:-1]) | (told[1:] != told[:-1])][: len(line)])
    table, person, line = rows_of(table, changed), person[changed], line[changed]
    since = table["reviewed_on"]
    began = one_after_the_other(line, desk.known(np.maximum(since, desk.entered[person])))
    none = np.full(len(since), NEVER, dtype="datetime64[D]")
    explained = rng.random(len(since)) < _EXPLAINED
    return desk.told(
        person,
        since,
        none,
        followed_by(line, since),
        began,
        followed_by(line, began),
        need=codes_of(table, "need"),
        level=table["level"],
        missing=codes_of(table, "missing"),
        reason=np.where(explained & (table["level"] >= 0), draw_reasons(rng, table["level"]), ""),
    )


def goals(desk: Desk) -> Records:
    """What was agreed with the person, in her words, until it is settled."""
    table, person = desk.about("goals")
    kept = np.flatnonzero((person >= 0) & (table["agreed_on"] <= desk.last))
    table, who = rows_of(table, kept), person[kept]
    closed = table["closed_on"] <= desk.last
    until = np.where(closed, table["closed_on"] + 1, NEVER)
    began = desk.known(table["agreed_on"])
    at = np.where(closed, np.maximum(desk.known(np.where(closed, table["closed_on"], desk.last)), began + 5), began)
    domains = codes_of(table, "domain")
    return Records(
        who,
        np.arange(len(kept)),
        table["agreed_on"],
        until,
        Written(at, nothing(at), desk.authors.on(who, at)),
        {
            "domain": domains,
            "result": np.where(closed, codes_of(table, "result"), ""),
            "words": draw_goals(desk.rng, domains),
        },
    )


def contacts(desk: Desk) -> Records:
    """Times when somebody met the person, or tried to."""
    table, person = desk.about("interviews")
    kinds = codes_of(table, "kind")
    # A workshop is a time when the person was met; what referents say to one another is not.
    kinds[kinds == SessionKind.GROUP_WORKSHOP.value] = ContactKind.MEETING.value
    kept = np.flatnonzero(
        (person >= 0)
        & (table["day"] <= desk.last)
        & np.isin(kinds, [kind.value for kind in ContactKind])
        & ((table["reached"] == 1) | np.isin(kinds, [kind.value for kind in ContactKind if not kind.reached]))
    )
    days, who = table["day"][kept], person[kept]
    at = desk.known(days)
    return desk.once(who, days, Written(at, nothing(at), desk.authors.on(who, days)), kind=kinds[kept])


def appointments(desk: Desk, followed: Places) -> Records:
    """Some of the coming days' interviews, with whoever follows the person; ``starts_at`` by the clock of the place.

    :param followed: people whom a site supports.
    """
    who = followed[desk.rng.random(len(followed)) < _EXPECTED]
    days = worked(desk.last + 1 + desk.rng.integers(0, _AHEAD, len(who)))
    days = np.maximum(days, worked(np.array([desk.last + 3]))[0])
    at = desk.known(np.full(len(who), desk.last))
    by = desk.authors.on(who, days)
    half_hours = desk.rng.integers(0, 15, len(who))
    starts = days.astype("datetime64[m]") + (_FIRST_HOUR + 30 * half_hours).astype("timedelta64[m]")
    return desk.once(who, days, Written(at, nothing(at), by), starts_at=starts, colleague=by)


def notes(desk: Desk, contacts: Records, worked_until: Days) -> Records:
    """A few words after some of the contacts.

    :param worked_until: the day after each person\'s last contract.
    """
    rng = desk.rng
    reached = np.isin(contacts.about["kind"], [kind.value for kind in ContactKind if kind.reached])
    noted = np.flatnonzero(reached & (rng.random(len(reached)) < _NOTED))
    who, days = contacts.person[noted], contacts.since[noted]
    compartments, bodies = draw_notes(rng, days, working=days < worked_until[who])
    at, closed, by = contacts.written
    written = Written(at[noted], closed[noted], by[noted])
    return desk.once(who, days, written, compartment=compartments, body=bodies)


def _another(rng: np.random.Generator, aspect: str) -> str:
    values = list(ASPECTS[aspect].values)
    return values[int(rng.integers(0, len(values)))].value
