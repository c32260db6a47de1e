"""The four ways of not knowing (domain.md §4); none is ever shown as zero or "no"."""

from convergence.vocabulary.base import Term


class Missing(Term):
    NOT_ASSESSED = "not_assessed", "Non évalué"
    DOES_NOT_KNOW = "does_not_know", "Ne sait pas"
    PREFERS_NOT_TO_SAY = "prefers_not_to_say", "Ne souhaite pas répondre"
    CANNOT_BE_DETERMINED = "cannot_be_determined", "Impossible à déterminer"
