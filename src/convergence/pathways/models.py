"""A pathway is one stay in the scheme; contracts are its work, one after the other, at one or several employers."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.territories.models import Site
from convergence.vocabulary.contracts import ContractKind, Programme


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
            PersonVersions(name="pathway", compartment="work"),
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
            PersonVersions(name="contract", compartment="work"),
        ]

    def __str__(self) -> str:
        return str(ContractKind(self.kind).label)
