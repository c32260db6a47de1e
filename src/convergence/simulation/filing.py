"""What teams write down of the drawn lives: dated records in their versions, with authors, names and words.

The model draws what happened; the database keeps what was written, when and by whom. A block of the model becomes
the records of the people hired there, at sites of the scheme. Not written, because no room of the application keeps
them yet: orientations and candidacies, hours and absences, goals, placements, referrals, exits, extended support
(but as the support that goes on), joint support. They stay in the dataset; a group workshop is noted as a meeting.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.decided import decided
from convergence.simulation.doubles import Presence, with_second_files
from convergence.simulation.following import Authors, Followings, Stays, follow, places, stays_of, teams_of
from convergence.simulation.identities import CivilStatuses, Names, draw_identities
from convergence.simulation.keeping import kept
from convergence.simulation.moments import (
    NEVER,
    Days,
    Moments,
    at_work,
    followed_by,
    later,
    one_after_the_other,
    versions,
    worked,
)
from convergence.simulation.names import Texts
from convergence.simulation.parameters import Means
from convergence.simulation.referents import Referents, draw_referents
from convergence.simulation.tables import Block, Table
from convergence.simulation.teams import Staff
from convergence.simulation.words import draw_details, draw_employers, draw_notes, draw_reasons
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.orientations import EnteredAs
from convergence.vocabulary.roles import Role
from convergence.vocabulary.sessions import SessionKind
from convergence.vocabulary.situations import ASPECTS
from convergence.vocabulary.structures import Scheme

Places = NDArray[np.int64]

_CORRECTED, _DOUBTFUL, _EXPLAINED = 0.025, 0.03, 0.2
_FAR_OFF = np.datetime64("9999-12-31")
_NOTED = 0.3
"""Share of meetings after which somebody writes a few words."""


class Written(NamedTuple):
    """When each version was written (``at``), replaced (``closed``, NaT while it stands), and by whose mission."""

    at: Moments
    closed: Moments
    by: Places


class Records(NamedTuple):
    """Versions of one sort of record.

    ``person``: place in the block; ``series``: number of the fact, which its versions share; ``since``, ``until``:
    first day, and first day on which it is no longer true; ``about``: what the record says, column by column.
    """

    person: Places
    series: Places
    since: Days
    until: Days
    written: Written
    about: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Filed:
    """A block's records, and the staff of its sites who wrote them.

    ``by``, everywhere, is the place of a mission in ``staff``. ``people``: keys in the dataset; ``entered``: when each
    person's file was made, and by whom. ``doubles``: pairs of places whose files are about one person.
    """

    staff: Staff
    people: Places
    entered: Moments
    entered_by: Places
    names: Names
    civil_statuses: CivilStatuses
    followings: Followings
    followings_at: Moments
    referents: Referents
    referents_by: Places
    doubles: list[tuple[int, int]]
    records: dict[str, Records]


def file(block: Block, means: Means, until: date, seed: int) -> Filed:
    """The records of a block as they stand on the morning of ``until``, from the block's own stream.

    :param means: how many people there are for one counsellor, one work supervisor…
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, block.number, *b"filing"]))
    return _Filing(block, means, until, rng).filed()


