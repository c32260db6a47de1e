"""What was done to keep a right, and for which time."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.right_acts import RIGHT_ACTS_BY_COMPARTMENT


class RightAct(Version):
    """A declaration, a visit, an update that keeps a right going.

    :ivar act: code of the vocabulary, and kind of the calendar that it answers.
    :ivar occurrence: the time that it settles (the date on which the calendar hangs); for what is counted from the
        last act, its own day.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="right_acts", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    act = models.CharField(max_length=40)
    occurrence = models.DateField()
    done_on = models.DateField(_("fait le"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, act__in=acts)
                        for compartment, acts in RIGHT_ACTS_BY_COMPARTMENT.items()
                    ),
                ),
                name="right_act_in_its_compartment",
                violation_error_message=_("Cette démarche n’existe pas."),
            ),
            models.UniqueConstraint(
                fields=["person", "act", "occurrence"],
                condition=Q(superseded_at=None),
                name="right_act_once",
                violation_error_message=_("C’est déjà noté."),
            ),
            PersonVersions(name="right_act"),
        ]
