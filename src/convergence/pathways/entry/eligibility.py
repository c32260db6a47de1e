"""Noting the papers that prove eligibility, and a control of them: asked, answered, closed with its result."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from convergence.pathways.entry.reading import entered_on
from convergence.pathways.models import EligibilityControl, EligibilityProof
from convergence.platform.dated import hold, revise
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.rules.french import said_in_full
from convergence.territories.periods import days, last_day
from convergence.vocabulary.eligibility import ControlResult


@dataclass(frozen=True)
class Paper:
    """What was shown: a criterion's proof, or a diagnosis and whose; when it was made, and until when it runs."""

    made_on: date
    criterion: str = ""
    diagnosis_by: str = ""
    valid_until: date | None = None


@transaction.atomic
def prove(person_id: int, site_id: int, paper: Paper, today: date) -> EligibilityProof:
    """Note a paper that the site has seen."""
    if paper.made_on > today:
        raise Refused(_("La pièce serait établie dans le futur : vérifiez sa date."))
    if paper.valid_until is not None and paper.valid_until < paper.made_on:
        raise Refused(_("Cette pièce ne peut pas expirer avant d’être établie : vérifiez les deux dates."))
    proof = EligibilityProof(
        person_id=person_id,
        site_id=site_id,
        criterion=paper.criterion,
        diagnosis_by=paper.diagnosis_by,
        made_on=paper.made_on,
        valid_until=paper.valid_until,
    )
    proof.save(force_insert=True)
    return proof


@transaction.atomic
def open_control(person_id: int, site_id: int, asked_on: date, today: date) -> EligibilityControl:
    """Note that a control of eligibility was asked for, on the day that its letter bears."""
    if asked_on > today:
        raise Refused(_("La demande serait dans le futur : vérifiez sa date."))
    hired_on = entered_on(person_id, site_id)
    if hired_on is None:
        raise Refused(_("Aucun contrat n’est noté sur ce chantier : un contrôle porte sur une embauche."))
    if asked_on < hired_on:
        raise Refused(
            _("Le contrôle ne peut pas venir avant l’embauche, le %(day)s.") % {"day": said_in_full(hired_on)}
        )
    control = EligibilityControl(person_id=person_id, site_id=site_id, valid=DateRange(asked_on, None))
    control.save(force_insert=True)
    return control


@transaction.atomic
def answer_control(
    control: EligibilityControl,
    answered_on: date | None,
    closed_on: date | None,
    result: str,
    seen_version: str,
    today: date,
) -> EligibilityControl:
    """Note when the papers were sent, or how the control ended, or both."""
    hold(control.person_id)
    current = EligibilityControl.objects.current().filter(series=control.series).first()
    if current is None or str(current.pk) != seen_version:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié ce contrôle pendant que vous écriviez : relisez avant d’enregistrer."), current
        )
    asked_on = current.valid.lower
    for day in (answered_on, closed_on):
        if day is not None and not asked_on <= day <= today:
            raise Refused(
                _("Les dates se tiennent entre la demande, le %(day)s, et aujourd’hui.")
                % {"day": said_in_full(asked_on)}
            )
    if (closed_on is None) != (not result):
        raise Refused(_("Un contrôle se ferme avec son résultat et le jour où il est connu : indiquez les deux."))
    if result and not ControlResult.has(result):
        raise Refused(_("Choisissez un résultat dans la liste."))
    if answered_on is not None and closed_on is not None and closed_on < answered_on:
        raise Refused(_("Le résultat ne peut pas venir avant l’envoi des pièces."))
    return revise(current, answered_on=answered_on, result=result, valid=days(asked_on, closed_on))


def closed_on(control: EligibilityControl) -> date | None:
    """The day on which a control was closed."""
    return last_day(control.valid)
