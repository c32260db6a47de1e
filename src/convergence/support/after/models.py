"""Support after access to a job or a home: one thread each, the news had, who may warn, and their warnings.

Free words are sealed, and so is what leads to an employer or a landlord: they know of the person's history.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import DatedFact
from convergence.platform.fields import TermField
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding, SupportOpener, ThirdPartyRole


class ExtendedSupport(DatedFact):
    """A thread: ``valid`` runs from the day of the access until it stops.

    :ivar exit: series of the end of path with which it was opened, if any.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="extended_supports")
    opener = TermField(_("pour quoi"), max_length=4, choices=SupportOpener.choices())
    exit = models.UUIDField(null=True)
    ending = TermField(_("pourquoi il s’arrête"), max_length=12, blank=True, choices=SupportEnding.choices())

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False)
                & (Q(valid__upper_inf=True, ending="") | (Q(valid__upper_inf=False) & ~Q(ending=""))),
                name="extended_support_stops_for_a_reason",
                violation_error_message=_("Dites pourquoi cet accompagnement s’arrête."),
            ),
            ExclusionConstraint(
                name="extended_support_one_thread_each",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("opener", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Cet accompagnement est déjà ouvert."),
            ),
            PersonVersions(name="extended_support", compartment="social"),
        ]

    def __str__(self) -> str:
        return str(SupportOpener(self.opener).label)


class FollowUp(DatedFact):
    """News had on one day: whether the job or the home holds.

    :ivar thread: series of its thread. :ivar contact: series of the contact that it was had by, where the person was
        reached herself.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="follow_ups")
    thread = models.UUIDField()
    result = TermField(_("est-ce que cela tient ?"), max_length=8, choices=FollowUpResult.choices())
    words = SealedTextField(verbose_name=_("en quelques mots"))
    contact = models.UUIDField(null=True)

    class Meta(DatedFact.Meta):
        constraints = [PersonVersions(name="follow_up", compartment="social")]

    def __str__(self) -> str:
        return str(FollowUpResult(self.result).label)


class ThirdParty(DatedFact):
    """An employer or a landlord who may be called: only with the person's agreement, from its day until it is
    withdrawn."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="third_parties")
    thread = models.UUIDField()
    role = TermField(_("qui"), max_length=8, choices=ThirdPartyRole.choices())
    name = SealedTextField(verbose_name=_("nom"))
    reach = SealedTextField(verbose_name=_("comment le joindre"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(name__isnull=False, valid__isempty=False, valid__lower_inf=False),
                name="third_party_named_and_agreed",
                violation_error_message=_("Dites qui c’est, et depuis quand la personne est d’accord."),
            ),
            PersonVersions(name="third_party", compartment="social"),
        ]

    def __str__(self) -> str:
        return f"{ThirdPartyRole(self.role).label}, {self.name}"


class ThirdPartyWarning(DatedFact):
    """An employer or a landlord warned on a day; ``recorded_by`` took the call. Then what was done about it."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="third_party_warnings")
    thread = models.UUIDField()
    third_party = models.UUIDField()
    words = SealedTextField(verbose_name=_("ce qui est dit"))
    answered_on = models.DateField(_("répondu le"), null=True)
    answer = SealedTextField(verbose_name=_("ce qui est fait"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="third_party_warning_has_words",
                violation_error_message=_("Dites en quelques mots ce qui est signalé."),
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answer__isnull=True)
                | Q(answered_on__isnull=False, answer__isnull=False),
                name="third_party_warning_answered_in_words",
                violation_error_message=_("Dites en quelques mots ce qui est fait."),
            ),
            PersonVersions(name="third_party_warning", compartment="social"),
        ]
