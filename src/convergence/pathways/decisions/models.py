"""What is decided on a path, as recorded: the PASS, its suspensions, extensions asked for and answered, derogations.

Days are kept as they are said (first and last); how far they lead is computed by ``rules``, never stored.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.vocabulary.decisions import Approver, ClockName, DecisionState, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason

BOTH_DAYS = Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False)


class Pass(DatedFact):
    """A PASS IAE as the team knows it: its first day, and its last only where it was ended while suspended.

    What the State's tool says of it stands in ``OfficialPass``; its end is computed.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="passes")
    number = models.CharField(_("numéro"), max_length=12, blank=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="pass_has_a_start",
                violation_error_message=_("Un PASS IAE a une date de début, et une fin qui vient après."),
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(number__regex=r"^[0-9A-Z]{12}$"),
                name="pass_number",
                violation_error_message=_("Un numéro de PASS IAE compte douze chiffres, par exemple 99999 24 00001."),
            ),
            models.UniqueConstraint(
                "person",
                Lower("valid"),
                condition=Q(superseded_at=None),
                name="pass_once",
                violation_error_message=_("Un PASS IAE est déjà noté avec cette date de début."),
            ),
            PersonVersions(name="pass", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return f"{self.number[:5]} {self.number[5:7]} {self.number[7:]}" if self.number else ""


class Suspension(DatedFact):
    """A stretch during which the PASS does not run, as declared."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="suspensions")
    reason = TermField(_("motif"), max_length=24, choices=SuspensionReason.choices())
    declared_on = models.DateField(_("déclarée le"))
    declared_by = TermField(_("déclarée par"), max_length=24, choices=Approver.choices())

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=BOTH_DAYS,
                name="suspension_has_both_days",
                violation_error_message=_("Une suspension a un premier jour, et un dernier qui vient après."),
            ),
            models.CheckConstraint(
                condition=Q(declared_on__gte=Lower("valid")),
                name="suspension_has_begun",
                violation_error_message=_("Une suspension se déclare quand elle a commencé, jamais d’avance."),
            ),
            ExclusionConstraint(
                name="suspension_one_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(superseded_at=None),
                violation_error_message=_("Le PASS est déjà suspendu à ces dates : corrigez cette suspension-là."),
            ),
            PersonVersions(name="suspension", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return str(SuspensionReason(self.reason).label)


_ANSWERED = [DecisionState.GRANTED, DecisionState.REFUSED]
_PENDING = [DecisionState.DRAFT, DecisionState.ASKED]


class Extension(Version):
    """A demand that the PASS, or a CDDI, may go on beyond its end: drafted, asked for, granted or refused.

    ``until`` is the last day asked for, then the one granted; ``days`` are those that it adds to a PASS, whose end may
    move meanwhile. A refusal has its reasons and the day from which it is known for certain.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="extensions")
    clock = TermField(max_length=12, choices=ClockName.choices())
    motive = TermField(_("motif"), max_length=24, choices=ExtensionMotive.choices())
    approver = TermField(_("décidée par"), max_length=24, choices=Approver.choices())
    state = TermField(_("état"), max_length=8, choices=DecisionState.choices())
    until = models.DateField(_("jusqu’au"))
    days = models.PositiveIntegerField(null=True)
    training_ends_on = models.DateField(_("fin de la formation"), null=True)
    asked_on = models.DateField(_("demandée le"), null=True)
    decided_on = models.DateField(_("décidée le"), null=True)
    notified_on = models.DateField(_("notifiée le"), null=True)
    reason = SealedTextField(verbose_name=_("raisons du refus"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(clock=ClockName.PASS, days__gte=1) | Q(clock=ClockName.CDDI, days=None),
                name="extension_days_of_a_pass",
                violation_error_message=_("Une prolongation dure au moins un jour."),
            ),
            models.CheckConstraint(
                condition=Q(state=DecisionState.DRAFT, asked_on=None)
                | Q(asked_on__isnull=False)
                # What a structure decides by itself is asked of nobody.
                | Q(approver=Approver.EMPLOYER),
                name="extension_asked_on_a_day",
                violation_error_message=_("La date de la demande est à noter."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_PENDING, decided_on=None) | Q(state__in=_ANSWERED, decided_on__isnull=False),
                name="extension_decided_on_a_day",
                violation_error_message=_("La date de la décision est à noter."),
            ),
            models.CheckConstraint(
                condition=Q(asked_on=None) | Q(decided_on=None) | Q(decided_on__gte=F("asked_on")),
                name="extension_decided_after_asked",
                violation_error_message=_("La décision ne peut pas venir avant la demande."),
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.REFUSED) | Q(notified_on__isnull=False, reason__isnull=False),
                name="extension_refusal_reasoned",
                violation_error_message=_("Un refus est motivé par écrit et notifié à une date certaine."),
            ),
            models.UniqueConstraint(
                fields=["person", "clock"],
                # What has no answer is pending (extension_decided_on_a_day).
                condition=Q(superseded_at=None, decided_on=None),
                name="extension_one_pending",
                violation_error_message=_("Une demande de prolongation est déjà en cours : une seule à la fois."),
            ),
            PersonVersions(name="extension", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return str(ExtensionMotive(self.motive).label)


class HoursDerogation(DatedFact):
    """Leave to work less than twenty hours a week, granted by the prefect."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="hours_derogations")
    kind = TermField(_("sorte de dérogation"), max_length=12, choices=DerogationKind.choices())
    weekly_hours = models.DecimalField(_("heures par semaine"), max_digits=4, decimal_places=1)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=BOTH_DAYS,
                name="hours_derogation_has_both_days",
                violation_error_message=_("Une dérogation a un premier jour, et un dernier qui vient après."),
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__gt=0, weekly_hours__lt=20),
                name="hours_derogation_under_twenty",
                violation_error_message=_("Une dérogation permet plus de 0 et moins de 20 heures par semaine."),
            ),
            ExclusionConstraint(
                name="hours_derogation_one_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(superseded_at=None),
                violation_error_message=_("Une autre dérogation court déjà à ces dates."),
            ),
            PersonVersions(name="hours_derogation", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return str(DerogationKind(self.kind).label)


class Amendment(DatedFact):
    """A change of hours or of term agreed before the term, from a day on.

    The contract's own row holds what stands last, the term above all; ``hours_before`` and ``until_before`` what the
    amendment found, so that the hours of any day can be told and a mistake undone.

    :ivar contract: the series of the contract.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="amendments", db_index=False)
    contract = models.UUIDField(db_index=True)
    signed_on = models.DateField(_("signé le"))
    weekly_hours = models.DecimalField(_("heures par semaine"), max_digits=4, decimal_places=1, null=True)
    hours_before = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    until = models.DateField(_("nouveau dernier jour"), null=True)
    until_before = models.DateField(null=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="amendment_takes_effect",
                violation_error_message=_("Un avenant prend effet un jour donné."),
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__isnull=False) | Q(until__isnull=False),
                name="amendment_changes_something",
                violation_error_message=_("Un avenant change les heures, le terme, ou les deux."),
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__isnull=True) | Q(weekly_hours__gt=0, weekly_hours__lte=35),
                name="amendment_weekly_hours_lawful",
                violation_error_message=_("Un contrat compte plus de 0 et au plus 35 heures par semaine."),
            ),
            models.UniqueConstraint(
                "contract",
                Lower("valid"),
                condition=Q(superseded_at=None),
                name="amendment_once_a_day",
                violation_error_message=_("Un avenant à ce contrat prend déjà effet ce jour-là."),
            ),
            PersonVersions(name="amendment", compartment="work"),
        ]
        indexes = [models.Index(fields=["person", "-valid"], name="amendment_latest")]
