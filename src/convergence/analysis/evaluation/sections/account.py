"""The account: what is spent and what is avoided, before–after and counterfactuals side by side."""

from collections.abc import Callable
from functools import partial
from typing import Any

from convergence.analysis import french
from convergence.analysis.conventions import TWO_YEARS
from convergence.analysis.costs import Payer, Perspective, SavingClass, conditions, tornado
from convergence.analysis.evaluation.charts import balance_curve, break_even_curves, tornado_chart
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
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import (
    BEFORE_AFTER,
    CAPACITY,
    Bill,
    Money,
    answer,
    cumulated,
    of_class,
)
from convergence.analysis.evaluation.sections.opening import uncompared
from convergence.analysis.evaluation.sections.wording import break_even_said, capacity_said, sentence
from convergence.analysis.evaluation.variants import Variants
from convergence.analysis.french import NBSP
from convergence.analysis.impact.protocol import Contrast

CLASSES = (SavingClass.CASHABLE, SavingClass.CAPACITY, SavingClass.PROGRAMME, SavingClass.DEFERRED)
_SHARES = (0.0, 0.5, 1.0)
_Rows = list[tuple[str, Callable[[Bill], Any]]]
"""Rows of a table by contrast: a label, and how much of each line it counts."""


def account(found: Gathered) -> list[Block]:
    money = found.money
    blocks: list[Block] = [
        Title("Le compte", "compte"),
        Paragraph(
            f"Euros constants de {money.year} par personne suivie, cumulés depuis l’entrée, sans actualisation. "
            f"Positif{NBSP}: un payeur dépense moins qu’il n’aurait dépensé. Trois sortes d’économies, sur des lignes "
            "séparées\u00a0: l’argent qui n’est pas dépensé ou qui rentre\u00a0; les capacités libérées (nuits "
            "d’hébergement, jours d’hôpital), que d’autres occupent aussitôt\u00a0; les droits différés, qui ne "
            "comptent dans aucun équilibre. Les fondations sont à part\u00a0: la phrase publiée porte sur le "
            "financement public."
        ),
    ]
    if len(money.bills) == 1:
        blocks.append(Notice("Avant–après seulement.", uncompared(found.missing)))
    else:
        blocks.append(
            Paragraph(
                "L’avant–après et les comparaisons sont côte à côte\u00a0: le premier attribue au dispositif tout ce "
                "qui aurait changé sans lui\u00a0; les secondes retirent ce que des personnes semblables ont vécu "
                "sans lui."
            )
        )
    blocks += [_equilibrium(money), _classes(money)]
    blocks += [balance_curve(bill) for bill in money.bills]
    blocks += [_payers(money), *_break_even(money)]
    blocks += _variants(found)
    blocks += _society(money)
    blocks += _moves(money)
    for code, why in money.missing.items():
        blocks.append(Notice(f"Compte absent ({code}).", why))
    notes = dict.fromkeys(note for bill in money.bills for note in bill.account.notes)
    if notes:
        blocks.append(Points(tuple(notes)))
    return blocks


def _equilibrium(money: Money) -> Table:
    """The answer of each contrast, for cashable savings alone, then with half and all of the capacity."""
    answers = [answer(bill, share) for bill in money.bills for share in _SHARES]
    frame = made(
        {
            "contrast": [each.bill.title for each in answers],
            "counted": [sentence(capacity_said(each.capacity))[:-1] for each in answers],
            "balance": [each.net for each in answers],
            "low": [each.low for each in answers],
            "high": [each.high for each in answers],
            "break_even": [break_even_said(each) for each in answers],
            "by_two_years": [each.probability for each in answers],
            "never": [each.never for each in answers],
        }
    )
    month = min(each.month for each in answers)
    columns = (
        Column("Comparaison", "contrast"),
        Column("Économies comptées", "counted"),
        Column(f"Bilan à {month} mois", "balance", Kind.SAVING, "low", "high"),
        Column("Équilibre", "break_even"),
        Column(f"Probabilité d’équilibre à {month} mois", "by_two_years", Kind.SHARE),
        Column("Jamais", "never", Kind.SHARE),
    )
    note = (
        "Équilibre\u00a0: premier mois à la fin duquel les économies cumulées couvrent le financement public, et le "
        "couvrent encore tous les mois suivants du compte. «\u00a0Jamais\u00a0»\u00a0: elles ne le couvrent pas à la "
        "fin. Intervalles à 95\u00a0%\u00a0: personnes, prix et recours aux droits tirés ensemble."
    )
    return Table("equilibre-financier", "Les coûts évités couvrent-ils le financement public ?", columns, frame, note)


