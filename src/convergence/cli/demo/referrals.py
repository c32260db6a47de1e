"""Writes the referrals of a block's people, what hangs on each, and what they agreed to share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convergence.cli.demo import columns as to
from convergence.cli.demo.columns import Texts, copy
from convergence.network.models import Hold
from convergence.people.sharing.models import Sharing
from convergence.platform.bulk import NULL
from convergence.referrals.models import Link, PartnerLook, Referral, ReferralNote, Share
from convergence.referrals.sharing import Line, Shared
from convergence.rules.referrals import WITH_PARTNER, Side, keeps_place
from convergence.simulation.filing import Filed, Records
from convergence.simulation.filing.referrals import BY_TEAM
from convergence.simulation.network.choosing import offers_of
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.referrals import Audience, LinkReason, ReferralState
from convergence.vocabulary.sharing import Recipient, SharingPurpose

if TYPE_CHECKING:
    from convergence.cli.demo.network import WrittenNetwork
    from convergence.cli.demo.people import BlockWriter

WRITTEN_OF_REFERRALS = (Referral, Share, Link, PartnerLook, ReferralNote, Hold, Sharing)
"""Tables filled by COPY."""

_DATES = (
    "opened_on",
    "proposed_on",
    "agreed_on",
    "sent_on",
    "answered_on",
    "waiting_since",
    "full_until",
    "confirmed_on",
    "accepted_on",
    "started_on",
    "ended_on",
    "fact_on",
)
_CODES = ("compartment", "domain", "need", "state", "refused_by", "refusal_reason")
_LINKED_FOR, _LINK_LASTS, _REMINDED_AFTER = 40, 8, 10
"""Days since a referral was sent of which links are kept; days that a link works; days until the reminder."""
_READ, _FETCHED = 0.6, 0.8
"""Share of the partners sent a link who opened its page, and of those whose page was fetched at least."""
_MESSAGES = ("", "", "Disponible en fin de journée.", "Peut venir accompagné pour le premier rendez-vous.")


def write_referrals(writer: BlockWriter, filed: Filed, network: WrittenNetwork) -> None:
    """Once the block's people and sites are written."""
    _Writing(writer, filed, network).write()


