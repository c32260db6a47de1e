"""What is asked of a person when she enters, for the returns and for evaluation (domain.md §6)."""

from convergence.vocabulary.base import Term


class Education(Term):
    """Highest level reached, in the national frame of 2019 (decree 2019-14 of 8 January 2019)."""

    NEVER_AT_SCHOOL = "never_at_school", "Jamais allé à l’école"
    BELOW_LEVEL_THREE = "below_level_three", "Sans diplôme ou brevet des collèges (niveaux 1 et 2)"
    LEVEL_THREE = "level_three", "CAP, BEP (niveau 3)"
    LEVEL_FOUR = "level_four", "Baccalauréat (niveau 4)"
    LEVEL_FIVE_OR_MORE = "level_five_or_more", "Bac + 2 et plus (niveaux 5 à 8)"


class NationalityGroup(Term):
    FRENCH = "french", "Française"
    EUROPEAN = "european", "D’un autre pays de l’Union européenne, de l’EEE ou de Suisse"
    OTHER = "other", "D’un autre pays"


class Household(Term):
    ALONE = "alone", "Personne seule"
    COUPLE = "couple", "Couple sans enfant à charge"
    COUPLE_WITH_CHILDREN = "couple_with_children", "Couple avec enfants à charge"
    SINGLE_PARENT = "single_parent", "Parent seul avec enfants à charge"
    WITH_RELATIVES = "with_relatives", "Avec d’autres proches"


class TimeWithoutWork(Term):
    """Bands of the European Social Fund; « two years and more » of the half-year return is the last one."""

    UNDER_SIX_MONTHS = "under_six_months", "Moins de 6 mois"
    SIX_TO_TWELVE_MONTHS = "six_to_twelve_months", "De 6 à 12 mois"
    TWELVE_TO_TWENTY_FOUR_MONTHS = "twelve_to_twenty_four_months", "De 12 à 24 mois"
    OVER_TWENTY_FOUR_MONTHS = "over_twenty_four_months", "Plus de 24 mois"
