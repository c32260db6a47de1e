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
