"""A territory's own terms for its referrals, kept by whoever coordinates or administers it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.terms import Terms, faults, usual
from convergence.territories.administering import change
from convergence.territories.models import ReferralTerms, Territory


def terms_of(territory_ids: Collection[int], today: date) -> dict[int, Terms]:
    """The terms of each of these territories, its own or the usual ones; one query."""
    own = {row.territory_id: row.said for row in ReferralTerms.objects.filter(territory__in=territory_ids)}
    return dict.fromkeys(territory_ids, usual(today)) | own


@transaction.atomic
def choose_terms(territory: Territory, terms: Terms, seen: str) -> ReferralTerms:
    """Say the terms of a territory from now on, for demands that wait already too.

    :param seen: the code of the terms that the form showed, "" where the territory had none of its own.
    :raises Refused: terms that do not hold together. :raises ChangedMeanwhile: somebody said others first.
    """
    for sentence in faults(terms).values():
        raise Refused(sentence)
    standing = ReferralTerms.objects.filter(territory=territory).first()
    if standing is None:
        return ReferralTerms.objects.create(territory=territory, **asdict(terms))
    if not seen:
        raise ChangedMeanwhile(_("Quelqu’un vient d’enregistrer ces délais : comparez avant d’enregistrer."), standing)
    return change(standing, seen, **asdict(terms))
