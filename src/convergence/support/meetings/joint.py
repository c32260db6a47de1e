"""Joint support: the person is told that the team speaks with another of her referents; her objection prevails."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.people.models import OutsideReferent
from convergence.platform.dated import hold, revise, withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.support.meetings.constraints import NOT_UNDER_IT
from convergence.support.meetings.models import Appointment, JointSupport
from convergence.support.meetings.words import kept_words
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.meetings import Outcome

A_DAY = timedelta(days=1)

DISCUSSED = (Compartment.WORK, Compartment.SOCIAL, Compartment.HEALTH, Compartment.JUSTICE)
"""What may be spoken of with another referent, from what most people read to what fewest do."""


def most_reserved(compartments: Iterable[Compartment]) -> Compartment:
    """The compartment that fewest people read; never less than social, the one of support itself."""
    return max([Compartment.SOCIAL, *compartments], key=DISCUSSED.index)


@transaction.atomic
def inform(
    person_id: int,
    referents: Collection[UUID],
    discussed: Collection[str],
    words: str,
    on: date,
    *,
    informed_by: int,
    written: Collection[str],
    today: date,
    objects: bool = False,
    objection: str = "",
) -> list[JointSupport]:
    """Record that the person was told, for each of these outside referents; or that she objected at once.

    :param referents: series of her outside referents.
    :param discussed: compartments that would be spoken of.
    :raises Refused: nobody, nothing to speak of, no words, a day to come, a referent who is not hers or whom she
        does not want to be contacted, or a compartment that the actor does not write.
    """
    hold(person_id)
    if on > today:
        raise Refused(_("La date est dans le futur : notez l’information le jour où vous la donnez."))
    spoken = [Compartment(code) for code in discussed if code in DISCUSSED]
    if not spoken:
        raise Refused(_("Dites de quoi il est parlé avec ce référent."))
    hers = {
        referent.series: referent
        for referent in OutsideReferent.objects.current().filter(person_id=person_id, series__in=referents)
    }
    if not hers or set(referents) - set(hers):
        raise Refused(_("Choisissez le ou les référents dans la liste."))
    if not objects and any(referent.may_contact is False for referent in hers.values()):
        raise Refused(
            _("La personne ne souhaite pas que ce référent soit contacté : rien ne peut se prévoir avec lui.")
        )
    made = []
    for series, referent in hers.items():
        compartment = most_reserved([*spoken, Compartment(referent.compartment)])
        if compartment.value not in written:
            raise Refused(_("Vous ne pouvez pas noter cela dans le dossier de cette personne."))
        joint = JointSupport(
            person_id=person_id,
            compartment=compartment.value,
            referent=series,
            discussed=sorted({code.value for code in spoken}),
            informed_on=on,
            informed_by_id=informed_by,
            words=_words(words),
            objected_on=on if objects else None,
            objection=kept_words(objection) if objects else "",
            valid=DateRange(on, on + A_DAY if objects else None),
        )
        joint.save(force_insert=True)
        made.append(joint)
    return made


@transaction.atomic
def record_objection(joint: JointSupport, words: str, on: date, *, seen_version: str, today: date) -> JointSupport:
    """The person objects: from that day on nothing is said with this referent; what was planned is cancelled.

    :raises Refused: a day to come or before the information, or she objected already.
    :raises ChangedMeanwhile: somebody changed it since it was shown.
    """
    current = _still(joint, seen_version)
    if current.objected_on is not None:
        raise Refused(_("Son opposition est déjà notée."))
    if on > today:
        raise Refused(_("La date est dans le futur : notez l’opposition le jour où elle est dite."))
    if on < current.informed_on:
        raise Refused(_("L’opposition ne peut pas précéder l’information."))
    for planned in planned_under(current, on):
        revise(planned, outcome=Outcome.CANCELLED.value, result=_("La personne s’oppose à l’accompagnement concerté."))
    ends = max(on, current.informed_on + A_DAY)
    return revise(current, objected_on=on, objection=kept_words(words), valid=DateRange(current.informed_on, ends))


@transaction.atomic
def withdraw_joint(joint: JointSupport) -> None:
    """Take back what was noted by mistake.

    :raises Refused: meetings were recorded under it.
    :raises ChangedMeanwhile: somebody changed it first.
    """
    current = _still(joint, str(joint.pk))
    if Appointment.objects.current().filter(person_id=current.person_id, joint__contains=[current.series]).exists():
        raise Refused(_("Des rencontres ont été notées à la suite : retirez-les d’abord, ou notez l’opposition."))
    withdraw(current)


def planned_under(joint: JointSupport, since: date) -> list[Appointment]:
    """The meetings under this joint support, from a day on, of which nothing is noted yet."""
    rows = Appointment.objects.current().filter(person_id=joint.person_id, joint__contains=[joint.series], outcome="")
    return [row for row in rows if row.valid.lower >= since]


def standing_joints(person_id: int, series: Collection[UUID], on: date) -> list[JointSupport]:
    """The joint supports of these series, as the actor reads them, each open to a meeting on that day.

    :raises Refused: none was chosen, one is not there, or the person was not informed yet, or objected.
    """
    found = list(JointSupport.objects.current().filter(person_id=person_id, series__in=series))
    if not found or len(found) != len(set(series)):
        raise Refused(_("Dites avec quels autres référents la rencontre a lieu."))
    for joint in found:
        if on < joint.informed_on or (joint.objected_on is not None and on >= joint.objected_on):
            raise Refused(str(NOT_UNDER_IT))
    return found


def _still(joint: JointSupport, seen_version: str) -> JointSupport:
    hold(joint.person_id)
    current = JointSupport.objects.current().filter(series=joint.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a changé cela pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    return current


def _words(text: str) -> str:
    kept = kept_words(text)
    if not kept:
        raise Refused(_("Écrivez dans quels mots la personne a été informée."))
    return kept
