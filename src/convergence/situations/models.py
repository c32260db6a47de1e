"""A situation: one dated fact about a person in one aspect of her life (domain.md §4)."""

from functools import reduce
from operator import or_
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact, DatedFactQuerySet
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.situations import ASPECTS, ASPECTS_BY_COMPARTMENT, Aspect


class SituationQuerySet(DatedFactQuerySet["Situation"]):
    def line_of(self, person_id: int, aspect: str) -> Self:
        """Every version, current or not, of one aspect of one person's life."""
        return self.filter(person_id=person_id, aspect=aspect)


class Situation(DatedFact):
    """What is true of a person in one aspect over a period: a value, or one of the four kinds of missing.

    The compartment is the aspect's: it stands on the row because the readers of rows differ.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="situations", db_index=False)
    aspect = models.CharField(max_length=40)
    compartment = TermField(max_length=10, choices=Compartment.choices())
    value = models.CharField(max_length=40, blank=True)
    missing = TermField(max_length=24, blank=True, choices=Missing.choices())
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    doubtful = models.BooleanField(_("à vérifier"), default=False)
    detail = SealedTextField(verbose_name=_("précisions"))

    objects = SituationQuerySet.as_manager()  # type: ignore[misc]  # the base's manager, with more words

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(value="") ^ Q(missing=""),
                name="situation_value_or_missing",
                violation_error_message=_("Choisissez une situation, ou dites pourquoi elle n’est pas connue."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="situation_period_not_empty",
                violation_error_message=_("La fin doit venir après le début."),
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, aspect__in=aspects)
                        for compartment, aspects in ASPECTS_BY_COMPARTMENT.items()
                    ),
                ),
                name="situation_compartment_of_its_aspect",
                violation_error_message=_("Ce type de situation n’existe pas."),
            ),
            ExclusionConstraint(
                name="situation_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("aspect", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Une autre situation est déjà notée à ces dates."),
            ),
            PersonVersions(name="situation"),
        ]
        indexes = [
            models.Index(fields=["person", "aspect"], name="situation_line"),
            # Lists and counts ask for everybody's housing, and for nothing else of everybody.
            models.Index(
                fields=["person"],
                include=["valid", "value", "missing", "compartment"],
                condition=Q(aspect="housing", superseded_at=None),
                name="situation_housing",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def subject(self) -> Aspect:
        return ASPECTS[self.aspect]

    @property
    def label(self) -> str:
        """The value in French, or why it is not known."""
        if self.missing:
            return str(Missing(self.missing).label)
        return str(self.subject.values(self.value).label)
