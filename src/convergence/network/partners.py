"""Partners, their branches and contacts: recorded once, asked about when one like it exists, corrected with history."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from convergence.network.france import in_france
from convergence.network.models import Branch, Contact, Partner
from convergence.people.likeness.spelling import plain
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.territories.administering import change, fingerprint
from convergence.territories.siret import SIREN
from convergence.vocabulary.domains import Domain

ALIKE = 86
"""Names that score so or more (rapidfuzz, 0 to 100) are put to whoever types one of them."""
MOST_SHOWN = 5


@dataclass(frozen=True)
class BranchFacts:
    """What is known of a body or branch; see ``Branch``."""

    name: str
    siret: str = ""
    address: str = ""
    postcode: str = ""
    commune: str = ""
    insee: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    email: str = ""
    closed_on: date | None = None


@dataclass(frozen=True)
class PartnerFacts:
    """What is known of a partner; see ``Partner``."""

    name: str
    kind: str
    domains: Collection[str] = field(default_factory=tuple)
    sensitive: bool = False
    siren: str = ""
    website: str = ""
    since: date | None = None


@dataclass(frozen=True)
class ContactFacts:
    """What is known of somebody who works at a partner; see ``Contact``."""

    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    agreed_on: date | None = None
    agreed_how: str = ""
    main: bool = False
    branch_id: int | None = None


class Alike(Refused):
    """Partners like the one typed exist already: the form asks whether it is another one.

    :ivar partners: those that are like it, the most alike first.
    """

    def __init__(self, partners: list[Partner]) -> None:
        names = ", ".join(f"« {partner.name} »" for partner in partners)
        super().__init__(_("Le réseau connaît déjà %(names)s : est-ce le même partenaire ?") % {"names": names})
        self.partners = partners


def alike(territory_id: int, name: str, siren: str = "", siret: str = "") -> list[Partner]:
    """Partners of the territory with a name like this one, or the same legal entity; the most alike first.

    Reads the territory's names once (20,000 of them take some 60 ms).
    """
    there = Partner.objects.filter(territory_id=territory_id)
    found: dict[int, float] = {}
    entity = siren or siret[:SIREN]
    if entity:
        same = there.filter(siren=entity).values_list("pk", flat=True)
        within = Branch.objects.filter(territory_id=territory_id, siret__startswith=entity)
        found = dict.fromkeys([*same, *within.values_list("partner_id", flat=True)], 100.0)
    keys = dict(there.values_list("pk", "key"))
    matches = process.extract(
        plain(name), keys, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=MOST_SHOWN, processor=None
    )
    for _key, score, pk in matches:
        found.setdefault(pk, score)
    rows = there.in_bulk(found)
    return sorted(rows.values(), key=lambda row: (-found[row.pk], row.key))[:MOST_SHOWN]


@transaction.atomic
def add_partner(
    territory_id: int,
    facts: PartnerFacts,
    branch: BranchFacts,
    *,
    another: bool = False,
    directory_id: str = "",
    today: date,
) -> Partner:
    """A partner of the territory, with its first branch.

    :param directory_id: the public directory's identifier of the branch, where it was taken there.
    :param another: whoever typed it saw those like it, and says that it is another one.
    :raises Alike: one like it exists, unless ``another``.
    :raises Refused: a domain out of the list, dates to come, coordinates out of France or in the sea.
    :raises IntegrityError: the very same name.
    """
    values = _checked(facts, today)
    siren = values["siren"] or branch.siret[:SIREN]
    if not another and (known := alike(territory_id, facts.name, siren, branch.siret)):
        raise Alike(known)
    partner = Partner.objects.create(territory_id=territory_id, **values | {"siren": siren})
    add_branch(partner, branch, directory_id=directory_id)
    return partner


def correct_partner(partner: Partner, seen: str, facts: PartnerFacts, *, today: date) -> Partner:
    """:raises Refused: as ``add_partner``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    return change(partner, seen, **_checked(facts, today))


def close_partner(partner: Partner, on: date | None) -> Partner:
    """It is no longer a partner from this day on; None takes that back. What was recorded stays."""
    return change(partner, fingerprint(partner), closed_on=on)


