"""Receiving somebody, meeting her, deciding, and her start; everything that follows is written in one transaction.

Every function raises ``Refused`` with one plain sentence, and ``ChangedMeanwhile`` where somebody wrote first.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.pathways.decisions.recording import note_pass, renew
from convergence.pathways.entry.reading import STEPS
from convergence.pathways.models import Candidacy, CandidacyDecision, CandidacyMeeting, Contract, Hiring
from convergence.pathways.recording import Terms
from convergence.people.candidates.recording import admit_candidate, keep_candidate_until, open_candidate, take_on
from convergence.people.entry import Newcomer
from convergence.platform.dated import hold, place, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.french import said_in_full
from convergence.rules.retention import kept_until
from convergence.vocabulary.orientations import CandidacyOutcome, reveals_care_or_justice

A_DAY = timedelta(days=1)

CLOSING = (CandidacyOutcome.REFUSED_BY_SITE, CandidacyOutcome.REFUSED_BY_PERSON, CandidacyOutcome.NEVER_CAME)
"""Outcomes after which nothing more is awaited."""


@dataclass(frozen=True)
class Orientation:
    """Who sent the person, and when: the kind of body, its name where it says nothing of care or justice."""

    referrer: str
    oriented_on: date
    body: str = ""


@dataclass(frozen=True)
class Choice:
    """A decision, its day and its reason; the first day at work and what the checklist depends on, for a hiring."""

    outcome: CandidacyOutcome
    decided_on: date
    reason: str = ""
    first_day: date | None = None
    foreign_permit: bool = False
    registered_at_france_travail: bool = False


# Orientation ---------------------------------------------------------------------------------------


@transaction.atomic
def receive(who: Newcomer | int, site_id: int, orientation: Orientation, today: date) -> Candidacy:
    """Open a candidacy at a site.

    :param who: a newcomer, or the id of somebody whose file the actor keeps already.
    """
    _judge_orientation(orientation, today)
    if isinstance(who, Newcomer):
        person_id = admit_candidate(who, site_id, orientation.oriented_on).pk
    else:
        person_id = who
        open_candidate(person_id, site_id, orientation.oriented_on)
        _refuse_second(person_id, site_id, orientation.oriented_on)
    candidacy = Candidacy(
        person_id=person_id,
        site_id=site_id,
        referrer=orientation.referrer,
        body=orientation.body,
        valid=DateRange(orientation.oriented_on, None),
    )
    candidacy.save(force_insert=True)
    return candidacy


def _judge_orientation(orientation: Orientation, today: date) -> None:
    if orientation.oriented_on > today:
        raise Refused(_("La date de l’orientation est à venir : notez-la quand vous la recevez."))
    if reveals_care_or_justice(orientation.body):
        raise Refused(
            _(
                "Le nom de cet organisme peut révéler un soin ou une mesure de justice : laissez-le vide, la sorte "
                "d’organisme suffit."
            )
        )


def _refuse_second(person_id: int, site_id: int, oriented_on: date) -> None:
    earlier = Candidacy.objects.current().filter(person_id=person_id, site_id=site_id).order_by("valid").last()
    if earlier is None or earlier.starts is None:
        return
    if earlier.ends is None:
        since = said_in_full(earlier.starts)
        raise Refused(
            _("Une candidature de cette personne est déjà ouverte sur ce chantier, depuis le %(day)s.") % {"day": since}
        )
    if oriented_on < earlier.ends:
        until = said_in_full(earlier.ends - A_DAY)
        raise Refused(
            _("Sa candidature précédente s’est fermée le %(day)s : une autre orientation vient après.") % {"day": until}
        )


@transaction.atomic
def correct_orientation(candidacy: Candidacy, orientation: Orientation, seen_version: str, today: date) -> Candidacy:
    """Correct who sent the person, or when; the earlier version stays readable."""
    hold(candidacy.person_id)
    current = _standing(candidacy, seen_version)
    _judge_orientation(orientation, today)
    noted = [row.starts for row in (*_decisions(current), *_meetings(current)) if row.starts]
    if noted and orientation.oriented_on > min(noted):
        raise Refused(
            _("Une rencontre ou une décision du %(day)s est notée : l’orientation vient avant.")
            % {"day": said_in_full(min(noted))}
        )
    return revise(
        current,
        referrer=orientation.referrer,
        body=orientation.body,
        valid=DateRange(orientation.oriented_on, current.ends),
    )


def _standing(candidacy: Candidacy, seen_version: str) -> Candidacy:
    current = Candidacy.objects.current().filter(series=candidacy.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié cette candidature pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _decisions(candidacy: Candidacy) -> list[CandidacyDecision]:
    rows = CandidacyDecision.objects.current().filter(candidacy=candidacy.series)
    return list(rows.defer("reason").order_by("valid"))


def _meetings(candidacy: Candidacy) -> list[CandidacyMeeting]:
    return list(CandidacyMeeting.objects.current().filter(candidacy=candidacy.series).defer("words"))


# Meetings ------------------------------------------------------------------------------------------


@transaction.atomic
def meet(candidacy: Candidacy, on: date, *, came: bool, words: str, colleague_id: int, today: date) -> CandidacyMeeting:
    """Note that a colleague met the candidate, or waited for her in vain."""
    if on > today:
        raise Refused(_("La date est dans le futur : notez une rencontre le jour où elle a lieu."))
    if candidacy.starts is not None and on < candidacy.starts:
        raise Refused(
            _("La rencontre ne peut pas venir avant l’orientation, le %(day)s.")
            % {"day": said_in_full(candidacy.starts)}
        )
    if candidacy.ends is not None and on >= candidacy.ends:
        raise Refused(_("Cette candidature s’est fermée le %(day)s.") % {"day": said_in_full(candidacy.ends - A_DAY)})
    meeting = CandidacyMeeting(
        person_id=candidacy.person_id,
        site_id=candidacy.site_id,
        candidacy=candidacy.series,
        colleague_id=colleague_id,
        came=came,
        words=words,
        valid=DateRange(on, on + A_DAY),
    )
    meeting.save(force_insert=True)
    return meeting


# Decision ------------------------------------------------------------------------------------------


def version_of(decisions: list[CandidacyDecision]) -> str:
    """What a form shows as the last decision that it knows of."""
    return str(decisions[-1].pk) if decisions else ""


@transaction.atomic
def decide(candidacy: Candidacy, choice: Choice, seen_version: str, today: date) -> CandidacyDecision:
    """Decide of an open candidacy; another decision of the same day replaces the one noted.

    :param seen_version: ``version_of`` the decisions that the form showed.
    """
    hold(candidacy.person_id)
    current, earlier = _open(candidacy, seen_version)
    _judge_choice(current, earlier, choice, today)
    decision = place(
        CandidacyDecision(
            person_id=current.person_id,
            site_id=current.site_id,
            candidacy=current.series,
            outcome=choice.outcome.value,
            reason=choice.reason,
            valid=DateRange(choice.decided_on, None),
        ),
        CandidacyDecision.objects.filter(candidacy=current.series),
    )
    _plan_hiring(current, choice)
    if choice.outcome in CLOSING:
        revise(current, valid=DateRange(current.starts, choice.decided_on + A_DAY))
        # Last of all: a candidacy closed long ago is not read any more.
        keep_candidate_until(current.person_id, current.site_id, kept_until("candidacy", choice.decided_on) + A_DAY)
    return decision


def _open(candidacy: Candidacy, seen_version: str) -> tuple[Candidacy, list[CandidacyDecision]]:
    """The candidacy and its decisions, as the form showed them and still open."""
    current = Candidacy.objects.current().filter(series=candidacy.series).first()
    decisions = _decisions(candidacy)
    if current is None or version_of(decisions) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a noté une décision pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    if current.ends is not None:
        raise Refused(
            _("Cette candidature s’est fermée le %(day)s : une nouvelle orientation en ouvre une autre.")
            % {"day": said_in_full(current.ends - A_DAY)}
        )
    return current, decisions


def _judge_choice(candidacy: Candidacy, earlier: list[CandidacyDecision], choice: Choice, today: date) -> None:
    oriented_on, last = candidacy.starts, earlier[-1].starts if earlier else None
    if choice.decided_on > today:
        raise Refused(_("La date de la décision est à venir : notez-la le jour où elle est prise."))
    if oriented_on is not None and choice.decided_on < oriented_on:
        raise Refused(
            _("La décision ne peut pas venir avant l’orientation, le %(day)s.") % {"day": said_in_full(oriented_on)}
        )
    if last is not None and choice.decided_on < last:
        raise Refused(_("Une décision du %(day)s est déjà notée : celle-ci vient après.") % {"day": said_in_full(last)})
    if choice.outcome is CandidacyOutcome.REFUSED_BY_SITE and not choice.reason.strip():
        raise Refused(_("Dites pourquoi le chantier refuse : la personne peut le demander."))
    if choice.outcome is not CandidacyOutcome.HIRED:
        return
    if choice.first_day is None:
        raise Refused(_("Indiquez le premier jour de travail prévu : les démarches d’embauche en dépendent."))
    if oriented_on is not None and choice.first_day < oriented_on:
        raise Refused(
            _("Le premier jour ne peut pas venir avant l’orientation, le %(day)s.") % {"day": said_in_full(oriented_on)}
        )


def _plan_hiring(candidacy: Candidacy, choice: Choice) -> None:
    """The checklist of a hiring decided, kept with what is done of it; none once something else is decided."""
    planned = Hiring.objects.current().filter(candidacy=candidacy.series).first()
    if choice.outcome is not CandidacyOutcome.HIRED:
        if planned is not None:
            withdraw(planned)
        return
    said = {
        "first_day": choice.first_day,
        "foreign_permit": choice.foreign_permit,
        "registered_at_france_travail": choice.registered_at_france_travail,
    }
    if planned is not None:
        revise(planned, **said)
        return
    hiring = Hiring(person_id=candidacy.person_id, site_id=candidacy.site_id, candidacy=candidacy.series, **said)
    hiring.save(force_insert=True)


@transaction.atomic
def take_back_decision(candidacy: Candidacy, seen_version: str) -> None:
    """Withdraw the last decision, noted by mistake: the one before stands again, and the candidacy is open again.

    :raises Refused: the person has started, or another candidacy was opened at that site meanwhile.
    """
    hold(candidacy.person_id)
    current = Candidacy.objects.current().filter(series=candidacy.series).first()
    decisions = _decisions(candidacy)
    if current is None or not decisions or version_of(decisions) != seen_version:
        raise ChangedMeanwhile(_("Les décisions ont changé pendant que vous les lisiez : relisez."), current)
    last = decisions[-1]
    if last.outcome == CandidacyOutcome.HIRED and current.ends is not None:
        raise Refused(_("La personne a démarré : c’est son contrat qui se corrige, dans son parcours."))
    later = Candidacy.objects.current().filter(person_id=current.person_id, site_id=current.site_id)
    if current.ends is not None and later.filter(valid__startswith__gte=current.ends).exists():
        raise Refused(_("Une autre candidature a été ouverte depuis sur ce chantier : cette décision reste."))
    withdraw(last)
    if len(decisions) > 1:
        revise(decisions[-2], valid=DateRange(decisions[-2].starts, None))
    planned = Hiring.objects.current().filter(candidacy=current.series).first()
    if planned is not None:
        withdraw(planned)
    if current.ends is not None:
        revise(current, valid=DateRange(current.starts, None))
        open_candidate(current.person_id, current.site_id, current.starts or last.valid.lower)


# Hiring and start ----------------------------------------------------------------------------------


@transaction.atomic
def note_step(hiring: Hiring, code: str, done_on: date | None, seen_version: str, today: date) -> Hiring:
    """Note the day on which a line of the checklist was done, or (None) that it was not after all."""
    if code not in STEPS:
        raise Refused(_("Cette démarche n’existe pas."))
    if done_on is not None and done_on > today:
        raise Refused(_("La date est dans le futur : notez une démarche quand elle est faite."))
    hold(hiring.person_id)
    current = Hiring.objects.current().filter(series=hiring.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a noté une démarche pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return revise(current, **{STEPS[code]: done_on})


@dataclass(frozen=True)
class NewPass:
    """A PASS that opens with the start, where it is known."""

    first_day: date
    number: str = ""


@transaction.atomic
def start(candidacy: Candidacy, terms: Terms, new_pass: NewPass | None, seen_version: str, today: date) -> Contract:
    """The first day at work has come: the site supports the person, her contract and her PASS are noted.

    All of it or nothing: what the clocks or the lawful hours refuse leaves the candidacy as it was.
    """
    hold(candidacy.person_id)
    current, decisions = _open(candidacy, seen_version)
    hiring = Hiring.objects.current().filter(candidacy=current.series).first()
    if not decisions or decisions[-1].outcome != CandidacyOutcome.HIRED or hiring is None:
        raise Refused(_("L’embauche n’est pas décidée : notez d’abord la décision."))
    if terms.starts > today:
        raise Refused(_("Le premier jour est à venir : notez le démarrage ce jour-là."))
    if current.starts is not None and terms.starts < current.starts:
        raise Refused(
            _("Le premier jour ne peut pas venir avant l’orientation, le %(day)s.")
            % {"day": said_in_full(current.starts)}
        )
    take_on(current.person_id, current.site_id, terms.starts)
    if new_pass is not None:
        note_pass(current.person_id, new_pass.first_day, new_pass.number)
    contract = renew(current.person_id, terms, today)
    if hiring.first_day != terms.starts:
        revise(hiring, first_day=terms.starts)
    revise(current, valid=DateRange(current.starts, terms.starts + A_DAY))
    return contract
