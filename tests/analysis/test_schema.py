"""What the schema says of every table, and what it refuses, in words."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from convergence.analysis.dataset import SCHEMAS, DatasetError, write
from convergence.analysis.dataset.sentences import COLUMN_RULES, TABLE_RULES
from convergence.analysis.dataset.simulated import Truth
from convergence.analysis.dataset.tables import references
from convergence.simulation import tables as drawn
from tests.analysis.made import ABOUT, small_world

Change = Callable[[pl.DataFrame], pl.DataFrame]


def to(value: Any, column: str, row: int = 0) -> Change:
    """Another value in one cell."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        there = pl.int_range(pl.len()) == row
        return frame.with_columns(
            pl.when(there).then(pl.lit(value, dtype=frame.schema[column])).otherwise(pl.col(column)).alias(column)
        )

    return change


def both(one: Change, other: Change) -> Change:
    return lambda frame: other(one(frame))


def twice(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, frame.head(1)])


LATE = date(2018, 6, 1)
BROKEN: dict[str, tuple[str, Change, str]] = {
    # rules of one column
    "no value": ("people", to(None, "entered"), "colonne « entered » : valeur absente"),
    "too small": ("people", to(1850, "birth_year"), "colonne « birth_year » : valeur trop petite"),
    "too large": ("needs", to(5, "level"), "colonne « level » : valeur trop grande"),
    "not in the list": ("exits", to(99, "motive"), "colonne « motive » : valeur qui n’est pas dans la liste"),
    "infinite": ("staff_means", to(float("inf"), "yearly_cost"), "colonne « yearly_cost » : nombre infini"),
    "not a number": ("grants", to(float("nan"), "amount"), "colonne « amount » : nombre indéfini"),
    "two exits of a path": (
        "exits",
        lambda frame: pl.concat([frame, to(2, "exit")(frame)]),
        "colonne « path » : valeur présente plus d’une fois",
    ),
    # rules of one table
    "primary_key": ("goals", twice, "clé présente plus d’une fois (2 lignes, la première à goal 1)"),
    "dates_in_order": ("paths", to(date(2014, 1, 1), "until"), "dates qui ne se suivent pas (1 ligne"),
    "ends_after_it_begins": ("contracts", to(date(2015, 1, 5), "ended_on"), "fin réelle avant le début"),
    "ends_at_its_term_at_the_latest": ("contracts", to(date(2016, 7, 6), "ended_on"), "fin réelle après le terme"),
    "open_ended_has_no_term": ("contracts", to("open_ended", "kind", 3), "terme absent d’un contrat à terme"),
    "programme_of_a_cddi": ("contracts", to(None, "programme"), "programme absent d’un CDDI"),
    "site_is_an_aci": ("contracts", to("ei", "employer_kind"), "chantier donné à un employeur"),
    "path_within_iae": (
        "contracts",
        both(to("ordinary", "employer_kind"), to(None, "site")),
        "contrat hors IAE rattaché à un parcours",
    ),
    "first_of_the_month": ("hours", to(date(2015, 1, 2), "month"), "premier jour"),
    "parts_make_the_whole": ("hours", to(90.0, "worked"), "heures prévues différentes"),
    "long_enough": ("absences", to(date(2015, 3, 10), "until"), "absence de moins de 15 jours"),
    "known_or_said_missing": ("people", to("not_assessed", "sex_missing"), "toutes deux données"),
    "value_of_its_aspect": ("situations", to("owner", "value", 2), "valeur qui n’appartient pas à l’aspect"),
    "expires_only_where_it_may": ("situations", to(LATE, "expires_on"), "échéance donnée à un aspect"),
    "old_enough": ("people", to(2010, "birth_year"), "personne trop jeune"),
    "decided_unless_waiting": ("candidacies", to(None, "decided_on"), "candidature décidée sans date"),
    "result_when_closed": ("goals", to("reached", "result"), "résultat sans date de clôture"),
    "unanswered_is_not_reached": ("interviews", to(True, "reached", 1), "message ou appel sans réponse"),
    "answer_is_dated": ("referrals", to(None, "answered_on", 1), "réponse sans date"),
    "reason_of_a_refusal": ("referrals", to("no_place", "refusal_reason"), "raison de refus sans refus"),
    "started_once_accepted": (
        "referrals",
        both(to("lapsed", "answer"), to(None, "outcome")),
        "début sans réponse favorable",
    ),
    "outcome_once_accepted": ("referrals", to("obtained", "outcome", 1), "suite donnée sans réponse favorable"),
    "news_is_dated": ("follow_ups", to(None, "day"), "nouvelles reçues sans date"),
    "opens_before_it_closes": ("sites", to(date(2011, 1, 1), "closed"), "chantier fermé avant d’avoir ouvert"),
    "run_by_an_operator": ("sites", to(None, "operator"), "chantier sans structure porteuse"),
    "at_one_place": ("staff_means", to(1, "territory"), "moyen donné à la fois"),
    "a wage that nobody earns": ("contracts", to(1e15, "monthly_gross"), "monthly_gross"),
    "means of a whole country": ("staff_means", to(1e12, "yearly_cost"), "yearly_cost"),
    # links between tables
    "nobody’s path": ("paths", to(9, "person"), "« person » nomme une clé absente de la table « people » (1 ligne"),
    "site unknown": ("interviews", to(7, "site"), "« site » nomme une clé absente de la table « sites »"),
    "known in advance": ("situations", to(LATE, "recorded_on"), "« recorded_on » dépasse la date du jeu de données"),
    "hired without a path": ("people", to("hired", "entered_as", 2), "personne embauchée sans parcours"),
    "a candidate’s path": ("people", to("candidate", "entered_as", 1), "jamais embauchée qui a un parcours"),
    "rank skipped": ("paths", to(3, "rank", 1), "rangs des parcours"),
    "paths at once": ("paths", to(date(2016, 7, 4), "since", 1), "parcours commencé avant la fin du précédent"),
    "contract of another path": ("contracts", to(3, "path"), "parcours d’une autre personne"),
    "contract before its path": ("contracts", to(date(2015, 1, 4), "since"), "contrat qui dépasse son parcours"),
    "contract after its path": ("paths", to(date(2016, 7, 4), "until"), "contrat qui dépasse son parcours"),
    "hours of somebody else": ("hours", to(2, "person"), "contrat d’une autre personne"),
    "hours before the contract": ("hours", to(date(2014, 12, 1), "month"), "mois en dehors du contrat"),
    "hours after the contract": ("hours", to(date(2016, 8, 1), "month"), "mois en dehors du contrat"),
    "absence after the contract": (
        "absences",
        both(to(date(2016, 7, 5), "since"), to(None, "until")),
        "absence en dehors du contrat",
    ),
    "placement before": ("placements", to(date(2015, 1, 4), "since"), "stage en dehors du contrat"),
    "exit of another day": ("exits", to(date(2016, 7, 4), "on"), "fin qui n’est pas celle du parcours"),
    "exit of a path that runs": ("exits", to(3, "path"), "parcours d’une autre personne"),
    "support before the path": ("extended_support", to(date(2015, 1, 4), "since"), "commencé avant le parcours"),
    "somebody else’s support": ("extended_support", to(2, "person"), "parcours d’une autre personne"),
    "answer to somebody else": ("candidacies", to(1, "orientation", 1), "orientation d’une autre personne"),
    "two homes at once": ("situations", to(date(2015, 9, 2), "until"), "deux valeurs d’un même aspect le même jour"),
    "a running value overtaken": ("situations", to(None, "until"), "deux valeurs d’un même aspect le même jour"),
}


