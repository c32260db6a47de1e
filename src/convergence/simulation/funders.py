"""Funders by their names at the time: those of Paris, which are public, and invented ones for the other territories.

Sources: the scheme's brochure of 2018; decrees 2020-1545 (DRIEETS) and 2020-1546 (DRIHL) for the names that
authorities took on 1 April 2021.
"""

from dataclasses import dataclass
from datetime import date

from convergence.vocabulary.structures import FunderKind


@dataclass(frozen=True, slots=True)
class Funder:
    """A funder under one of its names; ``formerly``: that name is a new one of the funder before in the list."""

    name: str
    kind: FunderKind
    since: date | None = None
    until: date | None = None
    formerly: bool = False


_APRIL_2021, _JULY_2021 = date(2021, 4, 1), date(2021, 7, 1)

OF_PARIS = (
    Funder("DIRECCTE Île-de-France", FunderKind.STATE, until=_APRIL_2021),
    Funder("DRIEETS Île-de-France", FunderKind.STATE, since=_APRIL_2021, formerly=True),
    Funder("DDCS de Paris", FunderKind.STATE, until=_APRIL_2021),
    Funder("DRIHL Paris", FunderKind.STATE, since=_APRIL_2021, formerly=True),
    Funder("DGCS", FunderKind.STATE),
    Funder("Ville de Paris", FunderKind.COUNTY),
    Funder("ARS Île-de-France, délégation de Paris", FunderKind.HEALTH_AGENCY),
    Funder("Fonds social européen (FSE)", FunderKind.EUROPEAN_FUNDS, until=_JULY_2021),
    Funder("Fonds social européen plus (FSE+)", FunderKind.EUROPEAN_FUNDS, since=_JULY_2021, formerly=True),
    Funder("Fondation Vinci pour la Cité", FunderKind.FOUNDATION),
    Funder("Fondation Sanofi Espoir", FunderKind.FOUNDATION),
    Funder("Fondation Nexity", FunderKind.FOUNDATION),
    Funder("PAI Partners", FunderKind.FOUNDATION),
)
ELSEWHERE = (
    Funder("DDETS (fictive)", FunderKind.STATE),
    Funder("Conseil départemental (fictif)", FunderKind.COUNTY),
    Funder("Ville (fictive)", FunderKind.TOWN),
    Funder("Conseil régional (fictif)", FunderKind.REGION),
    Funder("Agence régionale de santé (fictive)", FunderKind.HEALTH_AGENCY),
    Funder("Fondation (fictive)", FunderKind.FOUNDATION),
    Funder("Autre financeur (fictif)", FunderKind.OTHER),
)


def paying(kind: FunderKind, on: date, *, in_paris: bool) -> Funder:
    """The funder of a kind under its name of that day: of Paris or elsewhere, or the other where there is none."""
    asked: tuple[Funder, ...] = OF_PARIS if in_paris else ELSEWHERE
    for funder in (*asked, *ELSEWHERE, *OF_PARIS):
        if funder.kind is kind and (funder.since or date.min) <= on < (funder.until or date.max):
            return funder
    raise ValueError(f"nobody pays as {kind} on {on}")
