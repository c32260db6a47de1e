"""Long absences from work. The cause is never a diagnosis, an offence or a conviction."""

from convergence.vocabulary.base import Term


class AbsenceKind(Term):
    SICK_LEAVE = "sick_leave", "Arrêt maladie"
    WORK_ACCIDENT = "work_accident", "Accident du travail"
    PARENTAL_LEAVE = "parental_leave", "Congé maternité, paternité ou parental"
    UNPAID_LEAVE = "unpaid_leave", "Congé sans solde"
    TRIAL_ELSEWHERE = "trial_elsewhere", "Essai ou mission chez un autre employeur"
    SUSPENSION = "suspension", "Contrat suspendu pour un autre motif"
    UNEXPLAINED = "unexplained", "Absence inexpliquée"


class HoursAbsence(Term):
    """Why hours of a month were not worked, as payroll tells it apart: a word, never a cause nor a diagnosis."""

    PAID_LEAVE = "paid_leave", "Congés payés"
    SICK_LEAVE = AbsenceKind.SICK_LEAVE.value, AbsenceKind.SICK_LEAVE.label
    WORK_ACCIDENT = AbsenceKind.WORK_ACCIDENT.value, AbsenceKind.WORK_ACCIDENT.label
    PARENTAL_LEAVE = AbsenceKind.PARENTAL_LEAVE.value, AbsenceKind.PARENTAL_LEAVE.label
    PUBLIC_HOLIDAY = "public_holiday", "Jour férié chômé"
    TRAINING = "training", "Formation ou immersion"
    AUTHORISED_PAID = "authorised_paid", "Absence autorisée, payée"
    AUTHORISED_UNPAID = "authorised_unpaid", "Absence autorisée, non payée"
    UNPAID_LEAVE = AbsenceKind.UNPAID_LEAVE.value, AbsenceKind.UNPAID_LEAVE.label
    TRIAL_ELSEWHERE = AbsenceKind.TRIAL_ELSEWHERE.value, AbsenceKind.TRIAL_ELSEWHERE.label
    SUSPENSION = AbsenceKind.SUSPENSION.value, AbsenceKind.SUSPENSION.label
    UNEXPLAINED = AbsenceKind.UNEXPLAINED.value, AbsenceKind.UNEXPLAINED.label


PAID = frozenset(
    {
        HoursAbsence.PAID_LEAVE,
        HoursAbsence.PUBLIC_HOLIDAY,
        HoursAbsence.TRAINING,
        HoursAbsence.AUTHORISED_PAID,
    }
)
"""Absences whose hours the employer pays: with the hours worked they are the paid hours of the site's year [check]."""
