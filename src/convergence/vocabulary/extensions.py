"""The PASS IAE: why it is suspended, on what ground it is extended (domain.md §3).

Reasons and motives are those of the State's platform and of R5132-1-3 and R5132-1-8 of the labour code; what each
allows, and since when, stands in ``rules/law.toml``.
"""

from convergence.vocabulary.base import Term


class SuspensionReason(Term):
    CONTRACT_SUSPENDED = "contract_suspended", "Contrat suspendu depuis plus de 15 jours"
    CONTRACT_BROKEN = "contract_broken", "Contrat rompu"
    CONTRACT_ENDED = "contract_ended", "Contrat terminé"
    LOCAL_AGREEMENT = "local_agreement", "Accord entre les membres du comité technique d’animation (CTA)"
    PASSERELLE = "passerelle", "Contrat passerelle"


class ExtensionMotive(Term):
    """Ground of an extension, of the PASS and of a CDDI beyond its twenty-four months alike."""

    OPEN_ENDED_SENIOR = "open_ended_senior", "CDI conclu à 57 ans ou plus"
    TRAINING = "training", "Fin d’une formation"
    DISABLED_WORKER = "disabled_worker", "Travailleur handicapé (RQTH)"
    SENIOR = "senior", "50 ans et plus"
    DIFFICULTIES = "difficulties", "Difficultés particulièrement importantes"
