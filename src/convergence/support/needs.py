"""Needs reviewed over time: rating a few at each meeting, correcting, taking back, and the distance travelled.

A rating holds from the day of its review until the next one of the same need. What nobody has assessed, what the
person does not know or prefers not to say is told as such: it is never counted as zero, nor as a change.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import hold, place, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.models import Need
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.needs import LEVELS, NEEDS, NeedKind

LONGEST = 1000
"""The most characters of a reason."""


@dataclass(frozen=True)
class Rating:
    """What a review says of one need.

    :param code: a level, "0" to "4", or one of the four kinds of missing.
    :param seen_version: version (primary key) of the latest rating that the form showed, "" when it showed none.
    """

    code: str
    reason: str = ""
    seen_version: str = ""


@dataclass(frozen=True)
class Reviewed:
    """A rating that stands, and who gave it: closing it at the next review does not make it somebody else's."""

    rating: Need
    author: str

    @property
    def on(self) -> date | None:
        return self.rating.starts

    @property
    def said(self) -> str:
        return said(self.rating)


@dataclass
class NeedHistory:
    """One need of a person: its ratings that stand, in the order of their days."""

    kind: NeedKind
    reviews: list[Reviewed] = field(default_factory=list)

    @property
    def first(self) -> Reviewed | None:
        return self.reviews[0] if self.reviews else None

    @property
    def latest(self) -> Reviewed | None:
        return self.reviews[-1] if self.reviews else None

    @property
    def to_see(self) -> bool:
        """Nobody has assessed it yet. Not knowing, or not wishing to say, is an answer."""
        return self.latest is None or self.latest.rating.missing == Missing.NOT_ASSESSED

    @property
    def travelled(self) -> tuple[int, int] | None:
        """(first known level, level now), where two reviews at least gave one and the latest is one of them."""
        known = [each.rating.level for each in self.reviews if each.rating.level is not None]
        if len(known) < 2 or self.reviews[-1].rating.level is None:
            return None
        return known[0], known[-1]


def need_histories(person_id: int, compartments: Collection[str]) -> dict[str, NeedHistory]:
    """Every need that the actor may read of the person, by code, also those that nobody rated; one query.

    :param compartments: those that the actor reads of her.
    """
    histories = {code: NeedHistory(kind) for code, kind in NEEDS.items() if kind.compartment.value in compartments}
    versions = Need.objects.filter(person_id=person_id).select_related("recorded_by").order_by("pk")
    authors: dict[tuple[object, ...], str] = {}
    standing = []
    for version in versions:
        told = (version.series, version.starts, version.level, version.missing)
        authors.setdefault(told, str(version.recorded_by or ""))
        if version.superseded_at is None:
            standing.append((version, authors[told]))
    for version, author in sorted(standing, key=lambda pair: pair[0].starts or date.min):
        histories[version.need].reviews.append(Reviewed(version, author))
    return histories


@transaction.atomic
def record_review(
    person_id: int, ratings: Mapping[str, Rating], on: date, *, written: Collection[str], today: date
) -> list[Need]:
    """Rate some of the person's needs as they were on a day; the other needs stay as they are.

    :param ratings: by code of the need; at least one.
    :param written: compartments that the actor writes of this person.
    :raises Refused: nothing rated, a need or a rating that does not exist, a day to come, a reason too long.
    :raises ChangedMeanwhile: one of them was rated since it was shown; ``fresh`` maps codes to the latest ratings.
    """
    if not ratings:
        raise Refused(_("Évaluez au moins un besoin."))
    if on > today:
        raise Refused(_("La date est dans le futur : notez une évaluation le jour où elle est faite."))
    hold(person_id)
    latest: dict[str, Need] = {}
    for rated in Need.objects.current().filter(person_id=person_id, need__in=ratings).order_by("valid"):
        latest[rated.need] = rated
    if any(_shown(latest.get(code)) != rating.seen_version for code, rating in ratings.items()):
        raise ChangedMeanwhile(
            _("Quelqu’un a évalué un de ces besoins pendant que vous écriviez : relisez avant d’enregistrer."), latest
        )
    return [_place(person_id, code, rating, on, written) for code, rating in ratings.items()]


