"""What the law gives for distinct keys: small pieces of it, each asked of OpenFisca with the pieces before pinned."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions
from convergence.analysis.benefits.households import INCAPACITY, LEVIES, Households, employer_contributions
from convergence.analysis.benefits.system import parameter, without
from convergence.analysis.benefits.tables import Bits, Values, amount

ADULT, GROWN, OLD = 18, 25, 40
"""Years from which amounts no longer change with age: in-work benefit; RSA and AAH; ASS, which ends with old age."""
NOBODYS = (
    "asi",
    "asi_eligibilite",
    "aspa",
    "aspa_eligibilite",
    "autonomie_financiere",
    "biactivite",
    "cd1",
    "chomage_imposable",
    "chomage_net",
    "contribution_exceptionnelle_hauts_revenus",
    "credits_impot",
    "exoneration_cotisations_employeur_jei",
    "indemnite_fin_contrat",
    "indemnite_residence",
    "indemnites_journalieres",
    "ircantec_employeur",
    "paje_base",
    "pension_employeur",
    "pension_salarie",
    "ppa_rsa_derniers_revenus_tns_annuels_connus",
    "prelevement_forfaitaire_unique_ir",
    "prestations_familiales_base_ressources",
    "prestations_familiales_base_ressources_individu",
    "prime_partage_valeur_exoneree",
    "prime_partage_valeur_exoneree_exceptionnelle",
    "primes_salaires_non_exonerees",
    "rafp_employeur",
    "reductions",
    "reintegration_titre_restaurant_employeur",
    "remuneration_apprenti",
    "rente_accident_travail",
    "retraite_imposable",
    "retraite_nette",
    "rev_coll",
    "revenu_assimile_pension",
    "revenus_capital",
    "revenus_capitaux_prelevement_forfaitaire_unique_ir",
    "revenus_locatifs",
    "rpns_auto_entrepreneur_benefice",
    "rpns_imposables",
    "rsa_base_ressources_individu",
    "rsa_indemnites_journalieres_activite",
    "rsa_indemnites_journalieres_hors_activite",
    "rsa_revenus_determination_enfant_a_charge",
    "stage_gratification",
    "stage_gratification_reintegration",
    "versement_transport",
)
"""Incomes and dues that nobody has in circumstances, and that formulas ask for at length all the same: pensions,
unemployment insurance, bonuses, dues of civil servants and apprentices… OpenFisca finds zero of each, as the comparison
with :class:`Direct` shows."""
FIGURES = ("share deducted", "least deducted", "most deducted", "share of the unemployed", "least in-work benefit")
WINDOW = 13
"""Months that ASS looks at, its own included."""
CENT, HOUR = 100, 10_000


class Laws:
    """The law of one tax system, asked about keys: rows of :data:`~convergence.analysis.benefits.tables.Bits`."""

    def __init__(self, system: Any, assumed: Assumptions) -> None:
        self.system, self.assumed = without(system, NOBODYS), assumed

    def wages(self, month: np.datetime64, keys: Bits) -> Values:
        """Gross (cents), hours (ten-thousandths), site, public → net, taxable, employee's, levies, employer's."""
        gross, hours = (keys[:, 0] / CENT).astype(np.float32), (keys[:, 1] / HOUR).astype(np.float32)
        asked = self._singles(month, len(keys))
        asked.tell_work(month, gross, hours, self.assumed.employer_size)
        # Each month for itself: over a year it comes to the same as what is adjusted month after month.
        for reduction in _REDUCTIONS:
            asked.told_code(f"{reduction}_mode_recouvrement", month, np.full(len(keys), "anticipe"))
        due = employer_contributions(asked, month, gross, keys[:, 2] > 0, keys[:, 3] > 0, self.assumed)
        levies = -sum(asked.asked(name, month) for name in LEVIES)
        employee = -asked.asked("cotisations_salariales", month)
        return np.stack(
            [asked.asked("salaire_net", month), asked.asked("salaire_imposable", month), employee, levies, due], axis=1
        )

    def aah(self, month: np.datetime64, keys: Bits) -> Values:
        """Quarter's and year's wages counted, at work, age, couple, children → AAH."""
        asked = self._households(month, keys[:, 3] * 12, keys[:, 4], keys[:, 5])
        asked.told("aah_base_ressources_activite_eval_trimestrielle", month, amount(keys, 0))
        asked.told("aah_base_ressources_activite_eval_annuelle", month, amount(keys, 1))
        asked.told("salaire_imposable", month, keys[:, 2].astype(np.float32))
        asked.told("taux_incapacite", month, np.full(len(keys), INCAPACITY))
        return asked.asked("aah", month)[:, None]

    def ass(self, month: np.datetime64, keys: Bits) -> Values:
        """Age in months, couple, then taxable wages, AAH and right to ASS of thirteen months → ASS."""
        asked = self._households(month, keys[:, 0], keys[:, 1], np.zeros(len(keys), np.int32))
        for back in range(WINDOW):
            then, place = month - (WINDOW - 1 - back), 2 + back
            taxable = amount(keys, place)
            asked.told("salaire_imposable", then, taxable)
            asked.tell_activity(then, taxable > 0)
            asked.told("aah", then, amount(keys, place + WINDOW))
            asked.told("ass_precondition_remplie", then, keys[:, place + 2 * WINDOW] > 0)
        return asked.asked("ass", month)[:, None]

    def supplement(self, month: np.datetime64, keys: Bits) -> Values:
        """AAH, wages in the year before, a housing aid, in a residence → supplement to AAH."""
        asked = self._singles(month, len(keys))
        for back in range(1, 13):
            taxable = keys[:, 1] if back == 1 else np.zeros(len(keys))
            asked.told("salaire_imposable", month - back, taxable.astype(np.float32))
        asked.told("aah", month, amount(keys, 0))
        asked.told("taux_incapacite", month, np.full(len(keys), INCAPACITY))
        asked.told_of_household("aide_logement_montant", month, keys[:, 2].astype(np.float32))
        asked.told_of_household(
            "statut_occupation_logement", month, np.where(keys[:, 3] > 0, "locataire_foyer", "locataire_vide")
        )
        return asked.asked("caah", month)[:, None]

    def housing_aid(self, month: np.datetime64, keys: Bits) -> Values:
        """Resources rounded up to 100 €, kind of housing, rent (cents), zone, couple, children → housing aid."""
        asked = self._households(month, _grown(keys), keys[:, 4], keys[:, 5])
        asked.told_of_household("aide_logement_base_ressources", month, keys[:, 0].astype(np.float32))
        asked.tell_housing(month, keys[:, 1], (keys[:, 2] / CENT).astype(np.float32), keys[:, 3])
        return asked.asked("aide_logement", month)[:, None]

    def rsa(self, month: np.datetime64, keys: Bits) -> Values:
        """Mean wages, mean minimum incomes, housing aid, age, condition of residence, couple, children → RSA."""
        asked = self._households(month, keys[:, 3] * 12, keys[:, 5], keys[:, 6])
        asked.told("rsa_revenu_activite_individu", month, amount(keys, 0))
        asked.told_of_household("rsa_base_ressources_minima_sociaux", month, amount(keys, 1))
        asked.told_of_household("aide_logement", month, amount(keys, 2))
        asked.told_of_adults("rsa_condition_nationalite", month, keys[:, 4] > 0)
        return asked.asked("rsa", month)[:, None]

    def in_work_month(self, month: np.datetime64, keys: Bits) -> Values:
        """Net wage, AAH, ASS, supplement, housing aid, age, residence, couple, children → the month's share."""
        asked = self._households(month, keys[:, 5] * 12, keys[:, 7], keys[:, 8])
        for place, name in enumerate(("salaire_net", "aah", "ass", "caah")):
            asked.told(name, month, amount(keys, place))
        asked.told_of_household("aide_logement", month, amount(keys, 4))
        asked.told_of_adults("rsa_condition_nationalite", month, keys[:, 6] > 0)
        return asked.asked("ppa_fictive", month)[:, None]

    def income_tax(self, year: np.datetime64, keys: Bits) -> Values:
        """Taxable wages of the year, couple, children → income tax of the year, 0 where some is given back."""
        january = year.astype("datetime64[M]")
        asked = self._households(january, _grown(keys), keys[:, 1], keys[:, 2])
        for month in range(12):
            taxable = amount(keys, 0) if month == 0 else np.zeros(len(keys), np.float32)
            asked.told("salaire_imposable", january + month, taxable)
        return np.maximum(-asked.asked("impot_revenu_restant_a_payer", year, yearly=True), 0)[:, None]

    def limits(self, month: np.datetime64, keys: Bits) -> Values:
        """Couple, children → the housing aid beyond which RSA, then in-work benefit, count no more; the full RSA."""
        asked = self._households(month, np.full(len(keys), GROWN * 12), keys[:, 0], keys[:, 1])
        asked.told_of_household("aide_logement", month, np.full(len(keys), 1e6, np.float32))
        full = np.maximum(asked.asked("rsa_socle", month), asked.asked("rsa_socle_majore", month))
        return np.stack(
            [asked.asked("rsa_forfait_logement", month), asked.asked("ppa_forfait_logement", month), full], axis=1
        )

    def figures(self, month: np.datetime64, keys: Bits) -> Values:
        """Figures of the law of a month: those of `FIGURES`, in order, for any key."""
        before = str(month - 12)[:4]
        found = [parameter(self.system, f"{_DEDUCTION}.{name}", before) for name in ("taux", "min", "max")]
        found += [parameter(self.system, name, str(month)) for name in (_UNEMPLOYED, _IN_WORK_LEAST)]
        return np.tile(np.array(found, np.float32), (len(keys), 1))

    def _singles(self, month: np.datetime64, people: int) -> Households:
        nobody = np.zeros(people, np.int32)
        return self._households(month, np.full(people, OLD * 12), nobody, nobody)

    def _households(
        self, month: np.datetime64, age: NDArray[Any], couple: NDArray[Any], children: NDArray[Any]
    ) -> Households:
        today = np.full(len(age), month)
        asked = Households(self.system, month - age.astype(int), couple > 0, children.astype(np.int8), today)
        asked.tell_calendar(month)
        return asked


