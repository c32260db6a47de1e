"""Unmistakably fictitious people: family names that say so, given names from everywhere, numbers kept for fiction.

A family name is a word of fiction (Fictive, Maquette, Chimère…) or an invented stem that ends in one: Barofactice,
Tavomirage. The endings are words of seven letters and more, or *fictif*, that end no family name in use, so that
none of the 60,000 names can be somebody's. Given names are ordinary ones. Both are drawn with the skew of real
lists: few names borne by many, many names borne by few.
"""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]
"""An array of ``str``."""


def _words(text: str) -> tuple[str, ...]:
    """A list written as a line, so that it can be read."""
    return tuple(text.split())


SURNAMES = _words(
    "Fictive Exemple Modèle Imaginaire Factice Inventé Maquette Esquisse Prototype Simulacre Chimère Ébauche "
    "Spécimen Échantillon Brouillon Utopie Fantaisie Légende Personnage Pseudonyme Figurant Virtuel Songe Décor "
    "Artifice Conte Fable Invention Hypothèse Rêverie Mirage Illusion Canevas Aquarelle Gabarit Cartouche Croquis "
    "Variante Symbole Allégorie"
)
"""The words of fiction, alone: the most frequent family names."""
_ENDINGS = _words(
    "fictif factice exemple maquette esquisse prototype simulacre chimère spécimen brouillon utopie fantaisie "
    "personnage pseudonyme figurant virtuel hypothèse mirage illusion croquis symbole gabarit"
)
_BEGINNINGS = _words(
    "Ba Bé Bi Bou Bra Ca Co Cha Da Dé Di Dou Dra Fa Fé Fo Fra Ga Go Gra Ja Jo Ka Ké Ki Kou Kra La Lé Li Lou Ma Mé Mi "
    "Mou Na Né No Ou Pa Pé Po Ra Ré Ri Ro Sa Sé Si Sou Ta Té Ti Tou Tra Va Vé Vi Za Zé Zo Nia Dia Tia Sva Ghé Chi Yo"
)
_MIDDLES = _words(
    "ba bé bo ca co da dé dou fa fo ga go ka ké ko la lé li lo ma mé mo na né ni no pa po ra ré ri ro sa sé so ta té "
    "ti to va vé vi vo za zo lan man ran tan ven lin rin"
)
_FAMILIES = 60_000
_SKEW, _FLAT = 0.8, 8.0