def _classes(money: Money) -> Table:
    """Savings by class, one column a contrast."""
    rows: _Rows = [(kind.label, partial(of_class, kind=kind)) for kind in CLASSES]
    rows.append(("Fondations, à part", lambda bill: bill.account.lines.of_payers([Payer.FOUNDATIONS])))
    return _table(money, "compte-classes", "Par sorte d’économie", rows)


def _payers(money: Money) -> Table:
    """The balance of each payer, capacity counted by half; deferred rights left out."""

    def of_payer(bill: Bill, payer: Payer) -> Any:
        return bill.account.weights(capacity=CAPACITY, foundations=True, payers=[payer])

    paying = [payer for payer in Payer if payer is not Payer.SOCIETY]
    present = {line.payer for bill in money.bills for line in bill.account.lines.lines}
    rows: _Rows = [(payer.label, partial(of_payer, payer=payer)) for payer in paying if payer in present]
    return _table(money, "compte-payeurs", f"Par payeur, {capacity_said(CAPACITY)}", rows)


def _table(money: Money, name: str, caption: str, rows: _Rows) -> Table:
    columns = [Column("Ligne", "line")]
    frame: dict[str, list[object]] = {"line": [label for label, _ in rows]}
    months = {bill.horizon for bill in money.bills}
    for bill in money.bills:
        columns.append(Column(bill.title, bill.code, Kind.SAVING, f"{bill.code}_low", f"{bill.code}_high"))
        for suffix in ("", "_low", "_high"):
            frame[f"{bill.code}{suffix}"] = []
        public = bill.account.lines.chosen(Perspective.PUBLIC_FINANCE)
        for _, chosen in rows:
            central, low, high = (values[bill.horizon - 1] for values in cumulated(bill, chosen(bill) * public))
            frame[bill.code].append(float(central))
            frame[f"{bill.code}_low"].append(float(low))
            frame[f"{bill.code}_high"].append(float(high))
    when = french.months(max(months))
    note = f"Finances publiques, au bout de {when}, en euros par personne{NBSP}; intervalle à 95{NBSP}%."
    return Table(name, f"{caption}, au bout de {when}", tuple(columns), made(frame), note)


def _break_even(money: Money) -> list[Block]:
    blocks: list[Block] = [Title("Quand l’équilibre est-il atteint ?", "equilibre-quand", 3)]
    for bill in money.bills:
        figure, found = break_even_curves(bill)
        if all(each.never == 1 for each in found.values()):
            blocks.append(
                Paragraph(
                    f"{bill.title}{NBSP}: jamais en {french.months(bill.account.months)}, dans aucun des tirages, "
                    "même en comptant toutes les capacités libérées."
                )
            )
        else:
            blocks.append(figure)
    return blocks


def _variants(found: Gathered) -> list[Block]:
    """The same account where the cost is the published share, or is read otherwise."""
    money, variants = found.money, found.variants
    blocks: list[Block] = [
        Title("Ce que «\u00a0coût\u00a0» et «\u00a0financement public\u00a0» veulent dire", "lectures", 3)
    ]
    ordinary = next((bill for bill in money.bills if bill.code == Contrast.ORDINARY.value), None)
    if variants.published and ordinary:
        blocks += _published(variants, ordinary, variants.published)
    labels = list(next(iter(variants.readings.values())))
    columns = [Column("Financement compté", "reading")]
    frame: dict[str, list[object]] = {"reading": [sentence(label)[:-1] for label in labels]}
    for bill in money.bills:
        read = variants.readings[bill.code]
        frame[bill.code] = [read[label].within(bill.horizon) for label in labels]
        frame[f"{bill.code}_never"] = [read[label].never for label in labels]
        columns.append(Column(f"{bill.title}{NBSP}: à {french.months(bill.horizon)}", bill.code, Kind.SHARE))
        columns.append(Column("jamais", f"{bill.code}_never", Kind.SHARE))
    blocks += [
        Paragraph(
            "La phrase publiée ne dit pas ce qu’elle compte. Voici la probabilité que l’équilibre soit atteint, et "
            "celle qu’il ne le soit jamais, selon ce que l’on compte. Sans l’aide au poste, le financement est celui "
            "des seuls moyens du dispositif, mais les économies restent celles de tout l’emploi : cette lecture est "
            "donnée, non défendue."
        ),
        Table("lectures", f"L’équilibre selon la lecture, {capacity_said(CAPACITY)}", tuple(columns), made(frame)),
    ]
    return blocks


