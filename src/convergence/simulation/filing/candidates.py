"""How people came: candidacies, what was decided of each, and the candidates whom nobody has hired."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.rules.retention import kept_until
from convergence.simulation.filing.desk import Desk, Places, Records, codes_of, rows_of
from convergence.simulation.following import places
from convergence.simulation.moments import NEVER, Days
from convergence.simulation.tables import Table
from convergence.simulation.teams import Team
from convergence.simulation.words import draw_refusals
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer

_CLOSING = (CandidacyOutcome.REFUSED_BY_SITE, CandidacyOutcome.REFUSED_BY_PERSON, CandidacyOutcome.NEVER_CAME)


class Candidates(NamedTuple):
    """Those whom nobody has hired and whose candidacy is still read.

    ``people``: their growing keys; ``rows``: theirs in the table of people; ``since``: when they were sent; ``by``: the
    mission that received each.
    """

    people: Places
    rows: Places
    since: Days
    by: Places


def unhired(tables: dict[str, Table], teams: dict[int, Team], last: np.datetime64, hired: Places) -> Candidates:
    """Candidates of the sites with a team, but ``hired`` (rows of people).

    A candidacy closed too long ago is left out: it is no longer kept.
    """
    people, table = tables["people"], tables["candidacies"]
    row = places(people["person"], table["person"])
    kept = np.flatnonzero(
        np.isin(table["site"], list(teams)) & (table["opened_on"] <= last) & (row >= 0) & ~np.isin(row, hired)
    )
    closed: list[date | None] = _closed(rows_of(table, kept), last).tolist()
    today = last.astype(date)
    kept = kept[[day is None or kept_until("candidacy", day) >= today for day in closed]]
    since = table["opened_on"][kept]
    return Candidates(table["person"][kept], row[kept], since, _received(teams, table["site"][kept], since))


def candidacies(desk: Desk, teams: dict[int, Team], followed: Places, never: Candidates) -> dict[str, Records]:
    """Candidacies of the people followed and, after them, of the candidates; ``candidacy`` is a fact of the first.

    :param followed: growing keys of the people followed, who come first in the block.
    """
    table = desk.tables["candidacies"]
    person = places(followed, table["person"])
    candidate = places(never.people, table["person"])
    person = np.where(person < 0, np.where(candidate < 0, -1, len(followed) + candidate), person)
    here = (person >= 0) & np.isin(table["site"], list(teams)) & (table["opened_on"] <= desk.last)
    kept = np.flatnonzero(here)
    table, person = rows_of(table, kept), person[kept]
    opened, outcome = table["opened_on"], codes_of(table, "outcome")
    closed = _closed(table, desk.last)
    started = np.where(person < len(followed), desk.entered[np.minimum(person, len(followed) - 1)], NEVER)
    opened = np.where(started < opened, started, opened)
    ended = np.where(np.isnat(started), closed, started)
    none = np.full(len(kept), NEVER, dtype="datetime64[D]")
    by = _received(teams, table["site"], opened)
    began = desk.known(opened)
    learnt = desk.learnt(np.where(ended <= desk.last, ended, NEVER), began)
    read_until = np.array(
        [None if day is None else kept_until("candidacy", day) for day in closed.tolist()], dtype="datetime64[D]"
    )
    return {
        "candidates": desk.told(
            person,
            opened,
            none,
            np.where(np.isnat(started), read_until + 1, np.maximum(started, opened + 1)),
            began,
            learnt,
            by=by,
            site=table["site"],
            closed_from=closed + 1,
        ),
        "candidacies": desk.told(
            person, opened, none, ended + 1, began, learnt, by=by, site=table["site"], referrer=_referrers(desk, table)
        ),
        "candidacy_decisions": _decisions(desk, table, person, opened, outcome, by),
    }


def _decisions(desk: Desk, table: Table, person: Places, opened: Days, outcome: NDArray[Any], by: Places) -> Records:
    """A spell of waiting for some, then what was decided."""
    decided = np.where(outcome == CandidacyOutcome.WAITING.value, NEVER, table["decided_on"])
    decided = np.where(decided > desk.last, NEVER, np.maximum(decided, opened))
    waiting = np.maximum(table["waiting_since"], opened)
    waits = np.flatnonzero(~np.isnat(waiting) & (np.isnat(decided) | (waiting < decided)) & (waiting <= desk.last))
    settled = np.flatnonzero(~np.isnat(decided))
    fact = np.r_[waits, settled]
    since, until = np.r_[waiting[waits], decided[settled]], np.r_[decided[waits], np.full(len(settled), NEVER)]
    said = np.r_[np.full(len(waits), CandidacyOutcome.WAITING.value, dtype=object), outcome[settled]]
    none = np.full(len(fact), NEVER, dtype="datetime64[D]")
    began = desk.known(since)
    refused = said == CandidacyOutcome.REFUSED_BY_SITE.value
    return desk.told(
        person[fact],
        since,
        none,
        until,
        began,
        desk.learnt(until, began),
        by=by[fact],
        candidacy=fact,
        site=table["site"][fact],
        outcome=said,
        reason=np.where(refused, draw_refusals(desk.rng, len(fact)), ""),
    )


def _closed(table: Table, last: np.datetime64) -> Days:
    """The day on which each candidacy was closed without hiring, NaT while it is open or where she was hired."""
    closing = np.isin(codes_of(table, "outcome"), [outcome.value for outcome in _CLOSING])
    day = np.maximum(table["decided_on"], table["opened_on"])
    return np.where(closing & (day <= last), day, NEVER).astype("datetime64[D]")


def _referrers(desk: Desk, table: Table) -> NDArray[Any]:
    """Who sent each: the orientation says it, else the person came of her own accord."""
    sent = desk.tables["orientations"]
    place = places(sent["orientation"], table["orientation"])
    codes = np.append(codes_of(sent, "sender"), Referrer.SPONTANEOUS.value)
    return np.asarray(codes[np.where(place < 0, len(codes) - 1, place)])


def _received(teams: dict[int, Team], site: Places, since: Days) -> Places:
    """The counsellor who receives, at each site on each day."""
    days: list[date] = since.astype("datetime64[D]").tolist()
    return np.array(
        [teams[at].counsellors[0].on(day) for at, day in zip(site.tolist(), days, strict=True)], dtype=np.int64
    )
