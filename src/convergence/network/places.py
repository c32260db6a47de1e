"""Places of an offer: who said how many are free and when, which are held, how many are left on a day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from convergence.network.counting import Held, Places, Said, counted
from convergence.network.models import Capacity, Hold, Offer
from convergence.network.partner_models import MOST_PLACES
from convergence.network.shelf_life import good_until
from convergence.platform.dated import revise, withdraw
from convergence.platform.errors import Refused
from convergence.vocabulary.offers import OfferKind, SaidBy, Unit

LONGEST_WAIT = 3650


class NoPlaceLeft(Refused):
    """Every place that is known to be free is held already."""


@dataclass(frozen=True)
class Figures:
    """What somebody says of an offer's places; None is not known.

    :ivar full_until: the partner is full until this day; free is then zero.
    """

    free: int | None = None
    places: int | None = None
    unit: str = Unit.PLACE.value
    waiting_days: int | None = None
    full_until: date | None = None


@dataclass(frozen=True)
class Speaker:
    """Who says a figure: on whose side, and a name where it is not the account that records it."""

    by: str
    name: str = ""


@transaction.atomic
def say_places(offer_id: int, figures: Figures, speaker: Speaker, said_on: date, *, today: date) -> Capacity:
    """Record how many places are free, as said on a day; what was said before stays in the history.

    A place whose number the speaker does not give is the one said last.

    :raises Refused: negative or absurd numbers, more free than places, a day to come or older than the last figure.
    """
    if not SaidBy.has(speaker.by):
        raise Refused(_("Dites qui a donné ce chiffre."))
    if said_on > today:
        raise Refused(_("Ce chiffre est daté d’un jour à venir : vérifiez la date."))
    lock(offer_id)
    standing = Capacity.objects.current().filter(offer_id=offer_id).first()
    if standing is not None and standing.said_on > said_on:
        raise Refused(
            _("Un chiffre plus récent est déjà noté, du %(day)s : il reste celui qui compte.")
            % {"day": f"{standing.said_on:%d/%m/%Y}"}
        )
    values = _checked(figures, standing, said_on) | {
        "said_by": speaker.by,
        "said_by_name": speaker.name.strip()[:120],
        "said_on": said_on,
    }
    if standing is not None:
        return revise(standing, **values)
    said = Capacity(offer_id=offer_id, **values)
    said.save(force_insert=True)
    return said


@transaction.atomic
def hold(offer_id: int, referral: UUID, *, firm: bool, on: date, even_if_full: bool = False) -> Hold:
    """Hold a place of the offer for a referral; called again, makes it firm, or moves it to another offer.

    :param firm: the partner accepted: its word counts more than our figures, nothing is refused.
    :param even_if_full: the referral goes to a waiting list, or the team proposes all the same.
    :raises NoPlaceLeft: the places known to be free are all held, be it by somebody a moment ago.
    """
    lock(offer_id)
    standing = Hold.objects.current().filter(referral=referral).first()
    if standing is not None and standing.offer_id == offer_id and (standing.firm or not firm):
        return standing
    already = standing is not None and standing.offer_id == offer_id
    if not (firm or even_if_full or already) and free_now(offer_id, on) == 0:
        raise NoPlaceLeft(_("Il n’y a plus de place libre dans cette offre : la dernière vient d’être retenue."))
    if standing is not None:
        return revise(standing, offer_id=offer_id, firm=firm, held_on=on)
    held = Hold(offer_id=offer_id, referral=referral, firm=firm, held_on=on)
    held.save(force_insert=True)
    return held


@transaction.atomic
def release(referral: UUID) -> bool:
    """Free the place held for a referral that was refused, cancelled or has lapsed; whether there was one."""
    standing = Hold.objects.current().filter(referral=referral).first()
    if standing is None:
        return False
    lock(standing.offer_id)
    withdraw(standing)
    return True


def free_now(offer_id: int, on: date) -> int | None:
    """Places free now; None where nobody said, or it is to be asked again."""
    return places_of([offer_id], on)[offer_id].free


def places_of(offer_ids: Collection[int], on: date) -> dict[int, Places]:
    """What one may say of the places of these offers on a day, as far as the actor reads; three queries."""
    offers = Offer.objects.filter(pk__in=offer_ids).only("pk", "kind", "shelf_life_days")
    said = Capacity.objects.current().filter(offer_id__in=offer_ids)
    return count(offers, {row.offer_id: row for row in said}, on)


def count(offers: Iterable[Offer], said: dict[int, Capacity], on: date) -> dict[int, Places]:
    """As ``places_of``, for figures that are loaded already; one query."""
    offers = list(offers)
    held: dict[int, list[Held]] = {}
    for row in Hold.objects.current().filter(offer_id__in=[offer.pk for offer in offers]):
        held.setdefault(row.offer_id, []).append(Held(row.firm, row.held_on, row.recorded_at))
    return {offer.pk: _counted(offer, said.get(offer.pk), held.get(offer.pk, []), on) for offer in offers}


def _counted(offer: Offer, row: Capacity | None, held: list[Held], on: date) -> Places:
    if row is None:
        return counted(None, held, good_until=None, on=on)
    until = good_until(OfferKind(offer.kind), offer.shelf_life_days, row.said_on)
    return counted(Said(row.free, row.said_on, row.recorded_at, row.full_until), held, good_until=until, on=on)


def lock(offer_id: int) -> None:
    """Whoever else holds a place of this offer, or says its figures, waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"offer:{offer_id}"])


def _checked(figures: Figures, standing: Capacity | None, said_on: date) -> dict[str, object]:
    places = figures.places if figures.places is not None else (standing.places if standing else None)
    for number in (figures.free, figures.places):
        if number is not None and not 0 <= number <= MOST_PLACES:
            raise Refused(_("Un nombre de places va de 0 à 10 000."))
    if figures.free is not None and places is not None and figures.free > places:
        if figures.places is not None:
            raise Refused(_("Il ne peut pas y avoir plus de places libres que de places."))
        # Nobody said how many there are today: there are at least as many as are free.
        places = figures.free
    if figures.waiting_days is not None and not 0 <= figures.waiting_days <= LONGEST_WAIT:
        raise Refused(_("Le délai d’attente va de 0 à 3 650 jours."))
    if figures.full_until is not None and figures.full_until < said_on:
        raise Refused(_("« Complet jusqu’au » demande un jour à venir."))
    if figures.full_until is not None and figures.free:
        raise Refused(_("« Complet jusqu’au » se note avec zéro place libre."))
    if not Unit.has(figures.unit):
        raise Refused(_("Choisissez une unité de la liste."))
    if figures.free is None and figures.places is None and figures.waiting_days is None and not figures.full_until:
        raise Refused(_("Notez au moins un chiffre : les places libres, les places en tout, ou le délai."))
    return {
        "places": places,
        "free": 0 if figures.full_until is not None else figures.free,
        "unit": figures.unit,
        "waiting_days": figures.waiting_days,
        "full_until": figures.full_until,
    }
