"""The fields that a list of people may fill."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Field(StrEnum):
    """A field of the scheme that a column can fill; ``label`` is its French name, as in the template."""

    EXTERNAL_ID = "external_id"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    FULL_NAME = "full_name"
    OTHER_NAME = "other_name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    PHONE = "phone"
    EMAIL = "email"
    LANGUAGE = "language"
    SITE = "site"
    COUNSELLOR = "counsellor"
    ENTRY_DATE = "entry_date"
    CONTRACT_KIND = "contract_kind"
    CONTRACT_START = "contract_start"
    CONTRACT_END = "contract_end"
    WEEKLY_HOURS = "weekly_hours"
    HOUSING = "housing"
    PERMIT_UNTIL = "permit_until"
    RQTH = "rqth"
    RSA = "rsa"
    NOTE = "note"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS: dict[Field, Promise | str] = {
    Field.EXTERNAL_ID: _("Identifiant interne"),
    Field.FAMILY_NAME: _("Nom"),
    Field.GIVEN_NAME: _("Prénom"),
    Field.FULL_NAME: _("Nom et prénom"),
    Field.OTHER_NAME: _("Autre nom"),
    Field.BIRTH_DATE: _("Date de naissance"),
    Field.SEX: _("Sexe"),
    Field.PHONE: _("Téléphone"),
    Field.EMAIL: _("E-mail"),
    Field.LANGUAGE: _("Langues parlées"),
    Field.SITE: _("Chantier"),
    Field.COUNSELLOR: _("Conseiller ou conseillère"),
    Field.ENTRY_DATE: _("Date d’entrée"),
    Field.CONTRACT_KIND: _("Type de contrat"),
    Field.CONTRACT_START: _("Début du contrat"),
    Field.CONTRACT_END: _("Fin du contrat"),
    Field.WEEKLY_HOURS: _("Heures par semaine"),
    Field.HOUSING: _("Logement ou hébergement"),
    Field.PERMIT_UNTIL: _("Fin de validité du titre de séjour"),
    Field.RQTH: _("RQTH"),
    Field.RSA: _("RSA"),
    Field.NOTE: _("Commentaire"),
}

DATES = frozenset({Field.BIRTH_DATE, Field.ENTRY_DATE, Field.CONTRACT_START, Field.CONTRACT_END, Field.PERMIT_UNTIL})
SEVERAL_COLUMNS = frozenset({Field.PHONE, Field.NOTE, Field.OTHER_NAME, Field.LANGUAGE})
"""The fields that two columns may fill together (« Portable » and « Fixe »)."""
