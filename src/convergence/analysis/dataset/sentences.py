"""Each rule of the schema in words: what is wrong with the rows that break it."""

from convergence.analysis.dataset.work import LONG_ABSENCE

COLUMN_RULES = {
    "nullability": "valeur absente alors qu’elle est obligatoire",
    "unique": "valeur présente plus d’une fois",
    "min": "valeur trop petite",
    "max": "valeur trop grande",
    "is_in": "valeur qui n’est pas dans la liste",
    "inf": "nombre infini",
    "nan": "nombre indéfini (NaN)",
}
"""Rules of one column."""

TABLE_RULES = {
    "primary_key": "clé présente plus d’une fois",
    "dates_in_order": "dates qui ne se suivent pas",
    "ends_after_it_begins": "fin réelle avant le début",
    "ends_at_its_term_at_the_latest": "fin réelle après le terme",
    "open_ended_has_no_term": "terme absent d’un contrat à terme, ou présent sur un contrat sans terme",
    "programme_of_a_cddi": "programme absent d’un CDDI, ou donné à un autre contrat",
    "site_is_an_aci": "chantier donné à un employeur qui n’est pas un ACI",
    "path_within_iae": "contrat hors IAE rattaché à un parcours",
    "first_of_the_month": "mois qui n’est pas donné par son premier jour",
    "parts_make_the_whole": "heures prévues différentes de la somme des heures travaillées et d’absence",
    "long_enough": f"absence de moins de {LONG_ABSENCE} jours",
    "known_or_said_missing": "valeur et raison de son absence toutes deux données, ou toutes deux absentes",
    "value_of_its_aspect": "valeur qui n’appartient pas à l’aspect",
    "expires_only_where_it_may": "échéance donnée à un aspect qui n’en a pas",
    "old_enough": "personne trop jeune à son entrée",
    "decided_unless_waiting": "candidature décidée sans date, ou en attente avec une date de décision",
    "result_when_closed": "résultat sans date de clôture, ou l’inverse",
    "unanswered_is_not_reached": "message ou appel sans réponse noté comme une rencontre",
    "answer_is_dated": "réponse sans date, ou date sans réponse",
    "reason_of_a_refusal": "raison de refus sans refus",
    "started_once_accepted": "début sans réponse favorable",
    "outcome_once_accepted": "suite donnée sans réponse favorable",
    "news_is_dated": "nouvelles reçues sans date",
    "opens_before_it_closes": "chantier fermé avant d’avoir ouvert",
    "run_by_an_operator": "chantier sans structure porteuse",
    "at_one_place": "moyen donné à la fois à un chantier et à un territoire, ou à aucun",
}
"""Rules over several columns of a table, by their names in its schema."""


def said(rule: str) -> tuple[str, str]:
    """The column that a rule is about (empty when it is about several), and what breaks it."""
    column, _, name = rule.rpartition("|")
    return column, COLUMN_RULES[name] if column else TABLE_RULES[name]
