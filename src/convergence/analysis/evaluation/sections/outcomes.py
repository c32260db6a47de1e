"""What became of people, and what of it is due to the scheme."""

from convergence.analysis import french
from convergence.analysis.evaluation.charts import forest
from convergence.analysis.evaluation.document import (
    Block,
    Column,
    Definitions,
    Kind,
    Notice,
    Paragraph,
    Points,
    Table,
    Title,
    made,
)
from convergence.analysis.evaluation.effects import Effect, Effects
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.sections.over_time import changes, durations, housed
from convergence.analysis.evaluation.sections.wording import effect_said
from convergence.analysis.french import NBSP
from convergence.analysis.impact.multiplicity import family

RANKS = {True: "principal", False: "secondaire"}


def outcomes(found: Gathered) -> list[Block]:
    if not found.effects:
        return []
    told = {effect.outcome.label: effect.outcome.definition for each in found.effects for effect in each.effects}
    blocks: list[Block] = [
        Title("Ce que les personnes sont devenues", "resultats"),
        Paragraph(
            "L’effet est celui du dispositif sur les personnes qu’il a suivies\u00a0: la part observée, moins celle "
            "qu’elles auraient eue sans lui d’après les personnes comparées. Plusieurs estimateurs sont donnés\u00a0; "
            "le principal est doublement robuste\u00a0: il est juste dès que l’un de ses deux modèles l’est."
        ),
    ]
    for each in found.effects:
        blocks += _comparison(each)
        spans = next((one for one in found.spans if one.arm is each.arm), None)
        if spans:
            blocks += durations(spans)
        blocks += changes(each.changes)
    blocks += housed(found.housed)
    blocks += [Title("Définitions des critères", "definitions-criteres", 3), Definitions(tuple(told.items()))]
    return blocks


def _comparison(found: Effects) -> list[Block]:
    name = found.arm.contrast.value
    shown = [effect for effect in found.effects if effect.shown]
    blocks: list[Block] = [Title(found.arm.title, f"resultats-{name}", 3)]
    if not shown:
        return [*blocks, Paragraph("Aucun critère n’est connu d’assez de personnes des deux côtés.")]
    blocks += [Paragraph(_said(effect)) for effect in shown if effect.primary and effect.main]
    columns = (
        Column("Critère", "outcome"),
        Column("Rang", "rank"),
        Column("Suivies", "followed", Kind.COUNT),
        Column("Comparées", "compared", Kind.COUNT),
        Column("Part, suivies", "share", Kind.TENTH),
        Column("Part, comparées (brute)", "other", Kind.TENTH),
        Column("Effet", "effect", Kind.POINTS, "low", "high"),
        Column("p corrigé", "p", Kind.P_VALUE),
    )
    frame = made(
        {
            "outcome": [effect.outcome.label for effect in shown],
            "rank": [RANKS[effect.primary] for effect in shown],
            "followed": [effect.known[0] for effect in shown],
            "compared": [effect.known[1] for effect in shown],
            "share": [effect.shares[0] for effect in shown],
            "other": [effect.shares[1] for effect in shown],
            "effect": [effect.main.value if effect.main else None for effect in shown],
            "low": [effect.main.low if effect.main else None for effect in shown],
            "high": [effect.main.high if effect.main else None for effect in shown],
            "p": [effect.p_adjusted for effect in shown],
        }
    )
    main = next(effect.main for effect in shown if effect.main) if any(effect.main for effect in shown) else None
    note = (
        f"{main.method}{NBSP}; intervalle à 95{NBSP}%{NBSP}; portée{NBSP}: {main.scope}. "
        f"{family([effect.outcome.label for effect in shown if effect.primary] or ['—'])}"
        if main
        else ""
    )
    blocks.append(Table(f"effets-{name}-table", f"Effet sur chaque critère, {found.arm.name}", columns, frame, note))
    figure = forest(found)
    if figure:
        blocks.append(figure)
    notes = dict.fromkeys(note for effect in shown for each in effect.estimates.values() for note in each.notes)
    refused = [
        f"{effect.outcome.label}, {planned.label}{NBSP}: {why}"
        for effect in found.effects
        for planned, why in effect.refused.items()
    ]
    absent = [
        f"{effect.outcome.label}{NBSP}: trop peu de personnes connues d’un des deux côtés, aucun effet n’est donné."
        for effect in found.effects
        if not effect.shown
    ]
    if notes or refused or absent:
        blocks.append(Points((*notes, *refused, *absent)))
    blocks += _subgroups(found)
    return blocks


def _said(effect: Effect) -> str:
    assert effect.main is not None  # noqa: S101 - asked by the caller
    low, high = effect.main.interval
    what = "augmente" if low > 0 else "diminue" if high < 0 else "ne change pas de façon établie"
    return (
        f"Critère {RANKS[effect.primary]}, {effect.outcome.label.lower()}{NBSP}: {french.percent(effect.shares[0])} "
        f"des personnes suivies. La part {what} avec le dispositif{NBSP}: {effect_said(effect.main)}."
    )


def _subgroups(found: Effects) -> list[Block]:
    blocks: list[Block] = []
    for group, result in found.subgroups:
        if isinstance(result, str):
            blocks.append(Notice(f"Sous-groupe «{NBSP}{group.label}{NBSP}».", result))
        elif result.main:
            blocks.append(
                Paragraph(f"Sous-groupe déclaré d’avance, {group.label.lower()}{NBSP}: {effect_said(result.main)}.")
            )
    return blocks
