"""Territories, operators, sites and missions: settings of an instance, changed by its administrators.

None of these rows leads to a person accompanied; every signed-in user reads them.
"""

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, SIGNED_IN, RowPolicy, VersionRows, holds_role
from convergence.rules.terms import LONGEST_LAPSE, LONGEST_LINK, Terms
from convergence.territories.periods import first_day, last_day
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.roles import SITE_ROLES, TERRITORY_ROLES, Role

ADMINISTERED = holds_role(Role.ADMINISTRATOR)
"""Whoever administers the whole instance: the role of a mission on one territory is not among the actor's roles."""
KEEPS_PLACE = (
    f"({ADMINISTERED} OR administers_place(site_id, territory_id) OR holds_at_site(site_id, '{Role.SITE_MANAGER}')"
    f" OR holds_on_territory(territory_id, '{Role.COORDINATOR}'))"
)
"""Whoever keeps what is a site's own, or a territory's: its means, its choices of vocabulary."""
KEEPS_TERRITORY = (
    f"({ADMINISTERED} OR administers_place(NULL, territory_id)"
    f" OR holds_on_territory(territory_id, '{Role.COORDINATOR}'))"
)
"""Whoever coordinates or administers a territory."""
KEEPS_PORTFOLIO = "keeps_portfolio(mission_id)"
"""Whoever coordinates or administers the officer's territory, the officer herself excepted."""
CARES_AT_SITE = f"holds_at_site(site_id, '{Role.COUNSELLOR}', '{Role.SUPPORT_WORKER}', '{Role.SITE_MANAGER}')"
ENDS_AFTER_ITS_START = _("La fin doit venir après le début.")


def settings_rows(name: str, *, insert_if: str = "", update_if: str = "") -> RowPolicy:
    """Read by whoever is signed in, written by administrators.

    :param insert_if, update_if: SQL conditions that also let the administrators of one territory write.
    """

    def either(more: str) -> str:
        return f"({ADMINISTERED} OR {more})" if more else ADMINISTERED

    return RowPolicy(name=name, read=SIGNED_IN, insert=either(insert_if), update=either(update_if))


class Territory(models.Model):
    """The sites, pooled team and partners of one area."""

    name = models.CharField(_("nom"), max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="territory_name_once",
                violation_error_message=_("Un territoire porte déjà ce nom."),
            ),
            settings_rows("territory", update_if="administers_place(NULL, id)"),
        ]

    def __str__(self) -> str:
        return self.name


