"""How far the results hold; their limits in plain words; sources; what made them."""

from convergence.analysis import french
from convergence.analysis.costs import Status
from convergence.analysis.evaluation.document import (
    Block,
    Column,
    Notice,
    Paragraph,
    Points,
    Sources,
    Table,
    Title,
    made,
)
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.money import CAPACITY, CENTRAL, answer
from convergence.analysis.evaluation.sections.account import definitions
from convergence.analysis.evaluation.sections.opening import PUBLISHED
from convergence.analysis.evaluation.sections.wording import break_even_said, sentence
from convergence.analysis.french import NBSP

CHECKLIST = (
    ("Question, grandeur estimée, population, temps zéro, critères, fixés d’avance", "Protocole"),
    ("Ce qui a été fait autrement", "Protocole, écarts au protocole"),
    ("Personnes à chaque étape, perdues de vue, entrées trop récemment", "Qui est étudié"),
    ("Caractéristiques des deux groupes, recouvrement, taille efficace", "Les groupes se ressemblent-ils ?"),
    ("Données manquantes à l’entrée", "Protocole (covariables) : moyenne, avec un indicateur de ce qui manque"),
    ("Effets bruts, ajustés, intervalles, multiplicité, portée", "Ce que les personnes sont devenues"),
    ("Évolution avant et après, durées, événements concurrents", "Ce que les personnes sont devenues"),
    ("Sous-groupes déclarés d’avance", "Protocole ; Ce que les personnes sont devenues"),
    ("Coûts, point de vue, prix et leur source, incertitude", "Le compte ; Sources"),
    ("Confusion non mesurée, perte de vue, critères témoins, puissance", "Sensibilité"),
    ("Limites, biais possibles, à qui le résultat s’étend", "Limites"),
    ("De quoi refaire le calcul", "Pour refaire ce rapport"),
)
"""Points of STROBE and TREND, and the section that answers each."""
ABOUT = {
    "day": "Date du rapport",
    "as_of": "Dernier jour connu des données",
    "seed": "Graine des tirages",
    "draws": "Tirages",
    "law": "Droit",
    "dataset_sha256": "Empreinte du jeu de données (SHA-256)",
    "comparison_sha256": "Empreinte des personnes de comparaison",
    "protocol_sha256": "Empreinte du protocole",
    "prices_sha256": "Empreinte du fichier de prix",
}
BENEFITS = {
    "rsa": "RSA",
    "in_work_benefit": "prime d’activité",
    "aah": "AAH",
    "ass": "ASS",
    "housing_aid": "aide au logement",
}


def limits(found: Gathered) -> list[Block]:
    money = found.money
    lines = money.ledger.lines
    items: list[str] = [
        "Un avant–après n’est pas un effet. Les études de dispositifs semblables trouvent des économies nettes quand "
        "elles comparent avant et après, et un coût net quand elles tirent au sort (Ly et Latimer, 2015).",
        "Une comparaison pondérée retire ce qui est mesuré à l’entrée, pas ce qui ne l’est pas.",
        "Une place d’hébergement libérée est occupée le soir même\u00a0: c’est un service rendu, rarement un "
        "euro rendu.",
        f"Personnes perdues de vue{NBSP}: le cas central suppose que {CENTRAL.value}, dans "
        f"{french.percent(money.supposed)} des mois des deux premières années.",
    ]
    items += [sentence(each) for each in lines.not_counted]
    averages = [
        f"{BENEFITS[name]} ({french.percent(share)} des mois)" for name, share in money.averages.items() if share > 0
    ]
    if averages:
        items.append(
            f"Moyennes publiées à la place de la loi du mois, que le calcul ne reprend pas sûrement{NBSP}: "
            f"{french.listed(averages)}."
        )
    memory = list(dict.fromkeys(flag.split(NBSP)[0].strip(" :") for flag in lines.flags if Status.MEMORY.label in flag))
    blocks: list[Block] = [
        Title("Limites", "limites"),
        Points(tuple(dict.fromkeys(items))),
        Title("La phrase publiée, et ce rapport", "phrase-publiee", 3),
        Paragraph(PUBLISHED),
    ]
    blocks += [
        Paragraph(
            f"Ici, {bill.name}{NBSP}: bilan à {french.months(each.month)} de {french.euros(each.net, signed=True)} "
            f"[{french.euros(each.low, signed=True)}{NBSP}; {french.euros(each.high, signed=True)}], équilibre{NBSP}: "
            f"{break_even_said(each)}."
        )
        for bill, each in ((bill, answer(bill, CAPACITY)) for bill in money.bills)
    ]
    if memory:
        blocks.append(
            Notice(
                "Prix à vérifier avant impression.",
                f"Donnés de mémoire, non relus dans leur source{NBSP}: {french.listed(memory)}.",
            )
        )
    told = (sentence(note) for note in (*money.notes, *lines.flags) if Status.MEMORY.label not in note)
    supposed = dict.fromkeys(told)
    blocks += [Title("Ce qui a été supposé", "suppositions", 3), Points(tuple(supposed))]
    blocks += [Title("Mots de ce compte", "mots", 3), *definitions()]
    return blocks


