"""Tables of the network, each beside what is done with it; Django looks for them here."""

from convergence.network.directory.models import (
    DirectoryImport,
    DirectoryPiece,
    Entry,
    RefusedRow,
    Service,
    Structure,
    Town,
    Word,
)
from convergence.network.offer_models import Capacity, CapacityAsk, Hold, Offer, SitePoint, Travel
from convergence.network.partner_models import Agreement, Branch, Contact, Exchange, Partner

__all__ = [
    "Agreement",
    "Branch",
    "Capacity",
    "CapacityAsk",
    "Contact",
    "DirectoryImport",
    "DirectoryPiece",
    "Entry",
    "Exchange",
    "Hold",
    "Offer",
    "Partner",
    "RefusedRow",
    "Service",
    "SitePoint",
    "Structure",
    "Town",
    "Travel",
    "Word",
]