def _published(variants: Variants, ordinary: Bill, published: Bill) -> list[Block]:
    """Against an ordinary site, with what the files tell of both sides' funding, then with the published share."""
    low, central, high = (french.percent(each) for each in variants.share)
    rows = (
        ("Financements connus des deux côtés", ordinary),
        (f"Surcroît publié{NBSP}: {central} du coût d’un chantier ordinaire", published),
    )
    answers = [(label, answer(bill, share)) for label, bill in rows for share in (0.0, CAPACITY)]
    frame = made(
        {
            "cost": [label for label, _ in answers],
            "counted": [sentence(capacity_said(each.capacity))[:-1] for _, each in answers],
            "balance": [each.net for _, each in answers],
            "low": [each.low for _, each in answers],
            "high": [each.high for _, each in answers],
            "break_even": [break_even_said(each) for _, each in answers],
        }
    )
    columns = (
        Column("Coût du dispositif", "cost"),
        Column("Économies comptées", "counted"),
        Column(f"Bilan à {answers[0][1].month} mois", "balance", Kind.SAVING, "low", "high"),
        Column("Équilibre", "break_even"),
    )
    note = f"Part publiée tirée entre {low} et {high}{NBSP}; {variants.source}."
    return [
        Paragraph(
            f"{ordinary.title}, deux façons de compter le coût : ce que disent les financements enregistrés de part "
            f"et d’autre, durées de parcours comprises ; ou la part publiée, {central} de moyens en plus à durée "
            "égale. La seconde ne compte pas ce que coûtent des parcours plus longs, quand les économies, elles, en "
            "viennent."
        ),
        Table("cout-publie", f"Le bilan selon ce que coûte le dispositif, {ordinary.name}", columns, frame, note),
    ]


def _society(money: Money) -> list[Block]:
    """The same question from society's point of view, never added to the other."""
    answers = [(bill, answer(bill, 1.0, Perspective.SOCIETY)) for bill in money.bills]
    frame = made(
        {
            "contrast": [bill.title for bill, _ in answers],
            "balance": [each.net for _, each in answers],
            "low": [each.low for _, each in answers],
            "high": [each.high for _, each in answers],
            "never": [each.never for _, each in answers],
        }
    )
    columns = (
        Column("Comparaison", "contrast"),
        Column(f"Bilan à {answers[0][1].month} mois", "balance", Kind.SAVING, "low", "high"),
        Column("Jamais à l’équilibre", "never", Kind.SHARE),
    )
    return [
        Title("Pour la société", "societe", 3),
        Paragraph(
            "Un autre point de vue, qui ne s’ajoute pas au premier\u00a0: prestations et impôts n’y sont que des "
            "transferts, et s’annulent\u00a0; ce que le travail produit y compte, comme le temps des équipes et les "
            "places occupées."
        ),
        Table("compte-societe", "Le bilan pour la société, capacités comptées en entier", columns, frame),
    ]


def _moves(money: Money) -> list[Block]:
    """What moves the balance, and what must be true for the published sentence."""
    main = next((bill for bill in money.bills if bill.code != BEFORE_AFTER), money.bills[0])
    blocks: list[Block] = [Title("Ce qui déplace le bilan, et ce qui devrait être vrai", "sensibilite-compte", 3)]
    for bill in money.bills:
        at = bill.horizon
        central = float(bill.curve(CAPACITY).central[at - 1])
        blocks.append(tornado_chart(bill, tornado(bill.account, month=at, capacity=CAPACITY), central))
    said = [str(each) for each in _telling(main)]
    if main.account.months >= TWO_YEARS:
        blocks += [
            Paragraph(
                "Pour que la phrase «\u00a0à partir de la fin de la deuxième année\u00a0» soit aussi probable que "
                f"non, {main.name}, il faudrait, les autres paramètres restant ce qu’ils sont\u00a0:"
            ),
            Points(tuple(said)),
        ]
    return blocks


def _telling(bill: Bill) -> list[object]:
    """Conditions that some value meets; where none is, the effect, the cost and the capacity, which say so."""
    found = conditions(bill.account, month=bill.horizon, capacity=CAPACITY)
    return [each for each in found if each.crossing is not None or each.code in {"effect", "programme", "capacity"}]


def definitions() -> list[Block]:
    items = (
        (
            "Financement public",
            "Aide au poste, moyens supplémentaires du dispositif et part des collectivités et de l’Europe, par "
            "personne et par mois de parcours\u00a0; les fondations sont à part.",
        ),
        (
            "Avant–après",
            "Les mêmes personnes, leur situation et leurs revenus du jour d’entrée étant maintenus pour toujours. Ce "
            "n’est pas un effet\u00a0: une partie de ces personnes seraient allées mieux sans le dispositif.",
        ),
        (
            "Face à un chantier d’insertion ordinaire",
            "Ce que le dispositif ajoute à un chantier d’insertion\u00a0: les deux côtés ont l’aide au poste, un "
            "seul a les moyens supplémentaires.",
        ),
        (
            "Face à l’absence de chantier d’insertion",
            "Tout ce que le chantier et le dispositif coûtent et changent, par rapport à des personnes qui n’ont pas "
            "été embauchées.",
        ),
    )
    return [Definitions(items)]
