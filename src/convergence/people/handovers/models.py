"""A person handed over by one colleague to another, and what the other answered."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.territories.models import Mission
from convergence.vocabulary.handovers import HandOverState


class HandOver(DatedFact):
    """From the first day of ``valid`` on the receiver follows the person; until its end, or for good without one.

    Offered by a colleague who is not the receiver, answered by the receiver alone, taken back by whoever offers.
    The follow-up itself is told by assignments: they change when the hand-over is accepted, and not before.
    """

    person = models.ForeignKey("people.Person", on_delete=models.RESTRICT, related_name="hand_overs")
    giver = models.ForeignKey(Mission, on_delete=models.RESTRICT, related_name="+")
    receiver = models.ForeignKey(Mission, on_delete=models.RESTRICT, related_name="+")
    state = TermField(max_length=12, choices=HandOverState.choices(), default=HandOverState.OFFERED.value)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="hand_over_to_somebody_else",
                violation_error_message=_("Choisissez une ou un autre collègue."),
            ),
            ExclusionConstraint(
                name="hand_over_one_offer_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("giver", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None, state=HandOverState.OFFERED.value),
                violation_error_message=_("Cette personne est déjà confiée à ces dates : la réponse est attendue."),
            ),
            PersonVersions(
                name="hand_over",
                compartment="identity",
                insert_if="may_hand_over(series, person_id, giver_id, receiver_id, valid, state)",
                supporting=True,
            ),
        ]
