"""The one-year review as its author corrected it; each need lies in its own compartment, as its ratings do."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.needs import NEEDS_BY_COMPARTMENT
from convergence.vocabulary.reviews import ReviewMark


class Review(Version):
    """What goes with one demand of extension: ``demand`` is the series of its versions."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="reviews")
    demand = models.UUIDField()
    written_on = models.DateField(_("écrit le"))
    months = models.PositiveSmallIntegerField(_("mois demandés"))
    done = SealedTextField(verbose_name=_("ce qui a été fait"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(months__range=(1, 12)),
                name="review_months",
                violation_error_message=_("Une demande porte sur 1 à 12 mois."),
            ),
            models.UniqueConstraint(
                fields=["person", "demand"],
                condition=Q(superseded_at=None),
                name="review_once",
                violation_error_message=_("Le bilan de cette demande vient d’être écrit par quelqu’un d’autre."),
            ),
            PersonVersions(name="review", compartment="social"),
        ]


class ReviewNeed(Version):
    """One need of a review: its mark, none where it was not assessed, and a few words."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="review_needs")
    demand = models.UUIDField()
    compartment = TermField(max_length=10, choices=Compartment.choices())
    need = models.CharField(max_length=40)
    mark = TermField(max_length=10, choices=ReviewMark.choices(), blank=True)
    words = SealedTextField(verbose_name=_("précisions"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(compartment=compartment.value, need__in=needs)
                        for compartment, needs in NEEDS_BY_COMPARTMENT.items()
                    ),
                ),
                name="review_need_in_its_compartment",
                violation_error_message=_("Ce besoin n’existe pas."),
            ),
            models.UniqueConstraint(
                fields=["person", "demand", "need"],
                condition=Q(superseded_at=None),
                name="review_need_once",
                violation_error_message=_("Ce besoin vient d’être noté par quelqu’un d’autre."),
            ),
            PersonVersions(name="review_need"),
        ]
