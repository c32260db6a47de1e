"""The scenarios, each beside today."""

import polars as pl

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.charts import month_by_month
from convergence.analysis.evaluation.document import (
    Attached,
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
from convergence.analysis.evaluation.futures import DRAWS, MONTHS, Futures
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.french import NBSP
from convergence.analysis.scenarios.backtest import MEASURES, WHOLE, BackTest
from convergence.analysis.scenarios.projection import Projection
from convergence.analysis.scenarios.scenario import Scenario

PUBLIC = "public"
_OUTCOMES = ("entries", "durable", "housed", PUBLIC)
"""What a scenario is read by first; its whole table is attached."""


def future(found: Gathered) -> list[Block]:
    title = Title("Et si les règles ou les moyens changeaient ?", "scenarios")
    if isinstance(found.futures, str):
        return [title, Notice("Pas de scénario.", found.futures)]
    futures = found.futures
    blocks: list[Block] = [
        title,
        Paragraph(
            "Un modèle du parcours mois par mois (logement, emploi, soins, fins de parcours), estimé sur ces données "
            f"et projeté sur {french.months(MONTHS)}, avec {DRAWS}{NBSP}tirages de ses paramètres, les mêmes pour "
            "tous les scénarios. Ce n’est pas une prévision\u00a0: chaque scénario est lu par sa différence avec la "
            "continuation d’aujourd’hui."
        ),
    ]
    blocks += [
        _compared(futures),
        month_by_month(futures.today.marginal().table()),
        Attached(
            "Toutes les différences, année par année, en personnes et en euros par payeur.",
            (_today(futures), *(_against(each, futures) for each in futures.others)),
        ),
    ]
    blocks += _back_tested(futures.back_test)
    notes = dict.fromkeys(note for each in futures.projections.values() for note in each.notes)
    notes |= dict.fromkeys(_reworked(each, found.money.year) for each in futures.reworked)
    if notes:
        blocks.append(Points(tuple(notes)))
    return blocks


def _reworked(scenario: Scenario, year: int) -> str:
    """What was worked out again for a scenario that moves the law or the hours."""
    law = f"sous la loi de {year} supposée durer"
    if scenario.hours is None:
        what = f"les prestations sont recalculées avec et sans la réforme, {law}."
    else:
        reform = " et la réforme" if scenario.reforms else ""
        what = (
            f"salaires, cotisations et prestations sont recalculés avec ces heures{reform}, {law} ; l’aide au poste, "
            "la production et les droits créés suivent les heures."
        )
    return f"«{NBSP}{scenario.label}{NBSP}»{NBSP}: {what}"


def _back_tested(found: BackTest | str) -> list[Block]:
    """Whether the model would have foreseen the last years of these data."""
    title = Title("Ce modèle aurait-il prévu les dernières années ?", "prevision-passee", 3)
    if isinstance(found, str):
        return [title, Paragraph(f"La question n’a pas pu être posée à ces données. {found}")]
    calibration = found.calibration().filter(pl.col("measure") == WHOLE)
    columns = (Column("Intervalle annoncé", "level", Kind.SHARE), Column("Tenu", "coverage", Kind.SHARE))
    rows = found.table()
    present = rows.filter(pl.col("measure") == MEASURES[0]).select("month", present="observed")
    shares = pl.col("measure").str.starts_with("Part")
    few = pl.when(shares).then(pl.col("present") < SMALLEST).otherwise(pl.col("observed").is_between(0.5, SMALLEST - 1))
    shown = (
        rows.join(present, on="month", how="left", maintain_order="left")
        .with_columns(withheld=few)
        .with_columns(pl.when(~pl.col("withheld")).then(pl.col("observed")).alias("observed"))
    )
    whole = (
        Column("Mois prévu", "month", Kind.COUNT),
        Column("Mesure", "measure"),
        Column("Observé", "observed", Kind.NUMBER),
        Column("Prévu", "predicted", Kind.NUMBER, "low", "high"),
    )
    caption = f"Observé et prévu, mois par mois, à partir du {found.cut:%d/%m/%Y}"
    return [
        title,
        Paragraph(
            f"Estimé sur ce que l’on savait le {found.cut:%d/%m/%Y} de {french.number(found.people)}{NBSP}personnes, "
            f"le modèle a prévu les mois suivants jusqu’au {found.until:%d/%m/%Y}\u00a0: personnes en parcours, fins "
            "de parcours, logement et soins. Un intervalle honnête à 95\u00a0% contient ce qui est arrivé dans "
            "95\u00a0% des mois, à peu près\u00a0: les mois se suivent et se ressemblent."
        ),
        Table("prevision-passee", "Part des mois que l’intervalle contenait", columns, made(calibration)),
        Attached("Chaque mesure, mois par mois.", (Table("prevision-par-mois", caption, whole, made(shown)),)),
    ]


def _compared(futures: Futures) -> Table:
    """The fifth year of each scenario beside today, by a few outcomes."""
    last = pl.col("year") == pl.col("year").max()
    rows = []
    for projection in futures.others:
        found = projection.against(futures.today).filter(last, pl.col("outcome").is_in(_OUTCOMES))
        rows += [row | {"scenario": projection.scenario.label} for row in found.iter_rows(named=True)]
    in_euros = [row["outcome"] == PUBLIC for row in rows]
    frame = made(
        {
            "scenario": [row["scenario"] for row in rows],
            "outcome": [
                "Dépense publique de l’année (€)" if money else row["label"]
                for row, money in zip(rows, in_euros, strict=True)
            ],
            **{
                key: [_rounded(row[key], money) for row, money in zip(rows, in_euros, strict=True)]
                for key in ("value", "low", "high")
            },
        }
    )
    columns = (
        Column("Scénario", "scenario"),
        Column("En cinquième année", "outcome"),
        Column("Écart avec aujourd’hui", "value", Kind.DIFFERENCE, "low", "high"),
    )
    caption = "Chaque scénario, par sa différence avec la continuation d’aujourd’hui"
    note = "Moyenne des tirages et intervalle à 95\u00a0%. Euros au millier près."
    return Table("scenarios", caption, columns, frame, note)


def _rounded(value: float, money: bool) -> float:
    """Euros to the thousand: an interval of millions does not deserve more."""
    return round(value / 1000) * 1000.0 if money else value


def _today(futures: Futures) -> Table:
    rows = futures.today.outcomes().select("label", "year", "value", "low", "high")
    frame = made(rows.with_columns(withheld=pl.col("value").is_null()))
    columns = (
        Column("Si rien ne change", "label"),
        Column("Année", "year", Kind.COUNT),
        Column("Personnes", "value", Kind.COUNT, "low", "high"),
    )
    return Table("scenario-today", "Si rien ne change", columns, frame)


def _against(projection: Projection, futures: Futures) -> Table:
    rows = projection.against(futures.today).select("label", "definition", "year", "value", "low", "high")
    columns = (
        Column("Écart avec aujourd’hui", "label"),
        Column("Unité", "definition"),
        Column("Année", "year", Kind.COUNT),
        Column("Écart", "value", Kind.DIFFERENCE, "low", "high"),
    )
    scenario = projection.scenario
    caption = f"Scénario «{NBSP}{scenario.label}{NBSP}»"
    return Table(f"scenario-{scenario.name.replace('_', '-')}", caption, columns, made(rows))
