"""What changed since the entry on both sides, and how long until an exit, a home or a job."""

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.changes import Change, Changes, Study
from convergence.analysis.evaluation.charts import event_study, over_time
from convergence.analysis.evaluation.document import Block, Column, Kind, Paragraph, Points, Table, Title, made
from convergence.analysis.evaluation.sections.wording import effect_said
from convergence.analysis.evaluation.spans import AFTERWARDS, HOUSED_BY, LATEST, Event, Housed, Span, Spans
from convergence.analysis.french import NBSP
from convergence.analysis.impact.cox import SCHEME
from convergence.analysis.impact.estimates import Estimate

PLANNED = {True: "prévue au protocole", False: "hors protocole, pour vérifier"}
_CURVES = {
    Event.EXIT: ("sorties", "Part des personnes sorties vers un emploi durable"),
    Event.HOME: ("logement", "Part des personnes ayant obtenu un logement"),
    Event.JOB: ("emploi", "Part des personnes ayant trouvé un emploi hors insertion"),
}
_WAITED = {Event.EXIT: "Fin de parcours vers un emploi durable", Event.HOME: "Logement", Event.JOB: "Emploi"}


def durations(spans: Spans) -> list[Block]:
    """Curves of each event, the difference in words, and Cox's ratios in a table."""
    blocks: list[Block] = []
    for event, span in spans.spans.items():
        anchor, title = _CURVES[event]
        name = f"{anchor}-{spans.arm.contrast.value}"
        blocks.append(over_time(span.curves, name, f"{title}, {spans.arm.name}", LATEST))
        if span.difference:
            blocks.append(Paragraph(_difference(event, span, span.difference)))
    return [*blocks, *_hazards(spans)]


def _difference(event: Event, span: Span, found: Estimate) -> str:
    """A difference of incidences, or of mean months without the event (restricted mean)."""
    if event is Event.EXIT:
        return (
            f"Écart à {french.months(span.until)}, les autres fins de parcours étant possibles{NBSP}: "
            f"{effect_said(found)}."
        )
    low, value, high = (french.number(each, 1, signed=True) for each in (found.low, found.value, found.high))
    what = "sans logement" if event is Event.HOME else "sans emploi hors insertion, temps de chantier compris"
    return (
        f"Durée moyenne {what}, dans les {span.until}{NBSP}premiers mois{NBSP}: {value}{NBSP}mois "
        f"{french.between(low, high)}."
    )


def _hazards(spans: Spans) -> list[Block]:
    rows = [(event, span, span.hazards) for event, span in spans.spans.items() if span.hazards]
    if not rows:
        return []
    ratios = [hazards.hazard_ratio() for _, _, hazards in rows]
    values = {
        "event": [_WAITED[event] for event, _, _ in rows],
        "ratio": [ratio[0] for ratio in ratios],
        "low": [ratio[1] for ratio in ratios],
        "high": [ratio[2] for ratio in ratios],
        "p": [hazards.p_value(SCHEME) for _, _, hazards in rows],
        "e_value": [span.e_value.value if span.e_value else None for _, span, _ in rows],
    }
    columns = (
        Column("Ce qui est attendu", "event"),
        Column("Rapport des chances du mois", "ratio", Kind.NUMBER, "low", "high"),
        Column("p", "p", Kind.P_VALUE),
        Column("Valeur E", "e_value", Kind.NUMBER),
    )
    note = (
        "Modèle de Cox, pondéré comme la comparaison, erreurs robustes ; les autres fins de parcours y sont censurées. "
        "Sous 1, l’événement vient plus tard : qui reste plus longtemps sur un chantier en sort moins vite, et y est "
        "moins vite en emploi ailleurs. Si l’effet change avec le temps, ce rapport n’en est qu’une moyenne : lisez "
        "alors l’écart des durées, ci-dessus, qui ne suppose rien."
    )
    name, title = f"durees-{spans.arm.contrast.value}", f"Plus tôt ou plus tard, {spans.arm.name}"
    return [Table(name, title, columns, made(values), note)]


