"""SIRET numbers: nine digits of the legal entity, five of the establishment, the whole held by Luhn's sum.

Source: INSEE, Sirene register. La Poste's own establishments follow another rule (digits summing to a
multiple of five), since it has more of them than Luhn's key allows.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LENGTH = 14
SIREN = 9
"""The digits of the legal entity."""
LA_POSTE = "356000000"


def luhn(digits: str) -> bool:
    """Whether the digits pass Luhn's check: every second one from the right doubled, the sum divisible by 10."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def clean_siret(text: str) -> str:
    """The fourteen digits of a SIRET typed with or without spaces and dots; "" for an empty text.

    :raises ValidationError: a sentence that says what is wrong with it.
    """
    siret = "".join(character for character in text if character not in " .-\u00a0\u202f\t")
    if not siret:
        return ""
    if not (siret.isascii() and siret.isdigit()):
        raise ValidationError(_("Un SIRET ne contient que des chiffres."))
    if len(siret) != LENGTH:
        raise ValidationError(_("Un SIRET compte 14 chiffres : celui-ci en a %(n)s.") % {"n": len(siret)})
    is_lawful = luhn(siret) or (siret.startswith(LA_POSTE) and sum(map(int, siret)) % 5 == 0)
    if not is_lawful or siret == "0" * LENGTH:
        raise ValidationError(_("Ce SIRET n’existe pas : un chiffre est sans doute mal recopié."))
    return siret
