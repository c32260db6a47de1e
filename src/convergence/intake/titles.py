"""What the columns of real lists are called: for each field, the titles seen and how sure each one is.

A title is compared once folded (no accents, capitals or punctuation) and without its hints (« (JJ/MM/AAAA) »,
« obligatoire »). A mark of 80 or more is a known title; under that, the content must agree or the user confirms.
"""

import re
from functools import lru_cache

from convergence.intake.cells import folded, visible
from convergence.intake.fields import Field

KNOWN = 80
PART = " – "
"""Between the two lines of a two-line title: « Contrat – Début »."""

_OF = r"(?: d(?:e|u|es)?(?: l(?:a)?)?)?"
_SOMEONE = r"(?: (?:du|de la|de l|des) (?:salariee?s?|personnes?|participante?s?|beneficiaires?|candidate?s?))?"

# For each field, the titles in full (regular expressions on the folded title) by how sure they are.
_TITLES: dict[Field, dict[int, tuple[str, ...]]] = {
    Field.GIVEN_NAME: {
        100: (
            rf"prenoms?{_SOMEONE}",
            "first name",
            "given name",
        ),
        90: (
            "prenoms? (?:usuels?|d usage|1|principal)",
            "(?:1er|premier) prenom",
        ),
    },
    Field.FAMILY_NAME: {
        100: (
            "nom(?: de famille| patronymique)",
            "nom",
        ),
        95: (
            "nom de naissance",
            "nom de jeune fille",
            "nom jeune fille",
            "last name",
            "family name",
            "surname",
        ),
        85: (
            "noms",
            "patronyme",
        ),
        60: (rf"nom{_SOMEONE}",),
    },
    Field.OTHER_NAME: {
        100: (
            "nom (?:d )?usage",
            "nom marital",
            "nom usuel",
            "nom d epou(?:se|x)",
            "autres? noms?",
            "alias",
            "surnom",
            "nom prefere",
        ),
        90: (
            "nom d usage .+",
            "nom et prenom d usage",
        ),
        50: (
            "nom de naissance",
            "nom de jeune fille",
            "nom jeune fille",
        ),
    },
    Field.FULL_NAME: {
        100: (
            rf"noms? (?:et )?prenoms?{_SOMEONE}",
            rf"prenoms? (?:et )?noms?{_SOMEONE}",
            "nom complet",
            "full name",
        ),
        85: (
            "identite",
            "salariee?s?",
            "personnes?(?: accompagnees?)?",
            "salariee?s? en (?:parcours|insertion)",
        ),
        65: (
            "participante?s?",
            "beneficiaires?",
            "candidate?s?",
            "stagiaires?",
            "nom du salarie",
            "name",
        ),
    },
    Field.BIRTH_DATE: {
        100: (
            "date (?:de )?nais(?:s|sance)?",
            "ddn",
            "dnais",
            "ne(?: ?e)? le",
            "nee le",
            "naissance",
            "dt naissance",
        ),
        90: (
            rf"date (?:de )?naissance{_SOMEONE}",
            "annee (?:de )?naissance",
            "d n",
            "dn",
            "birth ?date",
            "date of birth",
        ),
    },
    Field.SEX: {
        100: (
            "sexe",
            "genre",
            "civilite",
            "civ",
            "sexe .*",
            "genre .*",
            "h f",
            "f h",
            "m f",
            "f m",
            "m mme",
            "mme m",
        ),
    },
    Field.PHONE: {
        100: (
            "tel(?:ephones?)?(?: (?:portable|mobile|fixe|personnel|perso|domicile|1|2))?",
            "portable",
            "mobile",
            "gsm",
        ),
        95: (
            (
                rf"(?:n|no|num|numeros?)(?: de)? (?:tel(?:ephone)?|portable|mobile)(?: (?:portable|mobile"
                rf"|fixe))?{_SOMEONE}"
            ),
        ),
        85: (
            "(?:contact|coordonnees) tel(?:ephoniques?)?",
            "tels",
            "tel .*",
            "telephone .*",
        ),
    },
    Field.EMAIL: {
        100: (
            rf"(?:adresse )?(?:e ?mail|mail|courriel|mel){_SOMEONE}",
            "adresse electronique",
        ),
        85: ("(?:e ?mail|mail|courriel|adresse mail) .*",),
    },
    Field.SITE: {
        100: (
            "site",
            "chantier",
            "aci",
            "chantier d insertion",
            "antenne",
            "nom du (?:site|chantier)",
            "site d affectation",
        ),
        85: (
            "atelier",
            "etablissement",
            "lieu de travail",
            "affectation",
            "structure(?: porteuse| employeuse)?",
            "siret(?: .*)?",
        ),
        60: (
            "employeur",
            "association",
            "equipe",
        ),
    },
    Field.ENTRY_DATE: {
        100: (
            (
                "(?:date )?(?:d )?entree(?: "
                "(?:en|dans|sur|a|au|aci|chantier|parcours|le|l|convergence|dispositif|site).*)?"
            ),
        ),
        95: (
            "date (?:d )?(?:arrivee|integration|accueil|inclusion)(?: .*)?",
            "entree? le",
            "arrivee? le",
            "arrivee",
            "(?:date )?(?:de )?debut (?:de |du )?(?:parcours|accompagnement|suivi)",
        ),
    },
    Field.CONTRACT_KIND: {
        100: (
            "(?:type|nature|forme)(?: de| du)? contrat",
            "contrat(?: de travail)?",
            "contrat type",
            "contrat nature",
        ),
        85: (
            "programme",
            "dispositif",
            "contrat (?:programme|dispositif)",
            "type de parcours",
            "cddi",
        ),
    },
    Field.CONTRACT_START: {
        100: (
            rf"(?:date )?(?:de )?debut{_OF} (?:contrat|cddi|cdd|emploi)(?: .*)?",
            "contrat (?:date )?(?:de )?(?:debut|du)",
        ),
        95: (
            "(?:date )?(?:d )?embauche(?:e? le)?",
            "date de (?:signature|prise)(?: du| de)? (?:contrat|poste)",
        ),
        85: (
            "(?:date )?(?:de )?debut",
            "debut le",
            "contrat depuis(?: le)?",
        ),
        60: (
            "du",
            "date(?: du| de)? contrat",
        ),
    },
    Field.CONTRACT_END: {
        100: (
            rf"(?:date )?(?:de )?fin(?: prevue| previsionnelle)?{_OF} (?:contrat|cddi|cdd|emploi)(?: .*)?",
            "contrat (?:date )?(?:de )?(?:fin(?: .*)?|jusqu au|au|echeance|terme)",
        ),
        95: (
            "(?:date )?(?:d )?echeance(?: du| de)? (?:contrat|cddi)",
            "terme(?: du)? contrat",
        ),
        85: (
            "(?:date )?(?:de )?fin(?: prevue| previsionnelle)?",
            "fin le",
        ),
        60: ("au", "jusqu au"),
    },
    Field.WEEKLY_HOURS: {
        100: (r"(?:nb |nbre |nombre )?(?:d )?h(?:eures?)?(?: de travail)?(?: par)? (?:sem(?:aine)?|hebdo\w*)",),
        95: (r"(?:duree|horaires?|volume|temps)(?: de travail)? (?:hebdo\w*|horaire(?: hebdo\w*)?|par semaine)",),
        90: (
            "temps de travail",
            "nb heures",
            "nombre d heures",
            "nbre heures",
            "heures de travail",
            "contrat heures.*",
            "h s",
        ),
        60: (
            "heures",
            "horaires?",
            "duree(?: du travail)?",
        ),
    },
    Field.HOUSING: {
        100: (
            "(?:logement|hebergement)(?: ou| et)? (?:logement|hebergement)",
            (
                "(?:type |mode |lieu |conditions? )?(?:d |de )?(?:hebergement|logement)s?(?: "
                "(?:actuel|aujourd hui|a l entree|entree))?"
            ),
            (
                "situation (?:de |d |du |au regard du |face au |vis a vis du "
                ")?(?:logement|hebergement|habitat|residentielle|locative)(?: .*)?"
            ),
        ),
        85: (
            "lieu de vie",
            "habitat",
            "logement hebergement",
            "hebergement logement",
            "logement .*situation",
            "situation logement .*",
        ),
    },
    Field.PERMIT_UNTIL: {
        100: (
            (
                "(?:date )?(?:de |d )?(?:fin|expiration|validite|echeance|fin de validite)(?: .*)? "
                "(?:titre|carte|sejour|tds|ts|recepisse|cds)(?: .*)?"
            ),
            (
                "(?:titre(?: de)? sejour|carte de sejour|tds|recepisse|sejour) (?:.* "
                ")?(?:fin|expire?|expiration|validite|valable|echeance|jusqu).*"
            ),
        ),
        60: (
            "titre(?: de)? sejour",
            "carte de sejour",
            "tds",
            "recepisse",
        ),
    },
    Field.RQTH: {
        100: (
            "rqth(?: .*)?",
            "(?:date )?(?:de )?(?:fin|validite)(?: de)? rqth",
            "travailleur(?:euse)? handicape e?",
            "boeth",
            "boe",
        ),
        90: (
            "reconnaissance (?:de la )?(?:qualite )?(?:de )?(?:travailleur )?handicape?e?",
            "travailleur handicape",
            "handicap rqth",
        ),
    },
    Field.RSA: {
        100: (
            "(?:droits? (?:au )?)?rsa(?: (?:oui non|socle|droits?))?",
            "b ?rsa",
            "beneficiaire (?:du )?rsa",
            "percoit (?:le )?rsa",
        ),
    },
    Field.LANGUAGE: {
        100: ("langues?(?: parlees?| maternelle| principale| premiere)?(?: .*)?",),
    },
    Field.COUNSELLOR: {
        100: (
            "conseill(?:er|ere|er e|er ere)(?: .*)?",
            "cisp",
            "cip",
            r"(?:nom|e ?mail|mail|courriel)(?: du| de la| de l)? (?:conseill\w+|cip|cisp).*",
        ),
        90: (
            "accompagnat(?:eur|rice)s?(?: .*)?",
            "accompagnants?",
            "suivi(?:e|s)? par",
            "charge e? d (?:insertion|accompagnement)",
            "charge d insertion",
        ),
        70: ("referente?s?(?: (?:insertion|chantier|aci|interne|parcours|site))?",),
    },
    Field.EXTERNAL_ID: {
        100: (
            "identifiant(?: .*)?",
            "matricule(?: .*)?",
            "id(?: (?:salarie|personne|interne|externe))?",
            "identifiant dans le si",
        ),
        90: (
            "(?:n|no|num|numero|code|ref|reference)(?: de| du)? (?:dossier|salariee?|interne|personne)",
            "reference",
        ),
    },
    Field.NOTE: {
        100: (
            "commentaires?",
            "observations?",
            "remarques?",
            "notes?",
            "divers",
            "precisions",
            "infos? complementaires?",
        ),
        85: (
            "a savoir",
            "informations?(?: complementaires?| diverses)?",
            "commentaires? .*",
            "observations? .*",
            "remarques? .*",
        ),
    },
}

