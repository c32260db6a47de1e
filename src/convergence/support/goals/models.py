"""A goal agreed with the person, and the actions that lead there: dated facts, their words sealed.

``valid`` begins on the day of the agreement and ends, that day included, when the goal or the action is settled.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.goals import ActionBy, ActionOutcome, GoalResult

_HEALTH = [Domain.HEALTH.value, Domain.DISABILITY.value]


class Goal(DatedFact):
    """What the person wants, as she says it. Who reads it follows from its domain; the referent alone, if judicial."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="goals", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    domain = TermField(max_length=12, choices=Domain.choices())
    words = SealedTextField(verbose_name=_("avec ses mots"))
    result = TermField(max_length=20, blank=True, choices=GoalResult.choices())
    comment = SealedTextField(verbose_name=_("ce qui s’est passé"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="goal_has_words",
                violation_error_message=_("Écrivez l’objectif avec les mots de la personne."),
            ),
            models.CheckConstraint(
                condition=Q(compartment="health", domain__in=_HEALTH)
                | (Q(compartment__in=["social", "justice"]) & ~Q(domain__in=_HEALTH)),
                name="goal_in_its_compartment",
            ),
            models.CheckConstraint(
                condition=Q(valid__upper_inf=True, result="") | (Q(valid__upper_inf=False) & ~Q(result="")),
                name="goal_closed_with_a_result",
                violation_error_message=_("Dites ce que l’objectif est devenu."),
            ),
            PersonVersions(name="goal"),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="goal_latest")]


class Action(DatedFact):
    """One thing to do towards a goal: what, who does it, for when; then done, or not and why.

    :ivar goal: the series of its goal, whose compartment it shares.
    :ivar who: name of the outside referent or of the partner, in words.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="actions", db_index=False)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    goal = models.UUIDField()
    what = SealedTextField(verbose_name=_("quoi"))
    by = TermField(max_length=20, choices=ActionBy.choices())
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.RESTRICT, related_name="+", db_index=False
    )
    who = SealedTextField(verbose_name=_("qui"))
    due_on = models.DateField(_("pour le"))
    outcome = TermField(max_length=20, blank=True, choices=ActionOutcome.choices())
    why = SealedTextField(verbose_name=_("pourquoi"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(what__isnull=False),
                name="action_says_what",
                violation_error_message=_("Dites ce qui est à faire."),
            ),
            models.CheckConstraint(
                condition=Q(compartment__in=["social", "health", "justice"]), name="action_compartment"
            ),
            models.CheckConstraint(
                condition=Q(by="user", user__isnull=False) | (~Q(by="user") & Q(user__isnull=True)),
                name="action_by_somebody",
                violation_error_message=_("Dites qui s’en charge."),
            ),
            models.CheckConstraint(
                condition=Q(valid__upper_inf=True, outcome="") | (Q(valid__upper_inf=False) & ~Q(outcome="")),
                name="action_closed_with_an_outcome",
                violation_error_message=_("Dites si c’est fait, et sinon pourquoi."),
            ),
            PersonVersions(name="action"),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="action_latest")]
