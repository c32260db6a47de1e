"""The scenarios, each beside today."""

import polars as pl

from convergence.analysis.evaluation import french
from convergence.analysis.evaluation.document import (
    Block,
    Column,
    Kind,
    Notice,
    Paragraph,
    Points,
    Table,
    Title,
    made,
)
from convergence.analysis.evaluation.french import NBSP
from convergence.analysis.evaluation.futures import DRAWS, MONTHS, Futures
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.scenarios.projection import Projection

_OUTCOMES = ("in_path", "housed", "durable", "entries")
"""What a scenario is read by first; its whole table is beside."""


def future(found: Gathered) -> list[Block]:
    title = Title("Et si les règles ou les moyens changeaient ?", "scenarios")
    if isinstance(found.futures, str):
        return [title, Notice("Pas de scénario.", found.futures)]
    futures = found.futures
    blocks: list[Block] = [
        title,
        Paragraph(
            "Un modèle du parcours mois par mois (logement, emploi, soins, fins de parcours), estimé sur ces "
            "données et "
            f"projeté sur {french.months(MONTHS)}, avec {DRAWS}{NBSP}tirages de ses paramètres, les mêmes pour "
            "tous les "
            "scénarios. Ce n’est pas une prévision\u00a0: chaque scénario est lu par sa différence avec la "
            "continuation d’aujourd’hui."
        ),
        _today(futures),
    ]
    blocks += [_against(each, futures) for each in futures.others]
    notes = dict.fromkeys(note for each in futures.projections.values() for note in each.notes)
    if notes:
        blocks.append(Points(tuple(notes)))
    return blocks


def _today(futures: Futures) -> Table:
    rows = futures.today.outcomes().filter(pl.col("year") == pl.col("year").max())
    frame = made(rows.select("label", "value", "low", "high").with_columns(withheld=pl.col("value").is_null()))
    columns = (Column("Dans cinq ans", "label"), Column("Personnes", "value", Kind.COUNT, "low", "high"))
    return Table(
        "scenario-today", "Si rien ne change", columns, frame, "Moyenne des tirages et intervalle à 95\u00a0%."
    )


def _against(projection: Projection, futures: Futures) -> Table:
    """The difference with today in the fifth year: people, then euros of public finance."""
    last = pl.col("year") == pl.col("year").max()
    rows = projection.against(futures.today).filter(last)
    euros = pl.col("outcome").str.contains(".", literal=True) | (pl.col("outcome") == "public")
    frame = pl.concat(
        [
            rows.filter(~euros).with_columns(unit=pl.lit("personnes")),
            rows.filter(euros).with_columns(unit=pl.lit("€ par an"), **_euros()),
        ]
    ).select("label", "unit", "value", "low", "high")
    columns = (
        Column("Cinquième année, écart avec aujourd’hui", "label"),
        Column("Unité", "unit"),
        Column("Écart", "value", Kind.DIFFERENCE, "low", "high"),
    )
    scenario = projection.scenario
    caption = f"Scénario «{NBSP}{scenario.label}{NBSP}»"
    return Table(f"scenario-{scenario.name.replace('_', '-')}", caption, columns, made(frame), scenario.why)


def _euros() -> dict[str, pl.Expr]:
    """To the thousand: an interval of millions does not deserve more."""
    return {name: (pl.col(name) / 1000).round(0) * 1000 for name in ("value", "low", "high")}
