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

__all__ = [
    "DirectoryImport",
    "DirectoryPiece",
    "Entry",
    "RefusedRow",
    "Service",
    "Structure",
    "Town",
    "Word",
]