_ELSEWHERE = (
    r"conjoint|enfant|\bpere\b|\bmere\b|urgence|prevenir|tuteur|tutrice|curateur|mandataire|hebergeur|bailleur|garant"
    r"|referent"
)
_STAFF = r"conseill|\bcip\b|\bcisp\b|accompagna|encadrant|assistante? social|employeur|prescripteur|structure|orient"
_OTHER_BODIES = (
    r"pole emploi|france travail|\bcaf\b|\bmsa\b|allocataire|\bpass\b|agrement|\bsiao\b|unique|\bameli\b|fiscal"
    r"|\bpe\b|\bft\b|\bapi\b"
)
# Words in a title that say that it speaks of something else.
_EXCLUDED: dict[Field, str] = {
    Field.GIVEN_NAME: rf"{_ELSEWHERE}|{_STAFF}|d usage$",
    Field.FAMILY_NAME: rf"{_ELSEWHERE}|{_STAFF}",
    Field.OTHER_NAME: rf"{_ELSEWHERE}|{_STAFF}",
    Field.FULL_NAME: rf"{_ELSEWHERE}|{_STAFF}",
    Field.BIRTH_DATE: rf"{_ELSEWHERE}|lieu|pays|commune|ville|departement",
    Field.SEX: _ELSEWHERE,
    Field.PHONE: rf"{_ELSEWHERE}|{_STAFF}",
    Field.EMAIL: rf"{_ELSEWHERE}|{_STAFF}",
    Field.ENTRY_DATE: r"france|territoire|logement|hebergement|formation|sejour|pays",
    Field.CONTRACT_START: r"logement|hebergement|formation|sejour|rqth|pass|suspension|bail|stage|pmsmp",
    Field.CONTRACT_END: r"logement|hebergement|formation|sejour|rqth|pass|suspension|bail|stage|pmsmp|essai|css|droits",
    Field.HOUSING: r"demande|adresse|date|numero|aide|apl|siao|bailleur|loyer|souhait|projet|sortie",
    Field.RSA: r"montant|numero|referent|date",
    Field.SITE: r"internet|web|orient|prescri",
    Field.COUNSELLOR: r"\btel|telephone|france travail|pole emploi|\bft\b|\bpe\b|bancaire",
    Field.EXTERNAL_ID: _OTHER_BODIES,
    Field.LANGUAGE: r"niveau|signe",
}
# Titles that lists often hold and the scheme does not import: they help to find the line of titles.
_OTHERS = re.compile(
    r"adresse(?: .*)?|code postal|cp|ville|commune|nationalite|pays(?: .*)?|lieu (?:de )?naissance|age|nir|"
    r"situation(?: .*)?|niveau (?:de |d )?.*|prescripteur|orienteur|numero .*|date .*|droits .*|pole emploi|"
    r"france travail|qualification|poste|metier|statut|motif(?: .*)?|sortie|date de sortie"
)
_HINT = re.compile(
    r"^(?:obligatoire|facultatif|optionnel|jj ?mm ?aaaa|jj mm aa|aaaa mm jj|format .*|oui ?non|o n|ex .*|exemple .*|"
    r"menu deroulant|liste deroulante|a remplir|texte libre|x si oui|cocher|si connu|date)$"
)
_GENDER = re.compile(
    r"(?<=\w)(?:\((?:e|s|es|ère|ere|ne|se|rice|trice)\)|[·.](?:e|s|es|ère|ne|se|rice|trice)\b)+", re.IGNORECASE
)
_PARENTHESIS = re.compile(r"[\[(]([^()\[\]]*)[)\]]")
_COMPILED = tuple(
    (field, mark, re.compile("|".join(patterns)))
    for field, by_mark in _TITLES.items()
    for mark, patterns in by_mark.items()
)
_EXCLUSIONS = {field: re.compile(pattern) for field, pattern in _EXCLUDED.items()}


