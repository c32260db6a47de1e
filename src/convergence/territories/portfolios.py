"""Which domains a partnership officer covers: said by whoever coordinates or administers her territory."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.territories.administering import change
from convergence.territories.models import Mission, Portfolio
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import Role

BY_DEFAULT = tuple(domain for domain in Domain if domain not in (Domain.HEALTH, Domain.DISABILITY))
"""What an officer covers while nobody said (decision 25); the database's ``identify`` says the same."""


def domains_of(mission: Mission) -> list[Domain]:
    """The domains that an officer's mission covers, in the order of the list."""
    portfolio = portfolio_of(mission)
    return list(BY_DEFAULT) if portfolio is None else [domain for domain in Domain if domain in portfolio.domains]


def portfolio_of(mission: Mission) -> Portfolio | None:
    return getattr(mission, "portfolio", None)


@transaction.atomic
def choose_domains(mission: Mission, domains: Collection[str], seen: str) -> Portfolio:
    """Say what the officer covers from now on; what she no longer covers she no longer reads.

    :param seen: the code of the portfolio that the form showed, "" where there was none.
    :raises Refused: no domain, or a mission of another kind. :raises ChangedMeanwhile: somebody said first.
    """
    kept = [domain.value for domain in Domain if domain in domains]
    if not kept or mission.role != Role.PARTNERSHIP_OFFICER:
        raise Refused(_("Choisissez au moins un domaine dans la liste."))
    standing = Portfolio.objects.filter(mission=mission).first()
    if standing is None:
        return Portfolio.objects.create(mission=mission, domains=kept)
    if not seen:
        raise ChangedMeanwhile(
            _("Quelqu’un vient d’enregistrer ce portefeuille : comparez avant d’enregistrer."), standing
        )
    return change(standing, seen, domains=kept)
