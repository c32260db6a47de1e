"""With whom a person agrees that something about her be shared, and how she said so (domain.md §8)."""

from convergence.vocabulary.base import Term


class Recipient(Term):
    """One recipient for one purpose: an agreement never covers anybody else."""

    OFFICERS = "officers", "L’équipe mutualisée du territoire, pour ce domaine"
    PARTNER = "partner", "Le partenaire, pour cette mise en relation"


class SharingPurpose(Term):
    REFERRAL = "referral", "Trouver une solution auprès d’un partenaire"
