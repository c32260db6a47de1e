"""A host reads one person's name, contact details and work path, from a day to a day, because she agreed."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.platform.dated import DatedFact

HOST = "host"
"""The role that the database gives whoever hosts somebody on the day; no mission carries it."""


class Host(DatedFact):
    """An account at the structure where the path goes on reads this one person, and nobody else by it.

    Written only by ``open_host`` and ``end_host`` of the database, as ``Support`` is.

    :ivar agreed_on: the day on which the person agreed that this structure reads her work path.
    """

    person = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="hosts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="hosted")
    structure = models.CharField(_("structure"), max_length=160)
    agreed_on = models.DateField(_("accord de la personne le"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="host_has_both_days",
                violation_error_message=_("Un accès a un premier jour, et un dernier qui vient après."),
            ),
            models.CheckConstraint(
                condition=~Q(structure="") & Q(agreed_on__lte=Lower(F("valid"))),
                name="host_agreed_before",
                violation_error_message=_("La personne donne son accord avant que l’accès s’ouvre."),
            ),
            ExclusionConstraint(
                name="host_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce compte a déjà accès au parcours de cette personne à ces dates."),
            ),
            PersonVersions(name="host", compartment="work", writable=False, also=("hosted",)),
        ]
