"""What lists write for a code of the vocabulary: sex, contract and programme, housing."""

import re
from functools import lru_cache
from typing import TypeVar

from django.utils.translation import gettext as _

from convergence.intake.cells import Cell, Remark, as_text, doubtful, folded, is_nothing, shown
from convergence.vocabulary.base import Term
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.people import Sex

_T = TypeVar("_T", bound=Term)

_SEX_WORDS = {
    Sex.WOMAN: "f femme feminin mme madame mlle mademoiselle fem female",
    Sex.MAN: "h m homme masculin mr monsieur masc male",
    Sex.OTHER: "autre neutre nb other",
}
_SEXES = {word: sex for sex, words in _SEX_WORDS.items() for word in words.split()}


def read_sex(cell: Cell) -> tuple[Sex | None, list[Remark]]:
    """The sex that a letter, a word or a title says."""
    if found := _SEXES.get(folded(as_text(cell))):
        return found, []
    if is_nothing(cell):
        return None, []
    return None, [doubtful(_("%s : sexe non reconnu, non repris (écrivez Femme, Homme ou Autre).") % shown(cell))]


# -- contract and programme --------------------------------------------------------------------------------------

# The first that matches wins: « CDI inclusion » is no ordinary open-ended contract.
_CONTRACTS = (
    (ContractKind.CDI_INCLUSION, r"cdi (?:d )?inclusion|cdi senior"),
    (ContractKind.CDDI, r"cddi|contrat (?:a duree determinee )?d insertion|aci|chantier d insertion"),
    (ContractKind.ETTI, r"etti|interim d insertion|cti"),
    (ContractKind.EI, r"ei|entreprise d insertion"),
    (ContractKind.AI, r"ai|association intermediaire|mise a disposition"),
    (ContractKind.OPEN_ENDED, r"cdi|duree indeterminee"),
    (ContractKind.TEMP, r"interim\w*|ctt|mission"),
    (ContractKind.FIXED_TERM, r"cdd|duree determinee|pec|cui|cae"),
)
_PROGRAMMES = (
    (Programme.PHC, r"phc|premieres? heures?(?: en chantier)?"),
    (Programme.CVG, r"cvg|convergence(?: france)?"),
)


def read_contract(cell: Cell) -> tuple[ContractKind | None, Programme | None, list[Remark]]:
    """A contract's kind and programme, as in « CDDI », « CDDI PHC », « Convergence ».

    A CDDI always has a programme, ``Programme.NONE`` when the cell names none; another contract has none.
    """
    if is_nothing(cell):
        return None, None, []
    kind, programme = _contract(folded(as_text(cell)))
    if kind:
        return kind, programme, []
    return None, None, [doubtful(_("%s : type de contrat non reconnu, non repris.") % shown(cell))]


@lru_cache(maxsize=1024)
def _contract(key: str) -> tuple[ContractKind | None, Programme | None]:
    programmes = _matching(_PROGRAMMES, key)
    programme = programmes[0] if programmes else Programme.NONE
    kinds = _matching(_CONTRACTS, key) or ([ContractKind.CDDI] if programmes else [])
    if not kinds:
        return None, None
    return kinds[0], programme if kinds[0] is ContractKind.CDDI else None


def contract_choices() -> list[str]:
    """What the template offers; ``read_contract`` understands each."""
    programmes = [f"{ContractKind.CDDI.label} – {one.label}" for one in (Programme.CVG, Programme.PHC)]
    return [ContractKind.CDDI.label, *programmes, *(one.label for one in ContractKind if one is not ContractKind.CDDI)]


# -- housing -----------------------------------------------------------------------------------------------------

