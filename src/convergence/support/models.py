"""Contacts, notes and needs are facts; alerts follow from facts and can be thrown away and made anew."""

from functools import reduce
from operator import or_

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonRows, PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import NEEDS_BY_COMPARTMENT


class Contact(DatedFact):
    """Somebody met, called or wrote to the person, or tried to; ``valid`` is that one day."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="contacts")
    kind = TermField(max_length=24, choices=ContactKind.choices())

    class Meta(DatedFact.Meta):
        constraints = [PersonVersions(name="contact", compartment="social")]
        indexes = [models.Index(fields=["person", "-valid"], name="contact_latest")]

    def __str__(self) -> str:
        return str(ContactKind(self.kind).label)


class Note(DatedFact):
    """A few words about the person, sealed; the compartment says who reads them. ``valid`` is the day they tell of."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="notes")
    compartment = TermField(
        _("qui peut la lire"), max_length=10, choices=Compartment.choices(), default=Compartment.SOCIAL
    )
    body = SealedTextField(verbose_name=_("note"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False),
                name="note_not_empty",
                violation_error_message=_("Écrivez quelques mots."),
            ),
            models.CheckConstraint(
                condition=Q(compartment__in=["work", "social", "health", "justice"]), name="note_compartment"
            ),
            PersonVersions(name="note"),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="note_latest")]


class Need(DatedFact):
    """How urgent one of the person's needs was at a review: 0 no difficulty … 4 first to deal with, or missing."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="needs")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    need = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    missing = TermField(max_length=24, blank=True, choices=Missing.choices())
    reason = SealedTextField(verbose_name=_("pourquoi"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=False, level__range=(0, 4), missing="")
                | (Q(level__isnull=True) & ~Q(missing="")),
                name="need_level_or_missing",
                violation_error_message=_("Choisissez un niveau de 0 à 4, ou dites pourquoi il n’est pas connu."),
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, need__in=needs)
                        for compartment, needs in NEEDS_BY_COMPARTMENT.items()
                    ),
                ),
                name="need_in_its_compartment",
                violation_error_message=_("Ce besoin n’existe pas."),
            ),
            ExclusionConstraint(
                name="need_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("need", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce besoin a déjà été évalué ce jour-là."),
            ),
            PersonVersions(name="need"),
        ]


class Alert(models.Model):
    """Something will ask for somebody's attention from ``begins_on`` on; made anew whenever facts change.

    Each kind follows from facts of one compartment, so that whoever may write there can make it anew.
    ``about`` holds codes and dates, enough to say the sentence; never words.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="alerts")
    compartment = TermField(max_length=10, choices=Compartment.choices())
    kind = models.CharField(max_length=40)
    begins_on = models.DateField()
    due_on = models.DateField()
    about = models.JSONField(default=dict)

    class Meta:
        constraints = [PersonRows(name="alert", derived=True)]
        indexes = [models.Index(fields=["begins_on", "due_on"], name="alert_begins")]