class _Filing:
    """One block on its way: who works there and who is followed is drawn first, then what is written."""

    def __init__(self, block: Block, means: Means, until: date, rng: np.random.Generator) -> None:
        self._tables, self._rng, self._staff = block.tables, rng, Staff(rng, until, means)
        self._last = worked(np.array([until], dtype="datetime64[D]") - 1)[0]
        sites = block.layout.tables["sites"]
        convergence = sites.codes["scheme"].index(Scheme.CONVERGENCE.value)
        rows = [row for row in block.layout.block_sites[block.number - 1] if sites["scheme"][row] == convergence]
        self._opened = {int(sites["site"][row]): sites["opened"][row].item() for row in rows}
        self._stay, self._hired = self._stays()
        self._keys = self._tables["people"]["person"][self._hired]
        self._entered = self._of_first_stay(self._stay.since)
        teams = teams_of(self._staff, self._stay, self._opened, self._last)
        self._followings = follow(rng, self._stay, teams, self._last)
        roles = [self._staff.missions[mission].role for mission in self._followings.mission.tolist()]
        counsellors = np.array([role is Role.COUNSELLOR for role in roles], dtype=bool)
        self._authors = Authors.of(self._followings, counsellors, len(self._keys))

    def filed(self) -> Filed:
        rng, entered, followings = self._rng, self._entered, self._followings
        presence = Presence(entered, self._latest(self._stay.supported_until), self._of_first_stay(self._stay.site))
        names, civil_statuses, doubles = with_second_files(
            rng, *draw_identities(rng, _rows(self._tables["people"], self._hired)), presence
        )
        referents = draw_referents(rng, entered, self._last)
        return Filed(
            self._staff,
            self._keys,
            at_work(rng, worked(entered)),
            self._authors.on(np.arange(len(self._keys)), entered),
            names,
            civil_statuses,
            followings,
            at_work(rng, worked(followings.since)),
            referents,
            self._authors.on(referents.person, referents.at),
            doubles,
            self._records(),
        )

    def _records(self) -> dict[str, Records]:
        records = {
            "supports": self._supports(),
            "pathways": self._pathways(),
            "contracts": self._contracts(),
            **self._decisions(),
            "situations": self._situations(),
            "needs": self._needs(),
            "contacts": self._contacts(),
        }
        records["notes"] = self._notes(records["contacts"])
        return records | {"right_acts": self._right_acts(records["situations"])}

    def _of_first_stay(self, column: NDArray[Any]) -> NDArray[Any]:
        """What a column of the stays says of each person's first one; (people,)."""
        found = np.empty(len(self._keys), dtype=column.dtype)
        order = np.argsort(self._stay.since, kind="stable")[::-1]
        found[self._stay.person[order]] = column[order]
        return found

    def _latest(self, days: Days) -> Days:
        """The latest of each person's days over her stays, far off where one is NaT; (people,)."""
        found = np.full(len(self._keys), np.datetime64("1900-01-01"))
        np.maximum.at(found, self._stay.person, np.where(np.isnat(days), _FAR_OFF, days).astype("datetime64[D]"))
        return found

    def _stays(self) -> tuple[Stays, Places]:
        """The stays of people hired at sites of the scheme, and the rows of those people."""
        tables, people = self._tables, self._tables["people"]
        hired = np.flatnonzero(people["entered_as"] == people.codes["entered_as"].index(EnteredAs.HIRED.value))
        hired = hired[np.argsort(people["person"][hired])]
        here = np.isin(tables["contracts"]["site"], list(self._opened))
        at_sites = tables["contracts"]["person"][here & (tables["contracts"]["since"] <= self._last)]
        hired = hired[np.isin(people["person"][hired], at_sites)]
        stays = stays_of(
            self._rng,
            people["person"][hired],
            tables["paths"],
            _rows(tables["contracts"], here),
            tables["extended_support"],
            self._last,
        )
        return stays, hired

    def _known(self, days: Days) -> Moments:
        """A moment of the days themselves, or of the last one on which anything is known."""
        return at_work(self._rng, worked(np.minimum(days, self._last)))

    def _told(
        self,
        person: Places,
        since: Days,
        foreseen: Days,
        until: Days,
        began: Moments,
        ended: Moments,
        **about: NDArray[Any],
    ) -> Records:
        """Facts in the versions that they had; ``about`` by fact."""
        told = versions(foreseen, until, began, ended)
        who = person[told.fact]
        return Records(
            who,
            told.fact,
            since[told.fact],
            told.until,
            Written(told.at, told.closed, self._authors.on(who, told.at)),
            {name: column[told.fact] for name, column in about.items()},
        )

    def _supports(self) -> Records:
        stays = self._stay
        none = np.full(len(stays.person), NEVER, dtype="datetime64[D]")
        began = self._known(stays.since)
        ended = self._learnt(stays.supported_until, began)
        return self._told(stays.person, stays.since, none, stays.supported_until, began, ended, site=stays.site)

    def _learnt(self, until: Days, began: Moments) -> Moments:
        """When an end was learnt: that day; NaT for what has not ended."""
        ended = at_work(self._rng, worked(np.where(np.isnat(until), self._last, np.minimum(until, self._last))))
        return np.where(np.isnat(until), NEVER, np.maximum(ended, began + 5)).astype("datetime64[m]")

    def _pathways(self) -> Records:
        paths = self._tables["paths"]
        person = places(self._keys, paths["person"])
        kept = np.flatnonzero((person >= 0) & (paths["since"] <= self._last))
        since, until = paths["since"][kept], paths["until"][kept]
        until = np.where(until > self._last, NEVER, until)
        none = np.full(len(kept), NEVER, dtype="datetime64[D]")
        began = self._known(since)
        return self._told(person[kept], since, none, until, began, self._learnt(until, began))

    def _contracts(self) -> Records:
        contracts = self._tables["contracts"]
        person = places(self._keys, contracts["person"])
        kept = np.flatnonzero((person >= 0) & (contracts["since"] <= self._last))
        contracts, person = _rows(contracts, kept), person[kept]
        since, term = contracts["since"], contracts["until"]
        broken = np.where(contracts["ended_on"] == term, NEVER, contracts["ended_on"])
        began = self._known(np.maximum(self._entered[person], later(self._rng, since, -6, 1)))
        here = contracts["site"] >= 0
        kinds = _codes(contracts, "kind")
        return self._told(
            person,
            since,
            term,
            np.where(np.isnat(broken), term, broken),
            began,
            self._learnt(broken, began),
            site=contracts["site"],
            employer=np.where(here, "", draw_employers(self._rng, kinds)),
            kind=kinds,
            programme=_codes(contracts, "programme"),
            weekly_hours=contracts["weekly_hours"],
        )

    def _decisions(self) -> dict[str, Records]:
        """The PASS of each path, and what was granted so that it could go on."""
        table = self._tables["contracts"]
        person = places(self._keys, table["person"])
        kinds = _codes(table, "kind")
        counted = (person >= 0) & (table["since"] <= self._last) & (table["path"] >= 0) & ~np.isnat(table["until"])
        person, table, kinds = person[counted], _rows(table, counted), kinds[counted]
        passes, extensions = decided(
            self._rng, person, table["path"], table["since"], table["until"], kinds == ContractKind.CDDI.value
        )
        opened = self._known(np.maximum(passes.since, self._entered[passes.person]))
        none = np.full(len(opened), NEVER, dtype="datetime64[D]")
        granted = self._known(extensions.decided_on)
        return {
            "passes": Records(
                passes.person,
                np.arange(len(opened)),
                passes.since,
                none,
                Written(opened, _nothing(opened), self._authors.on(passes.person, opened)),
                {},
            ),
            "extensions": Records(
                extensions.person,
                np.arange(len(granted)),
                extensions.decided_on,
                extensions.until,
                Written(granted, _nothing(granted), self._authors.on(extensions.person, granted)),
                {
                    "clock": extensions.clock,
                    "approver": extensions.approver,
                    "days": extensions.days,
                    "asked_on": extensions.asked_on,
                },
            ),
        }

    def _situations(self) -> Records:
        """Facts, some of them first noted wrongly; the end of one is learnt with what comes after it."""
        rng, table = self._rng, self._tables["situations"]
        person = places(self._keys, table["person"])
        kept = np.flatnonzero((person >= 0) & (table["recorded_on"] <= self._last))
        kept = kept[np.lexsort((table["since"][kept], table["aspect"][kept], person[kept]))]
        table, person = _rows(table, kept), person[kept]
        line = person * len(ASPECTS) + table["aspect"]
        began = one_after_the_other(line, self._known(np.maximum(table["recorded_on"], self._entered[person])))
        until = table["until"]
        ended = followed_by(line, began)
        alone = np.isnat(ended) & ~np.isnat(until) & (until <= self._last)
        ended[alone] = np.maximum(self._known(until)[alone], began[alone] + 5)
        foreseen = np.where(np.isnat(ended), until, NEVER)
        aspects, values = _codes(table, "aspect"), _codes(table, "value")
        mistaken, corrected = self._mistakes(began, ended)
        first = np.where(np.isnat(corrected), began, corrected)
        told = self._told(
            person,
            table["since"],
            foreseen,
            until,
            first,
            ended,
            aspect=aspects,
            value=values,
            missing=_codes(table, "missing"),
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
            Written(at, corrected[mistaken], self._authors.on(who, at)),
            {
                "aspect": aspects[mistaken],
                "value": wrong,
                "missing": empty,
                "expires_on": table["expires_on"][mistaken],
                "doubtful": np.zeros(len(mistaken), dtype=bool),
                "detail": empty,
            },
        )
        return _joined(before, told)

    def _right_acts(self, situations: Records) -> Records:
        """The last thing done for each right that stands and is kept by doing something again."""
        standing = np.flatnonzero(np.isnat(situations.written.closed) & np.isnat(situations.until))
        standing = standing[situations.since[standing] <= self._last]
        about = situations.about
        acts = kept(
            self._rng,
            about["aspect"][standing],
            about["value"][standing],
            situations.since[standing],
            self._last.item(),
        )
        who = situations.person[standing][acts.right]
        noted = self._known(np.maximum(acts.done_on, self._entered[who]))
        written = Written(noted, _nothing(noted), self._authors.on(who, noted))
        return self._once(who, acts.done_on, written, act=acts.act, occurrence=acts.occurrence)

    def _mistakes(self, began: Moments, ended: Moments) -> tuple[Places, Moments]:
        """Facts that were first noted wrongly, and when each of all facts was corrected (NaT for most)."""
        rng = self._rng
        corrected = at_work(rng, later(rng, began.astype("datetime64[D]"), 3, 20))
        seen = (rng.random(len(began)) < _CORRECTED) & (corrected > began) & (corrected < self._last + 1)
        seen &= np.isnat(ended) | (ended > corrected)
        return np.flatnonzero(seen), np.where(seen, corrected, NEVER).astype("datetime64[m]")

    def _needs(self) -> Records:
        """Ratings; a review that found a need as it was leaves the rating as it stood."""
        rng, table = self._rng, self._tables["needs"]
        person = places(self._keys, table["person"])
        kept = np.flatnonzero((person >= 0) & (table["reviewed_on"] <= self._last))
        kept = kept[np.lexsort((table["reviewed_on"][kept], table["need"][kept], person[kept]))]
        table, person = _rows(table, kept), person[kept]
        line = person * len(table.codes["need"]) + table["need"]
        told = (table["level"].astype(np.int64) << 8) + table["missing"]
        changed = np.flatnonzero(np.r_[True, (line[1:] != line[:-1]) | (told[1:] != told[:-1])][: len(line)])
        table, person, line = _rows(table, changed), person[changed], line[changed]
        since = table["reviewed_on"]
        began = one_after_the_other(line, self._known(np.maximum(since, self._entered[person])))
        none = np.full(len(since), NEVER, dtype="datetime64[D]")
        explained = rng.random(len(since)) < _EXPLAINED
        return self._told(
            person,
            since,
            none,
            followed_by(line, since),
            began,
            followed_by(line, began),
            need=_codes(table, "need"),
            level=table["level"],
            missing=_codes(table, "missing"),
            reason=np.where(explained & (table["level"] >= 0), draw_reasons(rng, table["level"]), ""),
        )

    def _contacts(self) -> Records:
        table = self._tables["interviews"]
        person = places(self._keys, table["person"])
        kinds = _codes(table, "kind")
        # A workshop is a time when the person was met; what referents say to one another is not.
        kinds[kinds == SessionKind.GROUP_WORKSHOP.value] = ContactKind.MEETING.value
        kept = np.flatnonzero(
            (person >= 0)
            & (table["day"] <= self._last)
            & np.isin(kinds, [kind.value for kind in ContactKind])
            & ((table["reached"] == 1) | np.isin(kinds, [kind.value for kind in ContactKind if not kind.reached]))
        )
        days, who = table["day"][kept], person[kept]
        at = self._known(days)
        return self._once(who, days, Written(at, _nothing(at), self._authors.on(who, days)), kind=kinds[kept])

    def _notes(self, contacts: Records) -> Records:
        rng = self._rng
        reached = np.isin(contacts.about["kind"], [kind.value for kind in ContactKind if kind.reached])
        noted = np.flatnonzero(reached & (rng.random(len(reached)) < _NOTED))
        who, days = contacts.person[noted], contacts.since[noted]
        compartments, bodies = draw_notes(rng, days, working=days < self._latest(self._stay.worked_until)[who])
        at, closed, by = contacts.written
        written = Written(at[noted], closed[noted], by[noted])
        return self._once(who, days, written, compartment=compartments, body=bodies)

    def _once(self, person: Places, days: Days, written: Written, **about: NDArray[Any]) -> Records:
        """Records of one day, of which one version stands."""
        return Records(person, np.arange(len(person)), days, days + 1, written, about)


def _rows(table: Table, rows: NDArray[Any]) -> Table:
    return Table({name: column[rows] for name, column in table.columns.items()}, table.codes)


def _codes(table: Table, column: str) -> Texts:
    """A coded column as texts, empty where null."""
    return np.asarray(np.array([*table.codes[column], ""], dtype=object)[table[column]])


def _nothing(moments: Moments) -> Moments:
    return np.full(len(moments), NEVER, dtype="datetime64[m]")


def _another(rng: np.random.Generator, aspect: str) -> str:
    values = list(ASPECTS[aspect].values)
    return values[int(rng.integers(0, len(values)))].value


def _joined(one: Records, other: Records) -> Records:
    def both(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([first, second])

    return Records(
        both(one.person, other.person),
        both(one.series, other.series),
        both(one.since, other.since),
        both(one.until, other.until),
        Written(
            both(one.written.at, other.written.at),
            both(one.written.closed, other.written.closed),
            both(one.written.by, other.written.by),
        ),
        {name: both(column, other.about[name]) for name, column in one.about.items()},
    )