WOMEN = _words(
    "Fatoumata Aminata Mariam Marie Aïcha Khadija Fatima Nadia Samira Awa Maria Yasmina Leïla Fatou Zineb Nathalie "
    "Sandrine Sylvie Chantal Grâce Esther Blessing Adama Oumou Hawa Binta Kadiatou Djeneba Assa Sira Rokhaya Bintou "
    "Joy Adaeze Clarisse Béatrice Solange Véronique Françoise Hélène Zoé Anaïs Inès Lucie Élodie Noémie Chloé Sophie "
    "Christine Isabelle Catherine Céline Stéphanie Virginie Patricia Laurence Valérie Karine Delphine Sabrina Émilie "
    "Audrey Aurélie Julie Laura Sarah Amandine Mélanie Jessica Vanessa Cindy Jennifer Pauline Marion Manon Camille "
    "Léa Emma Jeanne Louise Alice Monique Jacqueline Michèle Annie Martine Brigitte Odette Yvette Svetlana Olena "
    "Oksana Irina Natalia Tatiana Ludmila Iryna Kateryna Yulia Magdalena Agnieszka Ewa Ionela Elena Mihaela Florina "
    "Daniela Gabriela Mirela Rosa Carmen Luz Dolorès Pilar Conceição Fernanda Lurdes Fátima Graça Lan Thuy Ngoc Huong "
    "Mai Mei Xiu Lijuan Yan Priya Sunita Lakshmi Anjali Farzana Shirin Parisa Zahra Mahboubeh Maryam Nasrin Laleh "
    "Masouma Shukria Fereshteh Selam Tigist Hiwot Rahel Bethlehem Mulu Almaz Saba Amina Hodan Halima Faduma Sahra "
    "Hibo Naima Latifa Malika Rachida Saïda Houria Zohra Karima Nassima Djamila Farida Soraya Hanane Ikram Salma "
    "Meryem Imane Hafida Touria Ouarda Sihem Nawel Rim Amel Wafa Lamia Marie-Claire Anne-Sophie Marie-Thérèse "
    "Rose-Aimée Marie-Christine Marie-Laure Anne-Marie Marie-France Jeanne-d’Arc Marie-Noëlle Élisabeth Philomène "
    "Honorine Félicité Espérance Merveille Divine Gloria Patience Mercy Precious Faith Ngozi Chioma Ifeoma Funmilayo "
    "Folasade Abena Akosua Ama Afua Efua Ramata Salimata Maïmouna Nafissatou Coumba Penda Ndeye Astou Khady Sokhna "
    "Mame Ramatoulaye Aïssatou Mariama Hadja Safiatou Rouguiatou Nene Tening Yacine Lucienne Paulette Ginette Rolande"
)
MEN = _words(
    "Mohamed Mamadou Ibrahima Ousmane Ahmed Ali Moussa Jean Michel Amadou Abdoulaye Karim Rachid Farid Boubacar "
    "Seydou Souleymane Cheikh Youssef Saïd Nabil Philippe Patrick Christophe Pascal Thierry Stéphane Éric Frédéric "
    "Laurent Olivier Bruno Didier Alain Christian Bernard Daniel Hichem Samba Kofi Kwame Emmanuel Prince Emeka Chidi "
    "Jean-Pierre Jean-Baptiste Gérard Loïc Jérôme Rémi André Noël Théo Mickaël Nicolas Sébastien David Julien Cédric "
    "Ludovic Fabrice Franck Gilles Hervé Joël Yves Marc Luc Denis Dominique Serge Régis Xavier Vincent Guillaume "
    "Anthony Kévin Jérémy Alexandre Thomas Romain Maxime Antoine Florian Quentin Lucas Hugo Jordan Dylan Brandon "
    "Steve Johnny Sergueï Andriy Bohdan Dmytro Oleksandr Volodymyr Mykola Ivan Igor Vladimir Alexeï Piotr Zbigniew "
    "Krzysztof Marek Tomasz Ionuț Florin Vasile Gheorghe Marian Costel Nicolae Cristian Goran Dragan Zoran Milan José "
    "Luís Ramón Joaquim António Manuel Carlos João Paulo Minh Quốc Hùng Tuấn Wei Jian Jun Xiaoming Rajesh Suresh "
    "Kumar Sivakumar Imran Tariq Shahid Bilal Usman Asif Reza Navid Zalmaï Hamid Farhad Ahmad Mustafa Gul Najib Rahim "
    "Sayed Esmatullah Tesfaye Abel Yonas Dawit Samuel Filmon Kidane Berhane Habtom Omar Abdi Hassan Mahad Idriss "
    "Mahamat Abakar Adam Haroun Issa Oumar Bakary Lassana Drissa Modibo Fousseyni Sékou Yaya Diakaria Issiaka Adama "
    "Bourama Hamidou Demba Harouna Cheick Aboubacar Alpha Thierno Elhadj Lamine Sory Fodé Mory "
    "Alassane Malick Babacar Pape Modou Serigne Assane Alioune Mbaye Abdelkader Abdelaziz Abdallah Brahim Driss "
    "Hassane Hamza Jamel Kamel Khaled Larbi Lotfi Mourad Mustapha Nordine Omar-Farouk Redouane Samir Slimane Sofiane "
    "Tarek Walid Yacine Younes Zakaria Ismaël Ilyas Mehdi Adel Anis Bachir Chérif Hocine Jean-Marc Pierre-Yves "
    "Paul-Henri Jean-Claude Jean-Paul Jean-Luc Jean-Michel Jean-François Jean-Jacques Roger Marcel René Robert "
    "Raymond Lucien Fernand Gaston Sunday Godwin Festus Osas Ikechukwu Obinna Chukwudi Tunde Femi Kelvin Collins "
    "Blaise Fabrice-Armel Gustave Barthélemy Célestin Innocent Dieudonné Trésor Christ-Vie Rodrigue Armand Hilaire"
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
    "Ibrahima": "Ibrahim",
    "Mamadou": "Mamadu",
    "Aminata": "Aminatou",
    "Oumar": "Omar",
    "Cheick": "Cheikh",
    "Khadija": "Khadidja",
    "Abdoulaye": "Abdulai",
    "Moussa": "Musa",
}
_LANGUAGES = _words(
    "arabe bambara soninké peul wolof lingala anglais portugais espagnol russe ukrainien roumain polonais dari pachto "
    "farsi ourdou bengali tamoul tigrigna amharique somali mandarin vietnamien kabyle serbe"
)

