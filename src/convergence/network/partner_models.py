"""Partners, their bodies and branches, who works there, what is agreed with them and what was said.

Partners and branches are plain rows whose changes the settings' history keeps; contacts, agreements and exchanges are
versions. Each row carries its territory, which a trigger takes from the partner: nobody writes another one there.
"""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from convergence.network.france import BOXES, Box
from convergence.network.policies import KEEPS_NETWORK, SPEAKS_OF_PLACES, WORKS_IN
from convergence.network.sealed import InstanceSealedField
from convergence.platform.dated import DatedFact, Version
from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, LINK_PARTNER, RowPolicy, VersionRows
from convergence.territories.models import ENDS_AFTER_ITS_START, Territory
from convergence.territories.periods import last_day
from convergence.vocabulary.domains import Domain
from convergence.vocabulary.partners import ConsentHow, ExchangeKind, PartnerKind, Renewal

MOST_PLACES = 10_000
"""More places than this in one offer is a slip of the pen."""


def codes_within(field: str, codes: list[str]) -> Q:
    """Condition: an array column holds codes of the list alone."""
    return Q(**{f"{field}__contained_by": codes})


def inside(boxes: Iterable[Box]) -> Q:
    """Condition: ``latitude`` and ``longitude`` are in one of the boxes."""
    return reduce(
        or_, (Q(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)) for box in boxes)
    )


class Partner(models.Model):
    """An employer, a landlord, a shelter, a care team, a rights desk… of one territory.

    :ivar key: the name without accents or capitals, by which it is sorted, searched and held once.
    :ivar sensitive: its very name tells of somebody's health or justice (domain.md §8).
    :ivar closed_on: the first day on which it is no longer a partner.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="partners")
    name = models.CharField(_("nom"), max_length=160)
    key = models.GeneratedField(
        expression=Func(F("name"), function="plain", output_field=models.CharField(max_length=320)),
        output_field=models.CharField(max_length=320),
        db_persist=True,
    )
    kind = TermField(_("nature"), max_length=20, choices=PartnerKind.choices())
    domains = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("domaines"))
    sensitive = models.BooleanField(_("nom sensible"), default=False)
    siren = models.CharField(
        _("SIREN"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^\d{9}$", _("Un SIREN compte 9 chiffres."))],
    )
    website = models.URLField(_("site internet"), max_length=300, blank=True)
    since = models.DateField(_("partenaire depuis le"), null=True, blank=True)
    closed_on = models.DateField(_("n’est plus partenaire depuis le"), null=True, blank=True)

    class Meta:
        ordering = ["key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "key"],
                name="partner_name_once",
                violation_error_message=_("Un partenaire de ce territoire porte déjà ce nom."),
            ),
            models.CheckConstraint(
                condition=codes_within("domains", [domain.value for domain in Domain]),
                name="partner_domains",
                violation_error_message=_("Choisissez des domaines de la liste."),
            ),
            models.CheckConstraint(
                condition=~Q(key=""),
                name="partner_has_a_name",
                violation_error_message=_("Donnez un nom à ce partenaire."),
            ),
            RowPolicy(
                name="partner",
                read=f"({WORKS_IN} OR id = {LINK_PARTNER})",
                insert=KEEPS_NETWORK,
                update=KEEPS_NETWORK,
                # A partner never leaves its territory: its rows would stay behind.
                update_columns=["name", "kind", "domains", "sensitive", "siren", "website", "since", "closed_on"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    """A body or an antenna of a partner, at an address.

    :ivar directory_id: the public directory's identifier of the structure (``source--…``), where it was taken there.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="branches")
    name = models.CharField(_("nom"), max_length=160)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(
        _("code postal"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", _("Un code postal compte 5 chiffres."))],
    )
    commune = models.CharField(_("commune"), max_length=80, blank=True)
    insee = models.CharField(
        _("code commune (Insee)"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^(\d{2}|2A|2B)\d{3}$", _("Un code commune de l’Insee compte 5 signes."))],
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    directory_id = models.CharField(max_length=200, blank=True, editable=False)
    closed_on = models.DateField(_("fermée depuis le"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name"],
                name="branch_name_once",
                violation_error_message=_("Ce partenaire a déjà un établissement de ce nom."),
            ),
            models.UniqueConstraint(
                fields=["territory", "directory_id"],
                condition=~Q(directory_id=""),
                name="branch_of_the_directory_once",
                violation_error_message=_("Cette structure de l’annuaire est déjà dans le réseau."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True) | inside(BOXES),
                name="branch_in_france",
                violation_error_message=_("Ces coordonnées ne sont pas en France."),
            ),
            RowPolicy(
                name="branch",
                read=f"({WORKS_IN} OR partner_id = {LINK_PARTNER})",
                insert=KEEPS_NETWORK,
                update=KEEPS_NETWORK,
                update_columns=[
                    "name",
                    "siret",
                    "address",
                    "postcode",
                    "commune",
                    "insee",
                    "latitude",
                    "longitude",
                    "phone",
                    "email",
                    "closed_on",
                ],
            ),
        ]
        indexes = [models.Index(fields=["territory", "commune"], name="branch_by_commune")]

    def __str__(self) -> str:
        return self.name

    @property
    def located(self) -> bool:
        return self.latitude is not None


class Contact(Version):
    """Somebody who works at a partner, and her consent to be written to; without it no letter leaves.

    :ivar main: the one to whom questions and referrals go first.
    :ivar refused_on: since when letters to this address are refused; another address clears it.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="contacts")
    branch = models.ForeignKey(Branch, on_delete=models.RESTRICT, null=True, blank=True, related_name="contacts")
    name = models.CharField(_("nom"), max_length=120)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    agreed_on = models.DateField(_("accord pour être contacté, le"), null=True, blank=True)
    agreed_how = TermField(_("comment"), max_length=12, choices=ConsentHow.choices(), blank=True)
    main = models.BooleanField(_("premier contact"), default=False)
    refused_on = models.DateField(null=True, editable=False)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True, agreed_how="")
                | Q(agreed_on__isnull=False, agreed_how__in=[how.value for how in ConsentHow]),
                name="contact_consent_whole",
                violation_error_message=_("Dites quand et comment cette personne a accepté d’être contactée."),
            ),
            models.UniqueConstraint(
                fields=["series"], condition=Q(superseded_at=None), name="partner_contact_series_once"
            ),
            VersionRows(name="partner_contact", read=WORKS_IN, insert=KEEPS_NETWORK, update=KEEPS_NETWORK),
        ]
        indexes = [models.Index(fields=["partner"], condition=Q(superseded_at=None), name="contact_of_partner")]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_written_to(self) -> bool:
        return bool(self.email and self.agreed_on and not self.refused_on)


class Agreement(DatedFact):
    """What a partner and the territory agreed on, over its dates.

    :ivar contact: series of the contact who follows it.
    :ivar notice_months: months before its end at which it is to be renewed or ended.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="agreements")
    subject = models.CharField(_("objet"), max_length=300)
    domains = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("domaines"))
    signed_on = models.DateField(_("signée le"), null=True, blank=True)
    reserved_places = models.PositiveIntegerField(_("places réservées"), null=True, blank=True)
    contact = models.UUIDField(_("contact"), null=True, blank=True)
    renewal = TermField(_("à son terme"), max_length=8, choices=Renewal.choices(), default=Renewal.EXPRESS.value)
    notice_months = models.PositiveSmallIntegerField(_("préavis (mois)"), null=True, blank=True)

    class Meta(DatedFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False) & Q(valid__startswith__isnull=False),
                name="partner_agreement_period",
                violation_error_message=ENDS_AFTER_ITS_START,
            ),
            models.CheckConstraint(
                condition=Q(reserved_places__isnull=True) | Q(reserved_places__lte=MOST_PLACES),
                name="partner_agreement_places",
                violation_error_message=_("Le nombre de places réservées va de 0 à 10 000."),
            ),
            models.CheckConstraint(
                condition=Q(notice_months__isnull=True) | Q(notice_months__lte=36),
                name="partner_agreement_notice",
                violation_error_message=_("Le préavis va de 0 à 36 mois."),
            ),
            models.CheckConstraint(
                condition=codes_within("domains", [domain.value for domain in Domain]),
                name="partner_agreement_domains",
                violation_error_message=_("Choisissez des domaines de la liste."),
            ),
            models.UniqueConstraint(
                fields=["series"], condition=Q(superseded_at=None), name="partner_agreement_series_once"
            ),
            VersionRows(name="partner_agreement", read=WORKS_IN, insert=KEEPS_NETWORK, update=KEEPS_NETWORK),
        ]
        indexes = [models.Index(fields=["partner"], condition=Q(superseded_at=None), name="agreement_of_partner")]

    def __str__(self) -> str:
        return self.subject

    @property
    def last_day(self) -> date | None:
        return last_day(self.valid)


