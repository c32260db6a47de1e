"""Offering people to a colleague, answering, taking back; and what a site's colleagues have before them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from convergence.access.models import User
from convergence.people.care import FOLLOWING
from convergence.people.handovers.models import HandOver
from convergence.people.models import Assignment, Support
from convergence.platform.dated import hold, place, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused, sentence_of
from convergence.territories.models import Mission
from convergence.territories.periods import days
from convergence.vocabulary.handovers import HandOverState


@dataclass(frozen=True)
class Absence:
    """From the first to the last day, both included; without a last day the colleague leaves for good."""

    first: date
    last: date | None = None

    @property
    def valid(self) -> DateRange:
        return days(self.first, self.last)


@transaction.atomic
def offer(
    person_ids: Collection[int], giver: Mission, receiver: Mission, absence: Absence, *, actor_id: int, today: date
) -> list[HandOver]:
    """Ask a colleague to follow these people; the giver remains their referent until she accepts.

    :raises Refused: nobody chosen, dates that do not suit, a colleague of another site, oneself as the receiver, or
        somebody whom the giver does not follow then.
    """
    if not person_ids:
        raise Refused(_("Choisissez au moins une personne."))
    if absence.last is not None and absence.last < absence.first:
        raise Refused(_("Le dernier jour vient avant le premier : vérifiez les dates."))
    if absence.first < today:
        raise Refused(_("Le premier jour est passé : choisissez aujourd’hui ou un jour à venir."))
    if receiver.user_id == actor_id:
        raise Refused(_("Personne ne se confie des personnes à soi-même : demandez à une ou un collègue de le faire."))
    if receiver.site_id != giver.site_id or receiver.role not in FOLLOWING or giver.role not in FOLLOWING:
        raise Refused(_("Choisissez une ou un collègue du même chantier, qui accompagne des personnes."))
    if absence.first not in receiver.valid:
        raise Refused(_("La mission de cette personne ne court pas à cette date : choisissez quelqu’un d’autre."))
    hold(*person_ids)
    offers = []
    for person_id in sorted(person_ids):
        if not _held(person_id, giver, absence.valid):
            raise Refused(_("Une des personnes choisies n’est plus suivie à ces dates : relisez la liste."))
        asked = HandOver(person_id=person_id, giver=giver, receiver=receiver, valid=absence.valid)
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(sentence_of(error)) from error
        offers.append(asked)
    return offers


@transaction.atomic
def accept(asked: HandOver, *, today: date) -> HandOver:
    """The receiver follows the person from the first day on, or from today where that day is over.

    After an absence the giver follows her again without another word. What only a referent reads goes with it.

    :raises ChangedMeanwhile: it was answered or taken back since it was shown.
    :raises Refused: the absence is over, or the giver no longer follows the person.
    """
    hold(asked.person_id)
    standing = _still(asked)
    begins = max(standing.starts or today, today)
    if standing.ends is not None and standing.ends <= begins:
        raise Refused(_("Cette absence est passée : il n’y a plus rien à reprendre."))
    period = DateRange(begins, standing.ends)
    held = _held(standing.person_id, standing.giver, period)
    if not held:
        raise Refused(_("Cette personne n’est plus suivie par la personne qui vous la confie."))
    # Accepted first: only then does the database let the receiver be named as the referent (may_follow).
    accepted = revise(standing, state=HandOverState.ACCEPTED, valid=period)
    for assignment in held:
        part = _common(assignment.valid, period)
        _cut(assignment, part)
        _follow(standing.person_id, standing.receiver, part)
    check_followed()
    return accepted


@transaction.atomic
def decline(asked: HandOver) -> HandOver:
    """The receiver cannot: whoever offered sees it, and the giver remains the referent.

    :raises ChangedMeanwhile: it was answered or taken back since it was shown.
    """
    hold(asked.person_id)
    return revise(_still(asked), state=HandOverState.DECLINED)


@transaction.atomic
def take_back(asked: HandOver) -> HandOver:
    """What was offered is no longer: nobody has answered yet.

    :raises ChangedMeanwhile: it was answered since it was shown.
    """
    hold(asked.person_id)
    return revise(_still(asked), state=HandOverState.TAKEN_BACK)


def offers_to(user: User, today: date) -> "QuerySet[HandOver]":
    """What colleagues ask of the user and she has not answered, absences that are over left out."""
    return _offered(today).filter(receiver__user=user, receiver__valid__contains=today)


def received_by(user: User, today: date) -> list[HandOver]:
    """The same as lists show it; one query."""
    return list(offers_to(user, today).select_related("giver__user", "receiver__site").order_by("valid", "pk"))


def offered_at(site_ids: Collection[int], today: date) -> list[HandOver]:
    """What is offered at these sites and not answered, or was declined and the day has not come; one query."""
    states = [HandOverState.OFFERED, HandOverState.DECLINED]
    rows = HandOver.objects.current().filter(giver__site__in=site_ids, state__in=states)
    rows = rows.filter(_not_over(today)).exclude(state=HandOverState.DECLINED, valid__startswith__lt=today)
    return list(rows.select_related("giver__user", "receiver__user").order_by("valid", "pk"))


def offered_among(ids: Collection[int], today: date) -> list[HandOver]:
    """The offers with these primary keys that still wait for an answer."""
    return list(_offered(today).filter(pk__in=ids).select_related("giver", "receiver").order_by("person_id"))


def check_followed() -> None:
    """Have the database say at once what it would say at the commit: nobody remains without a referent.

    :raises Refused: somebody would.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SET CONSTRAINTS assignment_followed_after IMMEDIATE")
        except IntegrityError as error:
            raise Refused(
                _("Une personne ne reste jamais sans référent : confiez-la d’abord à quelqu’un d’autre.")
            ) from error
        cursor.execute("SET CONSTRAINTS assignment_followed_after DEFERRED")


