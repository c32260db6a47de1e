"""Why two files look alike, and in what they differ, in words: read from what was compared, never from the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from convergence.vocabulary.likeness import DayAgreement, NameAgreement, NameOrder, SexAgreement, YearAgreement

_GIVEN = {
    NameAgreement.EQUAL: _("même prénom"),
    NameAgreement.SOUND: _("prénoms qui se prononcent pareil"),
    NameAgreement.CLOSE: _("prénoms à une ou deux lettres près"),
    NameAgreement.PART: _("une partie du prénom en commun"),
    NameAgreement.SHORTENED: _("le début du prénom en commun"),
    NameAgreement.REMOTE: _("prénoms qui se ressemblent de loin"),
    NameAgreement.MISSING: _("prénom non noté d’un côté"),
    NameAgreement.DIFFERENT: _("prénoms différents"),
}
_FAMILY = {
    NameAgreement.EQUAL: _("même nom"),
    NameAgreement.SOUND: _("noms qui se prononcent pareil"),
    NameAgreement.CLOSE: _("noms à une ou deux lettres près"),
    NameAgreement.PART: _("une partie du nom en commun"),
    NameAgreement.SHORTENED: _("le début du nom en commun"),
    NameAgreement.REMOTE: _("noms qui se ressemblent de loin"),
    NameAgreement.MISSING: _("nom non noté d’un côté"),
    NameAgreement.DIFFERENT: _("noms différents"),
}
_SPELT = (
    _("même prénom, à un accent, une majuscule ou un tiret près"),
    _("même nom, à un accent, une majuscule ou un tiret près"),
    _("même prénom et même nom, à un accent, une majuscule ou un tiret près"),
)
_YEAR = {
    YearAgreement.EQUAL: _("même année de naissance"),
    YearAgreement.NEXT: _("année de naissance à un an près"),
    YearAgreement.DIGIT: _("année de naissance à un chiffre près"),
    YearAgreement.MISSING: _("année de naissance non notée d’un côté"),
    YearAgreement.DIFFERENT: _("années de naissance différentes"),
}
_DAY = {
    DayAgreement.EQUAL: _("même jour et même mois de naissance"),
    DayAgreement.SWAPPED: _("jour et mois de naissance inversés"),
    DayAgreement.NEAR: _("jour ou mois de naissance à une faute de frappe près"),
    DayAgreement.MONTH: _("même mois de naissance, jour non noté d’un côté"),
    DayAgreement.HALF: _("jour ou mois de naissance différent"),
    DayAgreement.FIRST_OF_JANUARY: _("un 1er janvier d’un côté, peut-être parce que la date n’était pas connue"),
    DayAgreement.MISSING: _("jour et mois de naissance non notés d’un côté"),
    DayAgreement.DIFFERENT: _("jour et mois de naissance différents"),
}
_SEX = {SexAgreement.EQUAL: _("même sexe noté"), SexAgreement.DIFFERENT: _("sexe noté différemment")}
_ORDER = {
    NameOrder.SWAPPED: _("prénom et nom inversés"),
    NameOrder.TOGETHER: _("mêmes mots, répartis autrement entre prénom et nom"),
}
_DIFFERS = {
    NameAgreement.DIFFERENT,
    YearAgreement.DIFFERENT,
    DayAgreement.DIFFERENT,
    DayAgreement.HALF,
    SexAgreement.DIFFERENT,
}
_NOT_KNOWN = {NameAgreement.MISSING, YearAgreement.MISSING, DayAgreement.MISSING, DayAgreement.FIRST_OF_JANUARY}


@dataclass
class Reasons:
    """What agrees, what differs, and what one of the two files does not say."""

    agree: list[str] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def reasons(compared: Mapping[str, Any], *, with_sex: bool) -> Reasons:
    """The words for a pair's ``compared``, the names first.

    :param with_sex: False for a coordinator, who is shown names, births and sites only.
    """
    said = Reasons()

    def say(level: Any, words: Any) -> None:
        lines = said.differ if level in _DIFFERS else said.unknown if level in _NOT_KNOWN else said.agree
        lines.append(str(words))

    order = NameOrder(compared["order"])
    levels = NameAgreement(compared["given"]), NameAgreement(compared["family"])
    alike: list[bool] = compared["written_alike"]
    if order in _ORDER:
        said.agree.append(str(_ORDER[order]))
    if order is NameOrder.STRAIGHT and levels == (NameAgreement.EQUAL, NameAgreement.EQUAL):
        said.agree.append(str(_("même prénom et même nom") if all(alike) else _SPELT[2]))
    elif order is not NameOrder.TOGETHER:
        for place, words in enumerate((_GIVEN, _FAMILY)):
            equal = levels[place] is NameAgreement.EQUAL
            # Crossed and equal is said already.
            if order is NameOrder.STRAIGHT or not equal:
                spelt = equal and not alike[place]
                say(levels[place], _SPELT[place] if spelt else words[levels[place]])
    if compared["under_another_name"]:
        said.agree.append(str(_("par un autre nom noté dans l’un des deux dossiers")))
    year, day = YearAgreement(compared["year"]), DayAgreement(compared["day"])
    if (year, day) == (YearAgreement.EQUAL, DayAgreement.EQUAL):
        said.agree.append(str(_("même date de naissance")))
    elif year is YearAgreement.MISSING and day is DayAgreement.MISSING:
        said.unknown.append(str(_("naissance non notée d’un côté")))
    else:
        say(year, _YEAR[year])
        say(day, _DAY[day])
    sex = SexAgreement(compared["sex"])
    if with_sex and sex in _SEX:
        say(sex, _SEX[sex])
    return said


def how_sure(probability: int) -> str:
    """A probability in percent, in words."""
    if probability >= 95:
        return str(_("très probable"))
    return str(_("probable") if probability >= 70 else _("possible"))
