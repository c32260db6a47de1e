"""Telephone numbers that can exist, as a directory gives them: French of any kind, or of another country."""

import re

from django.utils.translation import gettext as _

_SIGNS = re.compile(r"[\s.\-/()\u00a0\u202f]+")
_ZERO_IN_BRACKETS = re.compile(r"\(0\)")
_FRENCH = re.compile(r"0[1-9]\d{8}")
# 3919, 115, 15, 116 117, 118 218: short numbers of France's plan.
_SHORT = re.compile(r"1\d|1[1-9]\d|10\d{2}|3\d{3}|11[68]\d{3}")
_ABROAD = re.compile(r"\+[1-9]\d{6,14}")
_FRANCE_ABROAD = re.compile(r"\+33[1-9]\d{8}")
_SEVERAL = re.compile(r"\d{8,}[\s.]*(?:[/;,]|\bou\b|\bet\b)[\s.]*\+?\d|;")


def phone_fault(phone: str) -> str:
    """What is wrong with a number, in French; empty when it may be dialled."""
    bare = _SIGNS.sub("", _ZERO_IN_BRACKETS.sub("", phone))
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if _FRENCH.fullmatch(bare) or _SHORT.fullmatch(bare):
        return ""
    if bare.startswith("+33"):
        return "" if _FRANCE_ABROAD.fullmatch(bare) else _("Ce numéro de téléphone n’existe pas.")
    if _ABROAD.fullmatch(bare):
        return ""
    if len(re.sub(r"\D", "", phone)) >= 16 or _SEVERAL.search(phone):
        return _("Un seul numéro de téléphone est attendu.")
    return _("Ce numéro de téléphone n’existe pas.")
