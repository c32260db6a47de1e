"""What teams write down of the drawn lives: dated records in their versions, with authors, names and words.

The model draws what happened; the database keeps what was written, when and by whom. A block of the model becomes
the records of the people hired there, at sites of the scheme, and of the candidates whom nobody has hired. Long
absences (months tell their hours) and joint support stay in the dataset; a group workshop is noted as a meeting.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.doubles import Presence, with_second_files
from convergence.simulation.filing import after, life, referrals, work
from convergence.simulation.filing.candidates import Candidates, candidacies, unhired
from convergence.simulation.filing.desk import Desk, Places, Records, Written, rows_of
from convergence.simulation.following import Authors, Followings, Stays, follow, stays_of, teams_of
from convergence.simulation.identities import CivilStatuses, Names, draw_identities
from convergence.simulation.moments import NEVER, Days, Moments, at_work, worked
from convergence.simulation.parameters import Means
from convergence.simulation.referents import Referents, draw_referents
from convergence.simulation.tables import Block
from convergence.simulation.teams import Staff
from convergence.simulation.words import hosts
from convergence.vocabulary.orientations import EnteredAs
from convergence.vocabulary.roles import Role
from convergence.vocabulary.structures import Scheme

__all__ = ["Filed", "Records", "Written", "file"]

_FAR_OFF = np.datetime64("9999-12-31")


@dataclass(frozen=True)
class Filed:
    """A block's records, and the staff of its sites who wrote them.

    ``by``, everywhere, is the place of a mission in ``staff``. ``people``: keys in the dataset, of those followed,
    then of candidates; ``entered``: when each person's file was made, and by whom. ``doubles``: pairs of places whose
    files are about one person. ``last``: the last day on which anything is known.
    """

    territory: int
    last: np.datetime64
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
    closings: work.Closings


def file(block: Block, means: Means, until: date, seed: int) -> Filed:
    """The records of a block as they stand on the morning of ``until``, from the block's own stream.

    :param means: how many people there are for one counsellor, one work supervisor…
    """
    return _Filing(block, means, until, seed).filed()


class _Filing:
    """One block on its way: who works there and who is followed is drawn first, then what is written."""

    def __init__(self, block: Block, means: Means, until: date, seed: int) -> None:
        self._seed, self._territory = (seed, block.number), block.territory
        rng = np.random.default_rng(np.random.SeedSequence([*self._seed, *b"filing"]))
        self._tables, self._rng, self._staff = block.tables, rng, Staff(rng, until, means)
        self._last = worked(np.array([until], dtype="datetime64[D]") - 1)[0]
        sites = block.layout.tables["sites"]
        convergence = sites.codes["scheme"].index(Scheme.CONVERGENCE.value)
        rows = [row for row in block.layout.block_sites[block.number - 1] if sites["scheme"][row] == convergence]
        self._opened = {int(sites["site"][row]): sites["opened"][row].item() for row in rows}
        self._stay, self._hired = self._stays()
        self._keys = self._tables["people"]["person"][self._hired]
        self._entered = self._of_first_stay(self._stay.since)
        self._teams = teams_of(self._staff, self._stay, self._opened, self._last)
        self._followings = follow(rng, self._stay, self._teams, self._last)
        roles = [self._staff.missions[mission].role for mission in self._followings.mission.tolist()]
        counsellors = np.array([role is Role.COUNSELLOR for role in roles], dtype=bool)
        self._authors = Authors.of(self._followings, counsellors, len(self._keys))
        self._desk = Desk(rng, block.tables, self._keys, self._entered, self._authors, self._last)

    def filed(self) -> Filed:
        rng, entered, followings = self._rng, self._entered, self._followings
        presence = Presence(entered, self._latest(self._stay.supported_until), self._of_first_stay(self._stay.site))
        names, civil_statuses, doubles = with_second_files(
            rng, *draw_identities(rng, rows_of(self._tables["people"], self._hired)), presence
        )
        referents = draw_referents(rng, entered, self._last)
        received = at_work(rng, worked(entered))
        received_by = self._authors.on(np.arange(len(self._keys)), entered)
        followed_at = at_work(rng, worked(followings.since))
        referents_by = self._authors.on(referents.person, referents.at)
        never = unhired(self._tables, self._teams, self._last, self._hired)
        records = self._records(never)
        others, their_civil_statuses = draw_identities(rng, rows_of(self._tables["people"], never.rows))
        return Filed(
            self._territory,
            self._last,
            self._staff,
            np.r_[self._keys, never.people],
            np.r_[received, at_work(rng, worked(never.since))],
            np.r_[received_by, never.by],
            Names(
                np.r_[names.person, others.person + len(self._keys)],
                *(np.r_[ours, theirs] for ours, theirs in zip(names[1:], others[1:], strict=True)),
            ),
            CivilStatuses(
                *(np.r_[ours, theirs] for ours, theirs in zip(civil_statuses, their_civil_statuses, strict=True))
            ),
            followings,
            followed_at,
            referents,
            referents_by,
            doubles,
            records,
            work.closings(self._desk, self._teams, records["hours"]),
        )

    def _records(self, never: Candidates) -> dict[str, Records]:
        desk = self._desk
        records = {
            "supports": self._supports(),
            "pathways": work.pathways(desk),
            "contracts": work.contracts(desk),
            **work.decisions(desk),
            "situations": life.situations(desk),
            "needs": life.needs(desk),
            "contacts": life.contacts(desk),
        }
        worked_until = self._latest(self._stay.worked_until)
        records["notes"] = life.notes(desk, records["contacts"], worked_until)
        return {
            **records,
            "right_acts": life.right_acts(desk, records["situations"]),
            "hours": work.hours(desk),
            "placements": work.placements(desk, hosts()),
            "goals": life.goals(desk),
            "exits": work.exits(desk),
            **after.threads(desk),
            "appointments": life.appointments(desk, np.unique(self._stay.person[np.isnat(self._stay.supported_until)])),
            **candidacies(desk, self._teams, self._keys, never),
            **referrals.referrals(self._apart("referrals"), self._stay, records["needs"]),
        }

    def _apart(self, subject: str) -> Desk:
        """The same desk with a stream of its own: what is drawn there moves nothing else."""
        return replace(self._desk, rng=np.random.default_rng(np.random.SeedSequence([*self._seed, *subject.encode()])))

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
            rows_of(tables["contracts"], here),
            tables["extended_support"],
            self._last,
        )
        return stays, hired

    def _supports(self) -> Records:
        stays = self._stay
        none = np.full(len(stays.person), NEVER, dtype="datetime64[D]")
        began = self._desk.known(stays.since)
        ended = self._desk.learnt(stays.supported_until, began)
        return self._desk.told(stays.person, stays.since, none, stays.supported_until, began, ended, site=stays.site)
