"""Persons and what identifies them; who supports them.

Names are one compartment, civil status and contact details another: a work supervisor knows her team's names,
not their birth dates. Identity is versioned like every fact: a correction keeps what stood before.
"""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonRows, PersonVersions
from convergence.people.candidates.models import Candidate
from convergence.people.handovers.models import HandOver
from convergence.people.hosts.models import Host
from convergence.people.keys import PersonKey
from convergence.people.likeness.models import Likeness, LikenessDecision, LikenessSearch
from convergence.people.sealed import SealedTextField
from convergence.people.sharing.models import Sharing
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.territories.models import Mission, Site
from convergence.vocabulary.people import NameKind, Sex

__all__ = [
    "Assignment",
    "Candidate",
    "CivilStatus",
    "HandOver",
    "Host",
    "Likeness",
    "LikenessDecision",
    "LikenessSearch",
    "Person",
    "PersonKey",
    "PersonName",
    "Sharing",
    "Support",
]


class Person(models.Model):
    """Somebody accompanied. The row itself says nothing; ``admit_person()`` makes it with its first support."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [PersonRows(name="person", compartment="identity", person="id", writable=False, also=("hosted",))]

    @cached_property
    def usual_name(self) -> str:
        """The name that she is called by, or else any name of hers; asked once for a page."""
        names = self.names.filter(superseded_at=None)
        return str(names.filter(kind=NameKind.USUAL).first() or names.first() or "")


class PersonName(Version):
    """One of a person's names; several spellings may stand side by side."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="names")
    kind = TermField(_("sorte de nom"), max_length=12, choices=NameKind.choices(), default=NameKind.USUAL)
    given_name = models.CharField(_("prénom"), max_length=80, blank=True)
    family_name = models.CharField(_("nom"), max_length=80, blank=True)
    # Sorted and searched without accents or capitals: the wheel's PostgreSQL has no French collation.
    sort_key = models.GeneratedField(
        expression=Func(
            Concat(F("family_name"), Value(" "), F("given_name")),
            function="plain",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_name="", family_name=""),
                name="person_name_not_empty",
                violation_error_message=_("Indiquez au moins un prénom ou un nom."),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind=NameKind.USUAL, superseded_at=None),
                name="person_one_usual_name",
                violation_error_message=_("Cette personne a déjà un nom d’usage."),
            ),
            PersonVersions(name="person_name", compartment="identity", also=("hosted",)),
        ]
        indexes = [
            GinIndex(OpClass(F("sort_key"), "gin_trgm_ops"), name="person_name_words"),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class CivilStatus(Version):
    """Birth, sex, languages and how to reach the person: one current version, every part may be missing."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="civil_statuses")
    sex = TermField(_("sexe"), max_length=12, choices=Sex.choices(), blank=True)
    birth_year = models.PositiveSmallIntegerField(_("année de naissance"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("mois de naissance"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("jour de naissance"), null=True, blank=True)
    languages = models.CharField(_("langues parlées"), max_length=200, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(superseded_at=None), name="civil_status_one_current"
            ),
            models.CheckConstraint(
                condition=(
                    (Q(birth_month__isnull=True) | Q(birth_year__isnull=False, birth_month__range=(1, 12)))
                    & (Q(birth_day__isnull=True) | Q(birth_month__isnull=False, birth_day__range=(1, 31)))
                    & (Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)))
                ),
                name="civil_status_birth_possible",
                violation_error_message=_("Cette date de naissance n’existe pas."),
            ),
            PersonVersions(name="civil_status", compartment="contact", also=("hosted",)),
        ]

    @property
    def birth(self) -> str:
        """What is known of the birth, as people write it: 03/05/1985, 05/1985, 1985, or nothing."""
        parts = (self.birth_day, self.birth_month, self.birth_year)
        return "/".join(f"{part:02}" for part in parts if part is not None)

    def age(self, today: date) -> int | None:
        """Completed years on a day; None when the year is not known, the least possible when only it is."""
        if self.birth_year is None:
            return None
        birthday = (self.birth_month or 12, self.birth_day or 31)
        return today.year - self.birth_year - ((today.month, today.day) < birthday)


class Support(DatedFact):
    """A site supports a person over a period: the source of what the site's team may read.

    Written only by ``admit_person``, ``open_support`` and ``end_support``: closing one's own right in the middle
    of a change would hide the row being changed.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="supports")
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="supports")

    class Meta(DatedFact.Meta):
        constraints = [
            ExclusionConstraint(
                name="support_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce chantier accompagne déjà cette personne à ces dates."),
            ),
            PersonVersions(name="support", compartment="identity", writable=False, supporting=True),
        ]
        indexes = [
            models.Index(
                fields=["site", "person"],
                include=["valid"],
                condition=Q(superseded_at=None),
                name="support_at_site",
            )
        ]


class Assignment(DatedFact):
    """A person's referent: the mission (counsellor, supervisor…) that follows her over a period."""

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="assignments")
    mission = models.ForeignKey(Mission, on_delete=models.RESTRICT, related_name="assignments")

    class Meta(DatedFact.Meta):
        constraints = [
            ExclusionConstraint(
                name="assignment_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("mission", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at=None),
                violation_error_message=_("Cette personne est déjà suivie par ce référent à ces dates."),
            ),
            PersonVersions(
                name="assignment",
                compartment="identity",
                insert_if="may_follow(person_id, mission_id, valid)",
                supporting=True,
            ),
        ]


class OutsideReferent(DatedFact):
    """A social referent whom the person already has elsewhere (shelter, RSA, justice…).

    The very name of some bodies reveals health or justice, so each row names its own compartment.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="outside_referents")
    compartment = models.CharField(_("qui peut le lire"), max_length=10, default="social")
    role = models.CharField(_("fonction"), max_length=80)
    name = models.CharField(_("nom"), max_length=120, blank=True)
    body = models.CharField(_("organisme"), max_length=160, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    may_contact = models.BooleanField(_("peut être contacté"), null=True, blank=True)
    comment = SealedTextField(verbose_name=_("précisions"))

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(compartment__in=["social", "health", "justice"]),
                name="outside_referent_compartment",
            ),
            PersonVersions(name="outside_referent"),
        ]

    def __str__(self) -> str:
        return self.name or self.role