def sources(found: Gathered) -> list[Block]:
    prices = found.money.prices
    items = [
        (
            f"{item.label} ({item.unit}), {french.euros(row.central, 2)}.",
            f"{row.source}, {row.status.label}, en vigueur au {row.since:%d/%m/%Y}.",
        )
        for item in prices.items.values()
        for row in item.prices[-1:]
    ]
    take_up = [
        (f"{factor.label}.", f"{factor.source}.")
        for factor in found.money.ledger.lines.factors.values()
        if factor.code.startswith("take_up")
    ]
    methods = [
        ("Score de propension.", "Rosenbaum et Rubin, 1983, Biometrika 70:41-55."),
        ("Équilibrage par l’entropie.", "Hainmueller, 2012, Political Analysis 20:25-46."),
        ("Estimateur doublement robuste.", "Robins, Rotnitzky et Zhao, 1994, JASA 89:846-866."),
        ("Valeur E.", "VanderWeele et Ding, 2017, Annals of Internal Medicine 167:268-274."),
        ("Bornes de Rosenbaum.", "Rosenbaum, 2002, Observational Studies, 2e édition."),
        (
            "Différence de différences, étude d’événement.",
            "Borusyak, Jaravel et Spiess, 2024, Review of Economic Studies 91:3253-3285 ; Sun et Abraham, 2021, "
            "Journal of Econometrics 225:175-199.",
        ),
        ("Fins concurrentes.", "Aalen et Johansen, 1978, Scandinavian Journal of Statistics 5:141-150."),
        ("Durée moyenne restreinte.", "Royston et Parmar, 2013, BMC Medical Research Methodology 13:152."),
        ("Rapport des chances du mois.", "Cox, 1972, Journal of the Royal Statistical Society B 34:187-220."),
        ("Point de repère.", "Anderson, Cain et Gelber, 1983, Journal of Clinical Oncology 1:710-719."),
        (
            "Bornes des personnes perdues de vue.",
            "Manski, 1990, American Economic Review 80:319-323 ; Lee, 2009, Review of Economic Studies 76:1071-1102.",
        ),
        ("Chance d’être encore suivie.", "Robins, Rotnitzky et Zhao, 1995, JASA 90:106-121."),
        ("Prestations, cotisations et impôt.", "OpenFisca-France, version au manifeste, loi de chaque mois."),
        (
            "Études avant–après et études tirées au sort.",
            "Ly et Latimer, 2015, Canadian Journal of Psychiatry 60:475-487.",
        ),
    ]
    return [Title("Sources", "sources"), Sources((*items, *take_up, *methods)), *_checklist()]


def _checklist() -> list[Block]:
    """Where a reader who checks an observational study point by point finds each of them."""
    columns = (Column("Ce qu’un relecteur cherche", "point"), Column("Où le lire", "place"))
    frame = made({"point": [point for point, _ in CHECKLIST], "place": [place for _, place in CHECKLIST]})
    caption = "Les points de STROBE (études observationnelles) et de TREND (non tirées au sort)"
    return [Title("Pour qui relit cette étude", "relecture", 3), Table("relecture", caption, columns, frame)]


def made_with(about: dict[str, object]) -> list[Block]:
    """What it takes to make this report again."""
    rows = [(label, about[key]) for key, label in ABOUT.items() if isinstance(about.get(key), str | int)]
    frame = made({"what": [key for key, _ in rows], "said": [str(value) for _, value in rows]})
    columns = (Column("Quoi", "what"), Column("Valeur", "said"))
    return [
        Title("Pour refaire ce rapport", "manifeste"),
        Paragraph(
            "Les mêmes fichiers, la même graine et les mêmes versions donnent les mêmes octets. Le fichier "
            "manifest.json, à côté de ce rapport, donne les versions des bibliothèques et l’empreinte de chaque "
            "fichier."
        ),
        Table("manifeste", "Entrées et versions", columns, frame),
    ]