_HYPHENED, _DOUBLE, _PARTICLE = 0.05, 0.03, 0.03
_PARTICLES = _words("El Ben Le De Da Van Abou Bou")


@cache
def family_pool() -> Texts:
    """Every family name that may be drawn, most frequent first, all different; the same on every machine."""
    made = [f"{first}{second}{end}" for first in _BEGINNINGS for second in _MIDDLES for end in _ENDINGS]
    np.random.default_rng(1515).shuffle(made)
    return _texts([*SURNAMES, *made[: _FAMILIES - len(SURNAMES)]])


@cache
def _shares(count: int) -> NDArray[np.float64]:
    """Cumulated shares of names by rank: near Zipf's law, the first few not quite so far ahead."""
    weights = (np.arange(count) + _FLAT) ** -_SKEW
    return np.asarray(np.cumsum(weights) / weights.sum())


def _pick(rng: np.random.Generator, names: Texts, count: int) -> Texts:
    ranks = np.searchsorted(_shares(len(names)), rng.random(count), side="right")
    return np.asarray(names[np.minimum(ranks, len(names) - 1)])


def draw_family_names(rng: np.random.Generator, count: int) -> Texts:
    """``count`` family names: one in twenty hyphened, some double (``A B``), some with a particle (``El A``)."""
    names = _pick(rng, family_pool(), count)
    chance = rng.random(count)
    two = np.flatnonzero(chance < _HYPHENED + _DOUBLE)
    seconds = _pick(rng, family_pool(), len(two))
    for place, second in zip(two, seconds, strict=True):
        if second != names[place]:
            names[place] += ("-" if chance[place] < _HYPHENED else " ") + second
    particled = np.flatnonzero(chance > 1 - _PARTICLE)
    for place, particle in zip(particled, rng.integers(0, len(_PARTICLES), len(particled)), strict=True):
        names[place] = f"{_PARTICLES[particle]} {names[place]}"
    return names


def draw_given_names(rng: np.random.Generator, women: NDArray[np.bool_]) -> Texts:
    """A given name for each place of ``women``: a woman's where true, a man's elsewhere."""
    names = np.empty(len(women), dtype=object)
    for wanted, pool in ((women, WOMEN), (~women, MEN)):
        names[wanted] = _pick(rng, _texts(pool), int(wanted.sum()))
    return names


def draw_mobiles(rng: np.random.Generator, count: int) -> Texts:
    """Mobile telephone numbers, all different as far as the 10,000 that the regulator keeps for fiction go."""
    turns = [rng.permutation(10_000) for _ in range(-(-count // 10_000))]
    numbers = np.concatenate(turns)[:count] if turns else np.empty(0, dtype=np.int64)
    return _texts([f"06 39 98 {number // 100:02} {number % 100:02}" for number in numbers.tolist()])


def _texts(words: list[str] | tuple[str, ...]) -> Texts:
    return np.array(words, dtype=object)


def without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def address_of(given_name: str, family_name: str, domain: str) -> str:
    """An e-mail address in a domain that can never exist (RFC 2606)."""
    plain = f"{without_accents(given_name)}.{without_accents(family_name)}".lower()
    return f"{plain.replace(' ', '-')}@{domain}.example"


def draw_languages(rng: np.random.Generator, french: NDArray[np.bool_]) -> Texts:
    """Languages spoken, the strongest first; empty for the few who were not asked."""
    count = len(french)
    mothers = _texts(_LANGUAGES)[rng.integers(0, len(_LANGUAGES), count)]
    seconds = np.where(rng.random(count) < 0.75, ", français", ", un peu de français")
    spoken = np.where(french & (rng.random(count) < 0.85), "français", mothers + seconds.astype(object))
    return np.asarray(np.where(rng.random(count) < 0.08, "", spoken))


def respelt(given_name: str, family_name: str) -> tuple[str, str]:
    """The name as another hand may have written it; the same where nothing calls for another spelling."""
    return _OTHER_SPELLINGS.get(given_name, without_accents(given_name)), without_accents(family_name)