_HOUSING = (
    (Housing.PRISON, r"prison|incarcer\w*|detenue?|detention|centre penitentiaire|maison d arret|semi liberte"),
    (Housing.LHSS, r"lhss|lits? haltes?(?: soins? sante)?|lam|lits? d accueil medicalises?"),
    (Housing.ACT, r"act|appartements? (?:de )?coordination(?: therapeutique)?"),
    (Housing.HOSPITAL, r"hopital|hospitalis\w*|clinique"),
    (Housing.SQUAT, r"squat\w*"),
    (Housing.CAMP, r"camps?|campement|bidonville"),
    (Housing.VEHICLE, r"voiture|vehicule|camion\w*|caravane"),
    (Housing.PENSION_DE_FAMILLE, r"pensions? de famille|maisons? relais|residences? accueil"),
    (Housing.YOUNG_WORKERS, r"fjt|foyer (?:de |des )?jeunes travailleu\w+|(?:residence )?habitat jeunes"),
    (Housing.SOCIAL_RESIDENCE, r"residences? sociales?|foyer (?:de |des )?travailleu\w+(?: migrants)?|ftm|adoma"),
    (Housing.COMPLETED_BAIL_GLISSANT, r"bail glissant (?:devenu|abouti|termine|acheve|reussi).*"),
    (Housing.SUBLET, r"iml|intermediation(?: locative)?|solibail|sous loc\w*|bail glissant|louez solidaire"),
    (Housing.ASYLUM_HOUSING, r"cada|huda|cph|prahda|cao|hebergement pour l asile|demandeurs? d asile"),
    (Housing.CHRS, r"chrs|reinsertion sociale"),
    (Housing.STABILISATION, r"stabilisation"),
    (Housing.EMERGENCY_SHELTER, r"chu|chum|(?:centre d )?hebergement d urgence|centre d urgence"),
    (Housing.NIGHT_SHELTER, r"(?:accueil|abri|asile|halte) de nuit|gymnase|grand froid|mise a l abri"),
    (Housing.HOTEL, r"hotel\w*|nuitees?"),
    (
        Housing.THIRD_PARTY,
        r"tiers|chez (?:un|une|des|mon|ma|mes|son|sa|ses|l|le|la)|amie?s?|famille|parents?|mere|pere"
        r"|soeur|frere|cousine?"
        r"|oncle|tante|connaissance|proches?|compatriote|hebergee? (?:chez|a titre gratuit|gratuitement)",
    ),
    (Housing.OWNER, r"proprietaire|accession"),
    (Housing.SOCIAL_LEASE, r"logement social|hlm|parc social|bailleur social|plai|parc public"),
    (Housing.PRIVATE_LEASE, r"parc prive|logement prive|bailleur prive|locat\w+ prive\w*"),
    (Housing.ROUGH, r"dehors|tente|parking|hall|sans abri"),
)
# Said when nothing more precise is.
_STEPS = (
    (Housing.SEMI_DURABLE, r"semi durable|logement (?:accompagne|adapte|temporaire|transitoire|passerelle|intercale)"),
    (Housing.STREET, r"rue|sdf|abri de fortune|sans domicile(?: fixe)?|sans logement|errance"),
    # The emergency line finds a night shelter or a hotel: only the step is known.
    (Housing.PRECARIOUS_SHELTER, r"precaires?|115"),
    (Housing.COLLECTIVE_SHELTER, r"hebergement(?: collectif)?|hebergee?|foyer|centre d accueil"),
    (
        Housing.AUTONOMOUS,
        r"logement (?:autonome|personnel|independant|perenne|durable|propre)|autonome|locataire|location|bail"
        r"|appartement|studio|son logement",
    ),
)
_MISSING = (
    (Missing.DOES_NOT_KNOW, r"ne sait pas|nsp"),
    (Missing.PREFERS_NOT_TO_SAY, r"ne (?:souhaite|veut) pas (?:repondre|le dire)|refuse? de repondre"),
    (Missing.NOT_ASSESSED, r"(?:non|pas) evaluee?|a evaluer"),
    (Missing.CANNOT_BE_DETERMINED, r"impossible a determiner|indetermine"),
)
_NOT_A_SITUATION = re.compile(r"\b(?:demande|recherche|souhaite|projet|attente)\b")
_BY_LABEL = {folded(text): one for one in Housing for text in (one.label, one.value)}


def read_housing(cell: Cell) -> tuple[Housing | Missing | None, list[Remark]]:
    """Where the person sleeps, or why it isn't known.

    An answer that fits two situations is understood as the first one of the vocabulary's order, and doubtful.
    """
    if is_nothing(cell):
        return None, []
    found = _housing(folded(as_text(cell)))
    if not found:
        return None, [doubtful(_("%s : logement non reconnu, non repris.") % shown(cell))]
    if len(found) > 1:
        return found[0], [
            doubtful(_("%(cell)s : compris comme « %(label)s ».") % {"cell": shown(cell), "label": found[0].label})
        ]
    return found[0], []


@lru_cache(maxsize=1024)
def _housing(key: str) -> list[Housing | Missing]:
    if missing := _matching(_MISSING, key):
        return [missing[0]]
    if key in _BY_LABEL:
        return [_BY_LABEL[key]]
    if _NOT_A_SITUATION.search(key):
        return []
    if precise := _matching(_HOUSING, key):
        return [*precise]
    return [*_matching(_STEPS, key)[:1]]


def housing_choices() -> list[str]:
    """What the template offers; ``read_housing`` understands each."""
    return [one.label for one in Housing]


def _matching(rules: tuple[tuple[_T, str], ...], key: str) -> list[_T]:
    return [code for code, pattern in rules if re.search(rf"\b(?:{pattern})\b", key)]


# -- residence permit --------------------------------------------------------------------------------------------

_NO_PERMIT = re.compile(
    r"francaise?|nationalite francaise|ue|union europeenne|europeenn?e?|non concernee?|sans objet|fr|cni"
)


def needs_no_permit(cell: Cell) -> bool:
    """Whether a cell about the residence permit says that the person needs none."""
    return bool(_NO_PERMIT.fullmatch(folded(as_text(cell))))
