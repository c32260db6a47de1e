"""What partners offer, how many places are said to be free, which are held, and how far they are."""

from datetime import date

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from convergence.network.france import BOXES
from convergence.network.partner_models import MOST_PLACES, Branch, Partner, inside
from convergence.network.policies import (
    ASK,
    KEEPS_NETWORK,
    SPEAKS_OF_PLACES,
    WORKS_IN,
    linked_offer,
)
from convergence.platform.dated import Version
from convergence.platform.fields import TermField
from convergence.platform.policies import LINK, RowPolicy, VersionRows
from convergence.territories.models import ENDS_AFTER_ITS_START, Site, Territory
from convergence.territories.periods import last_day
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.offers import HealthAccess, OfferKind, SaidBy, Unit


class Offer(models.Model):
    """A job, a training, a place, a slot that a partner offers.

    :ivar health_access: the kind of health desk it is, where its very name tells of health.
    :ivar publics, themes: data·inclusion codes.
    :ivar open_over: the days on which it is offered; unknown or running where a side is open.
    :ivar shelf_life_days: days for which a figure of places holds; None follows its kind.
    :ivar directory_id: the public directory's identifier of the service (``source--…``).
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="offers")
    branch = models.ForeignKey(
        Branch,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("établissement"),
    )
    domain = TermField(_("domaine"), max_length=12, choices=Domain.choices())
    kind = TermField(_("nature"), max_length=16, choices=OfferKind.choices())
    health_access = TermField(_("structure de soin"), max_length=8, choices=HealthAccess.choices(), blank=True)
    name = models.CharField(_("nom"), max_length=200)
    key = models.GeneratedField(
        expression=Func(F("name"), function="plain", output_field=models.CharField(max_length=400)),
        output_field=models.CharField(max_length=400),
        db_persist=True,
    )
    description = models.TextField(_("description"), max_length=4000, blank=True)
    conditions = models.TextField(_("conditions d’admission"), max_length=2000, blank=True)
    publics = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("publics"))
    themes = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("thèmes"))
    area_insee = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name=_("zone"))
    open_over = DateRangeField(_("ouverte"))
    shelf_life_days = models.PositiveSmallIntegerField(_("un chiffre vaut (jours)"), null=True, blank=True)
    directory_id = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "key"],
                name="offer_name_once",
                violation_error_message=_("Ce partenaire a déjà une offre de ce nom."),
            ),
            models.UniqueConstraint(
                fields=["territory", "directory_id"],
                condition=~Q(directory_id=""),
                name="offer_of_the_directory_once",
                violation_error_message=_("Ce service de l’annuaire est déjà dans le réseau."),
            ),
            models.CheckConstraint(
                condition=~Q(key=""),
                name="offer_has_a_name",
                violation_error_message=_("Donnez un nom à cette offre."),
            ),
            models.CheckConstraint(
                condition=Q(open_over__isempty=False),
                name="offer_open_period_not_empty",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            models.CheckConstraint(
                condition=Q(shelf_life_days__isnull=True) | Q(shelf_life_days__range=(1, 730)),
                name="offer_shelf_life",
                violation_error_message=_("Un chiffre de places vaut entre 1 et 730 jours."),
            ),
            RowPolicy(
                name="offer",
                read=f"({WORKS_IN} OR {linked_offer('id')})",
                insert=KEEPS_NETWORK,
                update=KEEPS_NETWORK,
                update_columns=[
                    "branch_id",
                    "domain",
                    "kind",
                    "health_access",
                    "name",
                    "description",
                    "conditions",
                    "publics",
                    "themes",
                    "area_insee",
                    "open_over",
                    "shelf_life_days",
                ],
            ),
        ]
        indexes = [models.Index(fields=["territory", "domain", "kind"], name="offer_by_domain")]

    def __str__(self) -> str:
        return self.name

    @property
    def sensitive(self) -> bool:
        """Its very name tells of somebody's health: it is shown to those who read her health, and to no other."""
        return bool(self.health_access)

    @property
    def last_day(self) -> date | None:
        return last_day(self.open_over)


