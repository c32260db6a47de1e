"""Hours of work month by month, the closing of a site's month, the weeks of a PHC."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Q
from django.utils.translation import gettext_lazy as _

from convergence.access.policies import PersonVersions
from convergence.people.models import Person
from convergence.people.sealed import SealedTextField
from convergence.platform.dated import Version
from convergence.platform.policies import VersionRows
from convergence.territories.models import Site
from convergence.vocabulary.roles import Role

_CARE = f"'{Role.COUNSELLOR}', '{Role.SUPPORT_WORKER}', '{Role.SITE_MANAGER}'"
REOPENS = f"holds_at_site(site_id, {_CARE})"
"""Whoever may reopen a closed month of the site."""
WORKS_THERE = f"holds_at_site(site_id, {_CARE}, '{Role.WORK_SUPERVISOR}')"
"""Whoever types the hours of the site's people."""


class KeptByTrigger(BaseConstraint):
    """A condition that a trigger of the migration keeps; here for its name and the sentence that it is refused with."""

    def __init__(self, *, name: str, violation_error_message: Any = None) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return ""

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return ""

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return ""

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing to check in Python: the database refuses."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptByTrigger) and self.name == other.name

    def __hash__(self) -> int:
        return hash((self.__class__, self.name))


class MonthHours(Version):
    """Hours of one contract in one month, in hundredths: planned, worked, absent by kind.

    :ivar contract: the series of the contract.
    :ivar month: the first day of the month.
    :ivar absences: hours by code of ``HoursAbsence``, as decimals in text; what is absent of it is nought.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="month_hours", db_index=False)
    contract = models.UUIDField()
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+", db_index=False)
    month = models.DateField(_("mois"))
    planned = models.DecimalField(_("heures prévues"), max_digits=5, decimal_places=2, null=True)
    worked = models.DecimalField(_("heures faites"), max_digits=5, decimal_places=2, null=True)
    absences = models.JSONField(_("absences"), default=dict, encoder=DjangoJSONEncoder)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="month_hours_of_a_month"),
            models.CheckConstraint(
                condition=(Q(planned=None) | Q(planned__gte=0)) & (Q(worked=None) | Q(worked__gte=0)),
                name="month_hours_not_negative",
                violation_error_message=_("Des heures ne sont pas négatives : écrivez 0 ou plus."),
            ),
            models.UniqueConstraint(
                fields=["contract", "month"],
                condition=Q(superseded_at=None),
                name="month_hours_once",
                violation_error_message=_("Quelqu’un a noté des heures de ce mois pendant que vous écriviez."),
            ),
            KeptByTrigger(
                name="month_hours_not_closed",
                violation_error_message=_(
                    "Ce mois est clos sur ce chantier : rouvrez-le, en disant pourquoi, avant de changer ses heures."
                ),
            ),
            KeptByTrigger(
                name="month_hours_of_a_contract",
                violation_error_message=_(
                    "Ces heures ne sont celles d’aucun contrat de cette personne sur ce chantier."
                ),
            ),
            PersonVersions(name="month_hours", compartment="hours", insert_if=WORKS_THERE),
        ]
        indexes = [
            models.Index(fields=["person", "-month"], name="month_hours_of_person"),
            models.Index(fields=["site", "month"], condition=Q(superseded_at=None), name="month_hours_of_site"),
        ]


class MonthClosing(Version):
    """Whether the hours of a site's month are closed: one version a closing or reopening, which says who and when."""

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    month = models.DateField(_("mois"))
    closed = models.BooleanField(default=True)
    reason = models.CharField(_("raison de la réouverture"), max_length=300, blank=True)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="month_closing_of_a_month"),
            models.CheckConstraint(
                condition=Q(closed=True, reason="") | (Q(closed=False) & ~Q(reason="")),
                name="month_reopened_with_a_reason",
                violation_error_message=_("Dites pourquoi le mois est rouvert."),
            ),
            models.UniqueConstraint(
                fields=["site", "month"],
                condition=Q(superseded_at=None),
                name="month_closing_once",
                violation_error_message=_("Quelqu’un vient de clore ce mois."),
            ),
            VersionRows(
                name="month_closing",
                read=WORKS_THERE,
                insert=f"{WORKS_THERE} AND (closed OR {REOPENS})",
                # What closes a month is taken away by whoever may reopen it, and by nobody else.
                update=f"{WORKS_THERE} AND (NOT closed OR {REOPENS})",
            ),
        ]


class PhcWeek(Version):
    """A week of a PHC: hours planned, hours done, and what was done, in words that her team reads.

    :ivar contract: the series of the contract.
    :ivar week: its Monday.
    """

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="phc_weeks", db_index=False)
    contract = models.UUIDField()
    week = models.DateField(_("semaine"))
    planned = models.DecimalField(_("heures prévues"), max_digits=4, decimal_places=2)
    done = models.DecimalField(_("heures faites"), max_digits=4, decimal_places=2, null=True)
    told = SealedTextField(verbose_name=_("ce qui a été fait"))

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="phc_week_is_its_monday"),
            models.CheckConstraint(
                condition=Q(planned__gt=0) & (Q(done=None) | Q(done__gte=0)),
                name="phc_week_not_negative",
                violation_error_message=_("Des heures ne sont pas négatives : écrivez 0 ou plus."),
            ),
            models.UniqueConstraint(
                fields=["contract", "week"],
                condition=Q(superseded_at=None),
                name="phc_week_once",
                violation_error_message=_("Cette semaine est déjà prévue."),
            ),
            PersonVersions(name="phc_week", compartment="hours"),
        ]
        indexes = [models.Index(fields=["person", "week"], name="phc_week_of_person")]


class AgreedPosts(Version):
    """Posts at full time that the State agreed to fund at a site for a year, as the yearly annex says."""

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    year = models.PositiveSmallIntegerField(_("année"))
    full_time_equivalent = models.DecimalField(_("ETP conventionnés"), max_digits=5, decimal_places=2)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(full_time_equivalent__gt=0),
                name="agreed_posts_some",
                violation_error_message=_("Un chantier conventionné compte plus de 0 ETP."),
            ),
            models.UniqueConstraint(
                fields=["site", "year"],
                condition=Q(superseded_at=None),
                name="agreed_posts_once",
                violation_error_message=_("Quelqu’un vient de noter les ETP de cette année."),
            ),
            VersionRows(
                name="agreed_posts",
                read=WORKS_THERE,
                insert=f"holds_at_site(site_id, '{Role.SITE_MANAGER}')",
                update=f"holds_at_site(site_id, '{Role.SITE_MANAGER}')",
            ),
        ]
