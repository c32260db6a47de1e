"""Planning a conference, its agenda with each person's agreement, and what is decided; every version is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.conferences.models import Conference, ConferenceDecision, Discussion
from convergence.support.goals.models import Goal
from convergence.support.goals.recording import Task, add_action
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.conferences import AgreementHow

DECISION_COMPARTMENTS = (Compartment.SOCIAL, Compartment.HEALTH, Compartment.JUSTICE)
"""Who may read a decision, the usual readers first."""

LONGEST = 2000
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Agreement:
    """How and when the person agreed to be discussed."""

    on: date
    how: str


def plan_conference(
    site_ids: Collection[int], held_on: date, colleagues: Collection[int], guests: str, *, today: date
) -> Conference:
    """Teams of these sites meet on a day; the first site is where it is held.

    :raises Refused: no site, or a day more than a year ahead or behind.
    """
    conference = Conference(**_said(site_ids, held_on, colleagues, guests, today))
    conference.save(force_insert=True)
    return conference


def change_conference(
    conference: Conference,
    site_ids: Collection[int],
    held_on: date,
    colleagues: Collection[int],
    guests: str,
    *,
    today: date,
) -> Conference:
    """:raises Refused: as ``plan_conference``. :raises ChangedMeanwhile: somebody changed it since it was shown."""
    return revise(conference, **_said(site_ids, held_on, colleagues, guests, today))


@transaction.atomic
def cancel_conference(conference: Conference) -> None:
    """It is not held: its agenda goes with it, that of the other sites too.

    :raises Refused: something was decided there, be it for somebody whom the actor does not read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT close_agenda(%s)", [conference.series])
        (closed,) = cursor.fetchone()
    if not closed:
        raise Refused(
            _("Des décisions y ont été prises, par votre équipe ou une autre : cette réunion ne s’annule plus.")
        )
    withdraw(conference)


@transaction.atomic
def put_on_agenda(
    conference: Conference, person_id: int, agreement: Agreement, question: str, *, today: date
) -> Discussion:
    """The person agreed: she is discussed after those who are on the agenda already.

    :raises Refused: no agreement, one to come or given after the conference; or she is there already.
    """
    if not AgreementHow.has(agreement.how):
        raise Refused(_("Dites comment la personne a donné son accord."))
    if agreement.on > today:
        raise Refused(_("La date de l’accord est dans le futur : demandez-le d’abord à la personne."))
    if agreement.on > conference.held_on:
        raise Refused(_("L’accord vient après la réunion : on ne parle de personne sans son accord."))
    hold(person_id)
    standing = Discussion.objects.current().filter(conference=conference.series)
    if standing.filter(person_id=person_id).exists():
        raise Refused(_("Cette personne est déjà à l’ordre du jour."))
    last = standing.aggregate(last=Max("rank"))["last"] or 0
    discussion = Discussion(
        person_id=person_id,
        conference=conference.series,
        rank=last + 1,
        agreed_on=agreement.on,
        agreed_how=agreement.how,
        question=_shorter(question),
    )
    discussion.save(force_insert=True)
    return discussion


@transaction.atomic
def move_up(discussion: Discussion) -> None:
    """She is discussed before whoever came just before her; nothing changes for the first one."""
    before = (
        Discussion.objects.current()
        .filter(conference=discussion.conference, rank__lt=discussion.rank)
        .order_by("-rank")
        .first()
    )
    if before is None:
        return
    hold(discussion.person_id, before.person_id)
    first, second = before.rank, discussion.rank
    revise(before, rank=second)
    revise(discussion, rank=first)


@transaction.atomic
def take_off_agenda(discussion: Discussion) -> None:
    """She is not discussed: she took her agreement back, or it was a mistake.

    :raises Refused: something was decided for her there.
    """
    hold(discussion.person_id)
    decided = ConferenceDecision.objects.current().filter(
        conference=discussion.conference, person_id=discussion.person_id
    )
    if decided.exists():
        raise Refused(_("Une décision a été prise pour elle à cette réunion : retirez d’abord la décision."))
    withdraw(discussion)


@transaction.atomic
def decide(
    conference: Conference,
    discussion: Discussion,
    words: str,
    compartment: str,
    *,
    written: Collection[str],
    today: date,
    goal: Goal | None = None,
    task: Task | None = None,
    team: Collection[int] = (),
) -> ConferenceDecision:
    """What is decided for a person who is on the agenda, and the action that follows, towards one of her goals.

    :param written: compartments that the actor writes of her.
    :raises Refused: the conference is to come, no words, a compartment that the actor does not write; or an action
        that cannot be agreed on (``add_action``).
    """
    if conference.held_on > today:
        raise Refused(_("La réunion n’a pas encore eu lieu : notez ce qui est décidé le jour venu."))
    hold(discussion.person_id)
    if not Discussion.objects.current().filter(pk=discussion.pk).exists():
        raise ChangedMeanwhile(_("Cette personne n’est plus à l’ordre du jour : relisez la page."))
    if compartment not in {allowed.value for allowed in DECISION_COMPARTMENTS} & set(written):
        raise Refused(_("Choisissez qui peut lire la décision parmi les possibilités proposées."))
    kept = _shorter(words)
    if not kept:
        raise Refused(_("Écrivez ce qui est décidé."))
    action = add_action(goal, task, team=team, today=today) if goal and task else None
    decision = ConferenceDecision(
        person_id=discussion.person_id,
        conference=conference.series,
        compartment=compartment,
        words=kept,
        action=action.series if action else None,
        valid=DateRange(conference.held_on, conference.held_on + timedelta(days=1)),
    )
    decision.save(force_insert=True)
    return decision


def _said(
    site_ids: Collection[int], held_on: date, colleagues: Collection[int], guests: str, today: date
) -> dict[str, object]:
    if not site_ids:
        raise Refused(_("Choisissez au moins un chantier."))
    if abs(held_on - today) > FURTHEST:
        raise Refused(_("Une réunion se note au plus un an avant ou après : vérifiez la date."))
    first, *others = site_ids
    return {
        "site_id": first,
        "also_sites": sorted(others),
        "held_on": held_on,
        "colleagues": sorted(colleagues),
        "guests": guests.replace("\x00", "").strip()[:300],
    }


def _shorter(text: str) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > LONGEST:
        raise Refused(_("Ce texte est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return kept