def _offered(today: date) -> "QuerySet[HandOver]":
    return HandOver.objects.current().filter(_not_over(today), state=HandOverState.OFFERED)


def _not_over(today: date) -> Q:
    return Q(valid__endswith=None) | Q(valid__endswith__gt=today)


def _still(asked: HandOver) -> HandOver:
    standing = (
        HandOver.objects.current()
        .filter(series=asked.series, state=HandOverState.OFFERED)
        .select_related("giver", "receiver")
        .first()
    )
    if standing is None:
        raise ChangedMeanwhile(_("Cette demande a déjà reçu une réponse, ou a été reprise : relisez la liste."))
    return standing


def _held(person_id: int, mission: Mission, period: DateRange) -> list[Assignment]:
    """Where the mission follows the person within the period, its site supporting her still."""
    if not Support.objects.current().filter(person_id=person_id, site=mission.site_id, valid__overlap=period).exists():
        return []
    rows = Assignment.objects.current().filter(person_id=person_id, mission=mission, valid__overlap=period)
    return list(rows.order_by("valid"))


def _common(one: DateRange, other: DateRange) -> DateRange:
    begins = max(one.lower or date.min, other.lower)
    ends = min(one.upper or date.max, other.upper or date.max)
    return DateRange(begins, None if ends == date.max else ends)


def _cut(assignment: Assignment, part: DateRange) -> None:
    """Take a part out of a follow-up: what comes before and after it stays."""
    left = []
    if assignment.starts is None or assignment.starts < part.lower:
        left.append(DateRange(assignment.starts, part.lower))
    if part.upper is not None and (assignment.ends is None or part.upper < assignment.ends):
        left.append(DateRange(part.upper, assignment.ends))
    if not left:
        withdraw(assignment)
        return
    revise(assignment, valid=left[0])
    for valid in left[1:]:
        again = Assignment(person_id=assignment.person_id, mission_id=assignment.mission_id, valid=valid)
        again.save(force_insert=True)


def _follow(person_id: int, mission: Mission, part: DateRange) -> None:
    """The mission follows the person over ``part``, unless it does already."""
    line = Assignment.objects.filter(person_id=person_id, mission=mission)
    if not line.current().filter(valid__contains=part).exists():
        place(Assignment(person_id=person_id, mission=mission, valid=part), line)
