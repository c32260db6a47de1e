"""What is in use at a place: the part of the vocabulary that its screens offer, and the bodies that they suggest.

A site follows its territory for whatever it does not choose itself. What was recorded is never hidden.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from convergence.platform.errors import ChangedMeanwhile
from convergence.territories.administering import change
from convergence.territories.models import Choices, Site, Territory
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.contracts import Programme

LISTS = ("aspects_aside", "programmes_aside", "contacts_aside", "bodies")

ALWAYS_OFFERED = {
    # Reports count them for everybody.
    "aspects_aside": {"housing", "employment"},
    "programmes_aside": {Programme.NONE.value},
    # Noted in one touch from every list.
    "contacts_aside": {ContactKind.CALL_NO_ANSWER.value},
}
"""Codes that no place may set aside."""


@dataclass(frozen=True)
class Offered:
    """What the screens of some sites offer: codes set aside, and names of bodies to suggest."""

    aspects_aside: frozenset[str] = frozenset()
    programmes_aside: frozenset[str] = frozenset()
    contacts_aside: frozenset[str] = frozenset()
    bodies: tuple[str, ...] = ()


def offered_at(sites: Collection[Site]) -> Offered:
    """What is offered to somebody who works at these sites: all that one of them uses.

    Asks nothing about the sites of an ``Identity``: their choices came with them.
    """
    if not sites:
        return Offered()
    return Offered(
        aspects_aside=_aside_everywhere(sites, "aspects_aside"),
        programmes_aside=_aside_everywhere(sites, "programmes_aside"),
        contacts_aside=_aside_everywhere(sites, "contacts_aside"),
        bodies=tuple(sorted({body for site in sites for body in chosen(site, "bodies") or ()}, key=str.casefold)),
    )


def chosen(site: Site, name: str) -> list[str] | None:
    """What the site chooses in this list, or else its territory; None where neither does."""
    for row in (choices_of(site), choices_of(site.territory)):
        value: list[str] | None = getattr(row, name) if row else None
        if value is not None:
            return value
    return None


def choices_of(where: Site | Territory) -> Choices | None:
    """The place's own choices; None when it never made any."""
    return getattr(where, "choices", None)


def _aside_everywhere(sites: Iterable[Site], name: str) -> frozenset[str]:
    return frozenset.intersection(*(frozenset(chosen(site, name) or ()) for site in sites))


@transaction.atomic
def choose(where: Site | Territory, seen: str, values: dict[str, Any]) -> Choices:
    """Keep what the place chooses in each of ``LISTS``; None leaves a list to the territory, or to everything.

    :param seen: the code of the choices that the form showed, "" when there were none.
    :raises ChangedMeanwhile: somebody chose in between.
    """
    of_place = {"site": where} if isinstance(where, Site) else {"territory": where}
    standing = Choices.objects.filter(**of_place).first()
    if standing is None:
        return Choices.objects.create(**of_place, **values)
    if not seen:
        raise ChangedMeanwhile(
            _("Quelqu’un vient d’enregistrer les choix de ce lieu : comparez avant d’enregistrer."), standing
        )
    return change(standing, seen, **values)
