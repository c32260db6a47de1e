"""What a partner is shown of a person: lines chosen with her, written once and frozen with the referral."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.people.models import CivilStatus
from convergence.people.naming import names_of
from convergence.platform.errors import Refused
from convergence.situations.models import Situation
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.situations import ASPECTS

LONGEST_MESSAGE = 2000

ASPECTS_OFFERED = ("housing", "employment", "right_to_work", "health_cover", "regular_doctor", "rqth")
"""Situations that may be told to a partner, each only if it is chosen with the person."""


@dataclass(frozen=True)
class Line:
    """One thing about the person, in words: « Âge : 41 ans »."""

    code: str
    label: str
    text: str


@dataclass(frozen=True)
class Shared:
    """What the partner sees, as the person saw it when she agreed.

    :ivar sender: who sends the referral: the site, as the partner knows it.
    :ivar partner, offer: names of the partner and of its offer on that day.
    :ivar message: words written for the partner, read out to the person.
    """

    sender: str
    partner: str
    offer: str
    lines: tuple[Line, ...] = field(default_factory=tuple)
    message: str = ""

    def sealed_text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> "Shared":
        content = json.loads(text)
        return cls(**content | {"lines": tuple(Line(**line) for line in content["lines"])})


def compartment_of_lines(lines: Collection[Line], referral: Compartment) -> Compartment:
    """Who of the team reads what is shared: health where one of the lines tells of it, else as the referral."""
    told = {ASPECTS[line.code].compartment for line in lines if line.code in ASPECTS}
    return Compartment.HEALTH if Compartment.HEALTH in told else referral


def lines_offered(person_id: int, today: date) -> list[Line]:
    """What the record says of the person that may be shared: only what the actor reads; nothing is chosen yet."""
    name = names_of([person_id]).get(person_id)
    civil = CivilStatus.objects.current().filter(person_id=person_id).first()
    age = civil.age(today) if civil else None
    known = [
        ("name", _("Nom"), f"{name.given_name} {name.family_name}".strip() if name else ""),
        ("age", _("Âge"), ngettext("%(n)s an", "%(n)s ans", age) % {"n": age} if age is not None else ""),
        ("phone", _("Téléphone"), civil.phone if civil else ""),
        ("email", _("E-mail"), civil.email if civil else ""),
        ("languages", _("Langues parlées"), civil.languages if civil else ""),
    ]
    facts = Situation.objects.current().valid_on(today).filter(person_id=person_id, missing="")
    said = {fact.aspect: fact.label for fact in facts.filter(aspect__in=ASPECTS_OFFERED)}
    known += [(aspect, ASPECTS[aspect].label, said.get(aspect, "")) for aspect in ASPECTS_OFFERED]
    return [Line(code, label, text) for code, label, text in known if text]


def chosen(offered: Collection[Line], codes: Collection[str], message: str) -> tuple[tuple[Line, ...], str]:
    """The lines that were chosen and the message, as they will be frozen.

    :raises Refused: nothing is chosen, a line that the record does not have, or a message that is too long.
    """
    lines = tuple(line for line in offered if line.code in codes)
    words = message.replace("\x00", "").strip()
    if len(lines) != len(set(codes)):
        raise Refused(_("Choisissez ce qui est partagé dans la liste."))
    if not lines and not words:
        raise Refused(_("Choisissez avec la personne ce que le partenaire lira."))
    if len(words) > LONGEST_MESSAGE:
        raise Refused(_("Ce message est trop long : %(most)s caractères au plus.") % {"most": LONGEST_MESSAGE})
    return lines, words
