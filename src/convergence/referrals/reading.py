"""Referrals as pages list them: where each stands, whose turn it is and since when; one referral with its story."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from convergence.people.models import Sharing
from convergence.people.sharing.reading import standing_with_partner
from convergence.referrals.models import Link, PartnerLook, Referral, ReferralNote, Share
from convergence.referrals.sharing import Shared
from convergence.rules.referrals import FINAL, NextStep, Side, lapses_on, next_step
from convergence.territories.terms import terms_of
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.referrals import ReferralState, RefusalReason, RefusedBy


@dataclass(frozen=True)
class ReferralLine:
    """One referral in a list.

    :ivar lapses_on: the day on which it lapses if the partner goes on saying nothing.
    """

    referral: Referral
    step: NextStep
    with_officer: bool
    lapses_on: date | None

    @property
    def over(self) -> bool:
        return self.referral.state in FINAL

    @property
    def need(self) -> str:
        return NEEDS[self.referral.need].label

    @property
    def title(self) -> str:
        return title_of(self.referral)

    @property
    def said(self) -> str:
        return said(self.referral)


@dataclass(frozen=True)
class Moment:
    """Something that happened to a referral: what, when, who noted it."""

    words: str
    at: datetime
    who: str


@dataclass(frozen=True)
class Story:
    """What hangs on a referral, as its page tells it.

    :ivar shared: what the partner reads, or read; None before the person agreed.
    :ivar agreed: her agreement with the partner, while it stands.
    """

    moments: list[Moment] = field(default_factory=list)
    shared: Shared | None = None
    agreed: Sharing | None = None
    links: list[Link] = field(default_factory=list)
    fetched: PartnerLook | None = None
    read: PartnerLook | None = None
    notes: list[ReferralNote] = field(default_factory=list)


def title_of(referral: Referral) -> str:
    """« Studios meublés, Résidence Exemple », or the need where no offer is found yet."""
    offer = referral.offer
    return f"{offer.name}, {offer.partner.name}" if offer else NEEDS[referral.need].label


def said(referral: Referral) -> str:
    """Where a referral stands, in a few words; a refusal tells who said no, and why."""
    if referral.state == ReferralState.REFUSED:
        who = RefusedBy(referral.refused_by).label.lower()
        reason = RefusalReason(referral.refusal_reason).label.lower()
        return _("Refusée par %(who)s : %(reason)s") % {"who": who, "reason": reason}
    return str(ReferralState(referral.state).label)


def referrals_of(person_id: int, today: date) -> list[ReferralLine]:
    """The referrals of a person that the actor reads, those that wait for somebody first; three queries."""
    rows = Referral.objects.current().filter(person_id=person_id)
    lines = lines_of(rows.select_related("offer__partner", "site").order_by("-opened_on", "-pk"), today)
    return sorted(lines, key=lambda line: line.over)


def lines_of(rows: Iterable[Referral], today: date, *, for_officer: bool = False) -> list[ReferralLine]:
    """Referrals with whose turn it is; two more queries.

    :param for_officer: the actor covers their domain: she reads no agreement, and these referrals because one stands.
    """
    listed = list(rows)
    told = set(
        Sharing.objects.current()
        .filter(person_id__in={row.person_id for row in listed}, recipient="officers", withdrawn_on=None)
        .values_list("person_id", "territory_id", "domain")
    )
    terms = terms_of({row.territory_id for row in listed}, today)
    lines = []
    for row in listed:
        with_officer = for_officer or (row.person_id, row.territory_id, row.domain) in told
        standing = row.standing(with_officer=with_officer)
        lapses = lapses_on(standing, terms[row.territory_id])
        lines.append(ReferralLine(row, next_step(standing, today), with_officer, lapses))
    return lines


def story_of(referral: Referral) -> Story:
    """Everything about one referral that the actor reads; six queries."""
    versions = Referral.objects.filter(series=referral.series).select_related("recorded_by").order_by("-pk")
    share = Share.objects.filter(referral=referral.series).order_by("-pk").first()
    looks = PartnerLook.objects.filter(referral=referral.series).order_by("read", "-pk").distinct("read")
    last_look = {look.read: look for look in looks}
    return Story(
        moments=_moments(list(versions)),
        shared=Shared.of(share.content) if share else None,
        agreed=standing_with_partner(referral.series),
        links=list(Link.objects.current().filter(referral=referral.series).order_by("-pk")),
        fetched=last_look.get(False),
        read=last_look.get(True),
        notes=list(
            ReferralNote.objects.current()
            .filter(referral=referral.series)
            .select_related("recorded_by", "person")
            .order_by("-pk")
        ),
    )


def _moments(versions: list[Referral]) -> list[Moment]:
    moments = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        moments.append(Moment(_happened(version, before), version.recorded_at, _who(version)))
    return moments


def _happened(version: Referral, before: Referral | None) -> str:
    if version.source == "undone":
        return _("Étape reprise : %(state)s") % {"state": said(version).lower()}
    if before is not None and before.state == version.state:
        if version.appointment_at != before.appointment_at:
            return _("Le partenaire propose une date")
        if version.confirmed_on != before.confirmed_on:
            return _("Date confirmée avec la personne")
        if version.undelivered_on != before.undelivered_on:
            return _("Le message n’a pas pu être remis") if version.undelivered_on else _("Un nouveau message part")
        if version.fact_on != before.fact_on:
            return _("Ce qui a changé est noté dans la situation de la personne")
    return said(version)


def _who(version: Referral) -> str:
    if version.recorded_by is not None:
        return str(version.recorded_by)
    return {
        Side.PARTNER.value: _("le partenaire"),
        Side.TIME.value: _("au terme du délai"),
        "mail": _("la messagerie"),
    }.get(version.source, "")
