"""Whether the people compared are alike: balance, overlap, what is left of them once weighted."""

from collections.abc import Callable, Sequence

from convergence.analysis import french
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.charts import love_plot, overlap
from convergence.analysis.evaluation.document import Block, Column, Kind, Paragraph, Points, Table, Title, made
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.french import NBSP
from convergence.analysis.impact.balance import Row
from convergence.analysis.profiles import LABELS


def groups(found: Gathered) -> list[Block]:
    if not found.arms:
        return []
    blocks: list[Block] = [
        Title("Les groupes se ressemblent-ils ?", "equilibre"),
        Paragraph(
            "Les personnes comparées sont pondérées pour ressembler, en moyenne, aux personnes suivies le jour de "
            f"leur entrée. Un écart standardisé sous 0,1 est tenu pour négligeable{NBSP}; ce qui n’est pas mesuré "
            "peut encore différer, et la partie «\u00a0Sensibilité\u00a0» dit de combien il faudrait que ce soit."
        ),
    ]
    for arm in found.arms:
        blocks += _group(arm)
    return blocks


_YEARS = 2000
"""Years of entry are told from this one on, so that their means read."""


def _means(rows: Sequence[Row], since: Sequence[int], of: Callable[[Row], float]) -> list[float | None]:
    """Means of a side; empty where they would tell persons."""
    return [None if row.withheld else of(row) - start for row, start in zip(rows, since, strict=True)]


def _group(arm: Arm) -> list[Block]:
    balance = arm.balance
    rows = balance.rows
    since = [_YEARS if row.name == "year" else 0 for row in rows]
    frame = made(
        {
            "covariate": [LABELS.get(row.name, row.name) for row in rows],
            "followed": _means(rows, since, lambda row: row.before.followed),
            "compared": _means(rows, since, lambda row: row.before.compared),
            "difference": [row.before.difference for row in rows],
            "weighted": _means(rows, since, lambda row: row.after.compared),
            "weighted_difference": [row.after.difference for row in rows],
            "ratio": [row.after.ratio for row in rows],
            "withheld": [row.withheld for row in rows],
        }
    )
    columns = (
        Column("Caractéristique à l’entrée", "covariate"),
        Column("Suivies", "followed", Kind.NUMBER),
        Column("Comparées", "compared", Kind.NUMBER),
        Column("Écart", "difference", Kind.NUMBER),
        Column("Comparées, pondérées", "weighted", Kind.NUMBER),
        Column("Écart après", "weighted_difference", Kind.NUMBER),
        Column("Rapport des variances", "ratio", Kind.NUMBER),
    )
    name = arm.contrast.value
    blocks: list[Block] = [
        Title(arm.title, f"equilibre-texte-{name}", 3),
        Paragraph(
            f"{french.counted(balance.followed, 'personne suivie', 'personnes suivies')} et "
            f"{french.counted(balance.compared, 'personne comparée', 'personnes comparées')}, qui, une fois pondérées "
            f"({arm.method}), en valent {french.number(balance.effective_controls)}. Plus grand écart restant{NBSP}: "
            f"{french.number(balance.worst, 2)}."
        ),
        Table(
            f"equilibre-{name}-table",
            f"Les deux groupes à l’entrée, avant et après pondération, {arm.name}",
            columns,
            frame,
            "Moyennes ou parts\u00a0; écarts en écarts types des personnes suivies\u00a0; rapport des variances pour "
            "les caractéristiques qui se mesurent.",
        ),
        love_plot(arm, LABELS),
        overlap(arm),
    ]
    if arm.notes:
        blocks.append(Points(arm.notes))
    return blocks