class Exchange(Version):
    """A call, a pasted e-mail, a meeting with a partner, in one thread; and what comes next.

    No person supported is named there; the words are sealed, since somebody may be all the same.

    :ivar contact: series of the contact with whom one spoke.
    :ivar next_on: the day by which the next step is to be taken; ``next_done_on`` when it was.
    """

    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="exchanges")
    branch = models.ForeignKey(Branch, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    contact = models.UUIDField(_("contact"), null=True, blank=True)
    held_on = models.DateField(_("le"))
    kind = TermField(_("comment"), max_length=8, choices=ExchangeKind.choices())
    words = InstanceSealedField(verbose_name=_("ce qui s’est dit"))
    next_step = InstanceSealedField(verbose_name=_("prochaine étape"))
    next_on = models.DateField(_("pour le"), null=True, blank=True)
    next_done_on = models.DateField(null=True, editable=False)

    class Meta(Version.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False),
                name="exchange_says_what",
                violation_error_message=_("Écrivez ce qui s’est dit."),
            ),
            models.CheckConstraint(
                condition=Q(next_step__isnull=True, next_on__isnull=True)
                | Q(next_step__isnull=False, next_on__isnull=False),
                name="exchange_next_step_dated",
                violation_error_message=_("Une prochaine étape se note avec sa date."),
            ),
            models.UniqueConstraint(fields=["series"], condition=Q(superseded_at=None), name="exchange_series_once"),
            VersionRows(
                name="exchange",
                read=f"({KEEPS_NETWORK} OR (recorded_by_id = {ACTOR} AND {SPEAKS_OF_PLACES}))",
                insert=SPEAKS_OF_PLACES,
                update=f"({KEEPS_NETWORK} OR (recorded_by_id = {ACTOR} AND {SPEAKS_OF_PLACES}))",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-held_on"], condition=Q(superseded_at=None), name="exchange_thread"),
            models.Index(
                fields=["territory", "next_on"],
                condition=Q(superseded_at=None, next_done_on=None, next_on__isnull=False),
                name="exchange_next_step",
            ),
        ]
