"""How far the results hold: what is not measured, who is lost from sight, what cannot be an effect."""

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.document import Block, Column, Kind, Paragraph, Points, Table, Title, made
from convergence.analysis.evaluation.effects import Effect
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import CAPACITY, CENTRAL, answer
from convergence.analysis.evaluation.sections.wording import break_even_said, sentence
from convergence.analysis.french import NBSP
from convergence.analysis.profiles import LABELS

_Rows = list[tuple[Arm, Effect]]


def sensitivity(found: Gathered) -> list[Block]:
    rows = [(each.arm, effect) for each in found.effects for effect in each.effects if effect.main and effect.shown]
    blocks: list[Block] = [Title("Sensibilité", "sensibilite"), *_hidden(rows), *_unknown(rows), *_lost(found)]
    blocks += _controls(found)
    power = next((each.power for each in found.effects if each.power), None)
    if power:
        blocks += [Title("Ce que cette étude pouvait voir", "puissance", 3), Paragraph(sentence(power.summary()))]
    return blocks


def _hidden(rows: _Rows) -> list[Block]:
    """Hidden differences: the E-value and Rosenbaum's limit of each effect."""
    if not rows:
        return []
    frame = made(
        {
            "contrast": [arm.title for arm, _ in rows],
            "outcome": [effect.outcome.label for _, effect in rows],
            "e_value": [effect.e_value.value if effect.e_value else None for _, effect in rows],
            "e_bound": [effect.e_value.bound if effect.e_value else None for _, effect in rows],
            "gamma": [effect.rosenbaum.limit if effect.rosenbaum else None for _, effect in rows],
        }
    )
    columns = (
        Column("Comparaison", "contrast"),
        Column("Critère", "outcome"),
        Column("Valeur E", "e_value", Kind.NUMBER),
        Column("de l’intervalle", "e_bound", Kind.NUMBER),
        Column("Γ limite", "gamma", Kind.NUMBER),
    )
    return [
        Paragraph(
            "Valeur E\u00a0: combien de fois plus fréquente dans un groupe, et combien de fois plus liée au résultat, "
            "devrait être une cause que personne n’a mesurée pour expliquer tout l’effet. Γ limite\u00a0: de combien "
            "les chances d’être suivies de deux personnes semblables pourraient différer sans que l’effet cesse "
            "d’être établi (vide\u00a0: il ne l’est pas)."
        ),
        Table("sensibilite-effets", "Ce qu’il faudrait pour que les effets n’en soient pas", columns, frame),
    ]


def _unknown(rows: _Rows) -> list[Block]:
    """Each effect under what may be supposed of the people lost from sight, from the most to the least."""
    rows = [(arm, effect) for arm, effect in rows if sum(effect.lost)]
    if not rows:
        return []
    arms = {arm.contrast: arm for arm, _ in rows}
    return [
        Title("Les effets, si les personnes perdues de vue étaient connues", "effets-perdues", 3),
        Paragraph(
            "De gauche à droite, on suppose de moins en moins. « Écartées » : elles seraient comme celles dont on a "
            "des nouvelles (cas central). « Pondérées » : comme celles dont on a des nouvelles et qui leur "
            "ressemblaient à l’entrée. « Lee » : le dispositif n’agit sur le suivi que dans un sens, et l’effet est "
            "celui des personnes que l’on aurait suivies des deux côtés. « Manski » : rien n’est supposé ; l’effet "
            "est entre le pire et le meilleur cas. Des bornes qui contiennent zéro disent que les données seules ne "
            "suffisent pas."
        ),
        *(_of_the_lost(arm, [effect for each, effect in rows if each is arm]) for arm in arms.values()),
    ]


