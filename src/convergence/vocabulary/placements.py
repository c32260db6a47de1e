"""Work placements (PMSMP): 30 days an agreement, one purpose each (L5135-1 of the labour code)."""

from convergence.vocabulary.base import Term


class PlacementPurpose(Term):
    DISCOVER = "discover", "Découvrir un métier ou un secteur"
    CONFIRM = "confirm", "Confirmer un projet professionnel"
    RECRUITMENT = "recruitment", "Engager une démarche de recrutement"
