"""A time spent in a group, typed once for everybody: one row in each person's file, one contact for each presence."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.meetings.models import GroupAttendance
from convergence.support.meetings.recording import contact_of_presence, take_back_contact
from convergence.support.models import Contact
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.meetings import GroupKind, Outcome

A_DAY = timedelta(days=1)
MOST_PEOPLE = 500
GROUP_COMPARTMENTS = (Compartment.SOCIAL, Compartment.HEALTH)
"""Who may read that somebody was there, the usual one first."""


@dataclass(frozen=True)
class Gathering:
    """What the group did.

    :param colleagues: ids of those of the team who were there.
    """

    kind: GroupKind
    title: str
    on: date
    minutes: int
    colleagues: tuple[int, ...]
    compartment: Compartment = Compartment.SOCIAL


@transaction.atomic
def record_gathering(
    gathering: Gathering,
    came: Collection[int],
    absent: Collection[int],
    *,
    among: Collection[int],
    team: Collection[int],
    today: date,
) -> UUID:
    """Write a time spent in a group in the file of each person who came or was expected.

    :param came, absent: ids of people.
    :param among: ids of the people whom the actor may write about.
    :returns: what the rows share.
    :raises Refused: nobody, too many, somebody both present and absent or out of reach, or a day to come.
    """
    said = _of(gathering, team, today)
    outcomes = _outcomes(came, absent, among)
    hold(*outcomes)
    series = uuid4()
    contacts = _contacts_of({person for person, outcome in outcomes.items() if outcome.met}, gathering.on)
    GroupAttendance.objects.bulk_create(
        GroupAttendance(
            person_id=person_id,
            gathering=series,
            outcome=outcome.value,
            contact=contacts.get(person_id),
            **said,
        )
        for person_id, outcome in outcomes.items()
    )
    return series


@transaction.atomic
def correct_gathering(
    series: UUID,
    gathering: Gathering,
    came: Collection[int],
    absent: Collection[int],
    *,
    among: Collection[int],
    team: Collection[int],
    seen: Iterable[int],
    actor_id: int | None,
    today: date,
) -> None:
    """Correct what the group did, or who was there; whoever is no longer named was noted by mistake.

    :param seen: the rows that were shown, by primary key.
    :raises Refused: as for ``record_gathering``.
    :raises ChangedMeanwhile: somebody corrected it since it was shown.
    """
    standing = {row.person_id: row for row in rows_of(series)}
    outcomes = _outcomes(came, absent, {*among, *standing})
    hold(*{*outcomes, *standing})
    standing = {row.person_id: row for row in rows_of(series)}
    if {row.pk for row in standing.values()} != set(seen):
        raise ChangedMeanwhile(
            _("Quelqu’un a changé ce temps collectif pendant que vous écriviez : relisez avant d’enregistrer.")
        )
    said = _of(gathering, {*team, *(user for row in standing.values() for user in row.colleagues)}, today)
    for person_id, row in standing.items():
        outcome = outcomes.pop(person_id, None)
        if outcome is None:
            take_back_contact(row.contact)
            withdraw(row)
            continue
        changed = {name: value for name, value in said.items() if getattr(row, name) != value}
        if outcome.value != row.outcome or "valid" in changed:
            take_back_contact(row.contact)
            changed |= {"outcome": outcome.value, "contact": None}
            if outcome.met:
                changed["contact"] = contact_of_presence(
                    person_id, ContactKind.MEETING, gathering.on, actor_id=actor_id, today=today
                )
        if changed:
            revise(row, **changed)
    contacts = _contacts_of({person for person, outcome in outcomes.items() if outcome.met}, gathering.on)
    GroupAttendance.objects.bulk_create(
        GroupAttendance(
            person_id=person_id, gathering=series, outcome=outcome.value, contact=contacts.get(person_id), **said
        )
        for person_id, outcome in outcomes.items()
    )


def rows_of(series: UUID) -> list[GroupAttendance]:
    """The rows that stand of one gathering, as far as the actor reads them."""
    return list(GroupAttendance.objects.current().filter(gathering=series).order_by("pk"))


def _contacts_of(people: Collection[int], on: date) -> dict[int, UUID]:
    """Write the contact of each presence in one go; whoever was met on the site that day already has hers."""
    day = DateRange(on, on + A_DAY)
    noted = Contact.objects.current().filter(person_id__in=people, kind=ContactKind.MEETING, valid=day)
    already = set(noted.values_list("person_id", flat=True))
    made = Contact.objects.bulk_create(
        Contact(person_id=person_id, kind=ContactKind.MEETING.value, valid=day)
        for person_id in sorted(people)
        if person_id not in already
    )
    return {contact.person_id: contact.series for contact in made}


def _outcomes(came: Collection[int], absent: Collection[int], among: Collection[int]) -> dict[int, Outcome]:
    both = set(came) & set(absent)
    if both:
        raise Refused(_("Une même personne est cochée présente et absente : gardez l’un des deux."))
    if not came and not absent:
        raise Refused(_("Cochez au moins une personne."))
    if len(came) + len(absent) > MOST_PEOPLE:
        raise Refused(_("Un temps collectif se note pour %(most)s personnes au plus.") % {"most": MOST_PEOPLE})
    if not {*came, *absent} <= set(among):
        raise Refused(_("Choisissez les personnes dans la liste."))
    return dict.fromkeys(sorted(came), Outcome.CAME) | dict.fromkeys(sorted(absent), Outcome.ABSENT)


def _of(gathering: Gathering, team: Collection[int], today: date) -> dict[str, object]:
    """The columns that every row shares."""
    if gathering.on > today:
        raise Refused(_("La date est dans le futur : notez qui est venu le jour venu."))
    title = " ".join(gathering.title.split())
    if not title:
        raise Refused(_("Dites ce que le groupe a fait, en quelques mots."))
    if not 5 <= gathering.minutes <= 720:
        raise Refused(_("Un temps collectif dure entre 5 minutes et 12 heures."))
    if gathering.compartment not in GROUP_COMPARTMENTS:
        raise Refused(_("Choisissez qui peut lire parmi les possibilités proposées."))
    if not set(gathering.colleagues) <= set(team):
        raise Refused(_("Choisissez les collègues dans la liste."))
    return {
        "kind": gathering.kind.value,
        "title": title[:120],
        "minutes": gathering.minutes,
        "colleagues": sorted(set(gathering.colleagues)),
        "compartment": gathering.compartment.value,
        "valid": DateRange(gathering.on, gathering.on + A_DAY),
    }
