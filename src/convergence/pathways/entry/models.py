"""How a person comes to a site: the candidacy, what was decided of it, proofs of eligibility, hiring, control.

Rows of a candidacy are read at that site only, by those who may hire there: another team that supports the person
learns nothing of them. Hiring and control are facts of her working side, read like her contracts.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonAtSiteVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.territories.models import Site
from convergence.vocabulary.eligibility import ControlResult, Criterion, DiagnosisAuthor
from convergence.vocabulary.orientations import CandidacyOutcome, Referrer


class Candidacy(DatedFact):
    """A person sent to a site, by whom; ``valid`` runs from the orientation to the day on which it was closed."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="candidacies")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="candidacies", verbose_name=_("chantier"))
    referrer = TermField(_("orientée par"), max_length=32, choices=Referrer.choices())
    # A name that reveals care or justice is refused when it is typed (vocabulary.orientations).
    body = models.CharField(_("organisme"), max_length=160, blank=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="candidacy_has_a_start",
                violation_error_message=_("Une candidature se ferme le jour de l’orientation ou après."),
            ),
            ExclusionConstraint(
                name="candidacy_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Une candidature de cette personne est déjà ouverte sur ce chantier."),
            ),
            PersonAtSiteVersions(name="candidacy"),
        ]
        indexes = [models.Index(fields=["site", "valid"], condition=Q(superseded_at=None), name="candidacy_at_site")]


class CandidacyDecision(DatedFact):
    """What was decided of a candidacy, from its day until the next decision: a spell of waiting is one such row."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    candidacy = models.UUIDField(help_text="series of the candidacy")
    outcome = TermField(_("décision"), max_length=20, choices=CandidacyOutcome.choices())
    reason = SealedTextField(verbose_name=_("raison"))

    class Meta(DatedFact.Meta):
        constraints = [
            ExclusionConstraint(
                name="candidacy_decision_one_at_a_time",
                expressions=[("candidacy", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(superseded_at=None),
                violation_error_message=_("Quelqu’un vient de noter une décision à cette date : relisez d’abord."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome=CandidacyOutcome.REFUSED_BY_SITE) | Q(reason__isnull=False),
                name="candidacy_refusal_reasoned",
                violation_error_message=_("Dites pourquoi le chantier refuse : la personne peut le demander."),
            ),
            PersonAtSiteVersions(name="candidacy_decision"),
        ]

    def __str__(self) -> str:
        return str(CandidacyOutcome(self.outcome).label)


class CandidacyMeeting(DatedFact):
    """Somebody of the team met the candidate, or waited for her in vain; ``valid`` is that one day."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    candidacy = models.UUIDField(help_text="series of the candidacy", db_index=True)
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+")
    came = models.BooleanField(_("venue"), default=True)
    words = SealedTextField(verbose_name=_("quelques mots"))

    class Meta(DatedFact.Meta):
        constraints = [PersonAtSiteVersions(name="candidacy_meeting")]


class EligibilityProof(Version):
    """A paper seen by the site: it proves a criterion, or is a diagnosis (then ``diagnosis_by`` says whose)."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="eligibility_proofs")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    criterion = TermField(_("critère"), max_length=32, choices=Criterion.choices(), blank=True)
    diagnosis_by = TermField(_("diagnostic par"), max_length=12, choices=DiagnosisAuthor.choices(), blank=True)
    made_on = models.DateField(_("établie le"))
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion="") ^ Q(diagnosis_by=""),
                name="eligibility_proof_of_one_thing",
                violation_error_message=_(
                    "Une pièce prouve un critère, ou est un diagnostic : choisissez l’un des deux."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("made_on")),
                name="eligibility_proof_ends_after_it_begins",
                violation_error_message=_("Cette pièce ne peut pas expirer avant d’être établie."),
            ),
            models.UniqueConstraint(
                fields=["person", "site", "criterion", "diagnosis_by", "made_on"],
                condition=Q(superseded_at=None),
                name="eligibility_proof_once",
                violation_error_message=_("Cette pièce est déjà notée, avec la même date."),
            ),
            PersonAtSiteVersions(name="eligibility_proof"),
        ]


class Hiring(Version):
    """What is to be done around a first day at work, and the day on which each line was done.

    ``foreign_permit`` and ``registered_at_france_travail`` decide whether the right to work is asked of the prefect.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="hirings")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    candidacy = models.UUIDField(help_text="series of the candidacy")
    first_day = models.DateField(_("premier jour"))
    foreign_permit = models.BooleanField(_("travaille avec un titre de séjour"))
    registered_at_france_travail = models.BooleanField(_("inscription à France Travail"))
    declared_on = models.DateField(null=True)
    right_to_work_asked_on = models.DateField(null=True)
    contract_handed_over_on = models.DateField(null=True)
    health_visit_on = models.DateField(null=True)

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy"],
                condition=Q(superseded_at=None),
                name="hiring_once",
                violation_error_message=_("Quelqu’un vient de noter cette embauche : relisez d’abord."),
            ),
            PersonAtSiteVersions(name="hiring", read_elsewhere=True),
        ]


class EligibilityControl(DatedFact):
    """A control of somebody's eligibility, from the day on which it was asked to the day on which it was closed."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="eligibility_controls")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    answered_on = models.DateField(_("pièces envoyées le"), null=True, blank=True)
    result = TermField(_("résultat"), max_length=12, choices=ControlResult.choices(), blank=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="eligibility_control_has_a_start",
                violation_error_message=_("Un contrôle se ferme le jour où il est demandé, ou après."),
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=Lower("valid")),
                name="eligibility_control_answered_after_it_was_asked",
                violation_error_message=_("Les pièces ne peuvent pas partir avant la demande."),
            ),
            models.CheckConstraint(
                condition=Q(result="", valid__upper_inf=True) | (~Q(result="") & Q(valid__upper_inf=False)),
                name="eligibility_control_closed_with_its_result",
                violation_error_message=_("Un contrôle se ferme avec son résultat."),
            ),
            ExclusionConstraint(
                name="eligibility_control_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Un contrôle est déjà noté à ces dates sur ce chantier."),
            ),
            PersonAtSiteVersions(name="eligibility_control", read_elsewhere=True),
        ]
