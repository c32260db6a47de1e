"""What is said of an offer's places, and of a distance, in the words of the screens."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convergence.network.counting import Places
from convergence.network.models import Capacity
from convergence.network.nearness import Near
from convergence.vocabulary.offers import SEVERAL, Nearness, SaidBy, Unit
from convergence.web.templatetags.display import day, from_today, number


@dataclass(frozen=True)
class Said:
    """A sentence, its tone and its icon (``components.tag``); ``detail`` says who said it and when."""

    label: str
    tone: str
    icon: str
    detail: str = ""


def said_of_places(places: Places, capacity: Capacity | None, today: date) -> Said:
    """« 2 places libres », « complet jusqu’au 3 mars », « à redemander », « places non connues »."""
    if capacity is None or places.said is None:
        return Said(_("places non connues"), "", "circle-question-mark", _taken(places.held))
    detail = who_said(capacity, today)
    if places.stale:
        return Said(
            _("à redemander"), "soon", "message-circle-question-mark", _last(places.said, capacity) + ", " + detail
        )
    if capacity.full_until is not None:
        return Said(_("complet jusqu’au %(day)s") % {"day": day(capacity.full_until)}, "", "circle-slash", detail)
    if places.free == 0:
        held = f"{_taken(places.held)}, " if places.held else ""
        return Said(_("complet"), "", "circle-slash", held + detail)
    unit = Unit(capacity.unit)
    free = places.free or 0
    word = unit.label if free == 1 else SEVERAL[unit]
    label = ngettext("%(n)s %(unit)s libre", "%(n)s %(unit)s libres", free) % {"n": number(free), "unit": word}
    held = f"{_taken(places.held)}, " if places.held else ""
    return Said(label, "ok", "circle-check", held + detail)


def who_said(capacity: Capacity, today: date) -> str:
    """« dit par le partenaire (Lou Factice) le 3 mai 2026, il y a 2 mois »."""
    name = f" ({capacity.said_by_name})" if capacity.said_by_name else ""
    return _("dit par %(side)s%(name)s le %(day)s, %(ago)s") % {
        "side": SaidBy(capacity.said_by).label,
        "name": name,
        "day": day(capacity.said_on),
        "ago": from_today(capacity.said_on, today),
    }


def said_of_nearness(near: Near) -> str:
    """« 25 min en transports en commun », « 3,2 km à vol d’oiseau », « distance non connue »."""
    if near.how is Nearness.TRAVEL:
        return _("%(n)s min %(how)s") % {"n": near.minutes, "how": near.how.label}
    if near.kilometres is None:
        return near.how.label
    return _("%(n)s km %(how)s") % {"n": number(near.kilometres, 1), "how": near.how.label}


def _taken(held: int) -> str:
    return ngettext("%(n)s déjà retenue", "%(n)s déjà retenues", held) % {"n": held} if held else ""


def _last(free: int, capacity: Capacity) -> str:
    unit = Unit(capacity.unit)
    return _("dernier chiffre : %(n)s %(unit)s") % {"n": free, "unit": unit.label if free < 2 else SEVERAL[unit]}