def is_hint(text: str) -> bool:
    """Whether a text only says how to fill a column (« (JJ/MM/AAAA) », « oui/non », « obligatoire »)."""
    return bool(_HINT.match(folded(text)))


def title_key(title: str) -> str:
    """The title, folded, without its hints and its feminine (« Salarié(e) », « Salarié·e »)."""
    without = _PARENTHESIS.sub(lambda match: " " if is_hint(match[1]) else match[0], _GENDER.sub("", visible(title)))
    return re.sub(r" (?:obligatoire|facultatif|jj mm aaaa)$", "", folded(without))


@lru_cache(maxsize=2048)
def marks(title: str) -> tuple[tuple[Field, int], ...]:
    """Each field that the title may announce, with how sure that is (100: the field's own name)."""
    whole = title_key(title)
    found = _matches(whole, whole) | {field: 100 for field in Field if title_key(field.label) == whole}
    if PART in title:
        for field, mark in _matches(title_key(title.rpartition(PART)[2]), whole).items():
            found[field] = max(found.get(field, 0), mark - 10)
    return tuple(found.items())


def _matches(key: str, context: str) -> dict[Field, int]:
    found: dict[Field, int] = {}
    for field, mark, pattern in _COMPILED:
        if mark > found.get(field, 0) and pattern.fullmatch(key):
            exclusion = _EXCLUSIONS.get(field)
            if exclusion is None or not exclusion.search(context):
                found[field] = mark
    return found


def is_known(title: str) -> bool:
    """Whether the text is a title that lists of people use, imported or not."""
    return any(mark >= KNOWN for _, mark in marks(title)) or bool(_OTHERS.fullmatch(title_key(title)))


def names_person(title: str) -> bool:
    """Whether the title announces a part of the person's name."""
    return any(mark >= KNOWN and field in NAME_FIELDS for field, mark in marks(title))


NAME_FIELDS = frozenset({Field.GIVEN_NAME, Field.FAMILY_NAME, Field.FULL_NAME})