class Capacity(Version):
    """How many places an offer has, and how many are free, as somebody said on a day; what was said before stays.

    :ivar waiting_days: days one waits for a place, as said.
    :ivar full_until: the day from which places may be free again, said by a partner that is full.
    :ivar said_by_name: who said it, in words, where it was not an account (the partner's contact, a file).
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, related_name="capacities")
    places = models.PositiveIntegerField(_("places en tout"), null=True, blank=True)
    unit = TermField(_("unité"), max_length=8, choices=Unit.choices(), default=Unit.PLACE.value)
    free = models.PositiveIntegerField(_("libres"), null=True, blank=True)
    waiting_days = models.PositiveSmallIntegerField(_("délai d’attente (jours)"), null=True, blank=True)
    full_until = models.DateField(_("complet jusqu’au"), null=True, blank=True)
    said_by = TermField(_("dit par"), max_length=12, choices=SaidBy.choices())
    said_by_name = models.CharField(_("nom"), max_length=120, blank=True)
    said_on = models.DateField(_("dit le"))

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(superseded_at=None),
                name="capacity_said_last",
                violation_error_message=_("Un autre chiffre vient d’être noté pour cette offre : relisez-le."),
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__range=(0, MOST_PLACES)),
                name="capacity_places",
                violation_error_message=_("Le nombre de places va de 0 à 10 000."),
            ),
            models.CheckConstraint(
                condition=Q(free__isnull=True) | Q(free__range=(0, MOST_PLACES)),
                name="capacity_free",
                violation_error_message=_("Le nombre de places libres va de 0 à 10 000."),
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(free__isnull=True) | Q(free__lte=F("places")),
                name="capacity_free_within_places",
                violation_error_message=_("Il ne peut pas y avoir plus de places libres que de places."),
            ),
            models.CheckConstraint(
                condition=Q(waiting_days__isnull=True) | Q(waiting_days__lte=3650),
                name="capacity_waiting",
                violation_error_message=_("Le délai d’attente va de 0 à 3 650 jours."),
            ),
            models.CheckConstraint(
                condition=Q(full_until__isnull=True) | Q(free=0),
                name="capacity_full_is_not_free",
                violation_error_message=_("« Complet jusqu’au » se note avec zéro place libre."),
            ),
            VersionRows(
                name="capacity",
                read=f"({WORKS_IN} OR {linked_offer('offer_id')})",
                insert=f"({SPEAKS_OF_PLACES} OR {linked_offer('offer_id')})",
                update=f"({SPEAKS_OF_PLACES} OR {linked_offer('offer_id')})",
            ),
        ]


class Hold(Version):
    """A place kept for a referral: proposed, or firm once the partner accepted. It names nobody.

    :ivar referral: series of the referral.
    :ivar held_on: the day since which it is held as it is (the day of the acceptance, once firm).
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, related_name="holds")
    referral = models.UUIDField()
    firm = models.BooleanField(default=False)
    held_on = models.DateField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(superseded_at=None),
                name="hold_once_a_referral",
                violation_error_message=_("Une place est déjà retenue pour cette mise en relation."),
            ),
            VersionRows(
                name="hold",
                read=f"({WORKS_IN} OR referral = {LINK})",
                insert=f"({SPEAKS_OF_PLACES} OR referral = {LINK})",
                update=f"({SPEAKS_OF_PLACES} OR referral = {LINK})",
            ),
        ]
        indexes = [models.Index(fields=["offer"], condition=Q(superseded_at=None), name="hold_of_offer")]


class SitePoint(models.Model):
    """Where a site is, kept by the network of its territory: what is near is measured from there."""

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    site = models.OneToOneField(Site, on_delete=models.RESTRICT, related_name="point")
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=inside(BOXES),
                name="site_point_in_france",
                violation_error_message=_("Ces coordonnées ne sont pas en France."),
            ),
            RowPolicy(
                name="site_point",
                read=WORKS_IN,
                insert=KEEPS_NETWORK,
                update=KEEPS_NETWORK,
                update_columns=["latitude", "longitude"],
            ),
        ]


class Travel(Version):
    """Minutes by public transport from a site to a branch, and where the figure comes from."""

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    site = models.ForeignKey(Site, on_delete=models.RESTRICT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.RESTRICT, related_name="travels")
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    said_by = models.CharField(_("d’où vient ce temps"), max_length=120, blank=True)

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["site", "branch"],
                condition=Q(superseded_at=None),
                name="travel_once",
                violation_error_message=_("Un temps de trajet est déjà noté entre ces deux lieux."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 600)),
                name="travel_minutes",
                violation_error_message=_("Un trajet dure entre 1 et 600 minutes."),
            ),
            VersionRows(name="travel", read=WORKS_IN, insert=KEEPS_NETWORK, update=KEEPS_NETWORK),
        ]


class CapacityAsk(models.Model):
    """« Est-ce encore libre ? »: offers of one partner asked about by e-mail, answered from a single-purpose link.

    :ivar contact: series of the contact to whom it was sent.
    :ivar digest: SHA-256 of the link's token; the token itself is in the letter alone.
    :ivar asked_by: who asks, as the letter and the page say it.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="asks")
    contact = models.UUIDField()
    offers = ArrayField(models.BigIntegerField())
    digest = models.BinaryField(unique=True)
    asked_by = models.CharField(max_length=200)
    asked_on = models.DateField()
    expires_on = models.DateField()
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(offers__len__gt=0), name="capacity_ask_about_something"),
            RowPolicy(
                name="capacity_ask",
                read=f"({KEEPS_NETWORK} OR id = {ASK})",
                insert=KEEPS_NETWORK,
                update=f"id = {ASK}",
                update_columns=["answered_on"],
            ),
        ]
        indexes = [models.Index(fields=["partner", "-asked_on"], name="capacity_ask_of_partner")]
