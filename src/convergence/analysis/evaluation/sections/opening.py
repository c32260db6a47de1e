"""What is found, in a few sentences; the protocol; the flow of people."""

from collections.abc import Sequence

from convergence.analysis import french
from convergence.analysis.evaluation.arms import NAMES, NoArm
from convergence.analysis.evaluation.document import (
    Block,
    Column,
    Facts,
    Lead,
    Notice,
    Paragraph,
    Points,
    Table,
    Title,
    made,
)
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import BEFORE_AFTER, CAPACITY, CENTRAL, Answer, Bill, answer
from convergence.analysis.evaluation.sections.wording import (
    break_even_said,
    capacity_said,
    effect_said,
    interval,
    sentence,
)
from convergence.analysis.french import NBSP
from convergence.analysis.impact.outcomes import flow
from convergence.analysis.impact.protocol import Contrast

PUBLISHED = (
    "La phrase publiée est que les coûts évités dépassent le financement public à partir de la fin de la deuxième "
    "année (« 22 mois »). C’est un résultat avant–après\u00a0: il compare les mêmes personnes à ce qu’elles étaient "
    "le jour de leur entrée, et attribue au dispositif tout ce qui aurait changé sans lui."
)
BRING = (
    "Aucun contrefactuel n’est disponible dans ces données\u00a0: personne ne dit ce que ces personnes seraient "
    "devenues sans le dispositif. Pour en avoir un, apportez les personnes d’un chantier d’insertion ordinaire, "
    "celles d’une liste d’attente ou un extrait administratif, dans le même schéma (option --comparison)\u00a0; sans "
    "elles, seul l’avant–après est donné, et il ne mesure pas un effet."
)

_MOSTLY_SUPPOSED = 0.5
"""Share of months without news above which the first page says so."""


def summary_of(found: Gathered) -> list[str]:
    """The sentences to remember: one for each contrast, the counterfactuals first; why there is none."""
    said = _verdicts(found)
    return said if found.arms else [*said, uncompared(found.missing)]


def _verdicts(found: Gathered) -> list[str]:
    bills = sorted(found.money.bills, key=lambda bill: bill.code == BEFORE_AFTER)
    return [verdict(answer(bill, CAPACITY), answer(bill, 0.0)) for bill in bills]


def uncompared(missing: Sequence[NoArm]) -> str:
    """Why no comparison could be made, and what to do: nobody was brought, or those who were cannot be compared."""
    tried = [each for each in missing if each.people]
    if not tried:
        return BRING
    reasons = " ".join(
        f"Pas de comparaison {NAMES[each.contrast]}\u00a0: {each.why[0].lower()}{each.why[1:]}" for each in tried
    )
    return f"{reasons} Seul l’avant–après est donné, et il ne mesure pas un effet."


def verdict(half: Answer, alone: Answer) -> str:
    """Whether what is avoided exceeds the public funding at the end of the second year, in this contrast."""
    bill = half.bill
    when = "à la fin de la deuxième année" if half.month == 24 else f"au bout de {french.months(half.month)}"
    fact = {
        "dépassent": f"les coûts publics évités dépassent le financement public {when}",
        "ne dépassent pas": f"les coûts publics évités ne dépassent pas le financement public {when}",
        "ne sont pas départagées": f"ces données ne disent pas si les coûts publics évités dépassent le financement "
        f"public {when}",
    }[half.verdict]
    return (
        f"{bill.title}, {fact}{NBSP}: bilan de {french.euros(half.net, signed=True)} par personne "
        f"{capacity_said(CAPACITY)} (intervalle à 95{NBSP}% {interval(half.low, half.high)}), et de "
        f"{french.euros(alone.net, signed=True)} en argent seul ({interval(alone.low, alone.high)}). Probabilité que "
        f"l’équilibre soit alors atteint{NBSP}: {french.percent(half.probability)}. Équilibre{NBSP}: "
        f"{break_even_said(half)}."
    )


def summary(found: Gathered) -> list[Block]:
    said = _verdicts(found)
    blocks: list[Block] = [Title("En bref", "en-bref"), Lead(said[0])]
    blocks += [Paragraph(each) for each in said[1:]]
    if not found.arms:
        blocks.append(Notice("Pas de comparaison.", uncompared(found.missing)))
    if found.money.supposed > _MOSTLY_SUPPOSED:
        blocks.append(
            Notice(
                "Des vies supposées plus que connues.",
                f"{french.percent(found.money.supposed)} des mois des deux premières années sont sans nouvelles des "
                f"personnes\u00a0: le bilan y suppose que {CENTRAL.value}. Il dit ce que vaut cette hypothèse "
                "plus que ce qui est arrivé\u00a0: lisez-le avec les autres, dans «\u00a0Sensibilité\u00a0».",
            )
        )
    blocks.append(Facts(tuple(_facts(found))))
    if found.material.simulated:
        blocks.append(
            Notice(
                "Données simulées.",
                "Ces personnes n’existent pas\u00a0: le jeu de données a été tiré par un programme, avec des effets "
                "connus. Ce rapport montre ce que l’outil calcule, et ne dit rien du dispositif.",
            )
        )
    if not found.material.declared:
        blocks.append(
            Notice(
                "Pas de protocole daté.",
                "Aucun protocole n’a été donné (--protocol)\u00a0: les critères et les méthodes sont ceux que le "
                "logiciel propose par défaut. Ces résultats explorent les données, ils ne confirment rien.",
            )
        )
    blocks.append(Paragraph(PUBLISHED))
    return blocks


