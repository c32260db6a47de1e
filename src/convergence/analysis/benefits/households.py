"""People and their households put before OpenFisca, and what it is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions
from convergence.analysis.benefits.circumstances import Rented

CHILD_AGE = 8
"""Years in the first month: under 14 five years later, over 3 two years before, so that no amount changes by age."""
FULL_TIME = 151.66
"""Paid hours a month from which a contract is full-time."""
EXPERIMENT = np.datetime64("2025-03", "M")
"""RSA and in-work benefit look one month further back from this month on, everywhere (prefilled declarations)."""
INCAPACITY = 0.8

_STATUS = {
    Rented.NONE: "sans_domicile",
    Rented.PRIVATE: "locataire_vide",
    Rented.SOCIAL: "locataire_hlm",
    Rented.RESIDENCE: "locataire_foyer",
}
_STATUSES = np.array([_STATUS[code] for code in Rented])
_ZONES = np.array(["", "zone_1", "zone_2", "zone_3"])


class Households:
    """A simulation of people who live alone, with a partner, with children.

    Persons of OpenFisca are first the people themselves, in order, then partners, then children; only the former have
    wages and rights.

    :param births: (people,) datetime64[M]; partners are of the same age.
    :param couple: (people,) bool; ``children`` (people,) int.
    :param today: (people,) month in which children are `CHILD_AGE`.
    """

    def __init__(
        self,
        system: Any,
        births: NDArray[np.datetime64],
        couple: NDArray[np.bool_],
        children: NDArray[np.int8],
        today: NDArray[np.datetime64],
    ) -> None:
        from openfisca_core.simulations import SimulationBuilder

        self.people = len(births)
        partners, parents = np.flatnonzero(couple), np.repeat(np.arange(self.people), children)
        self._of = np.concatenate([np.arange(self.people), partners, parents])
        kinds = np.repeat([0, 1, 2], [self.people, len(partners), len(parents)])
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("individu", np.arange(len(self._of)))
        for entity, roles in _ROLES.items():
            group = builder.declare_entity(entity, np.arange(self.people))
            builder.join_with_persons(group, self._of, np.array(roles)[kinds])
        self.simulation = builder.build(system)
        born = np.where(kinds == 2, today[self._of] - 12 * CHILD_AGE, births[self._of])
        self.simulation.set_input("date_naissance", "ETERNITY", born.astype("datetime64[D]"))
        self._adults = kinds < 2

    def told(self, variable: str, period: Any, values: NDArray[Any]) -> None:
        """What people have in a period; their partners and children have nothing of it."""
        if len(self._of) > self.people:
            empty = np.zeros(len(self._of) - self.people, values.dtype)
            values = np.concatenate([values, empty])
        self.simulation.set_input(variable, str(period), values)

    def told_of_adults(self, variable: str, period: Any, values: NDArray[Any]) -> None:
        """What people and their partners share; children have nothing of it."""
        self.simulation.set_input(variable, str(period), values[self._of] & self._adults)

    def told_of_household(self, variable: str, period: Any, values: NDArray[Any]) -> None:
        """What belongs to the family, or to the dwelling."""
        self.simulation.set_input(variable, str(period), values)

    def asked(self, variable: str, period: Any, *, yearly: bool = False) -> NDArray[np.float32]:
        """The people's own values of a variable in a month, or over the year of the period."""
        # Formulas divide by the wages of those who have none, then drop the result.
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.simulation.calculate(variable, str(period)[:4] if yearly else str(period))
        return np.asarray(found[: self.people], np.float32)

    def tell_work(self, month: Any, gross: NDArray[np.float32], hours: NDArray[np.float32], size: int) -> None:
        """Wages and hours of a month."""
        paid = gross > 0
        self.told("salaire_de_base", month, gross)
        self.told("heures_remunerees_volume", month, hours)
        self.told_code(
            "contrat_de_travail", month, np.where(paid & (hours < FULL_TIME), "temps_partiel", "temps_plein")
        )
        self.told("effectif_entreprise", month, np.full(self.people, size, np.int32))
        self.tell_activity(month, paid)

    def tell_activity(self, month: Any, paid: NDArray[np.bool_]) -> None:
        """At work where there is a wage, else looking for work."""
        self.told_code("activite", month, np.where(paid, "actif", "chomeur"))

    def told_code(self, variable: str, month: Any, values: NDArray[np.str_]) -> None:
        """What people have in a month, by its name in a list; the others have the list's default."""
        if len(self._of) > self.people:
            default = self.simulation.tax_benefit_system.get_variable(variable).default_value.name
            values = np.concatenate([values, np.full(len(self._of) - self.people, default)])
        self.simulation.set_input(variable, str(month), values)

    def tell_housing(self, month: Any, housing: NDArray[Any], rent: NDArray[np.float32], zone: NDArray[Any]) -> None:
        """Where people live in a month. Residences are taken for foyers under agreement (APL)."""
        self.told_of_household("statut_occupation_logement", month, _STATUSES[housing])
        self.told_of_household("logement_conventionne", month, housing >= Rented.SOCIAL)
        self.told_of_household("loyer", month, np.where(housing > 0, rent, 0).astype(np.float32))
        self.told_of_household("zone_apl", month, _ZONES[zone])

    def tell_no_old_age(self, month: np.datetime64) -> None:
        """Old-age minimum incomes are left out: people are of working age."""
        self.told_of_household("aspa", month, np.zeros(self.people, np.float32))
        self.told("asi", month, np.zeros(self.people, np.float32))

    def tell_calendar(self, month: np.datetime64) -> None:
        """Rules that OpenFisca takes for an input."""
        if month >= EXPERIMENT:
            self.told_of_household("departement_experimentation_rsa", month, np.ones(self.people, np.bool_))


_ROLES = {
    "famille": ("demandeur", "conjoint", "enfant"),
    "foyer_fiscal": ("declarant_principal", "conjoint", "personne_a_charge"),
    "menage": ("personne_de_reference", "conjoint", "enfant"),
}


LEVIES = ("csg_deductible_salaire", "csg_imposable_salaire", "crds_salaire")
"""What is withheld from wages beside contributions."""


def employer_contributions(
    households: Households,
    month: np.datetime64,
    gross: NDArray[np.float32],
    aci: NDArray[np.bool_],
    public: NDArray[np.bool_],
    assumed: Assumptions,
) -> NDArray[np.float32]:
    """What employers pay in a month, € positive: net of the general reduction, or of a site's own exemption.

    Without the general reduction these contributions would be ten times too high at such wages:
    ``cotisations_employeur`` is gross of it.
    """
    before = -households.asked("cotisations_employeur", month)
    due: NDArray[np.float32] = before - households.asked("allegement_general", month)
    day = date.fromisoformat(f"{month}-01")
    for exemption in assumed.exemptions:
        held = aci & np.where(public, exemption.holds(day, True), exemption.holds(day, False))
        if not (held & (gross > 0)).any():
            continue
        floor = households.asked("smic_proratise", month) * np.float32(exemption.up_to_smic)
        share = np.minimum(1, floor / np.maximum(gross, np.float32(0.01)))
        exempt = sum(-households.asked(name, month) for name in exemption.contributions)
        due = np.where(held, before - share * exempt, due).astype(np.float32)
    return np.maximum(due, np.float32(0))
