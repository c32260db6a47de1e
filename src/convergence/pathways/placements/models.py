"""A spell of learning elsewhere: where, from when to when, to what end, and what came of it.

A placement or a training during a contract is no absence: its days stay days under contract, in every clock.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.pathways.decisions.models import BOTH_DAYS
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.vocabulary.placements import LearningResult, PlacementPurpose, TrainingKind

_HOURS = Q(hours__isnull=True) | Q(hours__gt=0)


class Placement(DatedFact):
    """One agreement of work placement (PMSMP), with its one purpose; another spell at the host is another agreement."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="placements", db_index=False)
    host = models.CharField(_("structure d’accueil"), max_length=160)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    purpose = TermField(_("objet"), max_length=20, choices=PlacementPurpose.choices())
    hours = models.DecimalField(_("heures de présence"), max_digits=5, decimal_places=1, null=True, blank=True)
    result = TermField(max_length=12, blank=True, choices=LearningResult.choices())
    told = SealedTextField(verbose_name=_("ce qu’il en est sorti"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=BOTH_DAYS,
                name="placement_has_both_days",
                violation_error_message=_("Une immersion a un premier jour, et un dernier qui vient après."),
            ),
            models.CheckConstraint(
                condition=~Q(host=""),
                name="placement_has_a_host",
                violation_error_message=_("Indiquez la structure d’accueil."),
            ),
            models.CheckConstraint(
                condition=_HOURS,
                name="placement_hours_positive",
                violation_error_message=_("Les heures sont un nombre plus grand que 0."),
            ),
            PersonVersions(name="placement", compartment="work", also=("hosted",)),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="placement_latest")]

    def __str__(self) -> str:
        return str(PlacementPurpose(self.purpose).label)


class Training(DatedFact):
    """One spell of a training or a workshop; a training in several spells is as many rows.

    :ivar certified: whether it led to its certificate; None while that is not known, or where there is none.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="trainings", db_index=False)
    kind = TermField(_("sorte de formation"), max_length=16, choices=TrainingKind.choices())
    title = models.CharField(_("intitulé"), max_length=160, blank=True)
    organiser = models.CharField(_("organisme"), max_length=160)
    hours = models.DecimalField(_("heures"), max_digits=6, decimal_places=1, null=True, blank=True)
    result = TermField(max_length=12, blank=True, choices=LearningResult.choices())
    certified = models.BooleanField(_("certificat obtenu"), null=True, blank=True)
    told = SealedTextField(verbose_name=_("ce qu’il en est sorti"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=BOTH_DAYS,
                name="training_has_both_days",
                violation_error_message=_("Une formation a un premier jour, et un dernier qui vient après."),
            ),
            models.CheckConstraint(
                condition=~Q(organiser=""),
                name="training_has_an_organiser",
                violation_error_message=_("Indiquez l’organisme."),
            ),
            models.CheckConstraint(
                condition=_HOURS,
                name="training_hours_positive",
                violation_error_message=_("Les heures sont un nombre plus grand que 0."),
            ),
            PersonVersions(name="training", compartment="work", also=("hosted",)),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="training_latest")]

    def __str__(self) -> str:
        return self.title or str(TrainingKind(self.kind).label)