class _Writing:
    def __init__(self, writer: BlockWriter, filed: Filed, network: WrittenNetwork) -> None:
        self._writer, self._filed, self._network = writer, filed, network
        self._told = filed.records["referrals"]
        self._state = self._told.about["state"]
        self._offer = offers_of(network.network, self._told)
        stands = np.isnat(self._told.written.closed)
        self._latest = self._state[stands]

    def write(self) -> None:
        self._referrals()
        self._holds()
        self._shares()
        self._links()
        self._sharings()
        self._sought()

    def _referrals(self) -> None:
        told, about = self._told, self._told.about
        fact = told.series
        offers = [NULL if place < 0 else str(self._network.offers[place]) for place in self._offer.tolist()]
        copy(
            Referral,
            {
                **self._version(told, np.arange(len(fact))),
                "superseded_at": to.moments(told.written.closed),
                "series": self._writer.series_of("referrals"),
                "source": to.codes(about["source"]),
                "site_id": self._writer.sites(told),
                "territory_id": to.always(str(self._network.territory), len(fact)),
                "offer_id": [offers[each] for each in fact.tolist()],
                "appointment_at": to.moments(about["appointment_at"]),
                **{name: to.codes(about[name]) for name in _CODES},
                **{name: to.days(about[name]) for name in _DATES},
            },
        )

    def _holds(self) -> None:
        """A place is kept since the partner accepted, or while its answer is awaited."""
        kept = {state.value: keeps_place(state) for state in ReferralState}
        firm = np.array([kept[state] for state in self._latest.tolist()], dtype=object)[self._told.series]
        rows = np.flatnonzero(
            ((self._state == ReferralState.ACCEPTED.value) & (firm == True))  # noqa: E712 (None is neither)
            | ((self._state == ReferralState.SENT.value) & (firm == False))  # noqa: E712
        )
        fact = self._told.series[rows]
        version = self._version(self._told, rows)
        del version["person_id"]
        copy(
            Hold,
            {
                **version,
                "series": to.fresh(len(rows)),
                "territory_id": to.always(str(self._network.territory), len(rows)),
                "offer_id": to.numbers(self._network.offers[self._offer[fact]]),
                "referral": self._writer.series_of("referrals", fact),
                "firm": to.flags((firm[rows] == True).astype(np.int8)),  # noqa: E712
                "held_on": to.days(self._told.since[rows]),
            },
        )

    def _shares(self) -> None:
        """What the partner reads, as the person saw it when she agreed."""
        rows = np.flatnonzero(self._state == ReferralState.AGREED.value)
        copy(
            Share,
            {
                **self._of_referral(rows, self._told.series[rows]),
                "content": self._writer.sealed(Share, "content", self._told.person[rows], self._contents(rows)),
                "frozen_on": to.days(self._told.since[rows]),
            },
        )

    def _contents(self, rows: NDArray[np.int64]) -> Texts:
        names, civil = self._filed.names, self._filed.civil_statuses
        usual = np.flatnonzero(names.kind == NameKind.USUAL.value)
        called = dict(
            zip(names.person[usual].tolist(), (names.given + " " + names.family)[usual].tolist(), strict=True)
        )
        partners, offers = self._network.network.partners, self._network.network.offers
        years = self._told.since.astype("datetime64[Y]").astype(np.int64) + 1970
        contents = []
        for row in rows.tolist():
            person, fact = int(self._told.person[row]), int(self._told.series[row])
            offer, chance = int(self._offer[fact]), float(self._told.about["chance"][row])
            born = int(civil.birth_year[person])
            known = (
                ("name", "Nom", called[person].strip()),
                ("age", "Âge", f"{years[row] - born} ans" if born > 0 else ""),
                ("phone", "Téléphone", civil.phone[person]),
                ("languages", "Langues parlées", civil.languages[person] if chance < _READ else ""),
            )
            shared = Shared(
                self._writer.site_names[int(self._told.about["site"][row])],
                partners.name[offers.partner[offer]],
                offers.name[offer],
                tuple(Line(*each) for each in known if each[2]),
                _MESSAGES[int(chance * len(_MESSAGES))],
            )
            contents.append(shared.sealed_text())
        return contents

    def _links(self) -> None:
        """Links of the last weeks, the reminder of those that wait, and whether the partner came to read."""
        letters = np.array(self._network.letters, dtype=object)
        open_ = np.isin(self._latest, [state.value for state in WITH_PARTNER])[self._told.series]
        rows = np.flatnonzero((self._state == ReferralState.SENT.value) & open_)
        if not len(rows):
            return
        rows = rows[letters[self._offer[self._told.series[rows]]] != ""]
        last = self._filed.last
        rows = rows[self._told.since[rows] >= last - _LINKED_FOR]
        waits = self._latest[self._told.series[rows]] == ReferralState.SENT.value
        reminded = rows[waits & (self._told.since[rows] + _REMINDED_AFTER <= last)]
        every = np.r_[rows, reminded]
        reminder = np.arange(len(every)) >= len(rows)
        sent = self._told.since[every] + np.where(reminder, _REMINDED_AFTER, 0)
        fact = self._told.series[every]
        at = np.where(reminder, sent.astype("datetime64[m]") + 7 * 60, self._told.written.at[every])
        copy(
            Link,
            {
                **self._of_referral(every, fact),
                "recorded_at": to.moments(at.astype("datetime64[m]")),
                "digest": to.sealed(os.urandom(32) for _ in every),
                "reason": to.codes(np.where(reminder, LinkReason.REMINDER.value, LinkReason.SENT.value)),
                "sent_to": to.codes(letters[self._offer[fact]]),
                "sent_on": to.days(sent),
                "expires_on": to.days(sent + _LINK_LASTS),
            },
        )
        chance = self._told.about["chance"][rows]
        self._looks(rows[chance < _FETCHED], read=False)
        self._looks(rows[chance < _READ], read=True)

    def _looks(self, rows: NDArray[np.int64], *, read: bool) -> None:
        minutes = 35 if read else 3
        copy(
            PartnerLook,
            {
                **self._about(self._told, rows),
                "referral": self._writer.series_of("referrals", self._told.series[rows]),
                "at": to.moments(self._told.written.at[rows] + minutes),
                "read": to.always("t" if read else "f", len(rows)),
            },
        )

    def _sharings(self) -> None:
        sharings = self._filed.records["sharings"]
        about, count = sharings.about, len(sharings.person)
        partner = about["referral"] >= 0
        everything = np.arange(count)
        copy(
            Sharing,
            {
                **self._version(sharings, everything),
                "series": to.fresh(count),
                "compartment": to.codes(about["compartment"]),
                "domain": to.codes(about["domain"]),
                "purpose": to.always(SharingPurpose.REFERRAL.value, count),
                "recipient": to.codes(np.where(partner, Recipient.PARTNER.value, Recipient.OFFICERS.value)),
                "territory_id": [NULL if each else str(self._network.territory) for each in partner.tolist()],
                "referral": self._writer.series_of("referrals", about["referral"]),
                "agreed_on": to.days(sharings.since),
                "how": to.codes(about["how"]),
                "explained": self._writer.sealed(Sharing, "explained", sharings.person, about["explained"].tolist()),
                "withdrawn_on": to.days(about["withdrawn_on"]),
            },
        )

    def _sought(self) -> None:
        sought = self._filed.records["sought"]
        count = len(sought.person)
        copy(
            ReferralNote,
            {
                **self._version(sought, np.arange(count)),
                "series": to.fresh(count),
                "compartment": to.codes(sought.about["compartment"]),
                "referral": self._writer.series_of("referrals", sought.about["referral"]),
                "side": to.always(Side.TEAM.value, count),
                "audience": to.always(Audience.OFFICERS.value, count),
                "words": self._writer.sealed(ReferralNote, "words", sought.person, sought.about["words"].tolist()),
                "noted_on": to.days(sought.since),
            },
        )

    def _of_referral(self, rows: NDArray[np.int64], fact: NDArray[np.int64]) -> dict[str, Texts]:
        """What hangs on a referral, written with these rows of it."""
        return {
            **self._version(self._told, rows),
            "series": to.fresh(len(rows)),
            "compartment": to.codes(self._told.about["compartment"][rows]),
            "referral": self._writer.series_of("referrals", fact),
        }

    def _about(self, records: Records, rows: NDArray[np.int64]) -> dict[str, Texts]:
        return {
            "person_id": to.numbers(self._writer.people[records.person[rows]]),
            "compartment": to.codes(records.about["compartment"][rows]),
        }

    def _version(self, records: Records, rows: NDArray[np.int64]) -> dict[str, Texts]:
        """Of whom, when and by whom these rows were written; nobody's account where the partner or time did it."""
        by = records.written.by[rows]
        users = self._writer.users(np.maximum(by, 0))
        return {
            "person_id": to.numbers(self._writer.people[records.person[rows]]),
            "recorded_at": to.moments(records.written.at[rows]),
            "recorded_by_id": [NULL if mission < 0 else user for mission, user in zip(by.tolist(), users, strict=True)],
            "source": to.always(BY_TEAM, len(rows)),
        }
