"""How far the results hold; their limits in plain words; sources; what made them."""

from convergence.analysis import french
from convergence.analysis.costs import Status
from convergence.analysis.evaluation.document import (
    Block,
    Column,
    Kind,
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
from convergence.analysis.profiles import LABELS

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


def sensitivity(found: Gathered) -> list[Block]:
    blocks: list[Block] = [Title("Sensibilité", "sensibilite")]
    blocks += _hidden(found)
    blocks += _lost(found)
    blocks += _controls(found)
    power = next((each.power for each in found.effects if each.power), None)
    if power:
        blocks += [Title("Ce que cette étude pouvait voir", "puissance", 3), Paragraph(sentence(power.summary()))]
    return blocks


def _hidden(found: Gathered) -> list[Block]:
    """Hidden differences: the E-value and Rosenbaum's limit of each effect; bounds for people lost from sight."""
    rows = [(each.arm, effect) for each in found.effects for effect in each.effects if effect.main and effect.shown]
    if not rows:
        return []
    frame = made(
        {
            "contrast": [arm.title for arm, _ in rows],
            "outcome": [effect.outcome.label for _, effect in rows],
            "e_value": [effect.e_value.value if effect.e_value else None for _, effect in rows],
            "e_bound": [effect.e_value.bound if effect.e_value else None for _, effect in rows],
            "gamma": [effect.rosenbaum.limit if effect.rosenbaum else None for _, effect in rows],
            "lost_followed": [effect.lost[0] / max(1, sum((effect.lost[0], effect.known[0]))) for _, effect in rows],
            "lost_compared": [effect.lost[1] / max(1, sum((effect.lost[1], effect.known[1]))) for _, effect in rows],
            "lower": [effect.bounds.lower if effect.bounds else None for _, effect in rows],
            "upper": [effect.bounds.upper if effect.bounds else None for _, effect in rows],
        }
    )
    columns = (
        Column("Comparaison", "contrast"),
        Column("Critère", "outcome"),
        Column("Valeur E", "e_value", Kind.NUMBER),
        Column("de l’intervalle", "e_bound", Kind.NUMBER),
        Column("Γ limite", "gamma", Kind.NUMBER),
        Column("Perdues, suivies", "lost_followed", Kind.SHARE),
        Column("Perdues, comparées", "lost_compared", Kind.SHARE),
        Column("Borne basse", "lower", Kind.POINTS),
        Column("Borne haute", "upper", Kind.POINTS),
    )
    return [
        Paragraph(
            "Valeur E\u00a0: combien de fois plus fréquente dans un groupe, et combien de fois plus liée au résultat, "
            "devrait être une cause que personne n’a mesurée pour expliquer tout l’effet. Γ limite\u00a0: de combien "
            "les chances d’être suivies de deux personnes semblables pourraient différer sans que l’effet cesse "
            "d’être établi (vide\u00a0: il ne l’est pas). Bornes\u00a0: l’effet le plus petit et le plus grand "
            "possible, quoi que soient devenues les personnes perdues de vue."
        ),
        Table("sensibilite-effets", "Ce qu’il faudrait pour que les effets n’en soient pas", columns, frame),
    ]


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


def limits(found: Gathered) -> list[Block]:
    money = found.money
    lines = money.ledger.lines
    items: list[str] = [
        "Un avant–après n’est pas un effet. Les études de dispositifs semblables trouvent des économies nettes quand "
        "elles comparent avant et après, et un coût net quand elles tirent au sort (Ly et Latimer, 2015).",
        "Une comparaison pondérée retire ce qui est mesuré à l’entrée, pas ce qui ne l’est pas.",
        "Une place d’hébergement libérée est occupée le soir même\u00a0: c’est un service rendu, rarement un "
        "euro rendu.",
        f"Personnes perdues de vue{NBSP}: le cas central suppose que {CENTRAL.value}.",
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
        ("Bornes des personnes perdues de vue.", "Manski, 1990, American Economic Review 80:319-323."),
        ("Prestations, cotisations et impôt.", "OpenFisca-France, version au manifeste, loi de chaque mois."),
        (
            "Études avant–après et études tirées au sort.",
            "Ly et Latimer, 2015, Canadian Journal of Psychiatry 60:475-487.",
        ),
    ]
    return [Title("Sources", "sources"), Sources((*items, *take_up, *methods))]


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
