"""What referrals add up to on a territory, without a name: needs that wait, where referrals stand, how partners answer.

None is a count withheld: fewer than five people, or one from which such a count follows (migration 0002).
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from convergence.vocabulary.domains import Domain

MEASURES = ("opened", "placed", "waiting")
"""Referrals opened; those of them that found a place, and those that wait."""
STAGES = ("waiting", "placed", "refused", "cancelled", "lapsed")
"""Where a referral opened in the period is today, in a word; ``waiting`` and ``placed`` gather several states."""


@dataclass(frozen=True)
class UnmetNeed:
    """People on whom a need weighs while no offer answers it, at a site; ``site_id`` None: on the whole territory.

    :ivar long_ago: how many of them for three months or more; told of the whole territory alone.
    """

    territory_id: int
    domain: str
    need: str
    site_id: int | None
    people: int | None
    long_ago: int | None
    median_days: int | None


@dataclass(frozen=True)
class PartnerAnswers:
    """How a partner answered what was sent to it in a period; ``partner_id`` None: all those of a domain.

    :ivar days_to_answer: median days from the sending to the first answer; ``days_to_start`` to the start.
    """

    partner_id: int | None
    domain: str
    sent: int
    answered: int
    accepted: int | None
    days_to_answer: int | None
    days_to_start: int | None

    @property
    def share_accepted(self) -> int | None:
        """Accepted out of those answered, in per cent; None below five answers, or where it is withheld."""
        if self.answered < 5 or self.accepted is None:
            return None
        return round(100 * self.accepted / self.answered)


@dataclass(frozen=True)
class Counts:
    """Referrals opened in a period, by part of each domain.

    :ivar cells: (part, key, domain, measure) → count; a part is ``site``, ``partner``, ``stage``, ``state`` (within its
        stage), ``side`` (who refused) or ``reason`` (« person too_far »); key None: the whole domain.
    """

    cells: dict[tuple[str, str | None, str, str], int | None]

    def of(self, part: str, key: str | None, domain: str, measure: str = "opened") -> int | None:
        """A count; 0 where there is nothing."""
        return self.cells.get((part, key, domain, measure), 0)

    def keys(self, part: str, domain: str | None = None) -> list[str]:
        """The keys of a part's cells, in one domain or in any, in order."""
        found = {key for what, key, of, _m in self.cells if what == part and key and domain in (None, of)}
        return sorted(found)

    @property
    def domains(self) -> list[Domain]:
        """Domains in which referrals were opened, in the order of the list."""
        present = {domain for _part, _key, domain, _measure in self.cells}
        return [domain for domain in Domain if domain in present]


def unmet_needs() -> list[UnmetNeed]:
    """Needs without an offer in the domains that the actor covers; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM referrals_unmet_needs()")
        return [UnmetNeed(*row) for row in cursor.fetchall()]


def counts(territory_id: int, first: date, last: date) -> Counts:
    """Referrals opened from ``first`` to ``last``, both included, where they stand today; one query.

    Nothing for whoever is neither officer, nor coordinator, nor manager of a site there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM referrals_counts(%s, %s, %s)", [territory_id, first, last])
        return Counts({(part, key, domain, measure): n for part, key, domain, measure, n in cursor.fetchall()})


def answers(territory_id: int, first: date, last: date) -> list[PartnerAnswers]:
    """How partners answered what was sent from ``first`` to ``last``, at least five people each; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM referrals_answers(%s, %s, %s)", [territory_id, first, last])
        return [PartnerAnswers(*row) for row in cursor.fetchall()]
