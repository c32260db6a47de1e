"""Housing: five steps from the most precarious to the most stable, each with finer values (domain.md §4).

ETHOS codes are those of the European typology of homelessness (FEANTSA, 2005, revised 2017, full version); which
French kind of shelter falls under which code is this software's reading [check].
"""

from typing import NamedTuple

from convergence.vocabulary.base import Term


class HousingStep(Term):
    """The five values of the returns, in order; ``institution`` stands apart from the scale."""

    STREET = "street", "À la rue ou abri de fortune"
    PRECARIOUS_SHELTER = "precarious_shelter", "Hébergement précaire (tiers, hôtel)"
    COLLECTIVE_SHELTER = "collective_shelter", "Hébergement collectif (CHU, CHRS)"
    SEMI_DURABLE = "semi_durable", "Logement semi-durable (résidence sociale…)"
    AUTONOMOUS = "autonomous", "Logement autonome"
    INSTITUTION = "institution", "Établissement (prison, hôpital, soins)"

    @property
    def number(self) -> int:
        """1 (street) to 5 (autonomous); 0 for an institution, which is no step of the scale."""
        return list(HousingStep).index(self) + 1 if self is not HousingStep.INSTITUTION else 0


class Housing(Term):
    """Where the person sleeps. The first value of each step is the step itself, when no more is known."""

    STREET = "street", "À la rue ou abri de fortune"
    ROUGH = "rough", "Dehors, sans abri"
    SQUAT = "squat", "Squat"
    CAMP = "camp", "Campement, bidonville"
    VEHICLE = "vehicle", "Véhicule"
    PRECARIOUS_SHELTER = "precarious_shelter", "Hébergement précaire"
    THIRD_PARTY = "third_party", "Chez un tiers"
    HOTEL = "hotel", "Hôtel"
    NIGHT_SHELTER = "night_shelter", "Accueil de nuit"
    COLLECTIVE_SHELTER = "collective_shelter", "Hébergement collectif"
    EMERGENCY_SHELTER = "emergency_shelter", "Centre d’hébergement d’urgence, continu (CHU)"
    CHRS = "chrs", "Centre d’hébergement et de réinsertion sociale (CHRS)"
    STABILISATION = "stabilisation", "Hébergement de stabilisation"
    ASYLUM_HOUSING = "asylum_housing", "Hébergement pour l’asile (CADA, HUDA, CPH)"
    SEMI_DURABLE = "semi_durable", "Logement semi-durable"
    SOCIAL_RESIDENCE = "social_residence", "Résidence sociale"
    YOUNG_WORKERS = "young_workers", "Foyer de jeunes travailleurs"
    SUBLET = "sublet", "Sous-location (IML, Solibail)"
    PENSION_DE_FAMILLE = "pension_de_famille", "Pension de famille"
    AUTONOMOUS = "autonomous", "Logement autonome"
    SOCIAL_LEASE = "social_lease", "Locataire du parc social"
    PRIVATE_LEASE = "private_lease", "Locataire du parc privé"
    COMPLETED_BAIL_GLISSANT = "completed_bail_glissant", "Bail glissant devenu bail propre"
    OWNER = "owner", "Propriétaire"
    PRISON = "prison", "Prison"
    HOSPITAL = "hospital", "Hôpital"
    LHSS = "lhss", "Lits halte soins santé (LHSS)"
    ACT = "act", "Appartement de coordination thérapeutique (ACT)"

    @property
    def step(self) -> HousingStep:
        return _STEP_OF[self]

    @property
    def shade(self) -> int:
        """1 to 5 on the life line; institutions are drawn in the middle."""
        return self.step.number or 3

    @property
    def ethos(self) -> str:
        """Category of the ETHOS typology, where one applies; empty for housing outside of it."""
        return _ETHOS.get(self, "")


_FIRST_OF_STEP = {step.value: step for step in HousingStep}


def _steps() -> dict[Housing, HousingStep]:
    steps, running = {}, HousingStep.STREET
    for value in Housing:
        running = HousingStep.INSTITUTION if value is Housing.PRISON else _FIRST_OF_STEP.get(value.value, running)
        steps[value] = running
    return steps


_STEP_OF = _steps()

_ETHOS = {
    Housing.STREET: "1",
    Housing.ROUGH: "1.1",
    Housing.SQUAT: "8.2",
    Housing.CAMP: "11.3",
    Housing.VEHICLE: "11.1",
    Housing.THIRD_PARTY: "8.1",
    Housing.HOTEL: "3.2",
    Housing.NIGHT_SHELTER: "2.1",
    Housing.EMERGENCY_SHELTER: "3.1",
    Housing.CHRS: "3.2",
    Housing.STABILISATION: "3.2",
    Housing.ASYLUM_HOUSING: "5.1",
    Housing.SOCIAL_RESIDENCE: "7.2",
    Housing.SUBLET: "3.3",
    Housing.PENSION_DE_FAMILLE: "7.2",
    Housing.PRISON: "6.1",
    Housing.HOSPITAL: "6.2",
    Housing.LHSS: "6.2",
    Housing.ACT: "7.2",
}


class HousingSet(NamedTuple):
    """A set of values that a figure counts; its definition is printed beside the figure."""

    label: str
    definition: str
    values: frozenset[Housing]


_SEMI = frozenset(value for value in Housing if value.step is HousingStep.SEMI_DURABLE)
_OWN = frozenset(value for value in Housing if value.step is HousingStep.AUTONOMOUS)

STABILISED = HousingSet(
    "Situation de logement stabilisée",
    "CHRS ou stabilisation, logement semi-durable ou autonome. Urgence et hébergement de l’asile n’y sont pas.",
    frozenset({Housing.CHRS, Housing.STABILISATION}) | _SEMI | _OWN,
)
DURABLE = HousingSet(
    "Logement durable",
    "Logement autonome : bail à son nom ou propriété. La pension de famille n’est pas comptée ici.",
    _OWN,
)
OBTAINED = HousingSet(
    "Logement obtenu", "Logement semi-durable, pension de famille comprise, ou logement autonome.", _SEMI | _OWN
)