@pytest.mark.parametrize(("table", "change", "said"), BROKEN.values(), ids=BROKEN)
def test_rows_that_break_a_rule_are_refused_in_words(table: str, change: Change, said: str, tmp_path: Path) -> None:
    world = small_world()
    world[table] = change(world[table])
    with pytest.raises(DatasetError) as refused:
        write(tmp_path / "made", [world], ABOUT)
    assert said.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»") in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_every_rule_has_its_words_and_is_broken_by_one_case() -> None:
    rules = {rule for schema in SCHEMAS.values() for rule in schema._validation_rules(with_cast=False)}
    of_columns = {rule.rpartition("|")[2] for rule in rules if "|" in rule}
    of_tables = {rule for rule in rules if "|" not in rule}
    assert of_columns <= set(COLUMN_RULES)
    assert of_tables == set(TABLE_RULES)
    assert of_tables <= set(BROKEN)


def test_every_table_and_column_says_what_it_is() -> None:
    for table, schema in SCHEMAS.items():
        assert schema.__doc__, table
        assert [name for name, column in schema.columns().items() if not column.description] == []
        assert schema.primary_key() != []


def test_every_reference_leads_to_a_table_with_one_key() -> None:
    for table in SCHEMAS:
        for other in references(table).values():
            assert len(SCHEMAS[other].primary_key()) == 1


def test_a_companion_follows_its_column_and_both_may_be_empty() -> None:
    for schema in SCHEMAS.values():
        columns = list(schema.columns())
        for place, name in enumerate(columns):
            if name.endswith("_missing"):
                assert columns[place - 1] == name.removesuffix("_missing")
                assert schema.columns()[name].nullable
                assert schema.columns()[columns[place - 1]].nullable


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_simulation_draws_the_same_columns_and_codes(table: str) -> None:
    columns = SCHEMAS[table].columns()
    assert list(drawn.SCHEMA[table]) == list(columns)
    for name, column in columns.items():
        codes = column.dtype.categories.to_list() if isinstance(column.dtype, pl.Enum) else []
        assert list(drawn.SCHEMA[table][name].codes) == codes, name


def test_a_simulation_draws_these_tables_and_its_truth_alone() -> None:
    assert list(drawn.SCHEMA) == list(SCHEMAS)
    assert list(drawn.TRUTH) == list(Truth.columns())


def test_the_small_world_has_a_row_in_every_table() -> None:
    assert [table for table, frame in small_world().items() if frame.height == 0] == []