def _facts(found: Gathered) -> list[tuple[str, str]]:
    bill = found.money.bills[0]
    facts = [("personnes suivies dans le compte", french.number(bill.account.treated))]
    for arm in found.arms:
        facts.append((f"personnes comparées, {arm.name}", french.number(arm.sample.control_count)))
    for effects in found.effects[:1]:
        main = next((each for each in effects.effects if each.main), None)
        if main and main.main:
            label = f"{main.outcome.label[0].lower()}{main.outcome.label[1:]}, {effects.arm.name}"
            facts.append((label, effect_said(main.main)))
    counterfactual = next((each for each in found.money.bills if each.code != BEFORE_AFTER), bill)
    facts.append((f"probabilité d’équilibre à 24 mois, {counterfactual.name}", _probability(counterfactual)))
    return facts


def _probability(bill: Bill) -> str:
    return french.percent(answer(bill, CAPACITY).probability)


def protocol(found: Gathered) -> list[Block]:
    """The protocol as it was settled, and what was done otherwise."""
    printed = found.material.protocol.printed()
    columns = (Column("Point", "what"), Column("Ce qui a été décidé", "said"))
    frame = made({"what": [title for title, _ in printed], "said": [sentence(text) for _, text in printed]})
    blocks: list[Block] = [
        Title("Protocole", "protocole"),
        Paragraph(
            "Ce qui suit a été écrit et daté avant d’ouvrir ce que les personnes sont devenues."
            if found.material.declared
            else "Ce qui suit est le protocole par défaut du logiciel\u00a0: personne ne l’a daté d’avance."
        ),
        Table("protocole", "Le protocole", columns, frame),
    ]
    notes = [*found.opened.notes, *_deviations(found)]
    if notes:
        blocks += [Title("Écarts au protocole", "ecarts-au-protocole", 3), Points(tuple(notes))]
    return blocks


def _deviations(found: Gathered) -> tuple[str, ...]:
    planned = found.material.protocol
    arm = next((each for each in found.arms if each.planned), None)
    done = next((each for each in found.effects if each.arm is arm), None)
    if arm is None or done is None:
        return (f"La comparaison prévue, {NAMES[planned.contrast]}, n’a pas pu être faite.",)
    estimators = {each.value for effect in done.effects for each in effect.estimates}
    said = planned.deviations(
        outcomes=[effect.outcome.name for effect in done.effects if effect.estimates],
        estimators=[each.value for each in planned.estimators if each.value in estimators],
        covariates=planned.covariates,
        subgroups=[group.label for group, result in done.subgroups if not isinstance(result, str)],
    )
    others = [each.name for each in found.arms if not each.planned]
    if others:
        said += (f"Comparaison faite en plus de celle du protocole, pour mémoire{NBSP}: {french.listed(others)}.",)
    return said


def people_flow(found: Gathered) -> list[Block]:
    """How many people stand at each step, by arm."""
    protocol = found.material.protocol
    eligible = protocol.eligible(found.material.people)
    for arm in found.arms:
        eligible = eligible | arm.members
    rows = flow(found.opened.outcomes, eligible).rows()
    names = [f"arm_{place}" for place in range(len(rows[0]) - 1)]
    columns = (Column("Étape", "step"), *(Column(label, name) for label, name in zip(rows[0][1:], names, strict=True)))
    frame = made(
        {
            "step": [row[0] for row in rows[1:]],
            **{name: [row[k + 1] for row in rows[1:]] for k, name in enumerate(names)},
        }
    )
    blocks: list[Block] = [
        Title("Qui est étudié", "qui"),
        Paragraph(
            "Chacune compte à partir du premier jour de son premier parcours. Une personne dont on n’a plus de "
            "nouvelles n’est pas un échec\u00a0: elle est comptée à part, et des bornes disent ce qu’elle pourrait "
            "changer."
        ),
        Table("flux", "Les personnes, de l’entrée au suivi", columns, frame),
    ]
    if found.material.notes:
        blocks.append(Points(found.material.notes))
    for missing in found.missing:
        blocks.append(_absent(missing, found))
    return blocks


def _absent(missing: NoArm, found: Gathered) -> Block:
    name = NAMES[missing.contrast]
    bring = {
        Contrast.ORDINARY: "Apportez les personnes d’un chantier d’insertion ordinaire.",
        Contrast.NONE: "Apportez celles d’une liste d’attente ou un extrait administratif.",
    }[missing.contrast]
    nobody = not found.arms and not any(each.people for each in found.missing)
    text = BRING if nobody else f"{missing.why} {bring}"
    return Notice(f"Pas de comparaison {name}.", text)
