"""Noting that something was done to keep a right."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from convergence.platform.dated import hold
from convergence.platform.errors import Refused
from convergence.rules.calendars import calendar_of
from convergence.situations.models import Situation
from convergence.support.rights.models import RightAct
from convergence.vocabulary.right_acts import RIGHT_ACTS


@transaction.atomic
def note_act(person_id: int, act: str, done_on: date, *, occurrence: date | None = None, today: date) -> RightAct:
    """Note that an act was done on a day, for one of its times.

    :param occurrence: the time that it settles; None for what is counted from the last act.
    :raises Refused: unknown act, a day to come, a right that is not open, or noted already.
    """
    subject = RIGHT_ACTS.get(act)
    if subject is None:
        raise Refused(_("Cette démarche n’existe pas."))
    if done_on > today:
        raise Refused(_("La date est dans le futur : notez-la le jour venu."))
    hold(person_id)
    running = Situation.objects.line_of(person_id, subject.aspect).current().valid_on(today).first()
    row = calendar_of(act, running.value, today) if running and running.value else None
    if row is None:
        raise Refused(_("Ce droit n’est plus noté comme ouvert : notez d’abord où il en est."))
    if row.counted == "last act":
        occurrence = done_on
    if occurrence is None:
        raise Refused(_("Dites pour quelle échéance c’est fait."))
    noted = RightAct(
        person_id=person_id,
        compartment=subject.compartment.value,
        act=act,
        occurrence=occurrence,
        done_on=done_on,
    )
    try:
        with transaction.atomic():
            noted.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("C’est déjà noté.")) from error
    return noted
