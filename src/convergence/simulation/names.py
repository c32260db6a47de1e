"""Unmistakably fictitious people: surnames that say so, given names from everywhere, numbers kept for fiction."""

import unicodedata
from random import Random

from convergence.vocabulary.people import NameKind, Sex


def _words(text: str) -> tuple[str, ...]:
    """A list written as a line, so that it can be read."""
    return tuple(text.split())


SURNAMES = _words(
    "Fictive Exemple Modèle Imaginaire Factice Inventé Maquette Esquisse Prototype Simulacre Chimère Ébauche "
    "Spécimen Échantillon Brouillon Utopie Fantaisie Légende Personnage Pseudonyme Figurant Virtuel Songe Décor "
    "Artifice Conte Fable Invention Hypothèse Rêverie Mirage Illusion Canevas Aquarelle Gabarit Cartouche Croquis "
    "Variante Symbole Allégorie"
)
"""The only family names of the territory, alone or two by two."""

WOMEN = _words(
    "Aïcha Fatoumata Mariam Awa Aminata Khadija Leïla Nadia Samira Yasmina Zineb Rokhaya Bintou Grâce Esther Blessing "
    "Joy Adaeze Chantal Clarisse Béatrice Solange Véronique Françoise Hélène Zoé Anaïs Inès Lucie Élodie Noémie Chloé "
    "Svetlana Olena Oksana Irina Natalia Magdalena Ionela Elena Mihaela Rosa Carmen Luz Dolorès Conceição Fernanda Lan "
    "Thuy Mei Xiu Priya Sunita Farzana Shirin Parisa Zahra Mahboubeh Selam Tigist Hiwot Rahel Amina Hodan Marie-Claire "
    "Anne-Sophie Marie-Thérèse Rose-Aimée"
)
MEN = _words(
    "Mamadou Ibrahima Ousmane Cheikh Moussa Boubacar Abdoulaye Seydou Souleymane Mohamed Youssef Karim Rachid Farid "
    "Saïd Nabil Hichem Samba Kofi Kwame Emmanuel Prince Emeka Chidi Jean-Pierre Jean-Baptiste Patrick Thierry Gérard "
    "Frédéric Loïc Jérôme Rémi André Noël Théo Mickaël Sergueï Andriy Bohdan Dmytro Piotr Zbigniew Ionuț Florin "
    "Vasile Goran Dragan José Luís Ramón Joaquim Minh Quốc Wei Jian Rajesh Imran Tariq Shahid Reza Navid Zalmaï "
    "Hamid Farhad Tesfaye Abel Yonas Dawit Omar Abdi Idriss Jean-Marc Pierre-Yves Paul-Henri"
)
STAFF = _words(
    "Agathe Bruno Camille Delphine Étienne Fanny Gaëlle Hugo Isabelle Julien Karine Laurent Maëlle Nicolas Odile "
    "Pascal Quitterie Romain Sabrina Tristan Ugo Valérie Warda Xavier Yolande Zacharie Aurélie Benoît Cécile Damien "
    "Édith Fabien Géraldine Henri Ingrid Jonas Léna Marc Nour Olivier Perrine Raphaël Salomé Thomas Ursule Vincent "
    "Wassila Yann Aline Bastien Corinne Didier Estelle Félix Guillemette Habib Iris Jules Lamia Mathilde Noémie Oscar "
    "Pauline Régis Solène Tanguy Violette Yves Ariane Boris Clémence Dounia Éloi Flora Gilles Hortense Ivan Jeanne "
    "Ludovic Myriam Nathan Ombline Paula Roland Sonia Théodore Viviane Alban Brigitte Charles Diane Émile Fleur"
)

_OTHER_SPELLINGS = {
    "Mohamed": "Mohammed",
    "Fatoumata": "Fatimata",
    "Mariam": "Mariame",
    "Youssef": "Yousef",
    "Ousmane": "Ousman",
    "Aïcha": "Aicha",
    "Sergueï": "Serguey",
    "Leïla": "Layla",
    "Idriss": "Idris",
    "Souleymane": "Suleiman",
}
_LANGUAGES = _words(
    "arabe bambara soninké peul wolof lingala anglais portugais espagnol russe ukrainien roumain polonais dari pachto "
    "farsi ourdou bengali tamoul tigrigna amharique somali mandarin vietnamien kabyle serbe"
)


def without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def address_of(given_name: str, family_name: str, domain: str) -> str:
    """An e-mail address in a domain that can never exist (RFC 2606)."""
    plain = f"{without_accents(given_name)}.{without_accents(family_name)}".lower()
    return f"{plain.replace(' ', '-')}@{domain}.example"


class NameBook:
    """Draws names and telephone numbers, none of them twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[tuple[str, str]] = set()
        self._mobiles = rng.sample(range(10_000), 10_000)
        self._staff = rng.sample(STAFF, len(STAFF))

    def person(self, sex: str) -> tuple[str, str]:
        """A given name and a family name; about one family name in fifteen is compound."""
        given_names = {Sex.WOMAN: WOMEN, Sex.MAN: MEN}.get(Sex(sex) if sex else Sex.OTHER, WOMEN + MEN)
        while True:
            family = self._rng.choice(SURNAMES)
            if self._rng.random() < 0.07:
                family = "-".join(self._rng.sample(SURNAMES, 2))
            name = self._rng.choice(given_names), family
            if name not in self._taken:
                self._taken.add(name)
                return name

    def staff(self) -> tuple[str, str]:
        """A given name that no other member of staff bears while there are enough, and a family name."""
        if not self._staff:
            self._staff = self._rng.sample(STAFF, len(STAFF))
        while True:
            name = self._staff[-1], self._rng.choice(SURNAMES)
            if name not in self._taken:
                self._taken.add(name)
                self._staff.pop()
                return name

    def mobile(self) -> str:
        number = f"{self._mobiles.pop():04}"
        return f"06 39 98 {number[:2]} {number[2:]}"


def office_phone(rng: Random) -> str:
    return f"01 99 00 {rng.randint(0, 99):02} {rng.randint(0, 99):02}"


def other_names(rng: Random, given_name: str, family_name: str) -> list[tuple[NameKind, str, str]]:
    """Other spellings and names under which the person may be looked for: none for most."""
    chance = rng.random()
    if chance < 0.08:
        spelt = _OTHER_SPELLINGS.get(given_name, without_accents(given_name)), without_accents(family_name)
        return [(NameKind.SPELLING, *spelt)] if spelt != (given_name, family_name) else []
    if chance < 0.12:
        return [(NameKind.BIRTH, given_name, rng.choice([name for name in SURNAMES if name != family_name]))]
    if chance < 0.15:
        return [(NameKind.KNOWN_AS, given_name.split("-", maxsplit=1)[0][:4], "")]
    return []


def languages(rng: Random) -> str:
    """Languages spoken, the strongest first; empty for the few who were not asked."""
    chance = rng.random()
    if chance < 0.08:
        return ""
    if chance < 0.40:
        return "français"
    mother = rng.choice(_LANGUAGES)
    return f"{mother}, français" if chance < 0.85 else f"{mother}, {rng.choice(['anglais', 'un peu de français'])}"