_REDUCTIONS = ("allegement_general", "allegement_cotisation_allocations_familiales", "allegement_cotisation_maladie")
_DEDUCTION = "impot_revenu.calcul_revenus_imposables.deductions.abatpro"
_UNEMPLOYED = "prestations_sociales.aides_logement.allocations_logement.ressources.abattements.chomage_indemnise"
_IN_WORK_LEAST = "prestations_sociales.solidarite_insertion.minima_sociaux.ppa.pa_m.montant_minimum_verse"


def housing_resources(
    figures: Values, taxable: NDArray[np.float32], reduced: NDArray[np.bool_], left_out: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """The resources of housing aid, rounded up to 100 €, of people whose partner has none.

    The few lines of ``aide_logement_base_ressources`` (since 2021) written again, in its order and precision, so that
    keys are few; the tests compare what comes of them with OpenFisca's.

    :param figures: those of the month, see `FIGURES`.
    :param taxable: wages of twelve months, two months back; ``reduced`` on AAH without a wage; ``left_out`` where RSA
        was received the month before, which sets earnings aside.
    """
    share, least, most, rate, _least = figures
    costs = np.round(np.minimum(np.maximum(share * taxable, least), most))
    earned = np.maximum(0, taxable - costs) * (1 - rate * reduced)
    short = np.minimum(0, (taxable - costs) * (taxable > 0)) * (1 - rate * reduced)
    kept = np.maximum(0, (earned + short) * ~left_out)
    rounded: NDArray[np.int32] = (np.ceil(np.round(kept * 100) / 100 / 100) * 100).astype(np.int32)
    return rounded


def _grown(keys: Bits) -> NDArray[np.int32]:
    return np.full(len(keys), OLD * 12, np.int32)