def _of_the_lost(arm: Arm, effects: list[Effect]) -> Table:
    values: dict[str, list[object]] = {
        "outcome": [effect.outcome.label for effect in effects],
        "lost_followed": [_share(effect, 0) for effect in effects],
        "lost_compared": [_share(effect, 1) for effect in effects],
    }
    for name, estimates in (
        ("main", [effect.main for effect in effects]),
        ("still", [effect.still_followed for effect in effects]),
    ):
        for key, of in (("", "value"), ("_low", "low"), ("_high", "high")):
            values[name + key] = [getattr(each, of) if each else None for each in estimates]
    for name, bounds in (
        ("lee", [effect.trimmed for effect in effects]),
        ("manski", [effect.bounds for effect in effects]),
    ):
        for of in ("lower", "upper", "low", "high"):
            values[f"{name}_{of}"] = [getattr(each, of) if each else None for each in bounds]
    columns = (
        Column("Critère", "outcome"),
        Column("Perdues, suivies", "lost_followed", Kind.SHARE),
        Column("Perdues, comparées", "lost_compared", Kind.SHARE),
        Column("Écartées", "main", Kind.IN_POINTS, "main_low", "main_high"),
        Column("Pondérées", "still", Kind.IN_POINTS, "still_low", "still_high"),
        Column("Lee", "lee_lower", Kind.IN_POINTS, to="lee_upper"),
        Column("Manski", "manski_lower", Kind.IN_POINTS, to="manski_upper"),
    )
    caption = f"Chaque effet selon ce que l’on suppose des personnes perdues de vue, {arm.name}, en points"
    note = (
        "Estimateur doublement robuste pour « écartées » et « pondérées », intervalle à 95 %. L’intervalle des bornes, "
        "hasard compris (Imbens et Manski), est dans le fichier."
    )
    return Table(f"effets-perdues-{arm.contrast.value}", caption, columns, made(values), note)


def _share(effect: Effect, side: int) -> float | None:
    """Of the people whom the outcome concerns, those lost; nothing where they are one to four."""
    lost = effect.lost[side]
    return None if 0 < lost < SMALLEST else lost / max(1, lost + effect.known[side])


def _lost(found: Gathered) -> list[Block]:
    """The account under each assumption on people lost from sight."""
    bills = [*found.money.bills, *found.money.others]
    answers = [answer(bill, CAPACITY) for bill in bills]
    frame = made(
        {
            "contrast": [bill.title for bill in bills],
            "assumption": [sentence(bill.lost.value)[:-1] for bill in bills],
            "balance": [each.net for each in answers],
            "low": [each.low for each in answers],
            "high": [each.high for each in answers],
            "break_even": [break_even_said(each) for each in answers],
        }
    ).sort("contrast", maintain_order=True)
    columns = (
        Column("Comparaison", "contrast"),
        Column("Personnes perdues de vue", "assumption"),
        Column(f"Bilan à {answers[0].month} mois", "balance", Kind.SAVING, "low", "high"),
        Column("Équilibre", "break_even"),
    )
    return [
        Title("Si les personnes perdues de vue étaient devenues autre chose", "perdues", 3),
        Paragraph(
            f"Le cas central suppose que {CENTRAL.value}\u00a0; l’autre, un retour à la situation d’entrée, des deux "
            "côtés d’une comparaison. Rien ne dit que le vrai soit entre les deux."
        ),
        Table("compte-perdues", "Le bilan selon ce que l’on suppose des personnes perdues de vue", columns, frame),
    ]


def _controls(found: Gathered) -> list[Block]:
    said = []
    for each in found.effects:
        if each.placebo is None:
            continue
        tests = zip(each.placebo.estimates.items(), each.placebo.tests.adjusted, strict=True)
        for (name, estimate), p in tests:
            interval = french.between(*(french.number(end, 2, signed=True) for end in estimate.interval))
            value = french.number(estimate.value, 2, signed=True)
            label = LABELS.get(name, name).lower()
            said.append(f"{each.arm.title}, {label}{NBSP}: {value} {interval}, p corrigé {french.p_value(p)}.")
        said.append(f"{each.arm.title}{NBSP}: {each.placebo.summary().splitlines()[-1].strip()}")
    if not said:
        return []
    return [
        Title("Critères témoins", "temoins", 3),
        Paragraph(
            "Des faits d’avant l’entrée, que le dispositif n’a pas pu changer\u00a0: un effet y serait un biais."
        ),
        Points(tuple(said)),
    ]