class Operator(models.Model):
    """The legal entity that runs sites."""

    name = models.CharField(_("nom"), max_length=160)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="operator_name_once",
                violation_error_message=_("Une structure porteuse porte déjà ce nom."),
            ),
            settings_rows("operator", insert_if="administers_somewhere()", update_if="administers_operator(id)"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A work-integration site (ACI); an antenna names the site whose State agreement it shares."""

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="sites")
    operator = models.ForeignKey(Operator, on_delete=models.RESTRICT, related_name="sites")
    antenna_of = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="antennas")
    name = models.CharField(_("nom"), max_length=120)
    siret = models.CharField(
        _("SIRET"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", _("Un SIRET compte 14 chiffres."))],
    )
    open_over = DateRangeField(_("ouvert"))
    # Kept by the database's triggers: the name, and the territory beside it where another site bears the same name.
    label = models.CharField(max_length=250, db_default="", default="", editable=False)

    class Meta:
        ordering = ["name", "territory"]
        constraints = [
            ExclusionConstraint(
                name="site_siret_once_at_a_time",
                expressions=[("siret", RangeOperators.EQUAL), ("open_over", RangeOperators.OVERLAPS)],
                # An antenna may share the establishment of the site that it belongs to.
                condition=~Q(siret="") & Q(antenna_of=None),
                violation_error_message=_("Un autre chantier a déjà ce SIRET."),
            ),
            models.UniqueConstraint(
                fields=["territory", "name"],
                name="site_name_once",
                violation_error_message=_("Un chantier de ce territoire porte déjà ce nom."),
            ),
            models.CheckConstraint(
                condition=~Q(antenna_of=models.F("pk")),
                name="site_not_its_own_antenna",
                violation_error_message=_("Un chantier ne peut pas être sa propre antenne."),
            ),
            models.CheckConstraint(
                condition=Q(open_over__isempty=False),
                name="site_open_period_not_empty",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            settings_rows(
                "site",
                insert_if="administers_place(NULL, territory_id)",
                update_if="administers_place(NULL, territory_id)",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.name

    @property
    def opened_on(self) -> date | None:
        return first_day(self.open_over)

    @property
    def last_day(self) -> date | None:
        """The last day on which the site is open, or None while no closing is foreseen."""
        return last_day(self.open_over)


class Funder(models.Model):
    """A body that funds the scheme. Authorities change names: each name is a row, and points to the one before."""

    name = models.CharField(_("nom"), max_length=160)
    named_over = DateRangeField(_("sous ce nom"))
    formerly = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="later_names")

    class Meta:
        ordering = ["name"]
        constraints = [
            ExclusionConstraint(
                name="funder_name_once_at_a_time",
                expressions=[("name", RangeOperators.EQUAL), ("named_over", RangeOperators.OVERLAPS)],
                violation_error_message=_("Un financeur porte déjà ce nom à ces dates."),
            ),
            models.CheckConstraint(
                condition=Q(named_over__isempty=False),
                name="funder_period_not_empty",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            settings_rows("funder"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def since(self) -> date | None:
        return first_day(self.named_over)

    @property
    def last_day(self) -> date | None:
        return last_day(self.named_over)


class SettingChange(models.Model):
    """What a setting, a mission or an account said before it was changed, when and by whom.

    Written by the database's triggers, and by the operator's command that names an administrator; ``before``
    holds what changed, as it was. Without an actor it was typed on the command line.
    """

    changed_at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+")
    setting = models.CharField(max_length=40, help_text="the table's name")
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        constraints = [
            RowPolicy(name="setting_change", read=f"({ADMINISTERED} OR administers_setting(setting, row_id))")
        ]
        indexes = [models.Index(fields=["setting", "row_id", "changed_at"], name="setting_change_of_row")]


class MissionQuerySet(models.QuerySet["Mission"]):
    def held_on(self, day: date) -> Self:
        return self.filter(valid__contains=day)


class Mission(models.Model):
    """Who works where, as what, from when to when: the one source of what a user may see."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="missions")
    role = TermField(_("fonction"), max_length=24, choices=Role.choices())
    site = models.ForeignKey(
        Site,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="missions",
        verbose_name=_("chantier"),
    )
    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, null=True, blank=True, related_name="missions")
    valid = DateRangeField(_("période"))

    objects = MissionQuerySet.as_manager()

    class Meta:
        ordering = ["user__family_name", "user__given_name"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role__in=SITE_ROLES, site__isnull=False, territory__isnull=True)
                    | Q(role__in=TERRITORY_ROLES, site__isnull=True, territory__isnull=False)
                    | Q(role=Role.ADMINISTRATOR, site__isnull=True, territory__isnull=False)
                    | (~Q(role__in=[*SITE_ROLES, *TERRITORY_ROLES]) & Q(site__isnull=True, territory__isnull=True))
                ),
                name="mission_at_its_place",
                violation_error_message=_(
                    "Cette fonction s’exerce sur un chantier ou sur un territoire : choisissez le lieu qui convient."
                ),
            ),
            ExclusionConstraint(
                name="mission_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (models.functions.Coalesce("site", 0), RangeOperators.EQUAL),
                    (models.functions.Coalesce("territory", 0), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Cette personne exerce déjà cette fonction à cet endroit à ces dates."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="mission_period_not_empty",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            # Nobody opens a door for herself; a mission may change its dates, never its holder, role or place.
            RowPolicy(
                name="mission",
                read=SIGNED_IN,
                insert=(
                    f"({ADMINISTERED} OR (administers_place(site_id, territory_id) AND may_appoint(user_id)))"
                    f" AND user_id <> {ACTOR}"
                ),
                update=f"({ADMINISTERED} OR administers_place(site_id, territory_id)) AND user_id <> {ACTOR}",
                update_columns=["valid"],
            ),
        ]

    def __str__(self) -> str:
        return str(Role(self.role).label)

    @property
    def since(self) -> date | None:
        return first_day(self.valid)

    @property
    def last_day(self) -> date | None:
        return last_day(self.valid)


class Choices(models.Model):
    """What a territory, or one of its sites, chooses in the vocabulary, so that screens offer what is in use there.

    Codes set aside are no longer offered; what was recorded with them stays. ``None`` chooses nothing: a site then
    follows its territory, and a territory is offered everything. ``bodies``: names suggested where one writes the
    body of a person's referent.
    """

    site = models.OneToOneField(Site, on_delete=models.RESTRICT, null=True, blank=True, related_name="choices")
    territory = models.OneToOneField(
        Territory, on_delete=models.RESTRICT, null=True, blank=True, related_name="choices"
    )
    aspects_aside = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    programmes_aside = ArrayField(models.CharField(max_length=8), null=True, blank=True)
    contacts_aside = ArrayField(models.CharField(max_length=20), null=True, blank=True)
    bodies = ArrayField(models.CharField(max_length=160), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=False) ^ Q(territory__isnull=False),
                name="choices_of_one_place",
                violation_error_message=_("Des choix appartiennent à un chantier, ou à un territoire."),
            ),
            RowPolicy(name="choices", read=SIGNED_IN, insert=KEEPS_PLACE, update=KEEPS_PLACE),
        ]


