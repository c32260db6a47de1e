"""A pathway is one stay in the scheme; contracts are its work, one after the other, at one or several employers.

What the State's tool says of the same person stands beside, in its own rows.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.pathways.decisions.models import Amendment, Extension, HoursDerogation, Pass, Suspension
from convergence.pathways.entry.models import (
    Candidacy,
    CandidacyDecision,
    CandidacyMeeting,
    EligibilityControl,
    EligibilityProof,
    Hiring,
)
from convergence.pathways.exits.models import Exit
from convergence.pathways.hours.models import AgreedPosts, MonthClosing, MonthHours, PhcWeek
from convergence.pathways.placements.models import Placement, Training
from convergence.people.models import Person
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.territories.models import Site
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.passes import HireState, PassState

__all__ = [
    "AgreedPosts",
    "Amendment",
    "Candidacy",
    "CandidacyDecision",
    "CandidacyMeeting",
    "Contract",
    "EligibilityControl",
    "EligibilityProof",
    "Exit",
    "Extension",
    "Hiring",
    "HoursDerogation",
    "MonthClosing",
    "MonthHours",
    "OfficialHire",
    "OfficialPass",
    "Pass",
    "Pathway",
    "PhcWeek",
    "Placement",
    "Suspension",
    "Training",
    "number_in_groups",
]


class Pathway(DatedFact):
    """One stay of a person in the scheme, from its entry to its end, whoever employs her meanwhile."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="pathways")

    class Meta(DatedFact.Meta):
        constraints = [
            ExclusionConstraint(
                name="pathway_one_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(superseded_at=None),
                violation_error_message=_("Cette personne a déjà un parcours à ces dates."),
            ),
            PersonVersions(name="pathway", compartment="work", also=("path", "hosted")),
        ]


class Contract(DatedFact):
    """A work contract: at a site of the scheme, or elsewhere (another SIAE, an ordinary employer).

    ``valid`` ends the day after the last day worked; open where the term is not fixed.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="contracts")
    site = models.ForeignKey(
        Site,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("chantier"),
    )
    employer = models.CharField(_("autre employeur"), max_length=160, blank=True)
    kind = TermField(_("type de contrat"), max_length=20, choices=ContractKind.choices())
    programme = TermField(_("programme"), max_length=8, choices=Programme.choices(), blank=True)
    weekly_hours = models.DecimalField(_("heures par semaine"), max_digits=4, decimal_places=1, null=True, blank=True)
    # Why a contract may be shorter than four months is not a fact of work: it is not asked.
    recruited_directly = models.BooleanField(_("recrutement direct"), default=False, db_default=False)
    exempt_from_minimum = models.BooleanField(_("durée plus courte permise"), default=False, db_default=False)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="contract_period_not_empty",
                violation_error_message=_("La fin du contrat doit venir après son début."),
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False, employer="") | (Q(site__isnull=True) & ~Q(employer="")),
                name="contract_one_employer",
                violation_error_message=_("Indiquez le chantier, ou le nom de l’autre employeur."),
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__isnull=True) | Q(weekly_hours__gt=0, weekly_hours__lte=35),
                name="contract_weekly_hours_lawful",
                violation_error_message=_("Un contrat compte plus de 0 et au plus 35 heures par semaine."),
            ),
            models.CheckConstraint(
                condition=Q(kind=ContractKind.CDDI) | Q(programme__in=["", Programme.NONE]),
                name="contract_programme_of_cddi",
                violation_error_message=_("Seul un CDDI peut relever d’un programme (CVG, PHC)."),
            ),
            # Within one employer; between employers a definer function judges (the next issues).
            ExclusionConstraint(
                name="contract_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None, site__isnull=False),
                violation_error_message=_("Un autre contrat court déjà sur ce chantier à ces dates."),
            ),
            PersonVersions(name="contract", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return str(ContractKind(self.kind).label)


class OfficialPass(DatedFact):
    """A PASS IAE as the State's tool says it: kept beside our own reckoning, never instead of it.

    ``valid`` ends the day after its last day. Successive exports are versions of one row; the number is not unique
    among people: a constraint would tell that somebody hidden has it (``passes_noted_elsewhere`` judges).
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="official_passes")
    number = models.CharField(_("numéro de PASS IAE"), max_length=12)
    state = TermField(_("état"), max_length=10, choices=PassState.choices())
    holder = models.CharField(_("au nom de"), max_length=200, blank=True)
    said_on = models.DateField(_("dit le"))

    class Meta(DatedFact.Meta):
        indexes = [models.Index(fields=["number"], condition=Q(superseded_at=None), name="official_pass_by_number")]
        constraints = [
            models.CheckConstraint(
                # Five signs for who issued it (99999: les emplois), two for the year, five for its rank.
                condition=Q(number__regex=r"^[0-9A-Z]{12}$"),
                name="official_pass_number",
                violation_error_message=_("Un numéro de PASS IAE compte douze chiffres, par exemple 99999 24 00001."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="official_pass_has_both_dates",
                violation_error_message=_("Un PASS IAE a une date de début, et une fin qui vient après."),
            ),
            models.UniqueConstraint(
                fields=["person", "number"],
                condition=Q(superseded_at=None),
                name="official_pass_once",
                violation_error_message=_("Ce numéro de PASS IAE est déjà noté pour cette personne."),
            ),
            PersonVersions(name="official_pass", compartment="work", also=("path", "hosted")),
        ]

    def __str__(self) -> str:
        return number_in_groups(self.number)


class OfficialHire(DatedFact):
    """A hiring as the State's tool says it, from its application: its dates may differ from our contract's.

    ``site`` is ours when the employer named is one of ours; ``applied_on`` is what one export shares with the next.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="official_hires")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name=_("chantier"))
    employer = models.CharField(_("employeur"), max_length=200)
    state = TermField(_("état"), max_length=10, choices=HireState.choices())
    applied_on = models.DateField(_("candidature du"), null=True)
    said_on = models.DateField(_("dit le"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="official_hire_has_a_start",
                violation_error_message=_("Une embauche a une date de début, et une fin qui vient après."),
            ),
            models.UniqueConstraint(
                fields=["person", "employer", "applied_on", "valid"],
                condition=Q(superseded_at=None),
                name="official_hire_once",
                nulls_distinct=False,
                violation_error_message=_("Cette embauche est déjà notée pour cette personne."),
            ),
            PersonVersions(name="official_hire", compartment="work"),
        ]


def number_in_groups(number: str) -> str:
    """« 99999 24 00001 », as the tool writes it."""
    return f"{number[:5]} {number[5:7]} {number[7:]}"
