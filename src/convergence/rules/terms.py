"""How long a partner is waited for: the reminder, the lapse, the life of a link; a territory may say its own."""

from dataclasses import dataclass
from datetime import date

from convergence.rules.law import value

LONGEST_LAPSE = 180
LONGEST_LINK = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a territory's referrals, in days.

    :param reminder_days: after which a partner that has not answered is reminded.
    :param lapse_days: after which a demand that its partner never answered lapses.
    :param link_days: for which a link without an account works.
    """

    reminder_days: int
    lapse_days: int
    link_days: int


def usual(today: date) -> Terms:
    """The terms in force where a territory says nothing of its own (``law.toml``)."""
    return Terms(*(value(f"referral.{name}", today) for name in Terms.__dataclass_fields__))


def faults(terms: Terms) -> dict[str, str]:
    """What is wrong with terms that somebody proposes, as field → French sentence; empty where they hold together."""
    found = {}
    if terms.reminder_days < 1:
        found["reminder_days"] = "La relance vient au plus tôt un jour après l’envoi."
    elif terms.reminder_days >= terms.lapse_days:
        found["reminder_days"] = "La relance vient avant que la demande ne devienne caduque : baissez ce nombre."
    if not 2 <= terms.lapse_days <= LONGEST_LAPSE:
        found["lapse_days"] = f"Une demande devient caduque entre 2 et {LONGEST_LAPSE} jours après l’envoi."
    if not 1 <= terms.link_days <= LONGEST_LINK:
        found["link_days"] = f"Un lien marche entre 1 et {LONGEST_LINK} jours."
    return found
