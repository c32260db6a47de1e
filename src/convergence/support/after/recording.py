"""Opening a thread of support, noting news, stopping it; whoever may warn, and what is done about a warning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import DatedFact, hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.after.models import ExtendedSupport, FollowUp, ThirdParty, ThirdPartyWarning
from convergence.support.contacts import record_contact
from convergence.support.models import Contact
from convergence.territories.periods import days
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding, SupportOpener, ThirdPartyRole

LONGEST = 2000
Row = TypeVar("Row", bound=DatedFact)


@transaction.atomic
def open_thread(
    person_id: int, opener: SupportOpener, since: date, *, today: date, exit_series: UUID | None = None
) -> ExtendedSupport:
    """Support goes on so that a job or a home lasts, from the day on which it was reached.

    :raises Refused: a day to come. The database refuses a second thread of the same sort at the same time.
    """
    _past(since, today)
    hold(person_id)
    running = ExtendedSupport.objects.current().filter(person_id=person_id, opener=opener.value, valid__contains=since)
    if running.exists():
        raise Refused(_("Cet accompagnement est déjà ouvert."))
    thread = ExtendedSupport(person_id=person_id, opener=opener.value, exit=exit_series, valid=DateRange(since, None))
    thread.save(force_insert=True)
    return thread


@dataclass(frozen=True)
class News:
    """What was learnt on a day: whether it holds, how it was learnt, in words.

    :param kind: how the person was met; None where the news came from somebody else.
    """

    result: FollowUpResult
    on: date
    kind: ContactKind | None = None
    words: str = ""


@transaction.atomic
def note_news(thread: ExtendedSupport, news: News, *, seen_version: str, actor_id: int | None, today: date) -> FollowUp:
    """Note news; the person met is a contact like any other, and what is lost ends the thread.

    :raises Refused: a day to come or before the thread, a way of meeting in which nobody is met.
    :raises ChangedMeanwhile: the thread changed since it was shown.
    """
    current = _standing(thread, seen_version)
    _within(current, news.on, today)
    contact = None
    if news.kind is not None:
        if not news.kind.reached:
            raise Refused(_("Sans réponse, il n’y a pas de nouvelles : notez plutôt l’appel sans réponse."))
        contact = record_contact(current.person_id, news.kind.value, news.on, actor_id=actor_id, today=today)
    had = FollowUp(
        person_id=current.person_id,
        thread=current.series,
        result=news.result.value,
        words=_shorter(news.words),
        contact=contact.series if contact else None,
        valid=days(news.on, news.on),
    )
    had.save(force_insert=True)
    if news.result is FollowUpResult.LOST:
        revise(current, ending=SupportEnding.LOST.value, valid=days(current.starts, news.on))
    return had


@transaction.atomic
def withdraw_news(had: FollowUp) -> None:
    """Take back news noted by mistake, with its contact; a thread that they ended runs on.

    :raises ChangedMeanwhile: they were taken back already.
    """
    hold(had.person_id)
    withdraw(had)
    if had.contact is not None:
        for contact in Contact.objects.current().filter(person_id=had.person_id, series=had.contact):
            withdraw(contact)
    ended = ExtendedSupport.objects.current().filter(series=had.thread, ending=SupportEnding.LOST.value).first()
    if had.result == FollowUpResult.LOST and ended is not None and ended.valid == days(ended.starts, had.starts):
        revise(ended, ending="", valid=DateRange(ended.starts, None))


@transaction.atomic
def stop_thread(
    thread: ExtendedSupport, ending: SupportEnding, on: date, *, seen_version: str, today: date
) -> ExtendedSupport:
    """The thread's last day, and why it stops.

    :raises Refused: a day to come, or before it began. ChangedMeanwhile: it changed since it was shown.
    """
    current = _standing(thread, seen_version)
    _within(current, on, today)
    return revise(current, ending=ending.value, valid=days(current.starts, on))


@transaction.atomic
def reopen_thread(thread: ExtendedSupport) -> ExtendedSupport:
    """Undo a stop noted by mistake.

    :raises ChangedMeanwhile: it changed since.
    """
    current = _standing(thread, str(thread.pk))
    return revise(current, ending="", valid=DateRange(current.starts, None))


@transaction.atomic
def withdraw_thread(thread: ExtendedSupport) -> None:
    """Take back a thread opened by mistake.

    :raises Refused: something was noted in it. ChangedMeanwhile: it was taken back already.
    """
    hold(thread.person_id)
    for model in (FollowUp, ThirdParty, ThirdPartyWarning):
        if model.objects.current().filter(person_id=thread.person_id, thread=thread.series).exists():
            raise Refused(_("Des nouvelles y sont déjà notées : notez plutôt sa fin."))
    withdraw(thread)


def threads_of_exit(person_id: int, exit_series: UUID) -> Iterable[ExtendedSupport]:
    """The threads that were opened with an end of path."""
    return ExtendedSupport.objects.current().filter(person_id=person_id, exit=exit_series)


# Employers and landlords --------------------------------------------------------------------------


@transaction.atomic
def agree_third_party(
    thread: ExtendedSupport, role: ThirdPartyRole, name: str, reach: str, agreed_on: date | None, today: date
) -> ThirdParty:
    """Keep an employer or a landlord, with the person's agreement of that day; without it nothing is kept.

    :raises Refused: no agreement, or one to come.
    """
    hold(thread.person_id)
    if agreed_on is None:
        raise Refused(_("Sans l’accord de la personne, rien n’est gardé de son employeur ou de son bailleur."))
    _past(agreed_on, today)
    known = ThirdParty(
        person_id=thread.person_id,
        thread=thread.series,
        role=role.value,
        name=_shorter(name),
        reach=_shorter(reach),
        valid=DateRange(agreed_on, None),
    )
    known.save(force_insert=True)
    return known


@transaction.atomic
def end_agreement(known: ThirdParty, today: date) -> ThirdParty:
    """The person withdraws her agreement: from today on the contact is no longer shown.

    :raises ChangedMeanwhile: it was withdrawn already.
    """
    current = _standing(known, str(known.pk))
    if current.ends is not None:
        raise ChangedMeanwhile(_("Cet accord est déjà retiré."), current)
    return revise(current, valid=days(current.starts, today))


@transaction.atomic
def note_warning(known: ThirdParty, words: str, on: date, today: date) -> ThirdPartyWarning:
    """An employer or a landlord warned: whoever took the call notes it, and an alert asks for an answer.

    :raises Refused: a day to come or before the agreement, or an agreement that was withdrawn.
    """
    hold(known.person_id)
    _past(on, today)
    current = ThirdParty.objects.current().filter(series=known.series, valid__contains=on).first()
    if current is None:
        raise Refused(_("À cette date, la personne n’avait pas donné son accord pour ce contact."))
    said = ThirdPartyWarning(
        person_id=known.person_id,
        thread=known.thread,
        third_party=known.series,
        words=_words(words, _("Dites en quelques mots ce qui est signalé.")),
        valid=days(on, on),
    )
    said.save(force_insert=True)
    return said


@transaction.atomic
def answer_warning(
    said: ThirdPartyWarning, answer: str, on: date, *, seen_version: str, today: date
) -> ThirdPartyWarning:
    """What was done about a warning, on which day.

    :raises Refused: a day to come or before the warning, no words. ChangedMeanwhile: somebody answered it already.
    """
    current = _standing(said, seen_version)
    _past(on, today)
    if current.starts is not None and on < current.starts:
        raise Refused(_("La réponse ne peut pas venir avant l’alerte."))
    return revise(current, answer=_words(answer, _("Dites en quelques mots ce qui est fait.")), answered_on=on)


def _standing(row: Row, seen_version: str) -> Row:
    hold(row.person_id)  # type: ignore[attr-defined]  # every fact of this room is about a person
    manager = type(row)._default_manager
    current = cast("Row | None", manager.filter(series=row.series, superseded_at=None).first())
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé cela pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _within(thread: ExtendedSupport, on: date, today: date) -> None:
    if thread.ends is not None:
        raise Refused(_("Cet accompagnement est terminé."))
    _past(on, today)
    if thread.starts is not None and on < thread.starts:
        raise Refused(_("Cette date vient avant le début de cet accompagnement."))


def _past(on: date, today: date) -> None:
    if on > today:
        raise Refused(_("La date est dans le futur : notez-la le jour venu."))


def _words(text: str, needed: str) -> str:
    kept = _shorter(text)
    if not kept:
        raise Refused(needed)
    return kept


def _shorter(text: str) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
