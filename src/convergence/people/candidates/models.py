"""A candidate is known to one site, which does not support her yet."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonAtSiteVersions
from convergence.platform.dated import DatedFact
from convergence.territories.models import Site


class Candidate(DatedFact):
    """A site reads a person's name, contact details and candidacies because she is, or was, its candidate.

    ``valid`` runs from her orientation on, and ends at her first day at work, or when what is kept of a candidacy
    without hiring is no longer read. Written only by definer functions, as ``Support`` is; read at that site alone:
    another team that supports her does not learn where else she applies.

    :ivar closed_from: the day from which the site considers her no longer, nor reads her path; None until then.
    """

    person = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="candidates")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="candidates")
    closed_from = models.DateField(null=True)

    class Meta(DatedFact.Meta):
        constraints = [
            ExclusionConstraint(
                name="candidate_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce chantier connaît déjà cette candidature à ces dates."),
            ),
            PersonAtSiteVersions(name="candidate", writable=False),
        ]