def add_branch(partner: Partner, facts: BranchFacts, *, directory_id: str = "") -> Branch:
    """:raises Refused: coordinates out of France or in the sea. :raises IntegrityError: the same name."""
    _check_place(facts)
    return Branch.objects.create(
        partner=partner, territory_id=partner.territory_id, directory_id=directory_id, **vars(facts)
    )


def correct_branch(branch: Branch, seen: str, facts: BranchFacts) -> Branch:
    """:raises Refused: as ``add_branch``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    _check_place(facts)
    return change(branch, seen, **vars(facts))


@transaction.atomic
def add_contact(partner: Partner, facts: ContactFacts, *, today: date) -> Contact:
    """Somebody who works there. Whoever is the first contact takes the place of the one before.

    :raises Refused: no name, a consent to come or said by halves, a branch of another partner.
    """
    contact = Contact(partner=partner, territory_id=partner.territory_id, **_checked_contact(partner, facts, today))
    _only_main(contact)
    contact.save(force_insert=True)
    return contact


@transaction.atomic
def correct_contact(contact: Contact, facts: ContactFacts, *, today: date) -> Contact:
    """:raises Refused: as ``add_contact``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    values = _checked_contact(contact.partner, facts, today)
    if facts.main:
        _only_main(contact, facts.main)
    if facts.email.strip().lower() != contact.email.lower():
        values["refused_on"] = None
    return revise(contact, **values)


@transaction.atomic
def say_address(contact: Contact, *, works: bool, today: date) -> Contact:
    """Somebody learnt that the address of a contact does not work, or works again: no letter goes there meanwhile.

    :raises ChangedMeanwhile: somebody changed the contact since it was shown.
    """
    return revise(contact, refused_on=None if works else contact.refused_on or today)


def contact_to_write_to(partner: Partner) -> Contact | None:
    """The contact to whom letters go: one who agreed to it at an address that works, the first contact first."""
    standing = Contact.objects.current().filter(partner=partner, agreed_on__isnull=False, refused_on=None)
    standing = standing.exclude(email="")
    return standing.order_by("-main", "pk").first()


def _only_main(contact: Contact, main: bool | None = None) -> None:
    if contact.main if main is None else main:
        others = Contact.objects.current().filter(partner_id=contact.partner_id, main=True)
        for other in others.exclude(series=contact.series):
            revise(other, main=False)


def _checked(facts: PartnerFacts, today: date) -> dict[str, Any]:
    if not facts.name.strip():
        raise Refused(_("Donnez un nom à ce partenaire."))
    if not set(facts.domains) <= {domain.value for domain in Domain}:
        raise Refused(_("Choisissez des domaines de la liste."))
    if facts.since and facts.since > today:
        raise Refused(_("Le début du partenariat est dans le futur : vérifiez l’année."))
    return vars(facts) | {"domains": [domain.value for domain in Domain if domain.value in facts.domains]}


def _checked_contact(partner: Partner, facts: ContactFacts, today: date) -> dict[str, Any]:
    if not facts.name.strip():
        raise Refused(_("Donnez le nom de cette personne."))
    if bool(facts.agreed_on) != bool(facts.agreed_how):
        raise Refused(_("Dites quand et comment cette personne a accepté d’être contactée."))
    if facts.agreed_on and facts.agreed_on > today:
        raise Refused(_("La date de l’accord est dans le futur : demandez-le d’abord à cette personne."))
    if facts.branch_id and not Branch.objects.filter(pk=facts.branch_id, partner=partner).exists():
        raise Refused(_("Choisissez un établissement de ce partenaire."))
    return dict(vars(facts))


def _check_place(facts: BranchFacts) -> None:
    latitude, longitude = facts.latitude, facts.longitude
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise Refused(_("Une position se note avec sa latitude et sa longitude."))
    if in_france(latitude, longitude):
        return
    if in_france(longitude, latitude):
        raise Refused(_("La latitude et la longitude semblent inversées : échangez-les."))
    raise Refused(_("Ces coordonnées tombent en mer ou hors de France : vérifiez-les, ou laissez-les vides."))
