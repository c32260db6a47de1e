"""What was said with a partner, in one thread; the next step and whether it was taken. No person is named there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convergence.network.models import Branch, Contact, Exchange, Partner
from convergence.people.likeness.spelling import plain
from convergence.people.models import PersonName
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.partners import ExchangeKind
from convergence.vocabulary.sensitive import narrower

LONGEST = 10_000
"""Characters of an exchange: an e-mail with what it answers."""
LONGEST_STEP = 300
SHORTEST_NAME = 3


@dataclass(frozen=True)
class ExchangeFacts:
    """What was said; see ``Exchange``."""

    held_on: date
    kind: str
    words: str
    next_step: str = ""
    next_on: date | None = None
    contact: UUID | None = None
    branch_id: int | None = None


def note_exchange(partner: Partner, facts: ExchangeFacts, *, today: date) -> Exchange:
    """:raises Refused: nothing said, a day to come, a next step without its date, a contact of another partner."""
    exchange = Exchange(partner=partner, territory_id=partner.territory_id, **_checked(partner, facts, today))
    exchange.save(force_insert=True)
    return exchange


def correct_exchange(exchange: Exchange, facts: ExchangeFacts, *, today: date) -> Exchange:
    """:raises Refused: as ``note_exchange``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    return revise(exchange, **_checked(exchange.partner, facts, today))


def take_step(exchange: Exchange, on: date) -> Exchange:
    """Its next step was taken.

    :raises Refused: there was none. :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    if exchange.next_on is None or exchange.next_done_on is not None:
        raise Refused(_("Cette étape est déjà faite."))
    return revise(exchange, next_done_on=on)


def steps_to_take(territory_ids: Collection[int]) -> "QuerySet[Exchange]":
    """Next steps with the partners of these territories that are still to be taken, the first due first."""
    rows = Exchange.objects.current().filter(
        territory_id__in=territory_ids, next_on__isnull=False, next_done_on__isnull=True
    )
    return rows.select_related("partner").order_by("next_on", "pk")


def telling_words(words: str) -> list[str]:
    """Words that may tell of a person: names of people whom the actor reads, and of health or justice."""
    return [*_names(words), *(word for _compartment, word in narrower(words, Compartment.SOCIAL))]


def _names(words: str) -> list[str]:
    """Family names of people whom the actor reads, as they are written there; one query."""
    parts = {plain(word): word for word in _words(words) if len(word) >= SHORTEST_NAME}
    if not parts:
        return []
    # Read as they are known to the actor: somebody who reads nobody's name learns nothing here.
    known = PersonName.objects.current().values_list("family_name", flat=True).distinct()
    return sorted({parts[key] for name in known if (key := plain(name)) in parts})


def _words(words: str) -> list[str]:
    return "".join(sign if sign.isalpha() or sign == "-" else " " for sign in words).split()


def _checked(partner: Partner, facts: ExchangeFacts, today: date) -> dict[str, Any]:
    words, step = facts.words.replace("\x00", "").strip(), facts.next_step.replace("\x00", "").strip()
    if not words:
        raise Refused(_("Écrivez ce qui s’est dit."))
    if len(words) > LONGEST or len(step) > LONGEST_STEP:
        raise Refused(_("Ce texte est trop long : gardez ce qui compte."))
    if facts.held_on > today:
        raise Refused(_("Cet échange est daté d’un jour à venir : vérifiez la date."))
    if bool(step) != bool(facts.next_on):
        raise Refused(_("Une prochaine étape se note avec sa date."))
    if not ExchangeKind.has(facts.kind):
        raise Refused(_("Dites comment vous avez échangé."))
    if facts.contact and not Contact.objects.current().filter(partner=partner, series=facts.contact).exists():
        raise Refused(_("Choisissez un contact de ce partenaire."))
    if facts.branch_id and not Branch.objects.filter(pk=facts.branch_id, partner=partner).exists():
        raise Refused(_("Choisissez un établissement de ce partenaire."))
    return vars(facts) | {"words": words, "next_step": step}