class Portfolio(models.Model):
    """The domains that a partnership officer's mission covers; without one, all of them but health and disability."""

    mission = models.OneToOneField(Mission, on_delete=models.RESTRICT, related_name="portfolio")
    domains = ArrayField(models.CharField(max_length=12))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(domains__contained_by=[domain.value for domain in Domain], domains__len__gt=0),
                name="portfolio_of_known_domains",
                violation_error_message=_("Choisissez au moins un domaine dans la liste."),
            ),
            RowPolicy(name="portfolio", read=SIGNED_IN, insert=KEEPS_PORTFOLIO, update=KEEPS_PORTFOLIO),
        ]


class ReferralTerms(models.Model):
    """A territory's own terms for its referrals; without a row, the usual ones (``rules.terms``)."""

    territory = models.OneToOneField(Territory, on_delete=models.RESTRICT, related_name="referral_terms")
    reminder_days = models.PositiveSmallIntegerField()
    lapse_days = models.PositiveSmallIntegerField()
    link_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reminder_days__gte=1,
                    lapse_days__gt=models.F("reminder_days"),
                    lapse_days__lte=LONGEST_LAPSE,
                    link_days__range=(1, LONGEST_LINK),
                ),
                name="referral_terms_hold_together",
                violation_error_message=_("La relance vient avant que la demande ne devienne caduque."),
            ),
            # A partner that answers from its link has no account: it is told until when.
            RowPolicy(
                name="referral_terms",
                read=f"({SIGNED_IN} OR nullif(current_setting('app.link', true), '') IS NOT NULL)",
                insert=KEEPS_TERRITORY,
                update=KEEPS_TERRITORY,
                update_columns=["reminder_days", "lapse_days", "link_days"],
            ),
        ]

    @property
    def said(self) -> Terms:
        return Terms(self.reminder_days, self.lapse_days, self.link_days)


class NothingToImport(Version):
    """Somebody of the site's team says that it has no list of people to bring in: they are welcomed by hand."""

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="nothing_to_import")

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(superseded_at=None),
                name="nothing_to_import_once",
                violation_error_message=_("C’est déjà noté pour ce chantier."),
            ),
            VersionRows(name="nothing_to_import", read=SIGNED_IN, insert=CARES_AT_SITE, update=CARES_AT_SITE),
        ]


class StaffMeans(DatedFact):
    """Working time given to a site, or to a territory when it is pooled: a person or only a function.

    ``full_time_equivalent`` is the FTE over ``valid``; of it, ``support_share`` percent is support and the rest
    supervision. ``yearly_cost`` is in euros, employer's contributions included, for that FTE. The facts of one
    ``post`` follow one another in time. A site manager keeps those of her site, a coordinator the pooled ones of
    her territory.
    """

    post = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID())
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, null=True, blank=True, related_name="staff_means")
    territory = models.ForeignKey(
        Territory, on_delete=models.RESTRICT, null=True, blank=True, related_name="staff_means"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    function = TermField(_("fonction"), max_length=24, choices=Role.choices())
    employer = models.ForeignKey(Operator, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    full_time_equivalent = models.DecimalField(_("ETP"), max_digits=4, decimal_places=2)
    support_share = models.PositiveSmallIntegerField(_("part d’accompagnement (%)"), default=100)
    yearly_cost = models.DecimalField(_("coût annuel (€)"), max_digits=9, decimal_places=2, null=True, blank=True)
    funder = models.ForeignKey(
        Funder,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("financeur"),
    )

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(site__isnull=False) ^ Q(territory__isnull=False),
                name="staff_means_of_one_place",
                violation_error_message=_(
                    "Un moyen appartient à un chantier, ou à l’équipe mutualisée d’un territoire."
                ),
            ),
            models.CheckConstraint(
                condition=Q(full_time_equivalent__gt=0),
                name="staff_means_positive",
                violation_error_message=_("Le temps de travail est un nombre d’ETP plus grand que zéro."),
            ),
            models.CheckConstraint(
                condition=Q(support_share__range=(0, 100)),
                name="staff_means_share",
                violation_error_message=_("La part d’accompagnement va de 0 à 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(yearly_cost__isnull=True) | Q(yearly_cost__gte=0),
                name="staff_means_cost_not_negative",
                violation_error_message=_("Un coût ne peut pas être négatif."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="staff_means_period_not_empty",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            ExclusionConstraint(
                name="staff_means_post_one_at_a_time",
                expressions=[("post", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(superseded_at=None),
                violation_error_message=_("Ce poste a déjà d’autres valeurs à ces dates."),
            ),
            VersionRows(name="staff_means", read=KEEPS_PLACE, insert=KEEPS_PLACE, update=KEEPS_PLACE),
        ]

    def __str__(self) -> str:
        return str(self.user or Role(self.function).label)

    @property
    def last_day(self) -> date | None:
        return last_day(self.valid)