@transaction.atomic
def correct_need(shown: Need, rating: Rating, on: date, *, today: date) -> Need:
    """Correct a rating, its day included; the earlier version stays readable.

    The rating before it holds up to the corrected day, the one after it does not move.

    :raises Refused: unknown rating, a reason too long, a day to come, or beyond the review before or after it.
    :raises ChangedMeanwhile: somebody corrected it or took it back since it was shown.
    """
    hold(shown.person_id)
    current = Need.objects.current().filter(series=shown.series).first()
    if current is None or str(current.pk) != rating.seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a corrigé cette évaluation pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    level, missing = _level_or_missing(rating.code)
    reason = _reason(rating.reason)
    before = _before(current)
    too_early = before is not None and before.starts is not None and on <= before.starts
    if on != current.starts and (on > today or too_early or (current.ends is not None and on >= current.ends)):
        raise Refused(_("Ce jour est dans le futur, ou passe avant ou après une autre évaluation de ce besoin."))
    moved = DateRange(on, current.ends)
    # The shorter first: two ratings of a need never stand on the same day, not even for a moment.
    if before is not None and current.starts is not None and on < current.starts:
        revise(before, valid=DateRange(before.starts, on))
        before = None
    corrected = revise(current, level=level, missing=missing, reason=reason, valid=moved, source="screen")
    if before is not None and on != current.starts:
        revise(before, valid=DateRange(before.starts, on))
    return corrected


@transaction.atomic
def withdraw_need(shown: Need) -> None:
    """Take back a rating noted by mistake: the one before it holds again.

    :raises ChangedMeanwhile: somebody corrected it or took it back first.
    """
    hold(shown.person_id)
    before = _before(shown)
    withdraw(shown)
    if before is not None:
        revise(before, valid=DateRange(before.starts, shown.ends))


def said(rating: Need) -> str:
    """« 3 · difficulté importante », or why it is not known: never zero."""
    if rating.missing:
        return str(Missing(rating.missing).label).lower()
    return f"{rating.level} · {LEVELS[rating.level or 0]}"


def to_see(histories: Iterable[NeedHistory]) -> list[NeedKind]:
    """The needs that nobody has assessed yet."""
    return [history.kind for history in histories if history.to_see]


def _shown(rating: Need | None) -> str:
    return str(rating.pk) if rating else ""


def _before(rating: Need) -> Need | None:
    """The rating that holds up to the very day of this one."""
    if rating.starts is None:
        return None
    line = Need.objects.current().filter(person_id=rating.person_id, need=rating.need)
    return max(line.filter(valid__endswith=rating.starts), key=attrgetter("pk"), default=None)


def _place(person_id: int, code: str, rating: Rating, on: date, written: Collection[str]) -> Need:
    kind = NEEDS.get(code)
    if kind is None or kind.compartment.value not in written:
        raise Refused(_("Choisissez un besoin parmi ceux qui sont proposés."))
    level, missing = _level_or_missing(rating.code)
    new = Need(
        person_id=person_id,
        compartment=Compartment(kind.compartment).value,
        need=code,
        level=level,
        missing=missing,
        reason=_reason(rating.reason),
        valid=DateRange(on, None),
    )
    return place(new, Need.objects.filter(person_id=person_id, need=code))


def _level_or_missing(code: str) -> tuple[int | None, str]:
    if Missing.has(code):
        return None, code
    if code in {str(level) for level in LEVELS}:
        return int(code), ""
    raise Refused(_("Choisissez un niveau de 0 à 4, ou dites pourquoi il n’est pas connu."))


def _reason(words: str) -> str:
    kept = words.replace("\x00", "").strip()
    if len(kept) > LONGEST:
        raise Refused(_("La raison est trop longue : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
