"""The blocks of the desk: each is a number, its first rows, and the same list whole one click away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from convergence.network.attention import agreements_ending, first_of, free_again, free_places, silent_partners, to_ask
from convergence.network.exchanges import steps_to_take
from convergence.network.models import Partner
from convergence.referrals.figures import PartnerAnswers, answers
from convergence.referrals.waiting import Waiting, open_referrals, waiting
from convergence.rules.spans import add_months
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.referrals import ReferralState

FIRST = 5
"""Rows of a block on the desk itself."""
ANSWERS_OVER = 12
"""Months over which answers are counted."""

Rows = Sequence[Any]


@dataclass(frozen=True)
class Kind:
    """What a block is called, what its empty state says, and how its rows are found.

    :ivar find: (territory id, domains, day) → a list, or a query of which the desk takes the first rows.
    """

    code: str
    title: Promise | str
    icon: str
    empty: Promise | str
    rows: "Callable[[int, list[Domain], date], list[Any] | QuerySet[Any, Any]]"


@dataclass(frozen=True)
class Block:
    """A block as it is shown."""

    kind: Kind
    rows: Rows = field(default_factory=tuple)
    total: int = 0

    @property
    def template(self) -> str:
        return f"desk/rows/{self.kind.code}.html"

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def _asked(territory_id: int, _domains: list[Domain], today: date) -> list[Waiting]:
    return [each for each in stand(territory_id, today) if each.line.referral.state == ReferralState.ASKED]


def _waiting(territory_id: int, _domains: list[Domain], today: date) -> list[Waiting]:
    return [each for each in stand(territory_id, today) if each.line.referral.state != ReferralState.ASKED]


def stand(territory_id: int, today: date) -> list[Waiting]:
    """Every referral of the territory that stands and that the actor reads; one query."""
    return waiting(open_referrals([territory_id]), today, with_officer=True)


@dataclass(frozen=True)
class Answered:
    """A partner, and how it answered."""

    partner: Partner
    answers: PartnerAnswers


def answered(territory_id: int, domains: list[Domain], today: date) -> list[Answered]:
    """How the partners of these domains answered over the last twelve months, those asked most first; two queries."""
    found = answers(territory_id, add_months(today, -ANSWERS_OVER), today)
    of_partners = {row.partner_id: row for row in found if row.partner_id and row.domain in domains}
    partners = Partner.objects.in_bulk([pk for pk in of_partners if pk])
    rows = [Answered(partners[pk], row) for pk, row in of_partners.items() if pk in partners]
    return sorted(rows, key=lambda row: (-row.answers.sent, row.partner.pk))


ASKED = Kind(
    "demandes",
    _("Demandes des équipes"),
    "hand-helping",
    _("Personne n’attend que vous cherchiez. Les chantiers vous adressent des besoins avec l’accord de la personne."),
    _asked,
)
WAITING = Kind(
    "attente",
    _("Mises en relation en attente"),
    "hourglass",
    _("Aucune mise en relation n’attend quelqu’un."),
    _waiting,
)
FREE = Kind(
    "places",
    _("Places libres, bientôt perdues d’abord"),
    "circle-check",
    _("Aucune place libre n’est connue. Demandez à vos partenaires : « est-ce encore libre ? »"),
    free_places,
)
TO_ASK = Kind(
    "a-redemander",
    _("Places à redemander"),
    "message-circle-question-mark",
    _("Tous les chiffres sont à jour."),
    to_ask,
)
AGAIN = Kind(
    "complets",
    _("Complets, bientôt de nouveau libres"),
    "calendar-clock",
    _("Aucun partenaire n’a annoncé de date ces deux semaines."),
    free_again,
)
STEPS = Kind(
    "etapes",
    _("Prochaines étapes avec les partenaires"),
    "list-checks",
    _("Rien de prévu. La prochaine étape se note avec l’échange, sur la fiche du partenaire."),
    lambda territory_id, _domains, _today: steps_to_take([territory_id]),
)
SILENT = Kind(
    "partenaires",
    _("Partenaires sans nouvelles depuis trois mois"),
    "phone-off",
    _("Vous avez des nouvelles de tous vos partenaires."),
    silent_partners,
)
ENDING = Kind(
    "conventions",
    _("Conventions à renouveler"),
    "file-clock",
    _("Aucune convention n’est à décider d’ici trois mois."),
    lambda territory_id, _domains, today: agreements_ending(territory_id, today),
)
ANSWERS = Kind(
    "reponses",
    _("Comment les partenaires répondent"),
    "messages-square",
    _("Moins de cinq personnes ont été adressées à chacun en un an : aucun chiffre n’est montré."),
    answered,
)

KINDS = {kind.code: kind for kind in (ASKED, WAITING, FREE, TO_ASK, AGAIN, STEPS, SILENT, ENDING, ANSWERS)}
"""Blocks by the code of their address."""


def block_of(kind: Kind, rows: "list[Any] | QuerySet[Any, Any]") -> Block:
    """The first rows of a list, and its length; one query where it is one."""
    if isinstance(rows, QuerySet):
        part = first_of(rows, FIRST)
        return Block(kind, part.rows, part.total)
    return Block(kind, rows[:FIRST], len(rows))
