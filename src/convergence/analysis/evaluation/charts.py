"""The figures of the report. Each returns its drawing with the table behind it."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import polars as pl

from convergence.analysis import french
from convergence.analysis.conventions import SMALLEST, TWO_YEARS
from convergence.analysis.costs import Bar, BreakEven, SavingClass, break_even
from convergence.analysis.evaluation import drawing
from convergence.analysis.evaluation.arms import Arm
from convergence.analysis.evaluation.changes import Study
from convergence.analysis.evaluation.document import Column, Figure, Kind, Table, made
from convergence.analysis.evaluation.effects import Effects
from convergence.analysis.evaluation.money import Bill, cumulated
from convergence.analysis.impact.balance import ALIKE
from convergence.analysis.impact.outcomes import Outcome
from convergence.analysis.impact.survival import Curves

_SHOWN_BARS = 9
_STILL_THERE = 0.05
"""Share of those who enter under which a month of path is drawn no more: it would speak of hardly anybody."""
_LINES = drawing.LINES


def love_plot(arm: Arm, labels: dict[str, str]) -> Figure:
    """Standardised differences of every covariate, before and after weighting."""
    rows = sorted(arm.balance.rows, key=lambda row: abs(row.before.difference))
    names = [labels.get(row.name, row.name) for row in rows]
    before, after = ([getattr(row, when).difference for row in rows] for when in ("before", "after"))
    name = f"equilibre-{arm.contrast.value}"
    title = f"Écarts entre les deux groupes, avant et après pondération, {arm.name}"
    words = (
        "Un point par caractéristique. Avant pondération, l’écart standardisé va jusqu’à "
        f"{french.number(max(map(abs, before), default=0.0), 2)} ; après, jusqu’à "
        f"{french.number(arm.balance.worst, 2)}. La limite admise est {french.number(ALIKE, 1)}."
    )
    with drawing.canvas(1.3 + 0.24 * len(rows)) as (drawn, (axes,)):
        places = np.arange(len(rows))
        axes.scatter(before, places, marker="o", facecolors="none", edgecolors=drawing.INK, s=32, zorder=3)
        axes.scatter(after, places, marker="o", color=_LINES[0], s=32, zorder=4)
        for edge in (-ALIKE, ALIKE):
            axes.axvline(edge, color=drawing.QUIET, linewidth=0.8, linestyle="--")
        axes.axvline(0, color=drawing.INK, linewidth=0.8)
        axes.set_yticks(places, names)
        axes.set_ylim(-0.7, len(rows) + 0.4)
        drawing.numbers(axes.xaxis, 1)
        axes.set_xlabel("écart standardisé (cercle : avant, point : après ; tirets : limite admise)")
        svg = drawing.as_svg(drawn, name, title, words)
    frame = made({"covariate": names, "before": before, "after": after})
    columns = (
        Column("Caractéristique", "covariate"),
        Column("Avant", "before", Kind.NUMBER),
        Column("Après", "after", Kind.NUMBER),
    )
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, frame))


def overlap(arm: Arm) -> Figure:
    """The scores of both groups; a bar of fewer than five people is withheld."""
    edges = np.linspace(0, 1, 21)
    counts = [np.histogram(arm.scores.values[side], edges)[0] for side in (arm.sample.treated, ~arm.sample.treated)]
    shares = [np.where((count > 0) & (count < SMALLEST), np.nan, count / count.sum()) for count in counts]
    name = f"recouvrement-{arm.contrast.value}"
    title = f"Probabilité d’être suivie selon la situation à l’entrée, {arm.name}"
    words = (
        f"Deux histogrammes dos à dos, personnes suivies en haut, comparées en bas. "
        f"{french.percent(arm.scores.outside)} des personnes suivies n’ont aucun équivalent parmi les autres."
    )
    with drawing.canvas(2.9) as (drawn, (axes,)):
        for share, sign, colour, hatch, label in (
            (shares[0], 1, _LINES[0], "", "personnes suivies"),
            (shares[1], -1, _LINES[1], "////", "personnes comparées"),
        ):
            axes.bar(
                edges[:-1], sign * np.nan_to_num(share), np.diff(edges), align="edge",
                color="white" if hatch else colour,
                edgecolor=colour, hatch=hatch, linewidth=0.8, zorder=2,
            )  # fmt: skip
            top, side = sign * float(np.nanmax(share)), "top" if sign > 0 else "bottom"
            crowded = np.nansum(share[10:]) > np.nansum(share[:10])
            place, where = (0.01, "left") if crowded else (0.99, "right")
            axes.annotate(label, (place, top), ha=where, va=side, color=colour, weight="bold")
        axes.axhline(0, color=drawing.INK, linewidth=0.8)
        axes.set_xlim(0, 1)
        drawing.shares(axes.xaxis)
        axes.yaxis.set_major_formatter(lambda value, _: french.percent(abs(value)))
        axes.set_xlabel("probabilité d’être suivie")
        axes.set_ylabel("part du groupe")
        svg = drawing.as_svg(drawn, name, title, words)
    frame = made({"from": edges[:-1], "to": edges[1:], "followed": shares[0], "compared": shares[1]})
    columns = (
        Column("De", "from", Kind.NUMBER),
        Column("à", "to", Kind.NUMBER),
        Column("Personnes suivies", "followed", Kind.TENTH),
        Column("Personnes comparées", "compared", Kind.TENTH),
    )
    note = f"Les barres de moins de {SMALLEST} personnes ne sont pas montrées."
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, frame), note)


def forest(found: Effects) -> Figure | None:
    """Every outcome by every estimator: points and intervals."""
    rows = [
        (effect.outcome.label, planned, estimate)
        for effect in found.effects
        for planned, estimate in effect.estimates.items()
    ]
    if not rows:
        return None
    outcomes = list(dict.fromkeys(row[0] for row in rows))
    methods = list(dict.fromkeys(row[1] for row in rows))
    name = f"effets-{found.arm.contrast.value}"
    title = f"Effet estimé sur chaque critère, {found.arm.name}"
    words = " ".join(
        f"{effect.outcome.label} : {french.points(effect.main.value)}." for effect in found.effects if effect.main
    )
    with drawing.canvas(1.0 + len(outcomes) * (0.3 + 0.17 * len(methods))) as (drawn, (axes,)):
        ticks = []
        for rank, outcome in enumerate(reversed(outcomes)):
            base = rank * (len(methods) + 1.6)
            mine = [row for row in rows if row[0] == outcome]
            for place, (_, planned, estimate) in enumerate(reversed(mine)):
                style = methods.index(planned)
                colour, height = _LINES[style % 4], base + place
                axes.plot([estimate.low, estimate.high], [height, height], color=colour, linewidth=1.6, zorder=2)
                axes.plot([estimate.value], [height], marker=drawing.MARKS[style % 4], color=colour, markersize=4.5)
                if rank == len(outcomes) - 1:
                    axes.annotate(
                        planned.label, (estimate.high, height), xytext=(6, 0), textcoords="offset points",
                        va="center", color=colour, fontsize=7.5,
                    )  # fmt: skip
            ticks.append(base + (len(mine) - 1) / 2)
        axes.axvline(0, color=drawing.INK, linewidth=0.8)
        axes.set_yticks(ticks, [_wrapped(outcome) for outcome in reversed(outcomes)])
        axes.xaxis.set_major_formatter(lambda value, _: french.number(100 * value, signed=True))
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("différence en points (trait : intervalle à 95 %)")
        svg = drawing.as_svg(drawn, name, title, words)
    frame = made(
        {
            "outcome": [row[0] for row in rows],
            "method": [row[1].label for row in rows],
            "effect": [row[2].value for row in rows],
            "low": [row[2].low for row in rows],
            "high": [row[2].high for row in rows],
        }
    )
    columns = (
        Column("Critère", "outcome"),
        Column("Estimateur", "method"),
        Column("Effet", "effect", Kind.POINTS, "low", "high"),
    )
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, frame))


def balance_curve(bill: Bill) -> Figure:
    """Savings and cost cumulated since the entry, on the left; their balance with its band, on the right."""
    account = bill.account
    counted = account.weights(capacity=0.5)
    programme = account.lines.of_class(SavingClass.PROGRAMME)
    savings, cost = cumulated(bill, counted * ~programme), cumulated(bill, -counted * programme)
    net, cash = cumulated(bill, counted), cumulated(bill, account.weights(capacity=0.0))
    months = np.arange(1, account.months + 1)
    name = f"bilan-{bill.code.replace('_', '-')}"
    title = f"Coûts et économies cumulés par personne, {bill.name}"
    at = bill.horizon - 1
    words = (
        f"Au bout de {bill.horizon} mois, {french.euros(savings[0][at])} d’économies (avec la moitié des capacités "
        f"libérées) pour {french.euros(cost[0][at])} de financement public : bilan de "
        f"{french.euros(net[0][at], signed=True)}, entre {french.euros(net[1][at], signed=True)} et "
        f"{french.euros(net[2][at], signed=True)}."
    )
    with drawing.canvas(5.2, 2) as (drawn, (above, below)):
        ends = []
        for (central, low, high), style, label in ((cost, 1, "financement public"), (savings, 0, "économies")):
            above.fill_between(months, low, high, color=_LINES[style], alpha=0.15, linewidth=0)
            above.plot(months, central, color=_LINES[style], linestyle=drawing.DASHES[style])
            ends.append((float(months[-1]), float(central[-1]), label, _LINES[style]))
        drawing.labels_at_the_end(above, ends, apart=0.1)
        above.set_title("Ce qui est dépensé, ce qui est évité")
        below.fill_between(months, net[1], net[2], color=_LINES[0], alpha=0.15, linewidth=0)
        below.plot(months, net[0], color=_LINES[0])
        below.plot(months, cash[0], color=_LINES[2], linestyle=drawing.DASHES[1])
        below.axhline(0, color=drawing.INK, linewidth=0.8)
        below.set_title("Bilan : économies moins financement")
        ends = [
            (float(months[-1]), float(net[0][-1]), "50 % des capacités", _LINES[0]),
            (float(months[-1]), float(cash[0][-1]), "argent seul", _LINES[2]),
        ]
        drawing.labels_at_the_end(below, ends, apart=0.1)
        for axes in (above, below):
            drawing.by_year(axes, 12 * -(-account.months // 12))
            if account.months >= TWO_YEARS:
                axes.axvline(TWO_YEARS, color=drawing.QUIET, linewidth=0.8, linestyle=":")
        above.set_xlabel("")
        drawing.euros(below.yaxis)
        above.yaxis.set_major_formatter(lambda value, _: french.euros(value))
        svg = drawing.as_svg(drawn, name, title, words)
    frame: dict[str, object] = {"month": months}
    for key, (central, low, high) in {"savings": savings, "cost": cost, "net": net, "cash": cash}.items():
        frame |= {key: central, f"{key}_low": low, f"{key}_high": high}
    columns = (
        Column("Mois", "month", Kind.COUNT),
        Column("Économies", "savings", Kind.EUROS, "savings_low", "savings_high"),
        Column("Financement", "cost", Kind.EUROS, "cost_low", "cost_high"),
        Column("Bilan", "net", Kind.SAVING, "net_low", "net_high"),
        Column("Argent seul", "cash", Kind.SAVING, "cash_low", "cash_high"),
    )
    note = (
        "Trait : cas central ; bande : intervalle à 95 % ; pointillé vertical : fin de la deuxième année. Les "
        "économies comptent la moitié des capacités libérées ; « argent seul » n’en compte aucune."
    )
    table = Table(f"{name}-donnees", title, columns, made(pl.DataFrame(frame)))
    return Figure(name, title, words, svg, table, note)


def break_even_curves(bill: Bill) -> tuple[Figure, dict[float, BreakEven]]:
    """The probability of having broken even for good, month after month, for three shares of freed capacity."""
    found = {share: break_even(bill.curve(share)) for share in (0.0, 0.5, 1.0)}
    months = np.arange(1, bill.account.months + 1)
    reached = {share: np.cumsum(each.distribution[1:]) for share, each in found.items()}
    labels = {0.0: "argent seul", 0.5: "50 % des capacités", 1.0: "100 % des capacités"}
    name = f"equilibre-financier-{bill.code.replace('_', '-')}"
    title = f"Probabilité que les économies aient couvert le financement public, {bill.name}"
    words = " ".join(
        f"{labels[share][0].upper()}{labels[share][1:]} : {french.percent(each.never)} de chances que ce ne soit "
        f"jamais le cas en {each.horizon} mois."
        for share, each in found.items()
    )
    with drawing.canvas(2.9) as (drawn, (axes,)):
        for style, values in enumerate(reached.values()):
            axes.step(months, values, where="post", color=_LINES[style], linestyle=drawing.DASHES[style])
        axes.set_ylim(-0.02, 1.02)
        drawing.by_year(axes, 12 * -(-bill.account.months // 12))
        axes.axvline(TWO_YEARS, color=drawing.QUIET, linewidth=0.8, linestyle=":")
        drawing.shares(axes.yaxis)
        ends = [(months[-1], float(v[-1]), labels[s], _LINES[k]) for k, (s, v) in enumerate(reached.items())]
        drawing.labels_at_the_end(axes, ends, apart=0.09)
        svg = drawing.as_svg(drawn, name, title, words)
    frame = made({"month": months, **{f"capacity_{round(100 * share)}": values for share, values in reached.items()}})
    columns = (
        Column("Mois", "month", Kind.COUNT),
        Column("Argent seul", "capacity_0", Kind.TENTH),
        Column("50 % des capacités", "capacity_50", Kind.TENTH),
        Column("100 % des capacités", "capacity_100", Kind.TENTH),
    )
    note = "Ce qui manque pour atteindre 100 % à droite est la probabilité de « jamais » dans la durée du compte."
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, frame), note), found


def tornado_chart(bill: Bill, bars: Sequence[Bar], balance: float) -> Figure:
    """What moves the balance at the end of the second year, from the widest bar."""
    shown = [bar for bar in bars if bar.width >= 1][:_SHOWN_BARS][::-1]
    name = f"sensibilite-{bill.code.replace('_', '-')}"
    title = f"Ce qui déplace le bilan à {bill.horizon} mois, {bill.name}"
    words = f"Bilan central {french.euros(balance, signed=True)}. " + " ".join(
        f"{bar.label} : de {french.euros(bar.low, signed=True)} à {french.euros(bar.high, signed=True)}."
        for bar in shown[::-1][:4]
    )
    with drawing.canvas(1.1 + 0.34 * len(shown)) as (drawn, (axes,)):
        places = np.arange(len(shown))
        for place, bar in zip(places, shown, strict=True):
            # Each half from the balance: filled where the parameter is high, hatched where it is low.
            axes.barh(
                place, bar.low - balance, left=balance, height=0.55, color="white", edgecolor=_LINES[1], hatch="////"
            )
            axes.barh(place, bar.high - balance, left=balance, height=0.55, color=_LINES[0], edgecolor=_LINES[0])
        axes.axvline(balance, color=drawing.INK, linewidth=0.8)
        axes.set_yticks(places, [_wrapped(bar.label, 38) for bar in shown])
        axes.tick_params(axis="y", labelsize=7.5)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        drawing.euros(axes.xaxis)
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel("bilan par personne (hachuré : valeur basse ; plein : valeur haute)")
        svg = drawing.as_svg(drawn, name, title, words)
    frame = made(
        {
            "parameter": [bar.label for bar in bars],
            "unit": [bar.unit for bar in bars],
            "low_value": [bar.low_value for bar in bars],
            "high_value": [bar.high_value for bar in bars],
            "balance_low": [bar.low for bar in bars],
            "balance_high": [bar.high for bar in bars],
        }
    )
    columns = (
        Column("Paramètre", "parameter"),
        Column("Unité", "unit"),
        Column("Bas", "low_value", Kind.NUMBER),
        Column("Haut", "high_value", Kind.NUMBER),
        Column("Bilan au plus bas", "balance_low", Kind.SAVING),
        Column("Bilan au plus haut", "balance_high", Kind.SAVING),
    )
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, frame))


def month_by_month(table: pl.DataFrame) -> Figure:
    """The probability of a durable exit in each further month of path, for those still there."""
    table = table.filter(pl.col("there") >= _STILL_THERE)
    months, name = table["month"].to_numpy() + 1, "mois-de-plus"
    title = "Ce que vaut un mois de parcours de plus"
    at = dict(zip(months.tolist(), table.iter_rows(named=True), strict=True))
    words = "Probabilité de sortir vers un emploi durable dans le mois, pour qui est encore en parcours. " + " ".join(
        f"Mois {month} : {french.percent(at[month]['hazard'], 1)}." for month in (12, 24, 36) if month in at
    )
    with drawing.canvas(2.7) as (drawn, (axes,)):
        axes.fill_between(months, table["hazard_low"], table["hazard_high"], color=_LINES[0], alpha=0.15, linewidth=0)
        axes.plot(months, table["hazard"], color=_LINES[0])
        axes.set_ylim(0)
        drawing.by_year(axes, 60)
        axes.set_xlabel("mois du parcours")
        axes.yaxis.set_major_formatter(lambda value, _: french.percent(value, 1))
        svg = drawing.as_svg(drawn, name, title, words)
    columns = (
        Column("Au-delà du mois", "month", Kind.COUNT),
        Column("Encore en parcours", "there", Kind.TENTH, "there_low", "there_high"),
        Column("Sortie durable dans le mois", "hazard", Kind.TENTH, "hazard_low", "hazard_high"),
        Column("Sorties durables gagnées, au moins", "least", Kind.TENTH, "least_low", "least_high"),
        Column("au plus", "most", Kind.TENTH, "most_low", "most_high"),
        Column("Coût net du mois", "net", Kind.SAVING, "net_low", "net_high"),
    )
    note = (
        "Ligne : moyenne des tirages ; bande : intervalle à 95 %. Le coût net est par personne qui entre. Jusqu’au "
        f"mois où moins de {french.percent(_STILL_THERE)} des personnes sont encore en parcours."
    )
    return Figure(name, title, words, svg, Table(f"{name}-donnees", title, columns, made(table)), note)


def over_time(curves: Curves, name: str, title: str, until: int) -> Figure:
    """Curves of both groups over the months since the entry, as far as five people are followed in each."""
    frames, words = [], []
    with drawing.canvas(3.0) as (drawn, (axes,)):
        ends = []
        for style, curve in enumerate(curves.curves):
            kept = (curve.months <= until) & (curve.at_risk >= SMALLEST)
            months, colour = np.append(0.0, curve.months[kept]), _LINES[style]
            share, low, high = (np.append(curve.start, values[kept]) for values in (curve.share, curve.low, curve.high))
            axes.fill_between(months, low, high, step="post", color=colour, alpha=0.15, linewidth=0)
            axes.step(months, share, where="post", color=colour, linestyle=drawing.DASHES[style])
            ends.append((float(months[-1]), float(share[-1]), curve.group, colour))
            words.append(f"{curve.group} : {french.percent(share[-1])} à {french.number(months[-1])} mois.")
            frames.append(
                pl.DataFrame({"group": curve.group, "month": months, "share": share, "low": low, "high": high})
            )
        drawing.by_year(axes, until)
        axes.set_ylim(0, 1)
        drawing.shares(axes.yaxis)
        drawing.labels_at_the_end(axes, ends, apart=0.08)
        svg = drawing.as_svg(drawn, name, title, " ".join(words))
    columns = (
        Column("Groupe", "group"),
        Column("Mois", "month", Kind.NUMBER),
        Column("Part", "share", Kind.TENTH, "low", "high"),
    )
    table = Table(f"{name}-donnees", title, columns, made(pl.concat(frames)))
    return Figure(name, title, " ".join(words), svg, table, "Bande : intervalle à 95 %.")


def event_study(arm: Arm, studies: Sequence[tuple[Outcome, Study]]) -> Figure:
    """What set the two groups apart at each moment, less what did on the day of entry; a panel an outcome."""
    name = f"evolution-{arm.contrast.value}"
    title = f"L’écart entre les deux groupes, mois après mois, {arm.name}"
    words, frames = [], []
    with drawing.canvas(0.4 + 2.2 * len(studies), len(studies)) as (drawn, panels):
        for axes, (told, study) in zip(panels, studies, strict=True):
            months, effects, low, high = (np.array(each) for each in zip(*study.points, strict=True))
            axes.axhline(0, color=drawing.INK, linewidth=0.8)
            axes.axvline(0, color=drawing.QUIET, linewidth=0.8, linestyle=":")
            axes.vlines(months, low, high, color=_LINES[0], linewidth=1.6)
            axes.plot(months, effects, color=_LINES[0], marker="o", markersize=4.5, linewidth=1)
            axes.set_title(told.label.rsplit(",", 1)[0])
            axes.set_xticks(months)
            axes.yaxis.set_major_formatter(lambda value, _: french.number(100 * value, signed=True))
            axes.set_ylabel("points")
            last = f"{french.points(effects[-1])} à {french.months(months[-1])}"
            words.append(f"{told.label.rsplit(',', 1)[0]} : {last}.")
            known = [study.known[int(month)] for month in months]
            frames.append(
                pl.DataFrame(
                    {
                        "outcome": told.label.rsplit(",", 1)[0], "month": months, "followed": [k[0] for k in known],
                        "compared": [k[1] for k in known], "effect": effects, "low": low, "high": high,
                    }
                )
            )  # fmt: skip
        panels[-1].set_xlabel("mois depuis l’entrée (trait : intervalle à 95 %)")
        svg = drawing.as_svg(drawn, name, title, " ".join(words))
    columns = (
        Column("Situation", "outcome"),
        Column("Mois", "month", Kind.COUNT),
        Column("Suivies", "followed", Kind.COUNT),
        Column("Comparées", "compared", Kind.COUNT),
        Column("Écart de plus que le jour de l’entrée", "effect", Kind.POINTS, "low", "high"),
    )
    note = (
        "Le jour de l’entrée est la référence : l’écart y est nul par construction. Avant, il devrait l’être aussi. "
        "Les moments que le protocole ne nomme pas montrent le chemin, et ne confirment rien. Chaque moment compte "
        "les personnes dont on a alors des nouvelles."
    )
    return Figure(
        name, title, " ".join(words), svg, Table(f"{name}-donnees", title, columns, made(pl.concat(frames))), note
    )


def _wrapped(words: str, width: int = 34) -> str:
    return "\n".join(wrap(words, width))