def changes(found: Changes) -> list[Block]:
    """Differences in differences of the outcomes that have a value at entry, and their event study."""
    if not found.changes:
        return []
    arm = found.arm
    shown = [(change, change.estimate) for change in found.changes if isinstance(change.estimate, Estimate)]
    refused = [
        f"{each.outcome.label}{NBSP}: {each.estimate}" for each in found.changes if isinstance(each.estimate, str)
    ]
    blocks: list[Block] = [
        Title(f"Avant et après, des deux côtés, {arm.name}", f"differences-{arm.contrast.value}", 3),
        Paragraph(
            "La différence de différences retire ce qui séparait déjà les deux groupes le jour de l’entrée : ce qui a "
            "changé pour les personnes suivies, moins ce qui a changé pour les personnes comparées. Elle suppose que, "
            "sans le dispositif, les deux auraient évolué de la même façon ; un groupe parti de plus bas a plus de "
            "place pour monter."
        ),
    ]
    if shown:
        blocks.append(_differences(found, shown))
    studies = [(each, each.study) for each in found.changes if isinstance(each.study, Study)]
    if studies:
        blocks.append(event_study(arm, [(each.outcome, study) for each, study in studies]))
    refused += [f"{each.outcome.label}{NBSP}: {each.study}" for each in found.changes if isinstance(each.study, str)]
    notes = dict.fromkeys(note for _, study in studies for note in study.fit.inference.notes)
    notes |= dict.fromkeys(f"{each.outcome.label}{NBSP}: {study.notes[-1]}" for each, study in studies)
    if notes or refused:
        blocks.append(Points((*notes, *refused)))
    return blocks


def _differences(found: Changes, shown: list[tuple[Change, Estimate]]) -> Table:
    arm = found.arm
    frame = made(
        {
            "outcome": [change.outcome.label for change, _ in shown],
            "planned": [PLANNED[change.planned] for change, _ in shown],
            "followed": [estimate.treated for _, estimate in shown],
            "compared": [estimate.controls for _, estimate in shown],
            "effect": [estimate.value for _, estimate in shown],
            "low": [estimate.low for _, estimate in shown],
            "high": [estimate.high for _, estimate in shown],
            "p": [estimate.p_value for _, estimate in shown],
        }
    )
    columns = (
        Column("Critère", "outcome"),
        Column("Analyse", "planned"),
        Column("Suivies", "followed", Kind.COUNT),
        Column("Comparées", "compared", Kind.COUNT),
        Column("Différence de différences", "effect", Kind.POINTS, "low", "high"),
        Column("p", "p", Kind.P_VALUE),
    )
    first = shown[0][1]
    errors = "par chantier (CR2)" if first.clusters else "par personne"
    note = (
        f"Personnes connues aux deux dates, pondérées comme la comparaison ; erreur {errors}, degrés de Satterthwaite, "
        f"intervalle à 95 % ; portée : {first.scope}. p non corrigé."
    )
    name = f"differences-{arm.contrast.value}"
    return Table(name, f"Différence de différences depuis l’entrée, {arm.name}", columns, frame, note)


def housed(found: Housed | None) -> list[Block]:
    """The landmark: an association among the people of the scheme, told as such."""
    if found is None:
        return []
    estimate = found.estimate
    shares = [french.percent(estimate.diagnostics[f"{side}_share"]) for side in ("treated", "control")]
    gone = f"moins de{NBSP}{SMALLEST}" if 0 < found.gone < SMALLEST else french.number(found.gone)
    title = f"Logées dans les {HOUSED_BY} mois, sortent-elles plus souvent vers l’emploi ?"
    return [
        Title(title, "repere", 3),
        Paragraph(
            f"Parmi les personnes du dispositif sans logement à l’entrée et encore en parcours à {HOUSED_BY} mois "
            f"({french.number(estimate.treated)} logées, {french.number(estimate.controls)} non ; {gone} sorties "
            f"avant, qui ne comptent pas), {shares[0]} des premières et {shares[1]} des secondes sortent vers un "
            f"emploi durable dans les {AFTERWARDS} mois suivants : écart {effect_said(estimate)}. Partir de ce point "
            "de repère évite de donner au logement les mois qu’il fallait rester pour l’obtenir. Ce n’est pas un "
            "effet : rien ne dit que ces deux groupes se ressemblent."
        ),
    ]
